"""Tables: a card a row or a cell, whichever can be asked; never one a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mlopscards.concepts.facts import Cell, Content, Contrast, Definition, Fact, Formula, Members, Row, Scope
from mlopscards.concepts.formulas import is_formula
from mlopscards.text import Text

Rows = Sequence[tuple[Text, ...]]

MEANING = re.compile(
    r"(?:definition|meaning|description|explanation|what (?:it is|it means|it does|is it)|details?"
    r"|notes?|summary|purpose|idea|stands for|expansion|"
    r"role|function|what)$",
    re.IGNORECASE,
)
"""Heads of a column that says what the thing of a row is."""
ASPECTS = re.compile(
    r"(?:|aspects?|criteri(?:on|a)|features?|property|properties|dimensions?|attributes?"
    r"|characteristics?|factors?|points?|comparison|question|"
    r"differences?|category|basis|parameters?|topic|#|no\.?|metric|metrics)$",
    re.IGNORECASE,
)
"""Heads of a first column that holds aspects, so that the other columns are the things compared."""
REMARKS = re.compile(r"(?:notes?|remarks?|comments?)$", re.IGNORECASE)
TICKS = re.compile(r"(?:[\W_]|yes|no|x|done|todo|wip|v)*$", re.IGNORECASE)
"""Cells of a list of what is done."""
NUMBER = re.compile(
    r"^[\W\d]*(?:\d[\d.,]*\s*(?:%|[a-zA-Zµ°]{0,4})?|yes|no|true|false|n/?a|x|✓|✔|✗|✘|-|–|low|medium|high)?[\W\d]*$",
    re.I,
)


def facts_of_table(rows: Rows, scope: Scope) -> Iterator[tuple[int, Fact]]:
    """Yield (row, fact); rows count from 0, the head included."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return
    head, *body = rows
    for number, row in enumerate(body, 1):
        if not row[0] or len(row) < 2:
            continue
        filled = [(name, cell) for name, cell in zip(head[1:], row[1:], strict=False) if cell]
        for fact in _facts_of_row(head, row, filled):
            yield number, fact


def _facts_of_row(head: tuple[Text, ...], row: tuple[Text, ...], filled: list[tuple[Text, Text]]) -> Iterator[Fact]:
    if not filled:
        return
    thing, kind = row[0].without("strong", "em"), head[0]
    if len(head) >= 3 and ASPECTS.fullmatch(kind.plain.strip()):
        if len(filled) >= 2:
            yield Contrast(thing, tuple(filled))
        return
    if len(head) == 2:
        yield from _pair(kind, thing, *filled[0])
        return
    if all(TICKS.match(cell.plain) for _, cell in filled):
        return
    if all(NUMBER.match(cell.plain) for _, cell in filled):
        yield Row(thing, kind, tuple(filled))
        return
    for aspect, cell in filled:
        if MEANING.fullmatch(aspect.plain.strip()):
            yield Definition(thing, Content(cell))
        elif REMARKS.fullmatch(aspect.plain.strip()):
            yield Members(thing, (cell,), are_names=False)
        elif not NUMBER.match(cell.plain) or len(filled) <= 3:
            yield Cell(thing, kind, aspect, cell)


def _pair(kind: Text, thing: Text, aspect: Text, cell: Text) -> Iterator[Fact]:
    if is_formula(cell):
        yield Formula(thing, Content(cell))
    elif MEANING.fullmatch(aspect.plain.strip()) or not aspect:
        yield Definition(thing, Content(cell))
    else:
        yield Cell(thing, kind, aspect, cell)
