"""How a question is composed: its pieces, its capitals, and the subject in it where a term does not stand alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from mlopscards.concepts.facts import Scope
from mlopscards.concepts.usage import acts, is_counted
from mlopscards.text import Mark, Run, RunKind, Text, join, text_of
from mlopscards.words import (
    DANGLING,
    DETERMINERS,
    ONLY_VERBS,
    article,
    begins_with_imperative,
    first_word,
    indefinite,
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
    bare = as_inside(text.strip()).without("strong", "a")
    return Text(tuple(run._replace(marks=(Mark("strong"), *run.marks)) for run in bare.runs))


def be_of(term: Text) -> str:
    """`is ` or `are `, as *term* takes it."""
    return "are " if is_many(term) else "is "


def do_of(term: Text) -> str:
    """`does ` or `do `, as *term* takes it."""
    return "do " if is_many(term) else "does "


def is_many(term: Text) -> bool:
    """Say whether *term* takes `are`; a title is one work, and behind `the guide` it does not count."""
    if _is_work(term):
        return False
    noun = Text(tuple(takewhile(lambda run: not _is_set_off(run), term.runs))).strip()
    return is_plural(noun.plain or term.plain)


def article_of(term: Text, scope: Scope, written: str | None = None, body: str = "") -> str:
    """The article of *term* with its blank: the author's own, else the one that it surely wants, else none."""
    if written:
        return written + " "
    is_code = term.runs and all(run.kind is RunKind.CODE for run in filter(_is_seen, term.runs))
    if is_code or is_plural(term.plain) or term.plain.split(maxsplit=1)[0].lower() in DETERMINERS:
        return ""
    if is_counted(term.plain, scope.usage):
        return indefinite(term.plain)
    # A sentence that has no article before its subject shows that the body's `a` tells nothing of the term.
    guessed = article(term.plain, body if written is None else "")
    return "the " if not guessed and not body and acts(term.plain, scope.usage) else guessed


def both(left: Text, right: Text, scope: Scope) -> tuple[Text, Text]:
    """Two terms side by side; where they end in the same word, they take an article together."""
    articles = {article_of(left, scope), article_of(right, scope)} - {""}
    if len(articles) == 1 and words(left.plain)[-1:] == words(right.plain)[-1:]:
        return text_of(indefinite(left.plain)) + bold(left), text_of(indefinite(right.plain)) + bold(right)
    return one(left, scope), one(right, scope)


def one(term: Text, scope: Scope) -> Text:
    """A term within a question, with the article that it wants: `a **feature store**`."""
    return text_of(article_of(term, scope)) + bold(term)


def listed(things: Sequence[Text]) -> Text:
    """`A`, `A and B`, `A, B and C`."""
    *others, last = things
    return join(others, ", ") + text_of(" and ") + last if others else last


def lowered(text: Text) -> Text:
    """*text* with a small letter at its beginning."""
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
        return lowered(text)
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
        bare = as_inside(_counted_in(subject.strip(" :.,"))).without("strong", "em", "a")
        if len(bare.plain.split()) <= LONGEST_CONTEXT or not scope.wider:
            return say("In ", article_of(bare, scope), bare, ", ")
    return Text()


LONGEST_CONTEXT = 4
"""Words; a longer head is a caption, and the subject above it says better where one is."""


def _counted_in(head: Text) -> Text:
    """What a head counts something of: `Kinds of drift` of drift; `Filter methods for text` are the subject itself."""
    found = COUNTS.match(head.mask)
    if not found:
        return head
    if found["by"] != "of" and len(found["what"].split()) > 1:
        return head[: found.end("what")]
    return head[found.end() :]


COUNTS = re.compile(
    r"(?P<what>[\w-]*(?:\s[\w-]+)?s)\s+(?P<by>of|for|in)\s+(?!which\b|whom\b|how\b)(?=\w)", re.IGNORECASE
)
"""A head that only counts something of its subject: `Kinds of filter methods`."""


def as_inside(text: Text) -> Text:
    """A head or term as it reads within a sentence: a common word loses the capital that opened the line."""
    first = re.match(r"[A-Z][a-z]*(?:-[a-z]+)*(?=\s|$)", text.plain)
    if not first or not text.runs or _is_work(text):
        return text
    if HEAD_NOUN.match(text.plain) and is_plural(first[0]):
        return lowered(text)
    if is_title(text):
        return text
    is_alone = not re.match(r"\s+[a-z]", text.plain[first.end() :])
    return lowered(text) if first[0].lower() in DETERMINERS or is_common(first[0], alone=is_alone) else text


def is_title(text: Text) -> bool:
    """Say whether *text* is the name of a work or a product: `Rules of Machine Learning`, `Software 2.0`."""
    first, *others = text.plain.split() or [""]
    if not others:
        return False
    if re.match(r"[A-Z][a-z]|\d+\.\d", others[0]) and first.lower() not in DETERMINERS:
        return True
    if _is_work(text):
        return True
    telling = [word for word in others if len(word) > 3]
    return sum(bool(re.match(r"[A-Z][a-z]", word)) for word in telling) * 2 > len(telling)


def _is_work(text: Text) -> bool:
    return len(text.plain.split()) >= SHORTEST_TITLE and all(map(_is_set_off, filter(_is_seen, text.runs)))


def _is_set_off(run: Run) -> bool:
    return any(mark.tag in ("a", "em") for mark in run.marks)


def _is_seen(run: Run) -> bool:
    return bool(run.plain.strip())


SHORTEST_TITLE = 4
"""Words from which what is linked or in italics as a whole is the title of a work."""


def as_head(text: Text) -> Text:
    """A head that is asked for, within a sentence: its plural noun is no name where it stands first."""
    alone = re.fullmatch(r"[A-Z][a-z]+", text.plain)
    return lowered(text) if alone and is_plural(text.plain) else as_inside(text)


HEAD_NOUN = re.compile(r"[A-Z][a-z]+\s(?:of|for|in|to|between|with|that|which|from|by|on)\s")
"""A noun with what it is of; in the plural it is no name."""


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
    return lowered(text)
