"""The JSON Schema of `breakd.toml`, by which editors complete, explain and check while one types.

Draft 7, as Taplo and Even Better TOML read it; the first line of a file names it: `#:schema breakd.schema.json`.
"""

from __future__ import annotations

import json
from typing import Any, Literal, get_args, get_origin

from breakd.settings.paths import presets
from breakd.settings.reference import ANY, Key, keys
from breakd.settings.values import LISTED, PLAIN, Preset

FILE = "breakd.schema.json"
FIRST_LINE = f"#:schema {FILE}"

Schema = dict[str, Any]


def schema() -> Schema:
    """The schema of the whole file."""
    root: Schema = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "breakd", **_table()}
    for key in keys():
        _put(root, key)
    return root


def text() -> str:
    """The schema as the file that editors read."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _table() -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _put(root: Schema, key: Key) -> None:
    """Set the key into the tables it stands in, which are made on the way."""
    table = root
    for part in key.path[:-1]:
        table = _inner(table, part)
    if key.path[-1] == ANY:
        table["additionalProperties"] = _of_type(key.type_)
        return
    found = {**_of_type(key.type_), "description": key.about}
    if key.default is not None:
        found["default"] = key.default
    table["properties"][key.path[-1]] = found


def _inner(table: Schema, name: str) -> Schema:
    if name != ANY:
        inner: Schema = table["properties"].setdefault(name, _table())
    elif isinstance(table["additionalProperties"], dict):
        inner = table["additionalProperties"]
    else:
        inner = table["additionalProperties"] = _table()
    return inner


def _of_type(type_: Any) -> Schema:
    origin = get_origin(type_)
    if origin is Literal:
        return {"enum": list(get_args(type_))}
    if type_ is Any:  # a plugin's own table
        return {"type": "object"}
    if type_ is Preset:
        return {"enum": ["", *presets()]}
    item = get_args(type_)[0] if origin is list else None
    if item in LISTED:
        one = dict(PLAIN[item].schema)
        return {"anyOf": [one, {"type": "array", "items": one}]}
    return dict(PLAIN[origin or type_].schema)
