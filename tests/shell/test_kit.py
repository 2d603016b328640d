"""`breakd.plugin.testing`: the real host and the real core in made-up time, for whoever writes a plugin."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from breakd import (
    Active,
    Advice,
    Context,
    Emit,
    Felt,
    Idle,
    Note,
    Posture,
    Record,
    Register,
    Routine,
    Session,
    Stream,
    Unavailable,
    lines,
)
from breakd.plugin.testing import (
    MONDAY,
    FakeDesktop,
    Plugin,
    Refused,
    advise,
    check,
    collect,
    command,
    context,
    gather,
    in_made_up_time,
    load,
    note,
    present,
    record,
    routine,
    run_day,
    script,
    show,
    stream,
    watch,
)

# -- time -------------------------------------------------------------------------------------------------------------


def test_an_hour_takes_no_time() -> None:
    """A source that sleeps for hours is through at once, by the loop or in a thread that waits for its stream."""

    async def sleepy(emit: Emit) -> None:
        emit(Active())
        await asyncio.sleep(7200)
        emit(Posture("standing"))

    def threaded(emit: Emit) -> None:
        for seconds in emit.idle_after():
            emit(Idle(), ago=seconds)

    began = time.monotonic()
    assert collect(sleepy, 2) == [Active(), Posture("standing")]
    assert collect(threaded, 2, ask=(20, 5)) == [Idle(), Idle()]
    assert time.monotonic() - began < 60


def test_what_is_outside_is_waited_for() -> None:
    """A program's lines come in real time: made-up time does not run ahead of it."""

    async def desk(emit: Emit) -> None:
        async with asyncio.timeout(3600), lines("desk") as heights:
            async for height in heights:
                emit(Posture("standing" if height == "110" else "sitting"))

    with script("desk", "72", "110", stays=True) as program:
        assert collect(desk, 2) == [Posture("sitting"), Posture("standing")]
    assert not program.exists()


def is_there(pid: int) -> bool:
    """Whether this process is, be it as what nobody has waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_program_is_reaped_however_often_its_source_is_told_to_leave() -> None:
    """A source that is cancelled again while its program ends waits for it all the same, and ends as cancelled."""
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    with script("slow") as program:
        program.write_text("#!/bin/sh\ntrap 'sleep 0.2; exit' TERM\necho $$\nwhile :; do sleep 0.05; done\n")
        task = asyncio.create_task(run_on("slow", begun))
        pid = await begun
        assert is_there(pid)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0.02)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not is_there(pid)


def test_a_program_that_will_not_end_does_not_outlive_the_loop() -> None:
    """When the loop ends before the program's time to end by itself is over, it is killed."""

    async def main() -> int:
        begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(run_on("stubborn", begun))
        pid = await begun
        task.cancel()
        await asyncio.sleep(0.01)
        assert is_there(pid)
        return pid

    with script("stubborn") as program:
        program.write_text("#!/bin/sh\ntrap '' TERM\necho $$\nwhile :; do sleep 0.05; done\n")
        pid = asyncio.run(main())
    assert not is_there(pid)


LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are read from /proc")
HOLDING = "#!/bin/sh\n(trap '' TERM; sleep 30) &\n"  # a child of it that takes no SIGTERM holds its output open


@LINUX
@pytest.mark.parametrize("cancels", [1, 2, 3])
async def test_a_program_that_was_only_just_begun_is_reaped(cancels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that is told to leave while its program is being started leaves nobody behind, and is not held up."""
    begun: list[int] = []
    popen = subprocess.Popen.__init__

    def counted(self: subprocess.Popen[bytes], *args: Any, **options: Any) -> None:
        popen(self, *args, **options)
        begun.append(self.pid)

    monkeypatch.setattr(subprocess.Popen, "__init__", counted)
    with script("holding") as program:
        program.write_text(f"{HOLDING}wait\n")
        task = asyncio.create_task(run_on("holding", asyncio.get_running_loop().create_future()))
        while not begun:  # noqa: ASYNC110  the fork is all that shows
            await asyncio.sleep(0)
        time.sleep(0.05)  # noqa: ASYNC251  the loop is busy while the program begins
        for _ in range(cancels):
            task.cancel()
            await asyncio.sleep(0)
        async with asyncio.timeout(5):
            with pytest.raises(asyncio.CancelledError):
                await task
    await gone(begun[0])


@LINUX
@pytest.mark.parametrize(
    "ends",
    ["echo $$; exit 0", "exec yes $$", "echo $$; wait"],
    ids=["ends by itself", "prints for ever", "waits"],
)
async def test_nobody_of_the_group_is_left(ends: str) -> None:
    """Whether the program has ended, prints what nobody reads, or waits for a child that takes no SIGTERM."""
    before = open_files()
    with script("holding") as program:
        program.write_text(f"{HOLDING}{ends}\n")
        async with asyncio.timeout(5), lines("holding") as said:
            pid = int(await anext(said))
        await asyncio.sleep(0)  # in which asyncio closes what it has to
        assert open_files() == before
        await gone(pid)


def open_files() -> list[str]:
    """The numbers of the files that this process has open."""
    return [file.name for file in Path("/proc/self/fd").iterdir() if file.exists()]


async def gone(group: int) -> None:
    """Wait until nobody of the group runs any more: an init that reaps nobody leaves them as they died."""
    async with asyncio.timeout(5):
        while any(state not in "ZX" for state in states(group)):  # noqa: ASYNC110  they are not our children
            await asyncio.sleep(0.01)


def states(group: int) -> list[str]:
    """The state of each process of the group, a letter as in proc(5)."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            state, _, number, *_ = file.read_text().rpartition(")")[2].split()
            found += [state] if int(number) == group else []
    return found


