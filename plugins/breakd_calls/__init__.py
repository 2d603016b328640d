"""Calls: somebody records from a microphone, or has a camera open. Wakes only when that begins or ends."""

from __future__ import annotations

from msgspec import Struct

from breakd import Emit, Register


class Settings(Struct, frozen=True):
    """`[plugins.calls]`. `ignore`: parts of names of programs and streams that are no call, in any case."""

    microphone: bool = True
    camera: bool = True
    ignore: tuple[str, ...] = ("peak detect", "pavucontrol", "easyeffects", "noisetorch", "wireplumber")


def breakd_register(register: Register) -> None:
    """A source for each that is switched on."""
    settings = register.settings(Settings)
    ignore = tuple(word.lower() for word in settings.ignore)

    async def microphone(emit: Emit) -> None:
        from breakd_calls.microphone import follow

        await follow(emit, ignore)

    async def camera(emit: Emit) -> None:
        from breakd_calls.camera import follow

        await follow(emit, ignore)

    if settings.microphone:
        register.source(microphone, name="microphone")
    if settings.camera:
        register.source(camera, name="camera")
