"""Where keys stand in a TOML text."""

from __future__ import annotations

import tomli
from hypothesis import given
from hypothesis import strategies as st

from breakd.settings.errors import Fault, KeyPath
from breakd.settings.lines import Place, placed, places_of

TEXT = '''\
# a comment with = and [brackets]
plain = 1
dotted.key = "a # that is no comment ]"
"quoted \\"key\\"" = 'raw \\'
moment = 2026-01-01 10:00:00  # two words
text = """one
two = 2 """"
list = [1,
    [2,
     3],  # ]
]
empty = {}
inline = { a = 1, b.c = [2] }

[table.sub]
key = -1.5e3

[[routine]]
id = "one"
steps = [
    { text = "a", seconds = 1 },

    { text = "b",
      seconds = 2 },
]

[[routine]]
[[routine.steps]]
text = "c"
[[routine.steps]]
text = "d"
[routine.extra]
key = 1
'''


def line_of(text: str, path: KeyPath) -> int | None:
    """The line of a key."""
    place = places_of(text).keys.get(path)
    return place.line if place else None


def test_every_key_is_found_on_its_line() -> None:
    """A key stands where it is written, a table where its header is, an item of a list where it begins."""
    expected = {
        ("plain",): 2,
        ("dotted",): 3,
        ("dotted", "key"): 3,
        ('quoted "key"',): 4,
        ("moment",): 5,
        ("text",): 6,
        ("list",): 8,
        ("list", 0): 8,
        ("list", 1): 9,
        ("list", 1, 1): 10,
        ("inline", "b", "c", 0): 13,
        ("table",): 15,
        ("table", "sub"): 15,
        ("table", "sub", "key"): 16,
        ("routine",): 18,
        ("routine", 0, "steps"): 20,
        ("routine", 0, "steps", 0, "seconds"): 21,
        ("routine", 0, "steps", 1): 23,
        ("routine", 0, "steps", 1, "seconds"): 24,
        ("routine", 1): 27,
        ("routine", 1, "steps", 0): 28,
        ("routine", 1, "steps", 1, "text"): 31,
        ("routine", 1, "extra", "key"): 33,
    }
    assert expected == {path: line_of(TEXT, path) for path in expected}


def test_a_key_that_is_not_there_has_no_line() -> None:
    """Absent keys, and words that only stand in texts and comments, have no line."""
    absent = [("two",), ("that",), ("routine", 2), ("routine", 0, "steps", 2), ("plain", "x")]
    assert [line_of(TEXT, path) for path in absent] == [None] * 5


def test_line_ends_of_windows_count_once() -> None:
    """A file has the same lines with either kind of line end."""
    assert places_of(TEXT) == places_of(TEXT.replace("\n", "\r\n"))


def test_columns_of_keys_and_values() -> None:
    """A key is where its name begins, a value where it begins, both counted in characters from 1."""
    text = '  [a."b c"]\n"ö" = "ü" \nd.e = { f = 1,\n g  =  [2, 33] }\n[[h]]\n'
    places = places_of(text)
    assert places.keys["a", "b c"] == Place(1, 3)
    assert (places.keys["a", "b c", "ö"], places.values["a", "b c", "ö"]) == (Place(2, 1), Place(2, 7))
    inner = ("a", "b c", "d", "e")
    assert (places.keys[inner], places.values[inner]) == (Place(3, 1), Place(3, 7))
    assert (places.keys[*inner, "f"], places.values[*inner, "f"]) == (Place(3, 9), Place(3, 13))
    assert (places.keys[*inner, "g"], places.values[*inner, "g"]) == (Place(4, 2), Place(4, 8))
    assert (places.keys[*inner, "g", 1], places.values[*inner, "g", 1]) == (Place(4, 12), Place(4, 12))
    assert places.keys["h", 0] == Place(5, 1)


def test_a_fault_points_at_what_is_wrong() -> None:
    """A wrong value is pointed at, an unknown key as well; what is missing is at the table in which it would stand."""
    faults = [
        Fault(("a", "b", "d"), "missing"),
        Fault(("a", "b", "c"), "wrong", at_value=True),
        Fault(("a", "b", "c"), "unknown"),
        Fault(("z",), "nowhere"),
    ]
    assert list(map(str, placed(faults, "file", "[a.b]\nc   = 1\n"))) == [
        "file: z: nowhere",
        "file:1:1: a.b.d: missing",
        "file:2:1: a.b.c: unknown",
        "file:2:7: a.b.c: wrong",
    ]


def _paths(value: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return {(*path, key) for key, _ in items}.union(*(_paths(item, (*path, key)) for key, item in items))


def test_finder_and_parser_see_the_same_keys() -> None:
    """The paths that have lines are exactly those that the parser reads."""
    assert _paths(tomli.loads(TEXT)) == set(places_of(TEXT).keys)


KEYS = ["[a]", "[[a]]", "[[a.b]]", "[a.c]", "a", "b", ".", "=", "b = 1\n", "c.d = [1, {a = 2}]\n"]
VALUES = ["1", "-2.5", "2026-01-01", '"b"', "'#'", '"""', "\\", '\\"', "e = [\n 1,\n [2]]\n", "f = {a = 1, b.c = []}\n"]
MARKS = ["[", "]", "{", "}", ",", "# c", " ", "\n"]


@given(st.lists(st.sampled_from(KEYS + VALUES + MARKS), max_size=20).map("".join))
def test_any_text_is_walked_to_its_end(text: str) -> None:
    """Text that is no TOML neither raises nor hangs; in text that is, the parser's keys are found."""
    found = set(places_of(text).keys)
    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    assert _paths(values) == found


def test_deep_nesting_does_no_harm() -> None:
    """As many brackets as the parser allows still leave the outer key with its line."""
    text = "a = " + "{ a = " * 300 + "1" + " }" * 300
    tomli.loads(text)
    assert line_of(text, ("a",)) == 1
