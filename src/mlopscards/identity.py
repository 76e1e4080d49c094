"""Cards and the lock to issued cards and the next lock: which card is which, whatever was edited. Pure.

Three parts: how alike two texts are, how the cards of the lock and of the notes find each other (a list of stages, the
strongest evidence first), and what is issued then. Two rules stand above all: a guid is minted once and kept for ever,
and a card that nothing clearly claims is new, since the history of another card is worse than none.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from heapq import nlargest, nsmallest
from itertools import takewhile
from math import log
from operator import attrgetter

from rapidfuzz.distance import OSA

from mlopscards.lockfile import Entry, Lock
from mlopscards.model import Card, Field, Issued, NoteType

# --- What is done -----------------------------------------------------------------------------------------------------


class Evidence(StrEnum):
    """Why a card is taken for the one in the lock, the strongest first."""

    ID = "the author's id"
    EXACT = "the same text"
    NORMAL = "the same words"
    QUESTION = "the same question"
    ANSWER = "the same answer"
    HEADING = "the same under a renamed heading"
    LIKENESS = "much the same text"


@dataclass(frozen=True, slots=True)
class Kept:
    """A card of the lock and what it is now."""

    before: Entry
    after: Issued
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A card that could be one of several of the lock, or that one of several could be; it was issued as new."""

    card: Issued
    candidates: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build issues, what it writes into the lock, and what happened since the last one."""

    issued: tuple[Issued, ...]
    """One for each card, in the order in which the cards were given."""
    lock: Lock
    new: tuple[Issued, ...]
    changed: tuple[Kept, ...]
    """Their content differs from what the lock has."""
    moved: tuple[Kept, ...]
    """They stand in another file than before; their content may differ too."""
    returned: tuple[Kept, ...]
    """They were retired and are back."""
    retired: tuple[Entry, ...]
    """Their cards went out of the notes in this build."""
    ambiguous: tuple[Ambiguous, ...]


# --- The words of a text ----------------------------------------------------------------------------------------------

DELETION = re.compile(r"\{\{c(?P<number>\d+)::(?P<text>.*?)(?:::(?P<hint>.*?))?\}\}", re.DOTALL)
OPENING = re.compile(r"\{\{c(\d+)::")
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
        "a an and are as at be by can did do does for from in is it its of on or that the these this those to was were"
        " what which with define defined definition describe explain",
    )
)
"""Words that a rewording swaps freely; not *how*, *when*, *why* or *not*, which make another question."""

Words = tuple[str, ...]


def words_of(text: str) -> Words:
    """Reduce *text* to what is identity: no case, markup, punctuation, white space or leading numbers."""
    plain = LINK.sub(r"\1", MARKUP.sub("", DELETION.sub(r"\g<text>", text)))
    folded = unicodedata.normalize("NFKC", LEADING_NUMBER.sub("", plain)).casefold()
    words = tuple(WORD.findall(folded)) or tuple(text.split())
    return tuple(map(_article_or_letter, words, (*words[1:], ""))) if "a" in words else words


def _article_or_letter(word: str, following: str) -> str:
    """Tell *vitamin A* and *from A to B* from *a feature*, whatever the case."""
    return "a." if word == "a" and (not following or following in GLUE) else word


def content_of(words: Iterable[str]) -> list[str]:
    """Leave the words that say something."""
    return [word for word in words if word not in GLUE]


# --- How alike two texts are ------------------------------------------------------------------------------------------


class Change(StrEnum):
    """What an edit did to one side of a card."""

    SAME = "same"
    """Nothing but typos and glue."""
    GROWN = "grown"
    """Words were only added, or only removed."""
    REWORDED = "reworded"
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


Weigh = Callable[[str], float]


def liken(old: Words, new: Words, weigh: Weigh) -> Likeness:
    """Compare two texts word by word; rare words weigh more, since it is they that tell siblings apart."""
    if old == new:
        return Likeness(Change.SAME, 1.0, len(content_of(new)))
    common, removed, added = _overlap(old, new)
    shared = sum(map(weigh, common))
    share = shared / ((shared + sum(map(weigh, removed)) + sum(map(weigh, added))) or 1.0)
    change = _change(old, new, content_of(removed), content_of(added), share)
    return Likeness(change, share, len(content_of(common)))


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
    """Tell one slip of the keys, or a plural, from another word; *encoder* and *decoder* are not a slip."""
    if word[0] != other[0] or len(word) + len(other) < 9 or not (word.isalpha() and other.isalpha()):
        return False
    return OSA.distance(word, other, score_cutoff=1) <= 1


def _change(old: Words, new: Words, removed: list[str], added: list[str], share: float) -> Change:
    if not removed and not added:
        # *From A to B* has the words of *from B to A*.
        return Change.SAME if _in_order(content_of(old), content_of(new)) else Change.REWORDED
    if not removed or not added:
        return Change.GROWN if content_of(old) and content_of(new) else Change.OTHER
    if share < 0.25:
        return Change.OTHER
    return Change.SWAPPED if _is_swap(content_of(old), content_of(new), removed, added) else Change.REWORDED


def _in_order(old: list[str], new: list[str]) -> bool:
    return len(old) == len(new) and all(a == b or _is_typo(a, b) for a, b in zip(old, new, strict=True))


def _is_swap(old: list[str], new: list[str], removed: list[str], added: list[str]) -> bool:
    """Tell whether one block of words, or one word wherever it stood, gave way to another."""
    if len(set(removed)) == len(set(added)) == 1:
        return True
    forwards = [a == b or _is_typo(a, b) for a, b in zip(old, new, strict=False)]
    backwards = [a == b or _is_typo(a, b) for a, b in zip(reversed(old), reversed(new), strict=False)]
    head, tail = (sum(takewhile(bool, flags)) for flags in (forwards, backwards))
    return head + tail + max(len(removed), len(added)) >= max(len(old), len(new))


# --- The cards that look for each other -------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Face:
    """What matching sees of a card, be it in the notes or in the lock; each is equal to itself only."""

    note_type: NoteType
    kind: str
    id: str
    path: str
    headings: tuple[str, ...]
    question: str
    answer: str
    retired: bool = False

    @cached_property
    def exact(self) -> Hashable:
        """All that is read on it; the numbers of clozes are ours to give."""
        return self.note_type, OPENING.sub("{{c::", self.question), self.answer

    @cached_property
    def place(self) -> Hashable:
        """Where it stands; not identity, but it tells apart what reads the same."""
        return self.path, self.headings, self.kind

    @cached_property
    def normal(self) -> Hashable:
        """The words alone."""
        return self.note_type, words_of(self.question), words_of(self.answer)

    @cached_property
    def asked(self) -> Words:
        """The words of the question; of a cloze note those around the deletions."""
        return words_of(DELETION.sub(" ", self.question) if self.note_type is NoteType.CLOZE else self.question)

    @cached_property
    def about(self) -> Words:
        """The words of the question that say something."""
        return tuple(content_of(self.asked))

    @cached_property
    def told(self) -> Words:
        """The words of the answer; of a cloze note those that it hides."""
        cloze = self.note_type is NoteType.CLOZE
        return words_of("\n".join(deletions_of(self.question).values()) if cloze else self.answer)

    @cached_property
    def bare(self) -> Hashable:
        """The question without the names of the headings it stands under."""
        asked = f" {' '.join(self.asked)} "
        for heading in self.headings:
            name = " ".join(words_of(heading))
            asked = asked.replace(f" {name} ", " § ") if name else asked
        return self.note_type, asked


def _face_of_card(card: Card) -> Face:
    texts = card.question.text, card.answer.text
    return Face(card.note_type, card.kind, card.id, card.source.path, card.headings, *texts)


def _face_of_entry(entry: Entry) -> Face:
    texts = entry.question, entry.answer, bool(entry.retired)
    return Face(entry.note_type, entry.kind, entry.id, entry.path, entry.headings, *texts)


@dataclass
class Board:
    """The cards of the lock and of the notes while they find each other; it lives as long as one `issue`."""

    olds: Sequence[Face]
    """In the order of the lock."""
    news: Sequence[Face]
    """In the order of the lecture."""
    partners: dict[Face, Face] = field(default_factory=dict)
    """From both sides."""
    evidence: dict[Face, Evidence] = field(default_factory=dict)
    """Of each new card that found its old one."""
    doubts: dict[Face, list[Face]] = field(default_factory=dict)
    """The old cards that a new one could have been; all of them are out of the game."""
    out: set[Face] = field(default_factory=set)

    @cached_property
    def live(self) -> list[Face]:
        """Those that were in the notes at the last build."""
        return [old for old in self.olds if not old.retired]

    def open(self, faces: Iterable[Face]) -> list[Face]:
        """Leave those that may still find someone."""
        return [face for face in faces if face not in self.partners and face not in self.out]

    def join(self, old: Face, new: Face, evidence: Evidence) -> None:
        """Make them one, unless either has found someone else."""
        if old not in self.partners and new not in self.partners and _may_be(old, new):
            self.partners |= {old: new, new: old}
            self.evidence[new] = evidence

    def worded(self, new: Face) -> Face:
        """Give the old card for one that reads the same, so that its words are found only once."""
        return self.partners[new] if self.evidence.get(new) is Evidence.EXACT else new

    def doubt(self, new: Face, olds: Sequence[Face]) -> None:
        """Take a card and all that it could be out of the game: better none than the wrong one."""
        self.doubts.setdefault(new, []).extend(olds)
        self.out |= {new, *olds}

    @cached_property
    def weigh(self) -> Weigh:
        """Rare words weigh most: they are what a card is about."""
        found = Counter(word for old in self.live for word in {*old.asked, *old.told})
        return lambda word: 0.1 if word in GLUE else 1 + log((1 + len(self.live)) / (1 + found[word]))


def _may_be(old: Face, new: Face) -> bool:
    """Refuse what Anki cannot update (another note type) and what the author told apart (another id)."""
    return old.note_type is new.note_type and (not old.id or not new.id or old.id == new.id)


def match(olds: Sequence[Face], news: Sequence[Face]) -> Board:
    """Find each other, the strongest evidence first; a later stage sees only what is left."""
    board = Board(olds, news)
    gone = [old for old in olds if old.retired]
    for faces in (board.live, gone):
        by_id(board, faces)
    for faces in (board.live, gone):
        by_text(board, faces)
        by_words(board, faces)
    by_one_side(board, board.live)
    by_heading(board)
    by_likeness(board)
    by_one_side(board, gone)
    return board


Key = Callable[[Face], Hashable]


def _groups(board: Board, olds: Sequence[Face], key: Key) -> Iterator[tuple[list[Face], list[Face]]]:
    """Put those that have the same key and may still find someone together, where both sides have some."""
    news = board.open(board.news)
    olds = board.open(olds) if news else []
    groups: dict[Hashable, tuple[list[Face], list[Face]]] = defaultdict(lambda: ([], []))
    for side, faces in enumerate((olds, news if olds else [])):
        for face in faces:
            groups[key(face)][side].append(face)
    return (group for group in groups.values() if group[0] and group[1])


def by_id(board: Board, olds: Sequence[Face]) -> None:
    """Take the author's word for which is which, where it is said once."""
    for was, now in _groups(board, olds, lambda face: (face.note_type, face.id)):
        if was[0].id and len(was) == len(now) == 1:
            board.join(was[0], now[0], Evidence.ID)


