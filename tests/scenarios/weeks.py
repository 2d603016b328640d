"""Weeks and months too long to write down: traces made by a few words, and what the real core makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from breakd.cli.simulate import Run
from breakd.core.decisions import Decision, Prompt, Warn
from breakd.daemon.speech.status import status
from breakd.daemon.store.trace import read
from breakd.settings.load import load

MONDAY = datetime(2026, 3, 2, tzinfo=ZoneInfo("Europe/Berlin"))


class Weeks:
    """A person's weeks by the clock on the wall, lived as they are told. `sets`: settings."""

    def __init__(self, *sets: str, zone: str = "Europe/Berlin") -> None:
        self._zone = ZoneInfo(zone)
        self._run = Run(load(None, sets))
        self._day = MONDAY.replace(tzinfo=None)
        self._waiting: list[tuple[datetime, int, dict[str, Any]]] = []
        self.decided: list[tuple[str, Decision]] = []
        self._tell(MONDAY, event="zone", name=zone)

    # -- what happens ------------------------------------------------------------------------------------------------

    def desk(self, since: str, until: str, on: int = 25, off: int = 5) -> Weeks:
        """At the desk, `on` minutes of input and `off` away from it, in turn."""
        now, end = self.at(since), self.at(until)
        while now < end:
            pause = min(now + timedelta(minutes=on), end)
            self._tell(now, event="active")
            self._tell(pause, event="idle")
            now = pause + timedelta(minutes=off)
        return self

    def slept(self, since: str, until: str, said: str) -> Weeks:
        """A night, told at `said`."""
        edges = {"from": self.at(since).isoformat(), "to": self.at(until).isoformat()}
        return self._tell(self.at(said), event="slept", **edges)

    def felt(self, at: str, **how: Any) -> Weeks:
        """How it feels."""
        return self._tell(self.at(at), event="felt", **how)

    def exercised(self, at: str, minutes: float, rpe: float, what: str = "run") -> Weeks:
        """Exercise that ended then."""
        return self._tell(self.at(at), event="exercised", minutes=minutes, rpe=rpe, what=what)

    def flies(self, since: str, until: str, zone: str) -> Weeks:
        """Suspended from then until then, by the clock at home; afterwards in another zone."""
        self._tell(self.at(since), event="suspended")
        landed = self.at(until)
        self._tell(landed, event="resumed")
        self._tell(landed, event="zone", name=zone)
        self._zone = ZoneInfo(zone)
        return self

    def at(self, clock: str) -> datetime:
        """A time of this day; "+07:10" is on the next, "-23:30" on the one before."""
        days = {"+": 1, "-": -1}.get(clock[0], 0)
        hour, minute = clock.strip("+-").split(":")
        moment = self._day + timedelta(days=days, hours=int(hour), minutes=int(minute))
        return moment.replace(tzinfo=self._zone)

    # -- time --------------------------------------------------------------------------------------------------------

    def until(self, clock: str) -> Weeks:
        """Live up to then."""
        end = self.at(clock)
        due = sorted(each for each in self._waiting if each[0] <= end)
        self._waiting = [each for each in self._waiting if each[0] > end]
        lines = [json.dumps(facts) for _, _, facts in due]
        for line in read([*lines, json.dumps({"at": end.isoformat(), "event": "end"})], "weeks"):
            self._decide(self._run.feed(line))
        return self

    def next(self, days: int = 1) -> Weeks:
        """The day is over; live up to 5:00 of the next."""
        self.until("+05:00")
        self._day += timedelta(days=days)
        if days > 1:
            self.until("05:00")
        return self

    # -- what came of it ---------------------------------------------------------------------------------------------

    @property
    def status(self) -> dict[str, Any]:
        """The status now."""
        assert self._run.simulation is not None
        return status(self._run.simulation.state)

    def warned(self) -> list[str]:
        """ "mon 17:02 desk near", of all warnings since this was last asked."""
        found = [f"{when} {it.limit} {it.level}" for when, it in self.decided if isinstance(it, Warn)]
        self.decided.clear()
        return found

    def prompts(self) -> list[Prompt]:
        """The move prompts since `warned` was last asked."""
        return [it for _, it in self.decided if isinstance(it, Prompt) and it.kind == "move"]

    def _tell(self, at: datetime, **facts: Any) -> Weeks:
        self._waiting.append((at, len(self._waiting), {"at": at.isoformat(), **facts}))
        return self

    def _decide(self, decided: list[Decision]) -> None:
        for each in decided:
            moment = self._run.moment(each.at)
            self.decided.append((f"{moment:%a %H:%M}".lower(), each))


def days(weeks: Weeks, count: int) -> Iterator[int]:
    """So many days, one after the other; the body of the loop tells what happens on each."""
    for number in range(count):
        yield number
        weeks.next()
