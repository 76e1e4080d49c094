"""`Item` trees to `Concept`s: what the notes state. A file a way of writing things down."""

from __future__ import annotations

from collections.abc import Sequence

from mlopscards.concepts.facts import Concept, Scope, Unread
from mlopscards.concepts.reader import Reading
from mlopscards.concepts.usage import usage_of
from mlopscards.layout import Item
from mlopscards.model import Note


def concepts_of(note: Note, outline: Sequence[Item]) -> tuple[tuple[Concept, ...], tuple[Unread, ...]]:
    """Read what *note* states, and what was left unread with the reason."""
    reading = Reading()
    reading.siblings(outline, Scope(note.place, usage=usage_of(outline)))
    in_order = sorted(reading.concepts, key=lambda concept: concept.span.line)
    return tuple(in_order), tuple(reading.unread)
