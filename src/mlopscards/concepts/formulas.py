"""Formulas: what is math rather than words, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlopscards.concepts.facts import Content, Fact, Formula, Scope
from mlopscards.patterns import Split
from mlopscards.text import RunKind, Text

MATHS = re.compile(r"[A-Za-z0-9_)\]]\s*[-+*/^|]\s*[A-Za-z0-9_(\[|]|\b(?:sum|max|min|log|exp|sqrt|argmax|argmin)\b\s*\(")


def is_formula(text: Text) -> bool:
    """Say whether *text* is a formula rather than words: math alone, or operators between short names."""
    if text.links:
        return False
    plain = text.plain.strip(" .")
    runs = [run for run in text.runs if run.plain.strip()]
    if runs and all(run.kind in (RunKind.MATH, RunKind.DISPLAY) for run in runs):
        return True
    long_words = re.findall(r"[A-Za-z]{4,}", re.sub(r"\b\w+(?=\()", "", text.mask))
    return (
        bool(MATHS.search(plain))
        and len(long_words) <= 3
        and len(plain) < 80
        and bool(re.search(r"[()^*=]|\s/\s", plain))
    )


RELATION = re.compile(r"=|\\(?:leftarrow|gets|approx|propto|equiv|sim|le|ge)\b")


def formula_facts(term: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    """`term: formula`, where the text is math or an equals sign makes it so."""
    first = next((run for run in split.body.runs if run.plain.strip()), None)
    is_math = bool(first) and first.kind in (RunKind.MATH, RunKind.DISPLAY)  # type: ignore[union-attr]
    if is_formula(split.body) or (is_math and (split.separator == "equals" or RELATION.search(first.text))):  # type: ignore[union-attr]
        yield Formula(term, Content(split.body))


def equation(text: Text, scope: Scope) -> Iterator[Fact]:
    """`$z = (x - m) / s$` under its subject."""
    if is_formula(text) and scope.subject and "=" in text.plain:
        yield Formula(scope.subject, Content(text))
