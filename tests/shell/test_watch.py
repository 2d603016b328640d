"""Watching files: whoever saves them, however they are reached, and wherever they are, it is heard."""

from __future__ import annotations

import asyncio
import errno
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from breakd.daemon.watching import inotify, watch
from breakd.daemon.watching.trail import GAP, LINKS, Place, places, stamp, trail
from breakd.daemon.watching.watch import Watcher

PATIENCE = 10.0  # seconds until a test gives up

pytestmark = pytest.mark.skipif(not Path("/proc/sys/fs/inotify").exists(), reason="needs inotify")


class Ears:
    """What a watcher told so far."""

    def __init__(self, files: list[Path], folders: list[Path] | None = None) -> None:
        self.heard = asyncio.Event()
        self.watcher = Watcher(files, folders or [], self.heard.set)

    async def hear(self) -> None:
        """Wait for a change, then look where the paths lead now, as a reload does."""
        async with asyncio.timeout(PATIENCE):
            await self.heard.wait()
        self.heard.clear()
        self.watcher.follow()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Hear changes until this holds."""
        while not holds():
            await self.hear()

    async def deaf_to(self, action: Callable[[], object]) -> None:
        """Do this, of which nothing must be heard: all that was told is read before."""
        action()
        for _ in range(3):
            await asyncio.sleep(0)  # the loop looks at the descriptors once in each round
        assert not self.heard.is_set()


@asynccontextmanager
async def listening(*files: Path, folders: list[Path] | None = None) -> AsyncIterator[Ears]:
    """Ears that are open."""
    ears = Ears([*files], folders)
    ears.watcher.start()
    yield ears
    ears.watcher.stop()


# -- how editors save ---------------------------------------------------------------------------------------------


def in_place(file: Path, text: str) -> None:
    """nano, VS Code, `cat >`: truncated and written anew."""
    file.write_text(text)


def replaced(file: Path, text: str) -> None:
    """gedit, Kate, sed -i, dotfile managers: written beside it and renamed over it."""
    beside = file.with_name("." + file.name + ".tmp")
    beside.write_text(text)
    beside.replace(file)


def backed_up_by_renaming(file: Path, text: str) -> None:
    """Vim with backupcopy=no, Emacs: the old file becomes the backup, and a new one is written."""
    backup = file.with_name(file.name + "~")
    file.rename(backup)
    file.write_text(text)
    backup.unlink()


def backed_up_by_copying(file: Path, text: str) -> None:
    """Vim with backupcopy=yes: the backup is a copy."""
    backup = file.with_name(file.name + "~")
    shutil.copy2(file, backup)
    file.write_text(text)
    backup.unlink()


def removed_first(file: Path, text: str) -> None:
    """git checkout: removed, and written anew."""
    file.unlink()
    file.write_text(text)


def linked_in(file: Path, text: str) -> None:
    """Written elsewhere, and linked to under this name."""
    elsewhere = file.parent / "elsewhere"
    elsewhere.write_text(text)
    file.unlink()
    os.link(elsewhere, file)


def really_vim(file: Path, text: str) -> None:
    """Vim itself, as it comes."""
    _edited("vim", "-u", "NONE", "-N", "-es", "-c", "%d", "-c", f"call setline(1, '{text}')", "-c", "wq", str(file))


def really_vim_renaming(file: Path, text: str) -> None:
    """Vim itself, with backups by renaming."""
    options = "set backup writebackup backupcopy=no"
    _edited("vim", "-u", "NONE", "-N", "-es", "-c", options, "-c", f"call setline(1, '{text}')", "-c", "wq", str(file))


def really_nano(file: Path, text: str) -> None:
    """Nano itself, typed into."""
    if not shutil.which("nano"):
        pytest.skip("nano is not installed")
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execlp("nano", "nano", "--ignorercfiles", str(file))
    os.read(terminal, 1 << 16)  # it is there
    os.write(terminal, b"\x0b" * 3 + text.encode() + b"\x0f\r\x18")  # cut lines, write out, leave
    with suppress(OSError):  # the terminal ends with it
        while os.read(terminal, 1 << 16):
            pass
    os.waitpid(pid, 0)
    os.close(terminal)


def _edited(*command: str) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)


SAVES = (
    in_place,
    replaced,
    backed_up_by_renaming,
    backed_up_by_copying,
    removed_first,
    linked_in,
    really_vim,
    really_vim_renaming,
    really_nano,
)


# -- how a file is reached ----------------------------------------------------------------------------------------


def plainly(home: Path) -> tuple[Path, Path]:
    """It is where it seems to be."""
    file = home / ".config" / "breakd" / "breakd.toml"
    file.parent.mkdir(parents=True)
    return file, file


def by_link(home: Path) -> tuple[Path, Path]:
    """The file is a link, as stow makes it."""
    target = home / "dotfiles" / "breakd.toml"
    target.parent.mkdir()
    file, _ = plainly(home)
    file.symlink_to("../../dotfiles/breakd.toml")
    return file, target


def by_linked_folder(home: Path) -> tuple[Path, Path]:
    """Its folder is a link."""
    target = home / "dotfiles" / "breakd" / "breakd.toml"
    target.parent.mkdir(parents=True)
    (home / ".config").mkdir()
    (home / ".config" / "breakd").symlink_to("../dotfiles/breakd")
    return home / ".config" / "breakd" / "breakd.toml", target


def by_links_to_links(home: Path) -> tuple[Path, Path]:
    """Everything is a link, as in Nix: the whole folder of settings, the file, and what that leads to."""
    target = home / "store" / "1" / "breakd.toml"
    target.parent.mkdir(parents=True)
    (home / "store" / "now").symlink_to(home / "store" / "1")
    (home / "real" / "breakd").mkdir(parents=True)
    (home / ".config").symlink_to("real")
    file = home / ".config" / "breakd" / "breakd.toml"
    file.symlink_to(home / "store" / "now" / "breakd.toml")
    return file, target


LAYOUTS = (plainly, by_link, by_linked_folder, by_links_to_links)


def there(file: Path, text: str) -> bool:
    """Whether this is what the path leads to now."""
    return file.exists() and file.read_text().strip() == text


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("save", SAVES)
@pytest.mark.parametrize("straight", [True, False])
async def test_every_save_is_heard(
    tmp_path: Path, save: Callable[..., None], layout: Callable[..., tuple[Path, Path]], straight: bool
) -> None:
    """Whether the editor is given the path or what it leads to, and however it saves; and so is the save after that."""
    path, target = layout(tmp_path)
    target.write_text("first")
    async with listening(path) as ears:
        for text in ("second", "third"):
            await asyncio.to_thread(save, target if straight else path, text)
            await ears.until(partial(there, path, text))
            await ears.hear()
            ears.heard.clear()


@pytest.mark.parametrize("change", ["replaced", "removed and made again"])
async def test_a_link_that_leads_elsewhere_is_heard(tmp_path: Path, change: str) -> None:
    """The file's link, its folder's, and one on the way, each re-pointed in either way."""
    for number in range(3):
        folder = tmp_path / f"v{number}" / "breakd"
        folder.mkdir(parents=True)
        (folder / "breakd.toml").write_text(str(number))
    link = tmp_path / "link"
    link.symlink_to("v0")
    file = tmp_path / "breakd.toml"
    file.symlink_to("link/breakd/breakd.toml")
    async with listening(file) as ears:
        for number in (1, 2):
            if change == "replaced":
                beside = tmp_path / "beside"
                beside.symlink_to(f"v{number}")
                beside.replace(link)
            else:
                link.unlink()
                link.symlink_to(f"v{number}")
            await ears.until(partial(there, file, str(number)))
        file.unlink()
        file.symlink_to("v0/breakd/breakd.toml")
        await ears.until(lambda: there(file, "0"))


async def test_folders_that_come_and_go(tmp_path: Path) -> None:
    """Neither file nor folders are there; they come, go with everything in them, are renamed, and come again."""
    file = tmp_path / "a" / "b" / "breakd.toml"
    async with listening(file) as ears:
        for text in ("1", "2", "3"):
            (tmp_path / "a").mkdir()
            await ears.hear()
            file.parent.mkdir()
            await ears.hear()
            file.write_text(text)
            await ears.until(partial(there, file, text))
            ears.watcher.follow()
            if text == "1":
                shutil.rmtree(tmp_path / "a")
            else:
                (tmp_path / "a").rename(tmp_path / f"away{text}")
            await ears.until(lambda: not file.exists())
            ears.watcher.follow()
            ears.heard.clear()


async def test_a_folder_made_with_all_in_it_at_once(tmp_path: Path) -> None:
    """As `cp -r` or an unpacked archive: the first event comes when the file is there, and later saves are heard."""
    file = tmp_path / "a" / "b" / "breakd.toml"
    async with listening(file) as ears:
        file.parent.mkdir(parents=True)
        file.write_text("1")
        await ears.until(lambda: there(file, "1"))
        ears.heard.clear()
        replaced(file, "2")
        await ears.hear()


async def test_files_in_a_folder(tmp_path: Path) -> None:
    """Each TOML file of it that comes, changes or goes; the target of one that is a link; no other file."""
    folder, target = tmp_path / "routines", tmp_path / "target.toml"
    target.write_text("1")
    async with listening(folders=[folder]) as ears:
        folder.mkdir()
        await ears.hear()
        (folder / "neck.toml").write_text("1")
        await ears.hear()
        (folder / "link.toml").symlink_to(target)
        await ears.hear()
        ears.heard.clear()
        target.write_text("2")
        await ears.hear()
        ears.heard.clear()
        for name in (".neck.toml.swp", "4913", ".#neck.toml", "neck.toml~", "notes.txt"):
            await ears.deaf_to(partial((folder / name).write_text, ""))
        (folder / "neck.toml").unlink()
        await ears.hear()


async def test_a_busy_home_wakes_nobody(tmp_path: Path) -> None:
    """What happens in the folders on the way, and beside the file, is not told at all once the folder is there."""
    file, _ = plainly(tmp_path)
    file.write_text("1")
    async with listening(file) as ears:

        def live() -> None:
            for folder in (tmp_path, tmp_path / ".config"):
                (folder / "log").write_text("1")
                replaced(folder / "log", "2")
                (folder / "log").unlink()

        await ears.deaf_to(live)
        assert ears.watcher._inotify is not None
        assert list(ears.watcher._inotify.read()) == []


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder, and where it is to be found too."""
    one, two = tmp_path / "one", tmp_path / "two"
    (one / "deeper").mkdir(parents=True)
    two.mkdir()
    if subprocess.run(["mount", "--bind", one, two], capture_output=True, check=False).returncode:
        pytest.skip("may not mount")
    yield one, two
    subprocess.run(["umount", two], check=True)


