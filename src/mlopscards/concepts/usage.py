"""How a note itself writes its terms in running text: with which article, with a small letter or a capital."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mlopscards.layout import Item
from mlopscards.words import DANGLING, NO_OBJECT, THIRD_PERSON, words

LONGEST = 5
"""Words of a term that are looked for behind an article."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a note shows of its own words; all of it in lower case."""

    counted: frozenset[str] = frozenset()
    """What stands behind `a` or `an`."""
    acting: frozenset[str] = frozenset()
    """What stands behind `the` and before its verb: `the manager loads`."""
    bare: frozenset[str] = frozenset()
    """What stands behind a preposition without any article."""
    small: frozenset[str] = frozenset()
    """Words that begin with a small letter."""
    names: frozenset[str] = frozenset()
    """Words that keep a capital in mid-sentence."""


def usage_of(outline: Sequence[Item]) -> Usage:
    """Read from the lines of a note how it uses its words."""
    lines = [mask for mask in _masks(outline) if len(mask) < LONGEST_LINE]
    return Usage(
        counted=_behind(COUNTING, lines, ENDS_PHRASE),
        acting=_behind(DEFINITE, lines, THIRD_PERSON),
        bare=_behind(PREPOSITION, lines, ENDS_PHRASE),
        small=frozenset(word for line in lines for word in SMALL.findall(line)),
        names=frozenset(word.lower() for line in lines for word in NAME.findall(line)),
    )


LONGEST_LINE = 5000
"""Characters; what is longer is nothing that somebody wrote."""


COUNTING = re.compile(r"\b[Aa]n?\s+(?=\w)")
DEFINITE = re.compile(r"\b[Tt]he\s+(?=\w)")
PREPOSITION = re.compile(r"\b(?:of|with|by|for|via|from|than|through|without|in)\s+(?=\w)")
SMALL = re.compile(r"(?<![\w./@_-])[a-z]+(?:-[a-z]+)*(?![\w./@_-]*[\w@_])")
NAME = re.compile(r"(?<=[a-z,]\s)[A-Z][a-z]+(?:-[a-z]+)*\b")
NEXT_WORD = re.compile(r"([\w'’+-]+)( (?=\w))?")
ENDS_PHRASE = DANGLING | NO_OBJECT | THIRD_PERSON
"""Words that no noun goes on with."""


def _masks(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        yield item.text.mask
        yield from (cell.mask for row in item.rows for cell in row)
        yield from _masks(item.children)


def _behind(opening: re.Pattern[str], lines: Iterable[str], closing: frozenset[str]) -> frozenset[str]:
    """Every phrase of some words that stands behind *opening*, up to a word of *closing* or a mark."""
    return frozenset(
        phrase for line in lines for found in opening.finditer(line) for phrase in _phrases(line, found.end(), closing)
    )


def _phrases(line: str, at: int, closing: frozenset[str]) -> Iterator[str]:
    have: list[str] = []
    while len(have) <= LONGEST and (found := NEXT_WORD.match(line, at)):
        word = found[1].lower()
        if have and word in closing and not (word == "of" and len(have) == 1):
            yield " ".join(have)  # `a recall of 0` counts no recalls
        if word in DANGLING:
            return
        have.append(word)
        at = found.end()
        if not found[2]:
            if closing is ENDS_PHRASE:
                yield " ".join(have)
            return


def is_counted(term: str, usage: Usage) -> bool:
    """Say whether the note speaks of `a` *term*, and so of one among several."""
    key = " ".join(words(term))
    if key not in usage.counted or key in usage.bare:
        return False
    return " " in key or not ABSTRACT_NOUN.search(key)


ABSTRACT_NOUN = re.compile(r"(?:ing|tion|sion|ment|ness|ity|ance|ence|ism|cy|age|ics)$")
"""Endings of words that are rarely counted, though one may say `a` before them once."""


def acts(term: str, usage: Usage) -> bool:
    """Say whether the note tells what `the` *term* does."""
    return " ".join(words(term)) in usage.acting


def is_ordinary(word: str, usage: Usage) -> bool:
    """Say whether the note writes *word* with a small letter wherever it may."""
    low = word.lower()
    return low in usage.small and low not in usage.names
