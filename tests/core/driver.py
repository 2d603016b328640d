"""A made-up day for the core: a person who types, idles, locks and answers, and what the core says to it.

Times are "09:30:00" or "09:30" of day 0; "1+09:30" is the day after. An `Idle` is noticed when a real source would
notice it: after as much silence as the core is worth telling at that moment.
"""

from __future__ import annotations

from breakd.core import engine
from breakd.core.bars import Stance
from breakd.core.decisions import (
    BreakAbandoned,
    BreakDone,
    BreakStarted,
    Decision,
    Held,
    Lapsed,
    Prompt,
    Snoozed,
    Warn,
)
from breakd.core.events import (
    Active,
    Alarm,
    Busy,
    Clock,
    Command,
    Configured,
    Entry,
    Event,
    Free,
    Hold,
    Idle,
    Locked,
    NotWatching,
    Order,
    Posture,
    Resumed,
    Started,
    Suspended,
    Unlocked,
    Watching,
    Zone,
)
from breakd.core.limits import reading
from breakd.core.rules import Rules
from breakd.core.state import State
from breakd.core.units import DAY, HOUR, MINUTE, SECOND
from breakd.settings.load import load

ONLY_MOVE = "breaks.micro.enabled=false"
ONLY_MICRO = "breaks.move.enabled=false"


def configured(*sets: str) -> Rules:
    """The shipped rules with these settings over them: "breaks.move.every=45m"."""
    return load(None, sets).rules()


def ms(clock: str) -> int:
    """Milliseconds of "09:30:00.5", "09:30" or "1+09:30"."""
    days, _, time = clock.rpartition("+")
    hours, minutes, seconds = [*time.split(":"), "0"][:3]
    return int(days or 0) * DAY + int(hours) * HOUR + int(minutes) * MINUTE + round(float(seconds) * SECOND)


def clock(at: int) -> str:
    """The other way round: 34200000 is "09:30:00"."""
    days, rest = divmod(at, DAY)
    seconds, part = divmod(rest, SECOND)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}" + (f".{part:03d}" if part else "")
    return f"{days}+{text}" if days else text


def told(decision: Decision) -> str:
    """A decision in a line: "09:32:00 prompt move 1 gentle 192s"."""
    match decision:
        case Prompt(at, kind, attempt, tone, _, for_ms):
            facts = f"{kind} {attempt} {tone} {for_ms / SECOND:g}s"
        case BreakStarted(at, kind, rested_ms) | BreakDone(at, kind, rested_ms) | BreakAbandoned(at, kind, rested_ms):
            facts = f"{kind} {rested_ms / SECOND:g}s"
        case Snoozed(at, kind, count):
            facts = f"{kind} {count}"
        case Lapsed(at, kind, schedule):
            facts = f"{kind} {schedule}"
        case Held(at, kind, reason):
            facts = f"{kind} {reason}"
        case Warn(at, limit, level, value_ms):
            facts = f"{limit} {level} {value_ms / MINUTE:g}min"
        case _:
            at, facts = decision.at, getattr(decision, "kind", "")
    return f"{clock(at)} {decision.did} {facts}"


