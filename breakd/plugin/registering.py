"""What a plugin's hook talks to: checks each thing at the author's line and keeps it until the hook is through."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from breakd.core.routines import Routine
from breakd.plugin import tables
from breakd.plugin.interfaces import Adviser, CommandFactory, Guide, Importer, Notifier, Observer, Source
from breakd.plugin.loaded import Failed, Kind, Thing

T = TypeVar("T")
LoadRoutines: TypeAlias = Callable[[Path, str], tuple[Routine, ...]]

# What the host will call, and with what: "" is the thing itself.
CALLED: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    "source": {"": ("emit",)},
    "notifier": {"show": ("note",), "withdraw": ("key",)},
    "guide": {"": ("session",)},
    "observer": {"": ("records",)},
    "adviser": {"": ("context",)},
    "importer": {"": ("path", "emit")},
    "subcommand": {"": ()},
}


class Registrar:
    """The `Register` of one plugin. Nothing counts before the hook has returned: a hook that fails offers nothing."""

    def __init__(
        self,
        name: str,
        folder: Path,
        table: Mapping[str, object],
        *,
        load_routines: LoadRoutines,
        locate: tables.Locate = tables.nowhere,
    ) -> None:
        self.things: list[Thing] = []
        self.routines: tuple[Routine, ...] = ()
        self.asked: type | None = None
        self.closed = False
        self._name = name
        self._folder = folder
        self._table = table
        self._load_routines = load_routines
        self._locate = locate

    def settings(self, type_: type[T]) -> T:
        """See `Register.settings`."""
        self.asked = type_
        return tables.convert(type_, self._name, self._table, self._locate)

    def routine_file(self, file: str) -> None:
        """See `Register.routine_file`."""
        self._check_open()
        more = self._load_routines(self._folder / file, self._name)
        known = {routine.id for routine in self.routines}
        twice = sorted(routine.id for routine in more if routine.id in known)
        if twice:
            raise Failed(f"{file}: these routines are in another file of the plugin already: {', '.join(twice)}")
        self.routines += more

    def source(self, source: Source, *, name: str = "") -> Source:
        """See `Register.source`."""
        return self._take("source", source, name)

    def notifier(self, notifier: Notifier, *, name: str = "") -> Notifier:
        """See `Register.notifier`."""
        return self._take("notifier", notifier, name)

    def guide(self, guide: Guide, *, name: str = "") -> Guide:
        """See `Register.guide`."""
        return self._take("guide", guide, name)

    def observer(self, observer: Observer, *, name: str = "") -> Observer:
        """See `Register.observer`."""
        return self._take("observer", observer, name)

    def adviser(self, adviser: Adviser, *, name: str = "") -> Adviser:
        """See `Register.adviser`."""
        return self._take("adviser", adviser, name)

    def importer(self, importer: Importer, *, name: str = "") -> Importer:
        """See `Register.importer`."""
        return self._take("importer", importer, name)

    def subcommand(self, command: CommandFactory, *, name: str = "") -> CommandFactory:
        """See `Register.subcommand`."""
        return self._take("subcommand", command, name)

    def _take(self, kind: Kind, target: T, name: str) -> T:
        self._check_open()
        full = f"{self._name}.{name}" if name else self._name
        if any(thing.kind == kind and thing.name == full for thing in self.things):
            raise Failed(f"two things are {kind} {full}: give one of them another name=")
        check(f"{kind} {full}", kind, target)
        self.things.append(Thing(self._name, kind, full, target))
        return target

    def _check_open(self) -> None:
        if self.closed:
            raise Failed("register only inside breakd_register")


def check(what: str, kind: Kind, target: object) -> None:
    """Raise `Failed` if the host could not call `target` as its kind demands; `what` names it."""
    if inspect.isclass(target):
        raise Failed(f"{what}: {target.__name__} is a class: register an instance, {target.__name__}(...)")
    for method, arguments in CALLED[kind].items():
        function = getattr(target, method, None) if method else target
        label = method or str(getattr(target, "__name__", type(target).__name__))
        call = f"{label}({', '.join(arguments)})"
        if not callable(function):
            lack = f"has no {call}" if method else f"cannot be called with {' and '.join(arguments) or 'nothing'}"
            raise Failed(f"{what}: {target!r} {lack}")
        _check_call(what, call, function, len(arguments))


def _check_call(what: str, call: str, function: Callable[..., Any], count: int) -> None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some builtins have none: calling it will show
        return
    label = call.partition("(")[0]
    try:
        signature.bind(*[object()] * count)
    except TypeError as error:
        raise Failed(f"{what}: {label}{signature} cannot be called as {call}: {error}") from None
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise Failed(f"{what}: {label}{signature} has a yield, so calling it does nothing: take the yield out")
