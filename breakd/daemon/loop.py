"""The loop: events in, decisions out, and one timer to the moment the core next wants to look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from breakd.core import engine
from breakd.core.asking import offers
from breakd.core.bars import Stance
from breakd.core.body import checkins
from breakd.core.events import (
    Active,
    Alarm,
    Busy,
    Command,
    Configured,
    Entry,
    Event,
    Free,
    Gathered,
    Idle,
    Locked,
    NotWatching,
    Order,
    Posture,
    Resumed,
    Slept,
    Started,
    Suspended,
    Unlocked,
    Watching,
    Zone,
    chosen,
)
from breakd.core.events import Clock as Jump
from breakd.core.hours import told
from breakd.core.rules import Rules
from breakd.core.state import State
from breakd.core.units import DAY
from breakd.daemon.fold import Decisions, Fold
from breakd.daemon.restore import BEAT
from breakd.daemon.speech.bodily import CHECKIN
from breakd.daemon.speech.words import PROMPT
from breakd.daemon.timing.calendar import CALENDAR, Calendar, local_zone
from breakd.daemon.timing.clock import Anchor, Clock, Wakefulness, shift
from breakd.plugin.interfaces import Answer, Sleep

AGO = 8 * DAY  # after a longer life without us every alarm of the week has rung since
FROZEN = 30_000  # ms: a timer so late means that nobody was running

OWN = "breakd"  # the source of the daemon's own events
CLAIMS: dict[type[Event], str] = {Watching: "film", Locked: "lock", Active: "input", Idle: "input"}


class Surroundings(Protocol):
    """What the loop needs of the rest of the daemon."""

    def arm(self, boot_ms: int) -> None:
        """Wake at this boot time."""

    def ask(self, seconds: float) -> None:
        """Ask the sources for this patience."""

    def beat(self, boot_ms: int, core_ms: int) -> None:
        """Leave a sign of life."""

    def happened(self, entry: Entry | None, decisions: Decisions, state: State) -> None:
        """Tell everybody else: performer, observers, terminal."""

    def unread(self) -> int:
        """How many files of routines are yet to be read."""

    def read(self) -> Rules:
        """Read them; the rules with all routines."""


class Loop:
    """Owns the live state. Every method is called on the loop's thread and returns at once."""

    def __init__(
        self,
        fold: Fold,
        clock: Clock,
        anchor: Anchor,
        calendar: Callable[[str], Calendar],
        around: Surroundings,
    ) -> None:
        self._fold = fold
        self._clock = clock
        self._anchor = anchor
        self._calendar_of = calendar
        self._around = around
        self._wakefulness = Wakefulness(clock)
        self.patience = 0  # ms, as the sources were last asked for
        self._armed: int | None = None  # core time
        self._goes_on = False  # whether the last life is left behind; until then nobody lived by new rules
        self._alive = self._began = self.now()
        self._told: set[tuple[str, str]] = set()  # what sources claim in this life
        self._calendar = calendar(fold.state.zone)
        self._alarm = self._alarm_after(fold.state.now)

    @property
    def state(self) -> State:
        """The live state, up to the last step."""
        return self._fold.state

    def now(self) -> int:
        """Core time now; never earlier than what is already folded in."""
        return max(self._anchor.core(self._clock), self._fold.state.now)

    def start(self, alive: int, rules: Rules) -> None:
        """Go on where the last life ended, at core time `alive`, by these rules; arm the timer."""
        self._take(Started(), alive, OWN)
        self._notice_jump()
        self._tell_hours()  # first, lest the new rules ask for something in them
        self._configure(self._with_known(rules) if self._around.unread() else rules)
        self._goes_on = True
        self._set_zone()
        self._ring(self.now())
        self._tell_hours()
        self._look()

    def configure(self, rules: Rules, calendar: Callable[[str], Calendar]) -> None:
        """Go on by these rules and this calendar."""
        self._notice()
        self._calendar_of = calendar
        self._set_calendar()
        self._configure(rules)
        self._look()

    def read(self) -> None:
        """Have all routines, if some are unread."""
        if self._around.unread():
            self._notice()
            self._read()
            self._look()

    def forget_last_life(self) -> None:
        """What sources claimed in the life before and not again is over. To be called when all had time to speak."""
        presence = self.state.presence
        for voice in presence.voices:
            if voice.idle_since is None and ("input", voice.source) not in self._told:
                self._take(Idle(), self._began, voice.source)
        for reason, source, _ in presence.claims:
            if (reason, source) not in self._told:
                self._take(NotWatching() if reason == "film" else Free(reason), self.now(), source)
        if presence.locked is not None and not any(reason == "lock" for reason, _ in self._told):
            self._take(Unlocked(), self.now(), OWN)
            self._ask_again()

    def deliver(self, event: Event, ago: float, at: datetime | None, source: str) -> None:
        """A plugin told something. An answer to the open prompt is a command; to any other it is stale."""
        self._notice()
        now = self.now()
        happened = now - round(ago * 1000) if at is None else round(at.timestamp() * 1000) - self.state.offset
        if isinstance(event, Answer):
            self._answered(event, now, source)
            return
        self._remember(event, source)
        self._take(event if not isinstance(event, Sleep) else self._slept(event), happened, source)
        if isinstance(event, (Resumed, Unlocked)):
            self._set_zone()
            self._ask_again()

    def _answered(self, answer: Answer, now: int, source: str) -> None:
        if answer.key == CHECKIN:
            told = checkins.told(self.state, answer.choice, now)
            if told is not None:  # else it is the button of a question that is no longer asked
                self._take(told.event, told.at, source)
            return
        meant = chosen(answer.choice)
        if meant is None:
            return
        if isinstance(meant, Posture) or (answer.key == PROMPT and self._prompt_is_open()):
            self._take(meant, now, source)

    def posture(self, value: Stance, source: str) -> None:
        """The person is at the desk in this way from now on."""
        self._notice()
        self._take(Posture(value), self.now(), source)

    def command(self, order: Order, for_ms: int | None, source: str, routine: str = "") -> Decisions:
        """The person asked for something; what was decided upon it."""
        self._notice()
        return self._take(Command(order, for_ms, routine), self.now(), source)

    def tell(self, event: Event, at: int, source: str) -> Decisions:
        """The person told something of themselves, which was so at core time `at`."""
        self._notice()
        return self._take(event, at, source)

    def next_day(self) -> int:
        """When the next day starts, core time."""
        offset = self.state.offset
        at = self._calendar.next_day(self.now() + offset)
        return at - offset

    def gather(self, said: Gathered) -> None:
        """What advisers said, before a routine is chosen."""
        self._notice()
        self._take(said, self.now(), "advisers")

    def report(self, told: Sequence[tuple[Event, int]], source: str, dry: bool = False) -> tuple[int, dict[str, int]]:
        """Take over reports (event, core time) that are news, all or none: how many, and how many not, by reason.

        Raises ValueError if they cannot be written down; then nothing was taken over.
        """
        self._notice()
        self._look()
        self._read()
        entries, left, decisions = self._fold.report(told, self.now(), source, dry)
        if not dry:
            for entry in entries:
                self._around.happened(entry, (), self.state)
            self._settle(None, decisions)
        return len(entries), left

    def same_exercise(self, told: tuple[Event, int]) -> tuple[Event, int] | None:
        """The exercise (event, core time of its end) that this is another word on; None if it is news."""
        return self._fold.same_exercise(told)

    def wake(self) -> None:
        """The timer rang."""
        self._notice()
        self._look()

    def current(self) -> State:
        """The state as of now. What is due is decided first: nobody is told of what is not written down yet."""
        wake = engine.next_deadline(self.state)
        if wake is not None and wake <= self.now():
            self.wake()
        return engine.advance(self.state, self.now())[0]

    def stop(self) -> None:
        """Leave everything so that the next start goes on exactly here."""
        self._fold.complete()
        self._look()
        self._fold.snapshot()

    # -- steps ------------------------------------------------------------------------------------------------------

    def _take(self, event: Event, at: int, source: str, seen: int | None = None) -> Decisions:
        entry = self._entry(event, at, source, seen)
        if self._around.unread() and offers(self.state, *engine.step(self.state, entry)):
            self._prepare()
            entry = self._entry(event, at, source, seen)
        decisions = self._fold.take(event, at, entry.seen, source)
        self._settle(entry, decisions)
        return decisions

    def _entry(self, event: Event, at: int, source: str, seen: int | None) -> Entry:
        seen = self.now() if seen is None else max(seen, self.state.now)
        return Entry(seen, min(at, seen), event, source)

    def _look(self) -> None:
        now = self.now()
        self._ring(now)
        if self._around.unread() and offers(self.state, *engine.advance(self.state, now)):
            self._prepare()
        self._settle(None, self._fold.look(now))

    def _with_known(self, rules: Rules) -> Rules:
        """These rules with the routines of before, since no others are known yet."""
        if replace(rules, routines=self.state.configured.routines) != self.state.configured:
            self._fold.complete()  # they are about to be written down
        return replace(rules, routines=self.state.configured.routines)

    def _prepare(self) -> None:
        """Have the routines of which one may be offered; the last life ends by its own."""
        if self._goes_on:
            self._read()
        else:
            self._fold.complete()

    def _read(self) -> None:
        if self._around.unread():
            rules = self._around.read()
            self._fold.complete(rules.routines)
            self._configure(rules)

    def _configure(self, rules: Rules) -> None:
        if rules != self.state.configured:
            self._take(Configured(rules), self.now(), OWN)

    def _ring(self, now: int) -> None:
        """What is due by the calendar that held so far. Of alarms nobody lived through the last of each kind counts."""
        if self._alarm > now:
            return
        due: dict[str, tuple[int, Alarm]] = {}
        self._alarm = max(self._alarm, self._alarm_after(now - AGO))
        while self._alarm <= now:
            at = self._alarm
            for alarm in self._calendar.alarms(at + self.state.offset, self.state.offset):
                due.pop(alarm.what, None)
                due[alarm.what] = at, alarm
            self._alarm = self._alarm_after(at)
        for at, alarm in due.values():
            if alarm.what in (engine.QUIET, engine.SILENCE):
                self._tell_hours()
            else:
                self._take(alarm, at, CALENDAR, max(at, self.state.now))

    def _tell_hours(self) -> None:
        """Tell which quiet hours are on or come next, if that is news."""
        for alarm in self._calendar.hours(self.now() + self.state.offset, self.state.offset):
            if told(self.state, alarm) is not self.state:
                self._take(alarm, self.now(), CALENDAR)

    def _set_calendar(self) -> None:
        self._calendar = self._calendar_of(self.state.zone)
        self._alarm = self._alarm_after(self.now())
        self._tell_hours()

    def _settle(self, entry: Entry | None, decisions: Decisions) -> None:
        self._alive = self.now()
        self._around.happened(entry, decisions, self.state)
        self._around.beat(self._clock.boot(), self._alive)
        patience = engine.patience(self.state)
        if patience != self.patience:
            self.patience = patience
            self._ask_again()
        self._arm()

    def _ask_again(self) -> None:
        self._around.ask(self.patience / 1000)

    def _arm(self) -> None:
        moments = [self._alarm]
        wake = engine.next_deadline(self.state)
        if wake is not None:
            moments.append(wake)
        if not self.state.presence.away:
            moments.append(self._alive + BEAT)
        self._armed = min(moments)
        self._around.arm(self._armed - self._anchor.ahead)

    # -- what is odd with time --------------------------------------------------------------------------------------

    def _notice(self) -> None:
        """See whether machine or process stood still, or the wall clock jumped, since the last look."""
        now, slept = self.now(), self._wakefulness.slept()
        if self.state.presence.suspended is None:
            if slept:
                self._stood_still(now - slept, now)
            elif self._armed is not None and now - self._armed > FROZEN:
                self._stood_still(self._alive, now)
        self._notice_jump()
        self._ring(self.now())

    def _notice_jump(self) -> None:
        jumped = shift(self._clock, self.now(), self.state.offset)
        if jumped:
            self._ring(self.now())
            self._take(Jump(jumped), self.now(), OWN)
            self._set_calendar()

    def _stood_still(self, since: int, now: int) -> None:
        self._take(Suspended(), since, OWN, now)
        self._take(Resumed(), now, OWN, now)
        self._ask_again()

    def _slept(self, sleep: Sleep) -> Slept:
        start, end = (round(moment.timestamp() * 1000) - self.state.offset for moment in (sleep.start, sleep.end))
        return Slept(start, end)

    def _set_zone(self) -> None:
        name = local_zone()
        if name != self.state.zone:
            self._ring(self.now())
            self._take(Zone(name), self.now(), OWN)
            self._set_calendar()

    def _alarm_after(self, at: int) -> int:
        offset = self._fold.state.offset
        return max(at + 1, self._calendar.next_after(at + offset) - offset)

    def _prompt_is_open(self) -> bool:
        slot = self.state.slot
        return slot.stands and slot.phase in ("shown", "waiting")

    def _remember(self, event: Event, source: str) -> None:
        if isinstance(event, Busy):
            self._told.add((event.reason, source))
        elif type(event) in CLAIMS:
            self._told.add((CLAIMS[type(event)], source))
