"""The core fed from a trace instead of a desktop: supplies the notices and alarms that sources and calendar would."""

from __future__ import annotations

from operator import itemgetter

from msgspec.structs import replace

from breakd.core import engine
from breakd.core.decisions import Decision
from breakd.core.events import Active, Alarm, Clock, Configured, Entry, Event, Idle, Zone
from breakd.core.hours import told
from breakd.core.rules import Rules
from breakd.core.state import State
from breakd.daemon.timing.calendar import CALENDAR, Calendar, zone


class Simulation:
    """A run of the core over made-up time; all times are ms of boot time. What it decides gathers in `decided`.

    `state`: goes on from there, with these rules from now on; None: nobody is there, and nothing is known.
    """

    def __init__(self, rules: Rules, calendar: Calendar, start: int, state: State | None = None) -> None:
        self.state: State = engine.begin(rules, start)
        if state is not None:
            self.state, _ = engine.step(state, Entry(start, start, Configured(rules)))
        self.decided: list[Decision] = []
        self._calendar, self.zone = calendar, calendar.zone  # the time zone that holds now
        self._silent: dict[str, int] = {}  # by source: when input ended, not noticed yet
        self._next_alarm = self._alarm_after(start)
        self._tell_hours()

    def taken(self) -> list[Decision]:
        """What was decided since the last call."""
        decided, self.decided = self.decided, []
        return decided

    def feed(self, event: Event, at: int, seen: int | None = None, source: str = "") -> None:
        """Go on to this event. An `idle` that nobody says was `seen` is noticed when a source would.

        Alarms of the calendar that a journal was written by are passed over: here it is another one.
        """
        if type(event) is Active:  # every second event is
            learned = at if seen is None else seen
            if self._silent or self._next_alarm <= learned:
                self._live(learned)
                self._silent.pop(source, None)
            self._step(Entry(learned, at, event, source))
        elif seen is None and type(event) is Idle:
            self._silent[source] = at  # no need to run there: nothing is decided on it before it is noticed
        elif type(event) is not Alarm or source != CALENDAR:
            self._feed(event, at, at if seen is None else seen, source)

    def _feed(self, event: Event, at: int, seen: int, source: str) -> None:
        self._live(at if event.unwatched else seen)
        self._step(Entry(seen, at, event, source))
        if not isinstance(event, (Clock, Zone)):
            return
        if isinstance(event, Zone):
            self.zone = zone(event.zone)
            self._calendar = replace(self._calendar, zone=self.zone)
        self._next_alarm = self._alarm_after(seen)
        self._tell_hours()

    def run_to(self, to: int) -> None:
        """Let time pass: nothing more happens until `to`."""
        self._live(to)
        self._pass(to)

    def _live(self, to: int) -> None:
        """Ring and notice all there is up to `to`; the core need not get as far."""
        while self._next_alarm <= to:
            at = self._next_alarm
            self._notice(at)
            for alarm in self._calendar.alarms(at + self.state.offset, self.state.offset):
                self._step(Entry(at, at, alarm, CALENDAR))
            self._next_alarm = self._alarm_after(at)
        if self._silent:
            self._notice(to)

    def _notice(self, to: int) -> None:
        """Notice every idleness up to `to`, each after the patience the core then has."""
        silent = self._silent
        while silent:
            source, since = min(silent.items(), key=itemgetter(1)) if len(silent) > 1 else next(iter(silent.items()))
            state = self.state
            notice, wake = max(since + engine.patience(state), state.now), state.wake
            if wake is not None and wake <= notice and wake <= to:  # the patience may be another one after it
                self._pass(wake)
            elif notice <= to:
                del silent[source]
                self._step(Entry(notice, since, Idle(), source))
            else:
                break

    def _step(self, entry: Entry) -> None:
        self.state, decisions = engine.step(self.state, entry)
        if decisions:
            self.decided += decisions

    def _pass(self, to: int) -> None:
        self.state, decisions = engine.advance(self.state, to)
        self.decided += decisions

    def _alarm_after(self, at: int) -> int:
        offset = self.state.offset
        return max(at + 1, self._calendar.next_after(at + offset) - offset)

    def _tell_hours(self) -> None:
        now, offset = self.state.now, self.state.offset
        for alarm in self._calendar.hours(now + offset, offset):
            if told(self.state, alarm) is not self.state:
                self._step(Entry(now, now, alarm, CALENDAR))
