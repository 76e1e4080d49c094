"""The `Card`s of all files to one card of those that read the same, and no reverse that has two answers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from mlopscards.model import NOTHING, Card


def merge_duplicates(cards: Iterable[Card]) -> tuple[Card, ...]:
    """Make one card of those that read the same, with all their sources; *MAP* and *map* do not."""
    merged: dict[tuple[str, str, str], Card] = {}
    for card in cards:
        key = (card.note_type, _normal(card.question.text), _normal(card.answer.text))
        known = merged.get(key)
        merged[key] = replace(known, also=(*known.also, card.source)) if known else card
    return _without_double_reverse(tuple(merged.values()))


def _normal(text: str) -> str:
    return " ".join(text.split())


def _caseless(text: str) -> str:
    return _normal(text).casefold()


def _without_double_reverse(cards: tuple[Card, ...]) -> tuple[Card, ...]:
    """Drop reverse cards whose question would have two answers."""
    counts = Counter(_caseless(card.reverse.text) for card in cards if card.reverse)
    return tuple(replace(card, reverse=NOTHING) if counts[_caseless(card.reverse.text)] > 1 else card for card in cards)
