"""Files of routines: what is read from them, and what is said about those that are wrong."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.core.events import Configured
from breakd.core.routines import ASK_FIRST, STOP_RULE, Routine, Step
from breakd.daemon.store.rows import packed
from breakd.settings.errors import Problem, SettingsError
from breakd.settings.files import LARGEST
from breakd.settings.load import load
from breakd.settings.routines import Pack, load_routines, read_pack

SMALLEST = '[[routine]]\nid = "a"\ntitle = "A"\n[[routine.steps]]\ntext = "Stand up"\nseconds = 20\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test writes its routines."""
    return tmp_path / "routines.toml"


def problems(file: Path) -> list[tuple[int | None, str, str]]:
    """Line, key and message of everything that is wrong in the file."""
    with pytest.raises(SettingsError) as caught:
        load_routines(file)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    assert {problem.file for problem in caught.value.problems} == {str(file)}
    return [(problem.line, problem.key, problem.message) for problem in caught.value.problems]


def test_every_key_of_a_routine_is_read(file: Path) -> None:
    """Each key becomes the field of its name; the id gets its prefix; the stop rule follows own cautions."""
    (file.parent / "toes.png").touch()
    file.write_text("""
[[routine]]
id = "calf-raises"
title = "Calf raises"
kind = "strength"
regions = ["Calves", "ankles"]
needs = ["wall"]
breaks = ["move", "micro"]
met = 2.8
because = "As my physiotherapist\\nshowed me."
cautions = ["Not on the left foot."]

[[routine.steps]]
text = "Rise on your toes"
seconds = 20.5
hint = "Hold the wall."
image = "toes.png"
""")
    expected = Routine(
        id="mine.calf-raises",
        title="Calf raises",
        kind="strength",
        regions=("calves", "ankles"),
        needs=("wall",),
        breaks=("move", "micro"),
        met=2.8,
        because="As my physiotherapist showed me.",
        cautions=("Not on the left foot.", STOP_RULE, ASK_FIRST),
        steps=(
            Step(text="Rise on your toes", seconds=20.5, hint="Hold the wall.", image=str(file.parent / "toes.png")),
        ),
    )
    assert load_routines(file, "mine") == (expected,)


def test_what_is_not_said_has_the_default_of_a_routine(file: Path) -> None:
    """An id, a title and one step are enough; without a prefix the id stays as written."""
    file.write_text(SMALLEST)
    assert load_routines(file) == (Routine(id="a", title="A", steps=(Step("Stand up", 20),)),)


def test_steps_may_be_written_in_one_list(file: Path) -> None:
    """`steps = [{...}, ...]` means the same as [[routine.steps]]."""
    file.write_text('[[routine]]\nid = "a"\ntitle = "A"\nsteps = [{ text = "Stand up", seconds = 20 }]\n')
    listed = load_routines(file)
    file.write_text(SMALLEST)
    assert load_routines(file) == listed


def test_a_mark_at_the_start_of_the_file_is_ignored(file: Path) -> None:
    """A byte order mark, as editors on Windows write it, is no error."""
    file.write_text(SMALLEST, encoding="utf-8-sig")
    assert [routine.id for routine in load_routines(file)] == ["a"]


def test_all_problems_come_at_once_in_the_order_of_the_file(file: Path) -> None:
    """Each problem names its line, key, what was expected, what was found, and the key that was probably meant."""
    file.write_text("""\
name = "My exercises"
[[routine]]
id = "Calf raises"
titel = "Calf raises"
met = true
regions = "calves"
[[routine.steps]]
text = ""
seconds = "20"
[[routine.steps]]
seconds = 0
[[routine]]
id = "b"
title = "B"
breaks = []
steps = [3, { text = "x", seconds = nan }]
""")
    assert problems(file) == [
        (1, "name", "unknown key"),
        (2, "routine[1].title", "missing"),
        (
            3,
            "routine[1].id",
            'expected lower-case letters, digits and dashes, such as "calf-raises", found "Calf raises"',
        ),
        (4, "routine[1].titel", "unknown key, did you mean 'title'?"),
        (5, "routine[1].met", "expected a number from 1 to 12, found true"),
        (6, "routine[1].regions", 'expected a list of texts, such as ["eyes", "neck"], found "calves"'),
        (8, "routine[1].steps[1].text", 'expected text, found ""'),
        (9, "routine[1].steps[1].seconds", 'expected a number from 1 to 3600, found "20"'),
        (10, "routine[1].steps[2].text", "missing"),
        (11, "routine[1].steps[2].seconds", "expected a number from 1 to 3600, found 0"),
        (15, "routine[2].breaks", 'expected at least one kind of break, such as ["move"], found []'),
        (16, "routine[2].steps[1]", "expected a table, found 3"),
        (16, "routine[2].steps[2].seconds", "expected a number from 1 to 3600, found nan"),
    ]


