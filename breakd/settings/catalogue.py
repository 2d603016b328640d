"""All routines that are in force: those of plugins, with a person's own files laid over them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from breakd.core import vocabulary
from breakd.core.choosing.permission import USUAL, MeRule, refused
from breakd.core.routines import Routine
from breakd.settings.convert import nearest, shown
from breakd.settings.errors import Fault, KeyPath, Problem, SettingsError, in_order, key_path
from breakd.settings.files import read_document
from breakd.settings.lines import placed
from breakd.settings.model import Settings
from breakd.settings.pack_cache import Packs
from breakd.settings.routine_values import ID
from breakd.settings.siblings import Wrong, absent, wrong_siblings


class Catalogue(NamedTuple):
    """What there is to offer.

    `routines`: in force, by id; `off`: known, but switched off; `files`: where a person's own come from, by id;
    `problems`: mistakes in files; `notes`: what is allowed, but will surprise.
    """

    routines: tuple[Routine, ...]
    off: tuple[Routine, ...] = ()
    files: Mapping[str, str] = {}
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


class Found(NamedTuple):
    """A routine in a person's own file, and which of the file it is, from 0."""

    routine: Routine
    file: Path
    place: int


class _Own(NamedTuple):
    """What a person's own files say."""

    routines: dict[str, Found]
    off: tuple[tuple[Path, int, str], ...]
    problems: list[Problem]


def catalogue(
    settings: Settings, folder: Path | None, plugins: Iterable[Routine], packs: Packs | None = None
) -> Catalogue:
    """The routines of `plugins` with those of `folder/*.toml` laid over them.

    A routine of one's own takes the place of another with its id. A file with a mistake is left out, all others stay.
    The same for the same settings, files and plugins; `packs` only makes it faster.
    """
    problems: list[Problem] = []
    files = () if folder is None else own_files(folder, problems)
    return laid_over(settings, files, plugins, packs or Packs(), problems)


def laid_over(
    settings: Settings,
    files: Iterable[Path],
    plugins: Iterable[Routine],
    packs: Packs,
    problems: Iterable[Problem] = (),
) -> Catalogue:
    """As `catalogue`, with these files; `problems`: what is wrong already."""
    own = _read(files, packs)
    known = {routine.id: routine for routine in plugins} | {name: found.routine for name, found in own.routines.items()}
    wrong, notes = [*problems, *own.problems], list[Problem]()
    for each in tuple(wrong_siblings(known)):
        (notes if each.absent else wrong).append(_sibling_problem(each, own.routines.get(each.id)))
        alone = known[each.id]
        known[each.id] = replace(alone, easier="") if each.key == "easier" else replace(alone, harder="")
    off = _switched_off(own.off, known, wrong, notes)
    unknown = _scheduled(settings, {name: routine for name, routine in known.items() if name not in off})
    ordered = sorted(known.values(), key=lambda routine: routine.id)
    return Catalogue(
        tuple(routine for routine in ordered if routine.id not in off),
        tuple(routine for routine in ordered if routine.id in off),
        {name: str(found.file) for name, found in own.routines.items()},
        tuple(in_order(wrong)),
        tuple(
            chain(notes, _never_offered(own.routines.values(), settings), _strange_words(settings.me, known), unknown)
        ),
    )


# -- a person's own files -----------------------------------------------------------------------------------------


def own_files(folder: Path, problems: list[Problem]) -> Sequence[Path]:
    """The files of the folder in the order of their names. Hidden ones are those that editors leave behind."""
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == ".toml" and not file.name.startswith("."))
    except FileNotFoundError:
        return ()
    except OSError as error:
        problems.append(Problem(str(folder), None, "", f"cannot be read: {error.strerror or error}"))
        return ()


def _read(files: Iterable[Path], packs: Packs) -> _Own:
    routines: dict[str, Found] = {}
    off: list[tuple[Path, int, str]] = []
    problems: list[Problem] = []
    for file in files:
        try:
            if not re.fullmatch(ID, file.stem):
                raise SettingsError([Problem(str(file), None, "", NAMES)])
            pack = packs.read(file, file.stem)
        except SettingsError as error:
            problems += error.problems
            continue
        off += [(file, place, name) for place, name in enumerate(pack.off)]
        for place, routine in enumerate(pack.routines):
            first = routines.setdefault(routine.id, Found(routine, file, place))
            if first.file is not file:
                expected = "expected an id of its own"
                message = f"{expected}, found {shown(routine.id)}, which is in {first.file} too; that one counts"
                problems.append(_placed(file, Fault(("routine", place, "id"), message, at_value=True)))
    return _Own(routines, tuple(off), problems)


