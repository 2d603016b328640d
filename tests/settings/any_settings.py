"""Made-up settings files: valid ones of every shape, with comments and odd ways of writing."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import tomlkit
from hypothesis import strategies as st

from breakd.core.units import Met, Ms, Share
from breakd.settings.durations import show
from breakd.settings.hours import Range, When
from breakd.settings.load import load
from breakd.settings.paths import presets
from breakd.settings.reference import ANY, keys
from breakd.settings.values import Argv, Bedtime, Nightly, Preset, TimeOfDay

MINUTE, WEEK = 60_000, 7 * 24 * 3_600_000
NAMES = ("move", "micro", "eyes", "my own", "é", "a.b", "20")
SPANS = st.sampled_from((1, 500, 1000, 20_000, MINUTE, 30 * MINUTE, WEEK)) | st.integers(1, WEEK)

durations = SPANS.map(show)
WORDS = ("lower back", "neck", "floor", "standing", "walking", "my word", "overhead", "chair")
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    Ms: durations,
    Share: st.sampled_from((0.001, 0.5, 0.9, 1, 1.0)),
    Met: st.sampled_from((1, 2.8, 12.0)),
    Nightly: st.sampled_from(("21:00-10:00", "00:00-23:59", "08:00-16:00")),
    Bedtime: st.sampled_from(("", "22:30", "08:00")),
    TimeOfDay: st.sampled_from(("00:00", "04:00", "23:59")),
    Preset: st.sampled_from(("", *presets())),
    Argv: st.sampled_from(([], ["true"], ["notify-send", "a 'b'"])),
    int: st.sampled_from((1, 2, 3, 7, 1000)),
    bool: st.booleans(),
    str: st.just(""),
    list: st.lists(st.sampled_from(("desktop", "plyer", "console", "")), max_size=3),
    tuple: st.lists(st.sampled_from(WORDS), max_size=3, unique=True),
    Range: st.sampled_from(("22:00-07:00", "sat,sun 00:00-24:00", "mon-fri 12:00-12:01")),
    When: st.sampled_from(("daily 12:30", "mon-fri 09:00")),
}
TYPES = {key.path: key.type_ for key in keys() if key.path[0] != "plugins"}


def value_of(type_: Any) -> st.SearchStrategy[Any]:
    """A valid value of this type, for itself."""
    origin = get_origin(type_)
    if origin is Literal:
        return st.sampled_from(get_args(type_))
    item = get_args(type_)[0] if origin is list else None
    if item in (Range, When):
        return VALUES[item] | st.lists(VALUES[item], min_size=item is When, max_size=2)
    return VALUES[origin or type_]


@st.composite
def breaks(draw: st.DrawFn) -> dict[str, Any]:
    """Whole kinds of break: `for` of at most `every` and `longest`."""
    found = {}
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True)):
        spans = sorted(draw(st.lists(SPANS, min_size=3, max_size=3)))
        table = {"counts": draw(value_of(Literal["sitting", "input", "screen"])), "for": show(spans[0])}
        table["every"] = show(spans[1] if spans[1] != spans[0] else spans[2])
        optional = {
            "longest": st.just(show(spans[2])),
            "attempts": VALUES[int],
            "stays": durations,
            "transient": st.booleans(),
            "enabled": st.booleans(),
        }
        found[name] = table | draw(st.fixed_dictionaries({}, optional=optional))
    return found


@st.composite
def valid(draw: st.DrawFn) -> dict[str, Any]:
    """The values of a file without a mistake."""
    plain = {path: value_of(type_) for path, type_ in TYPES.items() if ANY not in path and path[0] != "hours"}
    chosen = draw(st.fixed_dictionaries({}, optional=plain))
    chosen = dict(list(chosen.items())[: draw(st.integers(0, len(chosen)))])
    values: dict[str, Any] = {}
    for path, value in sorted(chosen.items(), key=lambda each: len(each[0])):
        table = values
        for part in path[:-1]:
            table = table.setdefault(part, {})
        table[path[-1]] = value
    for name in ("away_reader", "away", "lull", "recent_input"):  # these have to fit each other
        for inner in (values.get("presence", {}), values.get("prompt", {})):
            inner.pop(name, None)
    own = draw(breaks())
    if own:
        values["breaks"] = own
        own.setdefault("move", {"counts": "sitting", "every": "30m", "for": "3m"})["enabled"] = True
    return values


def text_of(values: dict[str, Any], comments: list[str]) -> str:
    """The values as TOML, with comments strewn in."""
    lines = tomlkit.dumps(values).split("\n")
    for number, comment in enumerate(comments):
        place = (number * 7) % len(lines)
        if "=" in lines[place] and not lines[place].rstrip().endswith("["):
            lines[place] += f"  # {comment}"
        else:
            lines.insert(place, f"# {comment}")
    return "\n".join(lines)


COMMENTS = st.lists(st.text("abc [x] = \"'#é", min_size=1, max_size=12).map(str.strip), max_size=5)
DEFAULTS = load()
