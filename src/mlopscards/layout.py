"""`Block`s to lines of thought: paragraphs split where their lines are statements of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mlopscards.model import Span
from mlopscards.patterns import (
    QUESTION_MARKS,
    goes_on,
    is_lead_in,
    is_reference,
    raw_marker,
    section_depth,
    split_term,
    without_checkbox,
)
from mlopscards.syntax import Block, BlockKind
from mlopscards.text import Run, RunKind, Text, join_lines

STEP = 2
"""Columns from which a line counts as deeper than another."""


BARE_HEAD = 70
"""Rank of a bold line that stands for a heading; real headings rank 10 to 60."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of thought with all that stands under it."""

    kind: BlockKind
    text: Text
    span: Span
    marker: str = ""
    rank: int = 0
    """Of a heading: 10 for level 1 to 60 for level 6, 5 more for a part line, 70 for a bold line; 0 of all else."""
    indent: int = 0
    gap: int = 0
    language: str = ""
    rows: tuple[tuple[Text, ...], ...] = ()
    children: tuple[Item, ...] = ()
    verbatim: bool = False
    """Part of an answer that the author wrote out; nothing is derived from it."""
    aligns: tuple[str, ...] = ()
    """Of a table, the side of each column."""
    lead: str = ""
    """What stands before the text and says nothing of what it is: an emoji, the box of a task, `a)`."""

    @property
    def is_heading(self) -> bool:
        """Say whether it is a heading, in whatever way it is written."""
        return self.rank > 0

    @property
    def end_line(self) -> int:
        """The last line of the item and all under it."""
        return max([self.span.end_line, *(child.end_line for child in self.children)])


def is_picture(item: Item) -> bool:
    """Say whether a line is nothing but pictures."""
    return bool(item.text.images) and all(run.kind is RunKind.IMAGE or not run.plain.strip() for run in item.text.runs)


def lines_of(blocks: Sequence[Block], quoted: Callable[[Sequence[Block]], tuple[Item, ...]]) -> Iterator[Item]:
    """Turn blocks into lines of thought; what stands in a quote is read by *quoted*."""
    answering = False
    for block in blocks:
        if block.kind is BlockKind.PARAGRAPH:
            opens = _opens_explicitly(block)
            answering = opens or (answering and not _is_card(block.text))
            # A `Q:` and its answer are taken as they are written.
            yield from _written_out(block, opens) if answering else _paragraph(block)
        elif block.kind is BlockKind.QUOTE:
            children = quoted(block.blocks)
            yield _item(block, block.text, children=children)
        elif block.kind is BlockKind.HEADING:
            answering = False
            yield _item(block, trimmed_heading(block.text), rank=block.level * 10)
        else:
            answering = answering and block.kind is not BlockKind.RULE
            yield _item(block, block.text, verbatim=answering)


def _opens_explicitly(block: Block) -> bool:
    first = block.text.runs[0].text[:12] if block.text.runs else ""
    return (
        first[:1] in "QqAa" and not block.text.bold_end and bool(EXPLICIT_LINE.match(first + " ")) and not block.marker
    )


def _written_out(block: Block, opens: bool) -> Iterator[Item]:
    """Split a paragraph at its `Q:` and `A:` alone, and at the items of a list that hangs too deep to be one."""
    if not block.indents:
        yield Item(block.kind, block.text, block.span, block.marker, 0, block.indent, block.gap, verbatim=True)
        return
    lines, ends = block.text.lines(), block.text.line_ends
    sunken = {at: found[1] for at in range(1, len(lines)) if (found := _sunken(block, lines, at))}
    starts = [
        at
        for at, line in enumerate(lines)
        if not at or at in sunken or (opens and EXPLICIT_LINE.match(line.plain + " "))
    ]
    if len(starts) < 2:
        yield Item(block.kind, block.text, block.span, block.marker, 0, block.indent, block.gap, verbatim=True)
        return
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        line = block.span.line + start
        span = Span(
            block.span.path, line, block.span.column, max(line, min(block.span.line + stop - 1, block.span.end_line))
        )
        text = lines[start] if stop == start + 1 else join_lines(lines[start:stop], ends[start : stop - 1])
        marker = sunken.get(start, "" if start else block.marker)
        if start in sunken:
            text = text[len(marker) :].strip()
        indent = block.indents[start] if start in sunken else block.indent
        yield Item(block.kind, text, span, marker, 0, indent, 0 if start else block.gap, verbatim=True)


SUNKEN = re.compile(r"([-*+]|\d{1,2}[.)])\s+\S")


