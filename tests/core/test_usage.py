"""What came of prompts: each is counted once, with what ended it, and only what never works is proposed to change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.core.decisions import (
    BreakAbandoned,
    BreakDone,
    BreakStarted,
    Decision,
    Held,
    Missed,
    Prompt,
    Skipped,
    Snoozed,
    Withdraw,
)
from breakd.core.units import HOUR, MINUTE
from breakd.core.usage import Asked, Outcome, asked, by, proposals, share, taken
from breakd.settings.load import load

KINDS = load().rules().breaks


def prompt(at: int, kind: str = "move", attempt: int = 1, stays: int | None = None) -> Prompt:
    """A prompt."""
    return Prompt(at, kind, attempt, "gentle", None, 180_000, 0, (), "", stays)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (BreakDone(9, "move", 180_000), "rested"),
        (BreakAbandoned(9, "move", 60_000), "early"),
        (Missed(9, "move"), "ignored"),
        (Snoozed(9, "move", 1), "snoozed"),
        (Skipped(9, "move"), "skipped"),
        (Withdraw(9, "move"), "withdrawn"),
        (Missed(9, "micro"), "open"),
    ],
)
def test_a_prompt_ends_once(end: Decision, outcome: Outcome) -> None:
    """Its second attempt is the same prompt, and what ends another kind does not end it."""
    started = BreakStarted(8, "move", 0, 180_000, None, False)
    found, unasked = asked([prompt(1), Held(2, "move", "call"), prompt(5, attempt=2), started, end])
    assert (found, unasked) == ([Asked("move", 1, "", outcome)], [])


def test_a_small_prompt_that_stood_its_time_was_ignored() -> None:
    """It goes by itself; one that was withdrawn before had become needless."""
    stood = [prompt(1, "micro", stays=30), Withdraw(31, "micro"), prompt(50, "micro", stays=30), Withdraw(60, "micro")]
    assert [each.outcome for each in asked(stood)[0]] == ["ignored", "withdrawn"]


def test_breaks_that_nobody_asked_for() -> None:
    """Done without a prompt, or an absence as long as a break; not the evening, not a pause that was a break."""
    assert asked([BreakDone(9, "move", 180_000)]) == ([], [BreakDone(9, "move", 180_000)])
    started = [BreakStarted(60 * MINUTE, "move", 0, 180_000, None, False)]
    absences = [(0, 2 * MINUTE), (10 * MINUTE, 13 * MINUTE), (59 * MINUTE, 70 * MINUTE), (HOUR * 2, HOUR * 6)]
    assert taken(absences, started, KINDS) == [10 * MINUTE]
    assert taken(absences, [], [kind for kind in KINDS if not kind.leaving]) == []


def test_shares_leave_out_what_nobody_could_answer() -> None:
    """Withdrawn and open prompts are neither good nor bad."""
    outcomes: list[Outcome] = ["rested", "rested", "early", "withdrawn", "open"]
    found = share(Asked("move", 0, "", each) for each in outcomes)
    assert (found.prompts, found.rested, found.worked) == (3, 2, 3)


def many(count: int, outcome: Outcome, kind: str = "move", routine: str = "", hour: int = 9) -> list[Asked]:
    """So many alike."""
    return [Asked(kind, hour, routine, outcome)] * count


def proposed(prompts: list[Asked]) -> list[tuple[str, str]]:
    """What is proposed; parts of day are named by their hour."""
    return [(each.code, each.what) for each in proposals(prompts, ["micro"], lambda each: str(each.at))]


@pytest.mark.parametrize(
    ("prompts", "expected"),
    [
        ([], []),
        (many(9, "ignored"), []),  # too few
        (many(10, "ignored"), [("rarer", "move")]),
        (many(10, "ignored", "micro"), [("drop", "micro")]),
        (many(10, "early"), []),  # a short rest is rest
        (many(10, "rested") + many(9, "ignored", "micro"), []),
        (many(6, "snoozed") + many(4, "ignored"), [("later", "move")]),
        (many(10, "rested") + many(8, "ignored", hour=20), [("quiet", "20")]),
        (many(10, "rested") + many(7, "ignored", hour=20), []),
        (many(2, "rested") + many(8, "ignored", hour=20) + many(6, "ignored"), [("quiet", "20")][:0]),
        (many(10, "rested", routine="a.b") + many(5, "skipped", routine="a.c"), [("off", "a.c")]),
        (many(10, "rested", routine="a.b") + many(5, "skipped"), []),  # no routine is none to switch off
        (many(10, "withdrawn"), []),
    ],
)
def test_only_what_never_works_is_proposed_to_change(prompts: list[Asked], expected: list[tuple[str, str]]) -> None:
    """Enough of them, hardly any rest from them, and rest at other times or by other routines."""
    assert proposed(prompts) == expected


asks = st.lists(
    st.builds(
        Asked,
        st.sampled_from(["move", "micro"]),
        st.integers(0, 23),
        st.sampled_from(["", "a.b", "a.c"]),
        st.sampled_from(["rested", "early", "snoozed", "skipped", "ignored", "withdrawn", "open"]),
    ),
    max_size=60,
)


@given(asks)
def test_groups_add_up(prompts: list[Asked]) -> None:
    """Every prompt is in one group, and nothing is proposed that works."""
    whole, parts = share(prompts), by(prompts, lambda each: each.kind).values()
    assert (whole.prompts, whole.rested) == (sum(each.prompts for each in parts), sum(each.rested for each in parts))
    for each in proposals(prompts, ["micro"], lambda each: str(each.at)):
        assert each.code == "later" or each.share.worked <= 0.1 * each.share.prompts
