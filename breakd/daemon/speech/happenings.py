"""What happened, a line each, in English: for the terminal, the log and the hooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from breakd.core.decisions import Because, Decision
from breakd.core.events import Exercised, Felt
from breakd.daemon.speech import bodily
from breakd.daemon.speech.lengths import span
from breakd.daemon.speech.words import HOLDS, Facts, compared, ordinal, reasons
from breakd.settings.durations import parse, show


def line(decision: Decision) -> str:
    """What happened, for the terminal and the log."""
    from breakd.daemon.store.facts import decision_facts  # here: `breakd status` for people has no use for it

    routine = getattr(decision, "routine", None)
    return did(decision.did, decision_facts(decision), {routine.id: routine.title} if routine else {})


def did(name: str, facts: Facts, titles: Mapping[str, str] = {}) -> str:
    """A decision in a line, from its name and its facts as in a trace. `titles`: of routines, by id."""
    say = _DIDS.get(name)
    return say(facts, titles) if say else _plainly(name, facts)


def event(name: str, facts: Facts, source: str = "") -> str:
    """An event in a line, from its name and its facts as in a trace."""
    say = _EVENTS.get(name)
    text = say(facts) if say else _plainly(name, facts)
    return f"{text} ({source})" if source and source != "breakd" else text


def _plainly(name: str, facts: Facts) -> str:
    """What has no words of its own, such as what a newer version wrote."""
    told = [f"{key} {value}" for key, value in facts.items() if isinstance(value, str | int | float)]
    return ": ".join(filter(None, (name.replace("_", " "), ", ".join(told))))


def _prompt_line(facts: Facts, titles: Mapping[str, str]) -> str:
    id_ = facts.get("routine")
    routine = f", {titles.get(id_, id_)}" if id_ else ""
    attempt = f", attempt {facts['attempt']}" if facts["attempt"] > 1 else ""
    why = reasons(because(facts))
    return f"prompt {facts['break']}: {_span(facts, 'for_s')}{routine}{attempt}" + (f" ({why})" if why else "")


def because(facts: Facts) -> tuple[Because, ...]:
    """The reasons of a decision, from its facts."""
    return tuple(Because(**each) for each in facts.get("because", ()))


def _warn_line(facts: Facts, _titles: Mapping[str, str]) -> str:
    return f"warning: {facts['limit']} {facts['level']}, {compared(facts)}"


def _span(facts: Facts, key: str) -> str:
    return span(facts.get(key, 0) * 1000)


_DIDS: dict[str, Callable[[Facts, Mapping[str, str]], str]] = {
    "prompt": _prompt_line,
    "withdraw": lambda it, _: f"withdrawn: {it['break']} applies no longer",
    "break_started": lambda it, _: (
        f"break {it['break']}: started, {_span(it, 'rested_s')} of {_span(it, 'for_s')} rested"
    ),
    "break_done": lambda it, _: f"break {it['break']}: done, {_span(it, 'rested_s')} rested",
    "break_abandoned": lambda it, _: f"break {it['break']}: ended early, {_span(it, 'rested_s')} rested count",
    "missed": lambda it, _: f"missed: {it['break']} went unanswered, quiet for a while",
    "snoozed": lambda it, _: f"snoozed: {it['break']}, {ordinal(it['count'])} time",
    "skipped": lambda it, _: f"skipped: {it['break']}",
    "held": lambda it, _: f"held: {it['break']} waits, {HOLDS.get(it['reason'], it['reason'])}",
    "lapsed": lambda it, _: f"lapsed: {it['schedule']} ({it['break']}), its time is over",
    "warn": _warn_line,
    "checkin": lambda it, _: f"asked: {bodily.question(it['question'])}",
    "checkin_over": lambda it, _: "check-in: answered" if it["answered"] else "check-in: unanswered",
}


def _clock_of(moment: object) -> str:
    return datetime.fromisoformat(str(moment)).strftime("%H:%M:%S")


def _length(text: str) -> str:
    """How long a command is for: what is more than two minutes, such as a pause until a time, in whole ones."""
    ms = parse(text)
    return text if ms < 120_000 else show(round(ms / 60_000) * 60_000)


def _named(facts: Facts) -> list[str]:
    return [facts["routine"]] if "routine" in facts else []


_EVENTS: dict[str, Callable[[Facts], str]] = {
    "active": lambda _: "input",
    "idle": lambda _: "no input any more",
    "locked": lambda _: "the screen was locked",
    "unlocked": lambda _: "the screen was unlocked",
    "suspended": lambda _: "the machine slept, or nobody lived, from here",
    "resumed": lambda _: "the machine is back",
    "busy": lambda it: f"busy: {HOLDS.get(it['reason'], it['reason'])}",
    "free": lambda it: f"no longer busy: {it['reason']}",
    "watching": lambda _: "a film or a presentation",
    "not_watching": lambda _: "no film or presentation any more",
    "posture": lambda it: str(it["value"]),
    "command": lambda it: " ".join([it["name"], *([_length(it["for"])] if "for" in it else []), *_named(it)]),
    "zone": lambda it: f"the time zone is {it['name']}",
    "clock": lambda it: f"the wall clock jumped by {it['shift']}",
    "started": lambda it: f"breakd started; last known to live at {_clock_of(it['alive'])}",
    "configured": lambda _: "settings are in force",
    "slept": lambda it: f"asleep {_clock_of(it['from'])} to {_clock_of(it['to'])}",
    "felt": lambda it: bodily.felt(Felt(*(it.get(key, none) for key, none in bodily.FELT))),
    "exercised": lambda it: bodily.exercised(Exercised(it["minutes"], it["rpe"], it.get("what", ""))),
    "gathered": lambda _: "advisers were asked",
}
