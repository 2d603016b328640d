"""Files of routines as they were read last, so that a start need not read and check all of them again.

Reading 5,000 routines takes half a second, three starts of the whole daemon; taking them from here takes a
fifteenth of that (decision 7). Only files without a mistake are kept. Nothing depends on it: whatever is wrong
with the cache, the files themselves are read.
"""

from __future__ import annotations

import contextlib
import zlib
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec

import breakd
from breakd.core.routines import Routine, Step
from breakd.settings.routines import Pack, read_pack

# What is kept is of no use to another version, nor to one whose routines have other fields.
VERSION = " ".join((breakd.__version__, "2", *Routine.__struct_fields__, *Step.__struct_fields__))


class Stamp(NamedTuple):
    """What changes when a file does. `changed` is beyond the reach of programs that set times back."""

    size: int
    modified: int  # ns
    changed: int  # ns
    inode: int


class Kept(NamedTuple):
    """A file as it was read; a `Raw` pack is taken apart when somebody asks for it."""

    stamp: Stamp
    pack: Pack | msgspec.Raw


class _Cache(NamedTuple):
    """All that is kept. `name`: what a caller calls the packs `of` these keys together, as long as each is the same."""

    packs: dict[str, Kept]
    of: tuple[str, ...] = ()
    name: str = ""


_Written: TypeAlias = tuple[dict[str, tuple[Stamp, msgspec.Raw]], tuple[str, ...], str]  # a `_Cache` in the file


class Packs:
    """Reads files of routines, through a cache in `file` if there is one.

    `name`: what `save` was told to call all that was used before, "" if by now anything else was.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._cache = _read(file)
        self._used: dict[str, Kept] = {}
        self._packs: dict[str, tuple[Kept, Pack]] = {}  # taken apart already

    @property
    def name(self) -> str:
        """See the class."""
        known, of, name = self._cache
        same = self._used.keys() == set(of) and all(known[key].stamp == kept.stamp for key, kept in self._used.items())
        return name if same else ""

    def load(self, path: Path, prefix: str) -> tuple[Routine, ...]:
        """The routines in the file of a plugin, as `load_routines`."""
        return self.read(path, prefix, own=False).routines

    def read(self, path: Path, prefix: str, *, own: bool = True) -> Pack:
        """What the file says, as `read_pack`. Raises SettingsError."""
        key, stamp = _key(path, prefix, own=own), _stamp(path)
        pack = self._known(key, stamp)
        if pack is None:
            pack = read_pack(path, prefix, own=own)
            if stamp is not None:  # as it was before it was read: a change meanwhile is noticed next time
                self._used[key] = Kept(stamp, pack)
        return pack

    def save(self, name: str = "") -> None:
        """Keep what was read for the next start, and what was kept before of files that are still as they were."""
        known = self._cache.packs
        unused = {key: _alone(kept) for key, kept in known.items() if key not in self._used}
        alike = {key: kept for key, kept in unused.items() if _stamp(Path(key.rsplit("|", 2)[0])) == kept.stamp}
        cache = _Cache({**alike, **self._used}, tuple(sorted(self._used)) if name else (), name)
        if self._file is not None and cache != self._cache:
            _write(self._file, msgspec.msgpack.encode(cache))
        self._cache, self._used = cache, {}

    def _known(self, key: str, stamp: Stamp | None) -> Pack | None:
        """The pack of this key, if it is kept as of this stamp, and from now on used."""
        kept = self._used.get(key) or self._cache.packs.get(key)
        if kept is None or kept.stamp != stamp:
            return None
        pack = kept.pack
        if isinstance(pack, msgspec.Raw):
            try:
                pack = msgspec.msgpack.decode(pack, type=Pack)
            except ValueError:  # of no use
                return None
            kept = self._cache.packs[key] = Kept(kept.stamp, pack)
        self._used[key] = kept
        return pack


def _write(file: Path, data: bytes) -> None:
    new = file.with_suffix(".new")
    with contextlib.suppress(OSError):  # a full disk costs time at the next start, nothing else
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.touch(mode=0o600)
        new.write_bytes(_head(data) + data)
        new.replace(file)


def _read(file: Path | None) -> _Cache:
    try:
        head, _, data = (b"" if file is None else file.read_bytes()).partition(b"\n")
        if head + b"\n" == _head(data):
            packs, of, name = msgspec.msgpack.decode(data, type=_Written)
            return _Cache({key: Kept(stamp, pack) for key, (stamp, pack) in packs.items()}, of, name)
    except (OSError, ValueError):  # none yet, or of no use
        pass
    return _Cache({})


def _alone(kept: Kept) -> Kept:
    """The same without all else that is in the file."""
    return Kept(kept.stamp, kept.pack.copy()) if isinstance(kept.pack, msgspec.Raw) else kept


def _head(data: bytes) -> bytes:
    """The first line: of this version, and whole, which after a power cut it may not be."""
    return f"{VERSION} {zlib.crc32(data)}\n".encode()


def _key(path: Path, prefix: str, *, own: bool) -> str:
    return f"{path}|{prefix}|{own}"


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
