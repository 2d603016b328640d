"""The source as the architecture tests read it: modules, what they import, what they define."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Module:
    """One file of Python. `name`: as it is imported; `path`: from the top of the repository."""

    name: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """What the file says."""
        return ast.parse(self.text, self.path)

    @property
    def lines(self) -> int:
        """How long the file is."""
        return len(self.text.splitlines())

    def where(self, node: ast.stmt | ast.expr) -> str:
        """FILE:LINE of something in it."""
        return f"{self.path}:{node.lineno}"

    def imported(self) -> Iterator[tuple[str, ast.stmt]]:
        """Each thing imported, in full (`from a import b` is "a.b"), inside functions too."""
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                base = ".".join([*parents, *([node.module] if node.module else [])])
                yield from ((f"{base}.{alias.name}", node) for alias in node.names)

    def functions(self) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        """Every function and method, however deep inside, with its name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name, node

    def public(self) -> Iterator[tuple[str, Definition]]:
        """What others may use: public functions and classes, and the public methods of those."""
        yield from _public(self.tree.body, "")


def _public(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Definition]]:
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{prefix}{node.name}.")


def modules(folder: str) -> list[Module]:
    """All modules below a folder of the repository: a package, or a folder of packages."""
    top = ROOT / folder
    base = ROOT if (top / "__init__.py").is_file() else top
    return [
        Module(_name(path.relative_to(base)), path.relative_to(ROOT), path.read_text(encoding="utf-8"))
        for path in sorted(top.rglob("*.py"))
    ]


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PACKAGE = modules("breakd")
PLUGINS = modules("plugins")
