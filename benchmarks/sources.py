"""What each source of a desktop costs by itself, in front of the real thing: wake-ups, and how late a pause is told.

    python -m benchmarks.sources [--seconds 60] [--source x11]...

Each source runs alone in a process of its own, asked for pauses of 20 s as the daemon asks, in three scenes: `typing`
(an input every 0.5 s), `idle` (from the first pause on, with its notice), `away` (nothing for as long again).
`late_ms` is from the moment a pause was 20 s long to its event. Wake-ups are voluntary context switches.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from math import nan
from pathlib import Path

from benchmarks.desk import Desk, desktop, wait_for
from benchmarks.proc import counters, memory
from benchmarks.table import show

PAUSE = 20.0  # seconds, as the daemon asks for
EVERY = 0.5  # seconds between inputs
# The child: one source of a plugin, whose words it prints with the time of each.
CHILD = """
import asyncio, importlib, sys, time
from benchmarks.sources import Emit
asyncio.run(getattr(importlib.import_module(sys.argv[1]), sys.argv[2])(Emit()))
"""
SOURCES = {
    "x11": ("x11", "breakd_x11", "x11"),
    "x11.fullscreen": ("x11", "breakd_x11", "fullscreen"),
    "wayland": ("kwin", "breakd_wayland", "wayland"),
    "dnd": ("x11", "breakd_dnd", "dnd"),
    "screensaver": ("x11", "breakd_screensaver", "screensaver"),
}


class Emit:
    """The host's side, in the child: asks once, and prints when something is told."""

    def __call__(self, event: object, /, *, ago: float = 0, at: object = None) -> None:
        """Print what was told, with its time."""
        print(getattr(event, "name", "?"), time.monotonic(), flush=True)  # noqa: T201

    def idle_after(self) -> Emit:
        """The stream of one question."""
        self._asked = False
        return self

    def __aiter__(self) -> Emit:
        return self

    async def __anext__(self) -> float:
        if self._asked:
            await asyncio.Event().wait()
        self._asked = True
        return PAUSE


def kwin(desk: Desk) -> None:
    """KWin without a screen; a copy of it has no file capabilities, which a container may not let it have."""
    program = desk.folder / "kwin_wayland"
    shutil.copy(str(shutil.which("kwin_wayland")), program)
    desk.env.update(KWIN_COMPOSE="Q", KWIN_WAYLAND_NO_PERMISSION_CHECKS="1", LIBGL_ALWAYS_SOFTWARE="1")
    desk.env.update(QT_QPA_PLATFORM="offscreen", WAYLAND_DISPLAY="wayland-5")
    del desk.env["DISPLAY"]
    desk.start([str(program), "--virtual", "--no-lockscreen", "--socket", "wayland-5"])
    wait_for("KWin", Path(desk.env["XDG_RUNTIME_DIR"], "wayland-5").exists)


def moving(desk: Desk) -> Callable[[], None]:
    """What makes one input in front of KWin."""
    script = Path(__file__).with_name("nudge.py")
    process = subprocess.Popen(
        [sys.executable, str(script)], env=desk.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    hand, seen = process.stdin, process.stdout

    def nudge() -> None:
        hand.write("\n")
        hand.flush()
        seen.readline()

    return nudge


def measured(name: str, seconds: float) -> dict[str, dict[str, float]]:
    """Each scene of a source."""
    place, module, function = SOURCES[name]
    with ExitStack() as stack:
        desk = stack.enter_context(desktop())
        if place == "kwin":
            kwin(desk)
        touch = moving(desk) if place == "kwin" else desk.key
        desk.env["PYTHONPATH"] = os.pathsep.join(sys.path)
        child = desk.start([sys.executable, "-u", "-c", CHILD, module, function])
        log = desk.log(sys.executable)
        time.sleep(3)
        rows: dict[str, dict[str, float]] = {}
        last = _scene(rows, "typing", child.pid, seconds, touch)
        _scene(rows, "idle", child.pid, PAUSE + 5, None)
        _scene(rows, "away", child.pid, seconds, None)
        told = [line.split() for line in log.read_text().splitlines()]
        late = [1000 * (float(when) - last - PAUSE) for word, when in told if word == "idle"]
        rows["idle"]["late_ms"] = statistics.median(late) if late else nan
    return rows


def _scene(
    rows: dict[str, dict[str, float]], scene: str, pid: int, seconds: float, touch: Callable[[], None] | None
) -> float:
    before, end, last = counters([pid]), time.monotonic() + seconds, 0.0
    while time.monotonic() < end:
        if touch:
            touch()
            last = time.monotonic()
        time.sleep(EVERY if touch else max(0.0, end - time.monotonic()))
    after = counters([pid])
    rows[scene] = {
        "wakes_min": (after.wakes - before.wakes) * 60 / seconds,
        "rss_mib": memory([pid])[0],
        "late_ms": nan,
    }
    return last


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long typing and being away are measured")
    parser.add_argument("--source", action="append", choices=list(SOURCES), help="only this one")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    for name in args.source or SOURCES:
        if SOURCES[name][0] == "kwin" and not shutil.which("kwin_wayland"):
            print(f"{name}: not installed: kwin_wayland", file=sys.stderr)  # noqa: T201
            continue
        show(name, measured(name, args.seconds), as_json=args.json)


if __name__ == "__main__":
    main()
