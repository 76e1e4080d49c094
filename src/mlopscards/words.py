"""What the tool knows of English: tables of words, and what they say of a term or a text.

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


ORDINARY = _table("ordinary")


def is_common(word: str, *, alone: bool = True) -> bool:
    """Say whether *word* is a common word that only the opening of a line gave its capital.

    *Alone* it may be the name of a product, where before other words it is not: `Beam`, `Beam search`.
    """
    if not re.fullmatch(r"[A-Z][a-z]+(?:-[a-z]+)*", word):
        return False
    low = word.lower().partition("-")[0]
    singular = low[:-1] if low.endswith("s") else low
    if not alone and low in ORDINARY:
        return True
    tables = (COMMON, MEASURES, GENERIC, DANGLING, COUNTABLE, VERBS, NOUN_OR_VERB)
    return bool(COMMON_ENDING.search(low) or COMMON_ENDING.search(word)) or any(
        low in table or singular in table for table in tables
    )


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
    if titles and re.search(r"[A-Z]\w* & [A-Z]", term):
        return False  # the name of one firm or product
    if titles and re.match(r"\w+ing\s+\w+\s+\w+", term):
        return False  # a gerund with its object: `comparing networks with humans`
    if titles and len(term.split()) >= 4 and sum(word[:1].isupper() for word in term.split()) * 2 > len(term.split()):
        return False  # a title
    return bool(head.split()) and _plural_word(head.split()[-1])


def _plural_word(word: str) -> bool:
    if re.search(r"[a-z][A-Z]|\w[_.]\w", word):
        return False  # an identifier
    low = word.lower().strip(".,;:!?*\"'”’)")
    if low in PLURAL or re.fullmatch(r"[A-Z]{2,}s", word.strip(".,;:!?*\"'”’)")):
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
    if len(have) > 1 and have[0] in SAYING and have[1] in ("that", "which"):
        return True
    if not have or have[0] not in THIRD_PERSON or (len(have) > 1 and have[1] in AFTER_NOUN and have[0] != "consists"):
        return False
    if have[0] not in NOUNS_TOO:
        return True
    if len(have) > 2 and have[1] in ("and", "or"):
        return have[2] in ONLY_VERBS or (have[2] in THIRD_PERSON and begins_with_verb(" ".join(have[2:])))
    after = have[1] if len(have) > 1 else "of"
    return after in OBJECTS or not (after in NOT_OBJECTS or after.endswith("ed"))


SAYING = _table("saying")
"""Verbs that `that` or `which` follows."""


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
NO_AGENT = _table("no_agent")
"""Words with such an ending that are none."""
UNCOUNTED = re.compile(r"(?:ing|ness|ity|ism|ance|ence|cy)$")
"""Endings of nouns that hardly ever take `a`: privacy, consistency."""
DETERMINERS = _table("determiners")
MODALS = _table("modals")
JOINING = DANGLING | DETERMINERS | {"how", "what", "why"}
"""Words behind which a term goes on with another noun."""
BE = _table("be")
"""Forms of `be`, `have` and `do`."""
ENDS_NOUN = DANGLING | THIRD_PERSON | {"which", "who"}
"""Words before which the noun of a phrase has ended."""


def article(term: str, body: str = "") -> str:
    """The article that *term* wants in a question, with its blank, or nothing.

    Silent where nothing tells that one can count it: names, plurals, and nouns such as `privacy`.
    """
    have = words(term)
    if not have or is_plural(term) or have[0] in DETERMINERS:
        return ""
    if have[0] in ("right", "ability") and have[1:2] == ["to"]:
        return "the "
    if any(word in JOINING for word in have):
        return ""  # `sizing a system`, `choice of models`
    if re.match(r"[A-Z][A-Z\d]{1,4} (?=[a-z ]+$)", term) and have[-1] in COUNTABLE:
        return "the " if have[-1] in ("score", "norm", "curve") else indefinite(term)
    if re.search(r"(?<!^)[A-Z_().\d/]", term):
        return ""
    if have[-1] in COUNTABLE or (len(have) > 1 and have[-1] not in NO_AGENT and AGENT.search(have[-1])):
        return indefinite(term)
    lower = not term[:1].isupper() or is_common(term.split(maxsplit=1)[0], alone=len(have) == 1)
    return indefinite(term) if lower and not UNCOUNTED.search(have[-1]) and _is_one_of(body) else ""


def _is_one_of(body: str) -> bool:
    """Say whether *body* names the kind of thing that a term is one of: `a server that …`, but not `a person may …`."""
    have = words(body)
    if have[:1] not in (["a"], ["an"]) or ABSTRACT.match(body.lower()):
        return False
    ends = next((at for at, word in enumerate(have[2:], 2) if word in ENDS_NOUN), len(have))
    return ends == len(have) or (have[ends] not in MODALS | BE | THIRD_PERSON)


def indefinite(term: str) -> str:
    """`a ` or `an `, as the beginning of *term* is spoken."""
    spelled = re.match(r"[A-Z](?:[A-Z\d]|$|-)", term) and not re.match(r"[B-DF-HJ-NP-TV-Z][AEIOU][A-Z]", term)
    if spelled:  # an SLO, but a REST API
        return "an " if term[0] in "AEFHILMNORSX" else "a "
    return "an " if re.match(r"(?!uni(?!m|n)|use|usa|one|once|eu)[aeiou]", term.lower()) else "a "


def is_generic(head: str) -> bool:
    """Say whether a head tells nothing about the subject of what stands below it."""
    have = words(re.sub(r"[^\w\s-]", " ", head))
    return not have or all(word in GENERIC or word in DANGLING for word in have)
