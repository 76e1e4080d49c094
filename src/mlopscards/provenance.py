"""Which words of a line stand on a card.

A card is made of the words of the notes, so what it shows of a line can be read off the two: a line's words stand on
a card in the order of the notes, one beside the other. This judges the parser by its cards, not by its own account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from html import unescape
from itertools import pairwise

from mlopscards.model import Card, breadcrumb
from mlopscards.phrases import stem_of
from mlopscards.words import DANGLING, NO_TERM


class Part(StrEnum):
    """Where on a card something stands."""

    QUESTION = "question"
    ANSWER = "answer"
    EXTRA = "extra"
    MEDIA = "media"


UNSEEN = re.compile(
    r"""(?<=\])\((?:[^()\s]|\([^()\s]*\))*(?:\s+(?:"[^"]*"|'[^']*'))?\)  # the address of a link
    |(?<=\])\[[^\]]*\]                                                  # its label
    |(?:https?://|www\.)[^\s<>)\]]+                                     # an address alone
    |</?[a-zA-Z][^<>]*>                                                 # a tag
    |\{\{c\d{1,3}::""",
    re.VERBOSE,
)
"""What is written for the parser, not for the reader."""
MARKER = re.compile(
    r"[\s>|]*(?:(?:[-*+•●▪‣◦·]|\(?\d{1,2}(?:\.\d{1,2})*\s?[.)]{1,2}|\(?[a-h]\)|\#{1,6})\s+)*(?:\[[ xX]\]\s)?"
    r"(?:(?:Q(?:uestion)?|A(?:ns(?:wer)?)?)\s*\d{0,3}\s*[:.)]\s)?"
)
"""What stands before the text of a line."""
WORD = re.compile(r"[^\W_]+")


def stems_of(text: str) -> tuple[str, ...]:
    """The words of a line as a card has them, without case and plural."""
    opening = MARKER.match(text)
    seen = UNSEEN.sub(" ", unescape(text[opening.end() :] if opening else text))
    return tuple(stem_of(word) for word in WORD.findall(seen.lower()))


EMPTY_WORDS = frozenset(map(stem_of, DANGLING | NO_TERM))


def telling(words: Sequence[str]) -> tuple[int, ...]:
    """The places of the words that say something; of all words where none does."""
    found = tuple(
        at for at, word in enumerate(words) if word not in EMPTY_WORDS and (len(word) > 1 or not word.isascii())
    )
    return found or tuple(range(len(words)))


class Shown:
    """What one card shows, as words."""

    def __init__(self, card: Card) -> None:
        self.card = card

    @cached_property
    def question(self) -> frozenset[str]:
        """The words of its question; there are few, so their order does not matter."""
        card = self.card
        return frozenset(word for text in (card.question.text, card.term.text) for word in _stems_in(text))

    @cached_property
    def path(self) -> frozenset[str]:
        """The words of its path."""
        return frozenset(word for text in (*breadcrumb(self.card), self.card.place.title) for word in _stems_in(text))

    @cached_property
    def _pairs(self) -> dict[Part, frozenset[tuple[str, str]]]:
        return {
            Part.ANSWER: frozenset(_neighbours(self.card.answer.text)),
            Part.EXTRA: frozenset(_neighbours(self.card.extra.text)),
        }

    def parts_of(self, words: Sequence[str]) -> Iterator[tuple[int, Part]]:
        """Yield the place of each of *words* that the card shows, and where it shows it."""
        around = ("", *words, "")
        for part, pairs in self._pairs.items():
            if pairs:
                for at, word in enumerate(words):
                    near = ((around[at], word), (word, around[at + 2]), ("", word), (word, ""))
                    if any(pair in pairs for pair in near):
                        yield at, part
        yield from ((at, Part.QUESTION) for at, word in enumerate(words) if word in self.question)

    def marks_of(self, line: str) -> Iterator[Part]:
        """Yield where the card shows a picture, a sound or an address that stands in *line*."""
        if any(source in line for source in self.card.media):
            yield Part.MEDIA
        if self._addresses and any(address in line for address in self._addresses):
            yield Part.ANSWER

    @cached_property
    def _addresses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(unescape, HREF.findall(self.card.answer.html))))[:MOST_ADDRESSES]


HREF = re.compile(r'href="([^"]+)"')
MOST_ADDRESSES = 200
"""Of one answer that are looked for in a line."""


def _stems_in(text: str) -> Iterator[str]:
    return (word for line in text.split("\n") for word in stems_of(line))


def _neighbours(text: str) -> Iterator[tuple[str, str]]:
    """Each two words that stand side by side; the empty word stands at both ends of a line."""
    for line in text.split("\n"):
        yield from pairwise(("", *stems_of(line), ""))


# --- a line and its cards -------------------------------------------------------------------------------------------

SURPLUS = 0.25
"""The share of a line's telling words that a card may leave out: `etc.`, `this means`, what became a mark."""
CHANCE = 0.4
"""Up to this share the words of a line stand on a card because both speak of the same thing."""
NO_CHANCE = 5
"""So many words in a row stand on a card because they were taken from the line."""
MARK = -1
"""Stands for a picture, a sound or an address among the places of words."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of a line cards show."""

    shown: int
    """How many of its telling words."""
    wanted: int
    run: int
    """How many words stand on one card as they stand in the line, one beside the other."""
    cards: tuple[int, ...]
    parts: tuple[Part, ...]
    missing: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Say whether the line is on cards."""
        return self.wanted - self.shown <= surplus_of(self.wanted) and self.shown * 2 >= self.wanted

    @property
    def is_partial(self) -> bool:
        """Say whether a part of the line is on cards, and not by chance."""
        return self.shown > self.wanted * CHANCE or (self.run >= NO_CHANCE and self.shown > 2)


def _longest_run(places: set[int]) -> int:
    best = run = 0
    for place in sorted(places):
        run = run + 1 if place - 1 in places else 1
        best = max(best, run)
    return best


def _fewest(seen: dict[tuple[int, Part], set[int]], wanted: set[int]) -> Iterator[Part]:
    """The parts that tell all that is seen of a line, those that tell most first."""
    left = wanted
    while found := max(seen, key=lambda one: (len(seen[one] & left), one[1] is Part.QUESTION), default=None):
        if not seen[found] & left:
            return
        left = left - seen[found]
        yield found[1]


def sight_of(words: Sequence[str], line: str, cards: Sequence[tuple[int, Shown]]) -> Sight:
    """Say what numbered *cards* show of a line and its *words*."""
    seen: dict[tuple[int, Part], set[int]] = {}
    for at, shown in cards:
        for place, part in shown.parts_of(words):
            seen.setdefault((at, part), set()).add(place)
        for part in shown.marks_of(line):
            seen.setdefault((at, part), set()).add(MARK)
    wanted = set(telling(words)) or {MARK}
    found = set().union(*seen.values()) & wanted
    parts = {*_fewest(seen, wanted), *(part for (_, part), places in seen.items() if MARK in places)}
    return Sight(
        shown=len(found),
        wanted=len(wanted),
        run=max(map(_longest_run, seen.values()), default=0),
        cards=tuple(dict.fromkeys(at for (at, _), places in seen.items() if places & (wanted | {MARK}))),
        parts=tuple(part for part in Part if part in parts),
        missing=tuple(words[place] for place in sorted(wanted - found) if place != MARK),
    )


def surplus_of(wanted: int) -> int:
    """How many of so many telling words a card may leave out."""
    return max(1, int(wanted * SURPLUS))
