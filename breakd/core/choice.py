"""Which routine is offered: one that fits the break, the least recently offered first (rule 21, its first part)."""

from __future__ import annotations

from collections.abc import Sequence

from breakd.core.routines import Routine

WALKING = "walking"
EASY_WALK = 2.8  # MET, Compendium 2024


def choose(routines: Sequence[Routine], kind: str, length: int, offered: Sequence[str]) -> Routine | None:
    """A routine for a break of this kind and length (ms); None if there is none.

    `offered`: ids, the latest first. Deterministic: the sort of routine (walking, stretching ...) that was not offered
    for the longest time, of these the routine; ties go to walking, which comes before stretches, and to what is as
    lively as an easy walk. Routines longer than the break are taken only if no shorter one is there.
    """
    fitting = [routine for routine in routines if kind in routine.breaks]
    short = [routine for routine in fitting if routine.seconds * 1000 <= length]
    age = {name: place for place, name in enumerate(offered)}
    sorts: dict[str, int] = {}
    for routine in fitting:
        sorts[routine.kind] = min(sorts.get(routine.kind, len(age)), age.get(routine.id, len(age)))
    return min(
        short or fitting,
        key=lambda routine: (
            -sorts[routine.kind],
            -age.get(routine.id, len(age)),
            routine.kind != WALKING,
            abs(routine.met - EASY_WALK),
            routine.id,
        ),
        default=None,
    )


def remember(offered: tuple[str, ...], routine: Routine | None, known: int) -> tuple[str, ...]:
    """The ids offered, this one first; no more than there are routines."""
    if routine is None:
        return offered
    return (routine.id, *(name for name in offered if name != routine.id))[:known]
