"""`breakd simulate TRACE`: the real core over a trace, under any settings."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec.structs import replace

from breakd.cli.client import Failure, WrongUse
from breakd.cli.completing import preset_names, settings_keys
from breakd.cli.moments import Days
from breakd.cli.traces import opened
from breakd.core.decisions import Decision, Prompt
from breakd.core.events import Event
from breakd.core.rules import Rules
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.speech import happenings, words
from breakd.daemon.store.facts import decision_facts
from breakd.daemon.store.trace import Line, TraceError, read
from breakd.daemon.timing.calendar import Calendar, Silent
from breakd.daemon.timing.clock import wall_time
from breakd.plugin.host import Host
from breakd.settings.errors import SettingsError
from breakd.settings.load import load
from breakd.settings.model import Settings
from breakd.settings.routines import load_routines

Facts = dict[str, Any]


@click.command("simulate")
@click.argument("trace", type=click.Path(path_type=Path, allow_dash=True), required=False)
@click.option("--mine", type=Days(), metavar="DAYS", help="Your own last days, such as 14d, beside what they were.")
@click.option("--preset", metavar="NAME", help="Under this preset.", shell_complete=preset_names)
@click.option(
    "--config",
    type=click.Path(path_type=Path, readable=False),
    help="Settings; without it the shipped defaults, not yours.",
)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=settings_keys,
    help="One setting, such as breaks.move.every=45m.",
)
@click.option("--json", "as_json", is_flag=True, help="One object a line: each decision, then a summary.")
def simulate(
    *,
    trace: Path | None,
    mine: int | None,
    preset: str | None,
    config: Path | None,
    sets: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run the real core over TRACE (JSON Lines, such as `breakd journal export` writes; - reads standard input).

    With --mine over your own last days, side by side with what they were; settings are then laid over yours.
    """
    sets = (*([f"preset={preset}"] if preset else []), *sets)
    try:
        if mine is not None and trace is None:
            from breakd.cli.mine import mine as own_days

            own_days(mine, config, sets, as_json)
            return
        if trace is None or mine is not None:
            raise click.UsageError("expected either a TRACE or --mine DAYS, such as --mine 14d")
        settings = load(config, sets)
    except SettingsError as error:
        raise WrongUse(str(error)) from None
    over(trace, Run(settings, given=bool(config or sets)), as_json)


def over(trace: Path, run: Run, as_json: bool) -> None:
    """Run the core over this trace and print what it decides. Raises Failure."""
    with opened(trace) as lines:
        try:
            for line in read(lines, str(trace)):
                for decision in run.feed(line):
                    sys.stdout.write(run.shown(decision, as_json) + "\n")  # click.echo would flush every line
        except TraceError as error:
            raise Failure(str(error)) from None
        for decision in run.end():
            sys.stdout.write(run.shown(decision, as_json) + "\n")
    if run.simulation is None:
        raise Failure(f"{trace}: no events, so there is nothing to simulate")
    summary = run.summary()
    if as_json:
        click.echo(json.dumps({"summary": summary}))
    else:
        click.echo("\n".join(told(summary)))