def by_text(board: Board, olds: Sequence[Face]) -> None:
    """Join what reads the same; of several, those that stay where they were go first."""
    for key in (lambda face: (face.exact, face.place), attrgetter("exact")):
        for was, now in _groups(board, olds, key):
            for old, new in zip(was, now, strict=False):
                board.join(old, new, Evidence.EXACT)


def by_words(board: Board, olds: Sequence[Face]) -> None:
    """Join what differs in case, markup and numbers only; twins that do so must both be there, or nobody can tell."""
    for key in (lambda face: (face.normal, face.place), attrgetter("normal")):
        for was, now in _groups(board, olds, key):
            if len(was) == len(now):
                for old, new in zip(was, now, strict=True):
                    board.join(old, new, Evidence.NORMAL)
    for was, now in _groups(board, olds, attrgetter("normal")):
        for new in now:
            board.doubt(new, was)


# --- One side is as it was --------------------------------------------------------------------------------------------

MARGIN = 0.1
"""By how much the best must beat the second best, where two equal texts have 2."""
ENOUGH = 4
"""So many words that say something are hardly the same by chance."""

Claims = dict[Face, Face]
"""From a new card to the old one it would be."""


def by_one_side(board: Board, olds: Sequence[Face]) -> None:
    """Join by a question, or else an answer, that only one old and one new card has."""
    # The whole question counts before what is left of it without glue.
    questions = [*_only_ones(board, olds, attrgetter("about")), *_only_ones(board, olds, attrgetter("asked"))]
    asked = {new: old for old, new in questions if _asks_enough(board, old, new)}
    told = {new: old for old, new in _only_ones(board, olds, attrgetter("told")) if _tells_enough(board, old, new)}
    rivals = _rivals_by_answer(asked, told)
    for new, old in asked.items():
        _join_by_question(board, old, new, [*rivals[old], *rivals[new]])
    for new, old in told.items():
        if new not in board.out and old not in board.out:
            board.join(old, new, Evidence.ANSWER)


