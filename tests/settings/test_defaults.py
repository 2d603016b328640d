"""One source for each default: `config/breakd.toml`, from which the settings, the schema and the reference come."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import tomli

from breakd.core.units import Met, Ms, Share
from breakd.settings import schema
from breakd.settings.comments import comments_of
from breakd.settings.files import read_toml
from breakd.settings.layers import leaves
from breakd.settings.load import load, loaded
from breakd.settings.paths import presets, shipped
from breakd.settings.reference import ANY, Key, keys
from breakd.settings.values import PLAIN, TimeOfDay

ROOT = Path(__file__).parents[2]
TEXT, DEFAULTS = read_toml(shipped() / "breakd.toml")
FREE = {"breaks", "schedule", "plugins"}  # tables whose names are free
CONSTANTS = {Ms, Share, Met, int, TimeOfDay}  # types of numbers that decide; the others are the person's own
KEYS = keys()


def test_every_key_of_the_model_has_its_default_in_the_file() -> None:
    """And the file has no others: what is loaded without a file is what is shipped and documented."""
    fixed = {key.path for key in KEYS if ANY not in key.path}
    assert {path for path, _ in leaves(DEFAULTS) if path[0] not in FREE} == fixed
    assert all(key.default == _at(key.path) for key in KEYS if ANY not in key.path)


def _at(path: tuple[str, ...]) -> Any:
    value: Any = DEFAULTS
    for part in path:
        value = value[part]
    return value


def test_a_copy_of_the_defaults_changes_nothing(tmp_path: Path) -> None:
    """The shipped file as one's own, and none, are the same settings."""
    copy = tmp_path / "breakd.toml"
    copy.write_text(TEXT)
    assert load(copy) == load() == load(shipped() / "breakd.toml")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: ".".join(key.path))
def test_every_key_says_what_it_is_and_where_it_comes_from(key: Key) -> None:
    """A comment for each key; in it the source of each constant, or the word engineering."""
    assert key.about
    if ANY not in key.path and key.type_ in CONSTANTS:
        assert re.search(r"\[[A-Za-z]", key.about), f"{key.path}: no source in brackets"


def test_sources_are_in_the_notes_on_evidence() -> None:
    """Whoever reads "Coenen 2017" beside a number finds in docs/evidence.md what was found, and how well."""
    texts = [TEXT, *(path.read_text() for path in presets().values())]
    cited = {cite for text in texts for cite in re.findall(r"\b([A-Z][a-z]+(?:[A-Z][a-z]+)? \d{4})\b", text)}
    evidence = " ".join((ROOT / "docs" / "evidence.md").read_text().split())
    assert [cite for cite in sorted(cited) if cite.replace("Bailey", "Iqbal & Bailey") not in evidence] == []


def test_comments_name_keys_that_there_are() -> None:
    """Lines that describe the keys of tables of free names describe all of them, and no others."""
    described = {(table, key) for table, each in comments_of(TEXT).each.items() for key in each}
    assert described == {(key.path[0], key.path[2]) for key in KEYS if len(key.path) > 2 and key.path[1] == ANY}


def _schema_defaults(table: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    found = {}
    for name, inner in table.get("properties", {}).items():
        if "default" in inner:
            found[*path, name] = inner["default"]
        found |= _schema_defaults(inner, (*path, name))
    return found


def test_the_schema_has_the_same_defaults() -> None:
    """What an editor shows is what is loaded."""
    expected = {path: value for path, value in leaves(DEFAULTS) if path[0] not in FREE}
    assert _schema_defaults(schema.schema()) == expected


def test_every_type_of_value_is_described() -> None:
    """The schema and the reference know each type that is read."""
    for plain in PLAIN.values():
        assert plain.kind
        assert plain.schema["type"] in ("string", "number", "integer", "boolean", "array")


def test_the_first_line_names_the_schema() -> None:
    """As Taplo and Even Better TOML look for it, and the file is there."""
    assert TEXT.startswith(f"{schema.FIRST_LINE}\n")
    assert json.loads((shipped() / schema.FILE).read_text()) == schema.schema()
    for path in presets().values():
        first = path.read_text().splitlines()[0].removeprefix("#:schema ")
        assert (path.parent / first).resolve() == (shipped() / schema.FILE).resolve()


# -- presets ----------------------------------------------------------------------------------------------------------


def test_the_presets_that_were_promised_are_there() -> None:
    """Each by its name."""
    promised = {"office", "sore-back", "deep-work", "20-20-20", "workrave", "seated", "getting-started"}
    assert promised <= presets().keys()


@pytest.mark.parametrize("name", presets())
def test_a_preset_lies_between_the_defaults_and_the_file(name: str, tmp_path: Path) -> None:
    """Each of its keys is in force, repeats no default, and gives way to the person's own."""
    text = presets()[name].read_text()
    values = {path: str(value) for path, value in leaves(tomli.loads(text))}
    assert ("preset",) not in values
    repeated = values.items() & {path: str(value) for path, value in leaves(DEFAULTS)}.items()
    assert {path for path, _ in repeated if path[0] != "breaks"} == set()  # of a break it helps to see all
    own = tmp_path / "breakd.toml"
    own.write_text(f'preset = "{name}"\n')
    alone = loaded(own)
    assert [layer.origin for layer in alone.layers] == ["default", "preset", "file"]
    assert alone.settings != load()
    own.write_text(f'preset = "{name}"\n[breaks.move]\nevery = "47m"\nfor = "90s"\nlongest = "2m"\n')
    move = load(own).breaks["move"]
    assert (move.every, move.for_) == (47 * 60_000, 90_000)
    assert load(None, [f"preset={name}"]) == alone.settings


@pytest.mark.parametrize("name", presets())
def test_a_preset_says_for_whom_it_is_and_why(name: str) -> None:
    """Below the line for editors a comment tells what it is for."""
    lines = presets()[name].read_text().splitlines()
    assert lines[0].startswith("#:schema ")
    assert re.match(r"# [A-Z]\w* ", lines[1])


def test_a_preset_with_a_slip_in_its_name(tmp_path: Path) -> None:
    """All names are listed, and the nearest is offered."""
    own = tmp_path / "breakd.toml"
    own.write_text('preset = "sore-bak"\n[breaks.move]\nevery = 3\n')
    from tests.settings.parts import refused

    first, second = refused(own)
    assert first.startswith("breakd.toml:1:10: preset: expected one of 20-20-20, deep-work, ")
    assert first.endswith("found \"sore-bak\", did you mean 'sore-back'?")
    assert second.startswith("breakd.toml:3:9: breaks.move.every: ")
