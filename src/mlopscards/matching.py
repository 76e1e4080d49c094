"""The faces of the lock and of the notes to a board on which they found each other, or are in doubt. Pure.

The stages stand in order, the strongest evidence first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from heapq import nlargest, nsmallest
from operator import attrgetter

from mlopscards.faces import Board, Evidence, Face, is_asked_alike, may_be
from mlopscards.likeness import ENOUGH, Change, Words, content_of, liken
from mlopscards.model import NoteType
from mlopscards.pairs import Between, Pair, compare, is_edit, is_plainly_better, losses
from mlopscards.rewritings import forgive_rewritings


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


def _groups(
    board: Board, olds: Sequence[Face], key: Key, news: Sequence[Face] | None = None
) -> Iterator[tuple[list[Face], list[Face]]]:
    """Put those that have the same key and may still find someone together, where both sides have some."""
    news = board.open(board.news if news is None else news)
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
    for was, now in _groups(board, olds, lambda face: (face.normal, face.question)):
        for old, new in zip(was, now, strict=False):
            board.join(old, new, Evidence.NORMAL)
    olds, news = _without_same_question(board.open(olds), board.open(board.news))
    for key in (lambda face: (face.normal, face.place), attrgetter("normal")):
        for was, now in _groups(board, olds, key, news):
            if len(was) == len(now):
                for old, new in zip(was, now, strict=True):
                    board.join(old, new, Evidence.NORMAL)
    for was, now in _groups(board, olds, attrgetter("normal"), news):
        for new in now:
            board.doubt(new, was)


def _without_same_question(olds: Sequence[Face], news: Sequence[Face]) -> tuple[list[Face], list[Face]]:
    """Leave those whose question nobody has to the letter; `a[1:]` and `a[:1]` have the same words."""
    was, now = {old.question for old in olds}, {new.question for new in news}
    return [old for old in olds if old.question not in now], [new for new in news if new.question not in was]


# --- One side is as it was --------------------------------------------------------------------------------------------

MARGIN = 0.1
"""By how much the best must beat the second best, where two equal texts have 2."""

Claims = dict[Face, Face]
"""From a new card to the old one it would be."""


def by_one_side(board: Board, olds: Sequence[Face]) -> None:
    """Join by a question, or else an answer, that only one old and one new card has."""
    # What is left of the question without glue, the whole of it, its letters: what is found later counts more.
    ways = (attrgetter("about"), attrgetter("asked"), attrgetter("question"))
    questions = [found for way in ways for found in _only_ones(board, olds, way)]
    asked = {new: old for old, new in questions if _asks_enough(board, old, new)}
    told = {new: old for old, new in _only_ones(board, olds, attrgetter("told")) if _tells_enough(board, old, new)}
    rivals = _rivals_by_answer(asked, told)
    for new, old in asked.items():
        _join_by_question(board, old, new, [*rivals[old], *rivals[new]])
    for new, old in told.items():
        if new not in board.out and old not in board.out:
            board.join(old, new, Evidence.ANSWER)


def _only_ones(board: Board, olds: Sequence[Face], words: Callable[[Face], Words | str]) -> Iterator[tuple[Face, Face]]:
    """Yield those that share what no other card of the whole lock or of the whole build has, joined or not."""
    groups = list(_groups(board, olds, lambda face: (face.note_type, words(face))))
    if not groups:
        return
    everyone = board.olds if olds[0].retired else board.live
    old_count = Counter((old.note_type, words(old)) for old in everyone)
    new_count = Counter((new.note_type, words(board.worded(new))) for new in board.news)
    for was, now in groups:
        key = was[0].note_type, words(was[0])
        if key[1] and old_count[key] == new_count[key] == 1 and may_be(was[0], now[0]):
            yield was[0], now[0]


def _asks_enough(board: Board, old: Face, new: Face) -> bool:
    """Two cards may ask for *the advantages*, each below its own heading."""
    least = ENOUGH if old.note_type is NoteType.CLOZE else 2
    if len(set(content_of(old.asked))) >= least and is_asked_alike(old, new):
        return True
    at_home = old.headings[-1:] == new.headings[-1:] and old.note_type is NoteType.BASIC and is_asked_alike(old, new)
    return at_home or liken(old.told, new.told, board.weigh).share >= 0.2


def _tells_enough(board: Board, old: Face, new: Face) -> bool:
    """*Yes* is the answer to much; and where the question is another one, rivals must be heard first."""
    if old.is_label and new.is_label:
        return len(set(content_of(old.told))) >= 2
    pair = compare(board, old, new)
    return losses(pair.asked) < 2 and (old.telling or is_edit(pair))


def _rivals_by_answer(asked: Claims, told: Claims) -> Mapping[Face, list[tuple[Face, Face]]]:
    """Find the claims by answer of those who have no question to keep to; swapped siblings are no rivals."""
    rivals: dict[Face, list[tuple[Face, Face]]] = defaultdict(list)
    questions = {new: old for new, old in asked.items() if not old.is_label}
    questioned = set(questions.values())
    for new, old in told.items():
        if new not in questions:
            rivals[old].append((old, new))
        if old not in questioned:
            rivals[new].append((old, new))
    return rivals


def _join_by_question(board: Board, old: Face, new: Face, rivals: Sequence[tuple[Face, Face]]) -> None:
    """Keep to the question, unless the rivals are as much alike, or more."""
    mine = compare(board, old, new).text
    most = max((compare(board, *rival).text for rival in rivals), default=0.0)
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


def by_likeness(board: Board) -> None:
    """Join those that are each other's best by a margin, in rounds: whoever found its card is no rival any more."""
    pairs = forgive_rewritings(board, _likely_pairs(board))
    siblings = {face for pair in pairs for face in (pair.old, pair.new) if face in board.partners}
    rivals: dict[Face, list[Pair]] = defaultdict(list)
    for pair in pairs:
        rivals[pair.old].append(pair)
        rivals[pair.new].append(pair)
    open_pairs = [pair for pair in pairs if not {pair.old, pair.new} & siblings]
    tellers = Counter(old.told for old in board.live)
    edits = [pair for pair in open_pairs if is_edit(pair) or _is_reworded_in_place(pair, rivals, tellers)]
    while chosen := [pair for pair in edits if _is_clear(board, pair, rivals, siblings)]:
        for pair in chosen:
            board.join(pair.old, pair.new, Evidence.LIKENESS)
        edits = [pair for pair in edits if board.open((pair.old, pair.new)) == [pair.old, pair.new]]
    for pair in edits:
        board.doubt(pair.new, [pair.old])


