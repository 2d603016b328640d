"""Files of routines as they were read last: only ever faster, never different."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from breakd.settings import pack_cache
from breakd.settings.errors import SettingsError
from breakd.settings.pack_cache import Packs
from breakd.settings.routines import Pack, read_pack

TEXT = '[[routine]]\nid = "a"\ntitle = "A"\nsteps = [{ text = "Go", seconds = 20 }]\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of routines."""
    made = tmp_path / "mine.toml"
    made.write_text(TEXT)
    return made


@pytest.fixture
def cache(tmp_path: Path, file: Path) -> Path:
    """A cache that knows the file."""
    packs = Packs(tmp_path / "state" / "routines.cache")
    packs.read(file, "mine")
    packs.save()
    return tmp_path / "state" / "routines.cache"


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file that is read from now on, and not taken from the cache."""
    read = list[Path]()

    def counting(path: Path, prefix: str = "", *, own: bool = False) -> Pack:
        read.append(path)
        return read_pack(path, prefix, own=own)

    monkeypatch.setattr(pack_cache, "read_pack", counting)
    return read


def test_what_is_known_is_not_read(file: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pack, numbers and all, and the cache need not be written again."""
    read, before = count_reads(monkeypatch), cache.stat().st_mtime_ns
    packs = Packs(cache)
    assert packs.read(file, "mine") == Packs().read(file, "mine")
    packs.save()
    assert (read, cache.stat().st_mtime_ns) == ([file], before)


def test_it_is_for_the_person_alone(cache: Path) -> None:
    """What exercises somebody does is nobody's business."""
    assert cache.stat().st_mode & 0o777 == 0o600


def test_a_change_is_seen_whatever_the_times_say(file: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same size and the time set back: it was changed all the same."""
    then = file.stat()
    file.write_text(TEXT.replace('"A"', '"B"'))
    os.utime(file, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert Packs(cache).read(file, "mine").routines[0].title == "B"


def test_another_pack_is_another_pack(file: Path, cache: Path) -> None:
    """The same file under another name, or as a plugin's, is read anew."""
    assert Packs(cache).read(file, "other").routines[0].id == "other.a"
    assert Packs(cache).load(file, "mine")[0].id == "mine.a"


@pytest.mark.parametrize("data", [b"", b"x", b"\x92\xa1x\xc0", b"\xff" * 100])
def test_a_cache_that_is_none_is_no_cache(file: Path, cache: Path, data: bytes) -> None:
    """Empty, cut short, of another version, nonsense: the files are read, and the cache is begun anew."""
    cache.write_bytes(data)
    packs = Packs(cache)
    assert packs.read(file, "mine") == Packs().read(file, "mine")
    packs.save()
    assert len(cache.read_bytes()) > 100


def test_mistakes_are_not_kept(file: Path, cache: Path) -> None:
    """A file with mistakes is read, and told of, each time."""
    file.write_text(TEXT + "met = 0\n")
    for _ in range(2):
        packs = Packs(cache)
        with pytest.raises(SettingsError):
            packs.read(file, "mine")
        packs.save()


def test_what_is_gone_is_forgotten(file: Path, cache: Path, tmp_path: Path) -> None:
    """A file that is still there stays known though nobody asked for it; one that is gone or changed does not."""
    other = tmp_path / "other.toml"
    other.write_text(TEXT)
    packs = Packs(cache)
    packs.read(other, "other")
    packs.save()
    assert len(Packs(cache)._cache.packs) == 2
    file.unlink()
    packs.save()
    assert [key.split("|")[1] for key in Packs(cache)._cache.packs] == ["other"]


def test_a_cache_that_cannot_be_written_is_no_matter(file: Path, tmp_path: Path) -> None:
    """No room, no folder: the routines are there all the same."""
    (tmp_path / "blocked").touch()
    packs = Packs(tmp_path / "blocked" / "routines.cache")
    assert packs.read(file, "mine").routines
    packs.save()


def test_what_all_of_them_are_called_is_kept(file: Path, cache: Path, tmp_path: Path) -> None:
    """As long as just those files are used, unchanged: no more, no fewer."""
    packs = Packs(cache)
    assert (packs.read(file, "mine").off, packs.name) == ((), "")
    packs.save("all")
    packs = Packs(cache)
    assert packs.name == "", "nothing was used yet"
    packs.read(file, "mine")
    assert packs.name == "all"
    packs.save(packs.name)
    packs.read(file, "mine")
    assert packs.name == "all", "in the same life too"
    packs.read(tmp_path / "mine.toml", "more")
    assert packs.name == ""
    file.write_text(TEXT.replace('"A"', '"B"'))
    packs = Packs(cache)
    packs.read(file, "mine")
    assert packs.name == ""


def test_a_cache_that_is_not_whole_is_no_cache(file: Path, cache: Path) -> None:
    """One wrong byte, as after a power cut: the file is read."""
    data = cache.read_bytes()
    cache.write_bytes(data.replace(b"\xa1A", b"\xa1B"))
    assert cache.read_bytes() != data
    assert Packs(cache).read(file, "mine").routines[0].title == "A"


def test_in_one_life_a_file_is_read_once(file: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is kept, too."""
    file.write_text(TEXT.replace('"A"', '"B"'))
    read, packs = count_reads(monkeypatch), Packs(cache)
    assert packs.read(file, "mine") is packs.read(file, "mine")
    assert read == [file]


def test_what_nobody_asked_for_stays_as_it_is(file: Path, cache: Path, tmp_path: Path) -> None:
    """A file that this life does not use is kept for one that does."""
    packs, other = Packs(cache), tmp_path / "other.toml"
    other.write_text(TEXT)
    packs.read(other, "other")
    packs.save()
    file.touch()
    kept = Packs(cache)
    kept.read(file, "mine")
    kept.save()
    assert Packs(cache).read(other, "other") == Packs().read(other, "other")


def test_a_pack_that_cannot_be_taken_apart_is_read(file: Path, tmp_path: Path, cache: Path) -> None:
    """Whole, of this version, and yet of no use."""
    data = msgspec.msgpack.encode(({f"{file}|mine|True": (pack_cache._stamp(file), "no pack")}, (), ""))
    cache.write_bytes(pack_cache._head(data) + data)
    assert Packs(cache).read(file, "mine") == Packs().read(file, "mine")
