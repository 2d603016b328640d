"""Every block of TOML and Python in the documentation is what the program takes."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pytest
import tomli

from breakd import Adviser, CommandFactory, Guide, Importer, Notifier, Observer, Source
from breakd.plugin import tables
from breakd.plugin.interfaces import Register
from breakd.plugin.loaded import Kind
from breakd.plugin.registering import check
from breakd.settings.catalogue import laid_over
from breakd.settings.load import load
from breakd.settings.pack_cache import Packs
from breakd.settings.routines import load_routines, read_pack
from tests.docs.blocks import BLOCKS, PAGES, ROOT, Block, blocks, written_in

T = TypeVar("T")
HOOK = "def breakd_register("


class Taken:
    """A `Register` that keeps what it is given. What the host would refuse, it refuses."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.things: list[str] = []

    def settings(self, type_: type[T]) -> T:
        """The table of this plugin, from the settings shown in the documentation."""
        return tables.convert(type_, self.name, SETTINGS.get(self.name, {}), tables.nowhere)

    def routine_file(self, file: str) -> None:
        """A file that the documentation shows as well."""
        assert f"breakd_{self.name}/{file}" in {block.name for block in written_in("toml")}
        self.things.append(file)

    def source(self, source: Source, *, name: str = "") -> Source:
        """See `Register`."""
        return self._take("source", source)

    def notifier(self, notifier: Notifier, *, name: str = "") -> Notifier:
        """See `Register`."""
        return self._take("notifier", notifier)

    def guide(self, guide: Guide, *, name: str = "") -> Guide:
        """See `Register`."""
        return self._take("guide", guide)

    def observer(self, observer: Observer, *, name: str = "") -> Observer:
        """See `Register`."""
        return self._take("observer", observer)

    def adviser(self, adviser: Adviser, *, name: str = "") -> Adviser:
        """See `Register`."""
        return self._take("adviser", adviser)

    def importer(self, importer: Importer, *, name: str = "") -> Importer:
        """See `Register`."""
        return self._take("importer", importer)

    def subcommand(self, command: CommandFactory, *, name: str = "") -> CommandFactory:
        """See `Register`."""
        return self._take("subcommand", command)

    def _take(self, kind: Kind, thing: T) -> T:
        check(kind, kind, thing)
        self.things.append(kind)
        return thing


def settings_of(pages: list[Block]) -> dict[str, Any]:
    """Every table `[plugins.NAME]` that the documentation shows."""
    every = [tomli.loads(block.text).get("plugins", {}) for block in pages]
    return {name: table for found in every for name, table in found.items()}


SETTINGS = settings_of(written_in("toml"))


def is_routines(block: Block) -> bool:
    """Whether it starts with a routine, or with those that are off."""
    return next(iter(tomli.loads(block.text)), "") in ("routine", "off")


ROUTINES = [block for block in written_in("toml") if is_routines(block)]
PROJECTS = [block for block in written_in("toml") if block.name == "pyproject.toml"]
BUNDLED = tuple(
    routine
    for name in ("posture", "stretching", "walking")
    for routine in load_routines(ROOT / f"plugins/breakd_{name}/{name}.toml", name)
)
OTHERS = [block for block in written_in("toml") if block not in ROUTINES + PROJECTS]  # settings
PLUGINS = [block for block in written_in("python") if HOOK in block.text]


def run(block: Block) -> ModuleType:
    """The block as the module that it is."""
    module = ModuleType("documented")
    exec(compile(block.text, str(block), "exec", dont_inherit=True), vars(module))
    return module


@pytest.mark.parametrize("block", ROUTINES, ids=str)
def test_routines_can_be_loaded(block: Block, tmp_path: Path) -> None:
    """Such a block is a file of routines without a mistake; one that names no plugin is a person's own."""
    own = not block.name.startswith("breakd_")
    file = tmp_path / (Path(block.name).name if block.name else "mine.toml")
    file.write_text(block.text)
    assert len(read_pack(file, file.stem, own=own).routines) == block.text.count("[[routine]]")
    assert laid_over(load(), [file], BUNDLED, Packs()).problems == ()


@pytest.mark.parametrize("block", OTHERS, ids=str)
def test_settings_can_be_loaded(block: Block, tmp_path: Path) -> None:
    """Any other block of TOML is a piece of breakd.toml, and every key in it is known."""
    file = tmp_path / "breakd.toml"
    file.write_text(block.text)
    assert load(file).plugins.items() >= tomli.loads(block.text).get("plugins", {}).items()


@pytest.mark.parametrize("block", PROJECTS, ids=str)
def test_projects_name_a_plugin_that_is_shown(block: Block) -> None:
    """The entry point in a project file is the module that the page shows."""
    points = tomli.loads(block.text)["project"]["entry-points"]["breakd"]
    assert [f"{module}/__init__.py" for module in points.values()] == [
        plugin.name for plugin in PLUGINS if plugin.name.split("/")[0] in points.values()
    ]


@pytest.mark.parametrize("block", PLUGINS, ids=str)
def test_plugins_can_be_registered(block: Block) -> None:
    """A block with a hook says which file it is, runs, and registers something that the host takes."""
    folder = re.fullmatch(r"breakd_(\w+)/__init__.py", block.name)
    assert folder, f"{block}: its first line has to be `# breakd_NAME/__init__.py`"
    register = Taken(folder[1])
    typed: Register = register
    run(block).breakd_register(typed)
    assert register.things != []


def test_every_python_block_compiles() -> None:
    """Blocks without a hook are Python as well."""
    for block in written_in("python"):
        compile(block.text, str(block), "exec", dont_inherit=True)


def test_no_block_goes_unchecked() -> None:
    """A block is marked with a language that is checked, or is visibly something else."""
    others = [block for block in BLOCKS if block.language not in ("toml", "python")]
    assert [str(block) for block in others if block.language in ("", "TOML", "Python", "py", "python3")] == []
    assert [str(block) for block in others if "[[routine]]" in block.text or HOOK in block.text] == []


def test_the_pages_show_each_kind_of_plugin() -> None:
    """The documentation has a working example of everything that a plugin can register."""
    shown: set[str] = set()
    for block in PLUGINS:
        register = Taken(block.name.removeprefix("breakd_").partition("/")[0])
        run(block).breakd_register(register)
        shown |= set(register.things)
    assert {"source", "notifier", "guide", "observer", "neck.toml"} - shown == set()


def test_blocks_are_found() -> None:
    """Fences are taken out with their language, line and file name, whatever stands between them."""
    page = "Text\n\n```toml\n# a/b.toml\nx = 1\n```\n```\nplain\n```\n"
    found = blocks(page, "page.md")
    assert [(block.line, block.language, block.name) for block in found] == [(3, "toml", "a/b.toml"), (7, "", "")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    """A file of the repository that a page links to or names in backticks is there."""
    text = page.read_text(encoding="utf-8")
    links = [page.parent / link for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", text)]
    named = [
        ROOT / name
        for name in re.findall(r"`((?:breakd|plugins|tests|docs|config)/[\w./-]*)`", text)
        if "NNNN" not in name
    ]
    assert [str(path) for path in links + named if not path.exists()] == []
