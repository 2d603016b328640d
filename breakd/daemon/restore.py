"""Taking up the last life: the journal opened, replayed, and put in relation to the clocks of now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from breakd.core import engine
from breakd.core.asking import known, length_at, offers, reasons
from breakd.core.decisions import Prompt, Tone
from breakd.core.rules import Rules
from breakd.core.state import State, rule
from breakd.daemon.fold import Fold, replay, resumed
from breakd.daemon.store.contents import hash_of
from breakd.daemon.store.journal import Journal, JournalBusy, JournalError
from breakd.daemon.timing.clock import Anchor, Beat, Clock, anchored

BEAT = 120_000  # ms between signs of life while somebody is there: what a kill could lose
GRACE = 10_000  # ms a start may take

Say = Callable[[str], None]


def open_journal(path: Path, say: Say) -> Journal:
    """The journal; if it cannot be written, one in memory, and that is said. Raises JournalBusy."""
    try:
        journal = Journal.open(path)
    except JournalBusy:
        raise
    except JournalError as error:
        say(f"{error}; going on without one: what happens now is forgotten at the end")
        return Journal.in_memory()
    if journal.set_aside is not None:
        say(f"the journal was damaged: it is kept as {journal.set_aside}, and a new one begins")
    return journal


def restored(journal: Journal, rules: Rules, clock: Clock, say: Say, *, late: bool = False) -> tuple[Fold, Anchor, int]:
    """The live state of the last life, core time as it goes on, and until when that life is taken to have lasted.

    `late`: the state may go without routines for a while, since it takes long to read so many.
    """
    hash_of(rules.routines)  # most likely they are those of the last life, and need not be read
    found, beat = (resumed(journal) if late else None) or replay(journal), journal.last_beat
    if found is None:
        anchor = anchored(clock, None, None, 0)
        now = anchor.core(clock)
        return Fold.new(journal, rules, now, say), anchor, now
    anchor = anchored(clock, beat, found.last, found.state.offset)
    alive = lived_until(anchor.core(clock), found.last, beat, clock.boot_id)
    # What was decided up to the last sign of life was written down and carried out then: it must not come twice.
    latest = max(found.last, beat.core_ms if beat else 0)
    state, decided = engine.advance(found.state, latest)
    if found.absent and offers(found.state, state, decided):
        return restored(journal, rules, clock, say)
    return Fold(journal, state, say, found.absent), anchor, alive


def lived_until(now: int, last: int, beat: Beat | None, boot_id: str) -> int:
    """Until when the last life lasted, as far as is known (core time, ms).

    Whoever is there makes it leave a sign of life every two minutes. A start that comes sooner than the next one
    would have is a restart in mid-life, so the time between counts as lived: what it was like the sources tell.
    """
    if beat is None:
        return min(last, now)
    latest = max(last, beat.core_ms)
    return now if beat.boot_id == boot_id and now - latest <= BEAT + GRACE else min(latest, now)


def open_prompt(state: State) -> Prompt | None:
    """The prompt that is open in this state, as it was decided; None if there is none."""
    slot = state.slot
    if slot.phase != "shown":
        return None
    breaks = rule(state)
    tone: Tone = "quiet" if breaks.transient else "gentle" if slot.attempt == 1 else "firm"
    length = length_at(state, state.tally.levels[slot.kind])
    snoozes = state.kinds[slot.kind].snoozes
    stays = max(0, slot.since + breaks.stays - state.now) if breaks.transient else None
    return Prompt(
        state.now,
        breaks.name,
        slot.attempt,
        tone,
        known(state, slot.routine),
        length,
        snoozes,
        reasons(state),
        slot.call,
        stays,
    )
