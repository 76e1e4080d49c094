"""Which children of a head belong together: the members of its list, its steps, the sides of a comparison."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlopscards.concepts.comparisons import VERSUS
from mlopscards.concepts.definitions import SUBJECT, stated
from mlopscards.concepts.explicit import clozed
from mlopscards.concepts.facets import FORMULA_LABEL, USE_WHEN, facet_of
from mlopscards.concepts.facts import Scope
from mlopscards.concepts.lines import facts_in
from mlopscards.concepts.shapes import SUCH_AS, is_aside, without_lead
from mlopscards.concepts.tools import FOR_WORD
from mlopscards.layout import Item
from mlopscards.model import Place
from mlopscards.names import names_of_links
from mlopscards.patterns import (
    EXAMPLE,
    QUESTION_MARKS,
    Split,
    glossed,
    is_aside_label,
    is_reference,
    is_statement,
    members_in,
    section_depth,
    split_term,
)
from mlopscards.syntax import BlockKind
from mlopscards.text import Text, join
from mlopscards.words import PRONOUNS, begins_with_imperative, begins_with_verb, words


def sides_of(head: Text, children: Sequence[Item]) -> tuple[tuple[Text, Text], ...]:
    """Below `A vs B` what is said of A and of B, each in a line or in a list of its own."""
    found = VERSUS.search(head.mask)
    if not found:
        return ()
    names = [head[: found.start()].strip().plain.lower(), head[found.end() :].strip().plain.lower()]
    sides: list[tuple[Text, Text]] = []
    for child in children:
        split = split_term(child.text)
        label = split.term if split else without_lead(child.text)
        if child.is_heading or VERSUS.search(label.mask) or len(label.plain.split()) > 5:
            continue
        said = [split.body] if split else []
        said += [below.text for below in child.children if below.kind is BlockKind.PARAGRAPH]
        if said and any(label.plain.lower() in name or name in label.plain.lower() for name in names):
            sides.append((label, join(said, "; ")))
    return tuple(sides) if len(sides) >= 2 else ()


def listed_in(children: Sequence[Item], head: Item) -> list[Item]:
    """The children that a list card of their head names: its list items, or its lines where it has none."""
    marked = [child for child in children if child.marker and not child.is_heading]
    if marked:
        return marked
    if any(child.is_heading for child in children):
        return _headed(children)
    lines = [child for child in children if child.kind is BlockKind.PARAGRAPH and not is_aside(child)]
    lines = [child for child in lines if child.children or not is_reference(child.text)]
    lines = [child for child in lines if not section_depth(child.text)]  # titles without text are a table of contents
    names = [child for child in lines if names_member(child)]
    if head.is_heading and len(names) < len(lines):
        return []
    return names if len(names) >= 2 else []


def _headed(children: Sequence[Item]) -> list[Item]:
    """Headings that name kinds of one thing: they end in the same word."""
    headings = [child for child in children if child.is_heading and child.children]
    names = [words(child.text.plain) for child in headings]
    alike = len({name[-1] for name in names if name}) == 1
    if len(headings) < 2 or not alike or not all(1 < len(name) <= 6 and not JOINED & set(name) for name in names):
        return []
    return headings if not any(child.text.plain.strip().endswith(QUESTION_MARKS) for child in headings) else []


JOINED = frozenset({"of", "vs", "versus", "and", "for", "in", "with"})


def names_member(item: Item) -> bool:
    """Say whether a line names a member: a term with its text, a head, or a bare name."""
    if split := split_term(item.text):
        return not _is_side(split)
    return (
        bool(item.children)
        or len(members_in(item.text)) > 1
        or not (is_statement(item.text) or FOR_WORD.match(item.text.plain))
    )


def is_nameless(item: Item) -> bool:
    """Say whether a child states something without naming it."""
    return not item.children and split_term(item.text) is None and is_statement(item.text)


def has_sides(listed: Sequence[Item]) -> bool:
    """Say whether labels such as `Type` name sides here: not where most of the list names other things."""
    labels = [split.term.plain for item in listed if (split := split_term(item.text))]
    return sum(bool(facet_of(label)) for label in labels) * 2 >= len(labels)


def label_of(item: Item, *, sides: bool = True) -> Text:
    """What a list card calls a child; nothing where the child names no member."""
    text = without_lead(item.text)
    if found := SUCH_AS.search(text.mask):
        text = text[: found.end("group")]
    if is_reference(text) and not item.children and "://" in text.plain:
        return join(names_of_links(text), ", ")
    if len(members := members_in(text)) >= 2 and all(pairs := [glossed(member) for member in members]):
        return join([pair[0] for pair in pairs if pair], ", ")
    if split := split_term(text):
        return Text() if _is_side(split, sides=sides) else split.term
    if USE_WHEN.match(text.mask) or clozed(item) or text.plain.rstrip().endswith(QUESTION_MARKS):
        return Text()
    return _opening_term(text) or text.strip(" .;,").without("strong")


def _is_side(split: Split, *, sides: bool = True) -> bool:
    """Say whether the label of a line names a side of the subject, or an aside, rather than a member."""
    label = split.term.plain
    if is_aside_label(split, among_terms=not sides):
        return True
    return bool((sides and facet_of(label)) or EXAMPLE.match(label) or FORMULA_LABEL.match(label))


def _opening_term(text: Text) -> Text:
    """The term that a line opens with, without a mark behind it: `**F1** is …`, `Precision is …`."""
    if 0 < text.bold_end < len(text.plain) and len(text.plain[: text.bold_end].split()) <= 6:
        return text[: text.bold_end].without("strong")
    told = SUBJECT.match(text.mask)
    if told and any(stated(text, Scope(Place()))):
        return text[told.start("subject") : told.end("subject")]
    return Text()


STEP_HEAD = re.compile(
    r"(?:\b(?:steps?|procedures?|workflows?|process|pipeline|algorithm|stages|phases|order"
    r"|life ?cycle|recipe|sequence|loop)\s*$"
    r"|^(?:the\s+)?(?:\w+\s+)?(?:steps|stages|phases|order|workflow|procedure)\s+(?:of|for|to|in)\b|how it works)",
    re.IGNORECASE,
)


def steps_in(head: Item, children: Sequence[Item]) -> list[tuple[Item, list[Item]]]:
    """Read children as steps: an ordered list of actions, or two and more lines that say what to do, in order."""
    ordered = [child for child in children if re.match(r"\d", child.marker)]
    doing = [child for child in ordered if begins_with_imperative(child.text.mask) or begins_with_verb(child.text.mask)]
    if len(ordered) >= 2 and (STEP_HEAD.search(without_lead(head.text).plain) or len(doing) * 3 >= len(ordered) * 2):
        return [(child, []) for child in ordered]
    if any(child.marker for child in children[:1]):
        return []
    steps: list[tuple[Item, list[Item]]] = []
    for child in children:
        if child.kind is not BlockKind.PARAGRAPH or child.marker or child.children or child.is_heading:
            break
        if not is_aside(child) and begins_with_imperative(child.text.mask) and not facts_in(child.text, Scope(Place())):
            steps.append((child, []))
        elif steps and ((words(child.text.plain)[:1] and words(child.text.plain)[0] in PRONOUNS) or is_aside(child)):
            steps[-1][1].append(child)
        elif is_reference(child.text):
            continue
        else:
            break
    return steps if len(steps) >= 2 else []


def step_text(item: Item) -> Text:
    """What a card of steps calls a step."""
    if item.children and (label := label_of(item)):
        return label
    return without_lead(item.text).strip(" ;")
