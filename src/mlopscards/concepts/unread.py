"""Why an item gave no card, told by what it is."""

from __future__ import annotations

from collections.abc import Callable

from mlopscards.concepts.lines import LONGEST_LINE
from mlopscards.concepts.references import refers
from mlopscards.concepts.shapes import is_example, is_running
from mlopscards.layout import Item, is_picture
from mlopscards.model import LineKind
from mlopscards.patterns import ASIDE, EXAMPLE, PART, QUESTION_MARKS, is_reference, section_depth, split_term
from mlopscards.syntax import BlockKind


def why_unread(item: Item) -> LineKind:
    """Say why nothing is asked about *item*: the first reason that holds."""
    return next((kind for kind, holds in REASONS if holds(item)), LineKind.NOTHING_DEFINED)


def _is(kind: BlockKind) -> Callable[[Item], bool]:
    return lambda item: item.kind is kind


def _label(item: Item) -> str:
    """What stands before the separator of a line, or the whole line."""
    split = split_term(item.text)
    return (split.term if split else item.text).plain.strip(" :.")


def _is_part(item: Item) -> bool:
    return item.is_heading and bool(PART.match(item.text.plain))


def _is_link(item: Item) -> bool:
    """A link, a label with its link, or a head of nothing else."""
    split = split_term(item.text)
    labelled = split is not None and is_reference(split.body)
    return labelled or is_reference(item.text) or (bool(item.children) and all(map(refers, item.children)))


def _is_remark(item: Item) -> bool:
    return bool(ASIDE.match(_label(item)) or ASIDE.match(item.text.plain.partition(":")[0]))


def _is_example(item: Item) -> bool:
    return bool(EXAMPLE.match(_label(item))) or is_example(item)


def _is_head(item: Item) -> bool:
    opens = bool(item.children) and not item.text.plain.rstrip().endswith(".")
    return opens or section_depth(item.text) > 0


def _is_question(item: Item) -> bool:
    """A question by itself; one that running text asks is answered by the text, if at all."""
    return item.text.plain.rstrip().endswith(QUESTION_MARKS) and not is_running(item)


def _is_prose(item: Item) -> bool:
    """Running text, or an unmarked sentence."""
    sentence = item.span.end_line > item.span.line or item.text.plain.rstrip().endswith((".", "!", "?"))
    return is_running(item) or (sentence and not item.marker)


REASONS: tuple[tuple[LineKind, Callable[[Item], bool]], ...] = (
    (LineKind.CODE, _is(BlockKind.CODE)),
    (LineKind.FORMULA, _is(BlockKind.MATH)),
    (LineKind.CELL, _is(BlockKind.TABLE)),
    (LineKind.LAYOUT, _is(BlockKind.RULE)),
    (LineKind.PART, _is_part),
    (LineKind.LINK, _is_link),
    (LineKind.LONE_HEAD, lambda item: item.is_heading),
    (LineKind.REMARK, _is_remark),
    (LineKind.EXAMPLE, _is_example),
    (LineKind.LONE_HEAD, _is_head),
    (LineKind.PICTURE, is_picture),
    (LineKind.QUESTION, _is_question),
    (LineKind.TOO_LONG, lambda item: len(item.text.plain) > LONGEST_LINE),
    (LineKind.PROSE, _is_prose),
)
"""The reasons, in the order in which they are tried; what none explains defines nothing."""
