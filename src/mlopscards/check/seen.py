"""A `Note` to what the checks look at: its lines as written, its blocks, its outline, its cards."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from mlopscards.layout import Item
from mlopscards.model import Card, Note, Span
from mlopscards.syntax import Block, BlockKind
from mlopscards.text import HIDDEN


@dataclass(frozen=True)
class Stretch:
    """The text of one block as the author wrote it, from its first line to its last."""

    path: str
    line: int
    text: str
    block: Block

    @cached_property
    def bare(self) -> str:
        """`text` with code and comments hidden; of the same length, so that positions hold."""
        return without_code(COMMENT.sub(blanked, self.text))

    @cached_property
    def plain(self) -> str:
        """`bare` with formulas and addresses hidden as well."""
        return without_addresses(without_math(self.bare))

    def span(self, at: int) -> Span:
        """Where the character *at* of the text stands."""
        line = bisect_right(self._starts, at) - 1
        return Span(self.path, self.line + line, at - self._starts[line] + 1)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]


@dataclass(frozen=True)
class Seen:
    """One file of notes with everything that is made of it."""

    note: Note
    blocks: tuple[Block, ...]
    """In the order of the text, those of quotes among them."""
    outline: tuple[Item, ...]
    cards: tuple[Card, ...]

    @property
    def path(self) -> str:
        """What reports call it."""
        return self.note.path

    @cached_property
    def lines(self) -> list[str]:
        """Its lines as written; blank where the front matter stood."""
        return self.note.text.split("\n")

    def at(self, span: Span) -> Span:
        """*span*, which counts a tab as the columns it takes, in characters of the line as it is written."""
        return as_written(span, self.lines)

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The blocks that hold text: all but code, formulas and rules."""
        return tuple(
            Stretch(self.path, block.span.line, "\n".join(self.lines[block.span.line - 1 : block.span.end_line]), block)
            for block in self.blocks
            if block.kind in TEXTS
        )

    @cached_property
    def block_lines(self) -> list[int]:
        """The first line of each block."""
        return [block.span.line for block in self.blocks]

    @cached_property
    def code_lines(self) -> frozenset[int]:
        """The numbers of the lines that are code."""
        return frozenset(
            line
            for block in self.blocks
            if block.kind is BlockKind.CODE
            for line in range(block.span.line, block.span.end_line + 1)
        )


TEXTS = frozenset({BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.TERM, BlockKind.DESCRIPTION, BlockKind.TABLE})


@dataclass(frozen=True)
class Course:
    """All files that are checked together."""

    files: tuple[Seen, ...]
    cards: tuple[Card, ...]
    """Of all files, those that read the same as one."""
    root: Path | None = None
    """The notes folder, where there is one on disk."""
    whole: bool = False
    """Whether every note of the folder is among the files."""

    @cached_property
    def by_path(self) -> dict[str, Seen]:
        """The files by their paths."""
        return {seen.path: seen for seen in self.files}

    @cached_property
    def present(self) -> tuple[str, ...]:
        """The paths of all files below the notes folder, notes or not; hidden ones left out."""
        if self.root is None:
            return ()
        below = (path.relative_to(self.root) for path in sorted(self.root.rglob("*")) if path.is_file())
        return tuple(path.as_posix() for path in below if not any(part.startswith(".") for part in path.parts))

    @cached_property
    def names(self) -> frozenset[str]:
        """The same, to look a path up."""
        return frozenset(self.present)


def see(note: Note) -> Seen:
    """Parse *note* for the checks."""
    from mlopscards.cards import cards_of
    from mlopscards.concepts import concepts_of
    from mlopscards.outline import outline_of
    from mlopscards.syntax import blocks_of

    blocks = blocks_of(note)
    outline = outline_of(blocks)
    concepts, *_ = concepts_of(note, outline)
    lines = note.text.split("\n")
    cards = (replace(card, source=as_written(card.source, lines)) for card in cards_of(concepts, note.tags))
    return Seen(note, tuple(_flat(blocks)), outline, tuple(cards))


TAB = 8
"""Columns of a tab, as the parser counts them."""
BEFORE = re.compile(r"[\s>]*(?:(?:[-*+•]|\(?\d{1,9}[.)])\s*)*")
"""What stands before the text of a line: blanks, and the markers of quotes and lists."""


def as_written(span: Span, lines: Sequence[str]) -> Span:
    """*span* with its column in characters of the line as it is written.

    The parser counts a tab as the columns it takes, and the lines of a paragraph from where its first one begins.
    """
    line = lines[span.line - 1]
    if span.column == 1:
        return span
    columns = 0
    for at, character in enumerate(line):
        if columns >= span.column - 1:
            opening = BEFORE.match(line)
            begins = opening is not None and opening.end() >= at
            return replace(span, column=(at if begins else len(line) - len(line.lstrip())) + 1)
        columns += TAB - columns % TAB if character == "\t" else 1
    return replace(span, column=len(line) - len(line.lstrip()) + 1)


def _flat(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _flat(block.blocks)


# --- hiding what patterns may not look into ----------------------------------------------------------------------

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
TICKS = re.compile(r"(\\?)(`+)")
MATH = re.compile(
    r"""
      (?<!\\)\$\$ (?:(?!\$\$).)+ \$\$
    | (?<![\\$\w])\$ (?![\s$]) [^$]*? (?<![\s\\]) \$ (?![\d$])
    | \\\( (?:(?!\\\().)*? \\\)
    | \\\[ (?:(?!\\\[).)*? \\\]
    """,
    re.VERBOSE | re.DOTALL,
)
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>|]+|(?<=\])\([^()\n]{0,500}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)")


def blanked(found: re.Match[str]) -> str:
    """As many blanks as what was found has characters; line ends stay."""
    return re.sub(r"[^\n]", " ", found[0])


def _hide(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", HIDDEN, found[0])


def without_code(text: str) -> str:
    """Hide code between backticks, by CommonMark's rule: as many behind it as before it."""
    if "`" not in text:
        return text
    pieces: list[str] = []
    at = 0
    for start, stop in code_spans(text):
        pieces += text[at:start], re.sub(r"[^\n]", HIDDEN, text[start:stop])
        at = stop
    return "".join(pieces) + text[at:]


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each piece of inline code, backticks included."""
    runs = [(found.start(2), found.end(2), bool(found[1])) for found in TICKS.finditer(text)]
    closing: dict[int, list[int]] = {}
    for number, (start, end, _) in reversed(list(enumerate(runs))):
        closing.setdefault(end - start, []).append(number)
    number = 0
    while number < len(runs):
        start, end, escaped = runs[number]
        start += escaped
        later = closing.get(end - start, [])
        while later and later[-1] <= number:
            later.pop()
        if start < end and later:
            number = later[-1]
            yield start, runs[number][1]
        number += 1


def without_math(text: str) -> str:
    """Hide formulas."""
    return MATH.sub(_hide, text) if "$" in text or "\\" in text else text


def without_addresses(text: str) -> str:
    """Hide addresses, and the targets of links."""
    return ADDRESS.sub(_hide, text) if "](" in text or "://" in text or "www." in text else text
