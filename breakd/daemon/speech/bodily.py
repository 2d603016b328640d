"""What is said of the body: warning signs, reports, questions, and what tightens limits."""

from __future__ import annotations

from collections.abc import Callable

from breakd.core.decisions import Because, CheckIn
from breakd.core.events import Exercised, Felt
from breakd.daemon.speech.lengths import span, times
from breakd.plugin.interfaces import Button, Note

CHECKIN = "checkin"  # the key of the note that asks

SEVERE = (
    "Pain this strong is beyond a break program: today it offers changes of position and easy walking alone.",
    "Get emergency help now if you feel numb around the saddle area, have new bladder or bowel trouble, pain down both",
    "legs, or leg weakness that grows. See a doctor after a bad fall or accident, with fever or feeling ill, a history",
    "of cancer, weight loss without cause, steroids or weak immune defence, night pain that does not let up, or if it",
    "is your first back pain, under 20 or over 55.",
)


COUNTED = {"movement": "vigorous minutes count twice"}  # how a limit is counted, where that surprises [WHO 2020]


def felt(event: Felt) -> str:
    """What somebody reported, in a line."""
    told = []
    if event.pain is not None:
        told.append(f"pain {event.pain} of 10" + (f" ({event.where})" if event.where else ""))
    if event.sleepiness is not None:
        told.append(f"sleepiness {event.sleepiness} of 9")
    if event.effort is not None:
        told.append(f"the last routine was {event.effort} of 10 hard")
    return ", ".join(told)


def exercised(event: Exercised) -> str:
    """Exercise, in a line."""
    return f"{event.what or 'exercise'} for {span(event.minutes * 60_000)} at {event.rpe:g} of 10"


# What tightens limits, and what they are counted from.
REASONS: dict[str, Callable[[Because], str]] = {
    "readiness": lambda because: f"tightened: readiness {because.value:.2f}",
    "debt_ms": lambda because: f"{span(because.value)} of sleep missed in 14 nights",
    "pain": lambda because: f"pain {because.value:g} of 10",
    "sleepiness": lambda because: f"sleepiness {because.value:g} of 9",
    "short_night_ms": lambda because: f"a night of {span(because.value)}",
    "nights": lambda because: f"known of {times(because.value, 'night')} of {because.of:g}",
    "strength_days": lambda because: f"strength on {times(because.value, 'day')} of {because.of:g}",
    "beginner": lambda because: f"a beginner's aim, step by step in {because.value:g} weeks",
    "not_known": lambda _because: "too little is known yet",
}

# Each question with its taps: what they say, and the command that says the same.
QUESTIONS: dict[str, tuple[str, tuple[Button, ...]]] = {
    "sleep": (
        "How long did you sleep?",
        (
            Button("sleep-short", "Under 6 h", "breakd slept 5h"),
            Button("sleep-fair", "6-7 h", "breakd slept 6h30m"),
            Button("sleep-enough", "7 h or more", "breakd slept 7h30m"),
        ),
    ),
    "back": (
        "How is your back?",
        (
            Button("back-fine", "Fine", "breakd felt --pain 0"),
            Button("back-sore", "Sore", "breakd felt --pain 3"),
            Button("back-painful", "Painful", "breakd felt --pain 6"),
        ),
    ),
    "energy": (
        "How is your energy?",
        (
            Button("energy-fresh", "Fresh", "breakd felt --sleepiness 3"),
            Button("energy-fair", "So-so", "breakd felt --sleepiness 5"),
            Button("energy-tired", "Tired", "breakd felt --sleepiness 7"),
        ),
    ),
    "effort": (
        "How hard was that?",
        (
            Button("effort-easy", "Easy", "breakd felt --effort 2"),
            Button("effort-fair", "Somewhat", "breakd felt --effort 4"),
            Button("effort-hard", "Very", "breakd felt --effort 7"),
        ),
    ),
}


FELT = (("pain", None), ("where", ""), ("sleepiness", None), ("effort", None))


def question(name: str) -> str:
    """What is asked; of one from a newer version its name."""
    return QUESTIONS[name][0] if name in QUESTIONS else name


def checkin_note(asked: CheckIn) -> Note:
    """The note that asks how somebody is."""
    title, buttons = QUESTIONS[asked.question]
    return Note(key=CHECKIN, title=title, tone="quiet", buttons=buttons)
