"""What the daemon says, in English: notes, and why. The core only gives codes and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from breakd.core.bars import Stance
from breakd.core.decisions import (
    Because,
    BreakDone,
    BreakStarted,
    Prompt,
    Tone,
    Warn,
)
from breakd.core.limits import UNITS
from breakd.daemon.speech import bodily
from breakd.daemon.speech.lengths import span as span  # noqa: PLC0414  others have it from here
from breakd.daemon.speech.lengths import times
from breakd.plugin.interfaces import Button, Note
from breakd.settings.errors import Problem

Facts: TypeAlias = Mapping[str, Any]  # of an event or a decision, as in a trace

PROMPT = "prompt"  # the key of the one note about a break
WARNING = "warning"
SETTINGS = "settings"

START = Button("start", "Start", "breakd start")
BUTTONS = (START, Button("snooze", "Snooze", "breakd snooze"), Button("skip", "Skip", "breakd skip"))
# For desks whose height can be changed. Beside Start, since GNOME draws three buttons of four.
POSTURES: dict[Stance, Button] = {
    "standing": Button("stand", "Stand", "breakd posture standing"),
    "sitting": Button("sit", "Sit", "breakd posture sitting"),
}

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
    "sharing": "the screen is shared",
}
LIMITS = {
    "sitting": ("You have been sitting for {value}", "Stand up and walk a few steps."),
    "standing": ("You have been standing for {value}", "Sit down, or walk a few steps."),
    "desk": ("{value} at the desk today", "The limit is {of}. Let the day end soon, and move on the way."),
    "awake": ("Awake for {value}", "After {of} people perform as if they had been drinking. Go to bed soon."),
    "sleep_debt": (
        "{value} of sleep missed in 14 nights",
        "Go to bed an hour earlier tonight, and tomorrow.",
    ),
    "exertion": ("Much for a day: {value}", "Enough today is {of}. Easy walking does not count."),
    "exertion_week": ("Much for a week: {value}", "You are used to less: {of} at most. Take it easy, and walk."),
    "movement": ("{value} of movement in 7 days", "The aim is {of}. A brisk walk of 10 minutes is a good beginning."),
    "rest": ("{value} with little movement", "A 10-minute easy walk does good. It need not be more."),
}


UNIT_MS = {"min": 60_000, "h": 3_600_000}


def amount(value: float, unit: str) -> str:
    """What a limit shows, in its unit, as people say it: "45 min", "16 h 20 min", "a load of 90", "12 days"."""
    if unit in UNIT_MS:
        return span(value * UNIT_MS[unit])
    return f"a load of {value:.0f}" if unit == "load" else f"{value:g} {unit}"


def compared(limit: Facts) -> str:
    """Where a limit stands, from its facts: "45 min of 1 h 00 min", "a load of 90 of 120", "12 of 14 days"."""
    value, of, unit = limit["value"], limit["of"], limit["unit"]
    if unit in UNIT_MS:
        return f"{amount(value, unit)} of {amount(of, unit)}"
    return f"a load of {value:.0f} of {of:.0f}" if unit == "load" else f"{value:g} of {of:g} {unit}"


def clock(moment: datetime, now: datetime) -> str:
    """The time of the day, with the date if that is another and half a day or more away: 00:20 is clear at 23:50."""
    near = moment.date() == now.date() or abs(moment - now) < timedelta(hours=12)
    return f"{moment:%H:%M}" if near else f"{moment:%Y-%m-%d %H:%M}"


def reason(because: Because) -> str:
    """A reason as part of a sentence; "" if it goes without saying."""
    say = _REASONS.get(because.code) or _CHOICES.get(because.code) or _NEXT.get(because.code)
    say = say or bodily.REASONS.get(because.code)
    return say(because) if say else ""


def choice(because: tuple[Because, ...]) -> list[str]:
    """Why this routine, or none, a part of a sentence each."""
    return [reason(each) for each in because if each.code in _CHOICES and reason(each)]


_REASONS: dict[str, Callable[[Because], str]] = {
    "sitting_ms": lambda because: f"{span(because.value)} sitting" if because.value >= 60_000 else "",
    "bar_sitting": lambda because: f"bar at {because.value:.0%}",
    "bar_input": lambda because: f"bar at {because.value:.0%}",
    "bar_screen": lambda because: f"bar at {because.value:.0%}",
    "snoozes": lambda because: f"{ordinal(round(because.value))} snooze",
    "scheduled": lambda _because: "as scheduled",
    "held": lambda _because: "held back until now",
    "wind_down": lambda _because: "bedtime is near: dim the screens",
    "no_lull_ms": lambda because: f"no pause in {span(because.of)}",
}

# What comes next, and what it waits for: told where somebody asks.
_NEXT: dict[str, Callable[[Because], str]] = {
    "full_ms": lambda because: f"full after {span(because.value)} more",
    "quiet_ms": lambda because: f"not before {span(because.value)} from now, after the last answer or absence",
    "quiet_hours_ms": lambda because: f"quiet hours for {span(because.value)} more",
    "paused_ms": lambda because: f"paused for {span(because.value)} more",
    "away_ms": lambda because: f"nobody is at the desk, for {span(because.value)} now",
    "nothing_fills": lambda _because: "no bar fills as you are now",
    "hold": lambda because: f"it waits: {HOLDS.get(because.what, because.what)}",
    "lull_ms": lambda because: f"it waits for a pause of {span(because.value)}, at most {span(because.of)}",
    "per_hour": lambda because: f"it waits: {because.value:g} notifications in the last hour are enough",
    "attempt": lambda because: f"prompt {because.value:g} of {because.of:g}",
    "rested_ms": lambda because: f"{span(because.value)} of {span(because.of)} rested",
    "halted": lambda _because: "halted, as there is input",
}

# Why a routine is offered: told where somebody asks, too much for the note itself.
_CHOICES: dict[str, Callable[[Because], str]] = {
    "sore": lambda because: f"for your sore {because.what}",
    "unmoved_ms": lambda because: (
        f"{because.what}: last moved {span(because.value)} ago" if because.value else f"{because.what}: not moved yet"
    ),
    "walking_first_ms": lambda because: f"after {span(because.value)} of sitting, walking comes first",
    "advised_against": lambda because: f"advisers rule out {times(because.of, 'routine')}: all that were left",
    "advised": lambda because: because.what,
    "waited": lambda because: (
        f"last offered {times(because.value, 'prompt')} ago" if because.value else "not offered before"
    ),
    "permitted": lambda because: f"{because.value:g} of {because.of:g} routines for this break are permitted now",
    "none_in_call": lambda because: f"none of {times(because.of, 'routine')} can be done in a call",
    "none_permitted": lambda because: f"none of {times(because.of, 'routine')} is permitted: see [me] in the settings",
    "none_bearable": lambda because: f"none of {times(because.of, 'routine')} suits today ({because.what})",
    "habit": lambda because: f"you mostly do it at this time of day ({because.value:.0%})",
    "progress": lambda because: f"the easier one was done {times(because.value, 'time')}",
    "much_rest": lambda _because: "after much rest, an easy walk",
    "asked": lambda _because: "the routine that you asked for",
    "kept": lambda _because: "the routine that was offered before",
}

# What speaks against a routine that the person asked for.
_AGAINST: dict[str, Callable[[Because], str]] = {
    "avoid": lambda because: f"[me] avoid in your settings has {because.what}",
    "equipment": lambda because: f"it needs {because.what}, which [me] equipment in your settings does not have",
    "places": lambda because: f"it is for {because.what}, which [me] places in your settings does not have",
    "severe_pain": lambda _because: (
        "with pain this strong it offers easy walking and changes of position without bending"
    ),
    "intensity": lambda _because: "readiness is low today, and it would offer something lighter",
    "bedtime": lambda _because: "it is vigorous, and bedtime is near",
    "exertion": lambda _because: "it is more exertion than is left for today",
}

NONE = ("none_permitted", "none_in_call", "advised_against", "none_bearable")  # why a prompt comes without a routine


def against(because: Because) -> str:
    """What speaks against a routine."""
    return _AGAINST[because.code](because)


def ordinal(number: int) -> str:
    """Which one: "first", "second", "7th"."""
    return ORDINALS[number] if number < len(ORDINALS) else f"{number}th"


def reasons(because: tuple[Because, ...]) -> str:
    """Why a break is due, one reason after the other."""
    return ", ".join(due(because))


def due(because: tuple[Because, ...]) -> list[str]:
    """Why a break is due, a part of a sentence each."""
    return [reason(each) for each in because if each.code in _REASONS and reason(each)]


SHOWN = ("scheduled", "sitting_ms", "snoozes", "wind_down")  # of the reasons, in the note


def prompt_note(prompt: Prompt) -> Note:
    """The note that asks for a break."""
    length, routine = span(prompt.for_ms), prompt.routine
    moves = any(because.code == "bar_sitting" for because in prompt.because)
    what, how = WHATS[moves]
    if prompt.tone == "quiet":
        title = f"A short pause: {length}"
    else:
        title = f"Time {what}: {length}" if prompt.attempt == 1 else f"Still time {what}: {length}"
    told = [because for because in prompt.because if because.code in SHOWN]
    how = next((reason(each).capitalize() for each in prompt.because if each.code in NONE), how)
    lines = [reasons(tuple(told)).capitalize(), routine.title if routine else how]
    if routine and prompt.tone == "quiet":
        lines = [routine.steps[0].text]
    seconds = None if prompt.stays_ms is None else prompt.stays_ms / 1000
    buttons = (START, POSTURES[prompt.posture], *BUTTONS[1:]) if prompt.posture else BUTTONS
    return Note(
        key=PROMPT, title=title, text="\n".join(filter(None, lines)), tone=prompt.tone, buttons=buttons, seconds=seconds
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
    """The note of a limit: the reason and one thing to do. It goes by itself, since it asks for nothing."""
    title, todo = LIMITS[warn.limit]
    unit, scale = UNITS[warn.limit]
    facts = {"value": amount(warn.value_ms / scale, unit), "of": amount(warn.of_ms / scale, unit)}
    tone: Tone = "firm" if warn.level == "over" else "gentle"
    buttons = (POSTURES[warn.posture],) if warn.posture else ()
    title, text = title.format(**facts), todo.format(**facts)
    return Note(key=WARNING, title=title, text=text, tone=tone, buttons=buttons, seconds=60)


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
