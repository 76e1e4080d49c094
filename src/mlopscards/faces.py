"""Cards of the notes and of the lock to faces on a board, and two faces to whether they may be one card. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from math import log

from mlopscards.clozes import OPENING, deletions_of
from mlopscards.likeness import (
    DELETION,
    ENOUGH,
    GLUE,
    Weigh,
    Words,
    content_of,
    own_words,
    words_of,
)
from mlopscards.lockfile import Entry
from mlopscards.model import Card, NoteType

# --- The cards that look for each other -------------------------------------------------------------------------------


class Evidence(StrEnum):
    """Why a card is taken for the one in the lock, the strongest first."""

    ID = "the author's id"
    EXACT = "the same text"
    NORMAL = "the same words"
    QUESTION = "the same question"
    ANSWER = "the same answer"
    HEADING = "the same under a renamed heading"
    LIKENESS = "much the same text"


@dataclass(frozen=True, eq=False)
class Face:
    """What matching sees of a card, be it in the notes or in the lock; each is equal to itself only."""

    note_type: NoteType
    kind: str
    id: str
    path: str
    headings: tuple[str, ...]
    question: str
    answer: str
    own: Mapping[str, Words] = field(repr=False)
    """The words of what it tells, or of the sentence of a cloze, without those that many others end with too."""
    retired: bool = False

    @cached_property
    def exact(self) -> Hashable:
        """All that is read on it; the numbers of clozes are ours to give."""
        return self.note_type, OPENING.sub("{{c::", self.question), self.answer

    @cached_property
    def place(self) -> Hashable:
        """Where it stands; not identity, but it tells apart what reads the same."""
        return self.path, self.headings, self.kind

    @cached_property
    def normal(self) -> Hashable:
        """The words alone."""
        return self.note_type, words_of(self.question), words_of(self.answer)

    @cached_property
    def asked(self) -> Words:
        """The words of the question, without the number of what is listed; of a cloze those around the deletions."""
        if self.note_type is NoteType.CLOZE:
            return self.own[_sentence(self.question)]
        return words_of(without_count(self.question, self.answer))

    @cached_property
    def core(self) -> Words:
        """The words of the question without what only tells it from others of the kind: *In X, what …*"""
        found = CONTEXT.match(self.question) if self.note_type is NoteType.BASIC else None
        return words_of(without_count(self.question[found.end() :], self.answer)) if found else self.asked

    @property
    def is_own(self) -> bool:
        """Whether the author asked it in these words; in the others, one word for another is another term."""
        return self.kind == "question" or self.note_type is NoteType.CLOZE

    @cached_property
    def is_label(self) -> bool:
        """Whether the question is a mere number of its kind: *Exercise 3.2* is another one when one comes before."""
        return bool(LABEL.fullmatch(self.question))

    @cached_property
    def about(self) -> Words:
        """The words of the question that say something."""
        return tuple(content_of(self.asked))

    @cached_property
    def told(self) -> Words:
        """The words of the answer; of a cloze note those that it hides."""
        if self.note_type is NoteType.CLOZE:
            return words_of("\n".join(deletions_of(self.question).values()))
        return self.own[self.answer]

    @cached_property
    def words(self) -> frozenset[str]:
        """All words that count."""
        return frozenset((*self.asked, *self.told))

    @cached_property
    def telling(self) -> bool:
        """Whether the answer says so much beyond the question that it is hardly another card's by chance."""
        asked = set(self.asked)
        return len({word for word in content_of(self.told) if word not in asked}) >= ENOUGH

    @cached_property
    def bare(self) -> Hashable:
        """The question without the names of the headings it stands under."""
        asked = f" {' '.join(self.asked)} "
        for heading in self.headings:
            name = " ".join(words_of(heading))
            asked = asked.replace(f" {name} ", " § ") if name else asked
        return self.note_type, asked


def faces_of(entries: Iterable[Entry], cards: Iterable[Card]) -> tuple[list[Face], list[Face]]:
    """Give the faces of the cards in the lock, and of those in the notes."""
    olds = [(entry, entry.path, entry.question, entry.answer) for entry in entries]
    news = [(card, card.source.path, card.question.text, card.answer.text) for card in cards]
    own = own_words([*_endings(olds), *_endings(news)])
    was = [
        Face(one.note_type, one.kind, one.id, path, one.headings, q, a, own, bool(one.retired))
        for one, path, q, a in olds
    ]
    now = [Face(one.note_type, one.kind, one.id, path, one.headings, q, a, own) for one, path, q, a in news]
    return was, now


