"""Routines that people write in TOML: `docs/routines.md` shows the file, this module reads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from breakd.core import vocabulary
from breakd.core.routines import ASK_FIRST, INTENSITIES, STOP_RULE, Routine, Step, intensity
from breakd.settings import routine_values as words
from breakd.settings.convert import Faults, shown, unknown, wrong
from breakd.settings.errors import Fault, KeyPath, SettingsError, key_path
from breakd.settings.files import read_document
from breakd.settings.lines import placed
from breakd.settings.routine_values import Read

Table: TypeAlias = Mapping[str, object]

PACE = 4.0  # seconds for one repetition where nothing is said: up in two, down in two [engineering]
LONGEST = 3600  # seconds a step may take
# The least and the most of each number, for editors as well:
SECONDS, REPETITIONS, PACES, HOLDS, METS = (1, LONGEST), (1, 500), (0.5, 60), (1, 600), (1, 12)


class Pack(NamedTuple):
    """What a file says: its routines, in its order, and the ids it switches off ("PACK.*": all of that pack)."""

    routines: tuple[Routine, ...]
    off: tuple[str, ...] = ()


def load_routines(path: Path, prefix: str = "") -> tuple[Routine, ...]:
    """The routines in the file of a plugin; ids become `prefix.id`, pictures are looked for beside the file.

    Raises SettingsError with every problem in the file, each with its line and key.
    """
    return read_pack(path, prefix).routines


def read_pack(path: Path, prefix: str = "", *, own: bool = False) -> Pack:
    """What the file says. A person's `own` may also hold routines of other packs, in place of those, and `off`.

    Raises SettingsError with every problem in the file, each with its place and key.
    """
    document = read_document(path)
    reader = _Reader(path.absolute().parent, prefix, own)
    pack = reader.document(document.values)
    faults = reader.faults
    if document.problems:  # what is missing may be just what could not be read
        faults = [fault for fault in faults if fault.at_value or fault.instead]
    if document.problems or faults:
        raise SettingsError([*document.problems, *placed(faults, str(path), document.text)])
    return pack


class _Reader:
    """Reads one file; `faults`: where and what is wrong, in no order."""

    def __init__(self, folder: Path, prefix: str, own: bool) -> None:
        self.faults: Faults = []
        self._prefix = f"{prefix}." if prefix else ""
        self._own = own
        self._routine_fields: Mapping[str, Read] = {**_ROUTINE, "id": words.reference if own else words.identifier}
        self._step_fields: Mapping[str, Read] = {**_STEP, "image": words.picture(folder)}

    def document(self, document: Table) -> Pack:
        """The whole file; without the routines that have faults."""
        fields: dict[str, Read] = {"off": words.switched} if self._own else {}
        self._unknown(document, {"routine", *fields}, ())
        off = self._values(document, fields, (), ()).get("off", ())
        # A person's file may be empty for a while, or say only what is off; a plugin's is there for its routines.
        tables = {} if self._own and "routine" not in document else self._tables("routine", document, ())
        found = [self._routine(table, ("routine", place)) for place, table in tables.items()]
        self._repeated(tables)
        return Pack(tuple(routine for routine in found if routine is not None), off)

    def _routine(self, table: Table, path: KeyPath) -> Routine | None:
        before = len(self.faults)
        self._unknown(table, {*self._routine_fields, "steps"}, path)
        values = self._values(table, self._routine_fields, ("id", "title"), path)
        tables = self._tables("steps", table, path)
        steps = [step for place, each in tables.items() for step in self._steps(each, (*path, "steps", place))]
        self._weigh(values, path)
        if len(self.faults) > before:
            return None
        for key in ("id", "easier", "harder"):
            if key in values:
                values[key] = self._full(values[key])
        # Rule 22: whoever wrote the routine, it carries its stop rule.
        values["cautions"] = tuple(dict.fromkeys((*values.get("cautions", ()), STOP_RULE, ASK_FIRST)))
        return Routine(steps=tuple(steps), **values)

    def _weigh(self, values: dict[str, Any], path: KeyPath) -> None:
        """`intensity` is `met` in a word: one of them is enough, both have to agree."""
        word = values.pop("intensity", "")
        if word and "met" in values and intensity(values["met"]) != word:
            expected = f"{intensity(values['met'])}, which is what {values['met']:g} MET are"
            self.faults.append(wrong((*path, "intensity"), expected, word))
        elif word and "met" not in values:
            values["met"] = next(met for name, _, met in INTENSITIES if name == word)

    def _steps(self, table: Table, path: KeyPath) -> list[Step]:
        """The step, or one for each side; none if it has faults."""
        before = len(self.faults)
        self._unknown(table, self._step_fields, path)
        values = self._values(table, self._step_fields, ("text",), path)
        if len(self.faults) == before:
            self._time(values, table, path)
        sides = values.pop("sides", False)
        if "{side}" in values.get("text", "") and not sides:
            self.faults.append(wrong((*path, "text"), "`sides = true` beside {side}", values["text"]))
        if len(self.faults) > before:
            return []
        return [_sided(values, side) for side in ("left", "right")] if sides else [Step(**values)]

    def _time(self, values: dict[str, Any], table: Table, path: KeyPath) -> None:
        """How long a step takes: `seconds`, or `repetitions` at their pace, or one `hold`."""
        times, hold, pace = values.get("repetitions"), values.get("hold", 0.0), values.pop("pace", None)
        if pace is not None and times is None:
            self.faults.append(Fault((*path, "pace"), "it is the time of one of `repetitions`, and there are none"))
        if times is None:
            seconds = values.setdefault("seconds", hold)
        else:
            seconds = times * ((PACE if pace is None else pace) + hold)
            if "seconds" in values:
                expected = f"either seconds or repetitions ({times} of them take {seconds:g} s)"
                self.faults.append(wrong((*path, "seconds"), expected, table["seconds"]))
            values["seconds"] = seconds
        if not seconds:
            self.faults.append(Fault((*path, "seconds"), "missing: say `seconds`, `repetitions` or `hold`"))
        elif hold > seconds:
            self.faults.append(
                wrong((*path, "hold"), f"no more than the {seconds:g} seconds of the step", table["hold"])
            )
        elif seconds > LONGEST:
            self.faults.append(Fault(path, f"expected at most {LONGEST:g} s in all, found {seconds:g} s"))

    def _full(self, name: str) -> str:
        return name if "." in name else self._prefix + name

    def _values(
        self, table: Table, fields: Mapping[str, Read], needed: tuple[str, ...], path: KeyPath
    ) -> dict[str, Any]:
        """The fields of this table that are said and right."""
        values = {}
        for key, read in fields.items():
            if key in table:
                try:
                    values[key] = read(table[key])
                except ValueError as error:
                    self.faults.append(wrong((*path, key), str(error), table[key]))
            elif key in needed:
                self.faults.append(Fault((*path, key), "missing"))
        return values

    def _unknown(self, table: Table, known: Mapping[str, object] | set[str], path: KeyPath) -> None:
        self.faults += [unknown((*path, key), known) for key in table if key not in known]

    def _tables(self, key: str, table: Table, path: KeyPath) -> dict[int, Table]:
        """The tables under `key` by their places, of which there has to be one at least."""
        header = ".".join(part for part in (*path, key) if isinstance(part, str))
        items = table.get(key, [])
        if not isinstance(items, list):
            self.faults.append(wrong((*path, key), f"[[{header}]], in two pairs of brackets", items))
            return {}
        if not items:
            self.faults.append(Fault((*path, key), f"expected at least one [[{header}]], found none"))
        found = {place: item for place, item in enumerate(items) if isinstance(item, Mapping)}
        missing = [place for place in range(len(items)) if place not in found]
        self.faults += [wrong((*path, key, place), "a table", items[place]) for place in missing]
        return found

    def _repeated(self, tables: dict[int, Table]) -> None:
        first: dict[str, int] = {}
        for place, table in tables.items():
            name = table.get("id")
            if isinstance(name, str) and first.setdefault(self._full(name), place) != place:
                expected, found = "an id of its own", shown(name)
                message = f"expected {expected}, found {found}, as in {key_path(('routine', first[self._full(name)]))}"
                self.faults.append(Fault(("routine", place, "id"), message, expected, found, at_value=True))


def _sided(values: Mapping[str, Any], side: str) -> Step:
    said: str = values["text"]
    said = said.replace("{side}", side) if "{side}" in said else f"{said}, {side}"
    return Step(**{**values, "text": said}, side=side)


_STEP: Mapping[str, Read] = {
    "text": words.command,
    "seconds": words.number(*SECONDS),
    "repetitions": words.whole(*REPETITIONS),
    "pace": words.number(*PACES),
    "hold": words.number(*HOLDS),
    "sides": words.flag,
    "hint": words.text,
}
_ROUTINE: Mapping[str, Read] = {
    "title": words.text,
    "kind": words.kind,
    "regions": words.names(vocabulary.REGIONS),
    "needs": words.names(vocabulary.NEEDS),
    "involves": words.names(vocabulary.INVOLVES),
    "places": words.names(vocabulary.PLACES),
    "breaks": words.breaks,
    "met": words.number(*METS),
    "intensity": words.intensity,
    "warm_up": words.flag,
    "easier": words.reference,
    "harder": words.reference,
    "because": words.text,
    "cautions": words.texts("Not on days after running."),
}
