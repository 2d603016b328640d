"""What is done in a break: routines and their steps."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

STOP_RULE = "Stop if pain spreads or sharpens, or you feel dizzy or have chest pain."
ASK_FIRST = "Ask a doctor first if you are pregnant, were operated on lately, or have a heart condition."


class Step(Struct, frozen=True):
    """One thing to do. `text`: an imperative of at most 8 words; `hint`: how, in a sentence; `seconds`: how long.

    `repetitions`: how often in these seconds; `hold`: how many seconds a position is held (each time);
    `side`: "left" or "right" of a step that is done on both sides, each a step of its own.
    """

    text: str
    seconds: float
    hint: str = ""
    image: str | None = None
    repetitions: int | None = None
    hold: float = 0.0
    side: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a step without text")
        if not 0 < self.seconds <= 3600:
            raise ValueError(f"step {self.text!r}: seconds is {self.seconds}, expected more than 0, at most 3600")


Intensity = Literal["light", "moderate", "vigorous"]
# From so many MET on, and what stands for it where only the word is said. Bands: WHO 2020. Light is the value of
# stretching, moderate that of moderate walking (Compendium 2024); vigorous is a middle one [engineering].
INTENSITIES: tuple[tuple[Intensity, float, float], ...] = (("light", 1, 2.3), ("moderate", 3, 3.8), ("vigorous", 6, 8))


class Routine(Struct, frozen=True, kw_only=True):
    """A routine for a break. Its words are those of `breakd/core/vocabulary.py`, or one's own.

    `met`: metabolic equivalents (Compendium 2024); `regions`: parts of the body it moves;
    `needs`: what must be at hand; `breaks`: names of the break kinds it fits; `because`: why it helps, with the
    source; `id`: unique, `PLUGIN.name` once it is registered; `cautions`: when not to begin and when to stop (rule 22);
    `involves`: what it asks beside moving the regions, such as standing; `places`: where it can be done (none:
    anywhere); `easier`, `harder`: ids of siblings; `warm_up`: it begins with walking, or with marching in the seat.
    """

    id: str
    title: str
    steps: tuple[Step, ...]
    met: float = 2.3
    kind: str = "stretching"
    regions: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ("move",)
    because: str = ""
    cautions: tuple[str, ...] = (STOP_RULE, ASK_FIRST)
    involves: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    easier: str = ""
    harder: str = ""
    warm_up: bool = False

    def __post_init__(self) -> None:
        if not self.id or not self.title:
            raise ValueError("a routine needs an id and a title")
        if not self.steps:
            raise ValueError(f"routine {self.id}: it has no steps")
        if not 1 <= self.met <= 12:
            raise ValueError(f"routine {self.id}: met is {self.met}, expected 1 to 12")

    @property
    def seconds(self) -> float:
        """How long all steps take."""
        return sum(step.seconds for step in self.steps)

    @property
    def intensity(self) -> Intensity:
        """What its MET is called."""
        return intensity(self.met)


def intensity(met: float) -> Intensity:
    """What so many MET are called."""
    return [name for name, at_least, _ in INTENSITIES if met >= at_least][-1]
