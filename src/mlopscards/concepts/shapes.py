"""What an item is, by its shape: a question, an aside, running text, a line that defines its head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from mlopscards.concepts.comparisons import VERSUS
from mlopscards.concepts.explicit import bold_question, clozed, opens_question, two_sided
from mlopscards.concepts.facets import facet_of
from mlopscards.concepts.facts import Asked, Cloze, Facet, Fact, Members, Scope, Steps
from mlopscards.layout import Item
from mlopscards.patterns import FINITE, QUESTION_MARKS, is_reference, lead_of, split_term
from mlopscards.syntax import BlockKind
from mlopscards.text import Text, text_of
from mlopscards.words import (
    BE,
    MODALS,
    ONLY_VERBS,
    PRONOUNS,
    begins_with_imperative,
    begins_with_verb,
    is_plural,
    words,
)

LONG = 30
"""Words from which an unmarked line under a heading is running text."""


NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}


SYMBOLS = re.compile(r"(?:where|with|here|in which)\s*,?\s*(?=\$|the\b|\w\s+(?:is|=))|(?:where|here)\b", re.IGNORECASE)
"""How the explanation of a formula's symbols opens."""


THERE_ARE = re.compile(
    r"(?:there\s+(?:are|is)|(?:we|you|one)\s+(?:can\s+)?(?:have|distinguish|use|know|consider|see|get|need)|consider"
    r"|these are)\s+(?:also\s+)?(?:the\s+)?(?:following\s+)?(?:(?:\d+|two|three|four|five|six"
    r"|seven|several|many|some|various|main)\s+)*",
    re.I,
)


PRODUCT_FOR = re.compile(r"(?P<term>[A-Z]\S*(?:\s+[A-Z]\S*)*)\s+[Ff]or\s+(?P<purpose>\w+ing\b.*|\S+\s+\S.*)$")


SUCH_AS = re.compile(
    r"(?P<group>[\w-]+\s+[\w-]+s)\s*,?\s*(?:like|such as|e\.g\.?|for example|including)$", re.IGNORECASE
)
"""A sentence that ends in the name of a group and opens its list: `… with logging tools, like:`."""


HAS = re.compile(
    r"(?P<subject>.+?)\s+(?P<verb>has|have|includes?|contains?|uses?|offers?|provides?|supports?"
    r"|needs?|requires?|involves?)\s+(?P<choice>(?:any\s+)?one\s+of\s+)?(?:the\s+)?(?:following\s+)?"
    r"(?:(?:\d+|two|three|four|five|six|seven|several|many|some|main"
    r"|key)\s+)*(?P<what>[\w -]{3,50})$",
    re.I,
)
"""A head that says of its subject what it has: `A serving setup needs three parts`."""


TO_DO = re.compile(r"^(?P<term>[A-Z]\S*(?:\s+\S+){0,4}?)\s+to\s+(?P<purpose>[a-z]+\s.+)$")


def parts_told(head: Text) -> re.Match[str] | None:
    """Read a head that says which parts its subject has, several of them."""
    found = HAS.match(head.plain)
    return found if found and is_plural(found["what"], titles=False) else None


def number_of(text: str) -> int | None:
    """A number that stands in digits."""
    return int(text) if text.isdigit() else None


def without_lead(text: Text) -> Text:
    """Take the mark of a lead-in off the end of a head."""
    found = lead_of(text)
    return (text[: found.start()] if found else text).strip(" :")


def with_subject(lead: Text, scope: Scope) -> Text:
    """A lead-in that begins with a pronoun, with the subject that it means: `It includes:`."""
    found = re.match(r"(?:it|they|this)\s+(?=\w)", lead.mask, re.IGNORECASE)
    if found and scope.subject and len(lead.plain.split()) <= 6:
        rest = lead[found.end() :]
        be = re.match(r"(?:is|are)\s+", rest.mask)
        if be and facet_of(rest.plain[be.end() :]):
            return rest[be.end() :]
        lead = scope.subject + text_of(" ") + rest
    ended = re.search(r"\s+(?:are|is)$", lead.mask)
    return lead[: ended.start()] if ended else lead


EXPLAINED = re.compile(
    r"\s*[:–—-]\s*(?:what it is|what is it|definition|overview|introduction|basics|explained|summary)$", re.IGNORECASE
)


def bare_name(head: Text) -> Text:
    """A head without what only qualifies it: `Options, from cheap to expensive`."""
    if explained := EXPLAINED.search(head.mask):
        head = head[: explained.start()]
    found = re.search(r",\s|\s[(–—-]\s?|\s\((?![^)]*[A-Z]{2})", head.mask)
    return head[: found.start()] if found and len(head.plain.split(",")) == 2 else head


