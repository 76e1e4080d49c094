"""`Concept`s to `Card`s: how each fact is asked, so that the question stands by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import singledispatch

from mlopscards.concepts.comparisons import VERSUS
from mlopscards.concepts.definitions import without_link
from mlopscards.concepts.facets import facet_of
from mlopscards.concepts.facts import (
    Asked,
    Cell,
    Cloze,
    Completion,
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
    Steps,
    Tool,
)
from mlopscards.concepts.tools import TOOL_WORD
from mlopscards.model import NOTHING, Card, Field, Link, NoteType
from mlopscards.patterns import FINITE, members_in
from mlopscards.render import field_of, images_in, images_of, list_of
from mlopscards.text import Mark, RunKind, Text, join, text_of
from mlopscards.words import (
    BASE_OF,
    DANGLING,
    MEASURES,
    NO_TERM,
    NOUN_OR_VERB,
    NOUNS_TOO,
    THIRD_PERSON,
    VERBS,
    article,
    begins_with_imperative,
    begins_with_verb,
    is_common,
    is_generic,
    is_plural,
    words,
)

MOST_REFERENCES = 6
"""More links than this on one card are a list of links, not references."""


def cards_of(concepts: Iterable[Concept], tags: tuple[str, ...] = ()) -> Iterator[Card]:
    """Ask for each concept once."""
    for concept in concepts:
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
    question = say(_context(fact.term, concept.scope), "what ", _be(fact.term), fact.term, " used for?")
    return _card(concept, "definition", question, Content(fact.purpose), term=fact.term)


@_ask.register
def _(fact: Facet, concept: Concept) -> Card:
    kind = "members" if len(fact.items) > 1 else "fact"
    question = say(_context(fact.of, concept.scope), _lower_first(_facet(fact.facet, fact.of, len(fact.items))))
    return _card(concept, kind, question, list_of(fact.items), term=fact.of)


@_ask.register
def _(fact: Members, concept: Concept) -> Card:
    return _card(concept, "members", _members(fact, concept.scope), list_of(fact.items), term=fact.head)


@_ask.register
def _(fact: Steps, concept: Concept) -> Card:
    found = STEPS_OF.match(fact.head.mask)
    of = fact.head[found.end() :] if found else fact.head
    count, context = len(fact.steps), _context(of, concept.scope)
    if is_plural(of.plain):
        question = say(context, f"what are the {count} ", _bold(_lower_first(of)), ", in order?")
    else:
        question = say(context, f"what are the {count} steps of ", _the(of), "?")
    return _card(concept, "steps", question, list_of(fact.steps, ordered=True), term=fact.head)


@_ask.register
def _(fact: Elaboration, concept: Concept) -> Card:
    return _card(concept, "fact", _elaboration(fact.statement, fact.more, concept.scope), fact.more)


@_ask.register
def _(fact: Completion, concept: Concept) -> Card:
    return _card(concept, "fact", _completion(fact.stem, concept.scope), Content(fact.ending))


@_ask.register
def _(fact: Difference, concept: Concept) -> Card:
    one, body = fact.one, fact.body
    answer = body if body.items else list_of(members_in(body.text) or (body.text,))
    question = say("How ", _do(one), _bold(one), " differ from ", _bold(fact.other), "?")
    return _card(concept, "comparison", question, answer, term=one)


@_ask.register
def _(fact: Contrast, concept: Concept) -> Card:
    return _contrast(concept, fact)


@_ask.register
def _(fact: Cell, concept: Concept) -> Card:
    return _cell(concept, fact)


@_ask.register
def _(fact: Row, concept: Concept) -> Card:
    aspects = join([aspect for aspect, _ in fact.values], ", ")
    context = _context(fact.thing, concept.scope)
    question = say(context, "what are the values of ", _bold(fact.thing), " (", aspects, ")?")
    return _card(concept, "table", question, _pairs(fact.values), term=fact.thing)


@_ask.register
def _(fact: Formula, concept: Concept) -> Card:
    question = say(_context(fact.term, concept.scope), "what is the formula of ", _the(fact.term), "?")
    return _card(concept, "formula", question, fact.formula, term=fact.term)


@_ask.register
def _(fact: Tool, concept: Concept) -> Card:
    return _card(concept, "tool", _tool(fact.job, fact.tools, concept.scope), list_of(fact.tools), term=fact.job)


@_ask.register
def _(fact: Asked, concept: Concept) -> Card:
    return _card(concept, "question", fact.question, fact.answer)


@_ask.register
def _(fact: Cloze, concept: Concept) -> Card:
    return replace(_card(concept, "cloze", fact.text, NOTHING), note_type=NoteType.CLOZE)


STEPS_OF = re.compile(
    r"(?:the\s+)?(?:steps|stages|phases|order|sequence|workflow)\s+(?:of|in|for)\s+(?=\w)", re.IGNORECASE
)

# --- composing questions -----------------------------------------------------------------------------------------


def say(*parts: str | Text) -> Text:
    """Compose a question; its first letter is raised."""
    text = Text(tuple(run for part in parts for run in (text_of(part) if isinstance(part, str) else part).runs))
    first = next((at for at, run in enumerate(text.runs) if run.plain.strip()), None)
    if first is None or text.runs[first].kind is not RunKind.TEXT or text.runs[first].marks:
        return text
    run = text.runs[first]
    return Text((*text.runs[:first], run._replace(text=run.text[:1].upper() + run.text[1:]), *text.runs[first + 1 :]))


def _bold(text: Text) -> Text:
    """A term in a question stands out."""
    bare = as_inside(text.without("strong", "a").strip())
    return Text(tuple(run._replace(marks=(Mark("strong"), *run.marks)) for run in bare.runs))


def _be(term: Text) -> str:
    return "are " if is_plural(term.plain) else "is "


def _do(term: Text) -> str:
    return "do " if is_plural(term.plain) else "does "


def _the(term: Text) -> Text:
    return _bold(term)


def _mid(text: Text) -> Text:
    """A text as it reads in mid-sentence: a capital that only opened a sentence is lowered."""
    plain = text.plain
    if (
        re.match(r"[A-Z][a-z]+(?:\s[a-z]|$)", plain)
        and words(plain)[:1]
        and (words(plain)[0] in DANGLING or begins_with_imperative(plain))
    ):
        first = text.runs[0]
        return Text((first._replace(text=first.text[:1].lower() + first.text[1:]), *text.runs[1:]))
    return text


SPECIFIC = re.compile(r"[A-Z]{2,}|[a-z][A-Z]|[_.]\w|\d|ｘ|\w\(")
"""Signs of a proper name: an acronym, an identifier, a number."""


def _context(term: Text, scope: Scope) -> Text:
    """`In active learning, ` where the term alone does not say what it belongs to."""
    for subject in (scope.subject, scope.wider):
        if not subject or is_generic(subject.plain):
            continue
        if not needs_context(term, subject):
            return Text()
        bare = subject.without("strong", "em", "a").strip(" :.,")
        found = COUNTS.match(bare.mask)
        bare = as_inside(bare[found.end() :] if found else bare)
        if len(bare.plain.split()) <= LONGEST_CONTEXT or not scope.wider:
            return say("In ", bare, ", ")
    return Text()


LONGEST_CONTEXT = 4
"""Words; a longer head is a caption, and the subject above it says better where one is."""
COUNTS = re.compile(
    r"[\w-]*(?:\s[\w-]+)?s\s+(?:of|for|in)\s+(?!which\b|whom\b|how\b)(?:an?\s+|the\s+)?(?=\w)", re.IGNORECASE
)
"""A head that only counts something of its subject: `Kinds of filter methods`."""


def as_inside(text: Text) -> Text:
    """A head or term as it reads within a sentence: a common word loses the capital that opened the line."""
    plain = text.plain
    first = re.match(r"[A-Z][a-z]+(?:-[a-z]+)*(?=\s|$)", plain)
    if not first or not is_common(first[0]) or re.search(r"\s[A-Z][a-z]", plain) or not text.runs:
        return text
    run = text.runs[0]
    return Text((run._replace(text=run.text[:1].lower() + run.text[1:]), *text.runs[1:]))


def needs_context(term: Text, subject: Text) -> bool:
    """Say whether *term* wants *subject* beside it: short, not a proper name, no word in common."""
    own = set(map(_stem, words(term.plain))) - DANGLING
    if own & (set(map(_stem, words(subject.plain))) - DANGLING) or len(subject.plain.split()) > 9:
        return False
    if all(run.kind in (RunKind.MATH, RunKind.DISPLAY) for run in term.runs if run.plain.strip()):
        return True
    return not SPECIFIC.search(term.mask) and len(own) < 4


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


# --- cards of one kind -------------------------------------------------------------------------------------------

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
    before = f"{fact.article} " if fact.article else ""
    context = _context(term, scope)
    if len(term.plain.split()) > 1 and begins_with_imperative(term.mask) and _tells_how(body):
        question = say(context, "how do you ", _bold(_mid(term)), "?")
    elif _abbreviates(term.plain, fact.body.text.plain):
        question = say(context, "what does ", _bold(term), " stand for?")
    elif begins_with_verb(body):
        question = say(context, "what ", _do(term), before or article(term.plain, ""), _bold(term), " do?")
    elif FOR.match(body) and len(body.split()) <= 25:
        question = say(context, "what ", _be(term), _bold(term), " for?")
    elif begins_with_imperative(body):
        question = say(context, "what ", _do(term), before or article(term.plain, ""), _bold(term), " do?")
    elif _characterises(term.plain, body):
        question = say(context, "what characterizes ", _bold(term), "?")
    else:
        question = say(context, "what ", _be(term), before or article(term.plain, body), _bold(term), "?")
    return _card(concept, "definition", question, fact.body, term=term, reverse=_reverse(fact, scope))


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
    body, term = fact.body.text, fact.term
    have = words(body.plain)
    own = {_stem(word) for word in words(term.plain)} - DANGLING
    if (
        fact.body.items
        or not 6 <= len(have) <= 45
        or own & {_stem(word) for word in have}
        or len(words(term.plain)) > 5
    ):
        return Text()
    if any(stem in body.plain.lower() for word in own if len(stem := word[:5]) == 5) or body.images:
        return Text()
    if have[0].strip(".") in (NO_TERM | {"e.g"}) - {"when", "only"} or begins_with_imperative(body.plain) or body.links:
        return Text()
    if is_generic(term.plain) or (begins_with_imperative(term.mask) and len(term.plain.split()) > 2):
        return Text()
    if alias := ALSO_CALLED.search(body.mask):
        body = body[: alias.start()] + body[alias.end() :]
    return say(_context(term, scope), "which term is meant: “", body.strip(" ."), "”?")


FACET_QUESTIONS = {
    "advantages": ("an advantage of {x}", "the {n} advantages of {x}"),
    "disadvantages": ("a disadvantage of {x}", "the {n} disadvantages of {x}"),
    "limitations": ("a limitation of {x}", "the {n} limitations of {x}"),
    "challenges": ("a challenge of {x}", "the {n} challenges of {x}"),
    "goal": ("the goal of {x}", "the {n} goals of {x}"),
    "properties": ("a key point of {x}", "the {n} key points of {x}"),
    "assumptions": ("an assumption of {x}", "the {n} assumptions of {x}"),
    "remedy": ("the remedy for {x}", "the {n} remedies for {x}"),
    "types": ("a type of {x}", "the {n} types of {x}"),
    "parts": ("a component of {x}", "the {n} components of {x}"),
    "idea": ("the idea of {x}", "the {n} ideas of {x}"),
    "metrics": ("a metric of {x}", "the {n} metrics of {x}"),
    "causes": ("a cause of {x}", "the {n} causes of {x}"),
    "effects": ("an effect of {x}", "the {n} effects of {x}"),
}
FACET_SENTENCES = {
    "when": "when do you use {x}?",
    "uses": "what {be}{x} used for?",
    "why": "why {be}{x} used, or why does it matter?",
    "how": "how {do}{x} work?",
    "examples": "which tools are there for {x}?",
}


def _facet(facet: str, of: Text, count: int) -> Text:
    if facet in FACET_SENTENCES:
        pattern = FACET_SENTENCES[facet].replace("{be}", _be(of)).replace("{do}", _do(of))
        number = f" ({count} points)" if count > 1 else ""
    else:
        one, many = FACET_QUESTIONS[facet]
        pattern, number = (
            ("what is " + one + "?" if count == 1 else "what are " + many.replace("{n}", str(count)) + "?"),
            "",
        )
    before, after = pattern.split("{x}")
    return say(before, _bold(of), after + number)


INCLUDES = re.compile(
    r"\s+(?:(?:that|which)\s+)?(includes?|contains?|covers?|has|have|comprises?|consists? of"
    r"|needs?|requires?|means|uses|holds|stores|tracks|provides|supports|offers)\s*$",
    re.I,
)
HAS = re.compile(
    r"(?P<subject>.+?)\s+(?P<verb>has|have|includes?|contains?|uses?|offers?|provides?|supports?"
    r"|needs?|requires?|involves?)\s+(?:the\s+)?(?:following\s+)?"
    r"(?:(?:\d+|two|three|four|five|six|seven|several|many|some|main"
    r"|key)\s+)*(?P<what>[\w -]{3,50})$",
    re.I,
)
COUNTED = re.compile(
    r"^(?:(?:the|these|some|main|common|following|\d+|two|three|four|five|six|seven|several|many)\s+)+(?=\w)", re.I
)


def _base(verb: str) -> str:
    """The base form of *verb*, of which only the first word changes: `consists of`."""
    first, blank, rest = verb.lower().partition(" ")
    return BASE_OF.get(first, "have" if first == "has" else first) + blank + rest


def _members(fact: Members, scope: Scope) -> Text:
    head, count = fact.head.without("strong").strip(" :"), len(fact.items)
    plain = head.plain
    context = _context(head, scope)
    if found := HAS.match(plain):
        verb = _base(found["verb"])
        return say(
            f"Which {count} {found['what']} ",
            _do(text_of(found["subject"])),
            _bold(_mid(head[: found.end("subject")])),
            f" {verb}?",
        )
    if asked := _what_it_does(head, count):
        return asked
    if found := VERSUS.search(plain):
        one, other = head[: found.start()], head[found.end() :]
        return say("How do ", _bold(one), " and ", _bold(other), f" differ? ({count} points)")
    found = INCLUDES.search(plain)
    if (
        found
        and not re.search(r"\b(?:that|which)\b", plain)
        and not re.fullmatch(r"[\w-]+ (?:stores|tracks|uses)", plain)
    ):
        subject = head[: found.start()]
        return say(context, "what ", _do(subject), _bold(subject), f" {_base(found[1])}? ({count})")
    if counted := COUNTED.match(plain):
        head = head[counted.end() :]
        plain = head.plain
    return say(context, *_members_by_form(head, fact))


def _what_it_does(head: Text, count: int) -> Text:
    """`Week 4 adds cleverer ways:` asks which ways it adds."""
    have = head.plain.split()
    at = next((at for at, word in enumerate(have[:5]) if at and word in BASE_OF and word not in NOUNS_TOO), 0)
    if not at or len(have) - at < 2 or len(have) > 9 or not is_plural(" ".join(have[at + 1 :])):
        return Text()
    subject = head[: len(" ".join(have[:at]))]
    what = COUNTED.sub("", " ".join(have[at + 1 :]))
    return say(f"Which {count} {what} ", _do(subject), _bold(_mid(subject)), f" {BASE_OF[have[at]]}?")


TRAILING_PREPOSITION = re.compile(r"\s+(by|with|from|via|through|using|on)$", re.IGNORECASE)


def _members_by_form(head: Text, fact: Members) -> tuple[str | Text, ...]:
    """Ask for the members of a head that is a sentence, a plural, or a name."""
    plain, count = head.plain, len(fact.items)
    if (found := TRAILING_PREPOSITION.search(plain)) and words(plain)[0] in VERBS:
        return (f"{found[1]} what do you ", _mid(head[: found.start()]), f"? ({count} points)")
    plural = is_plural(plain, titles=False)
    if len(plain.split()) > 8 and (FINITE.search(plain) or not plural):
        return ("complete with ", str(count), " points: ", _mid(head), " …")
    if count == 1:
        return ("what is to note about ", _bold(head), "?")
    if plural and (words(plain)[0] in MEASURES or COUNTS.match(plain) or not fact.are_names):
        return (f"what are the {count} ", _bold(_lower_first(head)), "?")
    if not fact.are_names:
        return (f"what are the {count} points to know about ", _bold(head), "?")
    if sum(map(_says, fact.items)) * 2 > count:
        return ("what is true of ", _bold(head), f"? ({count} points)")
    if plural:
        return (f"which {count} ", _bold(_lower_first(head)), " are there?")
    opening, closing = ("“", "”") if begins_with_imperative(plain) else ("", "")
    return (f"what does {opening}", _bold(head), f"{closing} cover? ({count} points)")


def _says(item: Text) -> bool:
    """Say whether a member says something of its head: `is big enough`."""
    return begins_with_verb(item.plain) or bool(re.match(r"(?:is|are|has|can)\b", item.plain))


def _completion(stem: Text, scope: Scope) -> Text:
    """Ask for the end of a statement; one without a subject gets the head's."""
    if scope.subject and (
        begins_with_verb(stem.plain) or re.match(r"(?:can|may|will|must|should|is|are|has)\b", stem.plain)
    ):
        return say("Complete: ", scope.subject, " ", stem, " …")
    return say(_context(Text(), scope), "complete: ", _mid(stem), " …")


