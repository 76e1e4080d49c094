"""What makes a card hard to learn, by the rules of those who made thousands of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from mlopscards.check.alike import QUIET
from mlopscards.check.catalogue import found, question_of, quoted
from mlopscards.check.seen import Seen
from mlopscards.clozes import deletions_of
from mlopscards.likeness import DELETION, words_of
from mlopscards.model import Card, Field, NoteType, Problem

MOST_WORDS = 50
"""Some twenty seconds of speech at the usual 150 words a minute; Wozniak and Matuschak give no number."""
SIGNS_A_WORD = 2
"""Signs of Chinese and Japanese that say as much as an English word."""
MOST_MEMBERS = 7
"""Miller's number (1956), and the upper end of what can be held at once; Wozniak asks for less."""
REASON = 6
"""Words behind a yes or no from which they tell a reason, so that there is something to recall."""


# --- length ------------------------------------------------------------------------------------------------------

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$[^$]+\$\$|\$[^$]+\$")
SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
MEMBER = re.compile(r"^(?:-|\d+\.) ", re.MULTILINE)
MARKER = re.compile(r"^\s*(?:-|\d+\.) ", re.MULTILINE)
ALTERNATIVE = re.compile(r"""<img\b[^>]*?\salt="([^"]+)""", re.IGNORECASE)
"""What is said of a picture to those who do not see it; it is no part of the answer."""


