"""The bundled packs: every routine can be followed alone, fits its break and promises no more than is known."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
import tomli
from msgspec.structs import replace

from breakd import Routine
from breakd.core import vocabulary
from breakd.core.routines import ASK_FIRST, STOP_RULE
from breakd.settings.durations import parse
from breakd.settings.load import load
from breakd.settings.routines import load_routines
from breakd.settings.siblings import wrong_siblings

ROOT = Path(__file__).parents[2]
PACKS = ("posture", "stretching", "walking")
# Compendium 2024: desk 1.3, stretching 2.3, easy walk and light exercise 2.8, moderate 3.8, stairs 4.5, brisk 4.8.
METS = {1.3, 2.3, 2.8, 3.8, 4.5, 4.8}
SOURCES = {
    "ACP 2017", "Albulescu 2022", "Buffey 2022", "Coenen 2017", "Dahm 2010", "Dunstan 2012", "Duran 2023",
    "Galinsky 2007", "Henning 1994", "McLean 2001", "van den Heuvel 2003", "Waongenngarm 2018", "Waongenngarm 2021",
}  # fmt: skip
HONEST = ("ACSM", "WHO", "not known", "not shown", "No trial", "Nobody has shown", "our view", "expert view", "studied")
PROMISES = r"\b(prevent\w*|safe\w*|injur\w*|cur(e|es|ed|ing)|heal(s|ed|ing)?|diagnos\w*|risk\w*|guarante\w*|treat\w*)\b"


class Files:
    """A `Register` that only takes files of routines."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def routine_file(self, file: str) -> None:
        """Remember it."""
        self.taken.append(file)


def pack(name: str) -> tuple[Routine, ...]:
    """The routines of a pack, loaded through what its hook registers."""
    module, files = import_module(f"breakd_{name}"), Files()
    module.breakd_register(files)
    folder = Path(str(module.__file__)).parent
    return tuple(routine for file in files.taken for routine in load_routines(folder / file, name))


KINDS = tomli.loads((ROOT / "config" / "breakd.toml").read_text())["breaks"]
ROUTINES = tuple(routine for name in PACKS for routine in pack(name))
every = pytest.mark.parametrize("routine", ROUTINES, ids=lambda routine: routine.id)


def words(routine: Routine) -> str:
    """Everything that a person reads of it."""
    steps = (text for step in routine.steps for text in (step.text, step.hint))
    return "\n".join((routine.title, routine.because, *routine.cautions, *steps))


def test_ids_are_unique() -> None:
    """Each routine of all packs has an id of its own, PACK.name."""
    assert {name: number for name, number in Counter(routine.id for routine in ROUTINES).items() if number > 1} == {}
    assert {routine.id.partition(".")[0] for routine in ROUTINES} == set(PACKS)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_lasts_a_day_of_move_breaks(name: str) -> None:
    """Each pack alone has at least six routines for move breaks, so that a day brings variety."""
    assert sum("move" in routine.breaks for routine in pack(name)) >= 6


def test_micro_breaks_reach_eyes_hands_neck_shoulders_hips() -> None:
    """The routines of half a minute cover what tires at a desk, and at least six of them are there."""
    brief = [routine for routine in ROUTINES if "micro" in routine.breaks]
    assert len(brief) >= 6
    regions = {region for routine in brief for region in routine.regions}
    assert {"eyes", "hands", "neck", "shoulders", "hips"} - regions == set()


def test_the_packs_move_the_whole_body() -> None:
    """What gets sore at a desk has a routine for the move break."""
    wanted = {"lower back", "upper back", "neck", "shoulders", "wrists", "hips", "hamstrings", "calves"}
    assert wanted - {region for routine in ROUTINES if "move" in routine.breaks for region in routine.regions} == set()


@every
def test_a_routine_fits_its_breaks(routine: Routine) -> None:
    """A routine ends with its break: not later, and not much earlier, unless it is a gentle one for a shorter break."""
    length = {name: parse(KINDS[name]["for"]) / 1000 for name in routine.breaks}
    least = 3 / 5 if routine.easier or routine.harder else 5 / 6
    assert {name: of for name, of in length.items() if not of * least <= routine.seconds <= of} == {}


@every
def test_steps_can_be_followed_alone(routine: Routine) -> None:
    """A step is a command of at most eight words, with one or two sentences on how to do it."""
    assert 2 <= len(routine.steps) <= 6
    for step in routine.steps:
        assert (step.text, len(step.text.split()) <= 8) == (step.text, True)
        assert re.fullmatch(r"[A-Z][^.!?]*", step.text), step.text
        assert (step.hint, 1 <= len(re.findall(r"[.?!](?= |$)", step.hint)) <= 2) == (step.hint, True)


@every
def test_walking_comes_before_bending(routine: Routine) -> None:
    """In a move break, after half an hour of sitting, the first step is to stand up, walk, roll or march (rule 21)."""
    first = routine.steps[0].text.lower()
    walks = re.search(r"\b(stand|walk|march|roll)\b", first) is not None
    assert "move" not in routine.breaks or (walks, routine.warm_up) == (True, True), first