def _sunken(block: Block, lines: Sequence[Text], at: int) -> re.Match[str] | None:
    """Find the marker of a line that is indented so far that Markdown takes it for a part of the text above."""
    deep = len(block.indents) == len(lines) and block.indents[at] >= block.indents[0] + 4
    return SUNKEN.match(lines[at].mask) if deep else None


def _item(block: Block, text: Text, *, rank: int = 0, children: tuple[Item, ...] = (), verbatim: bool = False) -> Item:
    layout = (block.marker, rank, block.indent, block.gap, block.language, block.rows)
    return Item(block.kind, text, block.span, *layout, children, verbatim, block.aligns)


HEADING_NUMBER = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2})*\s*[.):–—-]?|[IVX]{1,4}\.|[A-H][.)])\s+(?=\S)")


DECORATION = re.compile(r"^[^\w`$(\"“'<¿]+|[#\s]+$")


def trimmed_heading(text: Text) -> Text:
    """Take emoji, numbers and trailing marks off a heading."""
    for pattern in (DECORATION, HEADING_NUMBER, DECORATION):
        found = pattern.match(text.mask)
        if found and found.end() < len(text.mask):
            text = text[found.end() :]
    return text.strip().without("strong", "em")


def _paragraph(block: Block) -> Iterator[Item]:
    """Split a paragraph where its lines are statements of their own, else take it whole."""
    lines, ends = block.text.lines(), block.text.line_ends
    if len(lines) == 1:
        yield from _line(block, lines[0], block.span.line, block.span.end_line, first=True)
        return
    indents = block.indents if len(block.indents) == len(lines) else (block.indent,) * len(lines)
    if block.marker:
        indents = (indents[1], *indents[1:])  # the text of a list item begins behind its marker
    groups = _groups(lines, indents)
    for at, (start, stop) in enumerate(groups):
        text = join_lines([one if one or tags_in(one) else Text() for one in lines[start:stop]], ends[start : stop - 1])
        line = min(block.span.line + start, block.span.end_line)
        last = block.span.line + stop - 1 if stop < len(lines) else block.span.end_line
        deeper = indents[start] - indents[0]
        deeper = max(deeper, STEP) if deeper > 0 else 0
        yield from _line(block, text, line, max(line, min(last, block.span.end_line)), first=at == 0, deeper=deeper)


def _line(block: Block, text: Text, line: int, last: int, *, first: bool, deeper: int = 0) -> Iterator[Item]:
    marker = block.marker if first else ""
    indent = block.indent + (STEP + deeper if block.marker and not first else deeper if not first else 0)
    span = Span(block.span.path, line, indent + 1, last)
    if tags_in(text):
        yield from _folded(block, text, span, indent)
        return
    text = whole = text.strip()
    if not marker or text.mask.startswith(("(", "•")):
        raw, text = raw_marker(text)
        marker = marker or raw
    text = without_checkbox(text)
    if found := EMOJI.match(text.mask):
        text = text[found.end() :]
    lead = whole.plain[: len(whole.plain) - len(text.plain)].strip() if text is not whole else ""
    if not text and not text.images:
        # `<br>` alone on its line sets topics apart.
        if not marker:
            yield Item(BlockKind.RULE, Text(), span, gap=block.gap if first else 0)
        return
    yield Item(block.kind, text, span, marker, indent=indent, gap=block.gap if first else 0, lead=lead)


def tags_in(text: Text) -> tuple[str, ...]:
    """The structural tags in *text*, such as `<summary>`."""
    return tuple(run.text for run in text.runs if run.kind is RunKind.TAG)


EMOJI = re.compile(r"(?:[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]\ufe0f?)+\s+(?=\S)")
"""A sign that decorates a line."""


MARKED_CARD = re.compile(r"\s::\s|\{\{c\d+::|==(?=\S)(?:(?!==).){1,200}(?<=\S)==")
"""What makes a paragraph a card by itself, so that no answer takes it."""


def _is_card(text: Text) -> bool:
    """Say whether a paragraph is a card, or opens one: a bold question has its answer behind it or below."""
    return (
        text.is_bold
        or text.plain[: text.bold_end].rstrip().endswith(QUESTION_MARKS)
        or bool(MARKED_CARD.search(text.mask))
    )


OPENERS = re.compile(
    r"\W*(?:(?:click|tap)\b.*|(?:show|see|view|reveal|hide|open|expand|toggle)?\s*(?:the\s+)?"
    r"(?:answers?|solutions?|details?|hints?|me|more|explanation)?(?:\s+here)?)\W*",
    re.IGNORECASE,
)
"""What a summary says that only opens the fold."""