@pytest.mark.parametrize("name", ["none.png", ".", "x" * 300, r"\u0000"])
def test_a_picture_has_to_be_there(file: Path, name: str) -> None:
    """A step with a picture that is no file says where it was looked for."""
    file.write_text(SMALLEST + f'image = "{name}"\n')
    ((line, key, message),) = problems(file)
    assert (line, key) == (7, "routine[1].steps[1].image")
    assert message.startswith(f"expected the file of a picture, as seen from {file.parent}, found ")


def test_two_routines_need_two_ids(file: Path) -> None:
    """An id that is there already is refused where it comes again."""
    file.write_text(SMALLEST + SMALLEST)
    assert problems(file) == [(8, "routine[2].id", 'expected an id of its own, found "a", as in routine[1]')]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", (None, "routine", "expected at least one [[routine]], found none")),
        ("[routine]\nid = 1", (1, "routine", "expected [[routine]], in two pairs of brackets, found {'id': 1}")),
        ("routine = 3", (1, "routine", "expected [[routine]], in two pairs of brackets, found 3")),
        ("[[routine]]\nid='a'\ntitle='A'",
         (1, "routine[1].steps", "expected at least one [[routine.steps]], found none")),
        ("a = 1\nb = [", (2, "", "not valid TOML: Invalid value")),
        ("a = 1\na = 2", (2, "", "not valid TOML: Cannot overwrite a value; it is there already, on line 1")),
    ],
)  # fmt: skip
def test_a_file_without_routines_says_what_belongs_there(
    file: Path, text: str, problem: tuple[int | None, str, str]
) -> None:
    """Nothing, the wrong brackets, and broken TOML each have a line that helps."""
    file.write_text(text)
    assert problems(file) == [problem]


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000, "a = " + "9" * 5000, "a = 2026-02-30", "\0", "a" + ".a" * 5000 + " = 1", '"\ud83d" = 1'],
    ids=["deep", "long number", "no such day", "null", "long key", "half a character"],
)
def test_odd_toml_is_refused_in_one_line(file: Path, text: str) -> None:
    """Whatever the text is, it costs one or two lines and no traceback."""
    file.write_text(text, errors="surrogatepass")
    assert 1 <= len(problems(file)) <= 2


def test_text_that_is_not_utf8_names_the_line(file: Path) -> None:
    """The line of the first byte that is no UTF-8 is named, and what to do."""
    file.write_bytes(SMALLEST.encode() + b'# "R\xfccken"\n')
    assert problems(file) == [(7, "", "not UTF-8 text: save the file as UTF-8")]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a pipe (nobody waits for it), nothing, a way through a file, a loop of links: one line each."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    expected = {
        ".": "expected a file, found a folder",
        "pipe": "expected a file, found a pipe or device",
        "none": "no such file",
        "file/below": "cannot be read: Not a directory",
        "loop": "cannot be read: Too many levels of symbolic links",
    }
    assert {name: problems(tmp_path / name) for name in expected} == {
        name: [(None, "", message)] for name, message in expected.items()
    }
    with pytest.raises(ValueError, match="embedded null") as caught:  # each version of Python has words of its own
        Path("\0").stat()
    assert problems(tmp_path / "\0") == [(None, "", f"cannot be read: {caught.value}")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(file: Path) -> None:
    """A file of somebody else is named, not shown as a traceback."""
    file.write_text(SMALLEST)
    file.chmod(0)
    assert problems(file) == [(None, "", "cannot be read: Permission denied")]


def test_a_huge_file_is_refused_unread(file: Path) -> None:
    """More than anybody writes by hand is a mistake, whatever is in it."""
    file.write_text(SMALLEST + "#" * LARGEST)
    assert problems(file) == [(None, "", "larger than 1 MiB: is this the file that was meant?")]


def test_a_problem_is_one_line() -> None:
    """Names with line breaks in them, of files or keys, do not break the line."""
    assert str(Problem("a\nb.toml", 3, "x", "found \x1b[31m")) == r"a\nb.toml:3: x: found \x1b[31m"
    assert str(Problem("a.toml", None, "", "no such file")) == "a.toml: no such file"


# -- how long a step takes, and for which side ----------------------------------------------------------------------


def steps(file: Path, written: str) -> tuple[Step, ...]:
    """The steps of a routine that has these lines in its one step."""
    file.write_text(f'[[routine]]\nid = "a"\ntitle = "A"\n[[routine.steps]]\n{written}\n')
    return load_routines(file)[0].steps


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("seconds = 20", Step("Go", 20)),
        ("seconds = 20\nhold = 10", Step("Go", 20, hold=10)),
        ("hold = 15", Step("Go", 15, hold=15)),
        ("repetitions = 8", Step("Go", 32, repetitions=8)),
        ("repetitions = 8\npace = 2.5", Step("Go", 20, repetitions=8)),
        ("repetitions = 3\npace = 2\nhold = 5", Step("Go", 21, repetitions=3, hold=5)),
    ],
)
def test_a_step_lasts_seconds_or_repetitions_or_one_hold(file: Path, written: str, expected: Step) -> None:
    """A repetition takes its pace, 4 s where none is said, and its hold."""
    assert steps(file, f'text = "Go"\n{written}') == (expected,)


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("Bend the {side} wrist", "Bend the left wrist", "Bend the right wrist"),
        ("Bend the wrist", "Bend the wrist, left", "Bend the wrist, right"),
    ],
)
def test_a_step_with_sides_is_two(file: Path, text: str, left: str, right: str) -> None:
    """Left, then right, each as long as it says."""
    found = steps(file, f'text = "{text}"\nseconds = 10\nsides = true')
    assert found == (Step(left, 10, side="left"), Step(right, 10, side="right"))


