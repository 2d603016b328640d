"""Every key there is, with its type, its default and what it is: from the model, and `config/breakd.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args, get_origin

from msgspec import NODEFAULT

from breakd.settings.comments import Comments, comments_of
from breakd.settings.convert import sure
from breakd.settings.files import read_toml
from breakd.settings.model import Settings
from breakd.settings.paths import shipped
from breakd.settings.tables import fields, is_table

ANY = "*"  # in a path: a name that is free


class Key(NamedTuple):
    """A key. `default`: as TOML gives it, None if there is none; `about`: what it is."""

    path: tuple[str, ...]
    type_: Any
    default: Any
    about: str


def keys() -> list[Key]:
    """All keys, in the order of the model; tables that plugins read for themselves are one key each."""
    text, defaults = read_toml(shipped() / "breakd.toml")
    comments = comments_of(text)
    return [
        Key(path, type_, _default(path, defaults, own), _about(path, comments)) for path, type_, own in walk(Settings)
    ]


def all_types() -> dict[tuple[str, ...], Any]:
    """The type of every key, and of every table whose name is free."""
    found = {path: type_ for path, type_, _ in walk(Settings)}
    for field in fields(Settings):
        if get_origin(field.type_) is dict:
            found[field.key, ANY] = get_args(field.type_)[1]
    return found


def walk(type_: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Path, type and the table's own default (None if it has none) of each key in this table."""
    for field in fields(type_):
        inner, here = sure(field.type_), (*path, field.key)
        if get_origin(inner) is dict:
            inner, here = get_args(inner)[1], (*here, ANY)
        if is_table(inner):
            yield from walk(inner, here)
        else:
            yield here, inner, None if field.default is NODEFAULT else field.default


def _default(path: tuple[str, ...], defaults: Any, own: Any) -> Any:
    for part in path:
        if not isinstance(defaults, dict) or part not in defaults:
            return own
        defaults = defaults[part]
    return defaults


def _about(path: tuple[str, ...], comments: Comments) -> str:
    if len(path) > 2 and path[1] == ANY:
        return comments.each.get(path[0], {}).get(path[2], "")
    return comments.keys.get(path, "") or " ".join(comments.tables.get(path[0], []))
