"""What rows of the journal share, kept once under the hash of its content: rules, and apart from them their routines.

Rules change by a number here and there, routines hardly ever, and there may be thousands of them: apart, a change of
a number does not write them again, and a start that finds them as they were need not even read them. Each pack is kept
for itself, so that a change of one routine writes one pack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from itertools import chain, groupby
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from breakd.core.routines import Routine
from breakd.core.rules import Rules

Lookup = Callable[[str], str | None]  # content by its hash
Routines = tuple[Routine, ...]

_ALIKE = 2  # sets of routines whose hash is remembered: those in force, and those before them
_known: dict[str, Routines] = {}
_hashes: dict[str, tuple[Routines, str]] = {}  # of packs by name, as they were last
_sound: set[str] = set()  # packs that were found to be readable


class Content(NamedTuple):
    """JSON in the one form that equal content has, so that its hash is the same too."""

    hash: str
    data: str


def contents(rules: Rules) -> tuple[Content, ...]:
    """The rules as kept, with the hash of their routines in the place of those; then the routines, as below."""
    routines, *packs = routines_contents(rules.routines)
    # Numbers as their types say: 20 seconds are 20.0.
    same = msgspec.to_builtins(msgspec.convert(msgspec.to_builtins(replace(rules, routines=())), Rules))
    data = msgspec.json.encode({**same, "routines": routines.hash}, order="sorted").decode()
    return Content(sha256(data), data), routines, *packs


def routines_contents(routines: Routines) -> tuple[Content, ...]:
    """The routines as kept: the hashes of their packs in order, then the packs."""
    packs = tuple(Content(name, _encoded(pack)) for pack, name in _packs(routines))
    data = _listed(pack.hash for pack in packs)
    return Content(sha256(data), data), *packs


def hash_of(routines: Routines, known: str = "") -> str:
    """The hash of these routines, which from now on need not be looked up by it; `known`: it, if somebody kept it."""
    if known:
        _remember(known, routines)
    for name, same in _known.items():
        if same is routines:
            return name
    found = sha256(_listed(name for _, name in _packs(routines)))
    _remember(found, routines)
    return found


def rules_of(text: str, lookup: Lookup) -> Rules:
    """Rules as they were kept. Raises ValueError if their routines are missing, or msgspec's errors."""
    parts = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    if not bytes(parts.get("routines", b"")).startswith(b'"'):  # kept before there were so many of them
        return msgspec.json.decode(text, type=Rules)
    hash_ = msgspec.json.decode(parts.pop("routines"), type=str)
    return replace(_rules(parts), routines=routines_of(hash_, lookup))


def routines_of(hash_: str, lookup: Lookup) -> Routines:
    """The routines of this hash. Raises ValueError if they are missing, or msgspec's errors."""
    if hash_ not in _known:
        text = lookup(hash_)
        if text is None:
            raise ValueError(f"its content {hash_[:12]} is missing")
        _remember(hash_, tuple(chain.from_iterable(_read(text, lookup))))
    return _known[hash_]


def _read(text: str, lookup: Lookup) -> Iterator[Routines]:
    if not text.startswith('["'):  # kept before there were packs
        yield msgspec.json.decode(text, type=Routines)
        return
    for hash_ in msgspec.json.decode(text, type=tuple[str, ...]):
        pack = next((pack for pack, same in _hashes.values() if same == hash_), ())
        if not pack:
            data = lookup(hash_)
            if data is None:
                raise ValueError(f"its content {hash_[:12]} is missing")
            pack = msgspec.json.decode(data, type=Routines)
            _hashes[_pack_of(pack[0])] = pack, hash_
            _sound.add(hash_)
        yield pack


def readable(content: tuple[Content, ...]) -> None:
    """Raise ValueError or msgspec's errors if rules that were just taken apart could not be put together again."""
    rules, _, *packs = content
    for pack in packs:
        if pack.hash not in _sound:
            msgspec.json.decode(pack.data, type=Routines)
    _sound.clear()
    _sound.update(pack.hash for pack in packs)
    parts = msgspec.json.decode(rules.data, type=dict[str, msgspec.Raw])
    del parts["routines"]
    _rules(parts)


def _rules(parts: dict[str, msgspec.Raw]) -> Rules:
    """Rules of their parts but routines."""
    return msgspec.json.decode(msgspec.json.encode(parts), type=Rules)


def _packs(routines: Routines) -> Iterator[tuple[Routines, str]]:
    """Each pack, one piece as they are sorted, with its hash, which is not worked out anew while it stays as it was."""
    before = _hashes.copy()
    _hashes.clear()
    for name, group in groupby(routines, _pack_of):
        pack, had = tuple(group), before.get(name)
        _hashes[name] = had if had and had[0] == pack else (pack, sha256(_encoded(pack)))
        yield _hashes[name]


def _pack_of(routine: Routine) -> str:
    return routine.id.partition(".")[0]


def _encoded(pack: Routines) -> str:
    if not all(map(_typed, pack)):  # numbers as their types say, which takes four times as long as all the rest
        pack = msgspec.convert(msgspec.to_builtins(pack), Routines)
    return msgspec.json.encode(pack, order="sorted").decode()


def _listed(hashes: Iterable[str]) -> str:
    return msgspec.json.encode(tuple(hashes)).decode()


def _typed(routine: Routine) -> bool:
    return type(routine.met) is float and all(type(it.seconds) is type(it.hold) is float for it in routine.steps)


def _remember(hash_: str, routines: Routines) -> None:
    _known[hash_] = routines
    while len(_known) > _ALIKE:
        del _known[next(iter(_known))]


def sha256(data: str) -> str:
    """The hash that content is known by."""
    hashed: Any
    # As `random` does: hashlib would bring OpenSSL, a tenth of the daemon's memory, for this one hash.
    for name in ("_sha2", "_sha256", "hashlib"):  # of Python 3.12, of 3.11, of every Python
        with suppress(ImportError):
            hashed = import_module(name).sha256
            break
    return str(hashed(data.encode()).hexdigest())
