"""One line of notes to the facts that it states; a function a way of writing, tried in the order of `READERS`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mlopscards.concepts.facts import (
    Asked,
    Completion,
    Content,
    Contrast,
    Definition,
    Difference,
    Facet,
    Fact,
    Formula,
    Members,
    Purpose,
    Scope,
    Steps,
    Tool,
)
from mlopscards.names import names_of_links
from mlopscards.patterns import (
    ADDRESS,
    ASIDE,
    DEFINES,
    EXAMPLE,
    Split,
    chain_in,
    glossed,
    is_reference,
    members_in,
    split_term,
    top_level,
)
from mlopscards.text import HIDDEN, RunKind, Text, join, text_of
from mlopscards.words import (
    DANGLING,
    NO_TERM,
    NOUNS_TOO,
    PRONOUNS,
    THIRD_PERSON,
    VERBS,
    begins_with_verb,
    is_generic,
    is_plural,
    words,
)

Reader = Callable[[Text, Scope], Iterator[Fact]]


def facts_in(text: Text, scope: Scope) -> tuple[Fact, ...]:
    """Read one line; the first way of writing that fits decides."""
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


# --- a term and what is said of it -------------------------------------------------------------------------------


def chained(text: Text, scope: Scope) -> Iterator[Fact]:
    """`A --> B --> C` without a name of its own: the steps of what it stands under."""
    links = chain_in(text)
    if scope.subject and links and all(len(link.plain.split()) <= 5 and ":" not in link.mask for link in links):
        yield Steps(scope.subject, links)


def defined(text: Text, scope: Scope) -> Iterator[Fact]:
    """`Term: text`, `Term - text`, `term --> text`, and what the text may be: a list, a chain, a formula, a link."""
    if split := split_term(text):
        yield from facts_of(split, scope)


def facts_of(split: Split, scope: Scope) -> Iterator[Fact]:
    """Say what a term and its text state together."""
    label = split.term.plain.strip(" :.")
    if NOTES_ON.match(split.body.mask) or not split.body or ASIDE.match(label) or EXAMPLE.match(label):
        return
    if DEFINES.match(label) and scope.subject:
        yield Definition(scope.subject, Content(split.body))
        return
    if FORMULA_LABEL.match(label) and scope.subject:
        yield Formula(scope.subject, Content(split.body))
        return
    if scope.sides and scope.subject and (facet := facet_of(label)):
        yield Facet(facet, scope.subject, members_in(split.body) or (split.body,))
        return
    term = named(split.term, scope)
    body = without_link(split.body)
    if idea := IDEA.match(body.mask):
        yield Facet("idea", term, (body[idea.end() :],))
        return
    split = Split(term, split.separator, body)
    if versus_ := VERSUS.search(split.term.mask):
        yield Difference(split.term[: versus_.start()], split.term[versus_.end() :], Content(split.body))
        return
    if split.separator in ("colon", "dash") and _is_clause(term):
        yield from _clause_facts(term, split, scope)
        return
    if split.separator in ("equals", "arrow") and _is_clause(term) and len(split.body.plain.split()) <= 4:
        yield Definition(split.body, Content(term))
        return
    if is_reference(split.body):
        yield from _links(term, split, scope)
        return
    for reader in (_links, _formula, _chain, _list, _listed_then_told):
        if facts := tuple(reader(term, split, scope)):
            yield from facts
            return
    yield Definition(term, Content(split.body))


IDEA = re.compile(r"(?:the\s+)?(?:idea|goal|aim|point)\s+is\s+(?:to\s+)?", re.IGNORECASE)
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
FORMULA_LABEL = re.compile(r"(?:formula|equation|formally|mathematically|math)$", re.IGNORECASE)
CASE = re.compile(r"(?:for|in|with|on|by|when|if|at)\s+(?=\S)", re.IGNORECASE)


def named(term: Text, scope: Scope) -> Text:
    """The term as it stands by itself: `for regression` below `Test commands` is `Test commands for regression`."""
    if CASE.match(term.mask) and scope.subject:
        return scope.subject + text_of(" ") + term
    found = LEADING.match(term.mask)
    return term[found.end() :] if found else term


LEADING = re.compile(
    r"(?:(?:and|or|so|then|the|some|other|others|another|also|e\.g\.|eg|i\.e\.|more|further|actual)\s+)+(?=\w)", re.I
)

TOOL_WORD = re.compile(
    r"\b(?:tools?|platforms?|librar(?:y|ies)|frameworks?|services?|systems?|software|packages?"
    r"|products?|engines?|stores?|"
    r"databases?|apps?|projects?|commands?|for cloud|cloud|implementations?|alternatives?|orchestrators?|trackers?)\b",
    re.IGNORECASE,
)


def _is_clause(text: Text) -> bool:
    """Say whether *text* says something: `query reads only what it needs`."""
    have = words(text.plain)
    return len(have) > 3 and any(word in THIRD_PERSON and word not in NOUNS_TOO for word in have[1:])


def _clause_facts(clause: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    """`Softmax turns scores into probabilities: $…$` says what softmax does, and its formula."""
    told = tuple(done_by(clause, scope))
    yield from told
    if told and is_formula(split.body):
        yield Formula(told[0].term, Content(split.body))


def _links(term: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    """`job: https://…` names the tool for a job, where the job asks for one."""
    if not ADDRESS.search(split.body.plain) and not split.body.links:
        return
    left = re.sub(r"[\W_]+|\b(?:and|or)\b", "", ADDRESS.sub("", _without_links(split.body)))
    names = names_of_links(split.body)
    if not left:
        if TOOL_WORD.search(term.plain) or len(names) > 1:
            yield Tool(term, names)
        return
    parts = members_in(split.body)
    if parts and any(ADDRESS.search(part.plain) for part in parts):
        yield Members(term, tuple(name for part in parts for name in _linked_names(part)))


def _linked_names(part: Text) -> tuple[Text, ...]:
    """What a member with a link is called: `GDPR - https://…` by its label, an address alone by its host."""
    split = split_term(part)
    if split and is_reference(split.body):
        return (split.term,)
    return names_of_links(part) or (part,)


def _without_links(text: Text) -> str:
    return "".join(run.plain for run in text.runs if not run.is_link)


MATHS = re.compile(r"[A-Za-z0-9_)\]]\s*[-+*/^|]\s*[A-Za-z0-9_(\[|]|\b(?:sum|max|min|log|exp|sqrt|argmax|argmin)\b\s*\(")


def is_formula(text: Text) -> bool:
    """Say whether *text* is a formula rather than words: math alone, or operators between short names."""
    if text.links:
        return False
    plain = text.plain.strip(" .")
    runs = [run for run in text.runs if run.plain.strip()]
    if runs and all(run.kind in (RunKind.MATH, RunKind.DISPLAY) for run in runs):
        return True
    long_words = re.findall(r"[A-Za-z]{4,}", re.sub(r"\b\w+(?=\()", "", text.mask))
    return (
        bool(MATHS.search(plain))
        and len(long_words) <= 3
        and len(plain) < 80
        and bool(re.search(r"[()^*=]|\s/\s", plain))
    )


RELATION = re.compile(r"=|\\(?:leftarrow|gets|approx|propto|equiv|sim|le|ge)\b")


def _formula(term: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    first = next((run for run in split.body.runs if run.plain.strip()), None)
    is_math = bool(first) and first.kind in (RunKind.MATH, RunKind.DISPLAY)  # type: ignore[union-attr]
    if is_formula(split.body) or (is_math and (split.separator == "equals" or RELATION.search(first.text))):  # type: ignore[union-attr]
        yield Formula(term, Content(split.body))


def _chain(term: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    links = chain_in(split.body)
    if not links:
        return
    yield Steps(term, links)
    for link in links:
        yield from done_by(link, scope)


def _list(term: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    members = members_in(split.body)
    if len(members) >= 3 or (
        len(members) == 2 and (is_plural(term.plain) or ";" in split.body.mask or _are_identifiers(members))
    ):
        yield Members(term, members)
        yield from _glosses(members)


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


def _glosses(members: tuple[Text, ...]) -> Iterator[Fact]:
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


# --- sides of a subject ------------------------------------------------------------------------------------------

FACETS = (
    ("advantages", re.compile(r"(?:pros?|advantages?|benefits?|strengths?|upsides?|plus(?:es)?)$", re.I)),
    ("disadvantages", re.compile(
r"(?:cons?|disadvantages?|drawbacks?|weakness(?:es)?|downsides?|minus(?:es)?)$", re.I)),
    ("limitations", re.compile(r"(?:limitations?|limits)$", re.I)),
    ("challenges", re.compile(r"(?:challenges?|problems?|issues?|pitfalls|difficulties)$", re.I)),
    ("when", re.compile(
r"(?:when to use(?: it| them)?|when|use when|best for|good for|used when|suitable for)$", re.I)),
    ("uses", re.compile(r"(?:use cases?|uses?|applications?|used (?:for|in)|usage)$", re.I)),
    ("goal", re.compile(r"(?:(?:the\s+|main\s+)*(?:goal|aim|purpose|objective|intent))$", re.I)),
    ("why", re.compile(
r"(?:why(?: use it| it matters| it works| is it important)?|reason|reasons|rationale"
r"|motivation|importance)$", re.I)),
    ("how", re.compile(r"(?:how(?: it works| does it work| to)?|mechanism|procedure|method|approach)$", re.I)),
    ("remedy", re.compile(
r"(?:solutions?|fix(?:es)?|remed(?:y|ies)|cures?|mitigations?|remediations?|how to (?:fix"
r"|avoid|prevent|reduce)(?: it| them)?)$", re.I)),
    ("properties", re.compile(
r"(?:properties|characteristics|key points|traits|key features|main features|key ideas?)$", re.I)),
    ("assumptions", re.compile(r"(?:assumptions?|requirements?|prerequisites?)$", re.I)),
    ("types", re.compile(r"(?:types?|kinds?|categories|variants?|flavou?rs)$", re.I)),
    ("parts", re.compile(r"(?:parts?|components?|elements?|building blocks|main components|ingredients)$", re.I)),
    ("examples", re.compile(
r"(?:tools|examples of tools|popular tools|common tools|tooling|frameworks|software)$", re.I)),
    ("idea", re.compile(r"(?:the\s+)?(?:basic |main |core |key )?idea$", re.I)),
    ("metrics", re.compile(r"(?:metrics|key metrics|measures)$", re.I)),
    ("causes", re.compile(r"(?:causes?|sources of)$", re.I)),
    ("effects", re.compile(r"(?:effects?|consequences|impact|results? in|symptoms?)$", re.I)),
)  # fmt: skip
"""Heads that name a side of what stands above them, and say nothing without it."""


def facet_of(label: str) -> str:
    """Name the side of a subject that *label* stands for, or nothing."""
    label = re.sub(r"^(?:the|some|main|key|its|common|typical)\s+", "", label.strip(" :.?*"), flags=re.IGNORECASE)
    return next((name for name, pattern in FACETS if pattern.fullmatch(label)), "")


# --- statements of one form --------------------------------------------------------------------------------------

DIFFERS = re.compile(
    r"(?:(?P<one>.{2,60}?)\s+)?differs?\s+from\s+(?:an?\s+|the\s+)?(?P<other>[^,:;]{2,50}?)"
    r"(?:\s*[,:;]\s*(?:which|because:?|in that|as)?\s*:?\s*|\s+(?:because|in that|as|since|by)\s*:?\s*)(?P<body>\S.+)$",
    re.IGNORECASE,
)
UNLIKE = re.compile(
    r"(?:unlike|in contrast to|contrary to|compared (?:to|with))\s+(?P<other>[^,]{2,60}),\s*(?P<one>.+)$", re.IGNORECASE
)


def differs(text: Text, scope: Scope) -> Iterator[Fact]:
    """`X differs from Y because …`; without X it is the subject."""
    if found := DIFFERS.match(text.mask):
        one = text[found.start("one") : found.end("one")] if found["one"] else scope.subject
        other = text[found.start("other") : found.end("other")].strip()
        body = text[found.start("body") :]
        if not one or words(one.plain)[0] in PRONOUNS or ":" in one.mask:
            return
        between = text.mask[found.end("other") : found.start("body")]
        rest = re.match(r"(?:is|are)\s+(?:just\s+)?", body.mask)
        if "which" not in between or not rest:
            yield Difference(one, other, Content(body))
            return
        # "Y, which is …" says on the way what Y is.
        yield Difference(one, other, Content(other + text_of(" ") + body))
        yield Definition(other, Content(body[rest.end() :]))


def unlike(text: Text, scope: Scope) -> Iterator[Fact]:
    """`Unlike A, B …`."""
    if found := UNLIKE.match(text.mask):
        other = text[found.start("other") : found.end("other")]
        rest = text[found.start("one") :]
        if relative := re.match(r"(?:which|who|that|where)\b[^,]*,\s*", rest.mask):
            rest = rest[relative.end() :]
        if name := _grammatical_subject(rest):
            yield Difference(name, other, Content(rest))


def _grammatical_subject(text: Text) -> Text:
    """What stands before the first verb of a sentence; nothing where it is long or a pronoun."""
    have = text.mask.split()
    verbs = ("is", "are", "has", "have", "can", "does", "do", "may", "must", "need", "needs", "will")
    plural = [at for at, word in enumerate(have[1:6], 1) if word in VERBS and is_plural(" ".join(have[:at]))]
    single = [
        at for at, word in enumerate(have[1:6], 1) if word in verbs or (word in THIRD_PERSON and word not in NOUNS_TOO)
    ]
    at = min([*plural, *single], default=0)
    if not at or (words(have[0])[:1] and words(have[0])[0] in PRONOUNS):
        return Text()
    subject = text[: text.mask.index(have[at], len(" ".join(have[:at])) - 1)].strip()
    if words(have[0])[:1] and words(have[0])[0] in ("which", "who", "where"):
        return Text()
    article = re.match(r"(?:an?|the)\s+", subject.mask, re.IGNORECASE)
    return subject[article.end() :] if article else subject


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
    if (found := CALLED.match(text.mask)) and words(found["body"])[0] not in PRONOUNS:
        term = text[found.start("term") : found.end("term")].without("strong", "em")
        yield Definition(term, Content(text[: found.end("body")]))


FOR_WORD = re.compile(r"(?:e\.?g\.?,?\s+)?(?P<term>\S+(?:\s+\S+){0,3}?)\s+for\s+(?P<purpose>\S.{2,})$", re.IGNORECASE)
TOOL_FOR = re.compile(
    r"(?:the\s+|a\s+)?(?P<job>(?:[\w-]+\s+)?(?:tool|library|framework|package|platform"
    r"|service)s?\s+(?:for|to)\s+.+?)\s*[:–-]?\s+(?=\S+$)",
    re.I,
)
IDENTIFIER = re.compile(r"ｘ|[a-z]_[a-z]|\w\.\w|\(|[a-z][A-Z]|^[A-Z][A-Za-z]*[A-Z]")


def tool_for(text: Text, scope: Scope) -> Iterator[Fact]:
    """`Tool for a job https://…`."""
    names = names_of_links(text)
    ends = bool(names) and text.plain.rstrip().endswith(text.links[-1][0])
    if ends and (found := TOOL_FOR.match(_without_links(text) + HIDDEN)):
        yield Tool(text[: found.end("job")], names)


TOOL_IS = re.compile(
    r"(?:the\s+|an?\s+)?(?:[\w-]+\s+)?(?:tool|library|framework|package"
    r"|platform)\s+(?:for\s+(?P<job>.+?)\s+)?is\s+(?P<name>.{2,40})$",
    re.I,
)


def tool_is(text: Text, scope: Scope) -> Iterator[Fact]:
    """`the tool (for a job) is X`."""
    if found := TOOL_IS.match(text.plain.strip(" :.")):
        job = text_of(f"tool for {found['job'] or scope.subject.plain}")
        if found["job"] or scope.subject:
            yield Tool(job, (text[found.start("name") : found.end("name")],))


def for_purpose(text: Text, scope: Scope) -> Iterator[Fact]:
    """`tft.scale_to_z_score(...) for standardizing`."""
    found = FOR_WORD.match(text.plain)
    if not found:
        return
    term = text[found.start("term") : found.end("term")]
    gerund = re.match(r"\w+ing\b", found["purpose"])
    if IDENTIFIER.search(term.mask) or (
        gerund and len(term.plain.split()) <= 2 and words(term.plain)[0] not in PRONOUNS
    ):
        yield Purpose(term, text[found.start("purpose") :].strip(" ."))


def done_by(text: Text, scope: Scope) -> Iterator[Definition]:
    """`StatisticsGen computes …`: a name and what it does."""
    have = text.plain.split()
    for at in (1, 2):
        if len(have) > at + 1 and have[at].lower() in THIRD_PERSON:
            name = " ".join(have[:at])
            first = words(name)[:1]
            if first and (first[0] in NO_TERM | DANGLING or (first[0] in VERBS and not text.bold_end)):
                return
            proper = at == 1 or (len(have) <= 30 and IDENTIFIER.search(have[0]))
            if (
                proper
                and (IDENTIFIER.search(name) or name[:1].isupper() or text.bold_end)
                and words(name)[0] not in PRONOUNS
            ):
                cut = len(name) + (len(text.plain) - len(text.plain.lstrip()))
                yield Definition(text[:cut].without("strong"), Content(text[cut:].strip()))
                return


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
        or have[0] in PRONOUNS
        or is_generic(found["subject"])
        or have[0] in ("what", "there", "where", "with", "if", "each", "all", "both", "goal", "idea", "when")
    ):
        return
    body = text[found.start("body") :]
    if found["verb"] not in ("is", "are") or DEFINING.match(body.mask):
        yield Definition(text[found.start("subject") : found.end("subject")].without("strong"), Content(body))


def glossary(text: Text, scope: Scope) -> Iterator[Fact]:
    """`name(gloss), name(gloss), …`."""
    members = members_in(text)
    pairs = [glossed(member) for member in members]
    if len(members) >= 2 and all(pairs) and not any(member.plain.startswith("not ") for member in members):
        for pair in pairs:
            yield from gloss_facts(*pair)  # type: ignore[misc]


def equation(text: Text, scope: Scope) -> Iterator[Fact]:
    """`$z = (x - m) / s$` under its subject."""
    if is_formula(text) and scope.subject and "=" in text.plain:
        yield Formula(scope.subject, Content(text))


USE_FOR = re.compile(r"(?:for|to)\s+(?P<case>[^,:;]{3,60}?),?\s+use\s+(?P<what>\S.*)$", re.IGNORECASE)


def use_for(text: Text, scope: Scope) -> Iterator[Fact]:
    """`for adjacent residuals use the Durbin-Watson test`."""
    if found := USE_FOR.match(text.mask):
        question = text_of("What do you use ") + text[: found.end("case")].strip() + text_of("?")
        yield Asked(question, Content(text[found.start("what") :].strip(" .")))


USE_WHEN = re.compile(
    r"(?:use(?:d)?|prefer(?:red)?|choose|good|best|useful|suitable)\s+(?:(?:it|them"
    r"|this)\s+)?(?P<when>(?:when|if|where|whenever)\s+.+)$",
    re.IGNORECASE,
)


def use_when(text: Text, scope: Scope) -> Iterator[Fact]:
    """`use it when …` under its subject."""
    if scope.subject and (found := USE_WHEN.match(text.mask)):
        yield Facet("when", scope.subject, (text[found.start("when") :],))


PREPOSITION = re.compile(
    r"\s(?:into|by|via|in|with|from|because|so that|based on|through|as|using|for|to|when|where|on"
    r"|than|before|after|without|until)\s",
    re.I,
)


PASSIVE = re.compile(
    r"(?P<subject>[^,.:;]{3,60}?)\s+(?P<be>is|are)\s+(?P<verb>(?:\w+ly\s+)?(?:\w+ed|made|built|split|set|given|taken|found|kept|run|drawn|chosen"
    r"|written|held|done|sent|put))\s+(?P<how>in|by|with|from|on|via|through|into|to|for)\s+(?P<what>\S.*)$",
    re.IGNORECASE,
)


def completed(text: Text) -> Iterator[Fact]:
    """Ask for the end of a statement, from the first preposition that leaves enough to both sides."""
    mask = top_level(text.mask)
    passive = PASSIVE.match(mask)
    if passive and words(passive["subject"])[0] not in PRONOUNS and len(passive["what"].split()) <= 16:
        subject = text[: passive.end("subject")]
        question = (
            text_of(f"{passive['how'].capitalize()} what {passive['be']} ") + subject + text_of(f" {passive['verb']}?")
        )
        yield Asked(question, Content(text[passive.start("what") :].strip(" .")))
        return
    for found in PREPOSITION.finditer(mask):
        before, after = mask[: found.start()].split(), mask[found.end() :].split()
        if len(before) >= 3 and 1 <= len(after) <= 16 and not begins_with_verb(mask[found.end() :]):
            yield Completion(text[: found.end()].strip(), text[found.end() :].strip(" ."))
            return


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
    stated,
    done_by,
)
