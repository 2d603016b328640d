"""What can be asked over the control socket: one table of requests, each with its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias, get_args

from breakd.core.events import Order
from breakd.daemon.loop import Loop
from breakd.daemon.orders import obey
from breakd.daemon.status import status
from breakd.plugin.host import Host
from breakd.settings.durations import parse

Facts: TypeAlias = dict[str, Any]


class Places(NamedTuple):
    """Where the daemon keeps what it keeps."""

    journal: Path
    socket: Path


class House(Protocol):
    """What requests need of the daemon."""

    loop: Loop
    host: Host
    places: Places


Handler: TypeAlias = Callable[[House, Facts], Facts]  # raises ValueError with the reason of a refusal


def answer(house: House, request: Facts) -> Facts:
    """The answer to a request. Raises ValueError with the reason."""
    handler = REQUESTS.get(str(request.get("do")))
    if handler is None:
        raise ValueError(f'"do" is {request.get("do")!r}, expected one of: {", ".join(REQUESTS)}')
    return handler(house, request)


def _status(house: House, _request: Facts) -> Facts:
    plugins = {
        name: {"state": plugin.state, "reason": plugin.reason} for name, plugin in sorted(house.host.plugins.items())
    }
    return {"status": {**status(house.loop.current()), "plugins": plugins, "journal": str(house.places.journal)}}


def _command(house: House, request: Facts) -> Facts:
    orders: tuple[Order, ...] = get_args(Order)
    name, length = next((order for order in orders if order == request.get("name")), None), request.get("for")
    if name is None:
        raise ValueError(f'"name" is {request.get("name")!r}, expected one of: {", ".join(orders)}')
    if length is not None and not isinstance(length, str):
        raise ValueError(f'"for" is {length!r}, expected a duration such as "10m"')
    return obey(house.loop, name, None if length is None else parse(length))


REQUESTS: Mapping[str, Handler] = {
    "status": _status,
    "command": _command,
}
