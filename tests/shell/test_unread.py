"""Files of routines that a start does not wait for: which, when they are read, and who needs them before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd import Active, Idle
from breakd.cli.status import lines
from breakd.core.decisions import BreakStarted, Prompt
from breakd.core.events import Configured
from breakd.core.routines import Routine, Step
from breakd.core.units import MINUTE, SECOND
from breakd.daemon.speech.status import status
from breakd.daemon.watching import unread
from breakd.daemon.watching.unread import AT_ONCE, Unread
from breakd.settings.pack_cache import Packs
from tests.shell.loop_parts import FakeClock, Life, life

pytestmark = pytest.mark.usefixtures("clock")

TEXT = '[[routine]]\nid = "a"\ntitle = "A"\nsteps = [{ text = "Go", seconds = 20 }]\n'
THEIRS = tuple(Routine(id=f"pack.{name}", title="Theirs", steps=(Step("Go", 60),)) for name in "abc")
MINE = (Routine(id="mine.a", title="Mine", steps=(Step("Go", 60),)),)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[list[Path]]:
    """Two files with more than a start reads."""
    found = [tmp_path / "one.toml", tmp_path / "two.toml"]
    for file in found:
        file.write_text(TEXT + "#" * (AT_ONCE // 2))
    yield found


# -- which wait -----------------------------------------------------------------------------------------------------


def test_many_wait(files: list[Path], tmp_path: Path) -> None:
    """Known or not; a start has the time for a few."""

    def waits(*those: Path) -> bool:
        return Unread(Packs(), lambda: None).put_off(those)

    assert waits(*files)
    assert waits(*files, tmp_path / "gone.toml")
    assert not waits(files[0])
    assert not waits(tmp_path / "gone.toml")
    assert not waits()


# -- how they are read ----------------------------------------------------------------------------------------------


async def test_one_in_each_turn(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have their turn between two files, a broken one is no matter, and `through` is told once."""
    monkeypatch.setattr(unread, "BREATH", 0)
    files[0].write_text("broken" + "#" * AT_ONCE)
    turns, told = list[int](), asyncio.Event()
    packs = Packs()

    def through() -> None:
        turns.append(-1)
        told.set()

    waiting = Unread(packs, through)
    assert waiting.put_off(files)
    waiting.start()
    async with asyncio.timeout(10):
        while not told.is_set():
            turns.append(len(packs._used))
            await asyncio.sleep(0)
    assert sorted(set(turns)) == [-1, 0, 1]
    assert turns.count(-1) == 1


