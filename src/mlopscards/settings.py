"""`notes/mlopscards.yaml` to `Settings`: what differs from the defaults, every slip in it named by its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mlopscards.errors import CannotDo, NotesError
from mlopscards.model import Problem, Span
from mlopscards.yamlnodes import MappingNode, Mark, Node, NotYaml, ScalarNode, SequenceNode, compose

FILE_NAME = "mlopscards.yaml"

_TEXT, _INTEGER, _NULL = (f"tag:yaml.org,2002:{name}" for name in ("str", "int", "null"))


@dataclass(frozen=True, slots=True)
class Settings:
    """What the author decides about the decks as a whole."""

    root: str = "MLOps"
    """The deck that holds all others; `::` in it nests."""
    courses: Mapping[int, str] = field(default_factory=dict)
    """The title of each course by its number."""
    tags: tuple[str, ...] = ()
    """Tags that every card gets."""
    ignore: tuple[tuple[str, int], ...] = ()
    """Codes of the findings that the author turned off for all notes, each with its line in the settings."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "courses", MappingProxyType(dict(self.courses)))


class _Wrong(Exception):
    """Something is not what it should be; line and column count from 0, as YAML's marks do."""

    def __init__(self, mark: Mark | None, code: str, message: str) -> None:
        super().__init__(message)
        self.line, self.column = (mark.line, mark.column) if mark else (0, 0)
        self.code, self.message = code, message


def read_settings(path: Path) -> Settings:
    """Read the settings; a file that is not there means the defaults."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError as error:
        problem = Problem(Span(path.name, 1), "S101", f"is not UTF-8 ({error.reason}); save it as UTF-8")
        raise NotesError((problem,)) from None
    except OSError as error:
        raise CannotDo(f"cannot read {path}: {error.strerror}") from error
    return parse_settings(path.name, text)


def parse_settings(name: str, text: str) -> Settings:
    """Make settings of the YAML in *text*; *name* is what the problems call the file."""
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    try:
        for key, node in _pairs(_compose(text)):
            try:
                values |= _setting(key, node, values)
            except _Wrong as wrong:
                problems.append(_problem(name, wrong))
    except _Wrong as wrong:
        problems.append(_problem(name, wrong))
    if problems:
        raise NotesError(tuple(sorted(problems)))
    return Settings(**values)


def _compose(text: str) -> Node | None:
    try:
        return compose(text)
    except NotYaml as error:
        wrong = _Wrong(None, "S101", f"is not YAML: {error.reason}")
        wrong.line, wrong.column = error.line, error.column
        raise wrong from None


def _pairs(node: Node | None) -> Iterator[tuple[Node, Node]]:
    if node is None or node.tag == _NULL:
        return
    if not isinstance(node, MappingNode):
        raise _Wrong(node.start_mark, "S103", f"is {_shape(node)}, expected keys with values such as 'root: MLOps'")
    yield from node.value


def _setting(key: Node, node: Node, known: Mapping[str, Any]) -> dict[str, Any]:
    """Read one key; what stands empty keeps its default."""
    name = str(key.value) if isinstance(key, ScalarNode) else _shape(key)
    if name not in _READERS:
        raise _Wrong(key.start_mark, "S102", f"does not know the key {name!r}; {_nearest(name)}")
    if name in known:
        raise _Wrong(key.start_mark, "S104", f"has the key {name!r} twice; keep one")
    return {} if node.tag == _NULL else {name: _READERS[name](node)}


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), _READERS, n=1)
    return f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(_READERS)}"


def _text(node: Node) -> str:
    if isinstance(node, ScalarNode) and node.tag == _TEXT:
        return str(node.value)
    hint = f"; put it in quotes: '{node.value}'" if isinstance(node, ScalarNode) else ""
    raise _Wrong(node.start_mark, "S103", f"is {_shape(node)}, expected text{hint}")


def _root(node: Node) -> str:
    root = _text(node)
    if not root.strip(" :\t"):
        raise _Wrong(node.start_mark, "S103", "names no root deck; give it a name, such as 'root: MLOps'")
    return root


def _courses(node: Node) -> dict[int, str]:
    if not isinstance(node, MappingNode):
        raise _Wrong(node.start_mark, "S103", f"is {_shape(node)}, expected numbers with titles: '1: Introduction'")
    courses: dict[int, str] = {}
    for key, title in node.value:
        number = _course_number(key)
        if number in courses:
            raise _Wrong(key.start_mark, "S104", f"has course {number} twice; keep one")
        courses[number] = _text(title)
    return courses


def _course_number(key: Node) -> int:
    # YAML has more ways to write a number (0x1f, 1_000, 1:30); nobody means one of them here.
    if key.tag != _INTEGER or not re.fullmatch(r"[0-9]{1,9}", str(key.value)):
        raise _Wrong(key.start_mark, "S103", f"has {str(key.value)!r} for a course, expected its number")
    return int(key.value)


def _tags(node: Node) -> tuple[str, ...]:
    if not isinstance(node, SequenceNode):
        raise _Wrong(node.start_mark, "S103", f"is {_shape(node)}, expected a list such as '[exam, mlops]'")
    return tuple(map(_text, node.value))


def _ignore(node: Node) -> tuple[tuple[str, int], ...]:
    if not isinstance(node, SequenceNode):
        raise _Wrong(node.start_mark, "S103", f"is {_shape(node)}, expected a list such as '[K301, M103]'")
    return tuple((_text(one), one.start_mark.line + 1) for one in node.value)


_READERS: Mapping[str, Callable[[Node], Any]] = {
    "root": _root,
    "courses": _courses,
    "tags": _tags,
    "ignore": _ignore,
}


def _shape(node: Node) -> str:
    """Say in the author's words what stands there instead."""
    return _SHAPES.get(node.tag.rpartition(":")[2], "something else")


_SHAPES = {
    "map": "a mapping",
    "seq": "a list",
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "timestamp": "a date",
    "null": "empty",
}


def _problem(name: str, wrong: _Wrong) -> Problem:
    return Problem(Span(name, wrong.line + 1, wrong.column + 1), wrong.code, wrong.message)
