"""Tables that lose cells or rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlopscards.check.catalogue import found
from mlopscards.check.seen import Seen, Stretch
from mlopscards.model import Problem, Span
from mlopscards.syntax import BlockKind

PREFIX = re.compile(r"(?:\s|>|(?:[-*+]|\d{1,9}[.)])\s+(?=\|))*")
"""What a quote or a list puts before a line."""
BAR = re.compile(r"(?<!\\)\|")
DASHES = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
ROW = re.compile(r"\s*\|.*\|\s*")


def cells_in(line: str) -> int:
    """How many cells a line of a table has."""
    opening = PREFIX.match(line)
    row = line[opening.end() :].rstrip() if opening else line
    bars = [bar.start() for bar in BAR.finditer(row)]
    return len(bars) + 1 - (bars[:1] == [0]) - (bool(bars) and bars[-1] == len(row) - 1 and len(row) > 1)


def ragged_rows(seen: Seen) -> Iterator[Problem]:
    """Rows with more or fewer cells than the head."""
    for stretch in seen.stretches:
        if stretch.block.kind is BlockKind.TABLE:
            yield from _ragged_rows(stretch)


def _ragged_rows(stretch: Stretch) -> Iterator[Problem]:
    # A bar within code or a formula ends no cell.
    lines = stretch.plain.split("\n")
    expected = cells_in(lines[0])
    at = 0
    for number, row in enumerate(lines):
        cells = cells_in(row)
        span = stretch.span(at + len(row) - len(row.lstrip()))
        at += len(row) + 1
        if number == 1 and cells != expected:
            yield _unequal(span, expected, cells)
            return
        if cells > expected:
            message = f"row has {cells} cells, its head {expected}; give the rest a column, or write a bar as \\|"
            yield found("F211", span, message)
        elif cells < expected and "|" in row:
            yield found("F212", span, f"row has {cells} cells, its head {expected}; write an empty cell as '| |'")


def _unequal(span: Span, head: int, dashes: int) -> Problem:
    message = f"the head has {head} cells, the line of dashes {dashes}; make them equal"
    return found("F213", span, message)


def no_tables(seen: Seen) -> Iterator[Problem]:
    """Lines that look like a table and are none."""
    below_table = False
    for stretch in seen.stretches:
        if stretch.block.kind is BlockKind.PARAGRAPH and "|" in stretch.text:
            yield from _no_table(stretch, below_table=below_table)
        below_table = stretch.block.kind is BlockKind.TABLE


def _no_table(stretch: Stretch, *, below_table: bool) -> Iterator[Problem]:
    lines = stretch.plain.split("\n")
    at = 0
    for above, line in zip(["", *lines], lines, strict=False):
        if "|" in above and "|" in line and DASHES.fullmatch(line):
            yield _unequal(stretch.span(at + len(line) - len(line.lstrip())), cells_in(above), cells_in(line))
            return
        at += len(line) + 1
    if below_table and ROW.fullmatch(lines[0]) and cells_in(lines[0]) > 1:
        start = len(lines[0]) - len(lines[0].lstrip())
        yield found(
            "F214", stretch.span(start), "row stands outside the table above; delete the blank line between them"
        )
