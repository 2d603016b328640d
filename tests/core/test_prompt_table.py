"""The table of prompts: a story for every row, and silence for every pair without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, get_args

import pytest

from breakd.core.events import Order
from breakd.core.prompts import TABLE, WHEN, Trigger, pull
from breakd.core.state import Decisions, Phase
from tests.core.driver import ONLY_MICRO, ONLY_MOVE, Day


class Story(NamedTuple):
    """A day up to a phase, what happens then, and what is said to it."""

    before: Callable[[], Day]
    then: Callable[[Day], object]
    said: list[str]


def calm() -> Day:
    """Two thirds of a bar."""
    return Day(ONLY_MOVE).types(until="09:20")


def calm_idle() -> Day:
    """Some idleness was noticed."""
    return calm().idles(until="09:20:30")


def waiting() -> Day:
    """Due since 09:30, with no lull yet."""
    return Day(ONLY_MOVE).types(until="09:31")


def waiting_again() -> Day:
    """Prompted at 09:32; the second prompt waits for a lull."""
    return Day(ONLY_MOVE).types(until="09:43")


def held() -> Day:
    """Due, in a call since 09:29."""
    return Day(ONLY_MOVE).types(until="09:29").busy("call").at("09:31")


def held_idle() -> Day:
    """Nobody types in this call."""
    return held().idles(until="09:31:30")


def micro_held() -> Day:
    """A micro-break due at 09:20, held back."""
    return Day().types(until="09:18").busy("do-not-disturb").at("09:24")


def shown() -> Day:
    """Prompted at 09:32."""
    return Day(ONLY_MOVE).types(until="09:33")


def shown_twice() -> Day:
    """Prompted at 09:32 and 09:44."""
    return Day(ONLY_MOVE).types(until="09:45")


def micro_shown() -> Day:
    """Prompted for a micro-break at 09:22."""
    return Day(ONLY_MICRO).types(until="09:22:10")


def micro_shown_late() -> Day:
    """Prompted for a micro-break at 09:24:40, shortly before a move break comes near."""
    return Day("breaks.micro.every=22m40s").types(until="09:24:50")


def called() -> Day:
    """Prompted at 09:32, waiting for the second prompt; at 09:43:30 it is time for lunch."""
    return Day(ONLY_MOVE, "schedule.lunch={at='12:30'}").types(until="09:43:30")


def resting() -> Day:
    """Prompted at 09:31:05, away since 09:31, noticed at 09:32; 186 s are due."""
    return Day(ONLY_MOVE).types(until="09:31").idles(until="09:32:30")


def halted() -> Day:
    """Back at the keyboard after 90 s."""
    return resting().types(until="09:33")


STORIES: dict[tuple[Phase, Trigger], Story] = {
    ("calm", "due"): Story(calm, lambda day: day.at("09:30"), []),
    ("calm", "start"): Story(calm_idle, lambda day: day.says("start"), ["09:20:30 break_started move 30s"]),
    ("waiting", "left"): Story(waiting, lambda day: day.locks().at("09:32"), []),
    ("waiting", "eased"): Story(waiting, lambda day: day.stance("walking").at("09:31:07"), []),
    ("waiting", "outranked"): Story(micro_held, lambda day: day.at("09:25"), []),
    ("waiting", "quiet"): Story(waiting, lambda day: day.quiet("09:31:30", "10:00").at("09:31:30"), []),
    ("waiting", "called"): Story(called, lambda day: day.calls("lunch"), ["09:43:30 withdraw move"]),
    ("waiting", "held"): Story(waiting, lambda day: day.busy("call").at("09:32"), ["09:32:00 held move call"]),
    ("waiting", "freed"): Story(held, lambda day: day.free("call"), []),
    ("waiting", "moment"): Story(waiting, lambda day: day.at("09:32"), ["09:32:00 prompt move 1 gentle 192s"]),
    ("waiting", "start"): Story(held_idle, lambda day: day.says("start"), ["09:31:30 break_started move 30s"]),
    ("waiting", "snooze"): Story(waiting, lambda day: day.says("snooze"), ["09:31:00 snoozed move 1"]),
    ("waiting", "skip"): Story(waiting, lambda day: day.says("skip"), ["09:31:00 skipped move"]),
    ("waiting", "pause"): Story(waiting, lambda day: day.says("pause"), []),
    ("shown", "rest"): Story(shown, lambda day: day.idles(until="09:34"), ["09:34:00 break_started move 60s"]),
    ("shown", "eased"): Story(shown, lambda day: day.stance("walking").at("09:33:20"), ["09:33:18.001 withdraw move"]),
    ("shown", "outranked"): Story(micro_shown_late, lambda day: day.at("09:25"), ["09:25:00 withdraw micro"]),
    ("shown", "quiet"): Story(
        shown, lambda day: day.quiet("09:33:30", "10:00").at("09:33:30"), ["09:33:30 withdraw move"]
    ),
    ("shown", "held"): Story(
        shown, lambda day: day.busy("call").at("09:34"), ["09:34:00 withdraw move", "09:34:00 held move call"]
    ),
    ("shown", "fleeting"): Story(micro_shown, lambda day: day.at("09:22:30"), ["09:22:30 withdraw micro"]),
    ("shown", "again"): Story(shown, lambda day: day.at("09:42"), []),
    ("shown", "unanswered"): Story(shown_twice, lambda day: day.at("09:54"), ["09:54:00 missed move"]),
    ("shown", "start"): Story(
        shown, lambda day: day.idles(until="09:33:30").says("start"), ["09:33:30 break_started move 30s"]
    ),
    ("shown", "snooze"): Story(shown, lambda day: day.says("snooze"), ["09:33:00 snoozed move 1"]),
    ("shown", "skip"): Story(shown, lambda day: day.says("skip"), ["09:33:00 skipped move"]),
    ("shown", "pause"): Story(shown, lambda day: day.says("pause"), ["09:33:00 withdraw move"]),
    ("resting", "complete"): Story(resting, lambda day: day.at("09:34:06"), ["09:34:06 break_done move 186s"]),
    ("resting", "input"): Story(resting, lambda day: day.types(), []),
    ("resting", "stop"): Story(resting, lambda day: day.says("stop"), ["09:32:30 break_abandoned move 90s"]),
    ("resting", "snooze"): Story(resting, lambda day: day.says("snooze"), ["09:32:30 break_abandoned move 90s"]),
    ("resting", "skip"): Story(resting, lambda day: day.says("skip"), ["09:32:30 break_abandoned move 90s"]),
    ("resting", "pause"): Story(resting, lambda day: day.says("pause"), ["09:32:30 break_abandoned move 90s"]),
    ("halted", "rest"): Story(halted, lambda day: day.idles(until="09:33:20"), []),
    ("halted", "unbroken"): Story(halted, lambda day: day.at("09:33:30"), ["09:33:30 break_abandoned move 90s"]),
    ("halted", "stop"): Story(halted, lambda day: day.says("stop"), ["09:33:00 break_abandoned move 90s"]),
    ("halted", "snooze"): Story(halted, lambda day: day.says("snooze"), ["09:33:00 break_abandoned move 90s"]),
    ("halted", "skip"): Story(halted, lambda day: day.says("skip"), ["09:33:00 break_abandoned move 90s"]),
    ("halted", "pause"): Story(halted, lambda day: day.says("pause"), ["09:33:00 break_abandoned move 90s"]),
}

PHASES: dict[Phase, Callable[[], Day]] = {
    "calm": calm,
    "waiting": waiting_again,
    "shown": shown,
    "resting": resting,
    "halted": halted,
}
WITHOUT_ROW = [(phase, trigger) for phase in PHASES for trigger in get_args(Trigger) if (phase, trigger) not in TABLE]


@pytest.mark.parametrize("pair", TABLE, ids=" ".join)
def test_row(pair: tuple[Phase, Trigger]) -> None:
    """Each row of the table is taken in its story, leads where it says, and says what it should."""
    story, row = STORIES[pair], TABLE[pair]
    day = story.before()
    day.taken()
    assert day.state.slot.phase == pair[0]
    story.then(day)
    assert (day.state.slot.phase, day.taken()) == (row.to, story.said)


def test_every_story_has_its_row() -> None:
    """No story is told of a row that is gone, and every phase is visited."""
    assert set(STORIES) == set(TABLE)
    assert set(PHASES) == set(get_args(Phase))


@pytest.mark.parametrize("pair", WITHOUT_ROW, ids=" ".join)
def test_pair_without_row_is_ignored(pair: tuple[Phase, Trigger]) -> None:
    """A trigger that the table does not know in a phase changes and says nothing."""
    phase, trigger = pair
    state, out = PHASES[phase]().state, Decisions()
    assert pull(state, trigger, out) is state
    assert out == []


@pytest.mark.parametrize("phase", PHASES)
def test_every_question_has_its_row(phase: Phase) -> None:
    """What is asked of the state in a phase is a row of the table, else the answer would be lost."""
    assert {(phase, trigger) for trigger, _ in WHEN[phase]} <= set(TABLE)


ORDERS: tuple[Order, ...] = ("start", "stop", "snooze", "skip")


@pytest.mark.parametrize(
    ("phase", "order"), [(phase, order) for phase in PHASES for order in ORDERS if (phase, order) not in TABLE]
)
def test_command_without_row_changes_nothing(phase: Phase, order: Order) -> None:
    """`stop` with no break on, `snooze` with none due, `start` in a break: nothing happens."""
    day = PHASES[phase]()
    before = day.state
    day.taken()
    day.says(order)
    assert (day.state, day.taken()) == (before, [])
