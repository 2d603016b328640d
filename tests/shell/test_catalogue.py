"""A person's own routines laid over those of plugins: what counts, what is switched off, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakd.core.routines import Routine, Step
from breakd.settings.catalogue import Catalogue, catalogue
from breakd.settings.load import load
from breakd.settings.pack_cache import Packs

BODY = 'title = "{0}"\nsteps = [{{ text = "Go", seconds = 20 }}]\n'
PLUGINS = tuple(
    Routine(id=name, title=name, steps=(Step("Go", 20),)) for name in ("walking.stairs", "walking.corridor", "eyes.far")
)


def written(name: str, *lines: str) -> str:
    """A routine of this id, with more lines."""
    return "\n".join(("[[routine]]", f'id = "{name}"', *lines, BODY.format(name)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A person's own routines."""
    made = tmp_path / "routines"
    made.mkdir()
    return made


def found(folder: Path | None, *sets: str) -> Catalogue:
    """The catalogue by the shipped settings and these."""
    return catalogue(load(None, sets), folder, PLUGINS)


def ids(of: Catalogue) -> list[str]:
    """What is in force."""
    return [routine.id for routine in of.routines]


def said(of: Catalogue, folder: Path) -> list[str]:
    """All problems, without the folder."""
    return [str(problem).replace(f"{folder}/", "") for problem in of.problems]


def test_without_own_files_there_are_those_of_plugins(tmp_path: Path) -> None:
    """By id, whether there is no folder, an empty one, or none asked for."""
    expected = Catalogue(tuple(sorted(PLUGINS, key=lambda routine: routine.id)))
    assert found(None) == found(tmp_path) == found(tmp_path / "none") == expected


def test_own_routines_come_with_the_name_of_their_file(folder: Path) -> None:
    """`physio.toml` holds `physio.neck`; the others stay."""
    (folder / "physio.toml").write_text(written("neck"))
    every = found(folder)
    assert ids(every) == ["eyes.far", "physio.neck", "walking.corridor", "walking.stairs"]
    assert every.files == {"physio.neck": str(folder / "physio.toml")}


@pytest.mark.parametrize(("file", "name"), [("mine.toml", "walking.stairs"), ("walking.toml", "stairs")])
def test_an_own_routine_replaces_that_of_its_id(folder: Path, file: str, name: str) -> None:
    """Whether the id says the pack or the file does."""
    (folder / file).write_text(written(name, "met = 4.5"))
    every = found(folder)
    assert ids(every) == ["eyes.far", "walking.corridor", "walking.stairs"]
    assert [routine.met for routine in every.routines] == [2.3, 2.3, 4.5]


def test_routines_and_whole_packs_can_be_switched_off(folder: Path) -> None:
    """They are known, but not in force."""
    (folder / "mine.toml").write_text('off = ["walking.*"]\n')
    (folder / "more.toml").write_text('off = ["eyes.far"]\n' + written("neck"))
    every = found(folder)
    assert ids(every) == ["more.neck"]
    assert [routine.id for routine in every.off] == ["eyes.far", "walking.corridor", "walking.stairs"]


def test_a_bad_file_costs_only_itself(folder: Path) -> None:
    """All its mistakes are told, the routines of the other files stay; files of editors are not looked at."""
    (folder / "bad.toml").write_text(written("a", "met = 0", "regions = 3"))
    (folder / "good.toml").write_text(written("b"))
    (folder / ".good.toml").write_text("[[")
    (folder / "good.toml~").write_text("[[")
    (folder / "My own.toml").write_text(written("c"))
    (folder / "sub.toml").mkdir()
    every = found(folder)
    assert ids(every) == ["eyes.far", "good.b", "walking.corridor", "walking.stairs"]
    assert [line.partition(": expected")[0] for line in said(every, folder)] == [
        "My own.toml",
        "bad.toml:3:7: routine[1].met",
        "bad.toml:4:11: routine[1].regions",
        "sub.toml",
    ]


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    """It costs its line; what plugins bring stays."""
    (tmp_path / "routines").touch()
    every = found(tmp_path / "routines")
    assert (len(every.routines), said(every, tmp_path)) == (3, ["routines: cannot be read: Not a directory"])


