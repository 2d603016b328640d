"""The contracts: what is asked of everything that a plugin can register, and tried out by the real host."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from breakd.core.routines import Routine
from breakd.plugin.interfaces import Unavailable
from breakd.plugin.loaded import Failed, Kind, Thing, explain
from breakd.plugin.testing import running
from breakd.plugin.testing.loading import Plugin
from breakd.plugin.testing.made_up import context, note, record, routine

Verdict = Literal["ok", "failed", "skipped"]
Ask = Callable[[Thing], None]  # raises what is wrong

ODD = ("", "-u critical", "<b>bold</b> & <i>open", "before\0after", "stretch " * 1280)
GARBAGE = bytes(range(256)) * 8
SETTLES = 2.0  # s of made-up time in which a source does what it does at first


class Finding(NamedTuple):
    """How one thing keeps one rule; `why` not."""

    thing: str
    rule: str
    verdict: Verdict
    why: str = ""


def check(plugin: Plugin) -> list[Finding]:
    """Every rule for everything that the plugin registered. A test says: none of them failed.

    Notifiers are really called: what they show is seen. Where the machine lacks what a plugin needs, rules are skipped.
    """
    found = [_tried(thing, rule, ask) for thing in plugin.loaded.things for rule, ask in RULES[thing.kind].items()]
    return [*found, *(finding for each in plugin.routines for finding in _routine(each))]


def _tried(thing: Thing, rule: str, ask: Ask) -> Finding:
    try:
        ask(thing)
    except Unavailable as error:
        return Finding(str(thing), rule, "skipped", f"unavailable: {error}")
    except (Exception, ExceptionGroup) as error:
        return Finding(str(thing), rule, "failed", thing.explain(error) or explain(error, ""))
    return Finding(str(thing), rule, "ok")


# -- what is asked ----------------------------------------------------------------------------------------------------


def _source_stops(thing: Thing) -> None:
    running.settle(thing.target, (20.0,), SETTLES)


def _source_is_asked(thing: Thing) -> None:
    running.settle(thing.target, (20.0, 5.0, 20.0), SETTLES)


def _notifier_shows(thing: Thing) -> None:
    running.show(thing.target, note(), withdraw=["prompt"])


def _notifier_withdraws(thing: Thing) -> None:
    running.show(thing.target, withdraw=["never shown"])


def _notifier_replaces(thing: Thing) -> None:
    running.show(thing.target, note(), note(title="Another title", tone="firm"), withdraw=["prompt", "prompt"])


def _notifier_takes_any_text(thing: Thing) -> None:
    running.show(thing.target, *(note(title=text, text=text) for text in ODD), withdraw=["prompt"])


def _guide_ends(thing: Thing) -> None:
    running.present(thing.target, routine(30, 30))


def _guide_is_stopped(thing: Thing) -> None:
    running.present(thing.target, routine(30, 30), stop_after=10)


def _observer_ends(thing: Thing) -> None:
    running.watch(thing.target)


def _observer_takes_the_unknown(thing: Thing) -> None:
    running.watch(thing.target, record("prompt"), record("from a later version", a=[1]), record("active", "event"))


def _adviser_answers(thing: Thing) -> None:
    running.advise(thing.target, context())
    running.advise(thing.target, context(kind="another", seconds=20.0, recent=("a.b",)))


def _importer_refuses(thing: Thing) -> None:
    with tempfile.TemporaryDirectory(prefix="breakd-test-") as folder:
        file = Path(folder, "garbage")
        file.write_bytes(GARBAGE)
        for path in (file, Path(folder, "missing"), Path(folder)):
            try:
                told = running.gather(thing.target, path)
            except Failed:  # it broke a rule of the host
                raise
            except Exception:
                continue
            if told:
                raise AssertionError(f"of {path.name} it read {len(told)} reports: raise ValueError with what is wrong")


def _command_is_made(thing: Thing) -> None:
    import click

    made = thing.target()
    if not isinstance(made, click.Command):
        raise TypeError(f"it gave {made!r}, expected a click.Command")
    if not (made.help or made.short_help):
        raise ValueError("its command has no help: a docstring says what it does")


RULES: Mapping[Kind, Mapping[str, Ask]] = {
    "source": {"ends when it is told to": _source_stops, "may be asked for idleness again": _source_is_asked},
    "notifier": {
        "shows and withdraws": _notifier_shows,
        "withdraws the unknown": _notifier_withdraws,
        "shows in the place of the same key": _notifier_replaces,
        "takes any text": _notifier_takes_any_text,
    },
    "guide": {"ends with the session": _guide_ends, "ends when the session is stopped": _guide_is_stopped},
    "observer": {"ends with the stream": _observer_ends, "takes the unknown": _observer_takes_the_unknown},
    "adviser": {"answers with Advice and Routine": _adviser_answers},
    "importer": {"refuses what it cannot read": _importer_refuses},
    "subcommand": {"makes a command with help": _command_is_made},
}


def _routine(each: Routine) -> Iterator[Finding]:
    """What a routine should say that it need not."""
    verdict: Verdict = "ok" if each.because else "failed"
    yield Finding(f"routine {each.id}", "says why it helps", verdict, "" if each.because else "it has no `because`")