def _endings(cards: Iterable[tuple[Card | Entry, str, str, str]]) -> Iterable[list[str]]:
    """Give for each file the texts at whose end the source may stand."""
    files: dict[str, list[str]] = defaultdict(list)
    for one, path, question, answer in cards:
        files[path].append(_sentence(question) if one.note_type is NoteType.CLOZE else answer)
    return files.values()


def _sentence(cloze: str) -> str:
    return DELETION.sub(" ", cloze)


@dataclass
class Board:
    """The cards of the lock and of the notes while they find each other; it lives as long as one `issue`."""

    olds: Sequence[Face]
    """In the order of the lock."""
    news: Sequence[Face]
    """In the order of the lecture."""
    partners: dict[Face, Face] = field(default_factory=dict)
    """From both sides."""
    evidence: dict[Face, Evidence] = field(default_factory=dict)
    """Of each new card that found its old one."""
    doubts: dict[Face, list[Face]] = field(default_factory=dict)
    """The old cards that a new one could have been; all of them are out of the game."""
    out: set[Face] = field(default_factory=set)

    @cached_property
    def live(self) -> list[Face]:
        """Those that were in the notes at the last build."""
        return [old for old in self.olds if not old.retired]

    def open(self, faces: Iterable[Face]) -> list[Face]:
        """Leave those that may still find someone."""
        return [face for face in faces if face not in self.partners and face not in self.out]

    def join(self, old: Face, new: Face, evidence: Evidence) -> None:
        """Make them one, unless either has found someone else."""
        if old not in self.partners and new not in self.partners and may_be(old, new):
            self.partners |= {old: new, new: old}
            self.evidence[new] = evidence

    def worded(self, new: Face) -> Face:
        """Give the old card for one that reads the same, so that its words are found only once."""
        return self.partners[new] if self.evidence.get(new) is Evidence.EXACT else new

    def doubt(self, new: Face, olds: Sequence[Face]) -> None:
        """Take a card and all that it could be out of the game: better none than the wrong one."""
        self.doubts.setdefault(new, []).extend(olds)
        self.out |= {new, *olds}

    @cached_property
    def weigh(self) -> Weigh:
        """Rare words weigh most: they are what a card is about."""
        found = Counter(word for old in self.live for word in {*old.asked, *old.told})
        return lambda word: 0.1 if word in GLUE else 1 + log((1 + len(self.live)) / (1 + found[word]))


def may_be(old: Face, new: Face) -> bool:
    """Refuse what Anki cannot update (another note type) and what the author told apart (another id)."""
    return old.note_type is new.note_type and (not old.id or not new.id or old.id == new.id)


LABEL = re.compile(r"\W*[^\W\d_]+\W+\d+(?:[.-]\d+)*[a-z]?\W*")
CONTEXT = re.compile(r"In [^,?]{1,80}, (?=(?:what|which|how|when|why|who|where)\b)", re.IGNORECASE)
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
COUNT = re.compile(rf"\((?P<points>\d+) points\)|\b(?P<number>\d+|{'|'.join(NUMBERS)})\b", re.IGNORECASE)
LISTED = re.compile(r"^(?:-|\d+\.) ", re.MULTILINE)


def without_count(question: str, answer: str) -> str:
    """Take the number of things in *answer* out of *question*: it changes with the list, and is not identity."""
    if not answer.startswith(("- ", "1. ")):
        return question
    listed = len(LISTED.findall(answer))

    def number(found: re.Match[str]) -> int:
        said = found["points"] or found["number"]
        return NUMBERS.get(said.lower(), 0) or int(said)

    return COUNT.sub(lambda found: " " if number(found) == listed else found[0], question)


def is_asked_alike(old: Face, new: Face) -> bool:
    """Tell whether both say how much they list, or neither: *the types of X* may stand beside *the 2 types of X*."""
    return (words_of(old.question) == old.asked) is (words_of(new.question) == new.asked)
