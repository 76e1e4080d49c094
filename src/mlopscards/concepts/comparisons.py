"""Comparisons within a line: `X differs from Y`, `unlike X, Y …`, `x (A) vs y (B)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mlopscards.concepts.facts import Content, Contrast, Definition, Difference, Fact, Scope
from mlopscards.patterns import glossed, split_term, top_level
from mlopscards.text import Text, join, text_of
from mlopscards.words import NOUNS_TOO, OBJECT_STARTS, PRONOUNS, THIRD_PERSON, VERBS, first_word, is_plural

DIFFERS = re.compile(
    r"(?:(?P<one>.{2,60}?)\s+)?differs?\s+from\s+(?:an?\s+|the\s+)?(?P<other>[^,:;]{2,50}?)"
    r"(?:\s*[,:;]\s*(?:which|because:?|in that|as)?\s*:?\s*|\s+(?:because|in that|as|since|by)\s*:?\s*)(?P<body>\S.+)$",
    re.IGNORECASE,
)


UNLIKE = re.compile(
    r"(?:unlike|in contrast to|contrary to|compared (?:to|with))\s+(?P<other>[^,]{2,60}),\s*(?P<one>.+)$", re.IGNORECASE
)


UNLIKE_WITHIN = re.compile(r"(?P<one>[^,.:;()]{2,40}?),?\s+unlike\s+(?P<rest>\S.+)$", re.IGNORECASE)


def differs(text: Text, scope: Scope) -> Iterator[Fact]:
    """`X differs from Y because …`; without X it is the subject."""
    if found := DIFFERS.match(text.mask):
        one = text[found.start("one") : found.end("one")] if found["one"] else scope.subject
        other = text[found.start("other") : found.end("other")].strip()
        body = text[found.start("body") :]
        if not one or first_word(one.plain) in PRONOUNS or ":" in one.mask:
            return
        between = text.mask[found.end("other") : found.start("body")]
        rest = re.match(r"(?:is|are)\s+(?:just\s+)?", body.mask)
        if "which" not in between or not rest:
            yield Difference(one, other, Content(body))
            return
        # "Y, which is …" says on the way what Y is.
        yield Difference(one, other, Content(other + text_of(" ") + body))
        yield Definition(other, Content(body[rest.end() :]))


NO_NAME = PRONOUNS | {"what", "many", "most", "others", "before"}


def unlike(text: Text, scope: Scope) -> Iterator[Fact]:
    """`Unlike A, B …`; `B, unlike A, …`."""
    if found := UNLIKE_WITHIN.match(text.mask):
        one, rest = text[: found.end("one")], text[found.start("rest") :]
        other = _grammatical_subject(rest, keeps_article=True)
        clause = rest[len(other.plain) :].strip(" ,")
        named = not {first_word(one.plain), first_word(other.plain)} & NO_NAME and len(one.plain.split()) <= 4
        if other and named:
            yield Difference(_without_article(one), _without_article(other.strip(" ,")), Content(clause))
        return
    if found := UNLIKE.match(text.mask):
        other = text[found.start("other") : found.end("other")]
        rest = text[found.start("one") :]
        relative = re.match(r"(?:which|who|that|where)\b[^,]*,\s*", rest.mask)
        clause = rest[relative.end() :] if relative else rest
        if name := _grammatical_subject(clause):
            # What the relative clause says of the other is half of the contrast.
            yield Difference(name, other, Content(text if relative else clause))


def _grammatical_subject(text: Text, *, keeps_article: bool = False) -> Text:
    """What stands before the first verb of a sentence; nothing where it is long or a pronoun."""
    have = text.mask.split()
    verbs = ("is", "are", "has", "have", "can", "does", "do", "may", "must", "need", "needs", "will")
    plural = [at for at, word in enumerate(have[1:6], 1) if word in VERBS and is_plural(" ".join(have[:at]))]
    single = [at for at, word in enumerate(have[1:6], 1) if word in verbs or _is_surely_verb(word, have[at + 1 :])]
    at = min([*plural, *single], default=0)
    if not at or first_word(have[0]) in PRONOUNS:
        return Text()
    subject = text[: text.mask.index(have[at], len(" ".join(have[:at])) - 1)].strip()
    if first_word(have[0]) in ("which", "who", "where"):
        return Text()
    return subject if keeps_article else _without_article(subject)


def _is_surely_verb(word: str, rest: Sequence[str]) -> bool:
    return word in THIRD_PERSON and (word not in NOUNS_TOO or bool(rest and rest[0] in OBJECT_STARTS))


def _without_article(term: Text) -> Text:
    article = re.match(r"(?:an?|the)\s+", term.mask, re.IGNORECASE)
    return term[article.end() :] if article else term


VERSUS = re.compile(r"\s+(?:vs\.?|versus)\s+", re.IGNORECASE)


EXAMPLE_OF = re.compile(
    r"(?P<topic>.{2,60}?)\s+example\s*:\s*|(?:an?\s+)?example(?:s)?\s*(?:of|for)\s+(?P<of>.{2,40}?)\s*:\s*",
    re.IGNORECASE,
)


def versus(text: Text, scope: Scope) -> Iterator[Fact]:
    """`topic example: what happens (A) vs what happens (B)`, `A: x vs B: y`."""
    label = EXAMPLE_OF.match(text.mask)
    split = None if label else split_term(text)
    body = text[label.end() :] if label else split.body if split else text
    cuts = list(VERSUS.finditer(top_level(body.mask)))
    if len(cuts) != 1:
        return
    pairs = [glossed(side.strip(" .")) for side in (body[: cuts[0].start()], body[cuts[0].end() :])]
    if not all(pairs):
        return
    topic = text[label.start("topic") : label.end("topic")] if label and label["topic"] else Text()
    sides = tuple((_whole_name(gloss, scope.subject), name) for name, gloss in pairs if name)  # type: ignore[misc]
    aspect = join((topic, text_of("example"))) if topic else text_of("example")
    yield Contrast(aspect, sides)


def _whole_name(short: Text, subject: Text) -> Text:
    """`concept` below `concept and data drift` is `concept drift`."""
    plain = subject.plain
    last = plain.split()[-1] if plain else ""
    shared = rf"\b{re.escape(short.plain)}\b\s*(?:,|and\b|or\b|/|&|vs|{re.escape(last)}$)"
    if last and len(short.plain.split()) == 1 and re.search(shared, plain, re.IGNORECASE):
        return short + text_of(" " + last)
    return short
