"""Tools and what they are for: `job: https://…`, `tool for a job`, `f() for scaling`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlopscards.concepts.facts import Asked, Content, Fact, Members, Purpose, Scope, Tool
from mlopscards.names import names_of_links
from mlopscards.patterns import ADDRESS, FINITE, Split, is_reference, members_in, split_term
from mlopscards.text import HIDDEN, Text, text_of
from mlopscards.words import PRONOUNS, first_word, words

TOOL_WORD = re.compile(
    r"\b(?:tools?|platforms?|librar(?:y|ies)|frameworks?|services?|systems?|software|packages?"
    r"|products?|engines?|stores?|"
    r"databases?|apps?|projects?|commands?|for cloud|cloud|implementations?|alternatives?|orchestrators?|trackers?)\b",
    re.IGNORECASE,
)


def linked_facts(term: Text, split: Split, scope: Scope) -> Iterator[Fact]:
    """`job: https://…` names the tool for a job, where the job asks for one."""
    if not ADDRESS.search(split.body.plain) and not split.body.links:
        return
    left = re.sub(r"[\W_]+|\b(?:and|or)\b", "", ADDRESS.sub("", _without_links(split.body)))
    names = names_of_links(split.body)
    if not left:
        if TOOL_WORD.search(term.plain) or TOOL_WORD.search(scope.subject.plain) or len(names) > 1:
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
    if ends and not split_term(text) and (found := TOOL_FOR.match(_without_links(text) + HIDDEN)):
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
    if FINITE.search(term.mask) or words(term.mask)[-1:] == ["stands"]:
        return
    gerund = re.match(r"\w+ing\b", found["purpose"])
    if IDENTIFIER.search(term.mask) or (
        gerund and len(term.plain.split()) <= 2 and first_word(term.plain) not in PRONOUNS
    ):
        yield Purpose(term, text[found.start("purpose") :].strip(" ."))


USE_FOR = re.compile(r"(?:for|to)\s+(?P<case>[^,:;]{3,60}?),?\s+use\s+(?P<what>\S.*)$", re.IGNORECASE)


def use_for(text: Text, scope: Scope) -> Iterator[Fact]:
    """`for adjacent residuals use the Durbin-Watson test`."""
    if found := USE_FOR.match(text.mask):
        question = text_of("What do you use ") + text[: found.end("case")].strip() + text_of("?")
        yield Asked(question, Content(text[found.start("what") :].strip(" .")))
