"""How a question is composed: its pieces, its capitals, and the subject in it where a term does not stand alone."""

from __future__ import annotations

import re

from mlopscards.concepts.facts import Scope
from mlopscards.text import Mark, RunKind, Text, text_of
from mlopscards.words import (
    DANGLING,
    ONLY_VERBS,
    begins_with_imperative,
    first_word,
    is_common,
    is_generic,
    is_plural,
    words,
)


def say(*parts: str | Text) -> Text:
    """Compose a question; its first letter is raised."""
    text = Text(tuple(run for part in parts for run in (text_of(part) if isinstance(part, str) else part).runs))
    first = next((at for at, run in enumerate(text.runs) if run.plain.strip()), None)
    if first is None or text.runs[first].kind is not RunKind.TEXT or text.runs[first].marks:
        return text
    run = text.runs[first]
    return Text((*text.runs[:first], run._replace(text=run.text[:1].upper() + run.text[1:]), *text.runs[first + 1 :]))


def bold(text: Text) -> Text:
    """A term in a question stands out."""
    bare = as_inside(text.without("strong", "a").strip())
    return Text(tuple(run._replace(marks=(Mark("strong"), *run.marks)) for run in bare.runs))


def be_of(term: Text) -> str:
    """`is ` or `are `, as *term* takes it."""
    return "are " if is_plural(term.plain) else "is "


def do_of(term: Text) -> str:
    """`does ` or `do `, as *term* takes it."""
    return "do " if is_plural(term.plain) else "does "


def _lowered(text: Text) -> Text:
    first, *rest = text.runs
    return Text((first._replace(text=first.text[:1].lower() + first.text[1:]), *rest))


def mid_sentence(text: Text) -> Text:
    """A text as it reads in mid-sentence: a capital that only opened a sentence is lowered."""
    plain = text.plain
    if (
        re.match(r"[A-Z][a-z]*(?:\s[a-z]|$)", plain)
        and words(plain)[:1]
        and (first_word(plain) in DANGLING or begins_with_imperative(plain))
    ):
        return _lowered(text)
    return text


SPECIFIC = re.compile(r"[A-Z]{2,}|[a-z][A-Z]|[_.]\w|\d|ｘ|\w\(")
"""Signs of a proper name: an acronym, an identifier, a number."""


def context_of(term: Text, scope: Scope) -> Text:
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
    return _lowered(text)


def needs_context(term: Text, subject: Text) -> bool:
    """Say whether *term* wants *subject* beside it: short, not a proper name, no word in common."""
    own = set(map(stem_of, words(term.plain))) - DANGLING
    if own & (set(map(stem_of, words(subject.plain))) - DANGLING) or len(subject.plain.split()) > 9:
        return False
    if all(run.kind in (RunKind.MATH, RunKind.DISPLAY) for run in term.runs if run.plain.strip()):
        return True
    return not SPECIFIC.search(term.mask) and len(own) < 4


def stem_of(word: str) -> str:
    """*word* without the ending of its plural."""
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def is_noun(aspect: str) -> bool:
    """Say whether the head of a column reads as a noun, so that one can ask for it."""
    clause = r"\b(?:is|are|when|if|how|to|by|with|can|does|in)\b"
    if begins_with_imperative(aspect) or re.search(clause, aspect.lower()):
        return False
    return not any(word in ONLY_VERBS for word in words(aspect))


def lower_first(text: Text) -> Text:
    """Lower a capital that only opens a heading or a sentence."""
    opens = text.runs and re.match(r"[A-Z][a-z]*(?:[\s-]|$)", text.runs[0].text)
    counts = re.match(r"[A-Z][a-z]+s?\s(?:of|for|in|to|between|with)\s", text.plain)
    if not opens or (not counts and re.search(r"\s[A-Z][a-z]", text.plain)):
        return text
    return _lowered(text)
