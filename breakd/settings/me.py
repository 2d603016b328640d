"""Words in `[me]`: a slip in a known one is an error, any other word is one of the person's own routines.

Settings are read before the routines, so they cannot know those words: only what looks like a known one is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from breakd.core import vocabulary
from breakd.core.choosing.permission import MeRule
from breakd.settings.convert import shown
from breakd.settings.errors import Fault
from breakd.settings.routine_values import slip

KNOWN = {
    "avoid": vocabulary.WORDS,
    "sore": vocabulary.REGIONS,
    "places": vocabulary.PLACES,
    "equipment": vocabulary.NEEDS,
}


def slips(me: MeRule) -> Iterator[Fault]:
    """Where and what looks like a known word written wrongly."""
    for key, known in KNOWN.items():
        for place, word in enumerate(getattr(me, key) or ()):
            if meant := slip(word, known):
                expected, found = "a known word or one of your own", shown(word)
                message = f"expected {expected}, did you mean {meant!r}? found {found}"
                yield Fault(("me", key, place), message, expected, found, meant, at_value=True)
