"""Why an item gave no card, told by what it is."""

from __future__ import annotations

from mlopscards.concepts.lines import LONGEST_LINE
from mlopscards.concepts.references import refers
from mlopscards.concepts.shapes import is_example, is_running
from mlopscards.layout import Item
from mlopscards.model import LineKind
from mlopscards.patterns import ASIDE, EXAMPLE, PART, is_reference, section_depth, split_term
from mlopscards.syntax import BlockKind
from mlopscards.text import RunKind

BY_BLOCK = {
    BlockKind.CODE: LineKind.CODE,
    BlockKind.MATH: LineKind.FORMULA,
    BlockKind.TABLE: LineKind.CELL,
    BlockKind.RULE: LineKind.LAYOUT,
}


def why_unread(item: Item) -> LineKind:
    """Say why nothing is asked about *item*."""
    if kind := BY_BLOCK.get(item.kind):
        return kind
    plain = item.text.plain.strip(" :.")
    if item.is_heading and PART.match(plain):
        return LineKind.PART
    if is_reference(item.text) or (item.children and all(map(refers, item.children))):
        return LineKind.LINK
    if item.is_heading:
        return LineKind.LONE_HEAD
    split = split_term(item.text)
    if split and is_reference(split.body):
        return LineKind.LINK
    label = split.term.plain.strip(" :.") if split else plain
    if ASIDE.match(label) or ASIDE.match(plain.partition(":")[0]):
        return LineKind.REMARK
    if EXAMPLE.match(label) or is_example(item):
        return LineKind.EXAMPLE
    if section_depth(item.text) or (item.children and not item.text.plain.rstrip().endswith(".")):
        return LineKind.LONE_HEAD
    if item.text.images and all(run.kind is RunKind.IMAGE or not run.plain.strip() for run in item.text.runs):
        return LineKind.PICTURE
    if len(item.text.plain) > LONGEST_LINE:
        return LineKind.TOO_LONG
    return LineKind.PROSE if is_running(item) or _is_sentence(item) else LineKind.NOTHING_DEFINED


def _is_sentence(item: Item) -> bool:
    """Say whether an unmarked item reads as a sentence of running text."""
    plain = item.text.plain.rstrip()
    return not item.marker and (item.span.end_line > item.span.line or plain.endswith((".", "!", "?")))