NAMES = (
    "expected a name of lower-case letters, digits and dashes, such as mine.toml, "
    "since the ids of its routines begin with it"
)


def _placed(file: Path, fault: Fault) -> Problem:
    """A fault that shows only beside other files, with its place."""
    try:
        return placed([fault], str(file), read_document(file).text)[0]
    except SettingsError:  # it has become one that cannot be read
        return Problem(str(file), None, key_path(fault.path), fault.message)


def _sibling_problem(wrong: Wrong, found: Found | None) -> Problem:
    if found is None:
        return Problem("", None, f"routine {wrong.id}: {wrong.key}", wrong.message)
    return _placed(found.file, Fault(("routine", found.place, wrong.key), wrong.message, at_value=True))


def _switched_off(
    off: Iterable[tuple[Path, int, str]], known: Mapping[str, Routine], problems: list[Problem], notes: list[Problem]
) -> set[str]:
    """The ids that are switched off. Names that mean nothing are added to the lists."""
    found: set[str] = set()
    for file, place, name in off:
        pack = name.removesuffix("*")
        meant = {each for each in known if each.startswith(pack)} if pack != name else {name} & set(known)
        found |= meant
        if not meant and absent(name, known):
            message = f"there is no pack {shown(name.partition('.')[0])} now"
            notes.append(_placed(file, Fault(("off", place), message, at_value=True)))
        elif not meant:
            message = f"there is no routine {shown(name)}{nearest(name, known)}"
            problems.append(_placed(file, Fault(("off", place), message, at_value=True)))
    return found


# -- what will surprise -------------------------------------------------------------------------------------------


def _never_offered(own: Iterable[Found], settings: Settings) -> Iterator[Problem]:
    """A person's own routines that no prompt will ever offer, though nothing is wrong with them."""
    own = tuple(own)
    breaks, at_hand = {*settings.breaks, *USUAL.values()}, settings.me.equipment
    fitting = breaks.issuperset(chain.from_iterable(found.routine.breaks for found in own))
    if fitting and (at_hand is None or {*at_hand}.issuperset(chain.from_iterable(it.routine.needs for it in own))):
        return  # by far the most common, and there may be thousands
    for routine, file, place in own:
        unknown = [name for name in routine.breaks if name not in breaks]
        if unknown:
            known = ", ".join(settings.breaks)
            path: KeyPath = ("routine", place, "breaks")
            yield _placed(file, Fault(path, f"no break is called {', '.join(unknown)}, there are: {known}"))
        missing = [need for need in routine.needs if at_hand is not None and need not in at_hand]
        if missing:
            message = f"never offered as long as [me] equipment lacks {', '.join(map(shown, missing))}"
            yield _placed(file, Fault(("routine", place, "needs"), message))


def _strange_words(me: MeRule, known: Mapping[str, Routine]) -> Iterator[Problem]:
    """Words in `[me]` that no routine has: they do nothing."""
    for key, usual in (("avoid", vocabulary.WORDS), ("sore", vocabulary.REGIONS), ("places", vocabulary.PLACES)):
        strange = [word for word in getattr(me, key) if word not in usual]
        if strange:
            said = _said(key, known.values())
            for word in strange:
                if word not in said:
                    yield Problem("", None, f"me.{key}", f"no routine says {shown(word)}, so it does nothing")


def _scheduled(settings: Settings, known: Mapping[str, Routine]) -> Iterator[Problem]:
    """Breaks at fixed times whose routine is not there, or not for this person: another one is offered."""
    for name, entry in settings.schedule.items():
        routine, key = known.get(entry.routine), f"schedule.{name}.routine"
        if entry.routine and routine is None:
            message = (
                f"there is no routine {shown(entry.routine)}{nearest(entry.routine, known)}; another one is offered"
            )
            yield Problem("", None, key, message)
        why = None if routine is None else refused(routine, settings.me)
        if why is not None:
            yield Problem("", None, key, f"[me] is against {shown(entry.routine)}; another one is offered")


def _said(key: str, routines: Iterable[Routine]) -> Collection[str]:
    """The words of all routines that this key of `[me]` could mean."""
    if key == "places":
        return {word for routine in routines for word in routine.places}
    if key == "sore":
        return {word for routine in routines for word in routine.regions}
    each = (chain(it.involves, it.regions, it.needs, (it.kind,)) for it in routines)
    return set(chain.from_iterable(each))
