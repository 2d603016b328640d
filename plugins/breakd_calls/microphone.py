"""Whether a program records from a microphone, by the streams of the sound server."""

from __future__ import annotations

from breakd import Busy, Emit, Free
from breakd_calls.pulse import Pulse, connect


async def follow(emit: Emit, ignore: tuple[str, ...]) -> None:
    """Tell when a call begins and ends.

    Raises Unavailable without a sound server, ConnectionError when it goes away.
    """
    async with connect() as pulse:
        busy = False
        while True:
            if busy != (busy := await in_use(pulse, ignore)):
                emit(Busy("call") if busy else Free("call"))
            await pulse.changed()


async def in_use(pulse: Pulse, ignore: tuple[str, ...]) -> bool:
    """Whether any stream records that is neither halted nor ignored, from a source that is not what is played."""
    for recording in await pulse.recordings():
        names = recording.names.lower()
        records = not recording.halted and not any(word in names for word in ignore)
        if records and not await _is_monitor(pulse, recording.source):
            return True
    return False


async def _is_monitor(pulse: Pulse, source: int) -> bool:
    try:
        return await pulse.is_monitor(source)
    except ConnectionError:  # it went away in this moment, and its stream with it
        return True
