"""What was put for another in many cards alike, a name or a notation, to pairs that it no longer parts. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from mlopscards.faces import Board, Face
from mlopscards.likeness import Likeness
from mlopscards.pairs import MOST, Pair, compare, losses

ALIKE = 3
"""What was done alike to so many cards is another name, or another notation."""

ByFile = dict[str, list[Face]]
Rewriting = tuple[frozenset[str], frozenset[str]]
"""The words that went, and those that came for them."""


def forgive_rewritings(board: Board, pairs: Sequence[Pair]) -> list[Pair]:
    """Take for the same what differs by one thing put for another throughout: *`hash`* is *`digest`* in all cards."""
    joined = [compare(board, board.partners[new], new) for new in board.evidence if board.worded(new) is new]
    alike: dict[Rewriting, list[Pair]] = defaultdict(list)
    for pair in (*joined, *pairs):
        for rewriting in {_rewriting(pair.asked), _rewriting(pair.told)}:
            alike[rewriting].append(pair)
    olds, news = _by_file(board.live), _by_file(board.news)
    usual = [rewriting for rewriting, some in alike.items() if _is_usual(rewriting, some, olds, news)]
    return [_forgive(pair, usual) for pair in pairs] if usual else list(pairs)


def _forgive(pair: Pair, usual: Sequence[Rewriting]) -> Pair:
    """Take the question for the same only if the answer is; another verb has other forms."""
    forgiven = pair.forgiven(lambda side: _is_made_of(_rewriting(side), usual))
    return forgiven if losses(forgiven.told) < 2 or forgiven.told.share >= MOST else pair


def _by_file(faces: Iterable[Face]) -> ByFile:
    files: ByFile = defaultdict(list)
    for face in faces:
        files[face.path].append(face)
    return files


def _rewriting(side: Likeness) -> Rewriting:
    return frozenset(side.lost), frozenset(side.gained)


def _is_usual(rewriting: Rewriting, some: Sequence[Pair], olds: ByFile, news: ByFile) -> bool:
    """Tell whether several show it, most of them nothing else, and few in their files what went, or had what came."""
    (lost, gained), was, now = rewriting, {pair.old for pair in some}, {pair.new for pair in some}
    least = min(len(was), len(now))
    if not lost or not gained or least < ALIKE or 2 * sum(_has_only(rewriting, pair) for pair in some) <= len(some):
        return False
    left = sum(lost <= face.words for path in {face.path for face in now} for face in news[path])
    had = sum(gained <= face.words for path in {face.path for face in was} for face in olds[path])
    return left < least and had < least


def _has_only(rewriting: Rewriting, pair: Pair) -> bool:
    return all(losses(side) < 2 or _rewriting(side) == rewriting for side in (pair.asked, pair.told))


def _is_made_of(rewriting: Rewriting, usual: Sequence[Rewriting]) -> bool:
    parts = [one for one in usual if one[0] <= rewriting[0] and one[1] <= rewriting[1]]
    return all(side == frozenset().union(*(part[at] for part in parts)) for at, side in enumerate(rewriting))