def bare_body(text: Text) -> Text:
    """Take the copula off a definition whose subject is its head: `means that …`."""
    found = re.match(
        r"(?:means?(?: that)?|is when|is where|is|are|refers to|idea is to|the idea is to)\s+", text.mask, re.IGNORECASE
    )
    body = text[found.end() :] if found else text
    if body.mask.startswith("(") and body.mask.endswith(")"):
        body = body.strip("()")
    return body


def has_answer(children: Sequence[Item]) -> bool:
    """Say whether anything but headings stands below a question."""
    return any(not child.is_heading and child.kind is not BlockKind.RULE for child in children)


def answer_end(items: Sequence[Item]) -> int:
    """Where the answer to a heading ends: before what is a card by itself, or opens a table or list of its own."""
    for at, item in enumerate(items[1:], 1):
        opens = bool(item.children) and bool(lead_of(item.text))
        if (
            opens
            or item.kind is BlockKind.TABLE
            or bold_question(item)
            or clozed(item)
            or two_sided(item)
            or opens_question(item)
        ):
            return at
    return len(items)


BETWEEN = re.compile(r"(?:the\s+)?differences?\s+between\s+\S", re.IGNORECASE)
INTERROGATIVE = re.compile(
    r"(?:why|how|what|when|which|where|who)\s+(?:is|are|do|does|did|can|could|should|would|will|to"
    r"|many|much|\w+s?\s+(?:is|are|do|does))\b",
    re.I,
)


STATED = re.compile(r"(?P<asks>why|how|when|where)\s+(?P<subject>\w+s?)\s+(?P<be>is|are)\s+(?=\S)[^?,.]{3,60}$", re.I)


def question_of(text: Text) -> Text:
    """A head that asks: it ends in a question mark, or it is a question without one."""
    plain = text.plain.strip(" :")
    if plain.endswith(QUESTION_MARKS):
        return text.without("strong").strip()
    if BETWEEN.match(plain):
        bare = text.without("strong").strip(" :")
        article = re.match(r"the\s+", bare.mask, re.IGNORECASE)
        be = "are" if re.match(r"(?:the\s+)?differences", plain, re.IGNORECASE) else "is"
        lowered = bare[article.end() :] if article else bare
        return text_of(f"What {be} the d") + lowered[1:] + text_of("?")
    if stated := STATED.match(plain):
        # `How networks are fooled` is put in the order of a question.
        bare = text.without("strong").strip(" :")
        subject, be = bare[stated.start("subject") : stated.end("subject")], stated["be"]
        return text_of(f"{stated['asks']} {be} ") + subject + bare[stated.end("be") :] + text_of("?")
    asks = (INTERROGATIVE.match(plain) or _asks_for_subject(plain)) and len(plain.split()) <= 14 and not facet_of(plain)
    return text.without("strong").strip(" :") + text_of("?") if asks else Text()


def _asks_for_subject(plain: str) -> bool:
    """Say whether a head asks who or what does something: `What holds for images`."""
    have = words(plain)
    return len(have) > 2 and have[0] in ("what", "who") and have[1] in ONLY_VERBS


def is_aside(item: Item) -> bool:
    """Say whether a line stands in brackets as a whole."""
    return item.text.plain.startswith("(") and item.text.plain.rstrip().endswith(")")


def is_running(item: Item) -> bool:
    """Say whether a line reads as running text."""
    plain = item.text.plain
    return len(plain.split()) > LONG or len(re.findall(r"[a-z)][.!?]\s+[A-Z]", plain)) >= 1


def can_define(first: Item, head: Item, children: Sequence[Item]) -> bool:
    """Say whether the first line below a head is its definition.

    Below a real heading running text is prose unless its subject is the heading or it is all that stands there;
    below a handout's head the first line is what is said of it.
    """
    have = words(first.text.plain)
    if not have or have[0] in PRONOUNS or have[0] in ("in", "for", "when", "if", "as", "while", "let's", "see"):
        return have[:1] == ["when"]
    if not head.is_heading:
        return True
    short = len(have) <= LONG and not is_running(first)
    alone = len([child for child in children if child.kind is BlockKind.PARAGRAPH and not child.is_heading]) == 1
    plain = first.text.plain
    fragment = plain[:1].islower() or begins_with_verb(plain) or begins_with_imperative(plain)
    return short and (fragment or alone or _has_no_verb(plain) or is_nominal(first.text))