def _elaboration(statement: Text, more: Content, scope: Scope) -> Text:
    context = _context(Text(), scope)
    if re.match(
        r"(?:this|it|that) (?:is|can be|was) \w+ (?:by|via|with|using|through)\b", more.text.plain, re.IGNORECASE
    ):
        return say(context, "how is this done: ", _mid(statement), "?")
    return say(context, "what more is to know about this: ", _mid(statement), "?")


def _contrast(concept: Concept, fact: Contrast) -> Card:
    things = [_bold(thing) for thing, _ in fact.sides]
    aspect = fact.aspect.without("strong").strip(" :?")
    if not aspect:
        question = say("How do ", join(things, " and "), " differ?")
    elif aspect.plain.endswith("example"):
        parts = join([text_of("of ") + thing for thing in things], ", and ")
        question = say("What is the ", aspect, " ", parts, "?")
    else:
        context = _context(join([*things, aspect]), concept.scope)
        named = join(things, ", ") if len(things) > 2 else things[0] + text_of(" and ") + things[1]
        question = say(
            context, "how do ", named, " compare", " in " if is_noun(aspect.plain) else ": ", _bold(aspect), "?"
        )
    return _card(concept, "comparison", question, _pairs(fact.sides), term=aspect)


def _pairs(pairs: tuple[tuple[Text, Text], ...]) -> Field:
    return list_of([_bold(name) + text_of(": ") + value for name, value in pairs])


