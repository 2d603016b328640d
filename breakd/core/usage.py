"""What came of prompts: which of them led to rest, which breaks nobody asked for, and what follows for the settings.

A measure of the prompts, not of the person: a prompt that never works is noise, and is proposed to be dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from breakd.core.bars import BreakRule
from breakd.core.decisions import (
    BreakAbandoned,
    BreakDone,
    BreakStarted,
    Decision,
    Missed,
    Prompt,
    Skipped,
    Snoozed,
    Withdraw,
)
from breakd.core.units import HOUR

Outcome = Literal["rested", "early", "snoozed", "skipped", "ignored", "withdrawn", "open"]
OUTCOMES: dict[type[Decision], Outcome] = {
    BreakDone: "rested",
    BreakAbandoned: "early",
    Missed: "ignored",
    Snoozed: "snoozed",
    Skipped: "skipped",
    Withdraw: "withdrawn",
}
UNANSWERED = ("withdrawn", "open")  # of which nobody can say whether they worked
END_OF_WORK = 4 * HOUR  # an absence over this is no break

ENOUGH = 10  # prompts, before anything is said of a kind of break, or at all
ENOUGH_OF_PART = 8
ENOUGH_OF_ROUTINE = 5
NEVER = 0.1  # prompts of which up to this share led to any rest do not work
OFTEN = 0.3  # from this share on others do
MOSTLY = 0.5


class Asked(NamedTuple):
    """One prompt, from its first attempt to what came of it."""

    kind: str
    at: int
    routine: str
    outcome: Outcome


class Share(NamedTuple):
    """Of so many prompts that could be answered, so many led to a whole break; `outcomes` of all, by name."""

    prompts: int
    rested: int
    outcomes: dict[str, int]

    @property
    def worked(self) -> int:
        """How many led to rest, be it a short one."""
        return self.rested + self.outcomes.get("early", 0)


class Proposal(NamedTuple):
    """A change worth trying. `code`: drop (a kind), rarer, later (a longer snooze), quiet (a part of day), off."""

    code: Literal["drop", "rarer", "later", "quiet", "off"]
    what: str
    share: Share


def asked(decisions: Iterable[Decision]) -> tuple[list[Asked], list[BreakDone]]:
    """The prompts among these decisions, and the breaks that were done without one."""
    begun: dict[str, Prompt] = {}  # the first attempt of the prompt that is open, by kind
    found: list[Asked] = []
    unasked: list[BreakDone] = []
    for decision in decisions:
        if isinstance(decision, Prompt):
            begun.setdefault(decision.kind, decision)
        elif type(decision) in OUTCOMES:
            prompt = begun.pop(str(getattr(decision, "kind", "")), None)
            if prompt is not None:
                found.append(_ended(prompt, decision))
            elif isinstance(decision, BreakDone):
                unasked.append(decision)
    found += [_asked(prompt, "open") for prompt in begun.values()]
    return sorted(found, key=lambda each: each.at), unasked


def _ended(prompt: Prompt, by: Decision) -> Asked:
    outcome = OUTCOMES[type(by)]
    stood_out = prompt.stays_ms is not None and by.at - prompt.at >= prompt.stays_ms
    return _asked(prompt, "ignored" if outcome == "withdrawn" and stood_out else outcome)


def _asked(prompt: Prompt, outcome: Outcome) -> Asked:
    return Asked(prompt.kind, prompt.at, prompt.routine.id if prompt.routine else "", outcome)


def taken(absences: Iterable[tuple[int, int]], decisions: Sequence[Decision], kinds: Sequence[BreakRule]) -> list[int]:
    """When breaks were taken of which breakd never spoke: absences as long as one, and no end of work."""
    least = min((kind.duration for kind in kinds if kind.leaving), default=END_OF_WORK)
    begun = [each.at for each in decisions if isinstance(each, BreakStarted)]
    return [
        since
        for since, until in absences
        if least <= until - since < END_OF_WORK and not any(since <= at <= until for at in begun)
    ]


def share(prompts: Iterable[Asked]) -> Share:
    """What they came to."""
    outcomes = Counter(each.outcome for each in prompts)
    counted = sum(count for outcome, count in outcomes.items() if outcome not in UNANSWERED)
    return Share(counted, outcomes["rested"], {name: count for name, count in sorted(outcomes.items()) if count})


def by(prompts: Iterable[Asked], key: Callable[[Asked], str]) -> dict[str, Share]:
    """The same for each group, by name."""
    groups: dict[str, list[Asked]] = {}
    for each in prompts:
        groups.setdefault(key(each), []).append(each)
    return {name: share(group) for name, group in sorted(groups.items())}


def proposals(prompts: Sequence[Asked], small: Iterable[str], part: Callable[[Asked], str]) -> list[Proposal]:
    """What may be worth a change; nothing while there is too little to go by. `small`: kinds that are transient."""
    if share(prompts).prompts < ENOUGH:
        return []
    found = [proposal for name, of in by(prompts, _kind).items() if (proposal := _of_kind(name, of, set(small)))]
    hopeless = {each.what for each in found if each.code in ("drop", "rarer")}
    rest = [each for each in prompts if each.kind not in hopeless]
    found += _worse(rest, part, ENOUGH_OF_PART, "quiet")
    return found + _worse(rest, lambda each: each.routine, ENOUGH_OF_ROUTINE, "off")


def _kind(each: Asked) -> str:
    return each.kind


def _of_kind(name: str, of: Share, small: set[str]) -> Proposal | None:
    if of.prompts < ENOUGH:
        return None
    if of.outcomes.get("snoozed", 0) >= MOSTLY * of.prompts:
        return Proposal("later", name, of)
    if of.worked <= NEVER * of.prompts:
        return Proposal("drop" if name in small else "rarer", name, of)
    return None


def _worse(
    prompts: Sequence[Asked], key: Callable[[Asked], str], enough: int, code: Literal["quiet", "off"]
) -> list[Proposal]:
    """The groups that never work while the others do."""
    found = []
    for name, of in by(prompts, key).items():
        others = share(each for each in prompts if key(each) != name)
        works = others.prompts >= enough and others.worked >= OFTEN * others.prompts
        if name and works and of.prompts >= enough and of.worked <= NEVER * of.prompts:
            found.append(Proposal(code, name, of))
    return found