def test_one_routine_in_two_files_is_refused_in_the_second(folder: Path) -> None:
    """The first by the name of the file counts, and both are named."""
    (folder / "a.toml").write_text(written("eyes.far", "met = 2"))
    (folder / "b.toml").write_text("\n" + written("eyes.far", "met = 3"))
    every = found(folder)
    assert every.routines[0].met == 2
    assert said(every, folder) == [
        'b.toml:3:6: routine[1].id: expected an id of its own, found "eyes.far", which is in a.toml too; '
        "that one counts"
    ]


def test_what_is_switched_off_has_to_be_there(folder: Path) -> None:
    """A slip is told with the nearest id. That a whole pack is absent is no mistake: a plugin may be off just now."""
    (folder / "mine.toml").write_text('off = ["walking.corridor", "walking.stair", "running.*"]\n')
    every = found(folder)
    assert ids(every) == ["eyes.far", "walking.stairs"]
    assert said(every, folder) == [
        "mine.toml:1:28: off[2]: there is no routine \"walking.stair\", did you mean 'walking.stairs'?"
    ]
    assert [str(note).replace(f"{folder}/", "") for note in every.notes] == [
        'mine.toml:1:45: off[3]: there is no pack "running" now'
    ]


def test_siblings_have_to_be_there(folder: Path) -> None:
    """An unknown one is told and does not count; one that is switched off is known."""
    (folder / "mine.toml").write_text(
        'off = ["walking.stairs"]\n' + written("a", 'easier = "b"', 'harder = "walking.stairs"')
    )
    every = found(folder)
    assert [(each.easier, each.harder) for each in every.routines if each.id == "mine.a"] == [("", "walking.stairs")]
    assert said(every, folder) == ['mine.toml:4:10: routine[1].easier: there is no routine "mine.b"']


def test_a_sibling_of_an_absent_pack_is_no_mistake(folder: Path) -> None:
    """It does not count, and is told."""
    (folder / "mine.toml").write_text(written("a", 'easier = "running.slowly"'))
    every = found(folder)
    assert [each.easier for each in every.routines if each.id == "mine.a"] == [""]
    assert (said(every, folder), [str(note).replace(f"{folder}/", "") for note in every.notes]) == (
        [],
        ['mine.toml:3:10: routine[1].easier: there is no pack "running" now'],
    )


def test_easier_may_not_go_round_in_a_circle(folder: Path) -> None:
    """Through several files and both keys; every part of the circle is told, and none counts. What leads to it does."""
    (folder / "a.toml").write_text(written("a", 'harder = "b.b"') + written("z", 'harder = "a"'))
    (folder / "b.toml").write_text(written("b", 'harder = "c"') + written("c") + written("d", 'harder = "d"'))
    (folder / "c.toml").write_text(written("a", 'easier = "b.c"', 'harder = "b.b"').replace('"a"', '"c.x"', 1))
    text = (folder / "a.toml").read_text()
    (folder / "a.toml").write_text(text.replace('harder = "b.b"', 'harder = "b.b"\neasier = "b.c"'))
    every = found(folder)
    assert said(every, folder) == [
        "a.toml:3:10: routine[1].harder: it goes round in a circle: "
        "b.b is easier than b.c is easier than a.a is easier than b.b",
        "a.toml:4:10: routine[1].easier: it goes round in a circle: "
        "a.a is easier than b.b is easier than b.c is easier than a.a",
        "b.toml:3:10: routine[1].harder: it goes round in a circle: "
        "b.c is easier than a.a is easier than b.b is easier than b.c",
        "b.toml:12:10: routine[3].harder: it goes round in a circle: b.d is easier than b.d",
        "c.toml:3:10: routine[1].easier: it goes round in a circle: "
        "c.x is easier than b.b is easier than b.c is easier than c.x",
        "c.toml:4:10: routine[1].harder: it goes round in a circle: "
        "b.b is easier than b.c is easier than c.x is easier than b.b",
    ]
    assert {each.id: each.easier + each.harder for each in every.routines if each.easier + each.harder} == {
        "a.z": "a.a"
    }


