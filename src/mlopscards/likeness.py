"""Texts to their words, and two such texts to how one became the other, if it did. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from rapidfuzz.distance import OSA, Prefix

# --- The words of a text ----------------------------------------------------------------------------------------------

DELETION = re.compile(
    r"\{\{c(?P<number>\d+)::(?P<text>(?:(?!\{\{c\d|\}\}|::).)*)(?:::(?P<hint>(?:(?!\{\{c\d|\}\}).)*))?\}\}", re.DOTALL
)
LEADING_NUMBER = re.compile(r"^\s*(?:[-*+•>]\s+)*\(?\d+[.)]\s+", re.MULTILINE)
MARKUP = re.compile(r"==|['’`]|</?(?:b|br|code|del|em|i|kbd|mark|p|s|span|strong|sub|sup|u)\b[^<>]*>")
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
WORD = re.compile(
    r"""
    [\u3040-\u30ff\u3400-\u9fff]           # scripts without spaces: each sign by itself
    | [^\W_\u3040-\u30ff\u3400-\u9fff]     # a word, with underscores inside but not around it
      (?: [^\W\u3040-\u30ff\u3400-\u9fff]* [^\W_\u3040-\u30ff\u3400-\u9fff] )?
    | [^\w\s.,:;!?"“”„«»()\[\]{}*#~|…·•‐-—-]   # a sign that means something, such as + or ∑; a hyphen does not
    """,
    re.VERBOSE,
)
GLUE = frozenset(
    re.split(
        " ",
        "a also an and are as at be because but by can did do does each every for from has have hence if in is it"
        " its of on or since so soon such that the then these this those thus to was were whereas while"
        " what which with define defined definition describe explain",
    )
)
"""Words that a rewording swaps freely; not *how*, *when*, *why* or *not*, which make another question."""

Words = tuple[str, ...]


def words_of(text: str) -> Words:
    """Reduce *text* to what is identity: no case, markup, punctuation, white space or leading numbers."""
    plain = LINK.sub(r"\1", MARKUP.sub("", DELETION.sub(r"\g<text>", text)))
    lower = unicodedata.normalize("NFKC", LEADING_NUMBER.sub("", plain)).casefold()
    words = tuple(WORD.findall(lower)) or tuple(text.split())
    return tuple(map(_article_or_letter, words, (*words[1:], ""))) if "a" in words else words


def _article_or_letter(word: str, following: str) -> str:
    """Tell *vitamin A* and *from A to B* from *a feature*, whatever the case."""
    return "a." if word == "a" and (not following or following in GLUE) else word


def content_of(words: Iterable[str]) -> list[str]:
    """Leave the words that say something."""
    return [word for word in words if word not in GLUE]


ENOUGH = 4
"""So many words that say something are hardly the same by chance."""
SEVERAL, LONG = 5, 6
"""What so many cards of a file end with, in so many words that say something, is not what one of them tells."""


def own_words(files: Iterable[Sequence[str]]) -> dict[str, Words]:
    """Give the words of each text without those that several of its file end with, such as the name of a source."""
    words: dict[str, Words] = {}
    ends: dict[Words, int] = {}
    for texts in files:
        words |= {text: words_of(text) for text in texts if text not in words}
        _find_common_ends([words[text][::-1] for text in texts], ends)
    return {text: said[: len(said) - ends.get(said[::-1], 0)] for text, said in words.items()}


def _find_common_ends(backwards: Iterable[Words], ends: dict[Words, int]) -> None:
    """Note how many words several begin with, and not all of one; what begins alike lies together when sorted."""
    # Less of each than several, so that several in a row are never all the same.
    rows = sorted(row for row, count in Counter(backwards).items() for _ in range(min(count, SEVERAL - 1)))
    for at, (row, other) in enumerate(zip(rows, rows[SEVERAL - 1 :], strict=False)):
        end = Prefix.similarity(row, other)
        if len(content_of(row[:end])) >= LONG:
            ends |= {one: end for one in rows[at : at + SEVERAL] if ends.get(one, 0) < end < len(one)}


PUNCTUATION = '.,:;!?"“”„«»()[]{}*_~|…·•‐‑‒–—'
UNSEEN = str.maketrans(PUNCTUATION, " " * len(PUNCTUATION), "'‘’`")
"""What `folded` does not see; + - = < > / and # stay, since C, C++ and C# are three things."""


def folded(text: str) -> str:
    """Reduce *text* nearly as `words_of` does, but cheaply: first guids hang on it, and each new card asks for one."""
    # Most texts have no markup, and looking for its sign costs less than looking for all of it.
    plain = text
    if "{{c" in plain and "}}" in plain:
        plain = DELETION.sub(r"\g<text>", plain)
    if "<" in plain or "==" in plain:
        plain = MARKUP.sub("", plain)
    if "](" in plain:
        plain = LINK.sub(r"\1", plain)
    plain = LEADING_NUMBER.sub("", plain).replace("!=", "≠")
    return " ".join(plain.casefold().translate(UNSEEN).split()) or text


# --- How alike two texts are ------------------------------------------------------------------------------------------


class Change(StrEnum):
    """What an edit did to one side of a card."""

    SAME = "same"
    """Nothing but typos and glue."""
    GROWN = "grown"
    """Words were only added, or only removed."""
    REWORDED = "reworded"
    """Also where the same words stand in another order."""
    SWAPPED = "swapped"
    """One thing stands where another stood, all else as before: how siblings differ."""
    OTHER = "other"
    """Hardly anything in common."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How one text became another, if it did."""

    change: Change
    share: float
    """The weight of the words in common, of all words; 0 to 1."""
    kept: int
    """How many words in common say something."""
    lost: Words = ()
    """The words that say something and were removed."""
    gained: Words = ()
    """Those that were added."""


Weigh = Callable[[str], float]


def liken(old: Words, new: Words, weigh: Weigh) -> Likeness:
    """Compare two texts word by word; rare words weigh more, since it is they that tell siblings apart."""
    if old == new:
        return Likeness(Change.SAME, 1.0, len(content_of(new)))
    common, removed, added = _overlap(old, new)
    shared = sum(map(weigh, common))
    share = shared / ((shared + sum(map(weigh, removed)) + sum(map(weigh, added))) or 1.0)
    lost, gained = content_of(removed), content_of(added)
    change = _change(old, new, lost, gained, share)
    return Likeness(change, share, len(content_of(common)), tuple(lost), tuple(gained))


def _overlap(old: Words, new: Words) -> tuple[list[str], list[str], list[str]]:
    """Give what *old* and *new* have in common, what was removed and what was added; typos are forgiven."""
    left = Counter(old)
    common: list[str] = []
    added: list[str] = []
    for word in new:
        (common if left[word] > 0 else added).append(word)
        left[word] -= 1
    removed = [word for word, count in left.items() for _ in range(count)]
    for word in tuple(removed):
        twin = next((other for other in added if _is_typo(word, other)), None)
        if twin is not None:
            removed.remove(word)
            added.remove(twin)
            common.append(word)
    return common, removed, added


def _is_typo(word: str, other: str) -> bool:
    """Tell one slip of the keys, or another form, from another word; *encoder* and *decoder* are not a slip."""
    if word[0] != other[0] or len(word) + len(other) < 9 or not (word.isalpha() and other.isalpha()):
        return False
    if _is_inflection(word, other):
        return True
    return OSA.distance(word, other, score_cutoff=1) <= 1


def is_slip(likeness: Likeness) -> bool:
    """Tell whether a single word differs, and in one letter at most; *used* and *usd*, but *BERT* and *BART* too."""
    if not len(likeness.lost) == len(likeness.gained) == 1:
        return False
    word, other = *likeness.lost, *likeness.gained
    return min(len(word), len(other)) >= 3 and word.isalpha() and OSA.distance(word, other, score_cutoff=1) <= 1


ENDINGS = frozenset({"", "d", "e", "ed", "es", "ing", "s"})


def _is_inflection(word: str, other: str) -> bool:
    """Tell *represents* from *representing*: one stem with two endings of English verbs and nouns."""
    stem = Prefix.similarity(word, other)
    return stem >= 4 and word[stem:] in ENDINGS and other[stem:] in ENDINGS


def _change(old: Words, new: Words, removed: list[str], added: list[str], share: float) -> Change:
    if not removed and not added:
        # *From A to B* has the words of *from B to A*.
        return Change.SAME if _in_order(content_of(old), content_of(new)) else Change.REWORDED
    if not removed or not added:
        if not content_of(old) or not content_of(new):
            return Change.OTHER
        return Change.GROWN if _is_part(*sorted((content_of(old), content_of(new)), key=len)) else Change.REWORDED
    if share < 0.25:
        return Change.OTHER
    return Change.SWAPPED if _is_swap(content_of(old), content_of(new), removed, added) else Change.REWORDED


def _in_order(old: list[str], new: list[str]) -> bool:
    return len(old) == len(new) and all(a == b or _is_typo(a, b) for a, b in zip(old, new, strict=True))


def _is_part(few: list[str], many: list[str]) -> bool:
    """Tell whether the *few* stand in their order among the *many*."""
    rest = iter(many)
    return all(any(word == other or _is_typo(word, other) for other in rest) for word in few)


def _is_swap(old: list[str], new: list[str], removed: list[str], added: list[str]) -> bool:
    """Tell whether one block of words, or one word wherever it stood, gave way to another."""
    if len(set(removed)) == len(set(added)) == 1:
        return True
    forwards = [a == b or _is_typo(a, b) for a, b in zip(old, new, strict=False)]
    backwards = [a == b or _is_typo(a, b) for a, b in zip(reversed(old), reversed(new), strict=False)]
    head, tail = (sum(takewhile(bool, flags)) for flags in (forwards, backwards))
    return head + tail + max(len(removed), len(added)) >= max(len(old), len(new))
