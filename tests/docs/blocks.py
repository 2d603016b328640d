"""The blocks of code in the documentation, as the tests take them out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@dataclass(frozen=True)
class Block:
    """A fenced block. `name`: the file it is, if its first line is a comment that says so; `line`: where it begins."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def name(self) -> str:
        """`# breakd_neck/neck.toml` as a first line names the file; "" if there is no such line."""
        found = re.match(r"# (\S+\.\w+)\n", self.text)
        return found[1] if found else ""


def blocks(text: str, page: str) -> list[Block]:
    """Every fenced block of a page."""
    fences = re.finditer(r"^```([^\n]*)\n(.*?)^```[ ]*$", text, re.DOTALL | re.MULTILINE)
    return [Block(page, text.count("\n", 0, fence.start()) + 1, fence[1].strip(), fence[2]) for fence in fences]


BLOCKS = [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"), str(page.relative_to(ROOT)))]


def written_in(language: str) -> list[Block]:
    """The blocks in this language."""
    return [block for block in BLOCKS if block.language == language]
