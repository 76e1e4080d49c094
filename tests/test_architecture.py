"""The code map of CONTRIBUTING.md is true: it names all there is, and nothing knows what stands below it."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from mlopscards.cli import main

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "mlopscards"
MAP = [
    line.strip("|").split("|", 1)
    for line in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n")
    if line.startswith("| `")
]
"""The rows of the table: what they name, and what they say of it."""
PLACES = {name.rstrip("/"): row for row, (names, _) in enumerate(MAP) for name in re.findall(r"`([^`]+)`", names)}
MODULES = {".".join(path.relative_to(SOURCE).with_suffix("").parts): path for path in SOURCE.rglob("*.py")}
PACKAGES = sorted({path.parent.name for path in SOURCE.rglob("__init__.py")} - {SOURCE.name})
SEVERAL = {
    "click": {name for name in MODULES if name.startswith("cli.")},
    "markdown_it": {"grammar", "inline", "syntax"},
    "rapidfuzz": {"check.alike", "check.links", "likeness"},
}
"""Libraries that more than one module knows: of the parser two read the tokens, and how like two words are is a sum."""


def imported_by(name: str) -> Iterator[str]:
    """What a module takes from elsewhere, our own modules without our name; what is for types alone is left out."""
    nodes: list[ast.AST] = [ast.parse(MODULES[name].read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                yield from (one.name for one in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from map(_resolved, (f"{module}.{one.name}" for one in names))
        nodes += ast.iter_child_nodes(node)


def _resolved(path: str) -> str:
    """The module of ours that *path* names or lies in; else *path* itself."""
    root, _, inner = path.partition(".")
    if root != SOURCE.name:
        return path
    around = inner.rpartition(".")[0]
    named = (inner, f"{inner}.__init__", around, f"{around}.__init__")
    return next((one for one in named if one in MODULES), "__init__")


def _first(name: str) -> str:
    return name.partition(".")[0]


def test_the_map_names_every_module_and_folder_once() -> None:
    named = [name.rstrip("/") for names, _ in MAP for name in re.findall(r"`([^`]+)`", names)]
    found = [path.stem if path.suffix == ".py" else path.name for path in SOURCE.iterdir()]
    assert sorted(named) == sorted(set(found) - {"__init__", "__pycache__"})


@pytest.mark.parametrize("package", PACKAGES)
def test_the_map_says_of_every_file_of_a_folder_what_it_is(package: str) -> None:
    files = {path.stem for path in (SOURCE / package).iterdir() if path.suffix in (".py", ".js")}
    said = set(re.findall(r"`(\w+)[^`]*`", MAP[PLACES[package]][1]))
    assert files - {"__init__", "__main__"} - (main.commands.keys() if package == "cli" else set()) <= said


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"__init__"}))
def test_a_module_knows_only_what_stands_above_it(name: str) -> None:
    row = PLACES[_first(name)]
    ours = {one for one in imported_by(name) if one in MODULES} - {"__init__"}
    assert not [one for one in ours if PLACES[_first(one)] > row]


def test_no_two_modules_need_each_other() -> None:
    TopologicalSorter({name: {*imported_by(name)} & MODULES.keys() for name in MODULES}).prepare()


def test_one_module_knows_each_foreign_library() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for name in MODULES:
        for library in {_first(one) for one in imported_by(name) if one not in MODULES}:
            users[library].add(name)
    foreign = {library: names for library, names in users.items() if library not in sys.stdlib_module_names}
    assert {"genanki", "yaml", *SEVERAL} <= foreign.keys()
    assert not {library: names for library, names in foreign.items() if len(names - SEVERAL.get(library, set())) > 1}


def test_only_commands_print_and_ask_for_the_time() -> None:
    speaks = re.compile(r"\bprint\(|\bsys\.std(?:out|err)\b|^import logging|\btime\.time\(|\bdatetime\b", re.MULTILINE)
    found = {name for name, path in MODULES.items() if speaks.search(path.read_text(encoding="utf-8"))}
    assert "cli.common" in found
    assert not [name for name in found if not name.startswith("cli.")]
