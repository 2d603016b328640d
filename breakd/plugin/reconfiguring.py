"""Plugins under new settings: whose table changed says anew what it offers, all others are not even asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from breakd.plugin.loaded import Loaded
from breakd.plugin.loading import Terms


class Offer(Protocol):
    """How a plugin came to say what it offers: its hook run on these terms. Never raises."""

    def __call__(self, plugin: Loaded, /, *, terms: Terms) -> None:
        """Fill `plugin` in."""


def offered_anew(
    plugins: Mapping[str, Loaded], offers: Mapping[str, Offer], before: Mapping[str, object], terms: Terms
) -> Iterator[Loaded]:
    """Those of the plugins whose table is another than `before`, as they are under the new terms."""
    for name, plugin in plugins.items():
        if before.get(name, {}) != terms.tables.get(name, {}):
            anew = Loaded(name, plugin.origin, plugin.version)
            offers[name](anew, terms=terms)
            yield anew
