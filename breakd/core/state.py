"""The state: everything the core remembers, a value that each step replaces."""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from breakd.core.bars import BreakRule, Manner
from breakd.core.body.state import Body
from breakd.core.choosing.choice import Memory
from breakd.core.decisions import Decision
from breakd.core.events import Gathered
from breakd.core.ledger import Ledger, opened, run, switch
from breakd.core.presence import Presence
from breakd.core.rules import Rules
from breakd.core.tally import Tally

Phase = Literal["calm", "waiting", "shown", "resting", "halted"]
Decisions = list[Decision]
Moments = list[int]  # at which to look again, ms of boot time


class Slot(Struct, frozen=True, array_like=True, gc=False):
    """The one prompt there can be (rule 16), as an index into `Rules.breaks`; `kind` is -1 when calm."""

    phase: Phase = "calm"
    kind: int = -1
    since: int = 0  # when this phase began, or the wait was restarted
    due: int = 0  # when the bar was full
    attempt: int = 0
    held: bool = False  # something holds it back, and that was told
    gentle: bool = False  # a hold came between: start gentle again
    begun: int = 0  # the rest counter when the break began
    length: int = 0  # of the break, ms
    started: bool = False  # the person said Start
    stands: bool = False  # its note is on the screen
    routine: str = ""
    call: str = ""  # the name of the break at a fixed time that this is (rule 26)
    asked: bool = False  # the routine is the one the person asked for


CALM = Slot()
UNADVISED = Gathered()


class Kind(Struct, frozen=True, array_like=True, gc=False):
    """What a kind of break remembers between prompts."""

    quiet_until: int = 0
    snoozes: int = 0
    answered: int | None = None


class Warned(NamedTuple):
    """What was told of a limit: the highest level (0 ok, 1 near, 2 over), when, and since when more could be told."""

    told: int = 0
    at: int | None = None
    waiting: int | None = None


class Quiet(NamedTuple):
    """Hours that are on, or the next such (rule 25): nothing is shown from `since` up to `until`, not included."""

    since: int = 0
    until: int = 0


class Call(Struct, frozen=True, array_like=True, gc=False):
    """A break at a fixed time (rule 26) that is still to be asked for, or answered: since `due`, up to `until`."""

    name: str
    due: int
    until: int


class Checkins(Struct, frozen=True, array_like=True, gc=False):
    """The round of questions that is on or waits since `due`: those `left`, of which the first is `open` once asked.

    `rounds`, `efforts`: on this `day`; `unanswered`: in a row; `skip`: so many rounds are passed over;
    `heard`: whether anything of this one was answered.
    """

    left: tuple[str, ...] = ()
    open: str = ""
    due: int = 0
    day: int = 0
    rounds: int = 0
    efforts: int = 0
    unanswered: int = 0
    skip: int = 0
    heard: bool = False


class State(Struct, frozen=True, array_like=True, gc=False):
    """All of it, up to `now` (ms of boot time). Wall time is `now + offset`.

    `rules` are those in force: the `configured` ones, tightened as readiness has it (rule 18).
    """

    now: int
    rules: Rules
    ledger: Ledger
    presence: Presence
    slot: Slot
    kinds: tuple[Kind, ...]
    warned: tuple[Warned, ...]
    configured: Rules
    paused_until: int | None = None
    notes: tuple[int, ...] = ()  # when the last notifications were shown (rule 16)
    memory: Memory = Memory()  # of which routines were offered
    prompted: int | None = None  # when a break from sitting was last prompted (rule 19)
    offset: int = 0
    zone: str = "UTC"
    quiet: Quiet = Quiet()  # quiet hours and what is outside working hours: nothing is asked for by itself
    silence: Quiet = Quiet()  # quiet hours alone: not even what the person wanted at a fixed time
    call: Call | None = None
    gathered: Gathered = UNADVISED  # what advisers said last
    body: Body = Body()
    checkins: Checkins = Checkins()
    steady: int | None = None  # until then input or none changes nothing but presence, see `deadlines.steady`
    wake: int | None = None  # when to look again, if nothing happens before

    @property
    def tally(self) -> Tally:
        """What has accrued up to now, also where the ledger is not summed up so far."""
        ledger = self.ledger
        return ledger.tally if ledger.at == self.now else run(self.rules, ledger, self.now).tally


def initial(rules: Rules, now: int, limits: int, body: Body) -> State:
    """Nothing is known yet: nobody is there until a source tells."""
    empty = Tally(levels=(0,) * len(rules.breaks))
    presence = Presence("away", now, input_at=now, sign=now)
    ledger = opened(empty, Manner("away"), now)
    kinds, warned = (Kind(),) * len(rules.breaks), (Warned(),) * limits
    return State(now, rules, ledger, presence, CALM, kinds, warned, rules, body=body)


def rule(state: State) -> BreakRule:
    """The rule of the break the slot is about."""
    return state.rules.breaks[state.slot.kind]


def rest_counter(state: State, kind: int) -> int:
    """All rest so far that counts for this kind of break, ms."""
    return state.tally.rest_ms if state.rules.breaks[kind].leaving else state.tally.idle_ms


def rested(state: State) -> int:
    """How much of the break that is on was rested, ms."""
    return rest_counter(state, state.slot.kind) - state.slot.begun


def lived(state: State) -> State:
    """The same state with the ledger told how time is lived from now on."""
    manner = Manner(state.presence.doing, state.presence.stance, state.paused_until is not None)
    return replace(state, ledger=switch(state.ledger, manner))


def in_phase(state: State, phase: Phase) -> State:
    """The state with the slot in this phase from now on."""
    return replace(state, slot=replace(state.slot, phase=phase, since=state.now))


def with_kind(state: State, kind: int, changed: Kind) -> State:
    """The state with one kind's memory replaced."""
    kinds = state.kinds
    return replace(state, kinds=(*kinds[:kind], changed, *kinds[kind + 1 :]))