@pytest.mark.parametrize(
    ("written", "line", "problem"),
    [
        ('text = "Go"', 4, "seconds: missing: say `seconds`, `repetitions` or `hold`"),
        (
            'text = "Go"\nseconds = 9\nrepetitions = 8',
            6,
            "seconds: expected either seconds or repetitions (8 of them take 32 s), found 9",
        ),
        ('text = "Go"\nseconds = 9\npace = 2', 7, "pace: it is the time of one of `repetitions`, and there are none"),
        ('text = "Go"\nseconds = 9\nhold = 10', 7, "hold: expected no more than the 9 seconds of the step, found 10"),
        ('text = "Go"\nrepetitions = 500\npace = 60', 4, "expected at most 3600 s in all, found 30000 s"),
        ('text = "Go"\nrepetitions = 1.5', 6, "repetitions: expected a whole number from 1 to 500, found 1.5"),
        ('text = "Go {side}"\nseconds = 9', 5, 'text: expected `sides = true` beside {side}, found "Go {side}"'),
        ('text = "Go"\nseconds = 9\nsides = "left"', 7, 'sides: expected true or false, found "left"'),
        (
            'text = "Now stand up and walk a few very easy steps"\nseconds = 9',
            5,
            "text: expected at most 8 words (the rest belongs in `hint`), "
            'found "Now stand up and walk a few very eas...',
        ),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(file: Path, written: str, line: int, problem: str) -> None:
    """The line says what was meant to be said, and how long it would take."""
    with pytest.raises(SettingsError):
        steps(file, written)
    found = problems(file)
    assert [(line_, f"{key}: {message}") for line_, key, message in found] == [
        (line, f"routine[1].steps[1]{':' if problem.startswith('expected') else '.'} {problem}".replace(". ", ".", 1))
    ]


# -- what a routine says of itself ----------------------------------------------------------------------------------


def routine(file: Path, written: str, *, own: bool = False) -> Routine:
    """A routine `a` of the pack `mine` with these lines."""
    file.write_text(SMALLEST.replace('title = "A"\n', f'title = "A"\n{written}\n'))
    return read_pack(file, "mine", own=own).routines[0]


def test_what_choice_reads_is_read(file: Path) -> None:
    """Words, siblings (of the same pack unless they name another), and whether it begins with walking."""
    found = routine(
        file,
        'involves = ["Standing"]\nplaces = ["home"]\neasier = "b"\nharder = "walking.brisk"\nwarm_up = true',
    )
    assert (found.involves, found.places, found.warm_up) == (("standing",), ("home",), True)
    assert (found.easier, found.harder) == ("mine.b", "walking.brisk")


@pytest.mark.parametrize(
    ("written", "met"), [('intensity = "moderate"', 3.8), ('intensity = "light"\nmet = 1.3', 1.3), ("met = 6", 6)]
)
def test_intensity_is_met_in_a_word(file: Path, written: str, met: float) -> None:
    """Light is 2.3, moderate 3.8, vigorous 8, unless `met` says more exactly."""
    assert routine(file, written).met == met


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (
            'intensity = "vigorous"\nmet = 2.8',
            'routine[1].intensity: expected light, which is what 2.8 MET are, found "vigorous"',
        ),
        ('intensity = "hard"', 'routine[1].intensity: expected one of light, moderate, vigorous, found "hard"'),
        (
            'regions = ["lower bak"]',
            "routine[1].regions: expected a known word or one of your own (did you mean 'lower back'?)"
            ", found ['lower bak']",
        ),
        ('easier = "Walking"', 'routine[1].easier: expected an id such as "calf-raises" or "walking.corridor"'),
        ("warm_up = 1", "routine[1].warm_up: expected true or false, found 1"),
    ],
)
def test_words_that_make_no_sense_are_refused(file: Path, written: str, problem: str) -> None:
    """A slip in a known word too, while a word of one's own is taken."""
    with pytest.raises(SettingsError) as caught:
        routine(file, written)
    assert str(caught.value).startswith(f"{file}:4:") and problem in str(caught.value)
    assert routine(file, 'regions = ["elbows"]').regions == ("elbows",)


