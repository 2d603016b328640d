"""`breakd report`: a small trace by which the real core decides the same again, and nothing in it of the person."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.cli.report import facts, report_, shipped
from breakd.cli.simulate import Run, simulate
from breakd.core.events import Active, Alarm, Busy, Command, Configured, Entry, Exercised, Felt, Free, Idle, Posture
from breakd.core.routines import Routine, Step
from breakd.core.units import MINUTE, SECOND
from breakd.daemon.hindsight.minimize import fewest
from breakd.daemon.hindsight.report import AROUND, Report, report
from breakd.daemon.store.facts import Did
from breakd.daemon.store.fields import FIELDS, TEXT, Wall
from breakd.daemon.store.journal import Journal, JournalError
from breakd.daemon.store.trace import TraceError, read
from breakd.settings.load import load
from tests.scenarios import scenario
from tests.shell.loop_parts import DAY, HOUR, MORNING, FakeClock, Life, life
from tests.thorough import times

WALK = Command("start", routine="walking.loop")
SECRETS = ("kneeling", "piano", "secret", "prayer", "lunch-with-anna", "Berlin", "walking.", "2026")
SETS = (
    'breaks.prayer={counts="screen", every="50m", for="4m"}',
    'me.sore=["neck"]',
    'me.desk="sit-stand"',
    'schedule.lunch-with-anna={at="daily 12:30", break="prayer"}',
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command looks for the journal."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "UTC")
    return tmp_path / "breakd" / "journal.db"


def a_day(one: Life, dice: random.Random) -> None:
    """Seven hours of typing and pauses, with calls, answers, and words of the person's own."""
    one.tell(Felt(pain=3, where="kneeling at the piano"), source="secret-plugin")
    one.tell(Exercised(30, 4, "piano"), source="secret-plugin")
    end = one.loop.current().now + 7 * HOUR
    while one.loop.current().now < end:
        one.tell(Active(), source="secret-source")
        one.runs(dice.randrange(2, 30) * MINUTE + dice.randrange(60_000))
        extra = dice.choice(
            [None, Busy("call"), Free("call"), Command("snooze"), Command("start", routine="walking.loop")]
        )
        if extra is not None:
            one.tell(extra, source="secret-call")
        if dice.random() < 0.1:
            one.tell(Posture(dice.choice(["standing", "sitting"])))
        one.tell(Idle(), source="secret-source")
        one.runs(dice.choice([10 * SECOND, 40 * SECOND, 4 * MINUTE, 12 * MINUTE]) + dice.randrange(1000))
    one.runs(17 * HOUR)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Journal]]:
    """Four such days, and the state folder that they are in."""
    folder = tmp_path_factory.mktemp("days")
    with life(folder / "breakd" / "journal.db", FakeClock(), *SETS) as one:
        dice = random.Random(7)
        for _ in range(4):
            a_day(one, dice)
        yield folder, one._journal


@pytest.fixture
def journal(days: tuple[Path, Journal], monkeypatch: pytest.MonkeyPatch) -> Journal:
    """That of these days, which the command finds."""
    monkeypatch.setenv("XDG_STATE_HOME", str(days[0]))
    monkeypatch.setenv("TZ", "UTC")
    return days[1]


def told(journal: Journal, moment: int) -> Report:
    """The report of that moment."""
    return report(journal, moment, shipped(), dice=random.Random(1))


def simulated(lines: list[str]) -> list[dict[str, object]]:
    """What `breakd simulate` decides upon a report."""
    run, said = Run(load()), []
    for line in read(lines, "report"):
        said += [run.shown(each, as_json=True) for each in run.feed(line)]
    return [facts(line) for line in [*said, *(run.shown(each, as_json=True) for each in run.end())]]


def did(journal: Journal, moment: int) -> list[tuple[int, str, object]]:
    """What stands in the journal around a moment: how long before or after it, what, and of which kind."""
    rows = [row for row in journal.rows() if isinstance(row, Did) and abs(row.at - moment) <= AROUND]
    return [(row.at - moment, row.name, row.facts.get("break", row.facts.get("limit"))) for row in rows]


