"""What is done in a break: routines and their steps."""

from __future__ import annotations

from dataclasses import dataclass

STOP_RULE = "Stop if pain spreads or sharpens, or you feel dizzy or have chest pain."
ASK_FIRST = "Ask a doctor first if you are pregnant, were operated on lately, or have a heart condition."


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `text`: an imperative of at most 8 words; `hint`: how, in a sentence; `seconds`: how long."""

    text: str
    seconds: float
    hint: str = ""
    image: str | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a step without text")
        if not 0 < self.seconds <= 3600:
            raise ValueError(f"step {self.text!r}: seconds is {self.seconds}, expected more than 0, at most 3600")


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """A routine for a break.

    `met`: metabolic equivalents (Compendium 2024); `regions`: parts of the body it moves;
    `needs`: what must be at hand; `breaks`: names of the break kinds it fits; `because`: why it helps, with the
    source; `id`: unique, `PLUGIN.name` once it is registered; `cautions`: when not to begin and when to stop (rule 22).
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
