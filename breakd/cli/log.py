"""`breakd log`: the journal's lines as people read them, and with -f what comes, told by the daemon."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from breakd.cli.client import Failure, pushed
from breakd.cli.journal import reading
from breakd.cli.moments import Moment
from breakd.core.events import Configured, Entry
from breakd.daemon.speech import happenings
from breakd.daemon.store.journal import Journal

LAST = 50  # lines, if nobody says since when
NOT_TOLD = ("at", "seen", "seq", "source", "event", "did", "rules")
INPUT = ("active", "idle")  # nine lines of ten


@click.command("log")
@click.option("-f", "--follow", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--since", type=Moment(), help="From then on: 2h, today, yesterday, 14:00, 2026-03-02.")
@click.option("-n", "--lines", type=click.IntRange(0), help=f"The last so many; without --since {LAST}.")
@click.option("--brief", is_flag=True, help="Without the comings and goings of input.")
@click.option("--json", "as_json", is_flag=True, help="Lines of a journal export.")
def log(follow: bool, since: datetime | None, lines: int | None, brief: bool, as_json: bool) -> None:
    """What happened and what was decided, the latest last."""
    show = Shown(brief, as_json, lines if since or lines is not None else LAST)
    if not follow:
        with reading() as journal:
            show.past(journal, since, journal.seq)
        return
    news = pushed(do="log")
    begun = next(news)  # from here on nothing is missed: what was before stands in the journal
    with reading() as journal:
        show.past(journal, since, begun["seq"])
    try:
        for told in news:
            show.line(told["log"])
    except KeyboardInterrupt:  # as one ends it
        return
    raise Failure("the daemon has ended")


class Shown:
    """Prints lines, in the form that was asked for."""

    def __init__(self, brief: bool, as_json: bool, last: int | None) -> None:
        self._brief = brief
        self._as_json = as_json
        self._last = last
        self._titles: dict[str, str] = {}  # of routines, by id

    def past(self, journal: Journal, since: datetime | None, seq: int) -> None:
        """What stands in the journal up to this row."""
        self._titles = _titles(journal)
        wall = journal.wall()
        after = 0 if since is None else journal.since(round(since.timestamp() * 1000) - wall.offset)
        for line in _lines(journal, after, seq) if self._last is None else self._latest(journal, after, seq):
            self.line(line)

    def _latest(self, journal: Journal, after: int, seq: int) -> list[dict[str, Any]]:
        """The last lines that are wanted, read in growing steps: they must not cost the year before them."""
        assert self._last is not None
        step = 4 * self._last + 1
        while True:
            start = max(after, seq - step)
            found = [line for line in _lines(journal, start, seq) if self._wanted(line)]
            if len(found) >= self._last or start == after:
                return found[len(found) - min(self._last, len(found)) :]
            step *= 8

    def line(self, line: Mapping[str, Any]) -> None:
        """Print one, unless it is not wanted."""
        if self._wanted(line):
            click.echo(json.dumps(line) if self._as_json else told(line, self._titles))
            sys.stdout.flush()

    def _wanted(self, line: Mapping[str, Any]) -> bool:
        return not (self._brief and line.get("event") in INPUT)


def _lines(journal: Journal, after: int, up_to: int) -> Iterator[dict[str, Any]]:
    for text in journal.lines(after):
        line = json.loads(text)
        if line["seq"] > up_to:
            return
        yield line


def _titles(journal: Journal) -> dict[str, str]:
    found = journal.latest_of(Configured.name)
    rules = found.event.rules if isinstance(found, Entry) and isinstance(found.event, Configured) else None
    return {routine.id: routine.title for routine in rules.routines} if rules else {}


def told(line: Mapping[str, Any], titles: Mapping[str, str] = {}) -> str:
    """A line of an export as people read it; `titles`: of routines, by id.

    Its time is when it was learned, which is the order of lines.
    """
    facts = {key: value for key, value in line.items() if key not in NOT_TOLD}
    at = datetime.fromisoformat(line.get("seen", line["at"]))
    if "did" in line:
        text = happenings.did(line["did"], facts, titles)
    else:
        text = happenings.event(line["event"], facts, line.get("source", ""))
        happened = datetime.fromisoformat(line["at"])
        if (at - happened).total_seconds() >= 1 and line["event"] != "started":
            text += f", since {happened:%H:%M:%S}"
    return f"{at:%Y-%m-%d %H:%M:%S}  {text}"


COMMANDS = {"log": log}
