"""Emits as fast as it can."""

from breakd import Watching


def breakd_register(register):
    @register.source
    def flood(emit):
        while True:
            emit(Watching())