def _only_ones(board: Board, olds: Sequence[Face], words: Callable[[Face], Words]) -> Iterator[tuple[Face, Face]]:
    """Yield those that share what no other card of the whole lock or of the whole build has, joined or not."""
    groups = list(_groups(board, olds, lambda face: (face.note_type, words(face))))
    if not groups:
        return
    everyone = board.olds if olds[0].retired else board.live
    old_count = Counter((old.note_type, words(old)) for old in everyone)
    new_count = Counter((new.note_type, words(board.worded(new))) for new in board.news)
    for was, now in groups:
        key = was[0].note_type, words(was[0])
        if key[1] and old_count[key] == new_count[key] == 1 and _may_be(was[0], now[0]):
            yield was[0], now[0]


def _asks_enough(board: Board, old: Face, new: Face) -> bool:
    """Two cards may ask for *the advantages*, each below its own heading."""
    least = ENOUGH if old.note_type is NoteType.CLOZE else 2
    if len(set(content_of(old.asked))) >= least:
        return True
    at_home = old.headings[-1:] == new.headings[-1:] and old.note_type is NoteType.BASIC
    return at_home or liken(old.told, new.told, board.weigh).share >= 0.2


def _tells_enough(board: Board, old: Face, new: Face) -> bool:
    """*Yes* is the answer to much; and where the question is another one, rivals must be heard first."""
    pair = _compare(board, old, new)
    return _losses(pair.asked) < 2 and (_is_long(old.told) or _is_edit(pair))


