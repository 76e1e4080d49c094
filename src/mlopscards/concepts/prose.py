"""Running text: only what it sets apart or defines outright becomes a card, the rest is prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mlopscards.concepts.comparisons import differs, unlike
from mlopscards.concepts.definitions import DEFINING, sentences, without_link
from mlopscards.concepts.facets import sided
from mlopscards.concepts.facts import Content, Definition, Fact, Members, Scope
from mlopscards.text import Text, text_of
from mlopscards.words import PRONOUNS, THIRD_PERSON, VERBS, is_plural, words

ARTICLE = re.compile(r"(?:an?|the|in|with|under)\s+$", re.IGNORECASE)
COPULA = re.compile(
    r"\s*(?:\([^)]*\)\s*)?,?\s*(?P<verb>is|are|means|refers to|describes|denotes|stands for|occurs"
    r"|happens|was|arises?|consists? of)\s+(?P<body>\S.+)$",
    re.IGNORECASE,
)
NAMING = re.compile(
    r"(?:called|known as|referred to as|termed|named|dubbed|(?:we|you|one) (?:say|speak of"
    r"|talk about|speak about|call (?:this|it|that))|calls? (?:this|it|these))\s+(?:an?\s+"
    r"|the\s+)?[\"“'‘]?$",
    re.IGNORECASE,
)


LONGEST_PARAGRAPH = 5000
"""Characters; what is longer is no paragraph that somebody wrote."""


def facts_of_prose(text: Text, scope: Scope) -> Iterator[Fact]:
    """Read running text sentence by sentence."""
    if len(text.plain) > LONGEST_PARAGRAPH:
        return
    known = _with_names(sentences(text))
    told: Text | None = None
    for at, sentence in enumerate(known):
        facts = [*_bold_facts(sentence, known[at - 1] if at else None)]
        if not facts and scope.subject and (defined := _defines_subject(sentence, scope.subject)):
            facts = [defined]
        facts = facts or [*sided(sentence, scope)] or [*differs(sentence, scope), *unlike(sentence, scope)]
        if not facts and told and GOES_ON.match(sentence.mask):
            facts = [Members(told, (sentence,), are_names=False)]
        yield from facts
        told = next((fact.term for fact in facts if isinstance(fact, Definition)), None)


ALSO = re.compile(r"also (?:called|known as)\s+\S", re.IGNORECASE)
"""A sentence that gives another name to what the one before is about."""


def _with_names(known: tuple[Text, ...]) -> tuple[Text, ...]:
    """Put further names in brackets behind the sentence that they belong to, so that a card tells them too."""
    told: list[Text] = []
    for sentence in known:
        if told and ALSO.match(sentence.mask):
            named = without_link(sentence.strip(" ."))
            told[-1] = told[-1].strip(" .") + text_of(" (a") + named[1:] + text_of(").")
        else:
            told.append(sentence)
    return tuple(told)


def facts_of_subject(text: Text, scope: Scope) -> Iterator[Fact]:
    """Read a line whose subject is the head above it."""
    if scope.subject and (defined := _defines_subject(text, scope.subject)):
        yield defined


GOES_ON = re.compile(r"(?:it|they)(?:['’]s|\s)", re.IGNORECASE)
"""A sentence that goes on about what the one before defined."""


BOUNDARY = re.compile(
    r"[:;]\s+|,\s+(?:(?:while|whereas|and|but|or)\s+)?(?=(?:the\s+|an?\s+)?$)|,\s+(?:while|whereas)\s+"
)
"""Where a clause of its own begins."""


MOST_BOLD = 12
"""Bold stretches of one sentence; where there are more, bold sets nothing apart."""


def _bold_facts(sentence: Text, before: Text | None) -> Iterator[Fact]:
    spans = sentence.bold_spans
    if len(spans) > MOST_BOLD:
        return
    for at, (start, end) in enumerate(spans):
        term = sentence[start:end].strip(" :.,").without("strong")
        if not term or len(term.plain.split()) > 7:
            continue
        opens = max([0, *(m.end() for m in BOUNDARY.finditer(sentence.mask[:start]))])
        stop = spans[at + 1][0] if at + 1 < len(spans) else len(sentence.plain)
        closes = _clause_end(sentence.mask, end, stop, is_last=at + 1 == len(spans))
        yield from _bold_fact(term, sentence[opens:start], sentence[end:closes], before, sentence[:start])


def _clause_end(mask: str, start: int, stop: int, *, is_last: bool) -> int:
    """Where the clause about a term ends: before the clause of the next term."""
    if is_last:
        return len(mask)
    cuts = [
        m.start() for m in re.finditer(r"[;,:]\s+|\s+(?:and|while|whereas|but)\s+(?:the\s+|an?\s+)?$", mask[start:stop])
    ]
    return start + (cuts[-1] if cuts else stop - start)


def _bold_fact(term: Text, lead: Text, rest: Text, before: Text | None, whole: Text) -> Iterator[Fact]:
    """What a sentence says of the bold term between *lead* and *rest*."""
    mask = lead.mask
    written = re.search(r"\b(an?|the)\s+[\"“'‘]?$", mask, re.IGNORECASE)
    article = written[1].lower() if written else ""
    if not mask.strip() or ARTICLE.fullmatch(mask):
        with_ = bool(re.match(r"with|under", mask, re.IGNORECASE))
        yield from (replace(fact, article=article) for fact in _told(term, rest, with_=with_))
    elif NAMING.search(mask):
        yield from (replace(fact, article=article) for fact in _named(term, lead, before))
    elif (re.search(r"\b(?:is|are)\s+$", mask) and (found := CONDITION.match(rest.mask))) or (
        (found := RELATIVE.match(rest.mask)) and re.search(r"\b(?:an?|the)\s+$", mask)
    ):
        yield Definition(term, Content(rest[found.start("body") :]), article)
    elif (found := PREDICATE.match(mask)) and re.fullmatch(r"\s*(?:\([^)]*\))?\s*\.?\s*", rest.mask):
        yield Definition(term, Content(lead[: found.end("body")]), article)


PREDICATE = re.compile(r"(?P<body>(?:one|an?|the)\s+.{8,60}?)\s+(?:is|are)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
"""`One measure for drift is the **population stability index**.`"""

CONDITION = re.compile(r"\s*(?:\([^)]*\)\s*)?(?P<body>(?:if|when|where|because)\s+\S.+)$", re.IGNORECASE)
RELATIVE = re.compile(r"\s*(?:\([^)]*\)\s*)?,?\s*(?:which|that)\s+(?P<body>[a-z]+s\s+\S.+)$", re.IGNORECASE)
INSERTED = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:,[^,]{3,30},|,)?\s*")
"""What may stand between a term and its verb: `, on the other hand,`."""


def _told(term: Text, rest: Text, *, with_: bool) -> Iterator[Definition]:
    """`**X** is …`, `**X** schedules …`, `With **X** each …`."""
    rest = rest[INSERTED.match(rest.mask).end() :].strip()  # type: ignore[union-attr]
    if found := COPULA.match(rest.mask):
        verb = found["verb"].lower()
        body = rest[found.start("body") :] if verb in ("is", "are", "means", "was") else rest[found.start("verb") :]
        yield Definition(term, Content(_without_that(body)))
    elif found := CONDITION.match(rest.mask):
        yield Definition(term, Content(rest[found.start("body") :]))
    elif (words(rest.mask)[:1] and words(rest.mask)[0] in THIRD_PERSON) or (with_ and len(rest.plain.split()) > 4):
        yield Definition(term, Content(rest))


def _without_that(body: Text) -> Text:
    return body[5:] if body.mask.startswith("that ") else body


DEMONSTRATIVE = re.compile(
    r"(?:this|that|these|it|which|the (?:latter|former|result|process|phenomenon|effect|technique))\b", re.IGNORECASE
)
NAMED = re.compile(
    r"(?P<body>.+?)\s*,?\s*(?:(?:is|are|was)\s+)?(?:\w+ly\s+|often\s+|also\s+)?" + NAMING.pattern, re.IGNORECASE
)


def _named(term: Text, lead: Text, before: Text | None) -> Iterator[Definition]:
    """`… is called **X**`; a `This is called` names what the sentence before says."""
    found = NAMED.match(lead.mask)
    if not found:
        return
    body = lead[: found.end("body")]
    if relative := re.search(r",?\s+which$", body.mask):
        body = body[: relative.start()]
    if DEMONSTRATIVE.match(body.mask) and len(body.plain.split()) <= 4:
        if before and words(before.plain)[:1] and words(before.plain)[0] not in PRONOUNS:
            yield Definition(term, Content(before))
    elif len(body.plain.split()) >= 3:
        yield Definition(term, Content(body))


def _defines_subject(sentence: Text, subject: Text) -> Definition | None:
    """A sentence whose subject is the head above: `Filter methods score each feature …`."""
    name = re.sub(r"\s*\([^)]*\)", "", subject.plain).strip()
    if not name:
        return None
    one = re.escape(name[:-1]) + "s?" if is_plural(name) and name.endswith("s") else re.escape(name)
    pattern = rf"(?:(?P<article>an?|the)\s+)?(?P<name>{one}(?:s|es)?)(?:\s*\([^)]*\))?\s*,?\s+(?=\S)"
    found = re.match(pattern, sentence.mask, re.IGNORECASE)
    if not found:
        return None
    article, rest = (found["article"] or "").lower(), sentence[found.end() :]
    if is_plural(name) != is_plural(found["name"]):
        # Below `ML pipelines` the sentence says what one of them is, or below `Label` what labels do.
        subject = sentence[found.start("name") : found.end("name")].without("strong")
    if copula := COPULA.match(" " + rest.mask):
        verb = copula["verb"].lower()
        if verb in ("is", "are", "means", "was"):
            body = rest[copula.start("body") - 1 :]
            return (
                Definition(subject, Content(body), article)
                if DEFINING.match(body.mask) or len(body.plain.split()) > 3
                else None
            )
        return Definition(subject, Content(rest), article)
    first = words(rest.plain)[:1]
    if first and (first[0] in THIRD_PERSON or (rest.mask[:1].islower() and first[0] in VERBS)):
        return Definition(subject, Content(rest), article)
    return None