RARE = 3
"""An answer that so few cards have tells which of them it is."""


def _is_reworded_in_place(pair: Pair, rivals: Mapping[Face, list[Pair]], tellers: Mapping[Words, int]) -> bool:
    """Tell whether a thing put for another in this place made no sibling: none of them is near, or has this answer."""
    is_reworded = pair.told.change is Change.SAME and pair.asked.change is Change.SWAPPED
    if not (pair.in_sequence and is_reworded and pair.old.is_own and pair.new.is_own):
        return False
    others = (rival for rival in (*rivals[pair.old], *rivals[pair.new]) if rival is not pair)
    near = [rival for rival in others if rival.asked.share + 2 * MARGIN > pair.asked.share]
    is_rare = tellers[pair.old.told] <= RARE and all(rival.told.change is not Change.SAME for rival in near)
    return pair.asked.kept >= 2 and (is_rare or not near)


def _is_clear(board: Board, pair: Pair, rivals: Mapping[Face, list[Pair]], siblings: set[Face]) -> bool:
    """Tell whether neither card has another that comes near; a sibling that stayed as it was may not either."""
    for rival in (*rivals[pair.old], *rivals[pair.new]):
        other = rival.new if rival.old is pair.old else rival.old
        if rival is pair or (other in board.partners and other not in siblings):
            continue
        lead = pair.text - rival.text if other in siblings else pair.score - rival.score
        if lead < MARGIN - 1e-9 and not is_plainly_better(pair, rival):
            return False
    return True


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
    return [compare(board, old, new, gaps) for old, new in dict.fromkeys(found) if may_be(old, new)]


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