def _is_long(words: Words) -> bool:
    return len(set(content_of(words))) >= ENOUGH


def _rivals_by_answer(asked: Claims, told: Claims) -> Mapping[Face, list[tuple[Face, Face]]]:
    """Find the claims by answer of those who have no question to keep to; swapped siblings are no rivals."""
    rivals: dict[Face, list[tuple[Face, Face]]] = defaultdict(list)
    questioned = set(asked.values())
    for new, old in told.items():
        if new not in asked:
            rivals[old].append((old, new))
        if old not in questioned:
            rivals[new].append((old, new))
    return rivals


def _join_by_question(board: Board, old: Face, new: Face, rivals: Sequence[tuple[Face, Face]]) -> None:
    """Keep to the question, unless the rivals are as much alike, or more."""
    mine = _compare(board, old, new).text
    most = max((_compare(board, *rival).text for rival in rivals), default=0.0)
    if mine >= most + MARGIN:
        board.join(old, new, Evidence.QUESTION)
    elif most < mine + MARGIN:
        for was, now in ((old, new), *rivals):
            board.doubt(now, [was])


# --- A heading was renamed --------------------------------------------------------------------------------------------


def by_heading(board: Board) -> None:
    """Join cards whose question names their heading, and changed with it and in nothing else."""
    renamed = _renamed_headings(board)
    if renamed:
        for was, now in _groups(board, board.live, lambda face: (face.bare, renamed.get(face.headings, face.headings))):
            if len(was) == len(now) == 1:
                board.join(was[0], now[0], Evidence.HEADING)


Headings = tuple[str, ...]


def _renamed_headings(board: Board) -> dict[Headings, Headings]:
    """Find the headings most of whose cards, and three at least, went to one other place that is new."""
    where: dict[Headings, Counter[Headings]] = defaultdict(Counter)
    for was, now in _groups(board, board.live, lambda face: (face.bare, face.told)):
        if len(was) == len(now) == 1:
            where[was[0].headings][now[0].headings] += 1
    if board.open(board.live) and board.open(board.news):
        for new in board.evidence:
            where[board.partners[new].headings][new.headings] += 1
    before = Counter(old.headings for old in board.live)
    most = {was: went.most_common(1)[0] for was, went in where.items()}
    return {
        was: to for was, (to, count) in most.items() if to not in before and count >= 3 and 3 * count >= 2 * before[was]
    }