async def run_on(command: str, begun: asyncio.Future[int]) -> None:
    """What a source does: take each line that a program prints, here its own number."""
    async with lines(command) as said:
        async for pid in said:
            begun.set_result(int(pid))


def test_a_busy_thread_is_waited_for() -> None:
    """A thread that works is not late by made-up time."""

    class Slow:
        def show(self, note: Note) -> None:
            threading.Event().wait(0.05)

        def withdraw(self, key: str) -> None:
            """Nothing."""

    show(Slow(), note())


def test_time_passes_to_a_moment() -> None:
    """The clock can be led by hand."""

    async def led() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(100)
        return loop.time() - began

    assert 100 <= in_made_up_time(led()) < 160


# -- loading ----------------------------------------------------------------------------------------------------------


def test_load_refuses_what_the_daemon_would() -> None:
    """A hook that registers nothing, wrong settings, a wrong signature: Refused, with the reason."""
    with pytest.raises(Refused, match="registers nothing"):
        load(lambda register: None, name="neck")

    def takes_no_session(register: Register) -> None:
        register.guide(lambda: None)  # type: ignore[arg-type]

    with pytest.raises(Refused, match="cannot be called as"):
        load(takes_no_session)


def test_load_takes_a_file(tmp_path: Path) -> None:
    """A plugin that is a single file is loaded from its path, anew each time."""
    file = tmp_path / "neck.py"
    for number in (1, 2):
        file.write_text(f"def breakd_register(register):\n    register.observer(lambda records, n={number}: None)\n")
        plugin = load(file)
        assert (plugin.name, plugin.observer.__defaults__) == ("neck", (number,))  # type: ignore[attr-defined]
    with pytest.raises(AssertionError, match="neck registers no source"):
        _ = plugin.source


# -- single things ----------------------------------------------------------------------------------------------------


def test_collect_tells_why_there_is_too_little() -> None:
    """What the source raises is raised; a source that ends gives what it told; one that waits is an AssertionError."""

    async def lacks(emit: Emit) -> None:
        raise Unavailable("no desk")

    async def ends(emit: Emit) -> None:
        emit(Active())

    async def waits(emit: Emit) -> None:
        emit(Active())
        await asyncio.Event().wait()

    with pytest.raises(Unavailable, match="no desk"):
        collect(lacks, 1)
    assert collect(ends, 3) == [Active(), Idle()]  # what it claimed is taken back
    with pytest.raises(AssertionError, match=r"2 events expected; in 60 s of made-up time it told only \[Active\(\)\]"):
        collect(waits, 2, seconds=60)


def test_things_are_run_by_the_host() -> None:
    """Each kind has a function that runs it, gives what came of it, and raises what it raises."""
    told: list[str] = []

    def guide(session: Session) -> None:
        told.extend(cue.step.text for cue in session)

    async def observer(records: Stream[Record]) -> None:
        async for each in records:
            told.append(each.name)

    def adviser(context: Context) -> Sequence[Advice | Routine]:
        return [Advice(context.kind, 2), routine(20, id="nap")]

    def importer(path: Path, emit: Emit) -> None:
        emit(Felt(pain=int(path.read_text())), at=MONDAY - timedelta(days=365))

    present(guide, routine(30, 600, 30))
    present(guide, routine(30, 30), stop_after=10)
    watch(observer, record("missed"), record("prompt"))
    assert told == ["Step 1", "Step 2", "Step 3", "Step 1", "missed", "prompt"]
    advice, added = advise(adviser, context(kind="micro"))
    assert (advice, isinstance(added, Routine) and added.id) == (Advice("micro", 2), "test.nap")
    with pytest.raises(OSError, match="missing"):
        gather(importer, "missing")


def test_gather_and_command(tmp_path: Path) -> None:
    """An import gives its reports; a command what it prints, or the reason why it failed."""
    import click

    def importer(path: Path, emit: Emit) -> None:
        emit(Felt(pain=int(path.read_text())), at=datetime.fromisoformat("2026-03-01T12:00+00:00"))

    (tmp_path / "pain").write_text("3")
    assert [told.event for told in gather(importer, tmp_path / "pain")] == [Felt(pain=3)]

    def hook(register: Register) -> None:
        @register.subcommand
        def made() -> click.Command:
            @click.command(help="Greets.")
            @click.argument("who")
            def greet(who: str) -> None:
                click.echo(f"Hello {who}")

            return greet

    assert command(load(hook), "Ada") == "Hello Ada\n"
    with pytest.raises(AssertionError, match="exit code 2"):
        command(load(hook))


