"""YAML text to nodes that know their lines, and to values. The only importer of PyYAML."""

from __future__ import annotations

import yaml
from yaml import MappingNode, Mark, Node, ScalarNode, SequenceNode

__all__ = ["MappingNode", "Mark", "Node", "NotYaml", "ScalarNode", "SequenceNode", "compose", "load"]

# The C loader reads the same YAML several times faster, but not every PyYAML is built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotYaml(Exception):
    """Text that is no YAML; line and column count from 0, as YAML's marks do."""

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.column, self.reason = line, column, reason


DEEPEST = 50
"""Levels of nesting that are read; libyaml puts each level on the stack, and falls over far below it."""


def _refuse_depth(text: str) -> None:
    """Raise `NotYaml` where *text* nests too deep to be read."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER) if len(text) > DEEPEST else ():
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refused(event.start_mark, f"it nests deeper than {DEEPEST} levels")


def compose(text: str) -> Node | None:
    """Parse *text* to nodes rather than to values, for only nodes know their line. Raises `NotYaml`."""
    try:
        _refuse_depth(text)
        node: Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text) from None
    return node


def load(text: str) -> object:
    """Parse *text* to values. Raises `NotYaml`, also for what looks like a number or a date and is none."""
    try:
        _refuse_depth(text)
        values: object = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text) from None
    except ValueError as error:
        raise NotYaml(0, 0, str(error)) from None
    return values


def _not_yaml(error: yaml.YAMLError, text: str) -> NotYaml:
    match error:
        case yaml.MarkedYAMLError():
            return _refused(error.problem_mark, str(error.problem))
        case yaml.reader.ReaderError():
            line = text[: text.find(chr(error.character))].count("\n")
            return NotYaml(line, 0, f"it holds the control character {chr(error.character)!r}; delete it")
        case _:
            return NotYaml(0, 0, str(error))


def _refused(mark: Mark | yaml._yaml.Mark | None, reason: str) -> NotYaml:
    # A reason quotes what it found, however long that is.
    short = reason if len(reason) <= 200 else f"{reason[:197]}..."
    return NotYaml(mark.line if mark else 0, mark.column if mark else 0, short)
