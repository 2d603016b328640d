"""Draws what the documentation shows, from the program itself: `python docs/make.py`; with `--check` it only compares.

- `day.svg`: the day of `breakd demo`
- `prompts.md`: the life of a prompt, from the table in `breakd/core/prompts.py`
- `settings.md`: every setting, from the model and the comments of `config/breakd.toml`
- `plugin-interface.md`: the interface of plugins, from the interfaces themselves
- `commands.md`: every command, from the commands themselves
- `config/breakd.schema.json`, `config/breakd-routines.schema.json`: settings and routines for editors
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from msgspec.structs import replace

from breakd.cli.demo import MORNING
from breakd.cli.simulate import routines
from breakd.core.prompts import TABLE, WHEN
from breakd.core.units import MINUTE
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.hindsight.timeline import Part, Timeline
from breakd.daemon.person import Person
from breakd.daemon.timing.calendar import Calendar
from breakd.daemon.timing.clock import wall_time
from breakd.settings import routine_schema, schema
from breakd.settings.comments import comments_of
from breakd.settings.files import read_toml
from breakd.settings.load import load
from breakd.settings.paths import presets, shipped
from breakd.settings.reference import ANY, Key, keys
from breakd.settings.values import PLAIN

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

SITTING, STANDING, REST, INK, PAPER = "#c9733f", "#e3b34c", "#7fb7a3", "#33383d", "#fbf8f3"
MARKS = {"prompt": ("#33383d", 3.2), "done": ("#1f7a5c", 4.2), "missed": ("#b3261e", 3.2)}
LEFT, TOP, ROW, COLUMN = 64, 54, 30, 11  # px: margins, height of an hour, width of a minute


def day() -> Timeline:
    """The day of the demo, lived at once."""
    settings, start = load(), int(MORNING.timestamp() * 1000)
    rules = replace(settings.rules(), routines=routines(settings))
    simulation = Simulation(rules, Calendar.of(settings, UTC), start)
    timeline = Timeline(start, MINUTE)
    timeline.sample(simulation.state.tally)
    for _ in Person(simulation, start).live():
        if timeline.next_sample == simulation.state.now:
            timeline.sample(simulation.state.tally)
    for decision in simulation.decided:
        timeline.decided(decision)
    return timeline


def svg(parts: list[Part]) -> str:
    """The day as a picture: a row an hour, a column a minute."""
    first = wall_time(parts[0].start).hour
    hours = wall_time(parts[-1].start).hour - first + 1
    width, height = LEFT + 60 * COLUMN + 24, TOP + hours * ROW + 48
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13">',
        "<title>A working day with breakd: sitting, standing, rest, and the prompts between them</title>",
        f'<rect width="{width}" height="{height}" rx="10" fill="{PAPER}"/>',
        f'<text x="24" y="32" font-size="16" font-weight="600" fill="{INK}">A working day with breakd</text>',
    ]
    lines += [
        f'<text x="24" y="{TOP + row * ROW + 18}" fill="{INK}">{first + row:02}:00</text>' for row in range(hours)
    ]
    for part in parts:
        lines += shapes(part, first)
    lines += legend(TOP + hours * ROW + 26)
    return "\n".join([*lines, "</svg>", ""])


def shapes(part: Part, first: int) -> Iterator[str]:
    """One minute, and the marks in it."""
    moment = wall_time(part.start)
    x, y = LEFT + moment.minute * COLUMN, TOP + (moment.hour - first) * ROW
    standing = 1 - part.sitting - part.resting
    color = max((part.sitting, SITTING), (part.resting, REST), (standing, STANDING))[1]
    yield f'<rect x="{x}" y="{y + 4}" width="{COLUMN}" height="18" fill="{color}" shape-rendering="crispEdges"/>'
    for mark in part.marks:
        ink, radius = MARKS[mark]
        center = f'cx="{x + COLUMN / 2}" cy="{y + 13}" r="{radius}"'
        yield f'<circle {center} fill="{ink}" stroke="{PAPER}" stroke-width="1.4"/>'


def legend(y: int) -> Iterator[str]:
    """What the colors mean."""
    x = LEFT
    for color, word in ((SITTING, "sitting"), (STANDING, "standing"), (REST, "rest or away")):
        yield f'<rect x="{x}" y="{y - 11}" width="14" height="14" fill="{color}"/>'
        yield f'<text x="{x + 20}" y="{y}" fill="{INK}">{word}</text>'
        x += 52 + 7 * len(word)
    for mark, word in (("prompt", "prompt"), ("done", "break done"), ("missed", "missed")):
        ink, radius = MARKS[mark]
        yield f'<circle cx="{x + 7}" cy="{y - 4}" r="{radius}" fill="{ink}"/>'
        yield f'<text x="{x + 20}" y="{y}" fill="{INK}">{word}</text>'
        x += 52 + 7 * len(word)


def prompts() -> str:
    """The table of transitions as a diagram and as a table."""
    edges = [f"    {phase} --> {row.to}: {trigger}" for (phase, trigger), row in TABLE.items()]
    asked = [f"| {phase} | {', '.join(trigger for trigger, _ in asks)} |" for phase, asks in WHEN.items()]
    rows = [
        f"| {phase} | {trigger} | {row.to} | {(row.act.__doc__ or '').splitlines()[0]} |"
        for (phase, trigger), row in TABLE.items()
    ]
    return "\n".join(
        [
            "# The life of a prompt",
            "",
            "Drawn from the table in `breakd/core/prompts.py` by `python docs/make.py`.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> calm",
            *edges,
            "```",
            "",
            "In each phase these questions are asked in this order, and the first that holds is taken;",
            "`start`, `stop`, `snooze`, `skip` and `pause` are commands, or buttons.",
            "",
            "| phase | asked |",
            "|---|---|",
            *asked,
            "",
            "A pair that is not here is ignored.",
            "",
            "| phase | trigger | leads to | what is done |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


INTRODUCTION = """\
# Settings