# --- Both sides were edited -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """An old and a new card that may be one."""

    old: Face
    new: Face
    asked: Likeness
    told: Likeness
    support: float = 0.0
    """What kind, heading, file and neighbours say for it; decides between equals only."""
    in_sequence: bool = False
    """Both lie between the same two neighbours."""

    @property
    def text(self) -> float:
        """How much the texts have in common, 2 being all; a short answer counts for less, since many cards have it."""
        said = max(len(content_of(self.old.told)), len(content_of(self.new.told)))
        return self.asked.share + self.told.share * min(1.0, said / ENOUGH)

    @property
    def score(self) -> float:
        """The same, with what stands around."""
        return self.text + self.support


LEAST: Mapping[tuple[Change, Change], tuple[float, float]] = {
    (Change.SAME, Change.SAME): (0.0, 0.0),
    (Change.SAME, Change.GROWN): (0.0, 0.25),
    (Change.SAME, Change.REWORDED): (0.0, 0.25),
    (Change.SAME, Change.SWAPPED): (0.0, 0.4),
    (Change.GROWN, Change.SAME): (0.5, 0.0),
    (Change.GROWN, Change.GROWN): (0.4, 0.4),
    (Change.GROWN, Change.REWORDED): (0.3, 0.7),
    (Change.REWORDED, Change.SAME): (0.5, 0.0),
    (Change.REWORDED, Change.GROWN): (0.5, 0.6),
    (Change.REWORDED, Change.REWORDED): (0.6, 0.6),
}
"""What question and answer must at least have in common, by what was done to them. What is not here is no edit:
where one thing stands for another in the question, and the answer differs too, it is a sibling."""


def _is_edit(pair: Pair) -> bool:
    """Tell whether a person would call the two one card."""
    asked, told = pair.asked.change, pair.told.change
    if told is Change.SAME and _is_long(pair.old.told):
        return True
    if pair.in_sequence and (asked, told) == (Change.GROWN, Change.SAME):
        return True
    if pair.in_sequence and asked is Change.SAME and len(pair.old.about) >= 2:
        return True
    if asked is not Change.SAME and not _is_long(pair.old.told) and pair.support < NEAR:
        return False
    least = LEAST.get((asked, told), (2.0, 2.0))
    return _has_enough(pair.asked, least[0], 3) and _has_enough(pair.told, least[1], ENOUGH)


def _has_enough(likeness: Likeness, share: float, words: int) -> bool:
    """Allow a side that lost nothing to gain much, if there was much to lose."""
    return likeness.share >= share or (likeness.change is Change.GROWN and likeness.kept >= words)


NEAR = 0.05
"""What a heading or a neighbour in common adds; where the answer is short, one of them is needed."""

Between = tuple[Face | None, Face | None]


def _compare(board: Board, old: Face, new: Face, gaps: Mapping[Face, Between] | None = None) -> Pair:
    same = _same_neighbours(old, new, gaps or {})
    support = (
        NEAR * sum(same)
        + NEAR * (old.headings[-1:] == new.headings[-1:])
        + 0.03 * (old.kind == new.kind)
        + 0.02 * (old.path == new.path)
    )
    asked, told = liken(old.asked, new.asked, board.weigh), liken(old.told, new.told, board.weigh)
    return Pair(old, new, asked, told, support, all(same))


def _same_neighbours(old: Face, new: Face, gaps: Mapping[Face, Between]) -> tuple[bool, bool]:
    """Tell whether the same cards stand before and after both; where none does, both must begin or end one file."""
    was, now = gaps.get(old, (None, None)), gaps.get(new, (None, None))
    if not any(was):
        return False, False
    before, after = (a is b and (a is not None or old.path == new.path) for a, b in zip(was, now, strict=True))
    return before, after


def by_likeness(board: Board) -> None:
    """Join those that are each other's best by a margin, in rounds: whoever found its card is no rival any more."""
    pairs = _likely_pairs(board)
    siblings = {face for pair in pairs for face in (pair.old, pair.new) if face in board.partners}
    rivals: dict[Face, list[Pair]] = defaultdict(list)
    for pair in pairs:
        rivals[pair.old].append(pair)
        rivals[pair.new].append(pair)
    edits = [pair for pair in pairs if not {pair.old, pair.new} & siblings and _is_edit(pair)]
    while chosen := [pair for pair in edits if _is_clear(board, pair, rivals, siblings)]:
        for pair in chosen:
            board.join(pair.old, pair.new, Evidence.LIKENESS)
        edits = [pair for pair in edits if board.open((pair.old, pair.new)) == [pair.old, pair.new]]
    for pair in edits:
        board.doubt(pair.new, [pair.old])


