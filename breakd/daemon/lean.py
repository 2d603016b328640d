"""Keeping the daemon small: what it does not need is not loaded, and what its start left behind is given back.

Each of these leaves everything working; only memory, and the time of the start, are less.
"""

from __future__ import annotations

import gc
import importlib
import sys
from types import ModuleType


class Later(ModuleType):
    """A module that is loaded when something in it is first asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # what the import system asks of every module
            raise AttributeError(name)
        module = importlib.import_module(self.__name__)
        vars(self).update(vars(module))
        return getattr(module, name)


def import_asyncio() -> None:
    """Import asyncio, and its TLS only when somebody uses that. To be called before anybody else imports asyncio.

    asyncio brings OpenSSL, a tenth of the daemon's memory; D-Bus, X11 and the control socket are plain sockets.
    """
    if "asyncio" in sys.modules:
        return
    ssl, sslproto = Later("ssl"), Later("asyncio.sslproto")
    vars(ssl)["SSLSocket"] = ()  # asyncio asks of every socket whether it is one: none is before ssl is loaded
    sys.modules.update({"ssl": ssl, "asyncio.sslproto": sslproto})
    try:
        importlib.import_module("asyncio")
    finally:
        for module in (ssl, sslproto):  # everybody else, and `Later` itself, imports the real ones
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]


def hurry() -> None:
    """Put garbage collection off until `settle`: a start makes hardly any garbage, and looks for it a hundred times."""
    gc.disable()


def settle() -> None:
    """Give back what only the start needed. To be called once the daemon is ready."""
    gc.collect()
    gc.freeze()  # what is left lives as long as the daemon: later collections need not look at it
    gc.enable()
