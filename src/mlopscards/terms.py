"""Concepts with their terms as the note writes them in mid-sentence, before they are asked."""

from __future__ import annotations

import re
from dataclasses import replace

from mlopscards.concepts.facts import (
    Cell,
    Concept,
    Definition,
    Difference,
    Facet,
    Fact,
    Formula,
    Members,
    Purpose,
    Row,
    Steps,
    Tool,
)
from mlopscards.concepts.usage import Usage, is_ordinary
from mlopscards.phrases import is_title, lowered
from mlopscards.text import Text

NAMING: dict[type[Fact], tuple[str, ...]] = {
    Definition: ("term",),
    Purpose: ("term",),
    Facet: ("of",),
    Members: ("head",),
    Steps: ("head",),
    Difference: ("one", "other"),
    Cell: ("thing",),
    Row: ("thing",),
    Formula: ("term",),
    Tool: ("job",),
}
"""Where a fact names what it is about."""


def as_used(concept: Concept) -> Concept:
    """Take the capital off terms that only opened a line: the note writes them with a small letter elsewhere."""
    fact, scope = concept.fact, concept.scope
    named = {name: _small(getattr(fact, name), scope.usage) for name in NAMING.get(type(fact), ())}
    told: Fact = replace(fact, **named) if named else fact  # type: ignore[arg-type]
    subjects = replace(scope, subject=_small(scope.subject, scope.usage), wider=_small(scope.wider, scope.usage))
    return replace(concept, fact=told, scope=subjects)


def _small(term: Text, usage: Usage) -> Text:
    first = re.match(r"[A-Z][a-z]+(?:-[a-z]+)*(?=\s)", term.plain)
    return lowered(term) if first and not is_title(term) and is_ordinary(first[0], usage) else term
