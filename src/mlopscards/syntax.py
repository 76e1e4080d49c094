"""A `Note`'s Markdown to `Block`s. The only importer of markdown-it-py.

Foreign tokens are turned into our own values here, once; nothing behind this module knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.texmath import texmath_plugin

from mlopscards.model import Note, Span
from mlopscards.text import Mark, Run, RunKind, Text

TAB = 8
"""Columns of a tab. Raw handouts are laid out by it; CommonMark's 4 tears their lists apart."""


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
    blocks: tuple[Block, ...] = ()
    """Of a quote."""


@cache
def _parser(*, links: bool, brackets: bool, described: bool) -> MarkdownIt:
    # Indented code is off: what learners indent is nearly always content. Raw HTML blocks are off, so that Markdown
    # inside <details> is read; single tags arrive as inline tokens and pass a list of safe ones below.
    parser = (
        MarkdownIt("commonmark", {"html": True})
        .enable(["table", "strikethrough"])
        .disable(["code", "html_block"])
        .use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    )
    if brackets:
        parser.use(texmath_plugin, delimiters="brackets")
    if links:
        parser.use(gfm_autolink_plugin)
    if described:
        parser.use(deflist_plugin)
    return parser


def _parser_for(text: str) -> MarkdownIt:
    """The parser with the plugins that *text* can need; each costs a look at every character."""
    return _parser(
        links="://" in text or "www." in text or "@" in text,
        brackets="\\(" in text or "\\[" in text,
        described="\n:" in text or "\n :" in text or "\n  :" in text or "\n   :" in text,
    )


def blocks_of(note: Note) -> tuple[Block, ...]:
    """Parse *note* into its blocks, in the order of the text."""
    lines = shown_lines(note)
    text = "\n".join(lines)
    tokens = _parser_for(text).parse(text)
    return tuple(_Reader(note.path, lines, tokens).blocks())


def shown_lines(note: Note) -> list[str]:
    """The lines of *note* as they are parsed: tabs as columns, comments blank."""
    return _without_comments([_expand(line) for line in note.text.split("\n")])


def _expand(line: str) -> str:
    return line.expandtabs(TAB) if "\t" in line else line


FENCE = re.compile(r" {0,3}(?:[-*+] +|\d+[.)] +)*(```+|~~~+)")


def _without_comments(lines: list[str]) -> list[str]:
    """Blank out HTML comments, but not those that fenced code shows."""
    if not any("<!--" in line for line in lines):
        return lines
    kept, fence, inside = [], "", False
    for line in lines:
        opening = FENCE.match(line.lstrip())
        if not inside and opening and (not fence or opening[1].startswith(fence)):
            fence = "" if fence else opening[1]
        shown = line
        if not fence:
            shown, inside = _blank_comment(line, inside)
        kept.append(shown)
    return kept


def _blank_comment(line: str, inside: bool) -> tuple[str, bool]:
    """Return *line* without its commented parts, and whether a comment goes on behind it."""
    rest = ""
    while True:
        if inside:
            _, found, line = line.partition("-->")
            if not found:
                return rest.rstrip(), True
            inside = False
        before, found, line = line.partition("<!--")
        rest += before
        if not found:
            return rest if not rest.isspace() else "", False
        inside = True


class _Reader:
    """Walks the flat tokens of one note."""

    def __init__(self, path: str, lines: list[str], tokens: list[Token]) -> None:
        self.path = path
        self.lines = lines
        self.tokens = tokens
        self.at = 0
        self.items: list[_Item] = []
        self.described = False
        """Whether the next block opens the description of a definition list."""

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
                    yield self._leaf(BlockKind.CODE, token, RunKind.CODE, token.content.removesuffix("\n"))
                case "math_block" | "math_block_label":
                    yield self._leaf(BlockKind.MATH, token, RunKind.DISPLAY, token.content.strip())
                case "hr":
                    yield self._leaf(BlockKind.RULE, token, RunKind.TEXT, "")
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
            block = self._block(kind, token, text_of_tokens(token.children or []), level)
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

    def _leaf(self, kind: BlockKind, token: Token, run: RunKind, content: str) -> Block:
        text = Text((Run(run, content),)) if content else Text()
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
        while (token := self.tokens[self.at]).type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(text_of_tokens(token.children or []))
            self.at += 1
        self.at += 1
        block = self._block(BlockKind.TABLE, opening, Text())
        return replace(block, rows=tuple(map(tuple, rows)))

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


# --- inline tokens -----------------------------------------------------------------------------------------------

