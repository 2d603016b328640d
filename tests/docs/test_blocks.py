"""Every block of TOML and Python in the documentation is what the program takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli

from breakd.settings.catalogue import laid_over
from breakd.settings.load import load
from breakd.settings.pack_cache import Packs
from breakd.settings.routines import load_routines, read_pack
from tests.docs.blocks import BLOCKS, PAGES, ROOT, Block, blocks, written_in

HOOK = "def breakd_register("


def is_routines(block: Block) -> bool:
    """Whether it starts with a routine, or with those that are off."""
    return next(iter(tomli.loads(block.text)), "") in ("routine", "off")


ROUTINES = [block for block in written_in("toml") if is_routines(block)]
BUNDLED = tuple(
    routine
    for name in ("posture", "stretching", "walking")
    for routine in load_routines(ROOT / f"plugins/breakd_{name}/{name}.toml", name)
)
OTHERS = [block for block in written_in("toml") if block not in ROUTINES]  # settings


@pytest.mark.parametrize("block", ROUTINES, ids=str)
def test_routines_can_be_loaded(block: Block, tmp_path: Path) -> None:
    """Such a block is a file of routines without a mistake; one that names no plugin is a person's own."""
    own = not block.name.startswith("breakd_")
    file = tmp_path / (Path(block.name).name if block.name else "mine.toml")
    file.write_text(block.text)
    assert len(read_pack(file, file.stem, own=own).routines) == block.text.count("[[routine]]")
    assert laid_over(load(), [file], BUNDLED, Packs()).problems == ()


@pytest.mark.parametrize("block", OTHERS, ids=str)
def test_settings_can_be_loaded(block: Block, tmp_path: Path) -> None:
    """Any other block of TOML is a piece of breakd.toml, and every key in it is known."""
    file = tmp_path / "breakd.toml"
    file.write_text(block.text)
    assert load(file).plugins.items() >= tomli.loads(block.text).get("plugins", {}).items()


def test_every_python_block_compiles() -> None:
    """Blocks without a hook are Python as well."""
    for block in written_in("python"):
        compile(block.text, str(block), "exec", dont_inherit=True)


def test_no_block_goes_unchecked() -> None:
    """A block is marked with a language that is checked, or is visibly something else."""
    others = [block for block in BLOCKS if block.language not in ("toml", "python")]
    assert [str(block) for block in others if block.language in ("", "TOML", "Python", "py", "python3")] == []
    assert [str(block) for block in others if "[[routine]]" in block.text or HOOK in block.text] == []


def test_blocks_are_found() -> None:
    """Fences are taken out with their language, line and file name, whatever stands between them."""
    page = "Text\n\n```toml\n# a/b.toml\nx = 1\n```\n```\nplain\n```\n"
    found = blocks(page, "page.md")
    assert [(block.line, block.language, block.name) for block in found] == [(3, "toml", "a/b.toml"), (7, "", "")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    """A file of the repository that a page links to or names in backticks is there."""
    text = page.read_text(encoding="utf-8")
    links = [page.parent / link for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", text)]
    named = [
        ROOT / name
        for name in re.findall(r"`((?:breakd|plugins|tests|docs|config)/[\w./-]*)`", text)
        if "NNNN" not in name
    ]
    assert [str(path) for path in links + named if not path.exists()] == []
