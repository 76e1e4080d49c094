"""What the author marked as a card: `Q:`/`A:`, `front :: back`, `==cloze==`, `{{c1::cloze}}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mlopscards.concepts.facts import Asked, Cloze, Content
from mlopscards.layout import Item
from mlopscards.patterns import QUESTION_MARKS
from mlopscards.syntax import BlockKind
from mlopscards.text import Run, RunKind, Text

QUESTION = re.compile(r"\s*Q(?:uestion)?\s*\d{0,3}\s*[:.)]\s+", re.IGNORECASE)
ANSWER = re.compile(r"\s*(?-i:(?!a\s*[.)]))A(?:ns(?:wer)?)?\s*\d{0,3}\s*[:.)](?:\s+|$)", re.IGNORECASE)


def opens_question(item: Item) -> bool:
    """Say whether *item* begins with `Q:`."""
    return not item.is_heading and item.text.plain[:1] in ("Q", "q") and bool(QUESTION.match(item.text.plain))


def asked(items: Sequence[Item]) -> tuple[Asked | None, int]:
    """Read the `Q:` at the head of *items* with its `A:`; return it and how many items it took.

    What stands between the two belongs to the question. The answer goes on until the next `Q:`, heading, rule,
    `**Term**:` or card of its own. Without an `A:` there is nothing to ask.
    """
    first = items[0]
    taken = 1
    while taken < len(items) and not _ends_answer(items[taken]):
        taken += 1
    body = [*first.children, *items[1:taken]]
    start = next((at for at, item in enumerate(body) if ANSWER.match(item.text.plain)), None)
    if start is None:
        return None, 1
    opening = QUESTION.match(first.text.plain)
    answer = body[start]
    assert opening
    mark = ANSWER.match(answer.text.plain)
    assert mark
    question = first.text[opening.end() :].strip()
    content = Content(answer.text[mark.end() :].strip(), (*answer.children, *body[start + 1 :]))
    shown = tuple(body[:start])
    return (Asked(question, content, shown) if (question or shown) and content else None), taken


def _ends_answer(item: Item) -> bool:
    sets_apart = opens_question(item) or bool(item.rank) or item.kind is BlockKind.RULE
    return sets_apart or _is_bold_term(item) or _is_own_card(item)


def _is_own_card(item: Item) -> bool:
    """Tell `front :: back`, `**Question?** answer` and a sentence with gaps in a paragraph of their own."""
    apart = item.kind is BlockKind.PARAGRAPH and not item.marker and item.gap > 0
    return apart and not ANSWER.match(item.text.plain) and bool(two_sided(item) or bold_question(item) or clozed(item))


def _is_bold_term(item: Item) -> bool:
    """Tell `**Term**: text` and `**Term:** text` on a line of their own."""
    end = 0 if item.marker or ANSWER.match(item.text.plain) else item.text.bold_end
    return bool(end) and ":" in (item.text.plain[end - 1 : end], item.text.plain[end : end + 1])


def bare_question(question: Text) -> Text:
    """A question without the `Q:` before it."""
    found = QUESTION.match(question.plain)
    return question[found.end() :] if found else question


def bare_answer(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """An answer without the `A:` before it."""
    if not items or not (found := ANSWER.match(items[0].text.plain)):
        return items
    rest = replace(items[0], text=items[0].text[found.end() :].strip())
    return (rest, *items[1:]) if rest.text else (*rest.children, *items[1:])


def bold_question(item: Item) -> Asked | None:
    """`**What is X?** It is …` on one line."""
    end = item.text.bold_end
    if not end or not item.text.plain[:end].rstrip().endswith(QUESTION_MARKS):
        return None
    answer = item.text[end:].strip(" :-–—\n")
    return Asked(item.text[:end].without("strong"), Content(answer, item.children)) if answer else None


PLAIN_QUESTION = re.compile(
    r"(?P<question>(?:why|how|what|when|which|where|who|is|are|can|does|do|should)\b[^?.]{3,120}\?)\s+(?P<answer>[^?]{3,})$",
    re.IGNORECASE,
)
DANGLES = re.compile(r"\b(?:it|this|they|them|these|that|those|we|you)\b", re.IGNORECASE)


def plain_question(item: Item) -> Asked | None:
    """`Why normalize? Because …`: a question that stands by itself, with its answer behind it."""
    found = PLAIN_QUESTION.match(item.text.mask)
    if not found or DANGLES.search(found["question"]) or len(found["answer"].split()) > 60:
        return None
    return Asked(item.text[: found.end("question")], Content(item.text[found.start("answer") :], item.children))


SIDES = re.compile(r"\s+::\s+")


def two_sided(item: Item) -> Asked | None:
    """`front :: back`."""
    found = SIDES.search(item.text.mask)
    if not found:
        return None
    front, back = item.text[: found.start()].strip(), item.text[found.end() :].strip()
    return Asked(front, Content(back, item.children)) if front and (back or item.children) else None


MARKED = re.compile(r"==(?=\S)((?:(?!==).)+?)(?<=\S)==")
NUMBERED = re.compile(r"\{\{c([1-9]\d{0,2})::((?:(?!\{\{c\d).)+?)\}\}")


def clozed(item: Item) -> Cloze | None:
    """`==cloze==` and `{{c1::cloze}}`; the first form is numbered in the order of the text.

    Only marks outside of code and math count; what reads like one there is part of the text.
    """
    plain = item.text.plain
    if "==" not in plain and "{{c" not in plain:
        return None
    mask = item.text.mask
    if gaps := list(NUMBERED.finditer(mask)):
        # An opening mark that nothing closes would swallow the rest of the text in Anki.
        return None if "{{c" in NUMBERED.sub("", mask) else Cloze(_with_gaps(item.text, gaps, numbered=True))
    # In `if a==b and c==d` there is nothing to guess.
    gaps = [found for found in MARKED.finditer(mask) if not _compares(mask, found)]
    return Cloze(_with_gaps(item.text, gaps, numbered=False)) if gaps else None


def _compares(mask: str, found: re.Match[str]) -> bool:
    before, after = mask[max(found.start() - 1, 0) : found.start()], mask[found.end() : found.end() + 1]
    return before.isalnum() and after.isalnum()


def _with_gaps(text: Text, gaps: Iterable[re.Match[str]], *, numbered: bool) -> Text:
    """Set the marks of the gaps apart from the text, so that nothing else is taken for one."""
    marks: list[tuple[int, int, str]] = []
    for number, gap in enumerate(gaps, 1):
        start, end = gap.span(2 if numbered else 1)
        hint = text.mask.find("::", start, end) if numbered else -1
        marks.append((gap.start(), start, f"{{{{c{gap[1] if numbered else number}::"))
        marks += [(hint, hint + 2, "::")] * (hint >= 0)
        marks.append((end, gap.end(), "}}"))
    first, *rest = text.cut_at([bound for start, end, _ in marks for bound in (start, end)])
    runs = [*first.runs]
    for (_, _, mark), piece in zip(marks, rest[1::2], strict=True):
        runs += [Run(RunKind.CLOZE, mark), *piece.runs]
    return Text(tuple(runs))
