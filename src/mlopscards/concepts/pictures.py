"""Pictures alone on a line: taken out of the outline before it is read, then shown behind the cards of a block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlopscards.concepts.explicit import asked, bold_question, clozed, opens_question, plain_question, two_sided
from mlopscards.concepts.facts import Concept, Contrast, Definition, Facet, Fact, Members, Steps
from mlopscards.concepts.shapes import answer_end, has_answer, question_of
from mlopscards.layout import Item, is_picture
from mlopscards.syntax import BlockKind


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that stands alone, and what stands around it."""

    item: Item
    owner: Item | None
    """The head above it, without its pictures."""
    above: tuple[Item, ...]
    """What stands before it below the same head, back to the picture before."""
    below: Item | None


def set_apart(items: Sequence[Item], owner: Item | None = None) -> tuple[tuple[Item, ...], list[Picture]]:
    """Take the pictures out of *items* and all under them, save those of an answer that the author wrote out."""
    kept: list[Item] = []
    found: list[tuple[Item, int]] = []
    inner: list[Picture] = []
    written = _written_out(items, owner)
    for at, item in enumerate(items):
        if at not in written and not item.children and not item.verbatim and is_picture(item):
            found.append((item, len(kept)))
            continue
        bare, more = (item, []) if at in written or _is_answered(item) else _within(item)
        kept.append(bare)
        inner += more
    pictures = [
        Picture(item, owner, _above(kept, found, number), kept[count] if count < len(kept) else None)
        for number, (item, count) in enumerate(found)
    ]
    return tuple(kept), pictures + inner


def _above(kept: Sequence[Item], found: Sequence[tuple[Item, int]], number: int) -> tuple[Item, ...]:
    """The items between a picture and the one before; pictures in a row all belong to what the first belongs to."""
    count = found[number][1]
    start = max([other for _, other in found[:number] if other < count], default=0)
    # In a list with a picture amid it each picture is that of its item.
    amid = 0 < start < count and kept[start - 1].marker and kept[start].marker
    return tuple(kept[count - 1 if amid else start : count])


def _within(item: Item) -> tuple[Item, list[Picture]]:
    children, pictures = set_apart(item.children, item)
    return replace(item, children=children) if pictures else item, pictures


def _written_out(items: Sequence[Item], owner: Item | None) -> set[int]:
    """Where the items stand that are part of an answer below a `Q:` or below a heading that asks."""
    written: set[int] = set()
    for at, item in enumerate(items):
        if opens_question(item) and at not in written:
            fact, taken = asked(items[at:])
            written |= set(range(at, at + taken)) if fact else set()
    if owner and owner.is_heading and question_of(owner.text) and has_answer(items):
        written |= set(range(answer_end(items)))
    return written


def _is_answered(item: Item) -> bool:
    """Say whether all under *item* is the answer of a card that the author wrote."""
    if item.is_heading or not item.children:
        return False
    asks = clozed(item) or two_sided(item) or bold_question(item) or plain_question(item)
    return bool(asks or question_of(item.text) or item.kind is BlockKind.TERM)


# --- where they go -----------------------------------------------------------------------------------------------


def illustrated(concepts: Sequence[Concept], pictures: Sequence[Picture]) -> tuple[list[Concept], list[Item]]:
    """Put each picture behind the concepts of its block; return them and the pictures that belong to none."""
    told = list(concepts)
    left: list[Item] = []
    for picture in sorted(pictures, key=lambda picture: picture.item.span):
        places = _places_of(picture, [*enumerate(concepts)])
        for at in places:
            told[at] = replace(told[at], extra=(*told[at].extra, picture.item))
        if places:
            told[places[-1]] = _reaching(told[places[-1]], picture.item)
        else:
            left.append(picture.item)
    return told, left


def _reaching(concept: Concept, item: Item) -> Concept:
    """*concept* with a span that holds the line of *item* too."""
    first, last = min(concept.span.line, item.span.line), max(concept.span.end_line, item.end_line)
    return replace(concept, span=replace(concept.span, line=first, end_line=last))


Told = Sequence[tuple[int, Concept]]


def _places_of(picture: Picture, told: Told) -> list[int]:
    """Where the concepts stand that the picture belongs to: those of the block above, else of the list below."""
    if picture.above:
        last = picture.above[-1]
        run = 0
        for item in reversed(picture.above):
            if not item.marker:
                break
            run += 1
        if run >= 2 and (found := _list_around(picture.above[-2], last, told)):
            return found
        return _own(last, told) or (_list_around(last, last, told) if last.marker else [])
    owner, below = picture.owner, picture.below
    if owner and not owner.is_heading:
        return _own(owner, told) or _list_around(below or owner, below or owner, told)
    if below and below.marker:
        return _list_around(below, below, told)
    return [at for at in (_own(below, told) if below else []) if _defines_head(told[at][1].fact, told[at][1])]


def _own(item: Item, told: Told) -> list[int]:
    """The concepts of a block: those that begin on its lines and reach no further than what stands under it."""
    lines = range(item.span.line, item.span.end_line + 1)
    return [at for at, concept in told if concept.span.line in lines and concept.span.end_line <= item.end_line]


def _list_around(first: Item, last: Item, told: Told) -> list[int]:
    """The innermost list card that holds two items; none where there is none."""
    holding = [
        (concept.span.end_line - concept.span.line, at)
        for at, concept in told
        if _is_list(concept.fact)
        and concept.span.line <= first.span.line
        and concept.span.end_line >= last.span.line
        and concept.span.end_line > concept.span.line
    ]
    return [min(holding)[1]] if holding else []


def _is_list(fact: Fact) -> bool:
    return isinstance(fact, Members | Steps | Facet | Contrast)


def _defines_head(fact: Fact, concept: Concept) -> bool:
    return isinstance(fact, Definition) and fact.term.plain.lower() == concept.scope.subject.plain.lower()
