"""Which words of a line stand on a card.

A card is made of the words of the notes, so what it shows of a line can be read off the two: a line's words stand on
a card in the order of the notes, one beside the other. This judges the parser by its cards, not by its own account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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


def words_of(text: str) -> tuple[str, ...]:
    """The words of a line as a card has them, without case and plural."""
    opening = MARKER.match(text)
    seen = UNSEEN.sub(" ", unescape(text[opening.end() :] if opening else text))
    return tuple(stem_of(word) for word in WORD.findall(seen.lower()))


EMPTY_WORDS = frozenset(map(stem_of, DANGLING | NO_TERM))


def telling(words: Sequence[str]) -> tuple[int, ...]:
    """The places of the words that say something; of all words where none does."""
    found = tuple(at for at, word in enumerate(words) if word not in EMPTY_WORDS and (len(word) > 1 or not word.isascii()))
    return found or tuple(range(len(words)))


class Shown:
    """What one card shows, as words."""

    def __init__(self, card: Card) -> None:
        self.card = card

    @cached_property
    def question(self) -> frozenset[str]:
        """The words of its question; there are few, so their order does not matter."""
        card = self.card
        return frozenset(word for text in (card.question.text, card.term.text) for word in _flat(text))

    @cached_property
    def path(self) -> frozenset[str]:
        """The words of its path."""
        return frozenset(word for text in (*breadcrumb(self.card), self.card.place.title) for word in _flat(text))

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


def _flat(text: str) -> Iterator[str]:
    return (word for line in text.split("\n") for word in words_of(line))


def _neighbours(text: str) -> Iterator[tuple[str, str]]:
    """Each two words that stand side by side; the empty word stands at both ends of a line."""
    for line in text.split("\n"):
        yield from pairwise(("", *words_of(line), ""))