class Run:
    """A simulation from the first line of a trace to its last.

    `given`: the settings were asked for, so that they hold in place of those that a report brings.
    """

    def __init__(self, settings: Settings, *, given: bool = False) -> None:
        self._settings = settings
        self._given = given
        self._offset = 0  # of the wall clock by which decisions are told, and its zone
        self._zone: tzinfo = UTC
        self._start, self._latest, self._from = 0, 0, ""
        self._prompts: Counter[str] = Counter()
        self.simulation: Simulation | None = None

    def feed(self, line: Line) -> list[Decision]:
        """What is decided up to this line."""
        what = line.what
        self._latest = line.at if line.seen is None else line.seen
        simulation = self.simulation or self._begin(line, self._latest)
        before, zone = simulation.state, simulation.zone
        if isinstance(what, Event):
            simulation.feed(what, line.at, line.seen, line.source)
        else:
            simulation.run_to(self._latest)
        if not simulation.decided:
            return []
        self._offset, self._zone = before.offset, zone  # as they were before the line: the old ones tell of a jump
        return self._decided(simulation)

    def end(self) -> list[Decision]:
        """What is decided up to the moment of the last line."""
        if self.simulation is None:
            return []
        self._read_clock(self.simulation)
        self.simulation.run_to(self._latest)
        return self._decided(self.simulation)

    def _decided(self, simulation: Simulation) -> list[Decision]:
        decided = simulation.taken()
        self._prompts.update(decision.kind for decision in decided if isinstance(decision, Prompt))
        return decided

    def shown(self, decision: Decision, as_json: bool) -> str:
        """A decision as a line."""
        if not as_json:
            return f"{self.moment(decision.at):%Y-%m-%d %H:%M:%S} {happenings.line(decision)}"
        facts = {"at": self._iso(decision.at), "did": decision.did, **decision_facts(decision)}
        return msgspec.json.encode(facts).decode()

    def summary(self) -> Facts:
        """What it came to. Prompts an hour are those of an hour in which somebody was there."""
        assert self.simulation is not None
        state, tally = self.simulation.state, self.simulation.state.tally
        self._read_clock(self.simulation)
        present = (state.now - self._start - tally.rest_ms) / 3_600_000
        prompts = {kind.name: self._prompts[kind.name] for kind in state.rules.breaks}
        return {
            "from": self._from,
            "to": self._iso(state.now),
            "sitting_s": round(tally.sitting_ms / 1000),
            "rest_s": round(tally.rest_ms / 1000),
            "prompts": prompts,
            "prompts_per_hour": round(sum(prompts.values()) / present, 2) if present > 0 else 0.0,
            "longest_sitting_s": round(tally.longest_ms / 1000),
        }

    def _begin(self, line: Line, at: int) -> Simulation:
        self._start = min(at, line.at)
        rules, calendar = self._rules(line)
        simulation = Simulation(rules, calendar, self._start)
        self._read_clock(simulation)
        self.simulation, self._from = simulation, self._iso(self._start)
        return simulation

    def _rules(self, line: Line) -> tuple[Rules, Calendar]:
        """What decides and what rings. A report has its rules, without routines, and its alarms in itself."""
        brought = line.what if isinstance(line.what, Rules) else None
        if brought is not None and not self._given:
            return brought, Silent()
        rules = replace(self._settings.rules(), routines=routines(self._settings))
        return rules, Calendar.of(self._settings, line.zone) if brought is None else Silent()

    def _read_clock(self, simulation: Simulation) -> None:
        self._offset, self._zone = simulation.state.offset, simulation.zone

    def moment(self, core_ms: int) -> datetime:
        """A core time by the clock of the trace."""
        return wall_time(core_ms + self._offset, self._zone)

    def _iso(self, core_ms: int) -> str:
        moment = self.moment(core_ms)
        return str(moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds"))


def routines(settings: Settings) -> Any:
    """The routines of all installed plugins."""
    host = Host(deliver=_nobody, load_routines=load_routines, tables=settings.plugins, say=_silent)
    host.load()
    return host.routines


def _nobody(*_told: object) -> None:
    """Nothing is watched here."""


def _silent(_line: str) -> None:
    """Plugins that fail have no part in a simulation."""


def told(summary: Facts) -> list[str]:
    """The summary as people read it."""
    prompts = ", ".join(f"{count} {name}" for name, count in summary["prompts"].items())
    return [
        "",
        f"{summary['from']} to {summary['to']}",
        f"sitting {words.span(summary['sitting_s'] * 1000)}, rest {words.span(summary['rest_s'] * 1000)}, "
        f"longest sitting {words.span(summary['longest_sitting_s'] * 1000)}",
        f"prompts: {prompts}, {summary['prompts_per_hour']} an hour of presence",
    ]


COMMANDS = {"simulate": simulate}
