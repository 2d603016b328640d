"""What turned between two steps: each turn is told once, and nothing else is."""

from __future__ import annotations

from breakd.core import engine
from breakd.core.events import Entry
from breakd.core.turns import Turn, turns
from tests.core.driver import ONLY_MOVE, Day, clock, ms


class Watched(Day):
    """A day of which every step is looked at."""

    def __init__(self, *sets: str) -> None:
        self.turned: list[Turn] = []
        super().__init__(*sets)

    def _pass(self, to: int) -> None:
        before = self.state
        wake = engine.next_deadline(before)
        if wake is not None and wake < to:  # a daemon looks at each moment the core wants to
            self._pass(wake)
            self._pass(to)
            return
        super()._pass(to)
        self.turned += turns(before, self.state)

    def _step(self, entry: Entry) -> None:
        before = self.state
        super()._step(entry)
        self.turned += turns(before, self.state)

    @property
    def told(self) -> list[str]:
        """Each turn in a line."""
        return [" ".join(filter(None, (clock(turn.at), turn.what, turn.kind))) for turn in self.turned]


def test_a_break_is_due_once_a_cycle() -> None:
    """When its bar is full, not when it is shown, and not again for the second attempt."""
    day = Watched(ONLY_MOVE)
    day.types(until="09:50")
    assert day.prompts() == ["09:32:00", "09:44:00"]
    assert day.told == ["09:00:00 back", "09:30:00 break_due move"]


def test_a_longer_break_becomes_due_in_place_of_a_shorter() -> None:
    """It is another break, so it is told."""
    day = Watched("breaks.micro.every=29m", "prompt.absorb=30s", "prompt.patience=10m")
    day.types(until="09:31")
    assert day.told[1:] == ["09:29:00 break_due micro", "09:30:00 break_due move"]


def test_leaving_and_coming_back() -> None:
    """Told when they are known, which for leaving is three minutes later; the break that was due is not told again."""
    day = Watched(ONLY_MOVE)
    day.types(until="09:10").idles(until="09:20").types(until="09:21")
    assert day.told == ["09:00:00 back", "09:13:00 away", "09:20:00 back"]


def test_a_pause_begins_changes_and_ends() -> None:
    """By itself or by the person; a longer one is told with its new end."""
    day = Watched(ONLY_MOVE)
    day.types(until="09:05").says("pause", "00:10").at("09:06").says("pause", "00:20").at("09:30")
    day.says("pause").says("resume")
    assert [(turn.what, turn.until) for turn in day.turned[1:]] == [
        ("paused", ms("09:15")),
        ("paused", ms("09:26")),
        ("resumed", None),
        ("paused", ms("10:30")),
        ("resumed", None),
    ]
