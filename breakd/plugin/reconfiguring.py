"""Plugins under new settings: whose table changed says anew what it offers, all others are not even asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple, Protocol

from breakd.core.routines import Routine
from breakd.plugin.loaded import Loaded
from breakd.plugin.loading import Terms


class Offer(Protocol):
    """How a plugin came to say what it offers: its hook run on these terms. Never raises."""

    def __call__(self, plugin: Loaded, /, *, terms: Terms) -> None:
        """Fill `plugin` in."""


class Trial(NamedTuple):
    """What new settings would make of the plugins. `anew`: those whose table changed, as they would be."""

    terms: Terms
    order: tuple[str, ...]
    plugins: dict[str, Loaded]
    anew: tuple[Loaded, ...]
    refused: tuple[str, ...]  # lines that say why a plugin that works could not any more

    @property
    def routines(self) -> tuple[Routine, ...]:
        """Every routine there would be, by id."""
        every = chain.from_iterable(plugin.routines for plugin in self.plugins.values())
        return tuple(sorted(every, key=lambda routine: routine.id))


def tried(
    plugins: Mapping[str, Loaded], offers: Mapping[str, Offer], before: Terms, terms: Terms, order: tuple[str, ...]
) -> Trial:
    """Let those whose table changed say what they would offer under the new terms; nothing of it runs yet."""
    return judged(plugins, tuple(offered_anew(plugins, offers, before.tables, terms)), terms, order)


def judged(plugins: Mapping[str, Loaded], anew: tuple[Loaded, ...], terms: Terms, order: tuple[str, ...]) -> Trial:
    """The trial of these new plugins: one that would fail, where the old one worked, is refused."""
    old = {plugin.name: plugins[plugin.name].fate for plugin in anew if plugin.name in plugins}
    worse = [plugin for plugin in anew if plugin.fate == "failed" and old.get(plugin.name, "failed") != "failed"]
    refused = tuple(chain.from_iterable(plugin.why.splitlines() for plugin in worse))
    return Trial(terms, order, {**plugins, **{plugin.name: plugin for plugin in anew}}, anew, refused)


def offered_anew(
    plugins: Mapping[str, Loaded], offers: Mapping[str, Offer], before: Mapping[str, object], terms: Terms
) -> Iterator[Loaded]:
    """Those of the plugins whose table is another than `before`, as they are under the new terms."""
    for name, plugin in plugins.items():
        if before.get(name, {}) != terms.tables.get(name, {}):
            anew = Loaded(name, plugin.origin, plugin.version)
            offers[name](anew, terms=terms)
            yield anew
