"""One line of notes to the facts that it states; the ways of writing, in the order in which they are tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mlopscards.concepts.comparisons import VERSUS, differs, unlike, versus
from mlopscards.concepts.definitions import (
    CASE,
    NOTES_ON,
    called,
    chain_facts,
    chained,
    clause_facts,
    done_by,
    exemplified,
    glossary,
    is_clause,
    list_facts,
    named,
    sentences,
    stated,
    there_is,
    without_link,
)
from mlopscards.concepts.facets import FORMULA_LABEL, IDEA, aimed, facet_of, use_when
from mlopscards.concepts.facts import Content, Definition, Difference, Facet, Fact, Formula, Members, Scope
from mlopscards.concepts.formulas import equation, formula_facts
from mlopscards.concepts.tools import for_purpose, linked_facts, tool_for, tool_is, use_for
from mlopscards.patterns import (
    DEFINES,
    EXAMPLE,
    Split,
    is_aside_label,
    is_reference,
    members_in,
    short_parts,
    split_term,
)
from mlopscards.text import Text
from mlopscards.words import begins_with_imperative, words

Reader = Callable[[Text, Scope], Iterator[Fact]]


LONGEST_LINE = 3000
"""Characters; what is longer is no line of notes, and patterns would take ever longer over it."""


def facts_in(text: Text, scope: Scope) -> tuple[Fact, ...]:
    """Read one line; the first way of writing that fits decides."""
    if len(text.plain) > LONGEST_LINE:
        return ()
    text = _unwrapped(text)
    for reader in READERS:
        if facts := tuple(reader(text, scope)):
            return facts
    return ()


def _unwrapped(text: Text) -> Text:
    """Take the brackets off a line that is all aside, and the mark of an example off its front."""
    text = text.strip()
    mask = text.mask
    if mask.startswith("(") and mask.endswith(")") and mask.count("(") == 1 + mask[1:-1].count("("):
        inner = mask[1:-1]
        if inner.count("(") == inner.count(")"):
            text = text[1:-1].strip()
    return text


def defined(text: Text, scope: Scope) -> Iterator[Fact]:
    """`Term: text`, `Term - text`, `term --> text`, and what the text may be: a list, a chain, a formula, a link."""
    if split := split_term(text):
        yield from facts_of(split, scope)


def facts_of(split: Split, scope: Scope) -> Iterator[Fact]:
    """Say what a term and its text state together."""
    label = split.term.plain.strip(" :.")
    if NOTES_ON.match(split.body.mask) or not split.body or EXAMPLE.match(label) or _is_aside(split, scope):
        return
    if DEFINES.match(label) and scope.subject:
        yield Definition(scope.subject, Content(split.body))
        return
    if FORMULA_LABEL.match(label) and scope.subject:
        yield Formula(scope.subject, Content(split.body))
        return
    if scope.sides and scope.subject and (facet := facet_of(label)):
        yield Facet(facet, scope.subject, members_in(split.body) or short_parts(split.body) or (split.body,))
        return
    term = scope.subject if scope.subject and OF_THEM.match(split.term.mask) else named(split.term, scope)
    body = without_link(split.body)
    if idea := IDEA.match(body.mask):
        yield Facet("idea", term, (body[idea.end() :],))
        return
    split = Split(term, split.separator, body)
    if versus_ := VERSUS.search(split.term.mask):
        yield Difference(split.term[: versus_.start()], split.term[versus_.end() :], Content(split.body))
        return
    if split.separator in ("colon", "dash") and is_clause(term):
        yield from clause_facts(term, split, scope)
        return
    if split.separator in ("equals", "arrow") and is_clause(term) and len(split.body.plain.split()) <= 4:
        yield Definition(split.body, Content(term))
        return
    if is_reference(split.body):
        yield from linked_facts(term, split, scope)
        return
    for reader in (linked_facts, formula_facts, chain_facts, list_facts, _listed_then_told):
        if facts := tuple(reader(term, split, scope)):
            yield from facts
            return
    yield Definition(term, Content(split.body))


def _is_aside(split: Split, scope: Scope) -> bool:
    if is_aside_label(split, among_terms=not scope.sides):
        return True
    return not split.is_bold and (_points(split) or (CASE.match(split.term.mask) is not None and not scope.subject))


def _points(split: Split) -> bool:
    """Say whether a line goes on about something: `two knobs set it: …`, `read the guide: it has 43 rules`."""
    if split.separator not in ("colon", "dash") or OF_THEM.match(split.term.mask):
        return False
    have, told = words(split.term.plain), words(split.body.plain)
    return bool(GOING_ON & set(have)) or (begins_with_imperative(split.term.plain) and bool(GOING_ON & set(told[:1])))


GOING_ON = frozenset({"it", "they", "them"})
OF_THEM = re.compile(r"(?:(?:some|many|most|two|three|four|five)\s+of|among)\s+them\W*$", re.IGNORECASE)
"""A label of members of what stands above."""


def _listed_then_told(term: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    """`Term: a, b, c. Tool for that: …`: the list, and what the further sentences state by themselves."""
    first, *rest = sentences(split.body)
    members = members_in(first)
    if len(members) < 2 or not rest:
        return
    told = [facts_in(sentence, scope) for sentence in rest]
    if all(told):
        yield Members(term, members)
        yield from (fact for facts in told for fact in facts)


READERS: tuple[Reader, ...] = (
    versus,
    differs,
    unlike,
    tool_for,
    use_when,
    use_for,
    chained,
    defined,
    there_is,
    called,
    tool_is,
    for_purpose,
    glossary,
    equation,
    aimed,
    stated,
    done_by,
    exemplified,
)
