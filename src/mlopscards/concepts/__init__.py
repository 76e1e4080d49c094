"""`Item` trees to `Concept`s: what the notes state. A file a way of writing things down."""

from __future__ import annotations

from collections.abc import Sequence

from mlopscards.concepts.facts import Concept, Scope, Unread
from mlopscards.concepts.pictures import illustrated, set_apart
from mlopscards.concepts.reader import Reading
from mlopscards.concepts.usage import usage_of
from mlopscards.layout import Item
from mlopscards.model import LineKind, Note


def concepts_of(note: Note, outline: Sequence[Item]) -> tuple[tuple[Concept, ...], tuple[Unread, ...]]:
    """Read what *note* states, and what was left unread with the reason."""
    items, pictures = set_apart(outline)
    reading = Reading()
    reading.siblings(items, Scope(note.place, usage=usage_of(outline)))
    told, left = illustrated(reading.concepts, pictures)
    in_order = sorted(told, key=lambda concept: concept.span.line)
    return tuple(in_order), (*reading.unread, *(Unread(item.span, LineKind.PICTURE) for item in left))