def _folded(block: Block, text: Text, span: Span, indent: int) -> Iterator[Item]:
    """Read `<details>`: its summary is a heading, unless it only says "Answer"; its end closes that heading."""
    piece: list[Run] = []
    for run in (*text.runs, Run(RunKind.TAG, "")):
        if run.kind is not RunKind.TAG:
            piece.append(run)
            continue
        inner, piece = Text(tuple(piece)).strip(), []
        if run.text == "</summary>":
            if not OPENERS.fullmatch(inner.plain):
                yield Item(BlockKind.HEADING, trimmed_heading(inner), span, rank=BARE_HEAD, indent=indent)
        elif inner:
            yield Item(block.kind, inner, span, indent=indent)
        if run.text == "</details>":
            yield Item(BlockKind.RULE, Text(), span)


EXPLICIT_LINE = re.compile(
    r"\s*(?-i:(?!a\s*[.)]))(?:Q(?:uestion)?|A(?:ns(?:wer)?)?)\s*\d{0,3}\s*[:.)]\s", re.IGNORECASE
)


def _groups(lines: Sequence[Text], indents: Sequence[int]) -> list[tuple[int, int]]:
    """Say which lines of a paragraph belong together, as (start, stop)."""
    varied = len(set(indents)) > 1
    later = range(1, len(lines))
    if len(lines) <= MOST_LINES and all(map(_is_glossary_line, lines)):
        return [(at, at + 1) for at in range(len(lines))]
    starts = [0] + [at for at in later if (varied and _is_laid_out(lines, indents, at)) or _starts_anew(lines, at)]
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


def _is_laid_out(lines: Sequence[Text], indents: Sequence[int], at: int) -> bool:
    """Say whether indentation sets a line of a paragraph apart: CommonMark drops it, the author meant it."""
    line, before = lines[at].plain, lines[at - 1].plain
    if not before.strip() or goes_on(lines[at - 1]):
        return False
    sinks = indents[at] >= indents[at - 1]  # what steps back to the left is no wrapped line
    wrapped = sinks and len(before) > 60 and line[:1].islower() and not split_term(lines[at])
    return not wrapped


MOST_LINES = 40


def _is_glossary_line(line: Text) -> bool:
    """Say whether *line* is a term with what is said of it; a paragraph of nothing else is a glossary."""
    split = split_term(line)
    return split is not None and len(split.term.plain.split()) <= 4 and bool(split.body)


ENDS_IN_WORD = re.compile(r"[^\W\d_]\s*$")


def _starts_anew(lines: Sequence[Text], at: int) -> bool:
    line, before = lines[at], lines[at - 1]
    plain = line.plain
    if EXPLICIT_LINE.match(plain) or " :: " in plain or " :: " in before.plain or tags_in(line) or tags_in(before):
        return True
    if not plain.strip() or not before.plain.strip() or section_depth(line) or section_depth(before):
        return True
    if raw_marker(line)[0] or (
        at == 1 and ((before.is_bold and not _goes_on_bold(before, line)) or is_lead_in(before) or _is_question(before))
    ):
        return True
    if _is_within_link(before, line) or (is_reference(before) and before.mask.rstrip().endswith(",")):
        return False
    if is_reference(line) and is_reference(before):
        return True
    # A named link may fill a line of wrapped text; an address alone stands by itself.
    if any(is_reference(one) and "://" in one.plain for one in (line, before)):
        return True
    if line.bold_end and _opens_definition(line):
        return True
    if goes_on(before) and not (ENDS_IN_WORD.search(before.mask) and line.plain[:1].isupper()):
        return False
    return _opens_definition(line) and (at > 1 or _opens_definition(before) or len(lines) > 2)


def _goes_on_bold(before: Text, line: Text) -> bool:
    """Say whether a bold line is wrapped into the next one."""
    return bool(line.bold_end) and not before.plain.rstrip().endswith(("?", ":", ".")) and not split_term(line)


def _is_within_link(before: Text, line: Text) -> bool:
    """Say whether a link is broken between two lines."""
    return bool(before.runs and line.runs) and before.runs[-1].is_link and before.runs[-1].marks == line.runs[0].marks


def _is_question(line: Text) -> bool:
    return line.is_bold and line.plain.rstrip().endswith(QUESTION_MARKS)


def _opens_definition(line: Text) -> bool:
    """Say whether *line* opens with a term set apart, as the lines of a glossary do."""
    split = split_term(line)
    return split is not None and len(split.term.plain.split()) <= 5 and not line.plain.lstrip()[:1].islower()
