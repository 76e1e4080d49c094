"""Questions that another card asks as well, or nearly so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

from mlopscards.check.catalogue import found, question_of
from mlopscards.check.seen import Course
from mlopscards.likeness import words_of
from mlopscards.model import Card, NoteType, Problem

LEAST_LETTERS = 5
"""Words shorter than this differ in a letter by nature: *mean* and *bean*."""
MOST_NEAR = 30
"""More words than this that differ in one letter are numbered things, not slips."""


def one_question_two_answers(course: Course) -> Iterator[Problem]:
    """Cards that ask the same; the later one is reported, with the place of the first."""
    for first, *others in _groups((_exact(card), card) for card in _asking(course.cards)):
        for other in others:
            message = f"{question_of(other)} has another answer at {first.source}; join them, or say which one is meant"
            yield found("Q504", other.source, message)


def confusable_questions(course: Course) -> Iterator[Problem]:
    """Cards that ask nearly the same, and have different answers."""
    cards = [card for card, *_ in _groups((_exact(card), card) for card in _asking(course.cards))]
    keys = [_key(card) for card in cards]
    by_key: dict[Key, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        by_key[key].append(number)
    near = _near_words({word for key in keys for word in key[1]})
    for number, (card, key) in enumerate(zip(cards, keys, strict=True)):
        others = {other for one in _neighbours(key, near) for other in by_key.get(one, ()) if other < number}
        for other in (cards[at] for at in sorted(others)):
            if _normal(card.answer.text) != _normal(other.answer.text):
                message = f"{question_of(card)} is easily taken for {question_of(other)} at {other.source}"
                yield found("Q505", card.source, f"{message}; say in what they differ")
                break


def _asking(cards: Iterable[Card]) -> Iterator[Card]:
    return (card for card in cards if card.note_type is NoteType.BASIC)


def _groups(pairs: Iterable[tuple[str, Card]]) -> Iterator[list[Card]]:
    groups: dict[str, list[Card]] = defaultdict(list)
    for key, card in pairs:
        groups[key].append(card)
    yield from groups.values()


def _exact(card: Card) -> str:
    return _normal(card.question.text)


def _normal(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(" ?.")


# --- near questions ----------------------------------------------------------------------------------------------

Key = tuple[str, tuple[str, ...]]
"""How a question asks, and the words that say what about, without regard to their order."""
COUNT = re.compile(r"\b(?:the|which) \d+ (?=\w)|\(\d+ points\)", re.IGNORECASE)
"""The number that the tool itself puts before a list; it tells that a list is asked for, and nothing more."""
ASKING = frozenset(
    ["how", "why", "when", "where", "who", "which", "differ", "not", "without", "no", "do", "does", "did", "for", "can"]
)
"""Words that make another question of the same words."""
QUIET = frozenset(
    "a an and are as at be by can could define defined definition describe explain from in is it its of on or that the"  # noqa: SIM905
    " these this those was were what with".split()
)
"""Words that leave a question as it is."""
DIRECTED = frozenset(["to", "from", "than", "vs", "differ", "into", "over", "before", "after"])
"""Words around which the order of the others counts."""
EXACT = re.compile(r"`[^`]*`|\$[^$]*\$|(?<![\w`])[A-Z\d]*[A-Z\d][A-Z\d_.-]*s?(?!\w)|(?<!\w)-\d+")
"""Code, formulas, acronyms and numbers, in which each sign means something."""
NO_COUNT = frozenset({"members", "steps", "tool", "fact"})


def _key(card: Card) -> Key:
    text, lists = COUNT.subn("", card.question.text) if card.kind in NO_COUNT else (card.question.text, 0)
    words = tuple("do" if word in ("does", "did") else word for word in words_of(text))
    telling = [word for word in words if word not in QUIET and word not in ASKING]
    order = " ".join(telling) if DIRECTED & set(words) else ""
    asking = " ".join(word for word in words if word in ASKING)
    exact = " ".join(sorted(EXACT.findall(text)))
    return f"{bool(lists)}|{asking}|{order}|{exact}", tuple(sorted(map(_stem, telling)))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > LEAST_LETTERS and word.endswith("s") and not word.endswith("ss") else word


def _neighbours(key: Key, near: dict[str, tuple[str, ...]]) -> Iterator[Key]:
    """The key itself, and those in which one word is another one but for a letter."""
    asking, words = key
    yield key
    for at, word in enumerate(words):
        for other in near.get(word, ()):
            yield asking, tuple(sorted((*words[:at], other, *words[at + 1 :])))


def _near_words(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Words that one slip of the keys turns into each other.

    Two such words share a piece that is left when one letter is taken out, so only those are compared that do.
    """
    pieces: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        if LEAST_LETTERS <= len(word) <= 40 and word.isalpha():
            for piece in {word, *(word[:at] + word[at + 1 :] for at in range(1, len(word)))}:
                pieces[piece].append(word)
    near: dict[str, set[str]] = defaultdict(set)
    for group in pieces.values():
        if 1 < len(group) <= MOST_NEAR:
            for one, other in ((one, other) for at, one in enumerate(group) for other in group[at + 1 :]):
                if OSA.distance(one, other, score_cutoff=1) <= 1 and not _are_opposites(one, other):
                    near[one].add(other)
                    near[other].add(one)
    return {word: tuple(sorted(others)) for word, others in near.items()}


def _are_opposites(one: str, other: str) -> bool:
    """Tell *encoder* from *decoder*, *import* from *export*: they differ at their beginning, and mean to."""
    return one[:2] != other[:2]