async def test_one_folder_mounted_in_two_places(mounted: tuple[Path, Path]) -> None:
    """It is the end of one path and on the way of another: both are heard."""
    for first, second in (mounted, mounted[::-1]):
        async with listening(first / "breakd.toml", second / "deeper" / "breakd.toml") as ears:
            in_place(first / "breakd.toml", "1")
            await ears.hear()
            ears.heard.clear()
            in_place(second / "deeper" / "breakd.toml", "1")
            await ears.hear()
        (first / "breakd.toml").unlink()


async def test_no_watches_pile_up(tmp_path: Path) -> None:
    """A file replaced a hundred times is watched just as it was."""
    file, _ = plainly(tmp_path)
    file.write_text("0")
    async with listening(file) as ears:
        before = len(ears.watcher._names)
        for number in range(100):
            replaced(file, str(number))
            shutil.copytree(file.parent, tmp_path / "copy")
            shutil.rmtree(file.parent)
            (tmp_path / "copy").rename(file.parent)
            await ears.hear()
        assert len(ears.watcher._names) == before


async def test_more_events_than_the_queue_holds(tmp_path: Path) -> None:
    """Events that the kernel dropped are a change: who knows of what."""
    file = tmp_path / "breakd.toml"
    async with listening(file) as ears:
        assert ears.watcher._matters(inotify.Event(-1, inotify.OVERFLOW, ""))
        assert not ears.watcher._matters(inotify.Event(1, inotify.IGNORED, ""))