def moments() -> list[int]:
    """Some in every day; these dice find all that there is to be found in a few."""
    dice = random.Random(24)
    return [MORNING + day * DAY + dice.randrange(7 * HOUR) for day in range(4) for _ in range(times(2, 6))]


@pytest.fixture(scope="module")
def reports(days: tuple[Path, Journal]) -> dict[int, Report]:
    """Those of these moments."""
    return {moment: told(days[1], moment) for moment in moments()}


@pytest.mark.thorough
def test_simulate_decides_what_was_decided(journal: Journal, reports: dict[int, Report]) -> None:
    """Around every moment the decisions of the report are those of the journal, moved in time; most are small."""
    sizes, decided = list[int](), set[str]()
    for moment, found in reports.items():
        head = json.loads(found.lines[0])
        (middle,) = (each.at for each in read([json.dumps({"at": head["moment"], "event": "end"})], "head"))
        again = [
            (round(each["at"].timestamp() * 1000) - middle, each["did"], each.get("break", each.get("limit")))  # type: ignore[attr-defined]
            for each in simulated(found.lines)
        ]
        own = {"break-1": "prayer"}
        inside = [(at, name, own.get(str(what), what)) for at, name, what in again if abs(at) <= AROUND]
        assert inside == did(journal, moment)
        sizes.append(found.left)
        decided.update(str(name) for _, name, _ in inside)
    assert sorted(sizes)[len(sizes) // 2] < 25
    assert decided >= {"prompt", "break_started", "break_done", "snoozed", "held"}


@pytest.mark.thorough
def test_nothing_of_the_person_is_in_it(journal: Journal, reports: dict[int, Report]) -> None:
    """No word of theirs, no source, no routine, no day, no zone, nothing of [me] but what the desk can do."""
    export = "\n".join(journal.lines())
    assert [secret for secret in SECRETS if secret not in export] == ["Berlin"]
    for found in reports.values():
        text = "\n".join(found.lines)
        assert [secret for secret in SECRETS if secret in text] == []
        rules = json.loads(text.partition("\n")[0])["rules"]
        assert (rules["routines"], rules["me"]["sore"], rules["me"]["desk"]) == ([], [], "sit-stand")
        assert set(re.findall(r'"at":"(\d{4}-\d\d)', text)) <= {"2000-01", "2000-02"}


def test_times_are_moved_by_one_constant(journal: Journal) -> None:
    """Another one each time, so that the hours of the day say nothing."""
    one, other = (report(journal, MORNING + HOUR, shipped(), dice=random.Random(dice)) for dice in (1, 2))
    spans = []
    for found in (one, other):
        ats = [json.loads(line)["at"] for line in found.lines]
        first, *rest = (each.at for each in read([json.dumps({"at": at, "event": "end"}) for at in ats], "x"))
        spans.append([at - first for at in rest])
    assert spans[0] == spans[1] and one.lines[0] != other.lines[0]


def test_it_drops_into_the_scenarios(
    reports: dict[int, Report], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a trace beside the others, without another word about settings."""
    found = reports[moments()[1]]
    (tmp_path / "mine.jsonl").write_text("".join(f"{line}\n" for line in found.lines))
    monkeypatch.setattr(scenario, "TRACES", tmp_path)
    lines = scenario.compact(scenario.simulated("mine"))
    assert lines[-1].startswith("summary ")
    said = CliRunner().invoke(simulate, [str(tmp_path / "mine.jsonl"), "--json"]).output.splitlines()
    decided = [facts(line) for line in said[:-1]]
    shown = [facts(line) for line in found.lines if '"did":' in line]
    assert decided[len(decided) - len(shown) :] == shown
    other = CliRunner().invoke(simulate, [str(tmp_path / "mine.jsonl"), "--set", "breaks.move.every=10m", "--json"])
    assert other.exit_code == 0 and other.output.splitlines() != said


def test_what_was_told_of_the_time_before_the_journal(path: Path) -> None:
    """On the first day a source tells of input hours ago, and the person of yesterday: nobody rested in the journal."""
    with life(path, FakeClock()) as one:
        one.tell(Idle(), ago=2 * HOUR / SECOND, source="tty")
        one.tell(Exercised(30, 5, "run"), ago=15 * HOUR / SECOND)
        one.runs(SECOND)
        one.tell(Command("start"))
        one.runs(SECOND)
        one.tell(Command("stop"))
        one.runs(SECOND)
        moment = MORNING + 2 * SECOND
        found = told(one._journal, moment)
        assert found.decided == 2
        assert [each["did"] for each in simulated(found.lines)] == ["break_started", "break_abandoned"]


PIANO = Routine(id="mine.piano", title="Piano", steps=(Step("Play", 500),), kind="secret", regions=("fingers",))


def lengths(one: Life, moment: int) -> set[object]:
    """How long the breaks are of which the report of that moment tells, s; and it tells nothing else of the routine."""
    lines = told(one._journal, moment).lines
    assert not re.search("mine|iano|Play|secret|fingers|music", "\n".join(lines))
    return {each.get("for_s") for each in simulated(lines)}


@pytest.mark.parametrize("breaks", [("move",), ("micro",), ()])
def test_a_long_routine_that_was_asked_for_makes_its_break_long(path: Path, breaks: tuple[str, ...]) -> None:
    """Whichever break it is for."""
    with life(path, FakeClock()) as one:
        rules = replace(one.loop.state.configured, routines=(replace(PIANO, breaks=breaks),))
        one.tell(Configured(rules))
        one.tell(Active())
        one.runs(SECOND)
        one.tell(Command("start", routine=PIANO.id))
        one.runs(SECOND)
        one.tell(Command("stop"))
        one.runs(SECOND)
        assert 500 in lengths(one, MORNING + 2 * SECOND)


@pytest.mark.parametrize(("avoid", "long"), [((), True), (("fingers",), False)])
def test_a_long_routine_at_a_fixed_time_makes_its_break_long(path: Path, avoid: tuple[str, ...], long: bool) -> None:
    """Unless the person does not want it."""
    with life(path, FakeClock(), 'schedule.music={at="daily 12:30", routine="mine.piano"}') as one:
        rules = one.loop.state.configured
        one.tell(Configured(replace(rules, routines=(PIANO,), me=replace(rules.me, avoid=avoid))))
        one.runs(3 * HOUR + 15 * MINUTE)
        one.tell(Active())
        one.runs(20 * MINUTE)
        assert (500 in lengths(one, MORNING + 3 * HOUR + 33 * MINUTE)) == long


def test_settings_that_changed_in_between_are_no_secret_failure(path: Path) -> None:
    """If the same does not come out from the rules that held at last, it says so."""
    clock = FakeClock()
    with life(path, clock, "breaks.move.every=20m") as one:
        one.tell(Active())
        one.runs(19 * MINUTE)
    with life(path, clock, "breaks.move.every=60m", "breaks.micro.enabled=false") as two:
        two.tell(Active())
        two.runs(50 * MINUTE)
        two.tell(Idle())
        two.runs(5 * MINUTE)
        with pytest.raises(JournalError, match="does not come out again"):
            told(two._journal, MORNING + 50 * MINUTE)


# -- the command ------------------------------------------------------------------------------------------------------


def asked(*words: str) -> Result:
    """The command, as typed."""
    return CliRunner().invoke(report_, words)


def test_the_command(journal: Journal, tmp_path: Path) -> None:
    """Printed, or written to a new file for the user alone; how small it is is said beside."""
    said = asked("--at", "2026-03-02T10:00:00+00:00")
    assert said.exit_code == 0, said.output
    assert re.search(r"\d+ of \d+ events? show it, with \d+ decisions around that moment\n$", said.stderr)
    assert [line.number for line in read(said.stdout.splitlines(), "x")]
    file = tmp_path / "report.jsonl"
    assert asked("--at", "2026-03-02T10:00:00+00:00", "-o", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    again = asked("--at", "2026-03-02T10:00:00+00:00", "-o", str(file))
    assert (again.exit_code, again.stderr) == (1, f"breakd: {file}: File exists\n")


def test_without_time_it_is_right_though_not_small(journal: Journal) -> None:
    """What is left is then more, and that is said."""
    hasty = asked("--at", "2026-03-03T13:00:00+00:00", "--seconds", "0")
    assert (hasty.exit_code, "time ran out" in hasty.stderr) == (0, True)


def test_moments_of_which_nothing_is_known(path: Path) -> None:
    """One line each."""
    assert "there is no journal yet" in asked("--at", "10:00").stderr
    with life(path, FakeClock()) as one:
        one.tell(Active())
    assert (asked("--at", "2019-01-01").exit_code, asked("--at", "2199-01-01").exit_code) == (1, 2)


# -- reading reports --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['{"at": "2000-01-01T00:00:00+00:00", "event": "report"}'], 'report without "rules"'),
        (['{"at": "2000-01-01T00:00:00+00:00", "event": "report", "rules": {"breaks": 3}}'], '"rules" is {"breaks":3}'),
        (
            [
                '{"at": "2000-01-01T00:00:00+00:00", "event": "active"}',
                '{"at": "2000-01-01T00:00:00+00:00", "event": "report"}',
            ],
            "x:2: a report begins in the middle of a trace",
        ),
    ],
)
def test_reports_that_are_none(lines: list[str], said: str) -> None:
    """A line that says what is wrong."""
    with pytest.raises(TraceError, match=re.escape(said)):
        list(read(lines, "x"))


def test_a_report_is_no_journal(journal: Journal) -> None:
    """It cannot be taken over as one."""
    lines = told(journal, MORNING + HOUR).lines
    with Journal.in_memory() as other, pytest.raises(TraceError, match="unknown event"):
        other.import_(lines, "x")


# -- leaving out ------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 50), unique=True, max_size=40), st.data())
def test_the_fewest_are_enough_and_none_is_too_many(things: list[int], data: st.DataObject) -> None:
    """Exactly those that are needed, in their order, whatever they are."""
    needed = set(data.draw(st.lists(st.sampled_from(things), unique=True))) if things else set()
    found = fewest(things, lambda part: needed <= set(part))
    assert found == [each for each in things if each in needed]


def test_out_of_time_what_is_left_is_enough() -> None:
    """Nothing is tried any more."""
    assert fewest(range(9), lambda _: False, lambda: True) == list(range(9))


def test_a_label_of_no_schedule_is_no_word(journal: Journal) -> None:
    """Nor are those of alarms of settings that are gone."""
    journal.append(Entry(journal.latest or 0, journal.latest or 0, Alarm("break", "secret"), "calendar"))
    assert "secret" not in "\n".join(told(journal, journal.latest or 0).lines)


def test_the_clock_of_a_report_is_any(journal: Journal) -> None:
    """Its first line shows a whole minute, whatever the person's clock showed."""
    head = json.loads(told(journal, moments()[2]).lines[0])
    assert head["at"].endswith(":00.000+00:00") and Wall().text(MORNING)[:10] not in head["at"]


def test_no_text_of_an_event_is_overlooked() -> None:
    """A new field that holds words has to be looked at: is it the person's, and does a report leave it out?"""
    texts = {f"{type_.name}.{field.key}" for type_, fields in FIELDS.items() for field in fields if field.kind is TEXT}
    left_out = {"felt.where", "exercised.what", "zone.name"}
    ours = {"alarm.what", "alarm.label", "command.routine"}  # breaks at fixed times, and routines, are renamed
    assert texts == left_out | ours
