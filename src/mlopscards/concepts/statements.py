"""Statements that define nothing: asked for what happens, or for when, how and why it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlopscards.concepts.facts import Asked, Content, Definition, Elaboration, Fact, Scope, Statement
from mlopscards.patterns import top_level
from mlopscards.text import Text, text_of
from mlopscards.words import (
    BASE_OF,
    DANGLING,
    NO_OBJECT,
    NO_TERM,
    NOUN_OR_VERB,
    NOUNS_TOO,
    OBJECT_STARTS,
    PRONOUNS,
    VERBS,
    begins_with_imperative,
    begins_with_verb,
    first_word,
    is_plural,
    words,
)

PASSIVE = re.compile(
    r"(?P<subject>[^,.:;]{3,60}?)\s+(?P<be>is|are)\s+(?P<verb>(?:\w+ly\s+)?(?:\w+ed|made|built|split|set|given|taken|found|kept|run|drawn|chosen"
    r"|written|held|done|sent|put))\s+(?P<how>in|by|with|from|on|via|through|into|to|for)\s+(?P<what>\S.*)$",
    re.IGNORECASE,
)

RELATION = re.compile(
    r"(?P<subject>[^,.:;]{3,60}?)\s+(?P<be>is|are)\s+(?:(?P<article>an?|the)\s+)?"
    r"(?P<relation>sign|symptom|result|consequence|cause|source)\s+of\s+(?P<what>\S.*)$",
    re.IGNORECASE,
)
"""What stands to something in a relation: `many restarts is a sign of …`."""
USED_TO = re.compile(
    r"(?P<subject>[^,.:;()]{3,60}?)\s+uses\s+(?P<used>[^,.:;]{3,}?)\s+(?P<aim>to\s+[a-z]+\s+\S.*)$", re.IGNORECASE
)
"""What something uses to reach an aim."""
COMPARATIVE = re.compile(r"(?:small|bigg|larg|fast|slow|young|old|new|short|long|deep|weak|strong)er\s", re.IGNORECASE)
"""One of two, which wants `the` where the notes leave it out."""


def asked_about(text: Text, scope: Scope) -> Iterator[Fact]:
    """Ask for a part of a statement: `X is kept in Y`, `X needs Y because Z`, `X shows Y`."""
    mask = top_level(text.mask)
    passive = PASSIVE.match(mask)
    if passive and _is_noun_phrase(passive["subject"]) and len(passive["what"].split()) <= LONGEST_PART:
        means = passive["how"].lower() in MEANS
        asks = "How" if means else f"{passive['how'].capitalize()} what"
        subject = text[: passive.end("subject")]
        question = text_of(f"{asks} {passive['be']} ") + subject + text_of(f" {passive['verb']}?")
        yield Asked(question, Content(text[passive.start("how" if means else "what") :].strip(" .")))
        return
    if sign := RELATION.match(mask):
        if _is_noun_phrase(sign["subject"]) and len(sign["what"].split()) <= LONGEST_PART:
            subject, article = text[: sign.end("subject")], sign["article"] or "a"
            yield Asked(
                text_of(f"What {sign['be']} ") + subject + text_of(f" {article} {sign['relation']} of?"),
                Content(text[sign.start("what") :].strip(" .")),
            )
        return
    if found := USED_TO.match(mask):
        subject, used = text[: found.end("subject")], text[found.start("used") : found.end("used")].strip()
        subject = text_of("the ") + subject if COMPARATIVE.match(subject.plain) else subject
        if _is_noun_phrase(subject.plain) and len(used.plain.split()) <= LONGEST_PART:
            yield Statement(
                "what", "does", subject, text_of("use ") + text[found.start("aim") :].strip(" ."), Content(used)
            )
        return
    if clause := _clause_of(text, scope):
        yield from _circumstance(clause) or _object(clause)


def _is_noun_phrase(subject: str) -> bool:
    """Say whether *subject* names something, with no clause in it: not `the matrix shows which classes`."""
    have = words(subject)
    clause = OPENS_CLAUSE.search(subject) or any(word in BASE_OF and word not in NOUNS_TOO for word in have[1:])
    return not clause and have[:1] != [] and have[0] not in PRONOUNS


MEANS = frozenset({"by", "via", "through"})
LONGEST_PART = 16
"""Words of an answer; more of them are several facts."""
LONGEST_SUBJECT = 5
"""Words before a verb."""
MODALS = frozenset({"should", "must", "can", "may", "will", "could", "is", "are", "has to", "have to"})


@dataclass(frozen=True, slots=True)
class _Clause:
    """A statement cut behind its verb."""

    subject: Text
    auxiliary: str
    """What goes before the subject in a question: `does`, `should`, `is`."""
    verb: str
    """The verb as it follows the subject in a question; empty for `is`."""
    rest: Text


def _clause_of(text: Text, scope: Scope) -> _Clause | None:
    """Find subject and verb; a text that begins with its verb is about the head above."""
    have = [re.sub(r"\W+$", "", word).lower() for word in text.mask.split()]
    if scope.subject and have and have[0] in BASE_OF and begins_with_verb(text.mask):
        return _Clause(scope.subject, "does", BASE_OF[have[0]], _behind(text, 1))
    if (
        len(have) < 3
        or have[0] in NO_TERM | PRONOUNS | (DANGLING - {"a", "an", "the"})
        or begins_with_imperative(text.mask)
    ):
        return None
    for at in range(1, min(LONGEST_SUBJECT + 1, len(have) - 1)):
        subject = _before(text, at)
        if re.search(r"[,.:;()]\s*$", subject.mask):
            return None
        if have[at] in MODALS:
            return _modal_clause(text, subject, at, have)
        if (verb := _verb_at(have, at)) and have[at - 1] not in DANGLING:
            return _Clause(subject, "do" if is_plural(subject.plain) else "does", verb, _behind(text, at + 1))
    return None


def _modal_clause(text: Text, subject: Text, at: int, have: list[str]) -> _Clause | None:
    if have[at] in ("is", "are"):
        return _Clause(subject, have[at], "", _behind(text, at + 1))
    if have[at + 1] in VERBS or have[at + 1] == "be":
        return _Clause(subject, have[at], have[at + 1], _behind(text, at + 2))
    return None


def _verb_at(have: list[str], at: int) -> str:
    """The base form of the word at *at*, where it is the verb of what stands before it; else nothing."""
    word, after = have[at], have[at + 1]
    if word in BASE_OF:
        certain = word not in NOUNS_TOO or after in OBJECT_STARTS
        return BASE_OF[word] if certain and after not in NO_OBJECT else ""
    plural = word in VERBS and is_plural(" ".join(have[:at]))
    certain = word not in NOUN_OR_VERB or after in OBJECT_STARTS
    return word if plural and certain and after not in NO_OBJECT else ""


def _before(text: Text, count: int) -> Text:
    """The first *count* words."""
    return text[: [found.end() for found in re.finditer(r"\S+", text.mask)][count - 1]]


def _behind(text: Text, count: int) -> Text:
    """What stands behind the first *count* words."""
    starts = [found.start() for found in re.finditer(r"\S+", text.mask)]
    return text[starts[count] :].strip(" .") if len(starts) > count else Text()


CIRCUMSTANCES = (
    ("why", re.compile(r"\s(?P<drop>because(?! of)|since(?! \d)|so that)\s")),
    ("when", re.compile(r"(?:\s|^)(?:when|whenever|if|before|after|until|(?<!at )once|as soon as)\s")),
    ("how", re.compile(r"\s(?:by|via|through|using|with)\s")),
)
"""What a statement says besides what happens, and the word that asks for it."""
OPENS_CLAUSE = re.compile(r"\b(?:which|that|what|how|who|whose|where|whether|than)\b")


def _circumstance(clause: _Clause) -> list[Fact]:
    """`X needs Y because Z`: why does X need Y?"""
    mask = top_level(clause.rest.mask)
    for asks, pattern in CIRCUMSTANCES:
        found = pattern.search(mask)
        if not found or (asks == "how" and not clause.verb):
            continue
        what, answer = clause.rest[: found.start()].strip(), clause.rest[found.start() :].strip()
        if "drop" in pattern.groupindex and found["drop"] != "so that":
            answer = clause.rest[found.end() :].strip()
        enough = what or clause.verb not in ("", "be")
        if not enough or OPENS_CLAUSE.search(what.mask) or not 2 <= len(answer.plain.split()) <= LONGEST_PART:
            continue
        if len(what.plain.split()) > 8 or (asks == "how" and not what):
            continue
        return [Statement(asks, clause.auxiliary, clause.subject, _joined(clause.verb, what), Content(answer))]
    return []


def _object(clause: _Clause) -> list[Fact]:
    """`X shows Y`: what does X show?"""
    opening = words(clause.rest.plain)[:1]
    if not clause.verb or clause.verb == "be" or not opening:
        return []
    if opening[0] in DANGLING - OBJECT_STARTS - {"a", "an", "the", "its", "their"} or opening[0].endswith("ly"):
        return []
    if not 2 <= len(clause.rest.plain.split()) <= LONGEST_PART:
        return []
    return [Statement("what", clause.auxiliary, clause.subject, text_of(clause.verb), Content(clause.rest))]


def _joined(verb: str, what: Text) -> Text:
    return text_of(f"{verb} " if verb and what else verb) + what


# --- what is said on a statement ---------------------------------------------------------------------------------

DONE = re.compile(
    r"(?:this|it|that) (?:is|can be|was) (?:done|made|achieved) (?=by|via|with|using|through)", re.IGNORECASE
)


def elaborated(statement: Text, more: Content, scope: Scope) -> Iterator[Fact]:
    """What an aside adds to the *statement* before it: how it is done, or a fact of its own."""
    text = more.text
    named = _named_by(statement, text)
    done = DONE.match(text.mask)
    if named:
        yield Definition(named, more)
    elif part := said_of_part(statement, text):
        yield part
    elif begins_with_imperative(statement.mask) and (done or begins_with_imperative(text.mask)):
        yield Elaboration(statement, Content(text[done.end() :] if done else text, more.items))
    elif not more.items:
        yield from asked_about(text.strip(" ()"), scope)


def _named_by(statement: Text, told: Text) -> Text:
    """`label propagation` within a statement, where an aside tells how it goes: `propagate labels to …`."""
    first = words(told.plain)[:1]
    if not first or len(first[0]) < 6 or not begins_with_imperative(told.mask):
        return Text()
    found = re.search(
        rf"(?:[\w-]+\s+)?\b{re.escape(first[0][:-1])}\w*(?:ion|ing|ment)\b", statement.mask, re.IGNORECASE
    )
    if not found or first_word(found[0]) in DANGLING:
        return Text()
    return statement[found.start() : found.end()]


def said_of_part(statement: Text, told: Text) -> Definition | None:
    """What an aside says of a word of the *statement*: `(edge caching keeps answers close …)`."""
    bare = told.strip(" ()")
    have = [word.lower() for word in bare.mask.split()]
    for at in range(1, min(LONGEST_SUBJECT, len(have) - 2)):
        acts = have[at] in BASE_OF or (have[at] in VERBS and is_plural(have[at - 1]))
        if acts and have[0] not in NO_TERM | PRONOUNS | DANGLING and have[at + 1] not in NO_OBJECT:
            name = _before(bare, at)
            is_part = re.search(rf"(?<!\w){re.escape(name.plain)}(?!\w)", statement.plain, re.IGNORECASE)
            return Definition(name, Content(bare[len(name.plain) :].strip(" ."))) if is_part else None
    return None
