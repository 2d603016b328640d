"""When it matters which routines there are: a daemon need not have read them all before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.core import engine
from breakd.core.asking import offers
from breakd.core.decisions import BreakStarted, Prompt
from breakd.core.events import Command, Configured, Entry
from breakd.core.routines import Routine, Step
from tests.core.anything import SHIPPED, START, Move, begun, days, entries

OTHERS = tuple(Routine(id=f"mine.{name}", title="Mine", steps=(Step("Go", 30),)) for name in "ab")


@given(days, st.sampled_from([OTHERS, ()]))
def test_until_then_other_routines_would_have_led_to_the_same(day: list[Move], routines: tuple[Routine, ...]) -> None:
    """Two lives that differ in nothing but their routines, or have none, go the same way until one offers something."""
    one, other = begun(), begun(replace(SHIPPED, routines=routines))
    for entry in entries(day):
        if isinstance(entry.event, Configured):
            return
        (one_, decided), (other_, decided_too) = engine.step(one, entry), engine.step(other, entry)
        if offers(one, one_, decided):
            assert offers(other, other_, decided_too)
            return
        assert decided == decided_too
        assert one_ == replace(other_, configured=one_.configured, rules=one_.rules)
        one, other = one_, other_


def test_what_a_break_is_asked_for_or_begun_with() -> None:
    """A prompt, a break that begins, and all that happens while one of them stands; nothing else."""
    calm = begun()
    started, decided = engine.step(calm, Entry(START, START, Command("start")))
    assert offers(calm, started, decided)
    assert offers(started, started, ())
    ended, decided = engine.step(started, Entry(START, START, Command("stop")))
    assert ended.slot.phase == "calm"
    assert offers(started, ended, ())
    assert not offers(calm, calm, ())
    begins = BreakStarted(START, "move", 0, 1, None, inferred=False)
    asks = Prompt(START, "move", 1, "gentle", None, 1, 0, ())
    assert all(offers(calm, calm, (each,)) for each in (asks, begins))