def _cell(concept: Concept, fact: Cell) -> Card:
    aspect, thing = fact.aspect.without("strong").strip(" :?"), fact.thing
    context = _context(thing, concept.scope)
    facet = facet_of(aspect.plain)
    if facet and facet not in ("types", "parts", "metrics", "examples", "idea"):
        question = say(context, _lower_first(_facet(facet, thing, 1))) if context else _facet(facet, thing, 1)
    elif (
        words(aspect.plain)[:1]
        and (base := BASE_OF.get(words(aspect.plain)[0]))
        and words(aspect.plain)[0] not in NOUNS_TOO
    ):
        rest = aspect.plain.partition(" ")[2]
        question = say(context, "what does ", _bold(thing), f" {base}{' ' + rest if rest else ''}?")
    elif len(aspect.plain.split()) > 3 or not is_noun(aspect.plain):
        question = say(context, _bold(thing), ": ", _lower_first(aspect), "?")
    else:
        be = "are" if is_plural(aspect.plain) else "is"
        question = say(context, f"what {be} the ", _lower_first(aspect), " of ", _bold(thing), "?")
    return _card(concept, "table", question, Content(fact.value), term=thing)


def is_noun(aspect: str) -> bool:
    """Say whether the head of a column reads as a noun, so that one can ask for it."""
    clause = r"\b(?:is|are|when|if|how|to|by|with|can|does|in)\b"
    if begins_with_imperative(aspect) or re.search(clause, aspect.lower()):
        return False
    verbs = (THIRD_PERSON - NOUNS_TOO) | (VERBS - NOUN_OR_VERB)
    return not any(word in verbs for word in words(aspect))


