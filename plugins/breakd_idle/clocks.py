"""The idle clocks of macOS and Windows: how long there has been no input, in seconds.

Sources: CGEventSource.h of Core Graphics (Apple), GetLastInputInfo in winuser.h (Microsoft).
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

from breakd import Unavailable

APPLICATION_SERVICES = "/System/Library/Frameworks/ApplicationServices.framework/ApplicationServices"
HID_SYSTEM_STATE, ANY_INPUT = 1, 0xFFFFFFFF  # of the hardware, and events of any type
TICKS = 0xFFFFFFFF  # Windows counts ms since its start, and begins anew after 49.7 days

Clock = Callable[[], float]


class LastInput(ctypes.Structure):
    """LASTINPUTINFO: its own size in bytes, and the tick of the last input."""

    _fields_ = (("size", ctypes.c_uint32), ("tick", ctypes.c_uint32))


def clock(platform: str = sys.platform) -> Clock:
    """The clock of this system. Raises Unavailable if it has none that is known here."""
    if platform not in CLOCKS:
        raise Unavailable(
            "only macOS and Windows are asked for their idle time; other systems tell of input themselves"
        )
    try:
        return CLOCKS[platform]()
    except (OSError, AttributeError) as error:  # no such library, or nothing of that name in it
        raise Unavailable(f"the idle clock of this system cannot be read: {error}") from None


def _macos() -> Clock:
    ask = ctypes.CDLL(APPLICATION_SERVICES).CGEventSourceSecondsSinceLastEventType
    ask.restype, ask.argtypes = ctypes.c_double, (ctypes.c_int32, ctypes.c_uint32)
    return lambda: float(ask(HID_SYSTEM_STATE, ANY_INPUT))


def _windows() -> Clock:
    libraries = ctypes.windll  # type: ignore[attr-defined,unused-ignore]  # only there
    user, kernel = libraries.user32, libraries.kernel32

    def read() -> float:
        last = LastInput(ctypes.sizeof(LastInput), 0)
        user.GetLastInputInfo(ctypes.byref(last))
        return ticks_between(last.tick, kernel.GetTickCount()) / 1000

    return read


def ticks_between(earlier: int, later: int) -> int:
    """Milliseconds from one tick of Windows to a later one, less than 49 days apart."""
    return (later - earlier) & TICKS


CLOCKS: dict[str, Callable[[], Clock]] = {"darwin": _macos, "win32": _windows}