async def test_somebody_was_faster(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """None waits any more, and nobody is told."""
    monkeypatch.setattr(unread, "BREATH", 0)
    told = list[str]()
    waiting = Unread(Packs(), lambda: told.append("through"))
    waiting.start()
    assert waiting.put_off(files)
    waiting.start()
    await asyncio.sleep(0)
    waiting.stop()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (waiting.files, told) == ((), [])


# -- who needs them -------------------------------------------------------------------------------------------------


def routines(one: Life) -> list[list[str]]:
    """The routines of each set of rules in this life."""
    return [[it.id for it in each.event.rules.routines] for each in one.entries if isinstance(each.event, Configured)]


def test_nobody_needs_them_while_nothing_is_due(path: Path, clock: FakeClock) -> None:
    """Events are taken and time passes as always; what is not read stays so."""
    with life(path, clock, routines=MINE, late=True) as one:
        one.tell(Active())
        one.runs(5 * MINUTE)
        one.tell(Idle())
        one.runs(MINUTE)
        assert one.unread()
        assert {"active", "idle"} <= {*one.names}
        one.loop.read()
        assert routines(one) == [["mine.a"]]
        one.loop.read()
        assert routines(one) == [["mine.a"]]


def test_a_break_that_is_due_is_asked_for_with_the_right_routine(path: Path, clock: FakeClock) -> None:
    """All are read before the first routine is chosen, be it by the timer or upon an event; once."""
    with life(path, clock, "breaks.micro.enabled=false", routines=MINE, late=True) as one:
        one.tell(Active())
        one.runs(35 * MINUTE)
        assert [each.routine for each in one.decided if isinstance(each, Prompt)] == [*MINE]
        assert routines(one) == [["mine.a"]]
        assert not one.unread()


def test_a_break_that_is_asked_for(path: Path, clock: FakeClock) -> None:
    """`breakd start` begins with one of them."""
    with life(path, clock, "breaks.micro.enabled=false", routines=MINE, late=True) as one:
        one.tell(Active())
        (started,) = one.loop.command("start", None, "command")
        assert isinstance(started, BreakStarted)
        assert started.routine == MINE[0]
        assert one.names[-2:] == ["configured", "command"]


def test_a_start_in_the_middle_of_a_prompt_reads_first(path: Path, clock: FakeClock) -> None:
    """What is shown again may be gone: the files count before anything is shown. The time between is not watched."""
    with life(path, clock, "breaks.micro.enabled=false") as one:
        one.tell(Active())
        while "prompt" not in one.did:
            one.runs(MINUTE)
        one.loop.stop()
    clock.passes(20 * SECOND)
    with life(path, clock, "breaks.micro.enabled=false", routines=MINE, late=True) as again:
        assert again.names[:2] == ["started", "configured"]
        assert (routines(again), again.unread()) == ([["mine.a"]], 0)


def test_what_is_done_with_time_is_done_once(path: Path, clock: FakeClock) -> None:
    """A jump of the clock and a stand-still on the way to a prompt are told once, though a reading comes between."""
    with life(path, clock, "breaks.micro.enabled=false", routines=MINE, late=True) as one:
        one.tell(Active())
        one.runs(29 * MINUTE)
        clock.passes(20 * SECOND)
        clock.jumps(-3 * 60 * MINUTE)
        one.tell(Active())
        one.runs(10 * MINUTE)
        assert one.names.count("clock") == 1
        assert routines(one) == [["mine.a"]]
        assert one.loop.state.offset == clock.wall() - one.loop.now()


@pytest.mark.parametrize("cut", [1, 29, 31, 33], ids=lambda cut: f"after {cut} min")
@pytest.mark.parametrize("pauses", [(0, 60), (110, 200), (600, 1800), (40_000, 30), (3, 4, 5)], ids=str)
@pytest.mark.parametrize("end", ["stopped", "killed", "killed later"])
def test_a_life_that_reads_later_is_the_same_life(path: Path, cut: int, pauses: tuple[int, ...], end: str) -> None:
    """Whatever the last life ended with and however it ended: the same decisions at the same times, the same state."""
    lives, sets = [], ("breaks.micro.enabled=false", "prompt.patience=1s")
    for late in (False, True):
        clock, at = FakeClock(), path.with_suffix(f".{late}")
        with life(at, clock, *sets, routines=THEIRS) as one:
            one.tell(Active())
            one.runs(cut * MINUTE)
            if end == "stopped":
                one.loop.stop()
            elif end == "killed later":
                one.fold.snapshot()
                one.runs(4 * MINUTE)
        clock.passes(pauses[0] * SECOND)
        with life(at, clock, *sets, routines=THEIRS, late=late) as again:
            for pause in pauses[1:]:
                again.tell(Active())
                again.runs(pause * SECOND)
                again.tell(Idle())
            again.loop.read()
            lives.append((again.decided, again.names, again.loop.current()))
            assert (again.fold.absent, again.unread()) == ("", 0)
    assert lives[0] == lives[1]


def test_other_settings_count_from_the_start(path: Path, clock: FakeClock) -> None:
    """With the routines of the last life, as long as no others are known; each set is journalled whole."""
    with life(path, clock, routines=THEIRS) as one:
        one.loop.stop()
    with life(path, clock, "breaks.move.every=44m", routines=MINE, late=True) as again:
        assert again.loop.state.rules.breaks[-1].every == 44 * MINUTE
        again.loop.read()
        assert routines(again) == [[each.id for each in THEIRS], ["mine.a"]]


def test_the_status_tells_of_them(path: Path, clock: FakeClock) -> None:
    """As long as there are some."""
    with life(path, clock) as one:
        facts = {**status(one.loop.current()), "plugins": {}}
    settings = {"state": "ok", "unwatched": None}
    told = lines({**facts, "settings": {**settings, "unread": 3}})
    assert "settings: 3 files of routines to be read yet, and before any of them is offered" in told
    assert lines({**facts, "settings": {**settings, "unread": 0}}) == lines({**facts, "settings": settings})
