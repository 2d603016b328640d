"""What the daemon says, in English: notes, and a line for each happening. The core only gives codes and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from breakd.core.decisions import (
    Because,
    BreakAbandoned,
    BreakDone,
    BreakStarted,
    Decision,
    Held,
    Lapsed,
    Missed,
    Prompt,
    Skipped,
    Snoozed,
    Tone,
    Warn,
    Withdraw,
)
from breakd.plugin.interfaces import Button, Note
from breakd.settings.errors import Problem

PROMPT = "prompt"  # the key of the one note about a break
WARNING = "warning"
SETTINGS = "settings"

BUTTONS = (
    Button("start", "Start", "breakd start"),
    Button("snooze", "Snooze", "breakd snooze"),
    Button("skip", "Skip", "breakd skip"),
)

# by whether the break is one from sitting: what it is time for, and how to do that without a routine
WHATS = {
    True: ("to move", "Stand up and walk about."),
    False: ("for a pause", "Look up and let your hands rest."),
}
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth")
HOLDS = {
    "call": "a call is on",
    "fullscreen": "an application is full screen",
    "do-not-disturb": "do not disturb is on",
}
LIMITS = {
    "sitting": ("You have been sitting for {value}", "Stand up and walk a few steps."),
    "standing": ("You have been standing for {value}", "Sit down, or walk a few steps."),
    "desk": ("{value} at the desk today", "The limit is {of}. Let the day end soon, and move on the way."),
}


def span(ms: float) -> str:
    """A length of time as people say it: "45 s", "3 min", "1 h 05 min"."""
    seconds = round(ms / 1000)
    if seconds < 100:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"


def clock(moment: datetime, now: datetime) -> str:
    """The time of the day, with the date if that is another than now."""
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%Y-%m-%d %H:%M}"


def reason(because: Because) -> str:
    """A reason as part of a sentence; "" if it goes without saying."""
    say = _REASONS.get(because.code) or _CHOICES.get(because.code)
    return say(because) if say else ""


def choice(because: tuple[Because, ...]) -> list[str]:
    """Why this routine, or none, a part of a sentence each."""
    return [reason(each) for each in because if each.code in _CHOICES and reason(each)]


_REASONS: dict[str, Callable[[Because], str]] = {
    "sitting_ms": lambda because: f"{span(because.value)} sitting" if because.value >= 60_000 else "",
    "bar_sitting": lambda because: f"bar at {because.value:.0%}",
    "bar_input": lambda because: f"bar at {because.value:.0%}",
    "bar_screen": lambda because: f"bar at {because.value:.0%}",
    "snoozes": lambda because: f"{_ordinal(round(because.value))} snooze",
    "scheduled": lambda _because: "as scheduled",
    "held": lambda _because: "held back until now",
    "no_lull_ms": lambda because: f"no pause in {span(because.of)}",
}

# Why a routine is offered: told where somebody asks, too much for the note itself.
_CHOICES: dict[str, Callable[[Because], str]] = {
    "sore": lambda because: f"for your sore {because.what}",
    "unmoved_ms": lambda because: (
        f"{because.what}: last moved {span(because.value)} ago" if because.value else f"{because.what}: not moved yet"
    ),
    "walking_first_ms": lambda because: f"after {span(because.value)} of sitting, walking comes first",
    "advised_against": lambda because: f"advisers rule out {_times(because.of, 'routine')}: all that were left",
    "advised": lambda because: because.what,
    "waited": lambda because: (
        f"last offered {_times(because.value, 'prompt')} ago" if because.value else "not offered before"
    ),
    "permitted": lambda because: f"{because.value:g} of {because.of:g} routines for this break are permitted now",
    "none_permitted": lambda because: f"none of {_times(because.of, 'routine')} is permitted: see [me] in the settings",
    "asked": lambda _because: "the routine that you asked for",
    "kept": lambda _because: "the routine that was offered before",
}


def _times(number: float, what: str) -> str:
    return f"{number:g} {what}" + ("" if number == 1 else "s")


def _ordinal(number: int) -> str:
    return ORDINALS[number] if number < len(ORDINALS) else f"{number}th"


def reasons(because: tuple[Because, ...]) -> str:
    """Why a break is due, one reason after the other."""
    return ", ".join(due(because))


def due(because: tuple[Because, ...]) -> list[str]:
    """Why a break is due, a part of a sentence each."""
    return [reason(each) for each in because if each.code in _REASONS and reason(each)]


def prompt_note(prompt: Prompt) -> Note:
    """The note that asks for a break."""
    length, routine = span(prompt.for_ms), prompt.routine
    moves = any(because.code == "bar_sitting" for because in prompt.because)
    what, how = WHATS[moves]
    if prompt.tone == "quiet":
        title = f"A short pause: {length}"
    else:
        title = f"Time {what}: {length}" if prompt.attempt == 1 else f"Still time {what}: {length}"
    told = [because for because in prompt.because if because.code in ("scheduled", "sitting_ms", "snoozes")]
    how = next((reason(each).capitalize() for each in prompt.because if each.code == "none_permitted"), how)
    lines = [reasons(tuple(told)).capitalize(), routine.title if routine else how]
    if routine and prompt.tone == "quiet":
        lines = [routine.steps[0].text]
    seconds = None if prompt.stays_ms is None else prompt.stays_ms / 1000
    return Note(
        key=PROMPT, title=title, text="\n".join(filter(None, lines)), tone=prompt.tone, buttons=BUTTONS, seconds=seconds
    )


def begun_note(started: BreakStarted) -> Note:
    """The note of a break that is on, for when no guide shows its steps."""
    title = started.routine.title if started.routine else "Break"
    left = span(started.for_ms - started.rested_ms)
    return Note(key=PROMPT, title=title, text=f"{left} to go. Nothing needs to be clicked.", tone="quiet")


def done_note(done: BreakDone) -> Note:
    """The note at the end, with a soft sound: the person may be out of sight."""
    text = f"{span(done.rested_ms)} of rest. Come back when you like."
    return Note(key=PROMPT, title="Break done", text=text, tone="quiet", sound=True, seconds=30)


def warning_note(warn: Warn) -> Note:
    """The note of a limit: the reason and one thing to do. It goes by itself, since nothing answers it."""
    title, todo = LIMITS[warn.limit]
    facts = {"value": span(warn.value_ms), "of": span(warn.of_ms)}
    tone: Tone = "firm" if warn.level == "over" else "gentle"
    return Note(key=WARNING, title=title.format(**facts), text=todo.format(**facts), tone=tone, seconds=60)


def broken_note(problems: Sequence[Problem], kept: str) -> Note:
    """The note of settings that are not right. It stays until they are: else one waits for a change in vain."""
    count = len(problems)
    title = "A mistake in your settings" if count == 1 else f"{count} mistakes in your settings"
    first = problems[0]
    where = [Path(first.file).name, *(f"line {line}" for line in [first.line] if line)]
    what = ": ".join(filter(None, (", ".join(filter(None, where)), first.key, first.message)))
    more = "" if count == 1 else "\n`breakd status` names all of them."
    return Note(key=SETTINGS, title=title, text=f"{what}{more}\n{kept.capitalize()}.", tone="gentle")


def mended_note() -> Note:
    """The note in its place once they are right."""
    return Note(
        key=SETTINGS, title="Your settings are right again", text="They are in force.", tone="quiet", seconds=10
    )


def line(decision: Decision) -> str:
    """What happened, for the terminal and the log."""
    return _LINES[type(decision)](decision)


def _prompt_line(prompt: Prompt) -> str:
    routine = f", {prompt.routine.title}" if prompt.routine else ""
    attempt = f", attempt {prompt.attempt}" if prompt.attempt > 1 else ""
    why = reasons(prompt.because)
    return f"prompt {prompt.kind}: {span(prompt.for_ms)}{routine}{attempt}" + (f" ({why})" if why else "")


def _warn_line(warn: Warn) -> str:
    return f"warning: {warn.limit} {warn.level}, {span(warn.value_ms)} of {span(warn.of_ms)}"


_LINES: dict[type[Decision], Callable[[Any], str]] = {
    Prompt: _prompt_line,
    Withdraw: lambda it: f"withdrawn: {it.kind} applies no longer",
    BreakStarted: lambda it: f"break {it.kind}: started, {span(it.rested_ms)} of {span(it.for_ms)} rested",
    BreakDone: lambda it: f"break {it.kind}: done, {span(it.rested_ms)} rested",
    BreakAbandoned: lambda it: f"break {it.kind}: ended early, {span(it.rested_ms)} rested count",
    Missed: lambda it: f"missed: {it.kind} went unanswered, quiet for a while",
    Snoozed: lambda it: f"snoozed: {it.kind}, {_ordinal(it.count)} time",
    Skipped: lambda it: f"skipped: {it.kind}",
    Held: lambda it: f"held: {it.kind} waits, {HOLDS.get(it.reason, it.reason)}",
    Lapsed: lambda it: f"lapsed: {it.schedule} ({it.kind}), its time is over",
    Warn: _warn_line,
}