class Day:
    """Feeds the core. Every verb happens now; those with `until` then let time pass up to there."""

    def __init__(self, *sets: str, start: str = "09:00", rules: Rules | None = None) -> None:
        self.state: State = engine.begin(rules or configured(*sets), ms(start))
        self.decided: list[Decision] = []
        self.entries: list[Entry] = []
        self._silent: dict[str, int] = {}  # sources with an idleness nobody noticed yet
        self.tells(Started())

    # -- time ------------------------------------------------------------------------------------------------------

    def at(self, time: str) -> Day:
        """Let time pass up to then, with nothing new."""
        self._run(ms(time))
        return self

    def tells(self, event: Event, *, at: str | None = None, source: str = "") -> Day:
        """An event, learned now; it happened now or, if said, `at` then."""
        if isinstance(event, Active):
            self._silent.pop(source, None)
        now = self.state.now
        self._step(Entry(now, now if at is None else ms(at), event, source))
        return self

    def learns(self, event: Event, *, at: str, seen: str) -> Day:
        """An event that nobody could tell until `seen`: time was not lived through before it is folded in."""
        self._silent.clear()
        self._step(Entry(ms(seen), ms(at), event))
        return self

    # -- the person ------------------------------------------------------------------------------------------------

    def types(self, *, until: str | None = None, source: str = "") -> Day:
        """There is input."""
        self.tells(Active(), source=source)
        return self.at(until) if until else self

    def idles(self, *, until: str | None = None, source: str = "") -> Day:
        """The last input was just now."""
        self._silent[source] = self.state.now
        return self.at(until) if until else self

    def says(self, order: Order, for_: str | None = None, routine: str = "") -> Day:
        """A command, for so long: "00:10"."""
        return self.tells(Command(order, None if for_ is None else ms(for_), routine))

    def locks(self) -> Day:
        """The screen is locked; the last input was just now."""
        return self.tells(Locked())

    def unlocks(self) -> Day:
        """The screen is unlocked."""
        return self.tells(Unlocked())

    def stance(self, value: Stance) -> Day:
        """The person sits, stands or walks from now on."""
        return self.tells(Posture(value))

    # -- the machine -----------------------------------------------------------------------------------------------

    def sleeps(self, *, until: str) -> Day:
        """The machine is suspended, and wakes up then."""
        self.tells(Suspended())
        self._silent.clear()
        return self.at(until).tells(Resumed())

    def restarts(self, *, at: str | None = None) -> Day:
        """The daemon is killed now and is back at once or `at` then."""
        dead = clock(self.state.now)
        return self.learns(Started(), at=dead, seen=at or dead)

    def jumps(self, shift: int) -> Day:
        """The wall clock jumps by so many ms."""
        return self.tells(Clock(shift))

    def travels(self, zone: str) -> Day:
        """The time zone is another one."""
        return self.tells(Zone(zone))

    def busy(self, reason: Hold, source: str = "") -> Day:
        """A call, full screen or do-not-disturb begins."""
        return self.tells(Busy(reason), source=source)

    def free(self, reason: Hold, source: str = "") -> Day:
        """It ends."""
        return self.tells(Free(reason), source=source)

    def film(self) -> Day:
        """An idle inhibitor is held."""
        return self.tells(Watching())

    def film_ends(self) -> Day:
        """None is held any more."""
        return self.tells(NotWatching())

    def configures(self, *sets: str, rules: Rules | None = None) -> Day:
        """Other rules are in force from now on."""
        return self.tells(Configured(rules or configured(*sets)))

    def day_starts(self) -> Day:
        """The calendar rings the start of the day."""
        return self.rings(engine.DAY_STARTS)

    def quiet(self, since: str, until: str) -> Day:
        """The calendar tells that quiet hours are, or will be, from then to then."""
        return self.off(since, until).tells(Alarm(engine.SILENCE, "", ms(since), ms(until)))

    def off(self, since: str, until: str) -> Day:
        """The calendar tells that it is, or will be, outside working hours from then to then."""
        return self.tells(Alarm(engine.QUIET, "", ms(since), ms(until)))

    def calls(self, name: str, *, at: str | None = None) -> Day:
        """The calendar rings for this scheduled break, which was due now or `at` then."""
        return self.tells(Alarm(engine.BREAK, name), at=at)

    def rings(self, what: str) -> Day:
        """One of the calendar's alarms."""
        return self.tells(Alarm(what))

    # -- what came of it -------------------------------------------------------------------------------------------

    @property
    def said(self) -> list[str]:
        """All decisions, a line each."""
        return [told(decision) for decision in self.decided]

    def taken(self) -> list[str]:
        """What was said since this was last asked."""
        said = self.said
        self.decided.clear()
        return said

    def prompts(self, kind: str = "move") -> list[str]:
        """When this kind of break was prompted for."""
        return [clock(it.at) for it in self.decided if isinstance(it, Prompt) and it.kind == kind]

    def bar(self, kind: str = "move") -> float:
        """The bar of this kind; 1 is full."""
        for rule, level in zip(self.state.rules.breaks, self.state.tally.levels, strict=True):
            if rule.name == kind:
                return level / rule.full
        raise KeyError(kind)

    def gauge(self, name: str) -> tuple[float, str]:
        """(minutes, level) of a limit."""
        value, _, level = reading(self.state, name)
        return value / MINUTE, level

    # -- the virtual source ----------------------------------------------------------------------------------------

    def _run(self, to: int) -> None:
        while self._silent:
            source, since = min(self._silent.items(), key=lambda item: item[1])
            notice = max(since + engine.patience(self.state), self.state.now)
            wake = engine.next_deadline(self.state)
            if wake is not None and wake <= min(notice, to):  # the patience may be another one after it
                self._pass(wake)
            elif notice <= to:
                del self._silent[source]
                self._step(Entry(notice, since, Idle(), source))
            else:
                break
        self._pass(to)

    def _pass(self, to: int) -> None:
        self.state, decisions = engine.advance(self.state, to)
        self.decided += decisions

    def _step(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.state, decisions = engine.step(self.state, entry)
        self.decided += decisions
