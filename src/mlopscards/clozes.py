"""A cloze text and its card in the lock to the text with the numbers that its deletions had before. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from mlopscards.likeness import DELETION, GLUE, Change, Words, liken, words_of
from mlopscards.lockfile import Entry
from mlopscards.model import Field

OPENING = re.compile(r"\{\{c(\d+)::")


def deletions_of(text: str) -> dict[int, str]:
    """Give what each cloze number of *text* hides, in order of appearance."""
    hidden: dict[int, str] = {}
    for found in DELETION.finditer(text):
        number, told = int(found["number"]), found["text"]
        hidden[number] = f"{hidden[number]} … {told}" if number in hidden else told
    return hidden


def renumber_clozes(question: Field, before: Entry) -> tuple[Field, dict[int, str]]:
    """Give each deletion the number it had *before*, a new one a number never used; and all numbers ever used."""
    hidden = deletions_of(question.text)
    ever = {**before.clozes, **deletions_of(before.question)}
    numbers = _numbers(question.text, before.question, ever)
    for number in hidden:
        if number not in numbers:
            taken = ever.keys() | numbers.values()
            numbers[number] = number if number not in taken else max(taken) + 1
    final = Field(_put_numbers(question.text, numbers), _put_numbers(question.html, numbers))
    return final, ever | {numbers[number]: told for number, told in hidden.items()}


def _numbers(after: str, before: str, ever: Mapping[int, str]) -> dict[int, int]:
    """Find the old numbers: by the same text, there now or once; by the words around; by nearly the same text."""
    hidden, was = deletions_of(after), deletions_of(before)
    gone = {number: told for number, told in ever.items() if number not in was}
    around, stood = _surroundings(after), _surroundings(before)
    numbers: dict[int, int] = {}
    _pair_numbers(numbers, hidden, was, lambda new, old: words_of(hidden[new]) == words_of(was[old]))
    _pair_numbers(numbers, hidden, gone, lambda new, old: words_of(hidden[new]) == words_of(gone[old]))
    _pair_numbers(numbers, hidden, was, lambda new, old: around[new] == stood[old])
    _pair_numbers(numbers, hidden, was, lambda new, old: _is_same_deletion(hidden[new], was[old]))
    return numbers


def _pair_numbers(
    numbers: dict[int, int], news: Iterable[int], olds: Iterable[int], alike: Callable[[int, int], bool]
) -> None:
    """Add to *numbers* the first old number for each new one that is left, in order of appearance."""
    for new in news:
        free = (old for old in olds if old not in numbers.values() and new not in numbers and alike(new, old))
        old = next(free, None)
        if old is not None:
            numbers[new] = old


def _surroundings(text: str) -> dict[int, tuple[Words, Words]]:
    """Give the two words before and after each deletion; never equal to another's where there are none."""
    around: dict[int, tuple[Words, Words]] = {}
    for found in DELETION.finditer(text):
        before, after = words_of(text[: found.start()])[-2:], words_of(text[found.end() :])[:2]
        around.setdefault(int(found["number"]), (before, after))
    return around


def _is_same_deletion(new: str, old: str) -> bool:
    likeness = liken(words_of(old), words_of(new), lambda word: 0.1 if word in GLUE else 1.0)
    return likeness.change is Change.SAME or likeness.share >= 0.5


def _put_numbers(text: str, numbers: Mapping[int, int]) -> str:
    return OPENING.sub(lambda found: f"{{{{c{numbers.get(int(found[1]), int(found[1]))}::", text)