def _is_clear(board: Board, pair: Pair, rivals: Mapping[Face, list[Pair]], siblings: set[Face]) -> bool:
    """Tell whether neither card has another that comes near; a sibling that stayed as it was may not either."""
    for rival in (*rivals[pair.old], *rivals[pair.new]):
        other = rival.new if rival.old is pair.old else rival.old
        if rival is pair or (other in board.partners and other not in siblings):
            continue
        lead = pair.text - rival.text if other in siblings else pair.score - rival.score
        if lead < MARGIN - 1e-9 and not _is_plainly_better(pair, rival):
            return False
    return True


def _is_plainly_better(pair: Pair, rival: Pair) -> bool:
    """In long texts siblings differ by a word that weighs little; but they lost one for it, and a true edit may not."""
    asked, told = _losses(pair.asked) - _losses(rival.asked), _losses(pair.told) - _losses(rival.told)
    return (asked < 0 and (told <= 0 or pair.told.share >= rival.told.share)) or (
        told < 0 and (asked <= 0 or pair.asked.share >= rival.asked.share)
    )


def _losses(likeness: Likeness) -> int:
    return {Change.SAME: 0, Change.GROWN: 1}.get(likeness.change, 2)


RAREST = 8
"""So many of a card's rarest words are looked up."""
FAMILY = 60
"""A word that more cards have leads nowhere."""
NEAREST = 8
"""So many candidates of a card are compared word by word."""
BESIDE = 4
"""Siblings stand so near each other in their file."""


def _likely_pairs(board: Board) -> list[Pair]:
    """Compare each card that is left with those that share its rare words or its neighbours, and with no others."""
    olds, news = board.open(board.live), board.open(board.news)
    if not olds or not news:
        return []
    gaps = _gaps(board.live, board, lambda old: old) | _gaps(board.news, board, board.partners.__getitem__)
    texts = {board.worded(new): new for new in board.news}
    found = [
        *((old, new) for among in (olds, board.live) for new, old in _nearest(news, among)),
        *((old, texts[text]) for old, text in _nearest(olds, list(texts))),
        *_in_same_gap(olds, news, gaps),
        *((old, new) for new, old in _siblings_beside(board, board.news)),
        *_siblings_beside(board, board.live),
    ]
    # Not a set, whose order would change from run to run.
    return [_compare(board, old, new, gaps) for old, new in dict.fromkeys(found) if _may_be(old, new)]


def _nearest(faces: Sequence[Face], among: Sequence[Face]) -> Iterator[tuple[Face, Face]]:
    """Yield each of *faces* with the few *among* all that share most of its rare words."""
    having: dict[str, list[Face]] = {word: [] for face in faces for word in (*face.asked, *face.told)}
    for other in among:
        for word in {*other.asked, *other.told} & having.keys():
            having[word].append(other)
    for face in faces:
        known = ((len(having[word]), word) for word in {*face.asked, *face.told})
        rare = nsmallest(RAREST, ((count, word) for count, word in known if 0 < count <= FAMILY))
        shared: dict[Face, float] = defaultdict(float)
        for count, word in rare:
            for other in having[word]:
                shared[other] += 1 / count
        yield from ((face, other) for other in nlargest(NEAREST, shared, key=shared.__getitem__))


def _siblings_beside(board: Board, faces: Sequence[Face]) -> Iterator[tuple[Face, Face]]:
    """Yield each of *faces* that is left with what the cards around it were, or have become."""
    for place, face in enumerate(faces):
        if face not in board.partners:
            around = faces[max(0, place - BESIDE) : place + BESIDE + 1]
            yield from ((face, board.partners[other]) for other in around if other in board.partners)


def _gaps(faces: Sequence[Face], board: Board, anchor: Callable[[Face], Face]) -> dict[Face, Between]:
    """Tell of each card that is left which old cards that were found stand before and after it in its file."""
    before, after = _last_found(faces, board, anchor), _last_found(faces[::-1], board, anchor)
    return {face: (before[face], after[face]) for face in before}


def _last_found(faces: Sequence[Face], board: Board, anchor: Callable[[Face], Face]) -> dict[Face, Face | None]:
    last: dict[str, Face] = {}
    found: dict[Face, Face | None] = {}
    for face in faces:
        if face in board.partners:
            last[face.path] = anchor(face)
        else:
            found[face] = last.get(face.path)
    return found


