"""`Block`s to a tree of `Item`s in which heads own what stands under them.

CommonMark's tree follows blank lines and four-column tabs; learners follow the eye. The tree here is made from
headings, indentation, markers and lead-ins, so a handout without any mark has one as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from mlopscards.layout import BARE_HEAD, STEP, Item, is_picture, lines_of, tags_in, trimmed_heading
from mlopscards.model import Span
from mlopscards.patterns import (
    PART,
    QUESTION_MARKS,
    REFERENCE_HEAD,
    goes_on,
    is_lead_in,
    is_reference,
    section_depth,
    split_term,
)
from mlopscards.syntax import Block, BlockKind
from mlopscards.text import join
from mlopscards.words import begins_with_verb


def outline_of(blocks: Sequence[Block]) -> tuple[Item, ...]:
    """Build the tree."""
    return _tree(_ranked(_joined(lines_of(blocks, outline_of))))


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
        and not tags_in(item.text)
        and not item.text.is_bold
        and not is_picture(item)
        and not _is_thought(held, item)
        and (not held.marker or item.indent >= held.indent + STEP)
    )


def _is_thought(held: Item, item: Item) -> bool:
    """Say whether behind a blank line a term of its own opens, though the last word before it could go on."""
    ends = held.text.mask.rstrip()[-1:].isalpha()
    return ends and item.gap > 0 and item.text.plain[:1].isupper() and split_term(item.text) is not None


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
        below = items[at + 1] if at + 1 < len(items) else None
        if rank := _rank_of_section(item, heading, below):
            ranked.append(replace(item, rank=rank, text=trimmed_heading(item.text)))
            continue
        rank = item.rank or _rank_of(item, heading, below)
        ranked.append(replace(item, rank=rank) if rank != item.rank else item)
    return ranked


def _rank_of_section(item: Item, heading: int, below: Item | None) -> int:
    """The rank of a line such as `2.1 Choosing a metric` that has text or a deeper section below; else 0."""
    if item.kind is not BlockKind.PARAGRAPH or item.rank or item.marker or item.text.is_bold or below is None:
        return 0
    depth = section_depth(item.text)
    empty = below.kind is BlockKind.RULE or bool(below.rank) or 0 < section_depth(below.text) <= depth
    return min(heading, 50) + 4 + depth if depth and not empty else 0


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
        below = next((line for line in lines[at + 1 : at + 9] if not is_picture(line)), None)
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
        # `8) Challenges` with bullets beside it.
        return item.marker[0].isdigit() and below.marker[:1] in BULLETS and below.indent >= item.indent
    if below.marker:
        return below.indent >= item.indent
    if below.indent >= item.indent + STEP:
        return True
    topic_begins = above is None or above.kind is BlockKind.RULE or above.is_heading or item.gap >= 2
    return topic_begins and below.indent == item.indent and below.gap <= 1 and not _is_bare(below)


BULLETS = frozenset("-*+")


def _is_bare(item: Item) -> bool:
    plain = item.text.plain.strip()
    return (
        0 < len(plain.split()) <= 9
        and not plain.endswith((".", "!", ";", ",", "?", ")"))
        and plain[0].isalnum()
        and not is_reference(item.text)
        and not item.text.images
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
    if first is None or not parent.item.text.plain.rstrip().endswith(QUESTION_MARKS):
        return False
    if item.text.bold_end and split_term(item.text):
        return True  # a definition of its own
    is_paragraph = item.gap > 0 and not item.marker and item.kind is BlockKind.PARAGRAPH
    return is_paragraph and (first.gap == 0 or not parent.takes_all)


def _asks_next(lines: Sequence[Item], at: int) -> bool:
    """Say whether the next heading below line *at*, of whatever kind, is a bold question."""
    following = next((item for item in lines[at + 1 : at + 40] if item.rank), None)
    return (
        following is not None and following.rank == BARE_HEAD and following.text.plain.rstrip().endswith(QUESTION_MARKS)
    )


def _is_asked(node: _Node) -> bool:
    assert node.item
    return node.item.kind is BlockKind.RULE or (
        node.item.rank == BARE_HEAD and node.item.text.plain.rstrip().endswith(QUESTION_MARKS)
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
    shown = [child for child in parent.children[-8:] if child.item and not is_picture(child.item)]
    last = shown[-1] if shown else None
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
