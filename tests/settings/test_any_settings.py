"""Whatever settings are valid: they load, the core lives a day with them, editors accept them, `set` keeps the rest."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from breakd.cli.commands import cli
from breakd.settings import schema
from breakd.settings.edit import with_values, without
from breakd.settings.errors import SettingsError
from breakd.settings.keys import typed
from breakd.settings.layers import has, laid, leaves, merged, of_text
from breakd.settings.lines import comment_in
from breakd.settings.load import in_force, load
from breakd.settings.paths import presets, shipped
from tests.core.driver import Day
from tests.settings.any_settings import COMMENTS, TYPES, text_of, valid, value_of
from tests.thorough import times

FILE = Path("breakd.toml")
CHECKED = jsonschema.Draft7Validator(schema.schema())
FEW = with_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=times(5, 15)
)
SLOW = with_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=times(15, 40))


def test_the_schema_is_one() -> None:
    """Of draft 7, as Taplo reads it."""
    jsonschema.Draft7Validator.check_schema(schema.schema())


@pytest.mark.parametrize("path", [shipped() / "breakd.toml", *presets().values()], ids=lambda path: path.stem)
def test_shipped_files_satisfy_the_schema(path: Path) -> None:
    """Editors have nothing to say against them."""
    assert list(CHECKED.iter_errors(tomli.loads(path.read_text()))) == []


@SLOW
@given(valid())
def test_valid_settings_load_and_satisfy_the_schema(values: dict[str, Any]) -> None:
    """What loads is what an editor accepts."""
    in_force(laid([of_text(FILE, text_of(values, []))]))
    assert list(CHECKED.iter_errors(values)) == []


WRONG = [-1, 0, 1001, 1.5, "", "-5m", "8d", "20", "1.5h", True, [], [1], {}, {"a": 1}, "04:60", "siting"]


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_what_the_schema_refuses_is_refused(value: object) -> None:
    """Every key with a value that an editor marks does not load, and is named; all keys have it at once."""
    values: dict[str, Any] = {}
    for path in TYPES:
        if "*" not in path:
            merge(values, path, value)
    marked = {
        ".".join(str(part) for part in it.absolute_path if isinstance(part, str)) for it in CHECKED.iter_errors(values)
    }
    with pytest.raises(SettingsError) as caught:
        in_force(laid([of_text(FILE, text_of(values, []))]))
    named = {re.sub(r"\[\d+\]", "", problem.key) for problem in caught.value.problems}
    assert len(marked) > 50
    assert marked <= named


def merge(values: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    """Put the value under this path."""
    *tables, last = path
    for name in tables:
        values = values.setdefault(name, {})
    values[last] = value


@SLOW
@given(valid())
def test_the_core_lives_a_day_with_any_valid_settings(values: dict[str, Any]) -> None:
    """Work, pauses, a lock, lunch, a night: whatever the numbers are, nothing breaks, and the hour's limit holds."""
    rules = in_force(laid([of_text(FILE, text_of(values, []))])).settings.rules()
    day = Day(rules=rules).types(until="09:40").idles(until="09:52").types(until="10:30")
    day.locks().at("11:00").unlocks().types(until="12:00").idles(until="13:00")
    day.types(until="13:50").at("15:00").idles(until="1+08:00").types(until="1+09:00")
    shown = [it.at for it in day.decided if it.did in ("prompt", "warn")]
    allowed = rules.prompt.per_hour
    assert all(later - first >= 3_600_000 for first, later in zip(shown, shown[allowed:], strict=False))


def comments(text: str) -> Counter[str]:
    """Every comment of a text."""
    return Counter(filter(None, map(comment_in, text.split("\n"))))


changes = st.sampled_from([path for path in TYPES if "*" not in path]).flatmap(
    lambda path: st.tuples(st.just(path), value_of(TYPES[path]))
)


@SLOW
@given(valid(), COMMENTS, changes)
def test_set_changes_one_key_and_nothing_else(
    values: dict[str, Any], strewn: list[str], change: tuple[tuple[str, ...], Any]
) -> None:
    """The other values, their order and every comment stay; what was set is what is read."""
    text, (path, value) = text_of(values, strewn), change
    new = with_values(FILE, text, {path: value})
    before, after = dict(leaves(tomli.loads(text))), dict(leaves(tomli.loads(new)))
    assert after[path] == value
    assert {key: it for key, it in after.items() if key != path} == {
        key: it for key, it in before.items() if key != path and (key != path[:1] or it != {})
    }
    assert comments(new) >= comments(text)
    kept = [line for line in text.split("\n") if line.strip()]
    assert [line for line in new.split("\n") if line in kept][:3] == [line for line in kept if line in new][:3]


@SLOW
@given(valid(), COMMENTS, st.data())
def test_unset_takes_out_one_key_and_nothing_else(
    values: dict[str, Any], strewn: list[str], data: st.DataObject
) -> None:
    """The other values stay, and all comments but the key's own."""
    text = text_of(values, strewn)
    before = dict(leaves(tomli.loads(text)))
    if not before:
        return
    path = data.draw(st.sampled_from(sorted(before)))
    new = without(FILE, text, path)
    after = tomli.loads(new)
    assert not has(after, path)
    assert {key: it for key, it in leaves(after) if it != {}} == {
        key: it for key, it in before.items() if key != path and it != {}
    }
    assert sum((comments(text) - comments(new)).values()) <= 1


@FEW
@given(changes)
def test_set_then_show_agree(tmp_path: Path, change: tuple[tuple[str, ...], Any]) -> None:
    """What `breakd config set` took, `breakd config show` tells, and the daemon would load."""
    path, value = change
    file = tmp_path / "breakd.toml"
    file.unlink(missing_ok=True)
    key, said = ".".join(path), json.dumps(value, ensure_ascii=False)
    done = CliRunner().invoke(cli, ["config", "--config", str(file), "set", key, said])
    if done.exit_code:  # such as an `away` longer than `away_reader`
        assert (done.exit_code, not file.exists() or file.read_text() == "") == (2, True)
        return
    shown = CliRunner().invoke(cli, ["config", "--config", str(file), "show", key, "--json"])
    assert json.loads(shown.stdout)[key]["value"] == typed(path, said) == value
    assert json.loads(shown.stdout)[key]["origin"] == "file"
    load(file)
    layers = laid([of_text(file, file.read_text())])
    assert has(merged(layers), path)


JUNK = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "#",
    '"',
    '"""',
    "'",
    "\\",
    "\n",
    "\r\n",
    "\0",
    "\t",
    " ",
    "é",
    "\ud83d",
]
PIECES = [
    "breaks",
    "move",
    "every",
    "prompt",
    "plugins",
    "preset",
    "20m",
    '"20m"',
    "1",
    "-1",
    "1e400",
    "true",
    "nan",
    "9" * 30,
]


@with_settings(deadline=None)
@given(st.lists(st.sampled_from(JUNK + PIECES), max_size=25).map("".join) | st.text(max_size=40))
def test_fuzzed_toml_never_leaves_a_traceback(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Any bytes in the file either load or end in lines that name the file."""
    file = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        load(file)
    except SettingsError as error:
        lines = str(error).split("\n")
        assert 1 <= len(lines) == len(error.problems)
        assert all(line.startswith(str(file)) and line.isprintable() for line in lines)


@with_settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_never_leave_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """As above, for what is no text."""
    file = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    file.write_bytes(data)
    try:
        load(file)
    except SettingsError as error:
        assert str(error).startswith(str(file))
