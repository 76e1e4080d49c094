"""`Concept`s to `Card`s: how each fact is asked, so that the question stands by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import singledispatch

from mlopscards.concepts.definitions import without_link
from mlopscards.concepts.facets import facet_of
from mlopscards.concepts.facts import (
    Asked,
    Cell,
    Cloze,
    Concept,
    Content,
    Contrast,
    Definition,
    Difference,
    Elaboration,
    Facet,
    Fact,
    Formula,
    Members,
    Purpose,
    Row,
    Scope,
    Statement,
    Steps,
    Tool,
)
from mlopscards.hints import tells
from mlopscards.layout import Item
from mlopscards.model import NOTHING, Card, Field, Link, NoteType
from mlopscards.patterns import members_in
from mlopscards.phrases import (
    article_of,
    as_head,
    be_of,
    bold,
    both,
    context_of,
    do_of,
    is_noun,
    listed,
    lower_first,
    mid_sentence,
    one,
    say,
    stem_of,
)
from mlopscards.questions import (
    elaboration_question,
    facet_question,
    members_question,
    statement_question,
    tool_question,
)
from mlopscards.render import field_of, images_in, images_of, line_of, list_of
from mlopscards.terms import as_used
from mlopscards.text import Text, join, text_of
from mlopscards.words import (
    BASE_OF,
    DANGLING,
    NO_TERM,
    NOUNS_TOO,
    begins_with_imperative,
    begins_with_verb,
    first_word,
    is_generic,
    is_plural,
    words,
)

MOST_REFERENCES = 6
"""More links than this on one card are a list of links, not references."""


def cards_of(concepts: Iterable[Concept], tags: tuple[str, ...] = ()) -> Iterator[Card]:
    """Ask for each concept once."""
    for concept in map(as_used, concepts):
        card = _ask(concept.fact, concept)
        if card.question.text.strip(" ?") and (card.answer or card.note_type is NoteType.CLOZE):
            yield replace(card, tags=tags) if tags else card


@singledispatch
def _ask(fact: Fact, concept: Concept) -> Card:
    """Ask for one fact; a function below a kind of fact."""
    raise NotImplementedError(type(fact).__name__)


@_ask.register
def _(fact: Definition, concept: Concept) -> Card:
    body = Content(without_link(fact.body.text), fact.body.items)
    return _definition(concept, Definition(fact.term, body if body else fact.body, fact.article))


@_ask.register
def _(fact: Purpose, concept: Concept) -> Card:
    question = say(context_of(fact.term, concept.scope), "what ", be_of(fact.term), fact.term, " used for?")
    return _card(concept, "definition", question, Content(fact.purpose), term=fact.term)


@_ask.register
def _(fact: Facet, concept: Concept) -> Card:
    kind = "members" if len(fact.items) > 1 else "fact"
    question = facet_question(fact.facet, fact.of, len(fact.items), concept.scope)
    return _card(concept, kind, question, list_of(fact.items), term=fact.of)


@_ask.register
def _(fact: Members, concept: Concept) -> Card:
    answer = list_of(fact.items, shown=fact.shown)
    return _card(concept, "members", members_question(fact, concept.scope), answer, term=fact.head)


@_ask.register
def _(fact: Steps, concept: Concept) -> Card:
    found = STEPS_OF.match(fact.head.mask)
    of = fact.head[found.end() :] if found else fact.head
    count, context = len(fact.steps), context_of(of, concept.scope)
    if is_plural(of.plain):
        question = say(context, f"what are the {count} ", bold(as_head(of)), ", in order?")
    else:
        question = say(context, f"what are the {count} steps of ", one(of, concept.scope), "?")
    return _card(concept, "steps", question, list_of(fact.steps, ordered=True, shown=fact.shown), term=fact.head)


@_ask.register
def _(fact: Elaboration, concept: Concept) -> Card:
    return _card(concept, "fact", elaboration_question(fact.statement, concept.scope), fact.more)


@_ask.register
def _(fact: Statement, concept: Concept) -> Card:
    return _card(concept, "fact", statement_question(fact, concept.scope), fact.answer)


@_ask.register
def _(fact: Difference, concept: Concept) -> Card:
    body, scope = fact.body, concept.scope
    answer = body if body.items else list_of(members_in(body.text) or (body.text,))
    first, second = both(fact.one, fact.other, scope)
    question = say("How ", do_of(fact.one), first, " differ from ", second, "?")
    return _card(concept, "comparison", question, answer, term=fact.one)


@_ask.register
def _(fact: Contrast, concept: Concept) -> Card:
    return _contrast(concept, fact)


@_ask.register
def _(fact: Cell, concept: Concept) -> Card:
    return _cell(concept, fact)


@_ask.register
def _(fact: Row, concept: Concept) -> Card:
    aspects = join([aspect for aspect, _ in fact.values], ", ")
    context = context_of(fact.thing, concept.scope)
    question = say(context, "what are the values of ", bold(fact.thing), " (", aspects, ")?")
    return _card(concept, "table", question, _pairs(fact.values), term=fact.thing)


@_ask.register
def _(fact: Formula, concept: Concept) -> Card:
    context, the = context_of(fact.term, concept.scope), "the " if article_of(fact.term, concept.scope) else ""
    question = say(context, f"what is the formula of {the}", bold(fact.term), "?")
    return _card(concept, "formula", question, fact.formula, term=fact.term)


@_ask.register
def _(fact: Tool, concept: Concept) -> Card:
    return _card(
        concept, "tool", tool_question(fact.job, fact.tools, concept.scope), list_of(fact.tools), term=fact.job
    )


@_ask.register
def _(fact: Asked, concept: Concept) -> Card:
    return _card(concept, "question", fact.question, fact.answer, below=fact.shown)


@_ask.register
def _(fact: Cloze, concept: Concept) -> Card:
    card = _card(concept, "cloze", fact.text, NOTHING)
    return replace(card, question=line_of(fact.text, cloze=True), note_type=NoteType.CLOZE)


STEPS_OF = re.compile(
    r"(?:the\s+)?(?:steps|stages|phases|order|sequence|workflow)\s+(?:of|in|for)\s+(?=\w)", re.IGNORECASE
)


FOR = re.compile(r"(?:used (?:for|to)|for|to)\s+(?=\w)", re.IGNORECASE)


def _characterises(term: str, body: str) -> bool:
    """Say whether *body* is a bare plural, which tells a trait and not what a term is: `monotonic relationships`."""
    return (
        not is_plural(term)
        and len(body.split()) <= 3
        and is_plural(body.split("+", maxsplit=1)[0].strip(" .") or "x")
        and body[:1].islower()
    )


def _definition(concept: Concept, fact: Definition) -> Card:
    term, scope = fact.term, concept.scope
    body = fact.body.text.mask.strip()
    context = context_of(term, scope)
    if len(term.plain.split()) > 1 and begins_with_imperative(term.mask) and _tells_how(body):
        question = say(context, "how do you ", bold(mid_sentence(term)), "?")
    elif spelled := STANDS_FOR.match(body):
        question = say(context, "what ", do_of(term), bold(term), " stand for?")
        answer = replace(fact.body, text=fact.body.text.strip()[spelled.end() :])
        return _card(concept, "definition", question, answer, term=term)
    elif _abbreviates(term.plain, fact.body.text.plain):
        question = say(context, "what does ", bold(term), " stand for?")
    elif begins_with_verb(body) or begins_with_imperative(body):
        question = say(context, "what ", do_of(term), article_of(term, scope, fact.article), bold(term), " do?")
    elif FOR.match(body) and len(body.split()) <= 25:
        question = say(context, "what ", be_of(term), bold(term), " for?")
    elif _characterises(term.plain, body):
        question = say(context, "what characterizes ", bold(term), "?")
    else:
        question = say(context, "what ", be_of(term), article_of(term, scope, fact.article, body), bold(term), "?")
    return _card(concept, "definition", question, fact.body, term=term, reverse=_reverse(fact, scope))


STANDS_FOR = re.compile(r"stands? for\s+(?=\S)", re.IGNORECASE)


def _tells_how(body: str) -> bool:
    """Say whether *body* tells how to do something; then its term is a command: `reduce overfitting: use dropout`."""
    return begins_with_imperative(body) or bool(re.match(r"(?:by|with|via|through|\w+ing)\b", body))


def _abbreviates(term: str, body: str) -> bool:
    """Say whether *body* spells out the acronym *term*: each of its words begins with a letter of it, in order."""
    if not re.fullmatch(r"[A-Z][A-Za-z]{1,6}", term) or sum(map(str.isupper, term)) < 2:
        return False
    initials = "".join(word[0] for word in re.findall(r"[a-z]+", body.lower()) if word not in DANGLING)
    letters = re.sub(r"(?<=[A-Z])s$", "", term).lower()
    whole = iter(letters)
    return 2 <= len(initials) <= len(letters) and initials[0] == letters[0] and all(one in whole for one in initials)


ALSO_CALLED = re.compile(r"\s*\((?:also|formerly|often|better) (?:called|known as|named)[^)]*\)", re.IGNORECASE)
"""Another name of the term; its reverse question must not tell it."""


def _reverse(fact: Definition, scope: Scope) -> Text:
    """The question of the reverse card, where the answer is telling and does not hold the term."""
    body, term = fact.body.text.without_pictures(), fact.term
    if alias := ALSO_CALLED.search(body.mask):
        body = body[: alias.start()] + body[alias.end() :]
    have = words(body.plain)
    own = {stem_of(word) for word in words(term.plain)} - DANGLING
    if (
        fact.body.items
        or not 6 <= len(have) <= 45
        or own & {stem_of(word) for word in have}
        or len(words(term.plain)) > 5
    ):
        return Text()
    if any(stem in body.plain.lower() for word in own if len(stem := word[:5]) == 5):
        return Text()
    if have[0].strip(".") in (NO_TERM | {"e.g"}) - {"when", "only"} or begins_with_imperative(body.plain) or body.links:
        return Text()
    if is_generic(term.plain) or (begins_with_imperative(term.mask) and len(term.plain.split()) > 2):
        return Text()
    context = context_of(term, scope)
    if tells(context.plain.removeprefix("In "), term.plain):
        context = Text()
    return say(context, "which term is meant: “", body.strip(" ."), "”?")


def _contrast(concept: Concept, fact: Contrast) -> Card:
    things = [bold(thing) for thing, _ in fact.sides]
    aspect = fact.aspect.without("strong").strip(" :?")
    if not aspect:
        question = say("How do ", listed(things), " differ?")
    elif aspect.plain.endswith("example"):
        parts = join([text_of("of ") + thing for thing in things], ", and ")
        question = say("What is the ", aspect, " ", parts, "?")
    else:
        context = context_of(join([*things, aspect]), concept.scope)
        inside = " in " if is_noun(aspect.plain) else ": "
        question = say(context, "how do ", listed(things), " compare", inside, bold(aspect), "?")
    return _card(concept, "comparison", question, _pairs(fact.sides), term=aspect)


def _pairs(pairs: tuple[tuple[Text, Text], ...]) -> Field:
    return list_of([bold(name) + text_of(": ") + value for name, value in pairs])


def _cell(concept: Concept, fact: Cell) -> Card:
    aspect, thing = fact.aspect.without("strong").strip(" :?"), fact.thing
    context = context_of(thing, concept.scope)
    facet = facet_of(aspect.plain)
    if facet and facet not in ("types", "parts", "metrics", "examples", "idea"):
        question = facet_question(facet, thing, 1, concept.scope)
    elif (
        words(aspect.plain)[:1]
        and (base := BASE_OF.get(first_word(aspect.plain)))
        and first_word(aspect.plain) not in NOUNS_TOO
    ):
        rest = aspect.plain.partition(" ")[2]
        question = say(context, "what does ", one(thing, concept.scope), f" {base}{' ' + rest if rest else ''}?")
    elif len(aspect.plain.split()) > 3 or not is_noun(aspect.plain):
        question = say(context, bold(thing), ": ", lower_first(aspect), "?")
    else:
        be = "are" if is_plural(aspect.plain) else "is"
        question = say(context, f"what {be} the ", lower_first(aspect), " of ", one(thing, concept.scope), "?")
    return _card(concept, "table", question, Content(fact.value), term=thing)


def _card(
    concept: Concept,
    kind: str,
    question: Text,
    answer: Content | Field,
    *,
    term: Text | None = None,
    reverse: Text | None = None,
    below: Sequence[Item] = (),
) -> Card:
    """Make a card; what stands *below* the question is shown with it."""
    scope = concept.scope
    answered = images_of(answer) if isinstance(answer, Content) else ()
    images = (*question.images, *images_in(below), *answered, *images_in(concept.extra))
    return Card(
        kind=kind,
        note_type=NoteType.BASIC,
        question=field_of(Content(question, tuple(below))) if below else line_of(question),
        answer=field_of(answer) if isinstance(answer, Content) else answer,
        place=scope.place,
        headings=scope.headings,
        source=concept.span,
        reverse=line_of(reverse) if reverse else NOTHING,
        term=line_of(term.without("strong")) if term else NOTHING,
        extra=field_of(Content(items=concept.extra)) if concept.extra else NOTHING,
        references=_references(scope.references),
        media=tuple(dict.fromkeys(images)),
    )


def _references(links: tuple[Link, ...]) -> tuple[Link, ...]:
    by_url: dict[str, Link] = {}
    for link in links:
        by_url.setdefault(link.url, link)
    return tuple(by_url.values())[:MOST_REFERENCES]