def test_loops_end(tmp_path: Path) -> None:
    """A link that leads to itself, and two that lead to each other, are as missing files."""
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "a").symlink_to("b/x")
    (tmp_path / "b").symlink_to("a/x")
    for name in ("self", "a"):
        assert len(list(trail(tmp_path / name / "breakd.toml"))) <= 3 * LINKS
        assert stamp([tmp_path / name], []) == ((str(tmp_path / name), None),)


def test_what_is_missing_is_waited_for_where_it_would_come(tmp_path: Path) -> None:
    """In the deepest folder that is there, under the name of the next one."""
    file = tmp_path / "a" / "b" / "breakd.toml"
    assert Place(tmp_path, GAP, "a") in places([file], [])
    (tmp_path / "a").mkdir()
    assert Place(tmp_path / "a", GAP, "b") in places([file], [])


async def test_watches_run_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of the system is told, with what to raise, and watching goes on where it can."""

    def full(self: inotify.Inotify, path: Path, mask: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(inotify.Inotify, "add", full)
    async with listening(tmp_path / "breakd.toml") as ears:
        assert "fs.inotify.max_user_watches" in ears.watcher.deaf


async def test_systems_without_inotify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and can be asked to follow and stop all the same."""
    monkeypatch.setattr(sys, "platform", "darwin")
    async with listening(tmp_path / "breakd.toml") as ears:
        assert ears.watcher.deaf == "this system has no inotify"
        ears.watcher.follow()


async def test_network_homes_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the kernel calls the file system of the folder that is watched, be it reached by a link."""
    away = tmp_path / "away"
    away.mkdir()
    (tmp_path / "breakd.toml").symlink_to(away / "breakd.toml")
    monkeypatch.setattr(watch, "file_system", lambda path: 0x6969 if path == away else 0xEF53)
    async with listening(tmp_path / "breakd.toml") as ears:
        assert ears.watcher.deaf == f"{away} is on a network file system (NFS)"


def test_file_systems_are_known() -> None:
    """The kernel's own numbers, of file systems that every Linux has."""
    assert watch.file_system(Path("/proc")) == 0x9FA0
    assert watch.file_system(Path("/sys")) == 0x62656572
    assert watch.file_system(Path("/nowhere")) == 0
    assert watch.far(frozenset({Place(Path("/proc"), GAP, "x")})) == ""
