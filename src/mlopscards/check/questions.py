"""Questions and answers that miss each other, and terms that nothing is said of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlopscards.check.catalogue import found, quoted
from mlopscards.check.seen import Seen
from mlopscards.concepts.explicit import ANSWER, QUESTION, asked, opens_question
from mlopscards.layout import Item
from mlopscards.model import Problem
from mlopscards.patterns import ASIDE, EXAMPLE, FINITE, OBJECTIVE_HEAD, PART, REFERENCE_HEAD, is_reference
from mlopscards.syntax import BlockKind

ASKS = re.compile(r"[?？]\W*$")
EMPTY_BACK = re.compile(r"\S\s+::$")
EMPTY_FRONT = re.compile(r"::\s+\S")
BARE_ANSWER = re.compile(r"\s*A(?:ns(?:wer)?)?\s*\d{0,3}\s*:(?:\s|$)", re.IGNORECASE)
"""`A:` alone; `A.` and `A)` open the first of several points."""
BARE_QUESTION = re.compile(r"\s*Q(?:uestion)?\s*\d{0,3}\s*:$", re.IGNORECASE)


def unanswered(seen: Seen) -> Iterator[Problem]:
    """Walk the outline for what is asked and not answered, or answered and not asked."""
    for problem in _unanswered(seen.outline, asked_above=False):
        yield replace(problem, span=seen.at(problem.span))


def _unanswered(items: Sequence[Item], *, asked_above: bool) -> Iterator[Problem]:
    at = 0
    while at < len(items):
        item = items[at]
        taken = 1
        if item.kind is BlockKind.PARAGRAPH and opens_question(item):
            fact, taken = asked(items[at:])
            if fact is None:
                yield found("Q501", item.span, "question has no answer; write 'A:' with the answer below it")
        elif item.kind is BlockKind.PARAGRAPH or item.is_heading:
            yield from _lone(items, at, asked_above=asked_above)
            if not _stands_aside(item):
                yield from _unanswered(item.children, asked_above=bool(ASKS.search(item.text.plain)))
        elif item.kind is BlockKind.QUOTE:
            yield from _unanswered(item.children, asked_above=False)
        at += taken


def _lone(items: Sequence[Item], at: int, *, asked_above: bool) -> Iterator[Problem]:
    """A question, answer or side of a card that stands alone."""
    item = items[at]
    plain = item.text.mask.strip()
    if BARE_QUESTION.match(plain):
        yield found("Q501", item.span, "'Q:' asks nothing; write the question behind it")
    elif BARE_ANSWER.match(plain) and not (asked_above and at == 0) and not _is_lettered(items, at):
        yield found("Q502", item.span, "answer has no question; write 'Q:' with the question above it")
    elif EMPTY_BACK.search(plain) and (not item.children or item.children[0].gap):
        yield found("Q501", item.span, "the side behind '::' is empty; write the answer there")
    elif EMPTY_FRONT.match(plain):
        yield found("Q502", item.span, "the side before '::' is empty; write the question there")
    elif _is_asked(item) and not _has_text(item.children):
        yield found("Q501", item.span, "question has no answer; write the answer below it")


def _is_asked(item: Item) -> bool:
    """Say whether *item* is set apart as a question; a question amid running text is none of ours."""
    return bool(ASKS.search(item.text.plain)) and (item.is_heading or item.text.is_bold) and not item.verbatim


def _has_text(items: Sequence[Item]) -> bool:
    return any(item.kind is not BlockKind.RULE for item in items)


def _is_lettered(items: Sequence[Item], at: int) -> bool:
    """Say whether `A:` is one of several letters that are explained: `A: availability`, `B: …`."""
    beside = items[max(0, at - 1) : at] + items[at + 1 : at + 2] if isinstance(items, tuple) else ()
    return any(re.match(r"\s*[A-Z]\s*:", one.text.plain) for one in beside)


def _stands_aside(item: Item) -> bool:
    """Say whether *item* heads what is no subject: reading, homework, open questions."""
    title = item.text.plain.strip(" :")
    return bool(REFERENCE_HEAD.search(title) or OBJECTIVE_HEAD.search(title))


# --- terms with nothing behind them ------------------------------------------------------------------------------

OPENS = re.compile(r"(?:(?<!:):|\s(?:[-–—]{1,3}|-{1,3}>|=|→|>>|:=))\s*$")
"""How a line ends that should say something of its term."""


TO_FILL_IN = re.compile(r"[\s>]*[-*+]\s+\[[ xX]\]\s")
"""A task, which may end in a colon for whoever does it."""


def empty_terms(seen: Seen) -> Iterator[Problem]:
    """Heads and terms with nothing below or behind them."""
    for problem in _empty_terms(seen.outline):
        if TO_FILL_IN.match(seen.lines[problem.span.line - 1]):
            continue
        yield replace(problem, span=seen.at(problem.span))


def _empty_terms(items: Sequence[Item]) -> Iterator[Problem]:
    for at, item in enumerate(items):
        if item.kind is BlockKind.TERM and not item.children:
            yield _nothing_said(item)
        elif item.kind is BlockKind.QUOTE:
            yield from _empty_terms(item.children)
        elif _stands_aside(item) or item.verbatim or opens_question(item):
            continue
        elif not item.children and _is_empty(item) and not _goes_on(items[at + 1 : at + 2]):
            yield _nothing_said(item)
        else:
            yield from _empty_terms(item.children)


def _goes_on(below: Sequence[Item]) -> bool:
    """Say whether code, a formula or a table follows, which the line may have announced."""
    return any(item.kind in (BlockKind.CODE, BlockKind.MATH, BlockKind.TABLE, BlockKind.QUOTE) for item in below)


def _is_empty(item: Item) -> bool:
    plain = item.text.mask.strip()
    title = plain.strip(" :-–—=>")
    if not re.search(r"[^\W\d_]", title) or is_reference(item.text) or item.text.images:
        return False
    if ASIDE.match(title) or EXAMPLE.match(title) or PART.match(title) or ASKS.search(plain):
        return False
    if FINITE.search(title) and not item.is_heading:
        return False  # running text that announces what follows
    if ANSWER.match(plain + " ") or QUESTION.match(plain + " ") or EMPTY_BACK.search(plain):
        return False
    if item.rank and item.rank < 70:
        return item.kind is BlockKind.HEADING
    return item.kind is BlockKind.PARAGRAPH and bool(OPENS.search(plain)) and len(title.split()) <= 8


def _nothing_said(item: Item) -> Problem:
    term = quoted(item.text.readable.strip(" :-–—=>"), 60)
    return found("Q503", item.span, f"says nothing of {term}; say it, or delete the line")
