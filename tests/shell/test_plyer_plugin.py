"""plyer: its failures are silent, so what it needs is looked for first."""

from __future__ import annotations

from pathlib import Path

import pytest

import breakd_plyer
from breakd import Note, Unavailable
from breakd_plyer import Plyer, as_argument, for_server


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Linux without dbus-python, whatever runs the tests."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(breakd_plyer, "WITH_DBUS_PYTHON", False)


def test_without_notify_send_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """plyer without anything to show notes with is Unavailable; the text says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=r"notify-send .package libnotify-bin"):
        Plyer().show(Note(key="k", title="t"))
    with pytest.raises(Unavailable, match="notify-send"):
        Plyer().withdraw("k")


def test_without_a_bus_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """notify-send would fail without a word that plyer hears: the bus is looked for first."""
    (tmp_path / "notify-send").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(Unavailable, match="no session bus"):
        Plyer().show(Note(key="k", title="t"))
    Plyer().withdraw("k")  # there may be one: nobody connects to take away nothing
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(Unavailable, match="no session bus"):
        Plyer().withdraw("k")


def test_osascript_gets_words_as_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS nothing in a note is read as script or option; a failure is an error."""
    monkeypatch.setattr("sys.platform", "darwin")
    program = tmp_path / "osascript"
    program.write_text(
        f'#!/bin/sh\nfor word; do last2=$last; last=$word; done\nprintf "%s|%s" "$last2" "$last" >{tmp_path}/got\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    Plyer().show(Note(key="k", title='-e "title"', text="$(text) \\"))
    assert (tmp_path / "got").read_text() == '-e "title"|$(text) \\'
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(OSError, match="osascript"):
        Plyer().show(Note(key="k", title="t"))


def test_text_for_notify_send() -> None:
    """What a server or notify-send would read as markup or escape arrives as it is."""
    assert for_server("<b> & C:\\n", ["body-markup"]) == "&lt;b&gt; &amp; C:\\\\n"
    assert for_server("<b> & C:\\n", []) == "<b> & C:\\\\n"


@pytest.mark.parametrize(
    ("text", "expected"), [("-t 5", "\N{EN DASH}t 5"), ("a-b", "a-b"), ("a\0b", "ab"), ("a\ud83d", "a?"), ("", "")]
)
def test_arguments(text: str, expected: str) -> None:
    """No text is taken for an option of notify-send, or refused by it."""
    assert as_argument(text) == expected
