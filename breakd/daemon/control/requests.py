"""What can be asked over the control socket: one table of requests, each with its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias, get_args

from msgspec.structs import asdict

import breakd
from breakd.core.events import Order
from breakd.core.state import State
from breakd.daemon.control.followers import Followers, follow_log, follow_status, rendered
from breakd.daemon.control.orders import obey, stand, until
from breakd.daemon.control.server import VERSION, Follow, Misuse
from breakd.daemon.loop import Loop
from breakd.daemon.speech.status import local, status
from breakd.daemon.store.journal import Journal
from breakd.daemon.watching.reload import KEPT, Reload
from breakd.daemon.watching.renewing import Renewals
from breakd.plugin.host import Host
from breakd.settings.durations import parse

Facts: TypeAlias = dict[str, Any]


class Places(NamedTuple):
    """Where the daemon keeps what it keeps.

    `routines`: the folder of a person's own routines; `packs`: what was read of files of routines; None: neither.
    """

    journal: Path
    socket: Path
    plugins: Path | None = None  # those that are single files
    memory: Path | None = None  # which plugins stay off
    routines: Path | None = None
    packs: Path | None = None


class House(Protocol):
    """What requests need of the daemon."""

    loop: Loop
    host: Host
    places: Places
    journal: Journal
    followers: Followers
    reload: Reload
    renewals: Renewals

    def unread(self) -> int:
        """How many files of routines are yet to be read."""


Handler: TypeAlias = Callable[[House, Facts], Facts | Follow]  # raises ValueError with the reason of a refusal


def answer(house: House, request: Facts) -> Facts | Follow:
    """The answer to a request. Raises ValueError with the reason."""
    handler = REQUESTS.get(str(request.get("do")))
    if handler is None:
        raise Misuse(f'"do" is {request.get("do")!r}, expected one of: {", ".join(REQUESTS)}')
    return handler(house, request)


def described(house: House, state: State) -> Facts:
    """The status of `breakd status --json`."""
    plugins = {name: plugin.facts() for name, plugin in sorted(house.host.plugins.items())}
    return {
        **status(state),
        "plugins": plugins,
        "settings": {**_settings(house.reload, state), "unread": house.unread()},
        "journal": str(house.places.journal),
    }


def _settings(reload: Reload, state: State) -> Facts:
    verdict = reload.verdict
    return {
        "file": str(verdict.file),
        "state": verdict.state,
        "problems": [{**asdict(problem), "text": str(problem)} for problem in verdict.problems],
        "since": local(state, verdict.since).isoformat(timespec="seconds"),
        "unwatched": reload.deaf or None,
    }


def _hello(_house: House, _request: Facts) -> Facts:
    return {"version": breakd.__version__, "speaks": [VERSION], "can": sorted(REQUESTS)}


def _status(house: House, request: Facts) -> Facts:
    return rendered(request.get("format"), partial(described, house), house.loop.current())


def _follow(house: House, request: Facts) -> Follow:
    return follow_status(house.followers, request.get("format"), partial(described, house), house.loop.current())


def _log(house: House, _request: Facts) -> Follow:
    return follow_log(house.followers, house.journal.seq)


def _command(house: House, request: Facts) -> Facts:
    orders: tuple[Order, ...] = get_args(Order)
    name = next((order for order in orders if order == request.get("name")), None)
    length, moment, routine = request.get("for"), request.get("until"), request.get("routine")
    if name is None:
        raise Misuse(f'"name" is {request.get("name")!r}, expected one of: {", ".join(orders)}')
    if length is not None and not isinstance(length, str):
        raise Misuse(f'"for" is {length!r}, expected a duration such as "10m"')
    for key, value in (("until", moment), ("routine", routine)):
        if value is not None and not isinstance(value, str):
            raise Misuse(f'"{key}" is {value!r}, expected text')
    if routine:
        house.loop.read()
    if moment is not None:
        if length is not None:
            raise Misuse('both "for" and "until", expected one of them')
        return obey(house.loop, name, until(house.loop, moment), routine or "")
    try:
        ms = None if length is None else parse(length)
    except ValueError as error:
        raise Misuse(f'"for": {error}, found {length!r}') from None
    return obey(house.loop, name, ms, routine or "")


def _posture(house: House, request: Facts) -> Facts:
    return stand(house.loop, request.get("value"))


def _said(name: str) -> Handler:
    def handle(house: House, request: Facts) -> Facts:
        from breakd.daemon.control import said  # here: once or twice a day

        handlers = {"slept": said.slept, "felt": said.felt, "exercised": said.exercised}
        return handlers[name](house.loop, request)

    return handle


def _limits(house: House, _request: Facts) -> Facts:
    """Every limit with what there is to know of it."""
    from breakd.daemon.speech.status import limits

    return {"limits": limits(house.loop.current())}


def _reload(house: House, _request: Facts) -> Facts:
    verdict = house.reload.again()
    if verdict.problems:
        raise ValueError("\n".join([*map(str, verdict.problems), KEPT]))
    return {"said": ["your settings are in force"]}


def _calls(house: House, _request: Facts) -> Facts:
    return {"calls": [call._asdict() for call in house.host.calls()]}


def _import(house: House, request: Facts) -> Facts:
    from breakd.daemon.store.imports import reports

    told = reports(request.get("file"), house.loop.state.offset)
    new, left = house.loop.report(told, str(request.get("source")), dry=request.get("dry") is True)
    return {"new": new, "left": left}


def _names(house: House, _request: Facts) -> Facts:
    """What can be named: for shells that complete words."""
    house.loop.read()
    rules = house.loop.state.rules
    return {
        "routines": {routine.id: routine.title for routine in rules.routines},
        "breaks": {breaks.name: "" for breaks in rules.breaks},
        "plugins": {name: plugin.state for name, plugin in sorted(house.host.plugins.items())},
    }


def _why(house: House, _request: Facts) -> Facts:
    from breakd.daemon.hindsight.explain import why  # here: nobody asks every day

    house.loop.read()
    return {"why": why(house.loop.current(), house.journal)}


def _plugin(house: House, request: Facts) -> Facts:
    """Load a plugin anew, or with "ask" only tell how it does; "pending": it is not through yet."""
    name = request.get("name")
    if not isinstance(name, str):
        raise Misuse(f'"name" is {name!r}, expected the name of a plugin')
    if request.get("ask") is not True:
        house.renewals.ask(name)
    plugin = house.host.plugins.get(name)
    return {"pending": name in house.renewals.pending, "plugin": None if plugin is None else plugin.facts()}


REQUESTS: Mapping[str, Handler] = {
    "hello": _hello,
    "status": _status,
    "follow": _follow,
    "log": _log,
    "why": _why,
    "names": _names,
    "command": _command,
    "posture": _posture,
    "slept": _said("slept"),
    "felt": _said("felt"),
    "exercised": _said("exercised"),
    "limits": _limits,
    "reload": _reload,
    "calls": _calls,
    "import": _import,
    "plugin": _plugin,
}
