"""An old and a new face to whether a person would call them one card. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mlopscards.faces import Board, Face
from mlopscards.likeness import ENOUGH, Change, Likeness, Weigh, content_of, is_slip, liken
from mlopscards.model import NoteType


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

    def forgiven(self, is_nothing: Callable[[Likeness], bool]) -> Pair:
        """Take those sides for the same that differ by nothing."""
        asked, told = (
            replace(side, change=Change.SAME, share=1.0)
            if side.change is not Change.SAME and is_nothing(side)
            else side
            for side in (self.asked, self.told)
        )
        return replace(self, asked=asked, told=told)


LEAST: Mapping[tuple[Change, Change], tuple[float, float]] = {
    (Change.SAME, Change.SAME): (0.0, 0.0),
    (Change.SAME, Change.GROWN): (0.0, 0.25),
    (Change.SAME, Change.REWORDED): (0.0, 0.25),
    (Change.SAME, Change.SWAPPED): (0.0, 0.4),
    (Change.GROWN, Change.SAME): (0.5, 0.0),
    (Change.GROWN, Change.GROWN): (0.4, 0.4),
    (Change.GROWN, Change.REWORDED): (0.3, 0.7),
    (Change.GROWN, Change.SWAPPED): (0.8, 0.6),
    (Change.REWORDED, Change.SAME): (0.5, 0.0),
    (Change.REWORDED, Change.SWAPPED): (0.8, 0.6),
    (Change.REWORDED, Change.GROWN): (0.5, 0.6),
    (Change.REWORDED, Change.REWORDED): (0.6, 0.6),
}
"""What question and answer must at least have in common, by what was done to them. What is not here is no edit:
where one thing stands for another in the question, and the answer differs too, it is a sibling."""


MOST, MANY = 0.8, 6
"""Where so much of a long answer is left, and so many of its words that say something, the question may be reworded
freely, unless one thing in it stands for another."""


def is_edit(pair: Pair) -> bool:
    """Tell whether a person would call the two one card."""
    asked, told = pair.asked.change, pair.told.change
    if told is Change.SAME and pair.old.telling:
        return True
    if pair.in_sequence and (asked, told) == (Change.GROWN, Change.SAME):
        return True
    if pair.in_sequence and asked is Change.SAME and len(pair.old.about) >= 2:
        return True
    if _is_nearly_all(pair.told) and asked in (Change.GROWN, Change.REWORDED):
        return True
    if pair.old.note_type is NoteType.CLOZE and told is Change.SAME and _is_nearly_all(pair.asked):
        return True
    if asked is not Change.SAME and not pair.old.telling and pair.support < NEAR:
        return False
    least = LEAST.get((asked, told), (2.0, 2.0))
    if pair.asked.share >= least[0] and pair.told.share >= least[1]:
        return True
    # A definition does not grow into a comparison: that is another card, which has it in its answer.
    return pair.old.kind == pair.new.kind and _grew(pair.asked, least[0], 3) and _grew(pair.told, least[1], ENOUGH)


def _is_nearly_all(likeness: Likeness) -> bool:
    return likeness.share >= MOST and likeness.kept >= MANY


def _grew(likeness: Likeness, share: float, words: int) -> bool:
    """Allow a side that lost nothing to gain much, if there was much to lose."""
    return likeness.share >= share or (likeness.change is Change.GROWN and likeness.kept >= words)


NEAR = 0.05
"""What a heading or a neighbour in common adds; where the answer is short, one of them is needed."""

Between = tuple[Face | None, Face | None]


def compare(board: Board, old: Face, new: Face, gaps: Mapping[Face, Between] | None = None) -> Pair:
    """Say how alike two faces are; *gaps* tells of each what stands before and after it."""
    same = _same_neighbours(old, new, gaps or {})
    support = (
        NEAR * sum(same)
        + NEAR * (old.headings[-1:] == new.headings[-1:])
        + 0.03 * (old.kind == new.kind)
        + 0.02 * (old.path == new.path)
    )
    asked, told = _liken_questions(old, new, board.weigh), liken(old.told, new.told, board.weigh)
    pair = Pair(old, new, asked, told, support, all(same))
    # In the place of the card and with its answer, the word is hardly another one.
    return pair.forgiven(is_slip) if all(same) and told.change is Change.SAME else pair


def _liken_questions(old: Face, new: Face, weigh: Weigh) -> Likeness:
    """Compare what is asked; a heading put before it, or taken off, says nothing, while another one may."""
    if (old.core is old.asked) is (new.core is new.asked):
        return liken(old.asked, new.asked, weigh)
    return liken(old.core, new.core, weigh)


def _same_neighbours(old: Face, new: Face, gaps: Mapping[Face, Between]) -> tuple[bool, bool]:
    """Tell whether the same cards stand before and after both; where none does, both must begin or end one file."""
    was, now = gaps.get(old, (None, None)), gaps.get(new, (None, None))
    if not any(was):
        return False, False
    before, after = (a is b and (a is not None or old.path == new.path) for a, b in zip(was, now, strict=True))
    return before, after


def is_plainly_better(pair: Pair, rival: Pair) -> bool:
    """In long texts siblings differ by a word that weighs little; but they lost one for it, and a true edit may not."""
    asked, told = losses(pair.asked) - losses(rival.asked), losses(pair.told) - losses(rival.told)
    return (asked < 0 and (told <= 0 or pair.told.share >= rival.told.share)) or (
        told < 0 and (asked <= 0 or pair.asked.share >= rival.asked.share)
    )


def losses(likeness: Likeness) -> int:
    """Rank an edit by what the text lost: nothing, some words at most, or its wording."""
    return {Change.SAME: 0, Change.GROWN: 1}.get(likeness.change, 2)