def is_nominal(text: Text) -> bool:
    """Say whether *text* names something and says nothing of it: `The time within which requests are answered.`

    Each clause that it opens may have a verb; one verb more is that of a sentence.
    """
    have = words(text.mask.rstrip(" ."))
    if not NARROWING & set(have[1:6]) or have[0] not in OPENS_NOMINAL:
        return False
    clauses = 0
    for at, word in enumerate(have):
        if word in SUBORDINATE:
            clauses += 1
        elif _is_finite(have, at):
            clauses -= 1
        if clauses < 0:
            return False
    return True


def _is_finite(have: Sequence[str], at: int) -> bool:
    """Say whether the word at *at* is a verb with a subject of its own."""
    word, before = have[at], have[at - 1] if at else ""
    if before in MODALS or before in ("to", "and", "or"):
        return False
    return word in MODALS or word in BE or word in ONLY_VERBS or (at > 0 and begins_with_verb(" ".join(have[at:])))


OPENS_NOMINAL = frozenset({"a", "an", "the", "any", "one"})
NARROWING = frozenset(
    {"of", "that", "which", "who", "whose", "where", "when", "in", "for", "to", "from", "between", "by"}
)
"""What tells, behind the kind of thing, which one it is."""
SUBORDINATE = frozenset(
    {"that", "which", "who", "whose", "whom", "where", "when", "if", "what", "how", "as", "because"}
)


def _has_no_verb(plain: str) -> bool:
    """Say whether a line has no verb of its own, so that it only tells what its head is: `People to ask for labels`."""
    # Behind `to` verbs are in the base form, and say what something is for.
    have = [*takewhile(lambda word: word != "to", words(plain.rstrip(" .")))]
    return not FINITE.search(plain) and not any(_is_finite(have, at) for at in range(1, len(have)))


def opens_with_term(text: Text) -> bool:
    """Say whether running text is what a short term, or a bold one, opens."""
    split = split_term(text)
    if split is not None and VERSUS.search(split.term.mask):
        return True
    return split is not None and (
        bool(text.bold_end) or (len(split.term.plain.split()) <= 4 and split.term.plain[:4] != "The ")
    )


def is_sentence(head: Text) -> bool:
    """Say whether a head says something, and so names no subject: `The services differ as follows`."""
    have = words(head.plain)
    return len(have) >= 4 and not begins_with_imperative(head.plain) and any(word in ONLY_VERBS for word in have[1:])


def can_complete(item: Item, scope: Scope) -> bool:
    """Say whether a statement is long and clear enough to be asked by its end."""
    have = words(item.text.plain)
    if not item.marker and item.text.plain[:1].isupper() and item.text.plain.rstrip().endswith((".", "!")):
        return False
    return 6 <= len(have) <= LONG and have[0] not in PRONOUNS and not item.text.plain.rstrip().endswith(QUESTION_MARKS)


def paragraphs_below(item: Item) -> tuple[Item, ...]:
    """The further paragraphs of a list item, which belong to what it defines."""
    if not item.marker:
        return ()
    end = 0
    for child in item.children:
        text = child.text
        if child.marker or child.kind is not BlockKind.PARAGRAPH or child.children or child.gap != 1:
            break
        if is_reference(text) or split_term(text) or is_aside(child) or not text.plain.rstrip().endswith((".", "!")):
            break
        end += 1
    return item.children[:end]


def is_only_line(item: Item) -> bool:
    """Say whether under a bare head stands one line, which then says what the head is."""
    if item.is_heading or len(item.children) != 1:
        return False
    only = item.children[0]
    says = only.kind is BlockKind.PARAGRAPH and not only.children and not is_reference(only.text)
    return says and not split_term(only.text) and not clozed(only) and not two_sided(only) and not lead_of(item.text)


SHOWN = frozenset({BlockKind.CODE, BlockKind.TABLE, BlockKind.QUOTE})
"""What is shown as it is, and belongs to the line above it."""


def shown_below(item: Item) -> tuple[Item, ...]:
    """The code, tables and quotes under a line of a list; the card of a term has those below it itself."""
    if split_term(without_lead(item.text)):
        return ()
    return tuple(child for child in item.children if child.kind in SHOWN)


def extra_of(item: Item, fact: Fact) -> tuple[Item, ...]:
    """Examples and code that stand under a line, for the back of its card."""
    if isinstance(fact, Asked | Members | Steps | Facet):
        return ()
    if isinstance(fact, Cloze):
        return item.children
    return tuple(
        child for child in item.children if child.kind in (BlockKind.CODE, BlockKind.QUOTE) or is_example(child)
    )


EXAMPLE_LINE = re.compile(r"(?:for example|examples?|e\.g\.|ex\.?)\s*[:,–—-]?\s", re.IGNORECASE)


def is_example(item: Item) -> bool:
    """Say whether a line illustrates what stands above it."""
    return bool(EXAMPLE_LINE.match(item.text.mask))
