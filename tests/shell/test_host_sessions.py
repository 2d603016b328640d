"""Sessions: the host keeps the time, each guide presents it as it can."""

from __future__ import annotations

import asyncio
import sys
import threading
import time

from breakd import Cue, Session
from breakd.plugin.limits import Limits
from breakd.plugin.sessions import GuidedSession, Part
from tests.shell.host_parts import PATIENCE, QUICK, Kept, offers, routine, running, settled, states


async def cues(part: Part) -> list[Cue]:
    """What was put so far."""
    part.end()
    return [cue async for cue in part]


async def test_first_cue_is_there_and_time_stands_still() -> None:
    """Before `go` the first step is on, halted, with all its time left."""
    session = GuidedSession(routine(30, 20), "move")
    (cue,) = await cues(session.part())
    assert (cue.step.text, cue.number, cue.left, cue.halted) == ("Step 1.", 1, 30, True)
    assert (session.going, session.over, session.kind) == (False, False, "move")


async def test_steps_follow_each_other_while_going() -> None:
    """Each cue comes when its step begins; after the last step the stream ends and the session is over."""
    session = GuidedSession(routine(0.01, 0.02, 0.01), "move")
    got: list[tuple[int, str, bool]] = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    session.go()
    async with asyncio.timeout(PATIENCE):
        part = session.part()
        async for cue in part:
            got.append((cue.number, cue.step.text, cue.halted))
    assert got == [(1, "Step 1.", False), (2, "Step 2.", False), (3, "Step 3.", False)]
    assert loop.time() - began >= 0.039
    assert session.over


async def test_time_left_is_worked_out_when_asked() -> None:
    """`left` falls while going, stands still while halted, goes on from there, and is 0 after the stop."""
    session = GuidedSession(routine(30), "move")
    (cue,) = await cues(session.part())
    session.go()
    await asyncio.sleep(0.01)
    going = cue.left
    session.halt()
    halted = cue.left
    await asyncio.sleep(0.01)
    assert 30 > going >= halted == cue.left > 0
    assert cue.halted
    session.go()
    await asyncio.sleep(0.01)
    assert cue.left < halted
    assert not cue.halted
    session.stop()
    assert (cue.left, cue.halted, session.over) == (0, False, True)


async def test_time_of_a_halt_does_not_count() -> None:
    """A step that was halted still lasts as long as it should, and no cue comes meanwhile."""
    session = GuidedSession(routine(0.03, 0.001), "move")
    part = session.part()
    session.go()
    session.halt()
    await asyncio.sleep(0.04)
    assert [cue.number for cue in await cues(part)] == [1]
    part = session.part()
    session.go()
    await asyncio.wait_for(session.ended, PATIENCE)
    assert [cue.number async for cue in part] == [1, 2]


async def test_one_timer_at_a_time() -> None:
    """A session that is going keeps one timer of the loop, one that stands still none, however often it is told."""
    session = GuidedSession(routine(30, 30), "move")

    def timers() -> int:
        return sum(not handle.cancelled() for handle in asyncio.get_running_loop()._scheduled)  # type: ignore[attr-defined]

    before = timers()
    session.go()
    session.go()
    assert timers() == before + 1
    session.halt()
    session.halt()
    assert timers() == before
    session.go()
    session.stop()
    session.stop()
    session.go()
    assert (timers(), session.going) == (before, False)


async def test_held_up_loop_skips_no_step() -> None:
    """After the loop was held up every step still has its cue, in order; the late ones have no time left."""
    session = GuidedSession(routine(0.001, 0.001, 30), "move")
    part = session.part()
    session.go()
    time.sleep(0.005)  # noqa: ASYNC251  somebody holds the loop
    got = []
    async with asyncio.timeout(PATIENCE):
        async for cue in part:
            got.append((cue.number, cue.left > 0))
            if cue.number == 3:
                session.stop()
    assert got == [(1, False), (2, False), (3, True)]