def test_a_notifier_that_returns_false_is_caught() -> None:
    """The honest mistake that nobody would notice: it says so instead of raising."""

    class Polite(FakeDesktop):
        async def show(self, note: Note) -> None:
            return False  # type: ignore[return-value]

    with pytest.raises(Exception, match="show returned False, expected nothing"):
        show(Polite(), note())


async def test_streams_can_be_made() -> None:
    """By hand, for `for` in a thread and `async for` on a loop."""
    assert [item async for item in stream(1, 2)] == [1, 2]
    assert await asyncio.to_thread(list, stream(1, 2)) == [1, 2]


# -- contracts --------------------------------------------------------------------------------------------------------


def failures(plugin: Plugin) -> list[tuple[str, str]]:
    """What `check` found wrong: the thing's kind and the reason."""
    return [(each.thing.split()[0], each.why) for each in check(plugin) if each.verdict == "failed"]


def test_what_does_not_end_is_found() -> None:
    """A source, an observer and a guide that do not end when they should are named."""
    released = threading.Event()

    def hook(register: Register) -> None:
        @register.source
        def deaf(emit: Emit) -> None:
            released.wait(20)

        @register.observer
        def endless(records: Stream[Record]) -> None:
            list(records)
            released.wait(20)

    try:
        found = failures(load(hook, name="deaf"))
    finally:
        released.set()
    assert {kind for kind, _ in found} == {"source", "observer"}


def test_every_kind_has_a_contract() -> None:
    """A plugin that is everything, and keeps to everything, passes; and what is wrong with each kind is found."""
    import click

    class Screen(FakeDesktop):
        async def withdraw(self, key: str) -> None:
            del self.standing[key]

    def hook(register: Register) -> None:
        register.notifier(Screen())
        register.adviser(lambda context: {})  # type: ignore[arg-type]
        register.importer(lambda path, emit: emit(Felt(pain=0), at=MONDAY - timedelta(days=365)))
        register.subcommand(lambda: click.Command("x"))

    found = dict(failures(load(hook, name="wrong")))
    assert found["notifier"].startswith("KeyError")
    assert "it returned dict, expected a list of Advice and Routine" in found["adviser"]
    assert "raise ValueError with what is wrong" in found["importer"]
    assert "has no help" in found["subcommand"]


def test_an_importer_that_never_ends_refuses_nothing() -> None:
    """To be thrown out is not to have refused the file."""

    def hook(register: Register) -> None:
        @register.importer
        async def endless(path: Path, emit: Emit) -> None:
            while True:
                time.sleep(0.001)  # noqa: ASYNC251  the very sin

    ((kind, why),) = failures(load(hook))
    assert kind == "importer"
    assert "it held the event loop, and was thrown out after 2 s at test_kit.py:" in why


def test_what_is_unavailable_is_skipped() -> None:
    """A machine that lacks something breaks no contract."""

    def hook(register: Register) -> None:
        @register.source
        async def lacks(emit: Emit) -> None:
            raise Unavailable("no desk")

    assert {(each.verdict, each.why) for each in check(load(hook))} == {("skipped", "unavailable: no desk")}


# -- a day ------------------------------------------------------------------------------------------------------------


def test_a_day_is_lived_by_all() -> None:
    """A source, a guide, an observer, an adviser and a notifier take part in a day, each as in the daemon."""
    told: list[str] = []
    screen = FakeDesktop()

    def hook(register: Register) -> None:
        register.notifier(screen)

        @register.source
        async def desk(emit: Emit) -> None:
            await asyncio.sleep(3600)
            emit(Posture("standing"))
            await asyncio.sleep(1800)
            emit(Posture("sitting"))

        @register.guide
        def guide(session: Session) -> None:
            told.extend(cue.step.text for cue in session)

        @register.observer
        def observer(records: Stream[Record]) -> None:
            told.extend(each.name for each in records)

        @register.adviser
        def adviser(context: Context) -> Sequence[Advice | Routine]:
            return [
                Advice("walking", 0),
                Advice("stretching", 0),
                Advice("posture", 0),
                routine(60, id="mine", kind="breathing"),
            ]

    day = run_day(load(hook, name="all"))
    assert day.said == []
    assert day.notes == []
    assert "prompt" in {each.key for each in screen.shown}
    assert set(day.offered) == {"all.mine"}
    assert {"prompt", "break_done", "posture", "gathered", "Step 1"} <= set(told)
    assert len(day.did("prompt")) == told.count("prompt")


def test_two_days_are_the_same() -> None:
    """A made-up day has no chance in it."""
    plugin = load(lambda register: register.observer(lambda records: None), name="idle")
    first, second = (run_day(plugin) for _ in range(2))
    assert [each.json() for each in first.records] == [each.json() for each in second.records]
    assert first.notes != []