def test_own_files_may_name_other_packs(file: Path) -> None:
    """A person's file may replace a routine of another pack and switch others off; a plugin's file may not."""
    text = SMALLEST.replace('"a"', '"walking.corridor"')
    file.write_text('off = ["stretching.*", "posture.hinge"]\n' + text)
    pack = read_pack(file, "mine", own=True)
    assert ([each.id for each in pack.routines], pack.off) == (
        ["walking.corridor"],
        ("stretching.*", "posture.hinge"),
    )
    assert [key for _, key, _ in problems(file)] == ["off", "routine[1].id"]
    file.write_text('off = ["walking.stairs"]\n')
    assert read_pack(file, "mine", own=True) == Pack((), ("walking.stairs",))
    file.write_text("# nothing yet\n")
    assert read_pack(file, "mine", own=True) == Pack(())
    file.write_text('off = ["stairs"]\n')
    with pytest.raises(SettingsError, match=r"off: expected a list of ids such as"):
        read_pack(file, "mine", own=True)


# -- whatever is written ---------------------------------------------------------------------------------------------

WHOLE = """\
off = ["walking.stairs"]
[[routine]]
id = "a"
title = "A"
kind = "strength"
regions = ["neck"]
needs = ["wall"]
involves = ["standing"]
places = ["home"]
breaks = ["move"]
intensity = "light"
met = 2.3
warm_up = true
easier = "b"
harder = "walking.brisk"
because = "So."
cautions = ["No."]
[[routine.steps]]
text = "Go {side}"
repetitions = 8
pace = 2
hold = 1
sides = true
hint = "So."
[[routine.steps]]
text = "Go"
seconds = 20
""".splitlines()
VALUES = (
    "1", "-1", "0", "1e300", "nan", "inf", "true", '""', '" "', '"x"', '"a.b"', '"{side}"', '"\\u0000"', "[]", "[[]]",
    '["x"]', "{}", "{ a = 1 }", "1979-05-27", "07:32:00", "99999999999999999999", "'''\n'''", '"' + "y" * 5000 + '"',
)  # fmt: skip
change = st.tuples(
    st.integers(0, len(WHOLE) - 1), st.sampled_from(("value", "drop", "twice", "cut")), st.sampled_from(VALUES)
)


@given(st.lists(change, min_size=1, max_size=4), st.booleans())
def test_whatever_is_written_gives_routines_or_lines(changes: list[tuple[int, str, str]], own: bool) -> None:
    """Odd values, lines that are gone, doubled or cut short: a pack that can be used, or lines that name the file."""
    lines = list(WHOLE)
    for place, how, value in changes:
        key = lines[place].partition("=")[0]
        lines[place] = {
            "value": f"{key}= {value}",
            "drop": "",
            "twice": f"{lines[place]}\n{lines[place]}",
            "cut": lines[place][: len(lines[place]) // 2],
        }[how]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "mine.toml")
        file.write_text("\n".join(lines), encoding="utf-8")
        try:
            pack = read_pack(file, "mine", own=own)
        except SettingsError as error:
            assert error.problems
            assert all(line.startswith(str(file)) for line in str(error).splitlines())
            assert all(str(problem).isprintable() for problem in error.problems)
        else:
            assert all(0 < step.seconds <= 3600 for routine in pack.routines for step in routine.steps)
            packed(Configured(replace(load().rules(), routines=pack.routines)))
