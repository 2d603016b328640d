"""What `breakd status` says of plugins: who sees the person, what is not for this machine, and what is not well."""

from __future__ import annotations

from typing import Any

from breakd.cli.status import _plugins
from breakd.daemon.speech.outlook import not_here, seeing


def plugin(state: str, reason: str, *things: tuple[str, str, str, bool]) -> dict[str, Any]:
    """As the daemon tells it; a thing is its kind, name, state, and whether it tells of presence."""
    told = [{"kind": k, "name": name, "state": s, "presence": presence} for k, name, s, presence in things]
    return {"state": state, "reason": reason, "things": told}


SEEING = plugin("ok", "", ("source", "x11", "ok", True), ("source", "x11.fullscreen", "ok", False))
MISSING = plugin("unavailable", "no GNOME", ("source", "gnome", "unavailable", False))
DEAF = plugin(
    "unavailable",
    "no notification server",
    ("notifier", "desktop", "unavailable", False),
    ("source", "desktop", "unavailable", False),
)


def test_who_sees_and_what_is_not_here() -> None:
    """One line each; why something is missing is not of interest as long as something else sees."""
    assert _plugins({"x11": SEEING, "gnome": MISSING}) == [
        "input is seen by x11",
        "not for this machine: gnome (`breakd plugins list` says why)",
    ]
    gone = plugin("unavailable", "", ("source", "x.a", "unavailable", False), ("source", "x.b", "unavailable", False))
    some = plugin("unavailable", "", ("source", "y.a", "unavailable", False), ("source", "y.b", "ok", True))
    found = {"gone": gone, "some": some}
    assert (seeing(found), not_here(found).partition(" (")[0]) == (["y.b"], "not for this machine: gone, y.a")
    assert not_here({"x11": SEEING}) == ""


def test_a_guide_of_a_desktop_that_is_not_there() -> None:
    """That its sources are not for this machine says enough; that it cannot show notes would be told."""
    desktop = plugin("unavailable", "", ("source", "d", "unavailable", False), ("guide", "d", "unavailable", False))
    assert _plugins({"desktop": desktop, "x11": SEEING})[1:] == [
        "not for this machine: desktop (`breakd plugins list` says why)"
    ]


def test_a_notifier_beside_others() -> None:
    """What it lacks is no loss as long as another one is there."""
    console = plugin("ok", "", ("notifier", "console", "ok", False))
    plyer = plugin("unavailable", "no notify-send", ("notifier", "plyer", "unavailable", False))
    assert _plugins({"console": console, "plyer": plyer, "x11": SEEING}) == [
        "input is seen by x11",
        "not for this machine: plyer (`breakd plugins list` says why)",
    ]
    assert _plugins({"plyer": plyer, "x11": SEEING})[1:] == ["plugin plyer: unavailable: no notify-send"]


def test_nobody_sees() -> None:
    """Then each reason matters."""
    assert _plugins({"gnome": MISSING}) == ["input is seen by nobody", "plugin gnome: unavailable: no GNOME"]


def test_what_matters_is_said() -> None:
    """A plugin that failed, and one that cannot show notes, have a line of their own in any case."""
    failed = plugin("failed", "first\nsecond", ("source", "mine", "failed", False))
    assert _plugins({"x11": SEEING, "desktop": DEAF, "mine": failed})[2:] == [
        "plugin desktop: unavailable: no notification server",
        "plugin mine: failed: first; second",
    ]
