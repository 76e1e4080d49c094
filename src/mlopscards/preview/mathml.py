"""TeX to MathML, which every browser shows by itself; the one module that knows math-core.

Anki shows formulas by MathJax, which is larger than all cards together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from html import unescape

from math_core import LatexError, LatexToMathML

_FORMULA = re.compile(r"\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\]", re.DOTALL)
_CLOZE = re.compile(r"\{\{c(?P<numbers>[\d,]+)::(?P<text>.*?)(?:::(?P<hint>.*?))?\}\}", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PART = re.compile(r"\\[A-Za-z]+|[{^_]")
# math-core works down into a formula by recursion, and a stack that overflows there ends the whole process.
_MOST_PARTS = 250

INLINE, DISPLAY = "(", "["
"""What a key opens with, as the formula itself does behind its backslash."""


def formulas_in(fields: Iterable[str]) -> dict[str, str]:
    """Make MathML of each formula, by its key; one that cannot be made is left out, and shows as its source."""
    keys = dict.fromkeys(key for html in fields if "\\" in html for key in _keys(html))
    return {key: mathml for key in keys if (mathml := mathml_of(key))}


def _keys(html: str) -> Iterator[str]:
    for found in _FORMULA.finditer(html):
        sign, body = (INLINE, found["inline"]) if found["inline"] is not None else (DISPLAY, found["display"])
        for variant in _variants(body):
            yield sign + unescape(_TAG.sub("", variant))


def _variants(body: str) -> Iterator[str]:
    """A formula with clozes in it is another one for each card, and for each side of it."""
    yield _CLOZE.sub(lambda cloze: cloze["text"], body)
    numbers = {number for cloze in _CLOZE.finditer(body) for number in cloze["numbers"].split(",")}
    for asked in sorted(numbers):
        yield _CLOZE.sub(partial(_asked, asked), body)


def _asked(number: str, cloze: re.Match[str]) -> str:
    return f"[{cloze['hint'] or '...'}]" if number in cloze["numbers"].split(",") else cloze["text"]


@cache
def mathml_of(key: str) -> str:
    """Make MathML of one formula; nothing where it is none that we know how to show."""
    if len(_PART.findall(key)) > _MOST_PARTS:
        return ""
    try:
        return _converter().convert_with_local_state(key[1:], displaystyle=key[0] == DISPLAY)
    except LatexError:
        return ""


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML()
