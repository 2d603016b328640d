"""How a note is put to a notification server: pure, so that every server's ways can be tried without it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from breakd import Cue, Note, Routine

ICON = "appointment-soon"  # of the freedesktop icon naming specification
SOUND = "complete"  # of the freedesktop sound naming specification
# Never 2 (critical): it breaks through do-not-disturb, which rule 11 respects, and stays for ever on many desktops.
# Never 0 (low): GNOME puts such a note into its list without showing it, and a prompt that nobody sees is none.
URGENCY = 1
# They take actions but draw no buttons for them, so the commands stay in the text.
HIDE_BUTTONS = ("dunst", "mako")


class Server(NamedTuple):
    """Who shows the notes. `owner`: its unique name on the bus."""

    owner: str
    name: str = ""
    capabilities: Collection[str] = ()


def notify_arguments(note: Note, server: Server, replaces: int) -> tuple[object, ...]:
    """The arguments of Notify (susssasa{sv}i); `replaces`: the number of the note to put this one in place of, or 0."""
    buttons = note.buttons if "actions" in server.capabilities else ()
    text = note.text if buttons and server.name not in HIDE_BUTTONS else note.plain
    if "body-markup" in server.capabilities:
        text = escaped(text)
    actions = [word for button in buttons for word in (button.choice, sendable(button.label))]
    # Prompts stay until they are answered or withdrawn: when they no longer apply is for the core to say.
    expires = 0 if note.seconds is None else max(1, round(note.seconds * 1000))
    title = sendable(note.title)
    return ("breakd", replaces, ICON, title, sendable(text), actions, hints(note, server.capabilities), expires)


def hints(note: Note, capabilities: Collection[str]) -> dict[str, tuple[str, Any]]:
    """The hints that go with a note, as D-Bus variants."""
    found: dict[str, tuple[str, Any]] = {
        "urgency": ("y", URGENCY),
        "desktop-entry": ("s", "breakd"),
        "category": ("s", "x-breakd.break"),
    }
    if note.sound and "sound" in capabilities:
        found["sound-name"] = ("s", SOUND)
    if note.tone == "quiet" and not note.sound:
        found["suppress-sound"] = ("b", True)
    if note.tone == "quiet" and note.seconds is not None:
        found["transient"] = ("b", True)  # not kept in the desktop's list of notes once it has gone
    if note.image:
        image = Path(note.image)
        found["image-path"] = ("s", image.as_uri() if image.is_absolute() else sendable(note.image))
    return found


def escaped(text: str) -> str:
    """Text that a server which reads markup shows as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sendable(text: str) -> str:
    """Text that may travel over D-Bus: a NUL or half a surrogate pair would cost us the connection."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def step_note(key: str, routine: Routine, cue: Cue) -> Note:
    """The note for a step that has begun."""
    title = f"{routine.title}: step {cue.number} of {len(routine.steps)}"
    step = cue.step
    times = f"{step.repetitions} times" if step.repetitions else ""
    hold = f"hold {step.hold:g} s" if step.hold else ""
    what = ", ".join(part for part in (step.text, times, hold) if part)
    text = "\n".join(line for line in (what, step.hint) if line)
    return Note(key=key, title=title, text=text, tone="quiet", image=cue.step.image)
