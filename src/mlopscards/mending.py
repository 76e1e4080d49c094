"""What is mended in the lines of a note before they are parsed: tabs, comments, pipes in the cells of tables.

No line is added or taken, so that every block still knows where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

TAB = 8
"""Columns of a tab. Raw handouts are laid out by it; CommonMark's 4 tears their lists apart."""

FENCE = re.compile(r" {0,3}(?:[-*+] +|\d+[.)] +)*(```+|~~~+)")
TICKS = re.compile(r"(`+)")
DELIMITER_ROW = re.compile(r"[\s>]*(?:[-*+]\s+|\d+[.)]\s+)?\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)*$")
"""The line below the head of a table."""
BEFORE_ROW = re.compile(r"[\s>]*(?:(?:[-*+]\s+|\d+[.)]\s+)?\|)?")
CELL_END = re.compile(r"(?<!\\)((?:\\\\)*)\|")


def mended(text: str) -> list[str]:
    """Cut *text* into lines as the parser shall see them."""
    lines = text.split("\n")
    if "<!--" in text:
        lines = _without_comments(lines)
    if "\t" in text:
        lines = _expanded(lines)
    if "|" in text:
        lines = _with_whole_cells(lines)
    return lines


# --- fences ------------------------------------------------------------------------------------------------------


class _Fence:
    """Follows the lines of a note, and knows whether they are fenced code."""

    def __init__(self) -> None:
        self.mark = ""
        self.indent = 0
        """Columns before the code."""

    def holds(self, line: str) -> bool:
        """Say whether *line*, the next one, is within a fence, or one of its ends."""
        found = FENCE.match(line.lstrip())
        if found and not self.mark:
            self.mark = found[1]
            self.indent = len(line[: line.find(found[1])].expandtabs(TAB))
            return True
        within = bool(self.mark)
        if found and found[1].startswith(self.mark):
            self.mark = ""
        return within


# --- tabs --------------------------------------------------------------------------------------------------------


def _expanded(lines: Sequence[str]) -> list[str]:
    """Lay the lines out by the columns of tabs; within fenced code a tab that is not layout stays a tab."""
    fence = _Fence()
    return [
        _expanded_code(line, fence.indent) if fence.holds(line) and "\t" in line else line.expandtabs(TAB)
        for line in lines
    ]


def _expanded_code(line: str, indent: int) -> str:
    """Expand the tabs that reach up to the column where the code begins."""
    at, column = 0, 0
    while column < indent and line[at : at + 1] in ("\t", " "):
        column += TAB - column % TAB if line[at] == "\t" else 1
        at += 1
    return " " * column + line[at:]


# --- comments ----------------------------------------------------------------------------------------------------


def _without_comments(lines: Sequence[str]) -> list[str]:
    """Blank out HTML comments, but not those that code shows."""
    kept, inside, fence = [], False, _Fence()
    for line in lines:
        shown = line
        if inside or not fence.holds(line):
            shown, inside = _blank_comment(line, inside)
        kept.append(shown)
    return kept


def _blank_comment(line: str, inside: bool) -> tuple[str, bool]:
    """Return *line* without its commented parts, and whether a comment goes on behind it."""
    if not inside and "<!--" not in line:
        return line, False
    shown = _without_code(line) if "`" in line else line
    kept, at = "", 0
    while True:
        if inside:
            end = line.find("-->", at)
            if end < 0:
                return kept.rstrip(), True
            at, inside = end + 3, False
        start = shown.find("<!--", at)
        if start < 0:
            kept += line[at:]
            return kept if not kept.isspace() else "", False
        kept += line[at:start]
        at, inside = start + 4, True


def _without_code(line: str) -> str:
    """Hide inline code; the line stays as long as it is."""
    return "".join("`" * len(piece) if is_code else piece for piece, is_code in code_and_text(line))


def code_and_text(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of *line*, and whether each is inline code; joined they are the line."""
    pieces = TICKS.split(line)  # text and runs of backticks in turn
    closing: dict[str, list[int]] = {}
    for at in range(len(pieces) - 2, 0, -2):
        closing.setdefault(pieces[at], []).append(at)
    at = 0
    while at < len(pieces):
        if at % 2 == 0:
            yield pieces[at], False
            at += 1
            continue
        places = closing[pieces[at]]
        while places and places[-1] <= at:
            places.pop()
        end = places[-1] if places else at
        yield "".join(pieces[at : end + 1]), end > at
        at = end + 1


# --- tables ------------------------------------------------------------------------------------------------------


def _with_whole_cells(lines: Sequence[str]) -> list[str]:
    """Escape the pipes that end no cell: those of code and math, and those of cells too many.

    Markdown would cut the row at each pipe, and drop what goes beyond the last column.
    """
    whole: list[str] = []
    columns, fence = 0, _Fence()
    for at, line in enumerate(lines):
        row = line
        if fence.holds(line) or "|" not in line:
            columns = 0
        elif columns:
            row = _with_cells(line, columns)
        elif at and "|" in lines[at - 1] and DELIMITER_ROW.match(line):
            columns = len(_cells(line)[1])
            whole[-1] = _with_cells(whole[-1], columns)
        whole.append(row)
    return whole


def _with_cells(line: str, columns: int) -> str:
    """Write a row so that it has no more cells than the table has columns."""
    if len(_cells(line)[1]) > columns and ("`" in line or "$" in line):
        line = "".join(
            _escaped(piece) if is_code else _with_whole_math(piece) for piece, is_code in code_and_text(line)
        )
    before, cells, after = _cells(line)
    if len(cells) <= columns:
        return line
    return before + "|".join([*cells[: columns - 1], r"\|".join(cells[columns - 1 :])]) + after


def _cells(line: str) -> tuple[str, list[str], str]:
    """Cut a row at its pipes, escaped ones left alone; what stands before and behind its cells comes beside them."""
    opening = BEFORE_ROW.match(line)
    start = opening.end() if opening else 0
    cells, at = [], start
    for found in CELL_END.finditer(line, start):
        cells.append(line[at : found.end() - 1])
        at = found.end()
    rest = line[at:]
    if cells and not rest.strip():
        return line[:start], cells, f"|{rest}"
    return line[:start], [*cells, rest], ""


def _escaped(piece: str) -> str:
    return CELL_END.sub(r"\1\\|", piece)


MATH = re.compile(r"(?<![\w\\$])\$(?![\s$])[^$`]*?[^$`\s\\]\$(?![\w$])")


def _with_whole_math(piece: str) -> str:
    return MATH.sub(lambda found: found[0].replace(r"\|", "|").replace("|", r"\|"), piece) if "$" in piece else piece
