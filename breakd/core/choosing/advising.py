"""What advisers said, brought to bear on a choice: how much it weighs for a routine, and which routines it adds."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from breakd.core.events import HEAVIEST, Advice, Gathered
from breakd.core.routines import Routine
from breakd.core.rules import Rules


def weight(routine: Routine, advice: Sequence[Advice]) -> float:
    """All factors for this routine multiplied: 0 rules it out, 1 is neutral, never more than `HEAVIEST`."""
    if not advice:
        return 1.0
    factor = 1.0
    for each in concerning(routine, advice):
        factor *= each.factor
    return min(factor, HEAVIEST)


def concerning(routine: Routine, advice: Sequence[Advice]) -> list[Advice]:
    """The advice that is about this routine: by its id, its plugin, its kind, a region, a need or a place."""
    if not advice:
        return []
    tags = {routine.id, routine.id.partition(".")[0], routine.kind, *routine.regions, *routine.needs, *routine.places}
    return [each for each in advice if each.tag in tags]


def advised(rules: Rules, gathered: Gathered) -> Rules:
    """The rules with the routines that advisers add."""
    if not gathered.routines:
        return rules  # with what was worked out from them
    return replace(rules, routines=(*rules.routines, *gathered.routines))
