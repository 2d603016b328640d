"""Desks whose height can be changed: prompts and warnings offer the other posture, and a day alternates by itself."""

from __future__ import annotations

import pytest

from breakd.core.choosing.permission import MeRule
from breakd.core.decisions import Prompt, Warn
from breakd.core.events import Command, Posture, chosen
from tests.core.driver import ONLY_MOVE, Day

DESK = 'me.desk="sit-stand"'


def offers(day: Day) -> list[tuple[str, str | None]]:
    """What was asked or warned of, and the posture that was offered instead."""
    asked = [one for one in day.decided if isinstance(one, (Prompt, Warn))]
    return [(one.kind if isinstance(one, Prompt) else f"{one.limit} {one.level}", one.posture) for one in asked]


@pytest.mark.parametrize(
    ("me", "stance", "expected"),
    [
        (MeRule(), "sitting", None),
        (MeRule(), "standing", None),
        (MeRule(desk="sit-stand"), "sitting", "standing"),
        (MeRule(desk="sit-stand"), "standing", "sitting"),
        (MeRule(desk="sit-stand"), "walking", "sitting"),
        (MeRule(desk="sit-stand", avoid=("standing",)), "sitting", None),
        (MeRule(desk="sit-stand", avoid=("standing",)), "standing", "sitting"),
    ],
)
def test_the_other_posture(me: MeRule, stance: str, expected: str | None) -> None:
    """It is the other of sitting and standing; a fixed desk has none, and who avoids standing is not asked to."""
    assert me.instead_of(stance) == expected  # type: ignore[arg-type]


def test_the_standing_limit_is_told_once() -> None:
    """Who can lower the desk is warned at 40 min; at 32, when nothing is to be done yet, the gauge alone says near."""
    day = Day(ONLY_MOVE, DESK).types().stance("standing").at("09:39:59")
    assert (offers(day), day.gauge("standing")[1]) == ([], "near")
    assert offers(day.at("09:43")) == [("standing over", "sitting")]


def test_only_the_move_prompt_offers_it() -> None:
    """A micro-break is for the hands: it has nothing to do with the desk."""
    day = Day(DESK).types().at("09:45")
    assert offers(day)[:2] == [("micro", None), ("move", "standing")]


def test_a_fixed_desk_offers_nothing() -> None:
    """Without the setting neither prompts nor warnings know of another posture."""
    day = Day(ONLY_MOVE).types().at("11:00")
    assert {posture for _, posture in offers(day)} == {None}


def test_a_day_alternates() -> None:
    """Sit half an hour, stand when asked; sit when warned, at the limit and not before; and so on."""
    day = Day(ONLY_MOVE, DESK).types()
    told: list[tuple[str, str | None]] = []
    for minute in range(1, 4 * 60):
        day.at(f"{9 + minute // 60:02d}:{minute % 60:02d}")
        new = offers(day)[len(told) :]
        told += new
        if new and new[-1][1] == "standing":
            day.stance("standing")
        elif new and new[-1][0] == "standing over":
            day.stance("sitting")
    cycle = [("move", "standing"), ("standing over", "sitting")]
    assert [one for one in told if one[1]][:4] == cycle * 2
    assert day.state.tally.longest_ms < 61 * 60_000


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        ("stand", Posture("standing")),
        ("sit", Posture("sitting")),
        ("start", Command("start")),
        ("snooze", Command("snooze")),
        ("skip", Command("skip")),
    ],
)
def test_buttons_mean_what_they_say(choice: str, meant: object) -> None:
    """Those of the desk are postures, all others are commands."""
    assert chosen(choice) == meant  # type: ignore[arg-type]