def length_of(text: str) -> int:
    """How long *text* is in words, whatever its script; code is not counted, and a formula is one word."""
    bare = FORMULA.sub(" x ", FENCED.sub("", text))
    signs = len(SIGN.findall(bare))
    return sum(any(map(str.isalnum, word)) for word in SIGN.sub(" ", bare).split()) + -(-signs // SIGNS_A_WORD)


def _without_pictures(side: Field) -> str:
    text = side.text
    for alternative in ALTERNATIVE.finditer(side.html) if "<img" in side.html else ():
        text = text.replace(" ".join(unescape(alternative[1]).split()), "", 1)
    return text


def long_answers(seen: Seen) -> Iterator[Problem]:
    """Answers of too many words, and lists of too many members."""
    for card in seen.cards:
        answer = _without_pictures(card.answer)
        members = len(MEMBER.findall(FENCED.sub("", answer)))
        if members > MOST_MEMBERS:
            message = f"list has {members} members, more than {MOST_MEMBERS}; group them, or ask for single ones"
            yield found("K302", card.source, f"{message}: {question_of(card)}")
        elif (length := length_of(MARKER.sub("", answer))) > MOST_WORDS:
            message = f"answer has {length} words, more than {MOST_WORDS}; split it, or keep what matters"
            yield found("K301", card.source, f"{message}: {question_of(card)}")


# --- yes or no ---------------------------------------------------------------------------------------------------

BINARY = re.compile(
    r"(?:is|are|was|were|does|do|did|can|could|should|must|may|might|will|would|has|have|had)(?:n['’]t)?\s"
    r"(?!you (?:name|explain|describe|list|give)\b)[^?.!]*\?$|.*吗\s*[?？]?$",
    re.IGNORECASE,
)
YES_NO = re.compile(r"(?:yes|no|true|false|correct|wrong|right|是的?|不是?|对|错)\b[\s.,;:!–—-]*", re.IGNORECASE)
CHOICE = re.compile(r"\bor\b|还是", re.IGNORECASE)


def yes_or_no(seen: Seen) -> Iterator[Problem]:
    """Questions of which half of all guesses are right, where the answer adds no reason."""
    for card in seen.cards:
        question = card.question.text.strip()[:LONGEST_QUESTION]
        if card.note_type is NoteType.BASIC and BINARY.match(question) and not CHOICE.search(question):
            rest = YES_NO.sub("", card.answer.text.strip(), count=1)
            if length_of(rest) < REASON:
                message = f"can be guessed; ask for the thing itself, or say why: {question_of(card)}"
                yield found("K303", card.source, message)


# --- given away --------------------------------------------------------------------------------------------------


def given_away(seen: Seen) -> Iterator[Problem]:
    """Questions that hold their whole answer, and gaps that are told beside them."""
    for card in seen.cards:
        if card.note_type is NoteType.CLOZE:
            yield from _told_beside(card)
        elif _holds(card.question.text, card.answer.text) and not CHOICE.search(card.question.text):
            message = f"question holds its answer {quoted(card.answer.text)}; take it out: {question_of(card)}"
            yield found("K304", card.source, message)


ARTICLES = frozenset({"a", "an", "the"})


def _holds(question: str, answer: str) -> bool:
    """Say whether the words of *answer* stand in *question* one behind the other."""
    if len(answer) > len(question) or not answer.strip() or "\n" in answer.strip():
        return False
    asked, told = words_of(question), words_of(answer)
    while told and told[0] in ARTICLES:
        told = told[1:]
    if set(told) <= QUIET or not any(map(str.isalpha, "".join(told))) or _is_sign(told):
        return False
    return any(asked[at : at + len(told)] == told for at in range(len(asked) - len(told) + 1))


def _is_sign(words: tuple[str, ...]) -> bool:
    """A letter alone names something: the `k` of *What is the k of k-means?*."""
    return len("".join(words)) < 3


def _told_beside(card: Card) -> Iterator[Problem]:
    shown = DELETION.sub(" … ", card.question.text)
    for hidden in deletions_of(card.question.text).values():
        if len(hidden) > 3 and _holds(shown, hidden):
            yield found("K304", card.source, f"sentence tells what its gap hides, {quoted(hidden)}; reword it")
            return


# --- standing by itself ------------------------------------------------------------------------------------------

SMALL = (
    r"(?:what|when|where|why|who|whom|whose|how|which|is|are|was|were|am|be|does|do|did|can|could|should|must|may|might"
    r"|will|would|has|have|had|not|so|then|and|but|also|else|often|usually|much|many|long|well|you|we|one|i|use|used"
    r"|need|needed|apply|applied|call|called|compute|computed|in|of|for|to|with|by|from|on|at|about|kind|sort|part|happens?|means?|works?|matters?|helps?)"
)
OPENS_WITH_PRONOUN = re.compile(
    rf"(?:{SMALL}\s+){{0,6}}(?P<word>it|its|they|them|their|he|she|his|her|this|these)\b(?P<rest>.*)", re.IGNORECASE
)
EXPLETIVE = re.compile(
    r"\s+(?:\w+\s+){0,4}?(?:to|that|if|when|whether|for|enough|take|takes|took|rain\w*|time)\b", re.IGNORECASE
)
"""*It* that stands for what follows: *Why is it hard to …?*, *How long does it take …?*."""
COURSE_WORD = re.compile(r"\s+(?:course|week|lecture)\b", re.IGNORECASE)
"""What the card itself shows."""
POINTS_AWAY = re.compile(
    r"""
      \b(?:the|as)\s+(?:above|below|aforementioned|previous|preceding|former|latter)\b
    | \b(?:mentioned|shown|described|listed|seen|discussed|given|defined)\s+(?:above|below|earlier|before|here)\b
    | \b(?:above|below)[\s-]+
        (?:mentioned|listed|figure|table|picture|diagram|example|list|section|formula|equation|code)\b
    | \b(?:in|from|of|on|by)\s+(?:this|the\s+following|the\s+next)\s+
        (?:section|paragraph|example|figure|table|picture|diagram|image|plot|code|formula|equation|list|slide)\b
    | \bthe\s+following\b(?!.*:)
    | \b(?:see|as)\s+(?:above|below)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
QUOTED = re.compile(r"`[^`]*`|[\"“][^\"”]*[\"”]|\$[^$]*\$")


def dangling_questions(seen: Seen) -> Iterator[Problem]:
    """Questions that point at something the card does not show; what stands below their first line, it does show."""
    for card in seen.cards:
        if (
            card.note_type is NoteType.BASIC
            and "\n" not in card.question.text
            and (word := _dangling_in(card.question.text))
        ):
            message = f"nobody knows in a review what {word!r} is; name it: {question_of(card)}"
            yield found("K305", card.source, message)


def _dangling_in(question: str) -> str:
    """The word in *question* that points at what stood above it in the notes; a noun before it is what it means."""
    plain = _opening(question)
    if away := POINTS_AWAY.search(plain):
        return away[0].strip(" (（")
    pronoun = OPENS_WITH_PRONOUN.match(plain)
    if not pronoun:
        return ""
    word, rest = pronoun["word"], pronoun["rest"]
    if (word.lower() == "it" and EXPLETIVE.match(rest)) or (word.lower() in ("this", "these") and _is_told(rest)):
        return ""
    return word


def _is_told(rest: str) -> bool:
    return bool(COURSE_WORD.match(rest)) or ":" in rest or "X" in rest.split()[:3]


# --- two in one --------------------------------------------------------------------------------------------------

ASKS = r"(?:what|why|how|when|where|who|which)"
SECOND = re.compile(
    rf"\b(?P<one>{ASKS})\b[^?]*?(?:,\s*|\s)(?:and|or)\s+(?:(?:to|from|in|for|by|with)\s+)?(?P<other>{ASKS})\s+(?:\w+\s+){{1,}}\w+",
    re.IGNORECASE,
)
ASKED_TWICE = re.compile(r"[?？]\s+\S.*[?？]", re.DOTALL)


def two_in_one(seen: Seen) -> Iterator[Problem]:
    """Questions that ask for two things; the two sides of one contrast, asked by the same word, are one."""
    for card in seen.cards:
        plain = _opening(card.question.text)
        second = SECOND.search(plain)
        differs = second is not None and second["one"].lower() != second["other"].lower()
        if card.kind == "question" and (differs or ASKED_TWICE.search(plain)):
            yield found("K306", card.source, f"asks for two things; make a card of each: {question_of(card)}")


LONGEST_QUESTION = 400
"""Characters of a question that are looked at; what is longer is no question."""


def _opening(question: str) -> str:
    """The question on one line, with an X for what is quoted."""
    return QUOTED.sub("X", " ".join(question[: 2 * LONGEST_QUESTION].split()))[:LONGEST_QUESTION]
