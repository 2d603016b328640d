"""The JSON Schema of files of routines, by which editors complete, explain and check while one types.

As in `schema`: draft 7, named in the first line of a file, `#:schema breakd-routines.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from breakd.core import vocabulary
from breakd.core.routines import INTENSITIES
from breakd.settings.routine_values import ID, MOST_WORDS
from breakd.settings.routines import HOLDS, METS, PACE, PACES, REPETITIONS, SECONDS
from breakd.settings.schema import Schema

FILE = "breakd-routines.schema.json"
FIRST_LINE = f"#:schema {FILE}"

TEXT: Schema = {"type": "string", "pattern": r"\S"}
REFERENCE: Schema = {"type": "string", "pattern": rf"^({ID}\.)?{ID}$"}


def schema() -> Schema:
    """The schema of a person's own file. That of a plugin is one too, without `off`, and with short ids."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "routines of breakd",
        **_table({"off": OFF, "routine": _tables(_table(ROUTINE, ("id", "title", "steps")))}),
    }


def text() -> str:
    """The schema as the file that editors read."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _table(properties: dict[str, Any], required: Iterable[str] = ()) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": [*required]}


def _tables(table: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": table}


def _words(known: Sequence[str], about: str) -> Schema:
    """A list of these words, which editors propose, or of one's own."""
    return {
        "type": "array",
        "items": {"anyOf": [{"enum": [*known]}, TEXT]},
        "description": f"{about} Or words of your own.",
    }


def _within(bounds: tuple[float, float], type_: str, about: str) -> Schema:
    low, high = bounds
    return {"type": type_, "minimum": low, "maximum": high, "description": about}


BANDS = ", ".join(f"{word} from {least:g} MET on" for word, least, _ in INTENSITIES)
OFF: Schema = {
    "type": "array",
    "items": {"type": "string", "pattern": rf"^{ID}\.({ID}|\*)$"},
    "description": 'Routines, or whole packs, that are not to be offered: ["walking.stairs", "stretching.*"].',
}
STEP: dict[str, Schema] = {
    "text": {
        "type": "string",
        "pattern": rf"^\s*(\S+\s+){{0,{MOST_WORDS - 1}}}\S+\s*$",
        "description": f"What to do, as a command of at most {MOST_WORDS} words. {{side}}: left, then right.",
    },
    "seconds": _within(SECONDS, "number", "How long it takes; or say `repetitions`, or `hold` alone."),
    "repetitions": _within(REPETITIONS, "integer", "How often, in the place of `seconds`."),
    "pace": _within(PACES, "number", f"Seconds for each of the repetitions; {PACE:g} if left out."),
    "hold": _within(HOLDS, "number", "Seconds that a position is held: in each repetition, or once."),
    "sides": {"type": "boolean", "description": "Done on the left, then on the right: two steps, each so long."},
    "hint": {**TEXT, "description": "How to do it, in a sentence or two."},
    "image": {**TEXT, "description": "The file of a picture, as seen from this file."},
}
ROUTINE: dict[str, Schema] = {
    "id": {
        **REFERENCE,
        "description": "Lower-case letters, digits, - and _; with its pack before it to replace one.",
    },
    "title": {**TEXT, "description": "What the prompt calls it."},
    "kind": {
        "anyOf": [{"enum": [*vocabulary.KINDS]}, {"type": "string", "pattern": f"^{ID}$"}],
        "description": "Kinds take turns. A word of your own will do.",
    },
    "regions": _words(vocabulary.REGIONS, "Parts of the body that it moves."),
    "needs": _words(vocabulary.NEEDS, "What must be at hand; compare `equipment` in [me]."),
    "involves": _words(vocabulary.INVOLVES, "What else it asks of a body; compare `avoid` in [me]."),
    "places": _words(vocabulary.PLACES, "Where it can be done; anywhere if left out."),
    "breaks": {
        **_words(("move", "micro"), "Names of the kinds of break it fits."),
        "minItems": 1,
    },
    "met": _within(METS, "number", "How hard, in metabolic equivalents (Compendium 2024): at the desk 1.3."),
    "intensity": {
        "enum": [name for name, _, _ in INTENSITIES],
        "description": f"How hard, in a word, in the place of `met`: {BANDS}.",
    },
    "warm_up": {"type": "boolean", "description": "Whether it begins with walking, or with marching in the seat."},
    "easier": {**REFERENCE, "description": "The id of an easier sibling."},
    "harder": {**REFERENCE, "description": "The id of a harder sibling, which comes once this was done often."},
    "because": {**TEXT, "description": "Why it helps, with the source."},
    "cautions": {"type": "array", "items": TEXT, "description": "When not to do it; the general ones are always told."},
    "steps": {**_tables(_table(STEP, ("text",))), "description": "What is done, in order."},
}
