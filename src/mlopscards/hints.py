"""What gives a term away: to the card that asks for it, it is a hint too many."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"\w+")
_LONGEST = 8
"""Words that are abbreviated together."""


def tells(heading: str, term: str) -> bool:
    """Say whether *heading* holds a word of *term*, also in another form or abbreviated."""
    ours, theirs = _words(heading), _words(term)
    if any(_alike(our, their) for our in ours for their in theirs):
        return True
    return not (_short_forms(heading).isdisjoint(theirs) and _short_forms(term).isdisjoint(ours))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


@lru_cache(maxsize=1024)
def _short_forms(text: str) -> frozenset[str]:
    """Abbreviate what stands in *text* by first letters and inner capitals; no one word is abbreviated."""
    letters = [word[0] + "".join(filter(str.isupper, word[1:])) for word in _WORD.findall(text)]
    runs = (letters[start : start + many] for start in range(len(letters)) for many in range(2, _LONGEST + 1))
    return frozenset("".join(run).casefold() for run in runs if len(run) > 1)


def _alike(one: str, other: str) -> bool:
    """Tell whether two words are forms of one, or one holds the other; short ones must be equal."""
    short, long = sorted((one, other), key=len)
    # Scripts without blanks between words make long "words" of short ones.
    if short == long or (len(short) >= (4 if short.isascii() else 2) and short in long):
        return True
    stem = max(4, (len(long) + 1) // 2)
    # Tracing and trace, GAN and GANs, but not parallelism and parameter.
    return short[:stem] == long[:stem] or (len(short) == 3 and short == long[:-1])