def _in_same_gap(
    olds: Sequence[Face], news: Sequence[Face], gaps: Mapping[Face, Between]
) -> Iterator[tuple[Face, Face]]:
    """Yield what lies between the same neighbours, where it is few."""
    lying: dict[Between, tuple[list[Face], list[Face]]] = defaultdict(lambda: ([], []))
    for side, faces in enumerate((olds, news)):
        for face in faces:
            lying[gaps[face]][side].append(face)
    few = ((was, now) for gap, (was, now) in lying.items() if any(gap) and len(was) * len(now) <= NEAREST**2)
    return ((old, new) for was, now in few for old in was for new in now)


# --- The numbers of clozes --------------------------------------------------------------------------------------------


def deletions_of(text: str) -> dict[int, str]:
    """Give what each cloze number of *text* hides, in order of appearance."""
    hidden: dict[int, str] = {}
    for found in DELETION.finditer(text):
        number, told = int(found["number"]), found["text"]
        hidden[number] = f"{hidden[number]} … {told}" if number in hidden else told
    return hidden


def renumber_clozes(question: Field, before: Entry) -> tuple[Field, dict[int, str]]:
    """Give each deletion the number it had *before*, a new one a number never used; and all numbers ever used."""
    hidden = deletions_of(question.text)
    ever = {**before.clozes, **deletions_of(before.question)}
    numbers = _numbers(question.text, before.question, ever)
    for number in hidden:
        if number not in numbers:
            taken = ever.keys() | numbers.values()
            numbers[number] = number if number not in taken else max(taken) + 1
    final = Field(_put_numbers(question.text, numbers), _put_numbers(question.html, numbers))
    return final, ever | {numbers[number]: told for number, told in hidden.items()}


def _numbers(after: str, before: str, ever: Mapping[int, str]) -> dict[int, int]:
    """Find the old numbers: by the same text, there now or once; by the words around; by nearly the same text."""
    hidden, was = deletions_of(after), deletions_of(before)
    gone = {number: told for number, told in ever.items() if number not in was}
    around, stood = _surroundings(after), _surroundings(before)
    numbers: dict[int, int] = {}
    _pair_numbers(numbers, hidden, was, lambda new, old: words_of(hidden[new]) == words_of(was[old]))
    _pair_numbers(numbers, hidden, gone, lambda new, old: words_of(hidden[new]) == words_of(gone[old]))
    _pair_numbers(numbers, hidden, was, lambda new, old: around[new] == stood[old])
    _pair_numbers(numbers, hidden, was, lambda new, old: _is_same_deletion(hidden[new], was[old]))
    return numbers


def _pair_numbers(
    numbers: dict[int, int], news: Iterable[int], olds: Iterable[int], alike: Callable[[int, int], bool]
) -> None:
    """Add to *numbers* the first old number for each new one that is left, in order of appearance."""
    for new in news:
        free = (old for old in olds if old not in numbers.values() and new not in numbers and alike(new, old))
        old = next(free, None)
        if old is not None:
            numbers[new] = old


def _surroundings(text: str) -> dict[int, tuple[Words, Words]]:
    """Give the two words before and after each deletion; never equal to another's where there are none."""
    around: dict[int, tuple[Words, Words]] = {}
    for found in DELETION.finditer(text):
        before, after = words_of(text[: found.start()])[-2:], words_of(text[found.end() :])[:2]
        around.setdefault(int(found["number"]), (before, after))
    return around


def _is_same_deletion(new: str, old: str) -> bool:
    likeness = liken(words_of(old), words_of(new), lambda word: 0.1 if word in GLUE else 1.0)
    return likeness.change is Change.SAME or likeness.share >= 0.5


def _put_numbers(text: str, numbers: Mapping[int, int]) -> str:
    return OPENING.sub(lambda found: f"{{{{c{numbers.get(int(found[1]), int(found[1]))}::", text)


# --- What is issued ---------------------------------------------------------------------------------------------------

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def derive_guid(card: Card, used: set[str]) -> str:
    """Mint a guid that a lost lock would give again: from the author's id, or else the words, wherever they stand."""
    words = ("id", card.id) if card.id else (_folded(card.question.text), _folded(card.answer.text))
    count = 0
    while (guid := _short_hash(card.note_type, *words, str(count))) in used:
        count += 1
    return guid


def _folded(text: str) -> str:
    """*text* without case and white space: cheap, and enough for what was never reworded."""
    return " ".join(text.casefold().split())


