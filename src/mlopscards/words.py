"""What the tool knows of English: tables of words, and how a question is put.

Only as much as the forms of notes need: whether a term is plural, whether a text begins with a verb, which words
cannot end a thought. Everything is looked up; unknown words take the safe way (`What is …?`).
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

_TABLES = tomllib.loads((files("mlopscards") / "english.toml").read_text("utf-8"))


def _table(name: str) -> frozenset[str]:
    return frozenset(_TABLES[name].split())


DANGLING = _table("dangling")
"""A line that ends in one of these goes on in the next."""

NO_TERM = _table("no_term")
"""No term begins with one of these."""

PRONOUNS = _table("pronouns")
"""A statement that begins with one of these does not stand by itself."""

NOT_PLURAL = _table("not_plural")
PLURAL = _table("plural")

VERBS = _table("verbs")

OBJECTIVES = _table("objectives")
"""Verbs that open a learning objective."""

COUNTABLE = _table("countable")
"""Last words of a term that take `a` before them."""

GENERIC = _table("generic")
"""Heads that say nothing about the subject; what stands under them belongs to the head above."""

MEASURES = _table("measures")
"""Heads that count something of their subject: `types of drift`."""

COMMON = _table("common")
COMMON_ENDING = re.compile(
    r"(?:ing|tion|sion|ment|ness|ity|ance|ence|ism|ed|al|ive|ic|ous|able|ible|ure|age|ship|ology"
    r"|ful|less|ary|ory|ial|ent|ant|ward|wise|ware|work|load|ization|isation)s?$"
)


def is_common(word: str) -> bool:
    """Say whether *word* is a common word that only the opening of a line gave its capital."""
    low = word.lower()
    if not re.fullmatch(r"[A-Z][a-z]+(?:-[a-z]+)*", word):
        return False
    singular = low[:-1] if low.endswith("s") else low
    tables = (COMMON, MEASURES, GENERIC, DANGLING, COUNTABLE, VERBS, NOUN_OR_VERB)
    return bool(COMMON_ENDING.search(low)) or any(low in table or singular in table for table in tables)


def words(text: str) -> list[str]:
    """Split into words, lower case."""
    return re.findall(r"[^\W_][\w'’.+-]*", text.lower())


def first_word(text: str) -> str:
    """The first word, lower case; nothing where there is none."""
    return next(iter(words(text)), "")


SINGULAR_ENDINGS = ("ss", "us", "is", "ics", "'s", "’s", "ness", "ous", "sis")


def is_plural(term: str, *, titles: bool = True) -> bool:
    """Say whether *term* takes `are`: its last noun, before any `of`, `in` or `for`, is plural.

    With *titles*, a term of four and more words with capitals is the title of one work.
    """
    head = re.split(
        r"\s(?:of|in|for|with|to|by|on|at|from|per|vs|that|which|using|under|between)\s|[(,:/]", term.strip()
    )[0]
    if titles and re.match(r"\w+ing\s+\w+\s+\w+", term):
        return False  # a gerund with its object: `comparing networks with humans`
    if titles and len(term.split()) >= 4 and sum(word[:1].isupper() for word in term.split()) * 2 > len(term.split()):
        return False  # a title
    return bool(head.split()) and _plural_word(head.split()[-1])


def _plural_word(word: str) -> bool:
    if re.search(r"[a-z][A-Z]|\w[_.]\w", word):
        return False  # an identifier
    low = word.lower().strip(".,;:!?*\"'”’)")
    if low in PLURAL:
        return True
    if not low.endswith("s") or len(low) < 3 or low in NOT_PLURAL or low.endswith(SINGULAR_ENDINGS):
        return False
    # An acronym is plural by its small s alone: GPUs, but not AWS.
    return word[-1] == "s" if word[:-1].isupper() else not word.isupper()


def third_person(verb: str) -> str:
    """Write the base form *verb* with its `s`."""
    if verb in ("have", "do", "go", "be"):
        return {"have": "has", "do": "does", "go": "goes", "be": "is"}[verb]
    if re.search(r"(?:s|x|z|ch|sh|o)$", verb):
        return verb + "es"
    return re.sub(r"([^aeiou])y$", r"\1ie", verb) + "s"


BASE_OF = {third_person(verb): verb for verb in VERBS}
"""The base form of each third person."""
THIRD_PERSON = frozenset(BASE_OF)
NOUNS_TOO = _table("nouns_too")
"""Third persons that are plural nouns as well: a verb only where an object follows."""
OBJECT_STARTS = _table("object_starts")


AFTER_NOUN = _table("after_noun")
"""After one of these a word in the third person was a plural noun: `changes of the schema`."""


def begins_with_verb(text: str) -> bool:
    """Say whether *text* says what something does: `selects good features`."""
    have = words(text)
    if have and have[0].endswith("ly") and len(have) > 1:
        have = have[1:]
    if not have or have[0] not in THIRD_PERSON or (len(have) > 1 and have[1] in AFTER_NOUN and have[0] != "consists"):
        return False
    if have[0] not in NOUNS_TOO:
        return True
    after = have[1] if len(have) > 1 else "of"
    return after in OBJECTS or not (after in NOT_OBJECTS or after.endswith("ed"))


NO_OBJECT = _table("no_object")
"""After one of these a word was a noun, though it could be a verb: `change in data types`."""


NOUN_OR_VERB = _table("noun_or_verb")
"""Verbs in the base form that are as often nouns."""


ONLY_VERBS = (VERBS - NOUN_OR_VERB) | (THIRD_PERSON - NOUNS_TOO)
"""Words that are verbs wherever they stand."""


OBJECTS = OBJECT_STARTS - {"to"}
"""What follows a word such as `changes` where it is the verb."""


NOT_OBJECTS = NO_OBJECT | DANGLING | VERBS
"""What follows it where it is the noun."""


IMPERATIVE_OBJECTS = (OBJECT_STARTS | _table("after_verb")) - {"that", "which", "what", "one", "two"}
"""What follows a word such as `label` where it is a command."""


def begins_with_imperative(text: str) -> bool:
    """Say whether *text* tells what to do: `label points that are near the boundary`."""
    have = words(text)
    if have[:1] == ["just"]:
        have = have[1:]
    if not have or have[0] not in VERBS or (len(have) > 1 and have[1] in NO_OBJECT):
        return False
    return have[0] not in NOUN_OR_VERB or (len(have) > 1 and have[1] in IMPERATIVE_OBJECTS)


ABSTRACT = re.compile(rf"^(?:an?|the)\s+(?:\w+\s+){{0,2}}?(?:{'|'.join(sorted(_table('abstract')))})\b")
"""How the text of a term opens that takes no article: `a technique that …`."""


AGENT = re.compile(r"[^aeiou](?:er|or|izer|iser)$")
"""Endings of a thing that does something: extractor, scheduler."""


def article(term: str, body: str) -> str:
    """The article that *term* wants in a question, with its blank, or nothing."""
    have = words(term)
    acronym = re.match(r"[A-Z]{2,5} (?=[a-z ]+$)", term)
    if acronym and have[-1] in COUNTABLE and not is_plural(term):
        return "an " if term[0] in "AEFHILMNORSX" else "a "  # as the letter is spoken
    if not have or is_plural(term) or re.search(r"(?<!^)[A-Z_().\d]", term) or have[0] in ("a", "an", "the"):
        return ""
    agent = (
        len(have) > 1
        and have[-1] not in ("error", "major", "minor", "color", "power", "order", "number")
        and AGENT.search(have[-1])
    )
    lower = not term[:1].isupper() or is_common(term.split(maxsplit=1)[0])
    one_of = lower and bool(re.match(r"an?\s", body.lower())) and not have[-1].endswith("ing")
    if not (have[-1] in COUNTABLE or agent or one_of) or ABSTRACT.match(body.lower()):
        return ""
    return "an " if re.match(r"(?!uni|use|one|eu)[aeiou]", have[0]) else "a "


def is_generic(head: str) -> bool:
    """Say whether a head tells nothing about the subject of what stands below it."""
    have = words(re.sub(r"[^\w\s-]", " ", head))
    return not have or all(word in GENERIC or word in DANGLING for word in have)
