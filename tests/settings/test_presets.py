"""What the presets are like to live with: an office day under each, with the routines that come along."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from breakd.cli.simulate import routines
from breakd.core.decisions import Prompt, Warn
from breakd.core.units import HOUR
from breakd.settings.load import load
from breakd.settings.paths import presets
from tests.core.driver import Day


def lived(preset: str) -> Day:
    """Eight hours at the desk, with pauses of thought, a call, lunch, and no prompt answered."""
    settings = load(None, [f"preset={preset}"])
    day = Day(rules=replace(settings.rules(), routines=routines(settings)))
    for hour in (9, 10, 11, 13, 14, 15, 16):
        for minute in range(0, 60, 4):
            day.at(f"{hour:02}:{minute:02}").types(until=f"{hour:02}:{minute + 3:02}:35").idles()
        if hour == 14:
            day.types().busy("call").at("14:58:30").free("call")
        if hour == 11:
            day.idles(until="12:55")
    return day


@pytest.mark.parametrize("preset", presets())
def test_a_day_under_each_preset(preset: str) -> None:
    """Somebody who sits is asked, never more often than the hour allows, to do what they can and want to do."""
    settings, day = load(None, [f"preset={preset}"]), lived(preset)
    prompts = [it for it in day.decided if isinstance(it, Prompt)]
    shown = [it.at for it in day.decided if isinstance(it, Prompt | Warn)]
    allowed = settings.prompt.per_hour
    assert 3 <= len([it for it in prompts if it.kind == "move"]) <= 4 * 7  # four in each of seven hours
    assert all(later - first >= HOUR for first, later in zip(shown, shown[allowed:], strict=False))
    offered = {it.routine for it in prompts if it.routine is not None}
    assert offered
    assert not any({*each.involves, *each.regions, *each.needs, each.kind} & {*settings.me.avoid} for each in offered)


def test_what_presets_differ_in() -> None:
    """More breaks for a sore back, one an hour for deep work and the first weeks, many small ones as in Workrave."""
    counts = {}
    for preset in ("", *presets()):
        kinds = [it.kind for it in lived(preset).decided if isinstance(it, Prompt) and it.attempt == 1]
        counts[preset] = (kinds.count("move"), kinds.count("micro"))
    assert counts["sore-back"][0] >= counts[""][0]
    assert counts["deep-work"][0] == counts["getting-started"][0] <= 7
    assert counts["deep-work"][1] == counts["getting-started"][1] == counts["sore-back"][1] == 0
    assert counts["workrave"][1] > 2 * counts[""][1]
    assert counts["20-20-20"][1] >= counts[""][1]


def test_nobody_in_a_wheelchair_is_told_to_stand_or_that_they_sit() -> None:
    """With `seated` no routine involves standing, and no warning is about sitting."""
    day = lived("seated")
    offered = [it.routine for it in day.decided if isinstance(it, Prompt) and it.routine is not None]
    assert not any("standing" in routine.involves for routine in offered)
    assert not any(isinstance(it, Warn) and it.limit == "sitting" for it in day.decided)
    assert any("wheelchair" in routine.needs for routine in offered)


def test_reading_tires_eyes_as_well() -> None:
    """With `20-20-20`, somebody who reads without touching much is reminded as often as somebody who types."""
    rules = load(None, ["preset=20-20-20", "breaks.move.enabled=false"]).rules()
    typing = Day(rules=rules).types(until="11:01")
    reading = Day(rules=rules)
    for minute in range(120):
        reading.types().at(f"{9 + minute // 60:02}:{minute % 60:02}:10").idles().at(
            f"{9 + minute // 60:02}:{minute % 60:02}:59"
        )
    reading.types(until="11:01")
    assert len(typing.prompts("micro")) == 5
    assert abs(len(reading.prompts("micro")) - len(typing.prompts("micro"))) <= 1
