"""Sides of a subject under their usual names: its advantages, its goal, when to use it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlopscards.concepts.facts import Facet, Fact, Scope
from mlopscards.patterns import members_in
from mlopscards.text import Text

IDEA = re.compile(r"(?:the\s+)?(?:idea|goal|aim|point)\s+is\s+(?:to\s+)?", re.IGNORECASE)


FORMULA_LABEL = re.compile(r"(?:formula|equation|formally|mathematically|math)$", re.IGNORECASE)


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


USE_WHEN = re.compile(
    r"(?:use(?:d)?|prefer(?:red)?|choose|good|best|useful|suitable)\s+(?:(?:it|them"
    r"|this)\s+)?(?P<when>(?:when|if|where|whenever)\s+.+)$",
    re.IGNORECASE,
)


def use_when(text: Text, scope: Scope) -> Iterator[Fact]:
    """`use it when …` under its subject."""
    if scope.subject and (found := USE_WHEN.match(text.mask)):
        yield Facet("when", scope.subject, (text[found.start("when") :],))


SIDE = re.compile(
    r"(?:the|its|one|a|an)\s+(?:main\s+|usual\s+|simplest\s+"
    r"|best\s+)?(?P<label>[\w ]{3,30}?)\s+(?:is|are)\s+(?:to\s+|that\s+)?(?P<body>\S.+)$",
    re.I,
)


def sided(sentence: Text, scope: Scope) -> Iterator[Facet]:
    """`The goal is to …`, `The cure is …`."""
    if scope.subject and (found := SIDE.match(sentence.mask)) and (facet := facet_of(found["label"])):
        body = sentence[found.start("body") :]
        items = members_in(body) if facet in GATHERING else (body,)  # `the parts are hard to read` names none
        if items:
            yield Facet(facet, scope.subject, items)


GATHERING = frozenset({"types", "parts", "examples", "metrics"})
"""Sides that are lists of names."""


def aimed(text: Text, scope: Scope) -> Iterator[Fact]:
    """`The purpose is …`, a line of its own; other sides may as well be things that the line tells of."""
    yield from (fact for fact in sided(text, scope) if fact.facet in ("goal", "idea", "remedy", "why"))