def _lower_first(text: Text) -> Text:
    """Lower a capital that only opens a heading or a sentence."""
    opens = text.runs and re.match(r"[A-Z][a-z]*(?:[\s-]|$)", text.runs[0].text)
    counts = re.match(r"[A-Z][a-z]+s?\s(?:of|for|in|to|between|with)\s", text.plain)
    if not opens or (not counts and re.search(r"\s[A-Z][a-z]", text.plain)):
        return text
    first = text.runs[0]
    return Text((first._replace(text=first.text[:1].lower() + first.text[1:]), *text.runs[1:]))


def _tool(job: Text, tools: tuple[Text, ...], scope: Scope) -> Text:
    context = _context(job, scope)
    if found := re.match(
        r"(?P<what>(?:[\w-]+\s+)?(?:tool|library|framework|package|platform|service)s?)\s+(?P<rest>(?:for|to)\s.+)$",
        job.plain,
        re.IGNORECASE,
    ):
        what = found["what"][:1].lower() + found["what"][1:]
        return say(
            context, f"which {what} {'are' if is_plural(what) else 'is'} there ", _bold(job[found.start("rest") :]), "?"
        )
    if TOOL_WORD.search(job.plain):
        count = f"{len(tools)} " if len(tools) > 1 else ""
        be = "are" if is_plural(job.plain) or len(tools) > 1 else "is"
        return say(context, f"which {count}", _bold(_mid(job)), f" {be} there?")
    return say(context, "which tool is there for ", _bold(job), "?")


# --- building a card ---------------------------------------------------------------------------------------------


def _card(
    concept: Concept,
    kind: str,
    question: Text,
    answer: Content | Field,
    *,
    term: Text | None = None,
    reverse: Text | None = None,
) -> Card:
    scope = concept.scope
    images = (*question.images, *(images_of(answer) if isinstance(answer, Content) else ()), *images_in(concept.extra))
    return Card(
        kind=kind,
        note_type=NoteType.BASIC,
        question=_field(question),
        answer=field_of(answer) if isinstance(answer, Content) else answer,
        place=scope.place,
        headings=scope.headings,
        source=concept.span,
        reverse=_field(reverse) if reverse else NOTHING,
        term=_field(term.without("strong")) if term else NOTHING,
        extra=field_of(Content(items=concept.extra)) if concept.extra else NOTHING,
        references=_references(scope.references),
        media=tuple(dict.fromkeys(images)),
    )


def _field(text: Text) -> Field:
    return Field(text.readable, text.html.strip())


def _references(links: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple({link.url: link for link in reversed(links)}.values())[::-1][:MOST_REFERENCES]
