"""The schema of files of routines: editors have nothing to say against what is right, and mark only what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli
import tomlkit
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from breakd.cli.commands import cli
from breakd.core import vocabulary
from breakd.settings import routine_schema
from breakd.settings.errors import SettingsError
from breakd.settings.paths import shipped
from breakd.settings.routines import HOLDS, METS, SECONDS, read_pack

ROOT = Path(__file__).parents[2]
BUNDLED = sorted(path for path in ROOT.glob("plugins/*/*.toml") if "[[routine]]" in path.read_text())
CHECKED = jsonschema.Draft7Validator(routine_schema.schema())
EXAMPLES = [each for each in re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "routines.md").read_text(), re.DOTALL)
            if "[[routine]]" in each]  # fmt: skip


def marked(document: dict[str, Any]) -> list[str]:
    """What an editor marks, by key."""
    return [".".join(map(str, each.absolute_path)) or str(each.message) for each in CHECKED.iter_errors(document)]


def refused(document: dict[str, Any], folder: Path) -> list[str]:
    """What the program finds wrong in a person's own file with this in it, by key."""
    file = folder / "mine.toml"
    file.write_text(tomlkit.dumps(document))
    try:
        read_pack(file, "mine", own=True)
    except SettingsError as error:
        return [problem.key for problem in error.problems]
    return []


def document(routine: dict[str, Any] | None = None, step: dict[str, Any] | None = None) -> dict[str, Any]:
    """A file with one routine of one step, with these keys on top; None takes one of the routine away."""
    steps = {"text": "Stand up", "seconds": 20, **(step or {})}
    found = {"id": "up", "title": "Up", "steps": [steps], **(routine or {})}
    return {"routine": [{key: value for key, value in found.items() if value is not None}]}


def test_the_schema_is_one() -> None:
    """Of draft 7, as Taplo reads it; the file in the repository and the command are the same."""
    jsonschema.Draft7Validator.check_schema(routine_schema.schema())
    assert (shipped() / routine_schema.FILE).read_text(encoding="utf-8") == routine_schema.text()
    assert CliRunner().invoke(cli, ["routines", "schema"]).output == routine_schema.text()


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_bundled_files_name_and_satisfy_the_schema(path: Path) -> None:
    """They are what people copy from."""
    first, _, _ = path.read_text(encoding="utf-8").partition("\n")
    assert (path.parent / first.removeprefix("#:schema ")).resolve() == (shipped() / routine_schema.FILE).resolve()
    assert marked(tomli.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_satisfy_the_schema(text: str) -> None:
    """Those of the documentation."""
    assert marked(tomli.loads(text)) == []


def test_every_key_is_described(tmp_path: Path) -> None:
    """Each is one that is read, stands in the documentation, and is explained; and none of those there is missing."""
    page = (ROOT / "docs" / "routines.md").read_text(encoding="utf-8")
    for title, table in (("routine", routine_schema.ROUTINE), ("step", routine_schema.STEP)):
        section = page.partition(f"## The keys of a {title}\n")[2].partition("\n## ")[0]
        cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
        assert {key for cell in cells for key in re.findall(r"`(\w+)`", cell)} == {*table}
        assert all(each["description"] for each in table.values())
    file = document(dict.fromkeys(routine_schema.ROUTINE, 0))
    file["routine"].append(document(step=dict.fromkeys(routine_schema.STEP, 0))["routine"][0])
    (tmp_path / "mine.toml").write_text(tomlkit.dumps(file))
    with pytest.raises(SettingsError) as caught:
        read_pack(tmp_path / "mine.toml", "mine", own=True)
    assert len(caught.value.problems) == len(KEYS)
    assert "unknown" not in str(caught.value)


WRONG = [
    -1,
    0,
    0.4,
    3601,
    1.5,
    "",
    " ",
    "Up!",
    "UP",
    "a.b.c",
    True,
    [],
    [""],
    [1],
    ["neck", ""],
    {},
    {"a": 1},
    "a " * 9,
]
KEYS = [("routine", key) for key in routine_schema.ROUTINE] + [("step", key) for key in routine_schema.STEP]


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_what_an_editor_marks_is_refused(table: str, key: str, tmp_path: Path) -> None:
    """Any wrong value of any key: what is marked does not load, and some of them are marked."""
    found = 0
    for value in WRONG:
        file = document(**{table: {key: value}})
        if marked(file):
            found += 1
            assert refused(file, tmp_path), (key, value)
    assert found > len(WRONG) // 3


@pytest.mark.parametrize("missing", ["id", "title", "steps"])
def test_what_is_needed_is_marked_where_it_is_missing(missing: str, tmp_path: Path) -> None:
    """And so is a key that nobody knows, a routine without steps, and a file with an empty list of routines."""
    wrong: list[dict[str, Any]] = [document({missing: None}), document({"titel": "Up"}), document({"steps": []})]
    for file in [*wrong, {"routine": []}]:
        assert marked(file)
        assert refused(file, tmp_path)


names = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)
texts = st.text(st.characters(codec="ascii", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(
    str.strip
)
routines = st.fixed_dictionaries(
    {"id": names, "title": texts},
    optional={
        "kind": st.sampled_from(vocabulary.KINDS),
        "regions": st.lists(st.sampled_from(vocabulary.REGIONS)),
        "needs": st.lists(st.sampled_from(vocabulary.NEEDS)),
        "involves": st.lists(st.sampled_from(vocabulary.INVOLVES)),
        "places": st.lists(st.sampled_from(vocabulary.PLACES) | st.just("on the balcony")),
        "breaks": st.lists(texts, min_size=1),
        "met": st.floats(*METS),
        "warm_up": st.booleans(),
        "easier": names,
        "harder": st.tuples(names, names).map(".".join),
        "because": texts,
        "cautions": st.lists(texts),
    },
)
steps = st.fixed_dictionaries(
    {"text": texts, "seconds": st.floats(*SECONDS)}, optional={"sides": st.booleans(), "hint": texts}
) | st.fixed_dictionaries({"text": texts, "hold": st.floats(*HOLDS)})


@given(routines, st.lists(steps, min_size=1, max_size=3))
def test_what_loads_satisfies_the_schema(tmp_path_factory: pytest.TempPathFactory, routine: Any, parts: Any) -> None:
    """Editors never mark what is right."""
    file = {"off": ["walking.stairs", "stretching.*"], "routine": [{**routine, "steps": parts}]}
    assert (refused(file, tmp_path_factory.getbasetemp()), marked(file)) == ([], [])


def test_new_puts_the_schema_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file names it in its first line; an old one stays as it began; a schema of a former version is renewed."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "breakd" / "routines"

    def new(title: str, file: str) -> None:
        result = CliRunner().invoke(cli, ["routines", "new", title, "--file", file, "--yes"])
        assert result.exit_code == 0, result.output

    new("Calf raises", "mine")
    assert (folder / "mine.toml").read_text().startswith(f"{routine_schema.FIRST_LINE}\n\n[[routine]]\n")
    assert marked(tomli.loads((folder / "mine.toml").read_text())) == []
    (folder / "other.toml").write_text('# mine\noff = ["walking.stairs"]\n')
    (folder / routine_schema.FILE).write_text("{}")
    new("Wrists", "other")
    assert (folder / "other.toml").read_text().startswith("# mine\noff")
    assert json.loads((folder / routine_schema.FILE).read_text()) == routine_schema.schema()
    assert CliRunner().invoke(cli, ["routines", "check"]).output == "no mistakes: 2 routines in 2 files\n"
