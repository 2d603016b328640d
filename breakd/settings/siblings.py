"""Easier and harder siblings: each has to be there, and "easier" may not go round in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from breakd.core.routines import Routine
from breakd.settings.convert import nearest, shown


class Wrong(NamedTuple):
    """What is wrong with a sibling. `key`: "easier" or "harder"; `absent`: its whole pack is not there just now."""

    id: str
    key: str
    message: str
    absent: bool = False


class _Link(NamedTuple):
    easier: str
    harder: str
    id: str  # of the routine that says so
    key: str


def wrong_siblings(routines: Mapping[str, Routine]) -> Iterator[Wrong]:
    """Every sibling that is not there or is part of a circle."""
    links = []
    for routine in routines.values():
        for key, other in (("easier", routine.easier), ("harder", routine.harder)):
            if other and absent(other, routines):
                yield Wrong(routine.id, key, f"there is no pack {shown(other.partition('.')[0])} now", absent=True)
            elif other and other not in routines:
                others = [name for name in routines if name != routine.id]
                message = f"there is no routine {shown(other)}{nearest(other, others)}"
                yield Wrong(routine.id, key, message)
            elif other:
                pair = (other, routine.id) if key == "easier" else (routine.id, other)
                links.append(_Link(*pair, routine.id, key))
    yield from _circles(links)


def absent(name: str, routines: Iterable[str]) -> bool:
    """Whether there is nothing of the pack that this id is of, as when a plugin is switched off."""
    pack = name.partition(".")[0] + "."
    return not any(each.startswith(pack) for each in routines)


def _circles(links: list[_Link]) -> Iterator[Wrong]:
    harder: dict[str, list[str]] = {}
    links = _tangled(links)
    for link in links:
        harder.setdefault(link.easier, []).append(link.harder)
    for link in links:
        way = _way(link.harder, link.easier, harder)
        if way:
            round_ = " is easier than ".join((*way, link.harder))
            yield Wrong(link.id, link.key, f"it goes round in a circle: {round_}")


def _tangled(links: list[_Link]) -> list[_Link]:
    """Without those that lead nowhere or come from nowhere: what is left has circles, and is hardly ever anything."""
    while True:
        easier, harder = {link.easier for link in links}, {link.harder for link in links}
        left = [link for link in links if link.harder in easier and link.easier in harder]
        if len(left) == len(links):
            return left
        links = left


def _way(start: str, end: str, harder: Mapping[str, list[str]]) -> tuple[str, ...]:
    """A shortest way from one routine to another by harder ones; () if there is none."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    waiting = [start]
    for name in waiting:
        if name == end:
            return ways[name]
        for other in harder.get(name, ()):
            if other not in ways:
                ways[other] = (*ways[name], other)
                waiting.append(other)
    return ()