async def test_every_guide_gets_every_cue() -> None:
    """Each guide has a stream of its own, on the loop or in a thread, and ends with the session."""
    got: Kept[tuple[str, str, str, int]] = Kept()
    loop = asyncio.get_running_loop()

    async def one(session: Session) -> None:
        async for cue in session:
            got.add(("one", session.routine.id, session.kind, cue.number))
        got.add(("one", "", "", 0))

    def two(session: Session) -> None:
        for cue in session:
            loop.call_soon_threadsafe(got.add, ("two", session.routine.id, session.kind, cue.number))
        loop.call_soon_threadsafe(got.add, ("two", "", "", 0))

    async with running(one=offers(guide=one), two=offers(guide=two)) as house:
        session = house.host.guide(routine(0.01, 0.01), "move")
        session.go()
        await got.first(6)
        turn = [("neck.turn", "move", 1), ("neck.turn", "move", 2), ("", "", 0)]
        assert [each[1:] for each in got if each[0] == "one"] == turn
        assert [each[1:] for each in got if each[0] == "two"] == turn


async def test_session_without_guides_keeps_time() -> None:
    """A session ends by itself when nobody presents it."""
    async with running() as house:
        session = house.host.guide(routine(0.005), "move")
        session.go()
        await asyncio.wait_for(session.ended, PATIENCE)


async def test_failing_guides_do_not_hurt_the_session() -> None:
    """A guide that raises, quits or returns early leaves the session and the other guides alone."""
    got = Kept[int]()

    async def raises(session: Session) -> None:
        raise OSError("no voice")

    async def quits(session: Session) -> None:
        sys.exit(3)

    async def returns(session: Session) -> None: ...

    async def works(session: Session) -> None:
        async for cue in session:
            got.add(cue.number)

    plugins = {"a": raises, "b": quits, "c": returns, "d": works}
    async with running(QUICK, **{name: offers(guide=guide) for name, guide in plugins.items()}) as house:
        session = house.host.guide(routine(0.01, 0.01), "move")
        session.go()
        await asyncio.wait_for(session.ended, PATIENCE)
        await got.first(2)
        assert states(house.host) == {"a": "failed", "b": "failed", "c": "ok", "d": "ok"}
        assert house.said[0].startswith("guide a: failed: OSError: no voice (test_host_sessions.py:")
        assert house.said[1:] == ["guide b: failed: it called sys.exit(3)"]


async def test_guide_that_fails_three_times_is_off() -> None:
    """After three failures in a row a guide is left alone for a while."""
    runs = 0

    async def guide(session: Session) -> None:
        nonlocal runs
        runs += 1
        raise OSError("no voice")

    async with running(demo=offers(guide=guide)) as house:
        (thing,) = house.host.plugins["demo"].things
        for failures in (1, 2, 3):
            house.host.guide(routine(10), "move").stop()
            await settled(lambda failures=failures: thing.failures == failures)  # type: ignore[misc]
        house.host.guide(routine(10), "move")
        await asyncio.sleep(0.01)
        assert runs == 3


async def test_guide_gets_a_moment_after_the_end() -> None:
    """After the end a guide has its time to say goodbye; then it is ended."""
    fate = Kept[str]()

    async def guide(session: Session) -> None:
        async for _ in session:
            pass
        await asyncio.sleep(0)
        fate.add("goodbye")
        try:
            await asyncio.Event().wait()
        finally:
            fate.add("ended")

    async with running(Limits(call=0.02), demo=offers(guide=guide)) as house:
        house.host.guide(routine(30), "move").stop()
        assert await fate.first(2) == ["goodbye", "ended"]


async def test_guide_still_busy_sits_the_next_one_out() -> None:
    """A guide that hangs in its thread is not started a second time beside itself."""
    released = threading.Event()
    entered: list[Cue] = []

    def guide(session: Session) -> None:
        entered.extend([next(iter(session))])
        released.wait(PATIENCE)

    async with running(Limits(call=0.01, leave=0.01), demo=offers(guide=guide)) as house:
        house.host.guide(routine(30), "move").stop()
        await house.said.first(1)
        house.host.guide(routine(30), "move").stop()
        await house.said.until(lambda lines: any("busy" in line for line in lines))
        released.set()
        assert len(entered) == 1
