"""Terms and what is said of them: definitions, lists within a line, chains, glosses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mlopscards.concepts.facts import Content, Definition, Fact, Formula, Members, Scope, Statement, Steps
from mlopscards.concepts.formulas import is_formula
from mlopscards.concepts.tools import IDENTIFIER
from mlopscards.patterns import Split, chain_in, glossed, members_in, top_level
from mlopscards.text import Text, text_of
from mlopscards.words import (
    DANGLING,
    NO_OBJECT,
    NO_TERM,
    NOUNS_TOO,
    PRONOUNS,
    THIRD_PERSON,
    VERBS,
    begins_with_verb,
    first_word,
    is_generic,
    is_plural,
    words,
)


def chained(text: Text, scope: Scope) -> Iterator[Fact]:
    """`A --> B --> C` without a name of its own: the steps of what it stands under."""
    links = chain_in(text)
    if scope.subject and links and all(len(link.plain.split()) <= 5 and ":" not in link.mask for link in links):
        # A plural head counts something else than the links of the chain.
        way = text_of(f"the way from {links[0].plain} to {links[-1].plain}")
        yield Steps(way if is_plural(scope.subject.plain) else scope.subject, links)


TRAILING_LINK = re.compile(r"\s*\((?P<inner>[^()]*)\)\s*\.?$|\s+(?:link|source|paper|here|site)\s*\.?$", re.IGNORECASE)


def without_link(text: Text) -> Text:
    """Take a link that only says where to read on off the end: `… ([site](https://…))`."""
    found = TRAILING_LINK.search(text.plain)
    if not found or not found.start():
        return text
    aside = text[found.start() :]
    shown = "".join(run.plain for run in aside.runs if not run.is_link)
    only_links = bool(aside.links) and not re.sub(r"[\W_]|\b(?:and|or|see|the)\b", "", shown)
    return text[: found.start()].strip(" ,;") if only_links else text


NOTES_ON = re.compile(
    r"(?:my\s+|some\s+)?(?:notes?|summary|cheat ?sheet|handouts?|lecture|slides|overview)\b", re.IGNORECASE
)
"""What follows the title of a file of notes."""


CASE = re.compile(r"(?:for|in|with|on|by|when|if|at)\s+(?=\S)", re.IGNORECASE)


def named(term: Text, scope: Scope) -> Text:
    """The term as it stands by itself: `for regression` below `Test commands` is `Test commands for regression`."""
    if CASE.match(term.mask) and scope.subject:
        return scope.subject + text_of(f" {term.plain[:1].lower()}") + term[1:]
    found = LEADING.match(term.mask)
    return term[found.end() :] if found else term


LEADING = re.compile(
    r"(?:(?:and|or|so|then|some|other|others|another|also|e\.g\.|eg|i\.e\.|more|further|actual)\s+)+(?=\w)", re.I
)


def is_clause(text: Text) -> bool:
    """Say whether *text* says something: `query reads only what it needs`."""
    have = words(text.plain)
    return len(have) > 3 and any(word in THIRD_PERSON and word not in NOUNS_TOO for word in have[1:])


def clause_facts(clause: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    """`Softmax turns scores into probabilities: $…$` says what softmax does, and its formula."""
    told = tuple(done_by(clause, scope))
    yield from told
    if told and is_formula(split.body):
        yield Formula(told[0].term, Content(split.body))


def chain_facts(term: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    """`term: A --> B --> C`: the steps, and what each link does."""
    links = chain_in(split.body)
    if not links:
        return
    yield Steps(term, links)
    for link in links:
        yield from done_by(link, scope)


def list_facts(term: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    """`term: a, b, c`: the members, and what glosses say of them."""
    members = members_in(split.body)
    if not is_plural(term.plain) and sum(begins_with_verb(member.plain) for member in members) * 2 > len(members):
        return  # `computes statistics, infers a schema and finds anomalies` is one sentence
    gathers = is_plural(term.plain) or term.plain.lower().endswith("ing")
    pair = gathers or ";" in split.body.mask or _are_identifiers(members)
    if len(members) >= 3 or (len(members) == 2 and pair):
        yield Members(term, members)
        yield from glosses_in(members)


def _are_identifiers(members: tuple[Text, ...]) -> bool:
    return all(IDENTIFIER.search(member.mask) for member in members)


SENTENCE_END = re.compile(r"(?:(?<=[a-z0-9)\]ｘ%\"”’'])|(?<=[A-Z]{2}))[.!?]\s+(?=[A-Z(ｘ\"“])")


def sentences(text: Text) -> tuple[Text, ...]:
    """Cut *text* into its sentences."""
    mask = top_level(text.mask)
    ends = [
        m
        for m in SENTENCE_END.finditer(mask)
        if not re.search(r"\b(?:e\.g|i\.e|vs|etc|cf|al|Fig|No|Dr|St)$", mask[: m.start()])
    ]
    starts = [0, *(m.end() for m in ends)]
    stops = [*(m.start() + 1 for m in ends), len(mask)]
    return tuple(text[a:b].strip() for a, b in zip(starts, stops, strict=True) if mask[a:b].strip())


def glosses_in(members: tuple[Text, ...]) -> Iterator[Fact]:
    """`name(gloss)` among members defines the name, or gives its formula."""
    for member in members:
        if pair := glossed(member):
            yield from gloss_facts(*pair)


def gloss_facts(name: Text, gloss: Text) -> Iterator[Fact]:
    """What `name(gloss)` states."""
    plain = gloss.plain
    if condition := CONDITION.match(name.mask):
        name = name[condition.start("name") :] + text_of(" (") + name[: condition.end("when")] + text_of(")")
    if is_formula(gloss):
        yield Formula(name, Content(gloss))
    elif _is_short_form(name.plain, plain):
        yield Definition(gloss, Content(name))
    elif begins_with_verb(name.plain) or re.match(r"\W", plain):
        return
    elif not re.match(r"(?i)(?:e\.?g|i\.?e|see|\d|also|optional|or\b|default)", plain) and re.search(r"[a-z]", plain):
        yield Definition(name, Content(gloss))


CONDITION = re.compile(r"(?P<when>if\s.+?)\s+(?P<name>\w+ing\b.*)$", re.IGNORECASE)
"""A case set before the name that it holds for: `if not Gaussian normalizing …`."""


def _is_short_form(name: str, short: str) -> bool:
    """Say whether *short* abbreviates *name*: uniform manifold approximation and projection (umap)."""
    if len(short.split()) != 1 or not 2 <= len(short) <= 7 or len(name.split()) < 2:
        return False
    initials = "".join(word[0] for word in re.findall(r"\w+", name.lower()))
    letters = iter(initials)
    return all(letter in letters for letter in re.sub(r"\W|s$", "", short.lower()))


THERE_IS = re.compile(
    r"there\s+(?:is|are)\s+(?:also\s+)?(?:an?\s+)?(?P<term>[^,:;]{2,50}?),?\s+(?P<body>(?:when"
    r"|where|in which|if)\s+.+)$",
    re.IGNORECASE,
)


def there_is(text: Text, scope: Scope) -> Iterator[Fact]:
    """`there is also X when …`."""
    if found := THERE_IS.match(text.mask):
        yield Definition(text[found.start("term") : found.end("term")], Content(text[found.start("body") :]))


CALLED = re.compile(
    r"(?P<body>.{12,}?)\s+(?:is|are)\s+(?:also\s+|often\s+|then\s+|usually\s+|commonly\s+)?"
    r"(?:called|known as|referred to as|termed|named|dubbed)\s+(?:an?\s+|the\s+)?(?P<term>[^,;.()]{2,50})[.)]?$",
    re.IGNORECASE,
)


def called(text: Text, scope: Scope) -> Iterator[Fact]:
    """`… is called X`."""
    if (found := CALLED.match(text.mask)) and first_word(found["body"]) not in PRONOUNS:
        term = text[found.start("term") : found.end("term")].without("strong", "em")
        yield Definition(term, Content(text[: found.end("body")]))


def done_by(text: Text, scope: Scope) -> Iterator[Definition]:
    """`StatisticsGen computes …`: a name and what it does."""
    have = text.plain.split()
    for at in (1, 2):
        if len(have) > at + 1 and have[at].lower() in THIRD_PERSON:
            name = " ".join(have[:at])
            first = words(name)[:1]
            after = have[at + 1].lower()
            if after in NO_OBJECT - {"from", "by", "in", "on", "at", "between", "of"}:
                return  # what looked like the verb was the noun: `open requests may …`
            if first and (first[0] in NO_TERM | DANGLING or (first[0] in VERBS and not text.bold_end)):
                return
            proper = at == 1 or (len(have) <= 30 and IDENTIFIER.search(have[0]))
            if (
                proper
                and (IDENTIFIER.search(name) or name[:1].isupper() or text.bold_end)
                and first
                and first[0] not in PRONOUNS
            ):
                cut = len(name) + (len(text.plain) - len(text.plain.lstrip()))
                yield Definition(text[:cut].without("strong"), Content(text[cut:].strip()))
                return


NAMED_FOR = re.compile(
    r"(?:e\.g\.|for example|for instance|such as)\s*,?\s*(?:with\s+|by\s+|using\s+|via\s+|in\s+)?"
    r"(?P<term>[^\W\d_]\S*(?:\s+[^\W\d_][^\s,]*){0,2}?)\s*,?\s+(?:which|that)\s+(?P<body>\w+\s+\S.*)$",
    re.IGNORECASE,
)


def exemplified(text: Text, scope: Scope) -> Iterator[Definition]:
    """`e.g. with X which checks …`: what the named example does."""
    found = NAMED_FOR.match(text.mask)
    if not found or first_word(found["body"]) not in THIRD_PERSON:
        return
    if all(word[0].isupper() or IDENTIFIER.search(word) for word in found["term"].split()):
        yield Definition(text[found.start("term") : found.end("term")], Content(text[found.start("body") :]))


SUBJECT = re.compile(
    r"(?P<article>(?:an?|the)\s+)?(?P<subject>[^\s,.:;]+(?:\s+[^\s,.:;]+){0,4}?)\s+(?P<verb>is|are"
    r"|means|refers to|describes|denotes|stands for)\s+(?P<body>.+)$",
    re.I,
)


DEFINING = re.compile(
    r"(?:the|an?|when|where|how|any|one|whether|what|defined as|used (?:to|for)|called|just|simply|a set|data|that)\b",
    re.I,
)


def stated(text: Text, scope: Scope) -> Iterator[Fact]:
    """`Precision is the fraction of …`."""
    found = SUBJECT.match(text.mask)
    if not found or len(text.plain.split()) > 60:
        return
    have = words(found["subject"])
    if (
        not have
        or have[0] in DANGLING
        or any(word in PRONOUNS for word in have)
        or is_generic(found["subject"])
        or have[0] in NO_TERM | {"more", "less", "fewer", "with", "goal", "idea"}
    ):
        return
    body = text[found.start("body") :]
    if found["verb"] not in ("is", "are") or DEFINING.match(body.mask):
        opening = (found["article"] or "").strip().lower()
        term = text[found.start("subject") : found.end("subject")].without("strong")
        yield Definition(term, Content(body), opening)


def glossary(text: Text, scope: Scope) -> Iterator[Fact]:
    """`name(gloss), name(gloss), …`; `loosely (gloss), not tightly (gloss)` says what the adverbs mean."""
    members = members_in(text)
    pairs = [glossed(member) for member in members]
    if len(members) == 2 and (opposed := _opposed_ways(pairs)):
        yield from opposed
    elif len(members) >= 2 and all(pairs) and not any(member.plain.startswith("not ") for member in members):
        for pair in pairs:
            yield from gloss_facts(*pair)  # type: ignore[misc]


def _opposed_ways(pairs: Iterable[tuple[Text, Text] | None]) -> list[Fact]:
    """The meaning of two adverbs, of which the second is denied."""
    one, other = [pair or (Text(), Text()) for pair in pairs]
    denied = other[0][4:] if other[0].mask.startswith("not ") else Text()
    if not (ADVERB.fullmatch(one[0].plain) and ADVERB.fullmatch(denied.plain)):
        return []
    told = ((one[0], one[1]), (denied, other[1]))
    return [Statement("what", "does", way, text_of("mean"), Content(gloss)) for way, gloss in told]


ADVERB = re.compile(r"[a-z]{3,}ly", re.IGNORECASE)
