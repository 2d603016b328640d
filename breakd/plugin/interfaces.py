"""What a plugin can be: the things it registers, what it is given and what it gives back.

No base class, no decorator to import: a function or object of the right shape is enough. `def` gets a thread,
`async def` the event loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, TypeAlias, TypeVar, runtime_checkable

from msgspec import Struct

from breakd.core.decisions import Tone
from breakd.core.events import Advice, Choice, Event
from breakd.core.routines import Routine, Step

if TYPE_CHECKING:
    import click

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Maybe: TypeAlias = T | Awaitable[T]


class Unavailable(Exception):  # noqa: N818  a state of the machine, not an error
    """This machine lacks what the plugin needs: said once, not counted as a failure."""


class Button(Struct, frozen=True):
    """A button of a note. `choice`: what it answers; `label`: what it says; `command`: the same on the command line."""

    choice: Choice
    label: str
    command: str = ""


class Note(Struct, frozen=True, kw_only=True):
    """What a notifier shows. A note replaces the one with the same `key`; `sound`: a soft sound comes with it."""

    key: str
    title: str
    text: str = ""
    tone: Tone = "gentle"
    buttons: tuple[Button, ...] = ()
    image: str | None = None
    sound: bool = False
    seconds: float | None = None

    @property
    def plain(self) -> str:
        """Text and commands, for notifiers that cannot show buttons."""
        commands = [f"{button.label}: {button.command}" for button in self.buttons if button.command]
        return "\n".join(line for line in (self.text, "  ".join(commands)) if line)


def _check_span(start: datetime, end: datetime, what: str) -> None:
    for key, moment in (("start", start), ("end", end)):
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise ValueError(f"{key} is {moment}, expected a datetime with time zone")
    if end <= start:
        raise ValueError(f"{what} ends at {end}, before it begins")


class Answer(Event, frozen=True):
    """The person chose a button of the note `key`. Becomes a command if that note is the open prompt, else stale."""

    key: str
    choice: Choice
    name: ClassVar[str] = "answer"


class Sleep(Event, frozen=True):
    """A sleep that is known of, from `start` to `end`, both with time zone. The journal keeps it as `slept`."""

    start: datetime
    end: datetime
    name: ClassVar[str] = "sleep"

    def __post_init__(self) -> None:
        _check_span(self.start, self.end, "the sleep")


class Present(Event, frozen=True):
    """Somebody was at a computer from `start` to `end`, both with time zone: only an importer can tell.

    It is no event of the journal, which has what breakd saw itself, but becomes a trace of its own.
    """

    start: datetime
    end: datetime
    name: ClassVar[str] = "present"

    def __post_init__(self) -> None:
        _check_span(self.start, self.end, "the presence")


class Context(Struct, frozen=True, kw_only=True):
    """What an adviser is told. `now`: local time; `kind`, `seconds`: of the break that is due;

    `sitting`: s of sitting so far; `posture`: "sitting", "standing" or "walking"; `recent`: ids of the routines
    offered lately, the latest first. Later versions add fields, so a test makes one by `testing.context()`.
    """

    now: datetime
    kind: str
    seconds: float
    sitting: float = 0.0
    posture: str = "sitting"
    recent: tuple[str, ...] = ()


class Record(Struct, frozen=True):
    """One line of the journal, as an observer is given it."""

    at: datetime
    type: Literal["event", "did"]
    name: str
    data: Mapping[str, object]

    def json(self) -> str:
        """The line as the journal export writes it."""
        import json

        return json.dumps({"at": self.at.isoformat(timespec="milliseconds"), self.type: self.name, **self.data})


class Stream(Protocol[T_co]):
    """Things as they come: `async for` on the loop, `for` in a thread. Ends when you should end.

    Bounded: when you are slow the oldest goes, and is counted in `lost`.
    """

    lost: int

    def __aiter__(self) -> AsyncIterator[T_co]: ...
    def __iter__(self) -> Iterator[T_co]: ...


class Emit(Protocol):
    """The one way in: tells the daemon that something happened. Thread-safe."""

    def __call__(self, event: Event, /, *, ago: float = 0, at: datetime | None = None) -> None:
        """`event` happened `ago` seconds ago, or at `at`. Raises ValueError or TypeError at your line if it is bad."""

    def idle_after(self) -> Stream[float]:
        """How many seconds without input are worth an `Idle`: now, and whenever that changes.

        Each item asks a presence source to tell the present state (`Active()`, or `Idle()` with `ago`) at once and
        to watch for that many seconds of idleness from then on. After a suspend the same number comes again.
        """

    def progress(self, done: float, /) -> None:
        """How far an import is, from 0 to 1; of no effect elsewhere."""

    def left(self, why: str, /, count: int = 1) -> None:
        """What an import leaves out, and why: the person is told how many for each reason; of no effect elsewhere."""


class Source(Protocol):
    """Emits events as long as the daemon runs. Restarted if it fails; returning means: no more to say."""

    def __call__(self, emit: Emit, /) -> Maybe[None]: ...


@runtime_checkable
class Notifier(Protocol):
    """Shows notes."""

    def show(self, note: Note, /) -> Maybe[None]:
        """Show it, in place of the one with the same key; raise if that is impossible. 5 s at most."""

    def withdraw(self, key: str, /) -> Maybe[None]:
        """Take it away; nothing if it is gone. 5 s at most."""


class Cue(Protocol):
    """A step that is on."""

    @property
    def step(self) -> Step:
        """What is to be done."""

    @property
    def number(self) -> int:
        """Which step this is, from 1."""

    @property
    def left(self) -> float:
        """Seconds left in it; 0 once it is over or the session was stopped."""

    @property
    def halted(self) -> bool:
        """Whether there is input, so that the time stands still."""


class Session(Stream[Cue], Protocol):
    """A routine being done: each cue comes when its step begins. The host keeps the time."""

    @property
    def routine(self) -> Routine:
        """What is being done."""

    @property
    def kind(self) -> str:
        """The kind of break it is done in."""


class Guide(Protocol):
    """Presents a session."""

    def __call__(self, session: Session, /) -> Maybe[None]: ...


class Observer(Protocol):
    """Is given every event and every decision. Ends when the stream ends."""

    def __call__(self, records: Stream[Record], /) -> Maybe[None]: ...


class Adviser(Protocol):
    """Asked before a routine is chosen: adds routines, and weighs those that there are. 2 s at most."""

    def __call__(self, context: Context, /) -> Maybe[Sequence[Routine | Advice]]: ...


class Importer(Protocol):
    """Reads a file and emits what it tells: `Sleep`, `Felt`, `Exercised`, `Present`.

    Raises if the file is not what it reads. Dry run and all-or-nothing are the host's: nothing counts before the
    importer has returned.
    """

    def __call__(self, path: Path, emit: Emit, /) -> Maybe[None]: ...


class CommandFactory(Protocol):
    """Makes a command of click. Import click inside: the daemon never does."""

    def __call__(self) -> click.Command: ...


class Register(Protocol):
    """Everything a plugin can be. Each method takes a function or an object, so it also decorates.

    `name` tells several things of one plugin apart: "PLUGIN.name".
    """

    def settings(self, type_: type[T]) -> T:
        """The table `[plugins.NAME]` as your dataclass or `Struct`; a wrong one ends the hook, with file and line."""

    def routine_file(self, file: str) -> None:
        """Routines in a TOML file beside the module; ids become `NAME.id`."""

    def source(self, source: Source, *, name: str = "") -> Source:
        """Something that emits events."""

    def notifier(self, notifier: Notifier, *, name: str = "") -> Notifier:
        """Something that shows notes."""

    def guide(self, guide: Guide, *, name: str = "") -> Guide:
        """Something that presents a session."""

    def observer(self, observer: Observer, *, name: str = "") -> Observer:
        """Something that is given every event and decision."""

    def adviser(self, adviser: Adviser, *, name: str = "") -> Adviser:
        """Something that is asked before a routine is chosen."""

    def importer(self, importer: Importer, *, name: str = "") -> Importer:
        """Something that reads a file: `breakd import NAME PATH`."""

    def subcommand(self, command: CommandFactory, *, name: str = "") -> CommandFactory:
        """A command of its own: `breakd NAME`."""
