"""Which plugins are installed, as read from the folders that say so."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from breakd.plugin.installed import Point, points

HOOK = "def breakd_register(register): pass\n"


def put(folder: Path, name: str, entries: str | None, metadata: str | None = None) -> None:
    """A distribution in this folder."""
    info = folder / name
    info.mkdir(parents=True)
    if entries is not None:
        (info / "entry_points.txt").write_text(entries, encoding="utf-8")
    if metadata is not None:
        (info / "METADATA").write_text(metadata, encoding="utf-8")


def test_it_finds_what_the_standard_library_finds() -> None:
    """In this environment: the same entry points, of the same distributions and versions."""
    theirs = {
        Point(each.name, each.value, each.dist.name, each.dist.version)
        for each in entry_points(group="breakd")
        if each.dist is not None
    }
    assert theirs
    assert set(points()) == theirs


def test_every_form_of_an_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comments, other groups, blanks, attributes and extras, as the specification has them."""
    text = (
        "# made by hand\n[console_scripts]\nbreakd = x:y\n\n"
        "[breakd]\n; a plain one\nneck = breakd_neck\n  back  =  breakd_back : Plugin.hook [fast] \nbroken\n"
    )
    put(tmp_path, "neck_pack-1.2.dist-info", text, "Metadata-Version: 2.1\nName: Neck-Pack\nVersion: 1.2\n\nName: no\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    neck, back = points()
    assert neck == Point("neck", "breakd_neck", "Neck-Pack", "1.2")
    assert (back.name, back.module) == ("back", "breakd_back")


def test_an_attribute_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "module:object.attribute" is what an entry point may name."""
    (tmp_path / "breakd_inner.py").write_text("class Plugins:\n    class neck:\n        side = 'left'\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert Point("neck", "breakd_inner:Plugins.neck.side", "x", "1").load() == "left"
    with pytest.raises(AttributeError):
        Point("neck", "breakd_inner:Plugins.back", "x", "1").load()


def test_the_first_of_a_name_on_the_path_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for imports: what a second folder says of the same distribution is not in force."""
    for place, version in (("one", "2.0"), ("two", "1.0")):
        about = f"Name: neck\nVersion: {version}\n\n"
        put(tmp_path / place, f"neck-{version}.dist-info", f"[breakd]\nneck = neck_{place}\n", about)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "one"), str(tmp_path / "two"), str(tmp_path / "one")])
    assert list(points()) == [Point("neck", "neck_one", "neck", "2.0")]


def test_what_cannot_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is not there, a zip file, a distribution without metadata, one that is no text."""
    put(tmp_path, "bare-3.dist-info", "[breakd]\nbare = breakd_bare\n")
    put(tmp_path, "silent-1.dist-info", None)
    put(tmp_path, "noise-1.dist-info", None)
    (tmp_path / "noise-1.dist-info" / "entry_points.txt").write_bytes(b"[breakd]\n\xff = \xfe\n")
    (tmp_path / "some.zip").write_bytes(b"PK")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "gone"), str(tmp_path / "some.zip"), str(tmp_path)])
    assert list(points()) == [Point("bare", "breakd_bare", "bare", "3")]
