"""A `Note`'s Markdown to `Block`s.

Foreign tokens are turned into our own values here and in `inline`, once; nothing behind them knows markdown-it-py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from markdown_it.token import Token

from mlopscards.grammar import parse
from mlopscards.inline import math_run, text_of_tokens
from mlopscards.mending import mended
from mlopscards.model import Note, Span
from mlopscards.text import Run, RunKind, Text, join


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TERM = "term"
    """The term of a definition list."""
    DESCRIPTION = "description"
    """Its description."""
    CODE = "code"
    MATH = "math"
    TABLE = "table"
    QUOTE = "quote"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the notes, with what the layout says about where it belongs."""

    kind: BlockKind
    span: Span
    text: Text = Text()
    """The inline content, or code and math as one run."""
    indent: int = 0
    """Columns before it; for the first block of a list item, before the item's marker."""
    marker: str = ""
    """The marker of the list item that it opens: `-`, `1.`, …"""
    level: int = 0
    """Of a heading, 1 to 6."""
    indents: tuple[int, ...] = ()
    """Columns before each line of a paragraph that has several."""
    gap: int = 0
    """How many blank lines stand above it."""
    language: str = ""
    """Of fenced code."""
    rows: tuple[tuple[Text, ...], ...] = ()
    """Of a table, its head first."""
    aligns: tuple[str, ...] = ()
    """Of a table, the side of each column; empty where the author chose none."""
    blocks: tuple[Block, ...] = ()
    """Of a quote."""


def blocks_of(note: Note) -> tuple[Block, ...]:
    """Parse *note* into its blocks, in the order of the text."""
    lines = mended(note.text)
    return tuple(_Reader(note.path, lines, parse("\n".join(lines))).blocks())


class _Reader:
    """Walks the flat tokens of one note."""

    def __init__(self, path: str, lines: list[str], tokens: list[Token]) -> None:
        self.path = path
        self.lines = lines
        self.tokens = tokens
        self.notes: dict[str, Text] = {}
        """The footnotes, by their label."""
        self._take_notes()
        self.at = 0
        self.items: list[_Item] = []
        self.described = False
        """Whether the next block opens the description of a definition list."""

    def _take_notes(self) -> None:
        """Take the footnotes, which the plugin puts at the end, out of the tokens."""
        start = next((at for at, token in enumerate(self.tokens) if token.type == "footnote_block_open"), None)
        if start is None:
            return
        label = ""
        parts: list[Text] = []
        for token in self.tokens[start:]:
            if token.type == "footnote_open":
                label, parts = str(token.meta["label"]), []
            elif token.type == "inline":
                parts.append(text_of_tokens(token.children or []))
            elif token.type == "footnote_close":
                self.notes[label] = join(parts)
        del self.tokens[start:]

    def blocks(self, closing: str = "") -> Iterator[Block]:
        """Yield blocks until the token *closing*, or to the end."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == closing:
                return
            match token.type:
                case "inline":
                    yield from self._inline(token)
                case "list_item_open":
                    self._open_item(token)
                case "dd_open":
                    self.described = True
                case "list_item_close":
                    self.items.pop()
                case "fence":
                    yield self._leaf(BlockKind.CODE, token, Run(RunKind.CODE, token.content.removesuffix("\n")))
                case "math_block" | "math_block_label":
                    yield self._leaf(BlockKind.MATH, token, math_run(token.content, display=True))
                case "hr":
                    yield self._leaf(BlockKind.RULE, token, Run(RunKind.TEXT, ""))
                case "table_open":
                    yield self._table(token)
                case "blockquote_open":
                    yield self._quote(token)
                case _:
                    pass

    def _open_item(self, token: Token) -> None:
        first, _ = token.map or (0, 0)
        parent = self.items[-1] if self.items else None
        indent = self._indent(first)
        if parent and parent.line == first:
            indent = parent.indent + 2
        self.items.append(_Item(token.info + token.markup, indent, first))

    def _inline(self, token: Token) -> Iterator[Block]:
        kind, level = self._kind_of(self.tokens[self.at - 2])
        if kind is BlockKind.PARAGRAPH and self.described:
            kind, self.described = BlockKind.DESCRIPTION, False
        if token.content or kind is BlockKind.HEADING:
            block = self._block(kind, token, text_of_tokens(token.children or [], self.notes), level)
            first, end = token.map or (0, 1)
            yield block if end - first < 2 else replace(block, indents=tuple(map(self._indent, range(first, end))))

    @staticmethod
    def _kind_of(opening: Token) -> tuple[BlockKind, int]:
        match opening.type:
            case "heading_open":
                return BlockKind.HEADING, int(opening.tag[1])
            case "dt_open":
                return BlockKind.TERM, 0
            case _:
                return BlockKind.PARAGRAPH, 0

    def _leaf(self, kind: BlockKind, token: Token, run: Run) -> Block:
        text = Text((run,)) if run.text else Text()
        return self._block(kind, token, text, language=token.info.split()[0] if token.info.strip() else "")

    def _block(self, kind: BlockKind, token: Token, text: Text, level: int = 0, language: str = "") -> Block:
        first, end = token.map or (0, 1)
        marker, indent = self._take_marker(first)
        span = Span(self.path, first + 1, indent + 1, max(first + 1, self._last(first, end)))
        return Block(kind, span, text, indent, marker, level=level, gap=self._gap(first), language=language)

    def _take_marker(self, first: int) -> tuple[str, int]:
        """The list marker belongs to the first block of its item alone."""
        item = self.items[-1] if self.items else None
        if item is None or item.taken:
            return "", self._indent(first)
        item.taken = True
        return item.marker, item.indent

    def _indent(self, line: int) -> int:
        # The marks of quotes count as columns.
        text = self.lines[line].replace(">", " ") if self.lines[line].lstrip().startswith(">") else self.lines[line]
        return len(text) - len(text.lstrip())

    def _last(self, first: int, end: int) -> int:
        """The last line that is not blank; a list item's map includes the blank lines after it."""
        while end > first + 1 and not self.lines[end - 1].strip():
            end -= 1
        return end

    def _gap(self, first: int) -> int:
        line = first
        while line and not self.lines[line - 1].strip(" >"):
            line -= 1
        return first - line

    def _table(self, opening: Token) -> Block:
        rows: list[list[Text]] = []
        aligns: list[str] = []
        while (token := self.tokens[self.at]).type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "th_open":
                aligns.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
            elif token.type == "inline":
                rows[-1].append(text_of_tokens(token.children or [], self.notes))
            self.at += 1
        self.at += 1
        block = self._block(BlockKind.TABLE, opening, Text())
        return replace(block, rows=tuple(map(tuple, rows)), aligns=tuple(aligns) if any(aligns) else ())

    def _quote(self, opening: Token) -> Block:
        block = self._block(BlockKind.QUOTE, opening, Text())
        return replace(block, blocks=tuple(self.blocks("blockquote_close")))


class _Item:
    """An open list item."""

    __slots__ = ("indent", "line", "marker", "taken")

    def __init__(self, marker: str, indent: int, line: int) -> None:
        self.marker = marker
        self.indent = indent
        self.line = line
        self.taken = False