MARKS = {"strong_open": "strong", "em_open": "em", "s_open": "s"}
CLOSES = {"strong_close": "strong", "em_close": "em", "s_close": "s", "link_close": "a"}
FORMATS = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "u": "u", "s": "s", "del": "s", "ins": "u",
           "sub": "sub", "sup": "sup", "kbd": "kbd", "mark": "mark", "small": "small", "code": "code"}  # fmt: skip
"""Tags that format text, and the tag that stands for them in a field."""
STRUCTURE = frozenset({"details", "summary"})
LAYOUT = frozenset(
    """p div span center font a ul ol li table tr td th thead tbody h1 h2 h3 h4 h5 h6 hr section header footer nav
    figure figcaption picture source svg path button iframe video audio abbr""".split()  # noqa: SIM905
)
"""Tags that only lay out a page: their text stays, they go."""
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^>]*)?)/?>")
ATTRIBUTE = re.compile(r"""\b(src|alt|width)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
BLANKS = re.compile(r" {3,}")
SAFE_ADDRESS = re.compile(r"(?:https?|ftp|mailto):|[^:]*(?:[/#?]|$)", re.IGNORECASE)


def text_of_tokens(tokens: list[Token]) -> Text:
    """Turn markdown-it's inline tokens into runs."""
    runs: list[Run] = []
    marks: tuple[Mark, ...] = ()
    for token in tokens:
        kind = token.type
        if kind == "text":
            if token.content:
                # Columns of blanks only lay a line out.
                content = BLANKS.sub("  ", token.content) if "   " in token.content else token.content
                runs.append(Run(RunKind.TEXT, content, marks))
        elif kind == "code_inline":
            runs.append(Run(RunKind.CODE, token.content, marks))
        elif kind == "softbreak":
            runs.append(Run(RunKind.SOFT, "\n", marks))
        elif kind in MARKS:
            marks = (*marks, Mark(MARKS[kind]))
        elif kind in CLOSES:
            marks = _close(marks, CLOSES[kind])
        elif kind == "link_open":
            marks = (*marks, _link(str(token.attrs.get("href", ""))))
        elif kind == "html_inline":
            marks = _tag(token.content, marks, runs)
        else:
            runs.append(_other(token, marks))
    return Text(tuple(_without_dead_links(runs)))


def _other(token: Token, marks: tuple[Mark, ...]) -> Run:
    match token.type:
        case "math_inline" | "math_single":
            return Run(RunKind.MATH, token.content.strip(), marks)
        case "math_inline_double" | "math_block":
            return Run(RunKind.DISPLAY, token.content.strip(), marks)
        case "image":
            return Run(RunKind.IMAGE, token.content, marks, str(token.attrs.get("src", "")))
        case "hardbreak":
            return Run(RunKind.BREAK, "\n", marks)
        case _:
            return Run(RunKind.TEXT, token.content, marks)


def _link(href: str) -> Mark:
    return Mark("a", href if SAFE_ADDRESS.match(href) else "")


def _without_dead_links(runs: list[Run]) -> Iterator[Run]:
    """Drop links whose address was refused, and keep their text."""
    for run in runs:
        if run.marks and any(mark.tag == "a" and not mark.href for mark in run.marks):
            yield Run(run.kind, run.text, tuple(m for m in run.marks if m.tag != "a" or m.href), run.src, run.width)
        else:
            yield run


def _close(marks: tuple[Mark, ...], tag: str) -> tuple[Mark, ...]:
    """Take the innermost *tag* off."""
    for at in range(len(marks) - 1, -1, -1):
        if marks[at].tag == tag:
            return marks[:at] + marks[at + 1 :]
    return marks


def _tag(content: str, marks: tuple[Mark, ...], runs: list[Run]) -> tuple[Mark, ...]:
    """Read one HTML tag: a format becomes a mark, structure is kept for the outline, the unknown is text."""
    found = TAG.fullmatch(content)
    name = found[2].lower() if found else ""
    if not found:
        if not content.startswith("<!--"):
            runs.append(Run(RunKind.TEXT, content, marks))
    elif name in FORMATS:
        return _close(marks, FORMATS[name]) if found[1] else (*marks, Mark(FORMATS[name]))
    elif name == "br":
        runs.append(Run(RunKind.BREAK, "\n", marks))
    elif name == "img":
        attributes = {m[1]: unescape(m[2] or m[3] or m[4] or "") for m in ATTRIBUTE.finditer(found[3])}
        width = re.sub(r"[^\d%]", "", attributes.get("width", ""))
        runs.append(Run(RunKind.IMAGE, attributes.get("alt", ""), marks, attributes.get("src", ""), width))
    elif name in STRUCTURE:
        runs.append(Run(RunKind.TAG, f"<{found[1]}{name}>", marks))
    elif name not in LAYOUT:
        runs.append(Run(RunKind.TEXT, content, marks))
    return marks
