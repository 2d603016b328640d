"""The words in which routines say what they are, and people what they want: those of the bundled routines.

Anybody may use words of their own. These are known, so that a slip in one of them can be told from a new word.
"""

from __future__ import annotations

KINDS = ("walking", "stretching", "strength", "mobility", "posture", "balance", "eyes", "breathing")

REGIONS = (
    "eyes", "neck", "shoulders", "chest", "upper back", "lower back", "wrists", "hands",
    "hips", "thighs", "hamstrings", "calves", "ankles",
)  # fmt: skip

# What a routine asks of a body beside moving its regions: what somebody may want to, or have to, do without.
INVOLVES = (
    "standing",  # on one's feet, walking too
    "one-leg",  # the whole weight on one leg
    "floor",  # down on the floor and up again
    "kneeling",
    "overhead",  # arms above the shoulders
    "bending",  # the back bent forward under its own weight
    "twisting",  # the trunk turned
    "leaning",  # weight on the hands
    "jumping",
)

NEEDS = (
    "chair", "desk", "wall", "doorway", "corridor", "stairs", "window", "water", "colleagues", "floor",
    "wheelchair",
)  # fmt: skip

PLACES = ("home", "office", "outdoors")

WORDS = tuple(dict.fromkeys((*INVOLVES, *REGIONS, *NEEDS, *KINDS)))  # all that can be avoided
