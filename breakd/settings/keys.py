"""Keys and values as they are typed on a command line: which key is meant, and which value."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Literal, get_args, get_origin

import tomli

from breakd.settings.convert import ALSO_CALLED, UNKNOWN
from breakd.settings.errors import Fault, Problem, SettingsError
from breakd.settings.layers import leaves, value_of
from breakd.settings.reference import ANY, all_types
from breakd.settings.tables import is_table
from breakd.settings.values import LISTED, PLAIN, Argv

Keys = tuple[str, ...]
FEW = 4  # keys that may be meant, at most


def keys_of(text: str) -> Keys:
    """`breaks.move.every`, or with quotes `breaks."my own".every`. Raises SettingsError if it is no key."""
    try:
        values: Any = tomli.loads(f"{text} = 0")
    except (ValueError, RecursionError):
        raise _refused(text, "expected a key, such as breaks.move.every") from None
    path = []
    while isinstance(values, dict) and len(values) == 1:
        [(part, values)] = values.items()
        path.append(part)
    if values != 0:
        raise _refused(text, "expected one key, such as breaks.move.every")
    return tuple(path)


def named(text: str, values: Mapping[str, Any]) -> Keys:
    """The path of this key, which the model has. Raises SettingsError, with what may be meant, if it has not.

    `values`: the settings in force, which tell the names of breaks and the like.
    """
    path = keys_of(text)
    if type_of(path) is not None:
        return path
    meant = near(path, known(values))
    hint = f", did you mean {' or '.join(meant)}?" if meant else "; `breakd config show` lists all"
    raise SettingsError([Problem("", None, text, f"unknown key{hint}", instead=meant[0] if meant else "")])


def type_of(path: Keys) -> Any:
    """The type of this key or table, None if there is none."""
    for pattern, type_ in all_types().items():
        if pattern[-1:] == (ANY,) and type_ is Any and path[: len(pattern) - 1] == pattern[:-1] and len(path) > 1:
            return Any  # below the table of a plugin, which reads it itself
        if len(pattern) == len(path) and all(want in (ANY, part) for want, part in zip(pattern, path, strict=True)):
            return type_
    return None


def known(values: Mapping[str, Any]) -> list[str]:
    """Every key that can be set now, also those that nobody said."""
    found = [".".join(path) for path, value in leaves(values) if value != {}]
    for pattern in all_types():
        if len(pattern) == 3 and pattern[1] == ANY:
            found += [f"{pattern[0]}.{name}.{pattern[2]}" for name in values.get(pattern[0], {})]
        elif ANY not in pattern and len(pattern) > 1:
            found.append(".".join(pattern))
    return list(dict.fromkeys(found))


def elsewhere(faults: Iterable[Fault], values: Mapping[str, Any]) -> list[Fault]:
    """The faults; of a key that is unknown where it stands, but known by this very name in another table, with that."""
    homes = _homes(values)
    return [_sent_home(fault, homes) if fault.message.startswith(UNKNOWN) else fault for fault in faults]


def _sent_home(fault: Fault, homes: Mapping[str, list[str]]) -> Fault:
    found = homes.get(str(fault.path[-1]), [])[:FEW]
    hint = " or ".join(map(repr, found))
    return fault._replace(message=f"{UNKNOWN}, did you mean {hint}?", instead=found[0]) if found else fault


def _homes(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Name -> the keys that end in it, and first of all the tables that people gave this name, such as a break."""
    found: dict[str, list[str]] = {}
    for table, *rest in all_types():
        inner = values.get(table)
        names = list(inner) if rest[:1] == [ANY] and isinstance(inner, Mapping) else []
        if rest == [ANY]:
            for name in names:
                found.setdefault(name, []).insert(0, f"{table}.{name}")
        elif names:
            found.setdefault(rest[-1], []).extend(f"{table}.{name}.{rest[-1]}" for name in names[:FEW])
        elif rest and ANY not in rest:
            found.setdefault(rest[-1], []).append(".".join((table, *rest)))
    return found


def near(path: Keys, keys: Iterable[str]) -> list[str]:
    """The keys that are probably meant, the likeliest first."""
    last = ALSO_CALLED.get(path[-1], path[-1]).replace("-", "_")
    text, keys = ".".join((*path[:-1], last)), list(keys)
    ends = [key for key in keys if key.split(".")[-1] == last]
    alike = [key for key in keys if difflib.get_close_matches(last, [key.split(".")[-1]], 1, 0.75)]
    found = ends or alike or difflib.get_close_matches(text, keys, FEW, 0.7)
    return sorted(found, key=lambda key: (-_alike(last, key.split(".")[-1]), -_alike(text, key)))[:FEW]


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def typed(path: Keys, text: str) -> Any:
    """The value that is meant for this key: TOML, or the bare text where the key takes text."""
    type_, value = type_of(path), value_of(text)
    if is_table(type_) or type_ is Any:
        return value
    if type_ is Argv and isinstance(value, str):
        with suppress(ValueError):  # a quote that is not closed: then it is told what is expected
            return shlex.split(text)
    origin = get_origin(type_) or type_
    if origin is Literal or (origin in PLAIN and PLAIN[origin].schema["type"] == "string"):
        return value if isinstance(value, str) else text
    if origin in (list, tuple) and isinstance(value, str) and get_args(type_)[0] not in LISTED:
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _refused(text: str, message: str) -> SettingsError:
    return SettingsError([Problem("", None, text, message)])