def _short_hash(*parts: str) -> str:
    """Give 64 bits of *parts* in eleven letters and digits, safe in every file and search."""
    number = int.from_bytes(hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest())
    letters = ""
    for _ in range(11):
        number, rest = divmod(number, len(LETTERS))
        letters += LETTERS[rest]
    return letters


def issue(cards: Sequence[Card], lock: Lock, now: int, digest: Callable[[Card], str]) -> Plan:
    """Give each card its guid and the time of its last change; *digest* is the fingerprint of what travels to Anki."""
    order = sorted(range(len(cards)), key=lambda place: cards[place].source)
    news = [_face_of_card(cards[place]) for place in order]
    olds = {_face_of_entry(entry): entry for entry in lock.entries}
    board = match(list(olds), news)
    used = {entry.guid for entry in lock.entries}
    written: list[tuple[Issued, Entry]] = []
    for place, new in zip(order, news, strict=True):
        before = olds[board.partners[new]] if new in board.partners else None
        written.append(_write(cards[place], before, used, max(now, 1), digest))
        used.add(written[-1][0].guid)
    return _plan(board, olds, written, order, max(now, 1))


def _write(
    card: Card, before: Entry | None, used: set[str], now: int, digest: Callable[[Card], str]
) -> tuple[Issued, Entry]:
    """Issue *card*, and write down what the lock has to remember of it."""
    guid = before.guid if before else derive_guid(card, used)
    clozes: dict[int, str] = {}
    if card.note_type is NoteType.CLOZE:
        question, clozes = renumber_clozes(card.question, before) if before else _numbered_by_author(card.question)
        card = replace(card, question=question)
    fingerprint = digest(card)
    modified = _modified(before, fingerprint, now)
    texts = card.question.text, card.answer.text, fingerprint
    entry = Entry(
        guid, card.kind, card.note_type, card.source.path, card.headings, *texts, modified, 0, card.id, clozes
    )
    return Issued(card, guid, modified), entry


def _numbered_by_author(question: Field) -> tuple[Field, dict[int, str]]:
    return question, deletions_of(question.text)


def _modified(before: Entry | None, fingerprint: str, now: int) -> int:
    """Grow with each change, even when the clock does not; who was retired has changed to come back."""
    if before is None:
        return now
    if before.retired:
        return max(now, before.retired + 1, before.modified + 1)
    return before.modified if before.digest == fingerprint else max(now, before.modified + 1)


def _plan(
    board: Board, olds: Mapping[Face, Entry], written: Sequence[tuple[Issued, Entry]], order: Sequence[int], now: int
) -> Plan:
    """Tell what happened."""
    rows = dict(zip(board.news, written, strict=True))
    kept = [
        (Kept(olds[board.partners[new]], issued, board.evidence[new]), entry)
        for new, (issued, entry) in rows.items()
        if new in board.partners
    ]
    stayed = [(known, entry) for known, entry in kept if not known.before.retired]
    gone = [olds[old] for old in board.olds if old not in board.partners]
    fresh = [replace(entry, retired=max(now, entry.modified + 1)) for entry in gone if not entry.retired]
    long_gone = [entry for entry in gone if entry.retired]
    by_place = dict(zip(order, (issued for issued, _ in written), strict=True))
    return Plan(
        issued=tuple(by_place[place] for place in range(len(order))),
        lock=Lock(_in_order_of_lecture([entry for _, entry in written], [*fresh, *long_gone])),
        new=tuple(issued for new, (issued, _) in rows.items() if new not in board.partners),
        changed=tuple(known for known, entry in stayed if known.before.digest != entry.digest),
        moved=tuple(known for known, entry in kept if known.before.path != entry.path),
        returned=tuple(known for known, _ in kept if known.before.retired),
        retired=tuple(fresh),
        ambiguous=tuple(
            Ambiguous(rows[new][0], tuple(olds[old] for old in dict.fromkeys(doubted)))
            for new, doubted in board.doubts.items()
        ),
    )


def _in_order_of_lecture(live: Iterable[Entry], retired: Iterable[Entry]) -> tuple[Entry, ...]:
    """Put the cards of a file in its order, and after them those that it once had."""
    last = sorted(retired, key=lambda entry: entry.guid)
    # Sorting is stable, and the live ones come in order.
    return tuple(sorted([*live, *last], key=lambda entry: entry.path))
