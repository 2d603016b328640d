"""Finding plugins and letting each say what it offers, so that a broken one costs only itself."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from breakd.plugin import installed, tables
from breakd.plugin.files import File, check_name, files
from breakd.plugin.holding import Held, Watch
from breakd.plugin.hookspecs import HOOK, call_hook
from breakd.plugin.installed import Point
from breakd.plugin.loaded import Failed, Loaded, Thing, explain, nearest
from breakd.plugin.registering import LoadRoutines, Registrar
from breakd.plugin.tables import Locate

OWN = "breakd"  # the distribution whose plugins load first


class Terms(NamedTuple):
    """What plugins are loaded with: the tables `[plugins.NAME]`, where their keys stand, the loader of routines."""

    tables: Mapping[str, object]
    locate: Locate
    load_routines: LoadRoutines
    importing: float  # seconds that an import may take, and a hook
    watch: Watch  # over hooks
    off: Mapping[str, str] = {}  # why each plugin that was switched off is


def found(only: Collection[str] | None, folder: Path | None) -> Iterator[tuple[Loaded, Point | File]]:
    """The installed plugins, the bundled ones first, in an order that does not depend on the machine; then the files
    in this folder."""
    points: list[tuple[Loaded, Point | File]] = [
        (Loaded(point.name, point.origin, point.version), point) for point in installed.points()
    ]
    points.sort(key=lambda each: (each[0].origin != OWN, each[0].name, each[0].source))
    if folder is not None:
        points += [(Loaded(file.name, file.value), file) for file in files(folder)]
    yield from (each for each in points if only is None or each[0].name in only)


def load(plugin: Loaded, point: Point | File | Ready, terms: Terms) -> None:
    """Import a plugin and run its hook, unless somebody says no. Never raises."""
    began = time.perf_counter()
    with _contained(plugin, point.module):
        if _is_on(plugin, terms):
            if plugin.origin == point.value:
                check_name(point.name)
            # Our own do not hang, and ten threads would take a tenth of the time of the start.
            safe = plugin.origin == OWN or isinstance(point, Ready)
            module = point.load() if safe else _imported(plugin, point, terms)
            offer(plugin, module, terms)
    plugin.took = time.perf_counter() - began


def offer(plugin: Loaded, module: object, terms: Terms) -> None:
    """Run the hook of `module` and keep what it registers. Never raises."""
    with _contained(plugin, getattr(module, "__name__", None) or type(module).__module__):
        if not _is_on(plugin, terms):
            return
        table = terms.tables.get(plugin.name, {})
        assert isinstance(table, Mapping)
        register = Registrar(
            plugin.name, _folder(module), table, load_routines=terms.load_routines, locate=terms.locate
        )
        try:
            with terms.watch.step(Thing(plugin.name, "hook", plugin.name, module), terms.importing):
                call_hook(plugin.name, module, register)
        finally:
            register.closed = True
            plugin.settings, plugin.table = register.asked, table
        if not register.things and not register.routines:
            raise Failed(f"its {HOOK} registers nothing: call register.source(...), register.routine_file(...), ...")
        plugin.things, plugin.routines = register.things, register.routines
        unused = [key for key in table if key != tables.HOSTS]
        if unused and register.asked is None:
            plugin.why = f"plugins.{plugin.name}: it has no settings, so these do nothing: {', '.join(unused)}"


def strangers(terms: Terms, names: Collection[str], only: Collection[str] | None) -> Iterator[str]:
    """A line for each plugin that is not installed but was asked for, by a table or by `only`."""
    for name in terms.tables if only is None else only:
        if name not in names:
            place = terms.locate(("plugins", name))
            yield f"{place + ': ' if place else ''}plugins.{name}: no such plugin{nearest(name, sorted(names))}"


def _is_on(plugin: Loaded, terms: Terms) -> bool:
    if not tables.enabled(plugin.name, terms.tables.get(plugin.name, {}), terms.locate):
        plugin.fate = "off"
    elif plugin.name in terms.off:
        plugin.fate = "off"
        plugin.why = f"{terms.off[plugin.name]}; `breakd plugins enable {plugin.name}` allows it again"
    return plugin.fate != "off"


def _imported(plugin: Loaded, point: Point | File | Ready, terms: Terms) -> object:
    """What the entry point names; one that hangs is thrown out."""
    if not terms.watch.alarmed:
        return _in_a_thread(point, terms.importing)
    try:
        with terms.watch.step(Thing(plugin.name, "hook", plugin.name, None), terms.importing, convict=False):
            return point.load()
    except Held as error:
        raise Failed(f"importing {point.value} takes more than {terms.importing:g} s: {error}") from None


def _in_a_thread(point: Point | File | Ready, limit: float) -> object:
    """The other way to give up on an import that hangs; it goes on in its thread, and costs what it costs."""
    outcome: list[tuple[object, BaseException | None]] = []

    def work() -> None:
        try:
            outcome.append((point.load(), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=work, name=f"breakd import {point.name}", daemon=True)
    thread.start()
    thread.join(limit)
    if not outcome:
        raise Failed(f"importing {point.value} takes more than {limit:g} s: given up on")
    module, error = outcome[0]
    if error is not None:
        raise error
    return module


class Ready(NamedTuple):
    """An entry point whose module was imported already, or could not be."""

    name: str
    value: str
    module: str
    outcome: Callable[[], object]

    def load(self) -> object:
        """The module. Raises what its import raised."""
        return self.outcome()


async def ready(point: Point | File, limit: float) -> Ready:
    """Import it while the loop goes on; at most `limit` s. Never raises."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Callable[[], object]] = loop.create_future()

    def work() -> None:
        outcome = _outcome(point.load)
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(lambda: None if done.done() else done.set_result(outcome))

    threading.Thread(target=work, name=f"breakd import {point.name}", daemon=True).start()
    await asyncio.wait({done}, timeout=limit)
    late = Failed(f"importing {point.value} takes more than {limit:g} s: given up on")
    return Ready(point.name, point.value, point.module, done.result() if done.done() else _raising(late))


def _outcome(load: Callable[[], object]) -> Callable[[], object]:
    try:
        module = load()
    except BaseException as error:
        return _raising(error)
    return lambda: module


def _raising(error: BaseException) -> Callable[[], object]:
    def fail() -> object:
        raise error

    return fail


def _folder(module: object) -> Path:
    """Where the files beside a plugin are: the module's folder, or that of the code of its hook."""
    file: Any = getattr(module, "__file__", None)
    if file is None:
        hook = getattr(module, HOOK, None)
        file = inspect.getfile(hook) if inspect.isroutine(hook) else "."
    return Path(file).resolve().parent


@contextmanager
def _contained(plugin: Loaded, module: str) -> Iterator[None]:
    """Turns whatever goes wrong inside into the fate of one plugin; only Ctrl-C gets out."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except tables.Unconfigured as error:
        plugin.fate, plugin.why = "unconfigured", str(error)
    except Held as error:
        plugin.fate, plugin.why = "failed", f"its {HOOK} did not end: {error}"
    except BaseException as error:
        plugin.fate, plugin.why = "failed", explain(error, module)