# What a text cannot say without the routine involving it.
TELLS = {
    "standing": r"^Stand up(?!,? or)|^Walk|^Stand\b(?!.* or )|^Climb",
    "overhead": r"^Reach up|^Slide your arms up",
    "twisting": r"^Turn (to the|your trunk)",
    "one-leg": r"on (your )?(left|right|one|each) leg|^Swing each leg",
}


@every
@pytest.mark.parametrize("word", TELLS)
def test_what_a_routine_asks_of_a_body_is_said(routine: Routine, word: str) -> None:
    """Whoever avoids it has to be able to rely on the word; and nothing is said that is not so."""
    asked = any(re.search(TELLS[word], step.text) for step in routine.steps)
    assert (asked, word in routine.involves) in ((True, True), (False, False))


@every
def test_words_are_those_of_the_vocabulary(routine: Routine) -> None:
    """A bundled routine has no words of its own, so that `[me]` can name all of them."""
    assert set(routine.involves) <= set(vocabulary.INVOLVES)
    assert set(routine.regions) <= set(vocabulary.REGIONS)
    assert set(routine.needs) <= set(vocabulary.NEEDS)
    assert routine.kind in vocabulary.KINDS


def permitted(*sets: str) -> list[Routine]:
    """The bundled routines that are offered in move breaks by these settings."""
    rules = replace(load(None, sets).rules(), routines=ROUTINES)
    return [each.routine for each in rules.candidates["move"].permitted]


def test_a_day_in_a_wheelchair_has_variety() -> None:
    """With the preset `seated`: nothing on one's feet, at least three kinds, and enough without legs."""
    offered = permitted("preset=seated")
    assert not [routine.id for routine in offered if {"standing", "one-leg", "floor"} & set(routine.involves)]
    legs = {"hips", "thighs", "hamstrings", "calves", "ankles"}
    without = [routine for routine in offered if not legs & set(routine.regions)]
    assert len(offered) >= 8 and len(without) >= 5 and len({routine.kind for routine in without}) >= 3
    assert "walking.wheels-round" not in [routine.id for routine in permitted()]


def test_a_sore_back_finds_routines_that_fit_its_break() -> None:
    """With the preset `sore-back`, whose breaks are shorter: at least four that move the lower back in that time."""
    settings = load(None, ("preset=sore-back",))
    length = settings.breaks["move"].for_ / 1000
    fitting = [
        each for each in permitted("preset=sore-back") if each.seconds <= length and "lower back" in each.regions
    ]
    assert len(fitting) >= 4
    assert not [each.id for each in fitting if {"bending", "twisting"} & set(each.involves)]


def test_siblings_are_there_and_lead_somewhere() -> None:
    """Easier and harder ones are bundled in the same pack, and never go round in a circle."""
    assert list(wrong_siblings({routine.id: routine for routine in ROUTINES})) == []
    named = {other for routine in ROUTINES for other in (routine.easier, routine.harder) if other}
    assert len(named) >= 10
    assert all(
        other.partition(".")[0] == each.id.partition(".")[0]
        for each in ROUTINES
        for other in (each.easier, each.harder)
        if other
    )


@every
def test_exertion_is_from_the_table(routine: Routine) -> None:
    """MET values are those of the Compendium, none is made up."""
    assert routine.met in METS


@every
def test_the_stop_rule_is_there(routine: Routine) -> None:
    """Every routine says when to stop and who asks first (rule 22)."""
    assert routine.cautions[-2:] == (STOP_RULE, ASK_FIRST)


@every
def test_nothing_is_promised(routine: Routine) -> None:
    """No text speaks of prevention, safety, injury, cure, diagnosis or risk (rule 22)."""
    assert re.findall(PROMISES, words(routine), re.IGNORECASE) == []


@every
def test_every_reason_has_a_source_or_says_that_there_is_none(routine: Routine) -> None:
    """Why a routine helps is told with a source behind the defaults, or with a plain admission."""
    named = set(re.findall(r"((?:van den )?[A-Z]\w+ (?:19|20)\d\d)", routine.because))
    assert named - SOURCES == set()
    assert named or any(word in routine.because for word in (*HONEST, "trials support")), routine.because


@pytest.mark.parametrize(("text", "found"), [("This prevents pain", 1), ("Your health and the curve", 0)])
def test_the_promises_are_recognised(text: str, found: int) -> None:
    """The check above finds a promise, and no word that only looks like one."""
    assert len(re.findall(PROMISES, text, re.IGNORECASE)) == found


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_one_file(name: str) -> None:
    """A pack registers the file that bears its name and nothing else, so that it can be copied as a first plugin."""
    files = Files()
    import_module(f"breakd_{name}").breakd_register(files)
    assert files.taken == [f"{name}.toml"]
