"""Screen sharing: somebody looks at, or records, what the screen shows. Wakes only when PipeWire's objects change."""

from __future__ import annotations

from msgspec import Struct

from breakd import Emit, Register


class Settings(Struct, frozen=True):
    """`[plugins.sharing]`. `ignore`: parts of names of programs whose looking is no sharing, in any case."""

    ignore: tuple[str, ...] = ("plasmashell", "gnome-remote-desktop", "krdp")


def breakd_register(register: Register) -> None:
    """One source."""
    settings = register.settings(Settings)
    ignore = tuple(word.lower() for word in settings.ignore)

    @register.source
    async def sharing(emit: Emit) -> None:
        from breakd_sharing.place import find_socket

        path = find_socket()  # where there is none, nothing more is imported

        from breakd_sharing.watching import follow

        await follow(emit, ignore, path)
