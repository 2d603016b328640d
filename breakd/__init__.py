"""breakd reminds people with tired, sore backs to move, at a moment when they pause anyway.

This is the public face: everything a plugin imports comes from here. `docs/plugins.md` shows how.
"""

from breakd.core.events import (
    Active,
    Busy,
    Choice,
    Event,
    Free,
    Idle,
    Locked,
    NotWatching,
    Posture,
    Resumed,
    Suspended,
    Unlocked,
    Watching,
)
from breakd.core.routines import Routine, Step
from breakd.plugin.interfaces import (
    Answer,
    Button,
    Cue,
    Emit,
    Guide,
    Note,
    Notifier,
    Observer,
    Record,
    Register,
    Session,
    Source,
    Stream,
    Unavailable,
)
from breakd.plugin.processes import lines

__version__ = "0.1.0"

__all__ = [
    "Active",
    "Answer",
    "Busy",
    "Button",
    "Choice",
    "Cue",
    "Emit",
    "Event",
    "Free",
    "Guide",
    "Idle",
    "Locked",
    "NotWatching",
    "Note",
    "Notifier",
    "Observer",
    "Posture",
    "Record",
    "Register",
    "Resumed",
    "Routine",
    "Session",
    "Source",
    "Step",
    "Stream",
    "Suspended",
    "Unavailable",
    "Unlocked",
    "Watching",
    "lines",
]
