"""What each value allows but several together make no sense."""

from __future__ import annotations

from collections.abc import Mapping

from breakd.core.rules import PresenceRule, PromptRule
from breakd.settings import schedules
from breakd.settings.convert import Faults
from breakd.settings.durations import show
from breakd.settings.errors import Fault, KeyPath
from breakd.settings.me import slips
from breakd.settings.model import Break, Settings


def sense(settings: Settings, faults: Faults) -> None:
    """Add what makes no sense to the faults."""
    misfits(settings.breaks, settings.presence, settings.prompt, faults)
    faults += slips(settings.me)
    if not any(kind.enabled for kind in settings.breaks.values()):
        faults.append(Fault(("breaks",), "no break is enabled, so there is nothing to remind of"))
    schedules.sense(settings, faults)


def misfits(
    breaks: Mapping[str, Break | None], presence: PresenceRule | None, prompt: PromptRule | None, faults: Faults
) -> None:
    """Add pairs of keys that do not fit each other, which can be told of tables whatever is wrong in others (None)."""
    for name, kind in breaks.items():
        path = ("breaks", name)
        if not name.strip():
            faults.append(Fault(path, "expected a name for this kind of break, found an empty one", "a name", '""'))
        if kind is not None:
            _at_most(path, ("for", kind.for_), ("every", kind.every), faults)
        if kind is not None and kind.longest is not None:
            _at_most(path, ("for", kind.for_), ("longest", kind.longest), faults)
    if presence is not None:
        _at_most(("presence",), ("away", presence.away), ("away_reader", presence.away_reader), faults)
    if prompt is not None:  # a longer lull would never be met by somebody who is still taken to be there
        _at_most(("prompt",), ("lull", prompt.lull), ("recent_input", prompt.recent_input), faults)


def _at_most(table: KeyPath, smaller: tuple[str, int], larger: tuple[str, int], faults: Faults) -> None:
    if smaller[1] > larger[1]:
        other = _compared(table, larger, f"at least `{smaller[0]}`", smaller[1])
        faults.append(_compared(table, smaller, f"at most `{larger[0]}`", larger[1])._replace(mirror=other))


def _compared(table: KeyPath, this: tuple[str, int], relation: str, bound: int) -> Fault:
    expected, found = f'{relation}, which is "{show(bound)}"', f'"{show(this[1])}"'
    return Fault((*table, this[0]), f"expected {expected}, found {found}", expected, found, at_value=True)
