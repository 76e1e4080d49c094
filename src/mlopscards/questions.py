"""The questions that need more than a phrase: for members, sides, tools and statements."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlopscards.concepts.comparisons import VERSUS
from mlopscards.concepts.facts import Members, Scope, Statement
from mlopscards.concepts.shapes import parts_told
from mlopscards.concepts.tools import TOOL_WORD
from mlopscards.patterns import FINITE
from mlopscards.phrases import COUNTS, as_head, be_of, bold, both, context_of, do_of, mid_sentence, one, say
from mlopscards.text import Text
from mlopscards.words import (
    BASE_OF,
    MEASURES,
    NOUNS_TOO,
    VERBS,
    begins_with_imperative,
    begins_with_verb,
    first_word,
    is_plural,
)

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


def facet_question(facet: str, of: Text, count: int, scope: Scope) -> Text:
    """Ask for a side of a subject, of which *count* points are told."""
    if facet in FACET_SENTENCES:
        pattern = FACET_SENTENCES[facet].replace("{be}", be_of(of)).replace("{do}", do_of(of))
        number = f" ({count} points)" if count > 1 else ""
    else:
        single, many = FACET_QUESTIONS[facet]
        number = ""
        pattern = f"what is {single}?" if count == 1 else f"what are {many.replace('{n}', str(count))}?"
    before, after = pattern.split("{x}")
    return say(context_of(of, scope), before, one(of, scope), after + number)


INCLUDES = re.compile(
    r"\s+(?:(?:that|which)\s+)?(includes?|contains?|covers?|has|have|comprises?|consists? of"
    r"|needs?|requires?|means|uses|holds|stores|tracks|provides|supports|offers)\s*$",
    re.I,
)


COUNTED = re.compile(
    r"^(?:(?:the|these|some|main|common|following|\d+|two|three|four|five|six|seven|several|many)\s+)+(?=\w)", re.I
)


def _base(verb: str) -> str:
    """The base form of *verb*, of which only the first word changes: `consists of`."""
    first, blank, rest = verb.lower().partition(" ")
    return BASE_OF.get(first, "have" if first == "has" else first) + blank + rest


def members_question(fact: Members, scope: Scope) -> Text:
    """Ask which members a head has, by the form of the head."""
    head, count = fact.head.without("strong").strip(" :"), len(fact.items)
    plain = head.plain
    context = context_of(head, scope)
    if (found := parts_told(head)) and not begins_with_imperative(plain):
        subject, verb = head[: found.end("subject")], _base(found["verb"])
        do = "can " if found["choice"] else do_of(subject)
        return say(f"Which {count} {found['what']} ", do, one(mid_sentence(subject), scope), f" {verb}?")
    if asked := _turned(head, count):
        return asked
    if asked := _what_it_does(head, count, scope):
        return asked
    if found := VERSUS.search(plain):
        left, right = head[: found.start()], head[found.end() :]
        left, right = both(left, right, scope)
        return say("How do ", left, " and ", right, f" differ? ({count} points)")
    found = INCLUDES.search(plain)
    if (
        found
        and not begins_with_imperative(plain)
        and not re.search(r"\b(?:that|which)\b", plain)
        and not re.fullmatch(r"[\w-]+ (?:stores|tracks|uses)", plain)
    ):
        subject = head[: found.start()]
        return say(context, "what ", do_of(subject), one(subject, scope), f" {_base(found[1])}? ({count})")
    if counted := COUNTED.match(plain):
        head = head[counted.end() :]
        plain = head.plain
    return say(context, *_members_by_form(head, fact, scope))


TURNED = frozenset({"is", "are", "can", "must", "should", "may", "will", "could"})
"""Verbs that a question puts before its subject."""


def _turned(head: Text, count: int) -> Text:
    """`How networks are fooled` as a question: how are networks fooled?"""
    have = head.plain.split()
    if len(have) < 3 or have[0].lower() not in ("why", "how", "when", "where") or len(have) > 12:
        return Text()
    starts = [found.start() for found in re.finditer(r"\S+", head.plain)]
    for at in range(2, min(len(have), 6)):
        word = have[at].lower()
        acts = word in VERBS and is_plural(" ".join(have[1:at])) and at + 1 == len(have)
        if word not in TURNED and not acts and (word not in BASE_OF or word in NOUNS_TOO):
            continue
        auxiliary, verb = (word, "") if word in TURNED else ("do", word) if acts else ("does", BASE_OF[word])
        subject = head[starts[1] : starts[at]].strip()
        rest = head.plain[starts[at] + len(word) :].strip()
        said = " ".join(part for part in (verb, rest) if part)
        return say(f"{have[0].lower()} {auxiliary} ", bold(subject), f" {said}? ({count} points)") if said else Text()
    return say("what belongs here: “", mid_sentence(head), f"”? ({count} points)")


def _what_it_does(head: Text, count: int, scope: Scope) -> Text:
    """`Week 4 adds cleverer ways:` asks which ways it adds."""
    have = head.plain.split()
    at = next((at for at, word in enumerate(have[:5]) if at and word in BASE_OF and word not in NOUNS_TOO), 0)
    if (
        not at
        or begins_with_imperative(head.plain)
        or len(have) - at < 2
        or len(have) > 9
        or not is_plural(" ".join(have[at + 1 :]))
    ):
        return Text()
    subject = head[: len(" ".join(have[:at]))]
    what = COUNTED.sub("", " ".join(have[at + 1 :]))
    return say(f"Which {count} {what} ", do_of(subject), one(mid_sentence(subject), scope), f" {BASE_OF[have[at]]}?")


TRAILING_PREPOSITION = re.compile(r"\s+(by|with|from|via|through|using|on)$", re.IGNORECASE)


PARTICIPLE = re.compile(r"\w(?:ed|en)\s+\w+$", re.IGNORECASE)
"""`Retraining driven by` is no command."""


def _members_by_form(head: Text, fact: Members, scope: Scope) -> tuple[str | Text, ...]:
    """Ask for the members of a head that is a sentence, a plural, or a name."""
    plain, count = head.plain, len(fact.items)
    if (found := TRAILING_PREPOSITION.search(plain)) and first_word(plain) in VERBS and not PARTICIPLE.search(plain):
        return (f"{found[1]} what do you ", mid_sentence(head[: found.start()]), f"? ({count} points)")
    plural = is_plural(plain, titles=False)
    if ways := _in_which_ways(head, count):
        return ways
    if len(plain.split()) > 8 and (FINITE.search(plain) or not plural):
        return ("what belongs here: “", mid_sentence(head), f"”? ({count} points)")
    if count == 1:
        return ("what is to note about ", one(head, scope), "?")
    if plural and (first_word(plain) in MEASURES or COUNTS.match(plain) or not fact.are_names):
        return (f"what are the {count} ", bold(as_head(head)), "?")
    if all(begins_with_verb(item.plain) for item in fact.items):
        return ("what does ", one(head, scope), f" do? ({count} points)")
    return _members_by_item(head, fact, scope, plural)


def _members_by_item(head: Text, fact: Members, scope: Scope, plural: bool) -> tuple[str | Text, ...]:
    """Ask for the members by what they are: names, kinds of the head, or what is said of it."""
    plain, count = head.plain, len(fact.items)
    if not fact.are_names:
        return (f"what are the {count} points to know about ", one(head, scope), "?")
    if sum(map(_says, fact.items)) * 2 > count:
        return ("what is true of ", one(head, scope), f"? ({count} points)")
    if plural:
        return (f"which {count} ", bold(as_head(head)), " are there?")
    if _are_kinds(fact.items, plain):
        return (f"which {count} kinds of ", bold(head), " are there?")
    opening, closing = ("“", "”") if begins_with_imperative(plain) else ("", "")
    asked = bold(head) if opening else one(head, scope)
    return (f"what does {opening}", asked, f"{closing} cover? ({count} points)")


def _are_kinds(items: Sequence[Text], head: str) -> bool:
    """Say whether each member names a kind of its head: `data drift` and `concept drift` of `drift`."""
    last = head.lower()
    return all(item.plain.lower().endswith(f" {last}") for item in items)


WAYS = re.compile(
    r"(?P<subject>.{2,60}?)\s+(?P<be>can|may|must|should|is|are)\s+(?P<verb>(?:be\s+)?\w+(?:\s\w+){0,4}?)\s+(?P<how>in|by|on|for|at)\s+"
    r"(?:(?:the|following|different|several|many|various|these|\d+|two|three|four|five|six)\s+)+(?P<what>\w+s)$",
    re.IGNORECASE,
)


def _in_which_ways(head: Text, count: int) -> tuple[str | Text, ...]:
    """`A clip can be transcribed in different ways`: in which 3 ways can a clip be transcribed?"""
    found = WAYS.match(head.mask)
    if not found:
        return ()
    subject = mid_sentence(head[: found.end("subject")])
    asked = f"{found['how'].lower()} which {count} {found['what']} {found['be'].lower()} "
    return (asked, bold(subject), f" {found['verb']}?")


def _says(item: Text) -> bool:
    """Say whether a member says something of its head: `is big enough`."""
    return begins_with_verb(item.plain) or bool(re.match(r"(?:is|are|has|can)\b", item.plain))


def statement_question(fact: Statement, scope: Scope) -> Text:
    """Ask for a part of a sentence: `when does X need Y?`"""
    context = context_of(fact.subject, scope)
    return say(context, f"{fact.asks} {fact.auxiliary} ", bold(mid_sentence(fact.subject)), " ", fact.predicate, "?")


def elaboration_question(statement: Text, scope: Scope) -> Text:
    """Ask how that is done which a statement says to do."""
    return say(context_of(Text(), scope), "how do you ", mid_sentence(statement), "?")


def tool_question(job: Text, tools: tuple[Text, ...], scope: Scope) -> Text:
    """Ask which tools do a job."""
    context = context_of(job, scope)
    if found := re.match(
        r"(?P<what>(?:[\w-]+\s+)?(?:tool|library|framework|package|platform|service)s?)\s+(?P<rest>(?:for|to)\s.+)$",
        job.plain,
        re.IGNORECASE,
    ):
        what = found["what"][:1].lower() + found["what"][1:]
        return say(
            context, f"which {what} {'are' if is_plural(what) else 'is'} there ", bold(job[found.start("rest") :]), "?"
        )
    if TOOL_WORD.search(job.plain):
        count = f"{len(tools)} " if len(tools) > 1 else ""
        be = "are" if is_plural(job.plain) or len(tools) > 1 else "is"
        return say(context, f"which {count}", bold(as_head(job)), f" {be} there?")
    return say(context, "which tool is there for ", bold(job), "?")
