"""Records of decisions can be cited: each has a number of its own."""

from __future__ import annotations

from tests.docs.blocks import ROOT

RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_records_are_numbered_in_order() -> None:
    """1, 2, 3, ... without gap or double, in the name and in the title; two written at once meet here."""
    numbers = range(1, len(RECORDS) + 1)
    assert [path.name[:5] for path in RECORDS] == [f"{number:04d}-" for number in numbers]
    titles = [path.read_text(encoding="utf-8").splitlines()[0] for path in RECORDS]
    assert [title.partition(" ")[2].partition(" ")[0] for title in titles] == [f"{number}." for number in numbers]


def test_records_have_their_three_parts() -> None:
    """Question, decision, and why."""
    for path in RECORDS:
        text = path.read_text(encoding="utf-8")
        assert [part for part in ("**Question.**", "**Decision.**", "**Why.**") if part not in text] == [], path.name
