"""Loading: one plugin at a time, and a broken one costs only itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import msgspec
import pytest

from breakd import Emit, Note, Register, Routine, Session
from breakd.plugin.limits import Limits
from breakd.plugin.tables import keys
from tests.shell.host_parts import QUICK, House, module, offers, routine, states

GOOD = "def breakd_register(register):\n    register.observer(lambda records: None)\n"


async def quiet(emit: Emit) -> None:
    """A source with nothing to say."""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a distribution with one module and its entry point, as pip would."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name: str, code: str, *, dist: str = "", value: str = "") -> None:
        modname = value or f"installed_{name}"
        (tmp_path / f"{modname}.py").write_text(code)
        monkeypatch.delitem(sys.modules, modname, raising=False)
        info = tmp_path / f"{dist or name}-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist or name}\nVersion: 1.5\n")
        (info / "entry_points.txt").write_text(f"[breakd]\n{name} = {modname}\n")

    return install


def loaded(
    *names: str, tables: Mapping[str, object] = {}, limits: Limits = QUICK
) -> tuple[House, list[tuple[str, str, str]]]:
    house = House(tables=tables, limits=limits)
    house.host.load(names)
    return house, [(plugin.name, plugin.state, plugin.reason) for plugin in house.host.plugins.values()]


def added(plugin: object, **table: object) -> House:
    house = House(tables={"demo": table} if table else {})
    house.host.add("demo", plugin if isinstance(plugin, ModuleType) else module(plugin))
    return house


def reason(plugin: object, **table: object) -> str:
    house = added(plugin, **table)
    assert house.host.plugins["demo"].state == "failed"
    assert house.host.plugins["demo"].things == []
    return house.host.plugins["demo"].reason


def test_entry_point_is_loaded_with_its_origin(install: Callable[..., None]) -> None:
    """An installed plugin is found by its entry point, and what is known of it says where it comes from."""
    install("good", GOOD)
    house, plugins = loaded("good")
    assert plugins == [("good", "ok", "")]
    assert house.host.plugins["good"].source == "good 1.5"
    assert [str(thing) for thing in house.host.plugins["good"].things] == ["observer good"]
    assert list(house.said) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import no_such_thing", "ModuleNotFoundError: No module named 'no_such_thing' (installed_bad.py:1)"),
        ("\n\n1 / 0", "ZeroDivisionError: division by zero (installed_bad.py:3)"),
        ("import sys; sys.exit(3)", "SystemExit: 3 (installed_bad.py:1)"),
        ("def breakd_register(register):\n    raise OSError('no')", "OSError: no (installed_bad.py:2)"),
        ("def breakd_register(register):\n    exit()", "SystemExit: None (installed_bad.py:2)"),
        ("def (", "SyntaxError: invalid syntax (installed_bad.py, line 1)"),
    ],
)
def test_broken_import_or_hook_costs_only_that_plugin(install: Callable[..., None], code: str, expected: str) -> None:
    """Whatever an import or hook raises is contained, said with its line, and the next plugin loads."""
    install("bad", code)
    install("good", GOOD)
    house, plugins = loaded("bad", "good")
    assert plugins[0][:2] == ("bad", "failed")
    assert plugins[0][2].startswith(expected)
    assert plugins[1] == ("good", "ok", "")
    assert list(house.said) == [f"plugin bad (bad 1.5): failed: {plugins[0][2]}"]


def test_hung_import_is_given_up_on(install: Callable[..., None]) -> None:
    """An import that hangs costs its time limit, and the next plugin loads."""
    install("bad", "import threading\nhang = threading.Event()\nhang.wait(20)")
    install("good", GOOD)
    _, plugins = loaded("bad", "good", limits=Limits(importing=0.5))
    (name, state, reason), good = plugins
    assert (name, state, good) == ("bad", "failed", ("good", "ok", ""))
    assert reason.startswith("importing installed_bad takes more than 0.5 s: thrown out after 0.5 s at threading.py:")
    assert reason.endswith("installed_bad.py:3 in <module>")


def test_ctrl_c_gets_out(install: Callable[..., None]) -> None:
    """Only KeyboardInterrupt ends the loading."""
    install("bad", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        loaded("bad")


def test_second_of_a_name_is_not_loaded(install: Callable[..., None]) -> None:
    """The second plugin of a name is not loaded, and both origins are named."""
    install("neck", GOOD, dist="one", value="installed_one")
    install("neck", "raise OSError('never imported')", dist="two", value="installed_two")
    house, plugins = loaded("neck")
    line = "a second plugin of this name was not loaded: two 1.5; the first is from one 1.5"
    assert plugins == [("neck", "ok", line)]
    assert list(house.said) == [f"plugin neck: {line}"]


def test_bundled_plugin_wins_its_name(install: Callable[..., None]) -> None:
    """Bundled plugins load first, so no other can take their place."""
    install("x11", GOOD, dist="another")
    house, _ = loaded("x11")
    assert house.host.plugins["x11"].origin == "breakd"
    assert "not loaded: another 1.5; the first is from breakd" in house.said[-1]


def test_switched_off_plugin_is_not_imported(install: Callable[..., None]) -> None:
    """`enabled = false` in its table keeps a plugin from being imported at all."""
    install("off", "raise OSError('imported')")
    assert loaded("off", tables={"off": {"enabled": False}})[1] == [("off", "off", "")]


def test_enabled_must_be_a_boolean() -> None:
    """A wrong `enabled` is an error, not a yes or a no."""
    expected = "breakd.toml:7: plugins.demo.enabled: expected true or false, found 'no'"
    assert reason(offers(source=quiet), enabled="no") == expected


def test_table_must_be_a_table() -> None:
    """`plugins.demo = 3` is said to be wrong."""
    house = House(tables={"demo": 3})
    house.host.add("demo", module(offers(source=quiet)))
    assert house.host.plugins["demo"].reason == "plugins.demo: expected a table, found 3"


def test_table_without_plugin_is_said(install: Callable[..., None]) -> None:
    """A table whose plugin is not installed is said, with the name that was probably meant."""
    install("good", GOOD)
    house = House(tables={"goood": {}})
    house.host.load()
    assert "plugins.goood: no such plugin (did you mean good?)" in house.said


def test_asking_for_a_plugin_that_is_not_there_is_said() -> None:
    """Asked to load only some, the host says which of them are not installed."""
    house, plugins = loaded("no-such-plugin")
    assert (plugins, list(house.said)) == ([], ["plugins.no-such-plugin: no such plugin"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("breakd_registr", "breakd_registr is no hook; the hook is breakd_register(register)"),
        ("breakd_start", "breakd_start is no hook; the hook is breakd_register(register)"),
        ("register", "it has no function breakd_register(register)"),
    ],
)
def test_misnamed_hook_is_an_error(name: str, expected: str) -> None:
    """A function named like a hook that is none, or no hook at all, is an error."""
    plugin = ModuleType("demo")
    setattr(plugin, name, offers(source=quiet))
    assert reason(plugin).startswith(expected)


def test_hook_that_registers_nothing_is_an_error() -> None:
    """A hook that registers nothing is an error: nothing else would show that it was meant to."""
    assert reason(offers()).startswith("its breakd_register registers nothing: call register.source(...)")


def test_hook_must_be_a_plain_def_with_register() -> None:
    """The hook is called once, with `register`, and not awaited."""

    async def late(register: Register) -> None: ...

    def other(registry: Register) -> None: ...

    assert reason(late) == "breakd_register is an async def; it only registers: make it a plain def"
    assert reason(other).startswith("breakd_register(register) takes one argument, named register: ")


def test_hook_may_be_a_method() -> None:
    """An object with the hook as a method is a plugin too."""

    class Plugin:
        def breakd_register(self, register: Register) -> None:
            register.source(quiet)

    house = House()
    house.host.add("demo", Plugin())
    assert states(house.host) == {"demo": "ok"}


class Desktop:
    """A notifier whose `show` takes too much."""

    def show(self, note: Note, urgency: int) -> None: ...

    def withdraw(self, key: str) -> None: ...


def two(one: object, another: object) -> None:
    """A function of two arguments."""


def yielding(emit: Emit) -> object:
    """A generator function, meant as a source."""
    yield emit


@pytest.mark.parametrize(
    ("kind", "thing", "expected"),
    [
        ("source", 3, "source demo: 3 cannot be called with emit"),
        ("source", two, "source demo: two(one: 'object', another: 'object') -> 'None' cannot be called as two(emit): "),
        ("guide", lambda: None, "guide demo: <lambda>() cannot be called as <lambda>(session): too many positional"),
        ("observer", lambda *, records: None, "observer demo: <lambda>(*, records) cannot be called as <lambda>(rec"),
        ("notifier", Desktop(), "notifier demo: show(note: 'Note', urgency: 'int') -> 'None' cannot be called"),
        ("notifier", Desktop, "notifier demo: Desktop is a class: register an instance, Desktop(...)"),
        ("notifier", SimpleNamespace(show=print), "notifier demo: namespace(show=<built-in function print>) has no wi"),
        ("source", yielding, "source demo: yielding(emit: 'Emit') -> 'object' has a yield, so calling it does nothing"),
    ],
)
def test_wrong_signature_is_refused_at_registration(kind: str, thing: object, expected: str) -> None:
    """What the host could not call is refused, naming plugin, kind, function and signature; nothing else is kept."""

    def hook(register: Register) -> None:
        register.source(quiet, name="fine")
        getattr(register, kind)(thing)

    assert reason(hook).startswith(expected)


def test_two_things_of_a_kind_need_names() -> None:
    """Two sources of one plugin are told apart by name, PLUGIN.name."""

    def named(register: Register) -> None:
        register.source(quiet)
        register.source(quiet, name="answers")

    def twice(register: Register) -> None:
        register.source(quiet)
        register.source(quiet)

    assert [thing.name for thing in added(named).host.plugins["demo"].things] == ["demo", "demo.answers"]
    assert reason(twice) == "two things are source demo: give one of them another name="


def test_registering_later_is_refused() -> None:
    """What is registered after the hook has returned would be lost without a word: it raises."""
    kept: list[Register] = []

    def hook(register: Register) -> None:
        kept.append(register)
        register.source(quiet)

    added(hook)
    with pytest.raises(Exception, match="register only inside breakd_register"):
        kept[0].guide(lambda session: None)


def test_register_gives_back_what_it_takes() -> None:
    """Each method decorates: the function stays what it was."""
    kept: list[object] = []

    def hook(register: Register) -> None:
        @register.guide
        async def guide(session: Session) -> None: ...

        kept.append(guide.__name__)  # type: ignore[attr-defined]

    added(hook)
    assert kept == ["guide"]


@dataclass
class Options:
    """Settings with defaults, and one rule of their own."""

    after: float = 20
    host: str = "localhost"

    def __post_init__(self) -> None:
        if self.after < 5:
            raise ValueError("after must be 5 or more")


@dataclass
class Needs:
    """Settings with a key that only the person knows."""

    broker: str
    port: int = 1883


class OptionsStruct(msgspec.Struct):
    """The same as `Options`."""

    after: float = 20
    host: str = "localhost"

    def __post_init__(self) -> None:
        if self.after < 5:
            raise ValueError("after must be 5 or more")


class NeedsStruct(msgspec.Struct):
    """The same as `Needs`."""

    broker: str
    port: int = 1883


both_options = pytest.mark.parametrize("options", [Options, OptionsStruct])


def asks_for(type_: type, kept: list[object]) -> Callable[[Register], None]:
    """A hook that takes its settings."""

    def hook(register: Register) -> None:
        kept.append(register.settings(type_))
        register.source(quiet)

    return hook


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, (20, "localhost")),
        ({"after": 30}, (30.0, "localhost")),
        ({"enabled": True, "host": "nas"}, (20, "nas")),
    ],
)
@both_options
def test_settings_come_as_the_class_asked_for(
    options: type, table: dict[str, object], expected: tuple[float, str]
) -> None:
    """The table becomes the plugin's dataclass or struct, without the host's key, with its defaults."""
    kept: list[object] = []
    added(asks_for(options, kept), **table)
    assert kept == [options(*expected)]


@both_options
def test_all_wrong_settings_are_said_at_once(options: type) -> None:
    """Every wrong key is said, with its place and what was probably meant, and the hook ends there."""
    expected = [
        "breakd.toml:7: plugins.demo.after: Expected `float`, got `str`, found '20'",
        "breakd.toml:7: plugins.demo.hosts: no such key (did you mean host?)",
    ]
    assert reason(asks_for(options, []), after="20", hosts="nas").splitlines() == expected


@both_options
def test_rule_of_the_plugin_is_a_settings_error(options: type) -> None:
    """A ValueError of the class is said as an error of the table."""
    assert reason(asks_for(options, []), after=1) == "plugins.demo: after must be 5 or more"


@pytest.mark.parametrize("needs", [Needs, NeedsStruct])
def test_missing_key_is_unconfigured_only_without_table(needs: type) -> None:
    """A key without default and no table: the plugin waits to be configured, silently. With a table it is an error."""
    house = added(asks_for(needs, []))
    assert (states(house.host), list(house.said)) == ({"demo": "unconfigured"}, [])
    assert house.host.plugins["demo"].reason == "[plugins.demo] needs: broker"
    assert reason(asks_for(needs, []), port=1) == "breakd.toml:7: plugins.demo.broker: this key is missing"


@both_options
def test_keys_are_told_as_the_plugin_has_them(options: type) -> None:
    """`breakd plugins info`: each key with its type, its default and what is given."""
    assert keys(options, {"after": 30.0}) == [
        {"key": "after", "type": "float", "default": "20", "value": "30.0"},
        {"key": "host", "type": "str", "default": '"localhost"', "value": ""},
    ]


def test_settings_need_a_class_of_fields() -> None:
    """Anything but a dataclass or struct is refused."""
    assert reason(asks_for(dict, [])) == "register.settings takes a dataclass or a msgspec.Struct, not <class 'dict'>"


def test_settings_of_a_plugin_that_has_none_are_said() -> None:
    """Keys that nobody reads do not go unnoticed; the plugin works all the same."""
    house = added(offers(source=quiet), after=3)
    line = "plugins.demo: it has no settings, so these do nothing: after"
    assert (states(house.host), house.host.plugins["demo"].reason) == ({"demo": "ok"}, line)


def test_routine_file_lies_beside_the_module() -> None:
    """Routines are read from a file beside the plugin, with the plugin's name before their ids, and sorted by id."""
    asked: list[tuple[Path, str]] = []

    def load(path: Path, prefix: str) -> tuple[Routine, ...]:
        asked.append((path, prefix))
        return routine(10, id=f"{prefix}.turn"), routine(10, id=f"{prefix}.nod")

    house = House(load_routines=load)
    house.host.add("neck", module(lambda register: register.routine_file("neck.toml")))
    assert asked == [(Path(__file__).parent / "neck.toml", "neck")]
    assert [each.id for each in house.host.routines] == ["neck.nod", "neck.turn"]


def test_wrong_routine_file_fails_its_plugin() -> None:
    """What the loader of routines raises is the plugin's failure, and none of its routines count."""

    def load(path: Path, prefix: str) -> tuple[Routine, ...]:
        raise ValueError(f"{path.name}:3: routine[0].title: this key is missing")

    house = House(load_routines=load)
    house.host.add("neck", module(lambda register: register.routine_file("neck.toml")))
    assert (states(house.host), house.host.routines) == ({"neck": "failed"}, ())
    assert "neck.toml:3: routine[0].title: this key is missing" in house.host.plugins["neck"].reason


def test_routine_of_an_id_comes_once() -> None:
    """Two files of one plugin with a routine of the same id are refused."""

    def hook(register: Register) -> None:
        register.routine_file("one.toml")
        register.routine_file("two.toml")

    house = House(load_routines=lambda path, prefix: (routine(10),))
    house.host.add("neck", module(hook))
    assert house.host.plugins["neck"].reason.startswith("two.toml: these routines are in another file of the plugin")
