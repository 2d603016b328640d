"""When saved files are read: once for a burst, never half written, always the last of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from breakd.daemon.watching.reload import Files, Outcome, Reload, Verdict
from breakd.settings.load import Loaded

PATIENCE = 10.0  # seconds until a test gives up

pytestmark = pytest.mark.skipif(not Path("/proc/sys/fs/inotify").exists(), reason="needs inotify")


class House:
    """Takes what was read: `everies` of the move breaks, minutes, and the verdicts."""

    def __init__(self) -> None:
        self.everies: list[int] = []
        self.verdicts: list[Verdict] = []
        self._told = asyncio.Event()

    def put_in_force(self, found: Loaded) -> Outcome:
        """See `reload.House`."""
        self.everies.append(found.settings.breaks["move"].every // 60_000)
        return Outcome(changed=True)

    def read_again(self, before: Verdict, now: Verdict, changed: bool) -> None:
        """See `reload.House`."""
        self.verdicts.append(now)
        self._told.set()

    def moment(self) -> int:
        """See `reload.House`."""
        return len(self.verdicts)

    async def until(self, enough: Callable[[], bool]) -> None:
        """Wait for verdicts until this holds."""
        async with asyncio.timeout(PATIENCE):
            while not enough():
                self._told.clear()
                await self._told.wait()


@asynccontextmanager
async def watched(file: Path) -> AsyncIterator[tuple[House, Reload]]:
    """A house whose settings file is watched."""
    house, began = House(), asyncio.Event()
    reload = Reload(Files(file), house)
    reload.start((), began.set)
    await began.wait()
    yield house, reload
    reload.stop()


def save(file: Path, minutes: int) -> None:
    """Save it as nano does."""
    file.write_text(f'breaks.move.every = "{minutes}m"\n')


async def pass_on() -> None:
    """Let the loop see what has happened so far."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_burst_is_read_once(tmp_path: Path) -> None:
    """Two hundred saves before anybody looks are one reading, of the last."""
    file = tmp_path / "breakd.toml"
    async with watched(file) as (house, _):
        for number in range(200):
            save(file, 10 + number)
        await house.until(lambda: bool(house.everies))
        assert house.everies == [209]


async def test_a_file_half_written_is_not_read(tmp_path: Path) -> None:
    """Truncated, written in two goes, closed: read when it is whole."""
    file = tmp_path / "breakd.toml"
    save(file, 20)
    async with watched(file) as (house, _):
        with file.open("w") as opened:
            for part in ("breaks.move", '.every = "', '40m"\n'):
                opened.write(part)
                opened.flush()
                await pass_on()
        await house.until(lambda: bool(house.verdicts))
        assert (house.everies, [verdict.state for verdict in house.verdicts]) == ([40], ["ok"])


async def test_a_file_that_is_away_for_a_moment(tmp_path: Path) -> None:
    """Taken away before it is written anew, it is not taken for deleted."""
    file = tmp_path / "breakd.toml"
    save(file, 20)
    async with watched(file) as (house, _):
        file.rename(tmp_path / "backup")
        await pass_on()
        save(file, 40)
        await house.until(lambda: bool(house.everies))
        assert house.everies == [40]
        file.unlink()
        await house.until(lambda: len(house.everies) == 2)
        assert house.everies == [40, 30]


async def test_what_was_saved_before_the_watch_began(tmp_path: Path) -> None:
    """Between the first reading and the first watch nobody listens: what was saved then is found."""
    file, house, began = tmp_path / "breakd.toml", House(), asyncio.Event()
    reload = Reload(Files(file), house)
    reload.start((), began.set)
    save(file, 40)
    await house.until(lambda: bool(house.everies))
    assert house.everies == [40]
    reload.stop()


async def test_nothing_is_read_after_the_end(tmp_path: Path) -> None:
    """Neither by a save that was waited for, nor by hand."""
    file = tmp_path / "breakd.toml"
    async with watched(file) as (house, reload):
        save(file, 40)
        await pass_on()
        reload.stop()
        assert reload.again().state == "ok"
        assert (house.everies, house.verdicts) == ([], [])
