"""Traces: what is read, what is refused and how it is said, and what the journal writes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings

from breakd.core import decisions
from breakd.core import events as core_events
from breakd.core.decisions import (
    Because,
    BreakAbandoned,
    BreakDone,
    BreakStarted,
    CheckIn,
    CheckInOver,
    Decision,
    Held,
    Lapsed,
    Missed,
    Prompt,
    Skipped,
    Snoozed,
    Warn,
    Withdraw,
)
from breakd.core.events import (
    Active,
    Busy,
    Clock,
    Command,
    Configured,
    Entry,
    Event,
    Exercised,
    Felt,
    Free,
    Idle,
    Locked,
    NotWatching,
    Posture,
    Resumed,
    Slept,
    Started,
    Suspended,
    Unlocked,
    Watching,
    Zone,
)
from breakd.daemon.store.facts import Did, decision_facts, event_facts, line
from breakd.daemon.store.fields import FIELDS, Wall
from breakd.daemon.store.trace import Line, TraceError, read
from breakd.plugin.interfaces import Answer
from tests.shell.journal_parts import START, journals, rules

MINUTE = 60_000
HOUR = 60 * MINUTE


def at(clock: str, rest: str = '"event": "active"') -> str:
    """A line at this time of 2 March 2026, UTC."""
    return f'{{"at": "2026-03-02T{clock}+00:00", {rest}}}\n'


def kinds(module: ModuleType, base: type) -> set[type]:
    """The classes of a module that are a kind of `base`."""
    found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, base)]
    return {value for value in found if value is not base and not value.__name__.startswith("_")}


def told(*lines: str, journal: bool = False) -> list[Line]:
    """What is read from these lines."""
    return list(read(lines, "day.jsonl", journal=journal))


def refused(*lines: str, journal: bool = False) -> str:
    """What is said against these lines."""
    with pytest.raises(TraceError) as caught:
        told(*lines, journal=journal)
    return str(caught.value)


EVENTS: list[tuple[str, Event]] = [
    ('"event": "active"', Active()),
    ('"event": "locked"', Locked()),
    ('"event": "unlocked"', Unlocked()),
    ('"event": "suspended"', Suspended()),
    ('"event": "resumed"', Resumed()),
    ('"event": "busy", "reason": "call"', Busy("call")),
    ('"event": "free", "reason": "do-not-disturb"', Free("do-not-disturb")),
    ('"event": "watching"', Watching()),
    ('"event": "not_watching"', NotWatching()),
    ('"event": "posture", "value": "standing"', Posture("standing")),
    ('"event": "command", "name": "snooze", "for": "10m"', Command("snooze", 10 * MINUTE)),
    ('"event": "command", "name": "start"', Command("start")),
    ('"event": "command", "name": "start", "routine": "walking.stairs"', Command("start", None, "walking.stairs")),
    ('"event": "felt", "pain": 6, "where": "lower back"', Felt(pain=6, where="lower back")),
    ('"event": "felt", "sleepiness": 7', Felt(sleepiness=7)),
    ('"event": "exercised", "minutes": 30, "rpe": 5, "what": "run"', Exercised(30, 5, "run")),
    ('"event": "started"', Started()),
    ('"event": "clock", "shift": "-1h"', Clock(-HOUR)),
    ('"event": "zone", "name": "Europe/Berlin"', Zone("Europe/Berlin")),
    ('"event": "zone", "name": "UTC"', Zone("UTC")),
]


@pytest.mark.parametrize(("text", "event"), EVENTS)
def test_every_event_of_the_contract_is_read(text: str, event: Event) -> None:
    """A line is its event, seen when it happened, in ms since the epoch."""
    assert told(at("09:00:00", text)) == [Line(1, START, START, event)]


def test_a_sleep_is_read_in_core_time() -> None:
    """`from` and `to` are moments like `at`."""
    text = '"event": "slept", "from": "2026-03-01T23:00:00+01:00", "to": "2026-03-02T06:30:00+00:00"'
    assert told(at("09:00:00", text))[0].what == Slept(START - 11 * HOUR, START - 150 * MINUTE)


def test_an_idle_is_not_seen_yet() -> None:
    """When an `idle` was learned is unknown unless the line says so, and it may lie in the past."""
    lines = told(at("09:00:00"), at("09:10:00", '"event": "locked"'), at("09:09:00", '"event": "idle"'))
    assert lines[2] == Line(3, START + 9 * MINUTE, None, Idle())


def test_an_idle_may_lie_before_an_active() -> None:
    """Sources are late, and two of them disagree: an idle since before the last `active` is not impossible."""
    assert told(at("09:10:00"), at("09:09:59", '"event": "idle"'))[1].at == START + 10 * MINUTE - 1000


def test_seen_source_and_seq_are_kept() -> None:
    """What a journal export says of arrival is read back."""
    text = '"event": "idle", "seen": "2026-03-02T09:00:20+00:00", "source": "x11", "seq": 7'
    assert told(at("09:00:00", text)) == [Line(1, START, START + 20_000, Idle(), "x11", 7)]


def test_a_start_happened_when_the_daemon_last_lived() -> None:
    """Of `started` the line tells when it was seen, and `alive` when it happened."""
    text = '"event": "started", "alive": "2026-03-02T08:00:00+00:00"'
    assert told(at("09:00:00", text)) == [Line(1, START - HOUR, START, Started())]


def test_the_end_is_a_line_without_an_event() -> None:
    """`end` only says up to where to run."""
    assert told(at("09:00:00", '"event": "end"')) == [Line(1, START, START, None)]


def test_the_offset_of_a_line_matters_for_display_only() -> None:
    """The same moment in another offset is the same core time; the offset is kept for those who show it."""
    here = told('{"at": "2026-03-02T10:00:00.250+01:00", "event": "active"}')[0]
    assert (here.at, here.zone.utcoffset(None)) == (START + 250, timedelta(hours=1))


def test_empty_lines_count_but_say_nothing() -> None:
    """A blank line is passed over; line numbers stay those of the file."""
    assert [found.number for found in told("\n", at("09:00:00"), "  \n", at("09:01:00"))] == [2, 4]


@pytest.mark.parametrize(
    ("shift", "clock", "date"),
    [
        ("-1h", "10:00:00", "02"),  # by the clock before the jump
        ("-1h", "09:00:00", "02"),  # by the clock after it
        ("24h", "10:00:00", "02"),
        ("24h", "10:00:00", "03"),
    ],
)
def test_a_clock_line_may_be_told_by_either_clock(shift: str, clock: str, date: str) -> None:
    """The jump was a minute after the last line, whichever clock the person read; core time runs on."""
    jump = f'{{"at": "2026-03-{date}T{clock}+00:00", "event": "clock", "shift": "{shift}"}}'
    ahead = 24 * HOUR if shift == "24h" else -HOUR
    after = datetime.fromisoformat("2026-03-02T10:05:00+00:00") + timedelta(milliseconds=ahead)
    lines = told(at("09:59:00"), jump, json.dumps({"at": after.isoformat(), "event": "active"}))
    assert [found.at - START for found in lines] == [59 * MINUTE, 60 * MINUTE, 65 * MINUTE]


def test_the_journal_tells_a_jump_by_the_clock_before_it() -> None:
    """A jump forward after a long silence looks like one told afterwards; `seq` says who wrote the line."""
    jump = '"event": "clock", "shift": "1h"'
    mine, own = told(at("09:00:00"), at("11:00:00", jump)), told(at("09:00:00"), at("11:00:00", jump + ', "seq": 2'))
    assert (mine[1].at, own[1].at) == (START + HOUR, START + 2 * HOUR)


def test_decisions_and_rules_are_for_the_journal() -> None:
    """A replay decides anew by its own rules, so it passes over `did` and `configured`; an import keeps both."""
    export = [
        line(Entry(START, START, Configured(rules()), "", 1), Wall()),
        line(Did(START, "missed", {"break": "move", "rested_s": 0}, 2), Wall()),
        line(Entry(START, START, Active(), "x11", 3), Wall()),
    ]
    assert [found.number for found in told(*export)] == [3]
    kept = [Configured(rules()), Did(START, "missed", {"break": "move", "rested_s": 0}, 2), Active()]
    assert [found.what for found in told(*export, journal=True)] == kept


def test_a_replay_does_not_mind_rules_of_another_version() -> None:
    """`configured` is passed over unread, so that an old export can be simulated; an import says what it lacks."""
    text = at("09:00:00", '"event": "configured", "rules": {"breaks": []}')
    assert told(text) == []
    assert refused(text, journal=True).startswith('day.jsonl:1: "rules" is {"breaks":[]}, expected the rules of')


WRONG = [
    ("{", "no JSON ("),
    ("[1]", "no JSON object, expected one such as"),
    ('{"at": "2026-03-02T09:00:00Z"}', 'a line without "event"'),
    (at("09:00:00", '"event": 5'), '"event" is no text'),
    (at("09:00:00", '"event": "actve"'), 'unknown event "actve", expected "active"?'),
    (at("09:00:00", '"event": "?"'), 'unknown event "?", expected one of active, idle,'),
    ('{"event": "active"}', 'no "at", expected a moment with UTC offset'),
    ('{"at": "2026-03-02T09:00:00", "event": "active"}', '"at" is "2026-03-02T09:00:00", expected a moment with UTC'),
    ('{"at": 5, "event": "active"}', '"at" is 5, expected a moment'),
    (at("09:00:00", '"event": "active", "seen": "soon"'), '"seen" is "soon", expected a moment'),
    (at("09:00:00", '"event": "active", "seq": true'), '"seq" is true, expected a whole number'),
    (at("09:00:00", '"event": "active", "source": 1'), '"source" is no text'),
    (at("09:00:00", '"event": "active", "key": "a"'), 'active has an unknown field "key", expected none of its own'),
    (at("09:00:00", '"event": "busy", "why": "call", "reason": "call"'), 'unknown field "why", expected "reason"'),
    (
        at("09:00:00", '"event": "busy"'),
        'busy without "reason", expected one of call, fullscreen, do-not-disturb, sharing',
    ),
    (at("09:00:00", '"event": "felt", "pain": 3, "where": 5'), '"where" is 5, expected text'),
    (
        at("09:00:00", '"event": "busy", "reason": "lunch"'),
        '"reason" is "lunch", expected one of call, fullscreen, do-not-disturb, sharing',
    ),
    (at("09:00:00", '"event": "posture", "value": ["a"]'), '"value" is ["a"], expected one of sitting,'),
    (at("09:00:00", '"event": "command", "name": "sleep"'), '"name" is "sleep", expected one of start, stop,'),
    (
        at("09:00:00", '"event": "command", "name": "skip", "routine": "x"'),
        "routine is 'x' with skip, expected it",
    ),
    (at("09:00:00", '"event": "command", "name": "skip", "for": 10'), '"for" is 10, expected a duration such as'),
    (at("09:00:00", '"event": "command", "name": "skip", "for": "-1m"'), "for is -60000 ms, expected more than 0"),
    (at("09:00:00", '"event": "clock", "shift": "1 hour"'), '"shift" is "1 hour", expected a duration'),
    (at("09:00:00", '"event": "clock"'), 'clock without "shift", expected a duration'),
    (at("09:00:00", '"event": "zone", "name": "Berlin"'), '"name" is "Berlin", expected a time zone such as'),
    (at("09:00:00", '"event": "felt", "pain": 6.5'), '"pain" is 6.5, expected a whole number'),
    (at("09:00:00", '"event": "felt", "pain": true'), '"pain" is true, expected a whole number'),
    (at("09:00:00", '"event": "felt", "pain": 11'), "pain is 11, expected 0 to 10"),
    (at("09:00:00", '"event": "exercised", "minutes": "30", "rpe": 5'), '"minutes" is "30", expected a number'),
    (at("09:00:00", '"event": "answer", "key": "a", "choice": "start"'), 'unknown event "answer"'),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_line_is_named_with_what_was_expected(text: str, message: str) -> None:
    """One line: file, number, what is wrong, what was expected."""
    said = refused(at("08:00:00"), text)
    assert said.startswith("day.jsonl:2: ")
    assert message in said
    assert "\n" not in said


IMPOSSIBLE = [
    (at("08:59:59"), '"at" goes back by 1s behind line 1'),
    (at("09:01:00", '"event": "active", "seen": "2026-03-02T09:00:30+00:00"'), '"seen" is 30s before "at"'),
    (at("08:50:00", '"event": "idle", "seen": "2026-03-02T08:59:00+00:00"'), '"seen" goes back by 1m behind line 1'),
    (at("09:01:00", '"event": "started", "alive": "2026-03-02T09:02:00+00:00"'), '"alive" is 1m after "at"'),
    (at("08:00:00", '"event": "clock", "shift": "30m"'), '"at" goes back by 1h behind line 1'),
    (
        at("09:01:00", '"event": "slept", "from": "2026-03-02T01:00:00Z", "to": "2026-03-02T10:01:00Z"'),
        '"to" is 1h after "at", expected a sleep that is over',
    ),
    (
        at("09:01:00", '"event": "slept", "from": "2026-03-02T02:00:00Z", "to": "2026-03-02T01:00:00Z"'),
        "the sleep ends before it begins",
    ),
]


@pytest.mark.parametrize(("text", "message"), IMPOSSIBLE)
def test_what_cannot_have_been_is_refused(text: str, message: str) -> None:
    """Lines stand in order of arrival, and nothing is told before it happened."""
    assert message in refused(at("09:00:00"), text)


def test_text_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """A file in another encoding is an error of the trace, not of the program."""
    file = tmp_path / "day.jsonl"
    file.write_bytes(b'{"at": "2026-03-02T09:00:00Z", "event": "alarm", "what": "\xff"}\n')
    with file.open(encoding="utf-8") as lines, pytest.raises(TraceError, match=r"day\.jsonl:1: not UTF-8"):
        list(read(lines, "day.jsonl"))


BECAUSE = (Because("sitting_ms", 61 * MINUTE, HOUR), Because("bar_sitting", 1.25, 1))
REASONS = [
    {"code": "sitting_ms", "value": 3_660_000, "of": 3_600_000},
    {"code": "bar_sitting", "value": 1.25, "of": 1},
]
WALK = rules().routines[0]
DECISIONS: list[tuple[Decision, dict[str, object]]] = [
    (
        Prompt(START, "move", 1, "gentle", WALK, 180_000, 0, BECAUSE),
        {
            "did": "prompt",
            "break": "move",
            "attempt": 1,
            "tone": "gentle",
            "routine": "walk.easy",
            "for_s": 180,
            "because": REASONS,
        },
    ),
    (
        Prompt(START, "move", 1, "gentle", None, 180_000, 0, (), "lunch"),
        {
            "did": "prompt",
            "break": "move",
            "schedule": "lunch",
            "attempt": 1,
            "tone": "gentle",
            "routine": None,
            "for_s": 180,
            "because": [],
        },
    ),
    (
        BreakStarted(START, "move", 60_000, 180_000, None, True),
        {"did": "break_started", "break": "move", "rested_s": 60, "for_s": 180, "routine": None, "inferred": True},
    ),
    (BreakDone(START, "move", 180_500), {"did": "break_done", "break": "move", "rested_s": 180.5}),
    (BreakAbandoned(START, "move", 9_000), {"did": "break_abandoned", "break": "move", "rested_s": 9}),
    (Withdraw(START, "move"), {"did": "withdraw", "break": "move", "rested_s": 0}),
    (Missed(START, "move"), {"did": "missed", "break": "move", "rested_s": 0}),
    (Snoozed(START, "move", 3), {"did": "snoozed", "break": "move", "rested_s": 0, "count": 3}),
    (Skipped(START, "move"), {"did": "skipped", "break": "move", "rested_s": 0}),
    (Lapsed(START, "move", "lunch"), {"did": "lapsed", "break": "move", "schedule": "lunch"}),
    (Held(START, "move", "call"), {"did": "held", "break": "move", "reason": "call"}),
    (
        Warn(START, "sitting", "over", 61 * MINUTE, HOUR, BECAUSE[:1]),
        {
            "did": "warn",
            "limit": "sitting",
            "level": "over",
            "value": 61.0,
            "of": 60.0,
            "unit": "min",
            "because": REASONS[:1],
        },
    ),
    (CheckIn(START, "back"), {"did": "checkin", "question": "back"}),
    (CheckInOver(START, True), {"did": "checkin_over", "answered": True}),
]


@pytest.mark.parametrize(("decision", "facts"), DECISIONS)
def test_a_decision_is_written_as_the_contract_says(decision: Decision, facts: dict[str, object]) -> None:
    """Lengths in seconds and limits in minutes; a routine by its id."""
    assert json.loads(line(decision, Wall())) == {"at": "2026-03-02T09:00:00.000+00:00", **facts}
    assert decision_facts(decision) == {key: value for key, value in facts.items() if key != "did"}


def test_every_decision_can_be_written() -> None:
    """No kind of decision is missing from the table above, so none lacks its line."""
    assert {type(decision) for decision, _ in DECISIONS} == kinds(decisions, Decision)


def test_every_event_has_its_fields() -> None:
    """An event that is new in the core needs a place in the format of traces."""
    assert set(FIELDS) == kinds(core_events, Event)


def test_an_event_is_written_by_the_persons_own_clock() -> None:
    """Offset of the zone in force, to the ms; when it was seen, by whom, and its place."""
    entry = Entry(START + 20_000, START, Idle(), "x11", 5)
    expected = {
        "at": "2026-03-02T10:00:00.000+01:00",
        "event": "idle",
        "seen": "2026-03-02T10:00:20.000+01:00",
        "source": "x11",
        "seq": 5,
    }
    assert json.loads(line(entry, Wall(zone="Europe/Berlin"))) == expected


def test_a_start_is_written_with_when_the_daemon_last_lived() -> None:
    """`at` is the start; what happened to the daemon before is `alive`."""
    expected = {"at": "2026-03-02T09:00:00.000+00:00", "event": "started", "alive": "2026-03-02T08:00:00.000+00:00"}
    written = json.loads(line(Entry(START, START - HOUR, Started()), Wall()))
    assert written == {**expected, "seen": expected["at"]}


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    """When daylight saving ends, the same time of day has two offsets."""
    autumn = 1_792_887_300_000  # 2026-10-25T00:15:00Z
    wall = Wall(zone="Europe/Berlin")
    assert [wall.text(autumn), wall.text(autumn + HOUR)] == [
        "2026-10-25T02:15:00.000+02:00",
        "2026-10-25T02:15:00.000+01:00",
    ]


def test_events_that_are_not_journalled_cannot_be_written() -> None:
    """An answer becomes a command before it is kept."""
    with pytest.raises(TypeError, match="Answer is no event of the journal"):
        event_facts(Entry(START, START, Answer("prompt", "start")), Wall())


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(journals())
def test_what_is_written_is_read_back(entries: list[Entry]) -> None:
    """Lines of any events, jumps of the clock and changes of zone among them, give the same entries to the ms."""
    wall, lines = Wall(), []
    for entry in entries:
        lines.append(line(entry, wall))
        wall = wall.after(entry.event)
    found = [
        Entry(each.seen or 0, each.at, each.what, each.source, each.seq)
        for each in told(*lines, journal=True)
        if isinstance(each.what, Event)
    ]
    assert found == entries