def test_a_plugin_with_a_wrong_sibling_is_named(tmp_path: Path) -> None:
    """It has no file of the person's own to point at."""
    odd = Routine(id="odd.a", title="A", steps=(Step("Go", 20),), easier="odd.b")
    every = catalogue(load(), tmp_path, (odd,))
    assert [str(problem) for problem in every.problems] == ['routine odd.a: easier: there is no routine "odd.b"']


def test_what_will_never_be_offered_is_said(folder: Path) -> None:
    """Of one's own routines: a break that there is not, something that is not at hand. Usual breaks may be absent."""
    (folder / "mine.toml").write_text(
        written("a", 'breaks = ["tea"]') + written("b", 'needs = ["band", "wall"]') + written("c", 'breaks = ["micro"]')
    )
    notes = [str(note).replace(f"{folder}/", "") for note in found(folder, "breaks.micro.enabled=false").notes]
    assert notes == [
        "mine.toml:3:1: routine[1].breaks: no break is called tea, there are: move, micro",
        'mine.toml:8:1: routine[2].needs: never offered as long as [me] equipment lacks "band"',
    ]


@pytest.mark.parametrize("key", ["avoid", "sore", "places"])
def test_words_in_me_that_no_routine_has_are_said(folder: Path, key: str) -> None:
    """A word of one's own is known as soon as a routine has it, known words always are."""
    sets = f'me.{key}=["neck", "home", "trampoline"]'
    strange = {"avoid": "home", "sore": "home", "places": "neck"}[key]
    word = f'me.{key}: no routine says "{{}}", so it does nothing'
    assert [str(note) for note in found(folder, sets).notes] == [word.format(strange), word.format("trampoline")]
    where = {"avoid": "involves", "sore": "regions", "places": "places"}[key]
    (folder / "mine.toml").write_text(written("a", f'{where} = ["trampoline", "{strange}"]'))
    assert found(folder, sets).notes == ()


def test_routines_of_fixed_times_that_will_not_come_are_said(folder: Path) -> None:
    """Rule 26: a routine that is not there, is switched off, or that `[me]` is against, is another one on that day."""
    known = PLUGINS[0].id
    assert found(folder, f"schedule.a={{at='12:30', routine='{known}'}}").notes == ()
    assert found(folder, "schedule.a.at='12:30'").notes == ()
    (note,) = found(folder, f"schedule.a={{at='12:30', routine='{known}s'}}").notes
    assert str(note).startswith(f'schedule.a.routine: there is no routine "{known}s"')
    assert f"{known!r}" in str(note)
    sets = (f"schedule.a={{at='12:30', routine='{known}'}}", f"me.avoid=['{PLUGINS[0].kind}']")
    assert f'schedule.a.routine: [me] is against "{known}"; another one is offered' in map(
        str, found(folder, *sets).notes
    )
    (folder / "mine.toml").write_text(f'off = ["{known}"]')
    (note,) = found(folder, f"schedule.a={{at='12:30', routine='{known}'}}").notes
    assert "there is no routine" in str(note)


def test_it_is_the_same_through_the_cache(folder: Path, tmp_path: Path) -> None:
    """Read at first, taken from the cache then, read again when a file has changed, gone when it is."""
    cache = tmp_path / "state" / "routines.cache"
    (folder / "mine.toml").write_text('off = ["eyes.far"]\n' + written("a"))
    for _ in range(3):
        packs = Packs(cache)
        assert catalogue(load(), folder, PLUGINS, packs) == found(folder)
        packs.save()
    (folder / "mine.toml").write_text('off = ["eyes.far"]\n' + written("b"))
    assert "mine.b" in ids(catalogue(load(), folder, PLUGINS, Packs(cache)))
    (folder / "mine.toml").unlink()
    assert "eyes.far" in ids(catalogue(load(), folder, PLUGINS, Packs(cache)))
