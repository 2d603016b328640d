"""Keeping the daemon small: what it does not need is not loaded, and what its start left behind is given back.

Each of these leaves everything working; only memory, and the time of the start, are less.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import typing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.cron import CronTrigger


class Later(ModuleType):
    """A module that is loaded when something in it is first asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # what the import system asks of every module
            raise AttributeError(name)
        module = importlib.import_module(self.__name__)
        vars(self).update(vars(module))
        return getattr(module, name)


@contextmanager
def without(stand_ins: Mapping[str, Mapping[str, object]]) -> Iterator[None]:
    """While this is on, each of these modules is not loaded by an import, only when something else in it is asked for
    than the names given here. Afterwards everybody imports the real ones. What is loaded already stays."""
    modules = {name: Later(name) for name in stand_ins if name not in sys.modules}
    for name, module in modules.items():
        vars(module).update(stand_ins[name])
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in modules.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def import_asyncio() -> None:
    """Import asyncio, and its TLS only when somebody uses that. To be called before anybody else imports asyncio.

    asyncio brings OpenSSL, a tenth of the daemon's memory; D-Bus, X11 and the control socket are plain sockets.
    """
    if "asyncio" not in sys.modules:
        with without(TLS):
            importlib.import_module("asyncio")


def import_msgspec() -> None:
    """Import msgspec without what it asks only one question of. To be called before anybody else imports msgspec.

    Its UUIDs want to know the system's name; and what it takes from `typing_extensions`, `typing` has as well.
    """
    with without(ONE_QUESTION):
        importlib.import_module("msgspec")


@contextmanager
def lightly() -> Iterator[None]:
    """Imports in here take asyncio and msgspec without those, and do not look for garbage a hundred times."""
    gc.disable()
    try:
        with without({**TLS, **ONE_QUESTION}):
            yield
    finally:
        gc.enable()


def import_scheduler() -> type[AsyncIOScheduler]:
    """APScheduler's scheduler for asyncio, without its pools of threads and processes, which one job needs not."""
    with without({**UNASKED, "apscheduler.executors.pool": {"ThreadPoolExecutor": None}}):
        from apscheduler.schedulers.asyncio import AsyncIOScheduler
        from apscheduler.triggers.date import DateTrigger  # noqa: F401  it asks for the same when it is imported
    return AsyncIOScheduler  # type: ignore[no-any-return]  # APScheduler has no types


def import_cron() -> type[CronTrigger]:
    """APScheduler's trigger for times of the day."""
    with without(UNASKED):
        from apscheduler.triggers.cron import CronTrigger
    return CronTrigger  # type: ignore[no-any-return]  # as above


# What asyncio brings. It asks of every socket whether it is an SSL socket: none is before ssl is loaded.
TLS: Mapping[str, Mapping[str, object]] = {"ssl": {"SSLSocket": ()}, "asyncio.sslproto": {}}

# What msgspec brings, each with all that msgspec asks of it.
ONE_QUESTION: Mapping[str, Mapping[str, object]] = {
    "platform": {"system": lambda: os.uname().sysname},
    "typing_extensions": {name: getattr(typing, name) for name in ("get_type_hints", "NotRequired", "Required")},
}


def _none(**_which: str) -> tuple[()]:
    return ()


# What APScheduler asks for when it is imported, its version and its plugins: nobody here uses either, and
# `importlib.metadata` with `email`, `zipfile` and what else it brings is a MiB of memory and a tenth of the start.
UNASKED: Mapping[str, Mapping[str, object]] = {
    "importlib.metadata": {
        "entry_points": _none,
        "version": lambda _name: "3",
        "PackageNotFoundError": ImportError,
    }
}


def hurry() -> None:
    """Put garbage collection off until `settle`: a start makes hardly any garbage, and looks for it a hundred times."""
    gc.disable()


def settle() -> None:
    """Give back what only the start needed. To be called once the daemon is ready."""
    gc.collect()
    gc.freeze()  # what is left lives as long as the daemon: later collections need not look at it
    gc.enable()
