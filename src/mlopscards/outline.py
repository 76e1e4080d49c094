"""`Block`s to a tree of `Item`s in which heads own what stands under them.

CommonMark's tree follows blank lines and four-column tabs; learners follow the eye. The tree here is made from
headings, indentation, markers and lead-ins, so a handout without any mark has one as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from mlopscards.model import Span
from mlopscards.patterns import (
    EXAMPLE,
    PART,
    REFERENCE_HEAD,
    goes_on,
    is_lead_in,
    is_reference,
    raw_marker,
    split_term,
    without_checkbox,
)
from mlopscards.syntax import Block, BlockKind
from mlopscards.text import Run, RunKind, Text, join
from mlopscards.words import begins_with_verb

STEP = 2
"""Columns from which a line counts as deeper than another."""
BARE_HEAD = 70
"""Rank of a bold line that stands for a heading; real headings rank 10 to 60."""
NUMBERED_HEAD = 65
"""Rank of a line that a section number makes a heading: `2.1 Prioritizing`."""


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

    @property
    def is_heading(self) -> bool:
        """Say whether it is a heading, in whatever way it is written."""
        return self.rank > 0

    @property
    def end_line(self) -> int:
        """The last line of the item and all under it."""
        return max([self.span.end_line, *(child.end_line for child in self.children)])


def outline_of(blocks: Sequence[Block]) -> tuple[Item, ...]:
    """Build the tree."""
    return _tree(_ranked(_joined(_lines(blocks))))


# --- blocks to lines ---------------------------------------------------------------------------------------------


def _lines(blocks: Sequence[Block]) -> Iterator[Item]:
    answering = False
    for block in blocks:
        if block.kind is BlockKind.PARAGRAPH:
            opens = _opens_explicitly(block)
            answering = opens or (answering and not block.text.is_bold and not MARKED_CARD.search(block.text.mask))
            # A `Q:` and its answer are taken as they are written.
            yield from _written_out(block, opens) if answering else _paragraph(block)
        elif block.kind is BlockKind.QUOTE:
            children = outline_of(block.blocks)
            yield _item(block, block.text, children=children)
        elif block.kind is BlockKind.HEADING:
            answering = False
            yield _item(block, _trimmed_heading(block.text), rank=block.level * 10)
        else:
            answering = answering and block.kind is not BlockKind.RULE
            yield _item(block, block.text, verbatim=answering)


def _opens_explicitly(block: Block) -> bool:
    first = block.text.runs[0].text[:12] if block.text.runs else ""
    return (
        first[:1] in "QqAa" and not block.text.bold_end and bool(EXPLICIT_LINE.match(first + " ")) and not block.marker
    )


def _written_out(block: Block, opens: bool) -> Iterator[Item]:
    """Split a paragraph at its `Q:` and `A:` alone."""
    lines = block.text.lines() if opens else (block.text,)
    starts = [at for at, line in enumerate(lines) if not at or EXPLICIT_LINE.match(line.plain + " ")]
    if len(starts) < 2:
        yield Item(block.kind, block.text, block.span, block.marker, 0, block.indent, block.gap, verbatim=True)
        return
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        line = block.span.line + start
        span = Span(
            block.span.path, line, block.span.column, max(line, min(block.span.line + stop - 1, block.span.end_line))
        )
        gap = block.gap if not start else 0
        text = lines[start] if stop == start + 1 else join(lines[start:stop], " ")
        yield Item(block.kind, text, span, "", 0, block.indent, gap, verbatim=True)


def _item(block: Block, text: Text, *, rank: int = 0, children: tuple[Item, ...] = (), verbatim: bool = False) -> Item:
    layout = (block.marker, rank, block.indent, block.gap, block.language, block.rows)
    return Item(block.kind, text, block.span, *layout, children, verbatim)


HEADING_NUMBER = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2})*\s*[.):–—-]?|[IVX]{1,4}\.|[A-H][.)])\s+(?=\S)")
DECORATION = re.compile(r"^[^\w`$(\"“'<¿]+|[#\s]+$")


def _trimmed_heading(text: Text) -> Text:
    """Take emoji, numbers and trailing marks off a heading."""
    for pattern in (DECORATION, HEADING_NUMBER, DECORATION):
        found = pattern.match(text.mask)
        if found and found.end() < len(text.mask):
            text = text[found.end() :]
    return text.strip().without("strong", "em")


def _paragraph(block: Block) -> Iterator[Item]:
    """Split a paragraph where its lines are statements of their own, else take it whole."""
    lines = block.text.lines()
    if len(lines) == 1:
        yield from _line(block, lines[0], block.span.line, block.span.end_line, first=True)
        return
    indents = block.indents if len(block.indents) == len(lines) else (block.indent,) * len(lines)
    if block.marker:
        indents = (indents[1], *indents[1:])  # the text of a list item begins behind its marker
    groups = _groups(lines, indents)
    for at, (start, stop) in enumerate(groups):
        text = join((line for line in lines[start:stop] if line or _tags(line)), " ")
        line = min(block.span.line + start, block.span.end_line)
        last = block.span.line + stop - 1 if stop < len(lines) else block.span.end_line
        deeper = indents[start] - indents[0]
        deeper = max(deeper, STEP) if deeper > 0 else 0
        yield from _line(block, text, line, max(line, min(last, block.span.end_line)), first=at == 0, deeper=deeper)


def _line(block: Block, text: Text, line: int, last: int, *, first: bool, deeper: int = 0) -> Iterator[Item]:
    marker = block.marker if first else ""
    indent = block.indent + (STEP + deeper if block.marker and not first else deeper if not first else 0)
    span = Span(block.span.path, line, indent + 1, last)
    if _tags(text):
        yield from _folded(block, text, span, indent)
        return
    text = text.strip()
    if not marker or text.mask.startswith(("(", "•")):
        raw, text = raw_marker(text)
        marker = marker or raw
    text = without_checkbox(text)
    if found := EMOJI.match(text.mask):
        text = text[found.end() :]
    if not text and not _tags(text) and not text.images:
        # `<br>` alone on its line sets topics apart.
        if not marker:
            yield Item(BlockKind.RULE, Text(), span, gap=block.gap if first else 0)
        return
    yield Item(block.kind, text, span, marker, indent=indent, gap=block.gap if first else 0)


def _tags(text: Text) -> tuple[str, ...]:
    return tuple(run.text for run in text.runs if run.kind is RunKind.TAG)


EMOJI = re.compile(r"(?:[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]\ufe0f?)+\s+(?=\S)")
"""A sign that decorates a line."""
MARKED_CARD = re.compile(r"\s::\s|\{\{c\d+::|==(?=\S)(?:(?!==).){1,200}(?<=\S)==")
"""What makes a paragraph a card by itself, so that no answer takes it."""
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
                yield Item(BlockKind.HEADING, _trimmed_heading(inner), span, rank=BARE_HEAD, indent=indent)
        elif inner:
            yield Item(block.kind, inner, span, indent=indent)
        if run.text == "</details>":
            yield Item(BlockKind.RULE, Text(), span)


EXPLICIT_LINE = re.compile(r"\s*(?:Q(?:uestion)?|A(?:ns(?:wer)?)?)\s*\d{0,3}\s*[:.)]\s", re.IGNORECASE)


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
    if EXPLICIT_LINE.match(plain) or " :: " in plain or " :: " in before.plain or _tags(line) or _tags(before):
        return True
    if not plain.strip() or not before.plain.strip():
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
    return line.is_bold and line.plain.rstrip().endswith("?")


def _opens_definition(line: Text) -> bool:
    """Say whether *line* opens with a term set apart, as the lines of a glossary do."""
    split = split_term(line)
    return split is not None and len(split.term.plain.split()) <= 5 and not line.plain.lstrip()[:1].islower()


# --- sentences wrapped over blank lines --------------------------------------------------------------------------


LONGEST_WRAP = 2000
"""Characters up to which pieces are joined to one text."""


def _joined(items: Iterable[Item]) -> Iterator[Item]:
    """Join what the author wrapped over blank lines."""
    held: Item | None = None
    for item in items:
        if held and not item.verbatim and _continues(held, item):
            held = replace(held, text=join((held.text, item.text)), span=_reaching(held.span, item.span))
        else:
            if held:
                yield held
            held = item
    if held:
        yield held


def _reaching(span: Span, last: Span) -> Span:
    return replace(span, end_line=last.end_line)


def _continues(held: Item, item: Item) -> bool:
    return (
        held.kind is item.kind is BlockKind.PARAGRAPH
        and not item.marker
        and item.gap <= 1
        and len(held.text.plain) < LONGEST_WRAP
        and goes_on(held.text)
        and not is_reference(item.text)
        and not _tags(item.text)
        and not item.text.is_bold
        and (not held.marker or item.indent >= held.indent + STEP)
    )


# --- heads without marks -----------------------------------------------------------------------------------------


def _ranked(lines: Iterable[Item]) -> list[Item]:
    """Give bold lines, part lines and questions the rank of a heading."""
    ranked: list[Item] = []
    heading = 10
    items = list(lines)
    for at, item in enumerate(items):
        if item.verbatim:
            ranked.append(item)
            continue
        if item.rank:
            heading = item.rank
        rank = item.rank or _rank_of(item, heading, items[at + 1] if at + 1 < len(items) else None)
        text = _trimmed_heading(item.text) if rank == NUMBERED_HEAD else item.text
        ranked.append(replace(item, rank=rank, text=text) if rank != item.rank else item)
    return ranked


SECTION_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.?\s+(?=[^\W\d])")
"""`2.1 Prioritizing`: a heading without any other mark."""


def _rank_of(item: Item, heading: int, below: Item | None) -> int:
    if item.kind is not BlockKind.PARAGRAPH or item.marker or item.indent >= 4:
        return 0
    plain = item.text.plain.strip()
    if len(plain) > 200:
        return 0
    if PART.match(plain) and len(plain) < 80 and not plain.endswith("."):
        return min(heading, 50) + 5
    if (
        item.text.is_bold
        and len(plain.split()) <= 25
        and below
        and below.kind is not BlockKind.RULE
        and below.rank == 0
    ):
        return BARE_HEAD
    return 0


# --- the tree ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    """An item while its children are being found."""

    item: Item | None
    is_head: bool = False
    """Whether it opens what follows at its own indentation."""
    takes_all: bool = False
    """Of a bold question: whether all below it is its answer, as where a section holds nothing but questions."""
    asks_only: bool = True
    """Whether all its children so far are questions."""
    children: list[_Node] = field(default_factory=list)

    def frozen(self) -> Item:
        assert self.item
        if not self.children:
            return self.item
        return replace(self.item, children=self.item.children + tuple(child.frozen() for child in self.children))


def _tree(lines: Sequence[Item]) -> tuple[Item, ...]:
    root = _Node(None)
    stack = [root]
    for at, item in enumerate(lines):
        above = lines[at - 1] if at else None
        below = lines[at + 1] if at + 1 < len(lines) else None
        node = _Node(item, _opens(item, above, below))
        while not _owns(stack[-1], node, above):
            stack.pop()
        parent = stack[-1]
        # The first question of a section takes all where another one follows it, the later ones where all before did.
        node.takes_all = parent.asks_only and (
            bool(parent.children) or _asks_next(lines, at) if item.rank == BARE_HEAD else False
        )
        parent.asks_only = parent.asks_only and _is_asked(node)
        parent.children.append(node)
        stack.append(node)
    return tuple(child.frozen() for child in root.children)


def _opens(item: Item, above: Item | None, below: Item | None) -> bool:
    """Say whether *item* is a head that owns what follows at its own indentation."""
    if item.kind is not BlockKind.PARAGRAPH or item.verbatim:
        return item.kind is BlockKind.TERM
    if is_lead_in(item.text):
        return True
    return bool(below) and not item.rank and _is_bare_head(item, above, below)


def _is_bare_head(item: Item, above: Item | None, below: Item | None) -> bool:
    """Read a short line without any mark as a head, where the layout says so."""
    assert below
    if not _is_bare(item) or below.kind is not BlockKind.PARAGRAPH:
        return False
    if item.marker:
        return False
    if below.marker and not item.marker:
        return below.indent >= item.indent
    if below.indent >= item.indent + STEP:
        return True
    topic_begins = above is None or above.kind is BlockKind.RULE or above.is_heading or item.gap >= 2
    return topic_begins and below.indent == item.indent and below.gap <= 1 and not _is_bare(below)


def _is_bare(item: Item) -> bool:
    plain = item.text.plain.strip()
    return (
        0 < len(plain.split()) <= 9
        and not plain.endswith((".", "!", ";", ",", "?", ")"))
        and plain[0].isalnum()
        and not is_reference(item.text)
        and split_term(item.text) is None
        and not begins_with_verb(plain)
    )


def _owns(parent: _Node, node: _Node, above: Item | None) -> bool:
    owner, item = parent.item, node.item
    assert item
    if owner is None:
        return True
    if owner.rank:
        closes = owner.rank == BARE_HEAD and (
            (item.kind is BlockKind.RULE and bool(parent.children)) or _is_answered(parent, item)
        )
        return item.rank > owner.rank if item.rank else not closes
    if item.rank or item.kind is BlockKind.RULE:
        return False
    if owner.kind is BlockKind.TERM:
        return item.kind is BlockKind.DESCRIPTION or item.indent >= owner.indent + STEP
    if owner.kind is not BlockKind.PARAGRAPH or (is_reference(owner.text) and not parent.is_head):
        return False
    if item.indent >= owner.indent + STEP:
        return bool(owner.marker) or parent.is_head or item.kind is not BlockKind.PARAGRAPH or _lays_out(owner, item)
    if owner.indent > item.indent + 1:
        return False
    return _owns_beside(parent, node, above)


def _is_answered(parent: _Node, item: Item) -> bool:
    """Say whether a bold question has its answer, so that one more paragraph is not part of it.

    A question amid running text is answered by one paragraph, with the list or code that follows it; so is one whose
    answer follows without a blank line.
    """
    assert parent.item
    first = parent.children[0].item if parent.children else None
    if first is None or not parent.item.text.plain.rstrip().endswith("?"):
        return False
    if item.text.bold_end and split_term(item.text):
        return True  # a definition of its own
    is_paragraph = item.gap > 0 and not item.marker and item.kind is BlockKind.PARAGRAPH
    return is_paragraph and (first.gap == 0 or not parent.takes_all)


def _asks_next(lines: Sequence[Item], at: int) -> bool:
    """Say whether the next heading below line *at*, of whatever kind, is a bold question."""
    following = next((item for item in lines[at + 1 : at + 40] if item.rank), None)
    return following is not None and following.rank == BARE_HEAD and following.text.plain.rstrip().endswith("?")


def _is_asked(node: _Node) -> bool:
    assert node.item
    return node.item.kind is BlockKind.RULE or (
        node.item.rank == BARE_HEAD and node.item.text.plain.rstrip().endswith("?")
    )


def _lays_out(owner: Item, item: Item) -> bool:
    """A line owns deeper lines, save prose that is merely indented under prose."""
    return bool(item.marker) or len(owner.text.plain) < 400


def _owns_beside(parent: _Node, node: _Node, above: Item | None) -> bool:
    """Say whether a line owns one that stands at its own indentation."""
    owner, item = parent.item, node.item
    assert owner
    assert item
    if item.kind in (BlockKind.CODE, BlockKind.MATH, BlockKind.QUOTE):
        return item.gap <= 1 and not owner.marker and (above is owner or parent.is_head)
    if not parent.is_head:
        return False
    if item.kind is BlockKind.TABLE:
        return not parent.children
    if REFERENCE_HEAD.search(owner.text.plain.strip(" :")) and not item.text.links:
        return False
    last = parent.children[-1] if parent.children else None
    if item.marker:
        return item.marker[-1] != owner.marker[-1:] and (last is None or _is_list(last) or is_reference_node(last))
    return not owner.marker and item.gap <= 1 and _owns_line(parent, last, node)


def _owns_line(parent: _Node, last: _Node | None, node: _Node) -> bool:
    """Say whether a head owns one more unmarked line beside it."""
    assert parent.item
    assert node.item
    if last is None:
        return True
    assert last.item
    if last.item.indent >= parent.item.indent + STEP or (last.is_head and last.children) or node.is_head:
        return False
    return not _is_prose(node.item) and not _is_prose(last.item)


def _is_list(node: _Node) -> bool:
    return node.item is not None and bool(node.item.marker)


def is_reference_node(node: _Node) -> bool:
    """Say whether a node is nothing but links."""
    return node.item is not None and is_reference(node.item.text)


def _is_prose(item: Item) -> bool:
    """Say whether a line reads as running text: long, or of several full sentences."""
    plain = item.text.plain
    return len(plain.split()) > 30 or len(re.findall(r"[a-z)][.!?]\s+[A-Z]", plain)) >= 2


def is_example_label(text: Text) -> bool:
    """Say whether *text* is the label of an example."""
    return bool(EXAMPLE.match(text.plain.strip(" :")))