Made from `config/breakd.toml` by `python docs/make.py`: that file holds every default, and is what is loaded when you
have no file of your own.

Your file is `~/.config/breakd/breakd.toml` (`breakd config path`). It says only what differs; the rest stays as it is
here. Three layers lie on each other, key by key: the defaults, the preset that you name, your file.

| | |
|---|---|
| `breakd config init` | four questions, and you have a file |
| `breakd config set breaks.move.every 45m` | changes one setting, and leaves your comments and their order alone |
| `breakd config edit` | opens your editor, and checks what you saved |
| `breakd config check` | every mistake at once, with line and column |
| `breakd config show --origin` | what is in force, and where it comes from |
| `breakd config schema` | the JSON Schema by which editors complete, explain and check |

`breakd config init` puts that schema beside your file, whose first line names it, `#:schema breakd.schema.json`, as
Taplo and Even Better TOML (in VS Code) read it. A mistake is told with file, line, column and key, what was expected,
what was found, and the key that was probably meant; all at once, and nothing is lost: what was in force stays so.

Durations are text, `"90s"`, `"20m"`, `"1h30m"`, `"1d"`, more than nothing and at most a week. Sources stand in
brackets; [evidence.md](evidence.md) tells how much they are worth, and "engineering" means chosen, not published.
"""


def settings_page() -> str:
    """The page."""
    text, _values = read_toml(shipped() / "breakd.toml")
    about, lines = comments_of(text).tables, [INTRODUCTION]
    for name, group in groupby(keys(), lambda key: key.path[0] if len(key.path) > 1 else ""):
        lines += _section(name, list(group), about.get(name, []), text)
    return "\n".join([*lines, *_presets()]) + "\n"


def _section(name: str, group: list[Key], about: list[str], text: str) -> Iterator[str]:
    several = ANY in group[0].path
    yield f"## `[{name}{'.NAME' if several else ''}]`\n" if name else "## At the top of the file\n"
    if name:
        yield from _prose(about)
    if group[0].path[-1] == ANY:  # tables that others read
        return
    yield "| key | value | default | |"
    yield "|---|---|---|---|"
    for key in group:
        yield f"| `{key.path[-1]}` | {_kind(key.type_)} | {_default(key)} | {_cell(key.about)} |"
    yield ""
    if several and f"[{name}." in text.replace(f"#   [{name}.", ""):
        yield "As shipped:\n"
        yield from ("```toml", *_shipped(name, text), "```", "")


def _prose(about: list[str]) -> Iterator[str]:
    """The lines about a table; what is indented is an example."""
    for example, lines in groupby(about, lambda line: line.startswith("  ")):
        found = [line.removeprefix("  ") for line in lines if line.strip()]
        if example:
            yield from ("```toml", *found, "```", "")
        elif found:
            yield from (*found, "")


def _kind(type_: Any) -> str:
    """What a type is called."""
    origin = get_origin(type_)
    if origin is Literal:
        return ", ".join(f'`"{value}"`' for value in get_args(type_))
    item = get_args(type_)[0] if origin is list else None
    if item is not None and item is not str:
        return f"list of {PLAIN[item].kind}"
    return PLAIN[origin or type_].kind


def _default(key: Key) -> str:
    if key.default is None or (ANY in key.path and key.default == ""):
        return ""
    return f"`{_toml(key.default)}`"


def _toml(value: Any) -> str:
    """A value as TOML has it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _shipped(name: str, text: str) -> list[str]:
    """The tables of this name as the shipped file has them."""
    found, inside = list[str](), False
    for line in text.split("\n"):
        if line.startswith("["):
            inside = line.startswith(f"[{name}.")
        if inside and not line.startswith("#"):
            found.append(line)
    return "\n".join(found).strip("\n").split("\n")


def _presets() -> Iterator[str]:
    yield "## Presets\n"
    yield '`preset = "office"` at the top of your file, or `breakd config set preset office`. Your keys win.\n'
    for name, path in presets().items():
        first, *rest = path.read_text(encoding="utf-8").split("\n\n", 1)
        words = " ".join(line.removeprefix("# ") for line in first.split("\n") if not line.startswith("#:"))
        yield f"### `{name}`\n"
        yield f"{words}\n"
        yield from ("```toml", *"".join(rest).strip("\n").split("\n"), "```", "")


def plugin_reference() -> str:
    """The interface of plugins."""
    from plugin_reference import page

    return page()


def command_reference() -> str:
    """Every command."""
    from command_reference import page

    return page()


def made() -> dict[Path, str]:
    """All that is drawn, by file."""
    return {
        HERE / "day.svg": svg(day().parts()),
        HERE / "prompts.md": prompts(),
        HERE / "settings.md": settings_page(),
        HERE / "plugin-interface.md": plugin_reference(),
        HERE / "commands.md": command_reference(),
        HERE.parent / "config" / schema.FILE: schema.text(),
        HERE.parent / "config" / routine_schema.FILE: routine_schema.text(),
    }


def main() -> int:
    """Write the files, or compare them."""
    stale = [path for path, text in made().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path}: not as the program draws it; run python docs/make.py")  # noqa: T201
        return 1 if stale else 0
    for path in stale:
        path.write_text(made()[path], encoding="utf-8")
        print(f"{path}: drawn")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
