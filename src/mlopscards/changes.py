"""A `Plan` to what a person wants to know of it: what changed word by word, and what Anki will not move. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from mlopscards.decks import branch_tag
from mlopscards.identity import Kept, Plan
from mlopscards.likeness import content_of, liken, words_of
from mlopscards.lockfile import Lock
from mlopscards.model import Card
from mlopscards.settings import Settings

# --- what changed word by word ----------------------------------------------------------------------------------------


class Edit(StrEnum):
    """What was done to some words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


Piece = tuple[Edit, str]
"""Words that stand together, and what was done to them."""


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Say which words went and which came on the way from *old* to *new*."""
    before, after = old.split(), new.split()
    pieces: list[Piece] = []
    # Not `autojunk`: in a long answer it would take the most common words for noise.
    for _, from_, until, from_new, until_new in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = before[from_:until], after[from_new:until_new]
        if gone == come:
            pieces.append((Edit.KEPT, " ".join(gone)))
        else:
            pieces += [(edit, " ".join(said)) for edit, said in ((Edit.REMOVED, gone), (Edit.ADDED, come)) if said]
    return tuple(pieces)


LITTLE = 1 / 3
"""Where less than this share of the words of a side is left, a person had better look."""
ENOUGH = 4
"""Of fewer words nothing can be said."""


def is_much_changed(kept: Kept) -> bool:
    """Tell whether hardly anything is left of a side of a card that is still the same card."""
    before, card = kept.before, kept.after.card
    sides = (before.question, card.question.text), (before.answer, card.answer.text)
    return any(_is_rewritten(old, new) for old, new in sides)


def _is_rewritten(old: str, new: str) -> bool:
    before, after = words_of(old), words_of(new)
    if min(len(content_of(before)), len(content_of(after))) < ENOUGH:
        return False
    return liken(before, after, lambda _: 1.0).share < LITTLE


# --- what Anki will not move ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """Cards that belong into another deck than the one in which an import leaves them."""

    old: str
    new: str
    cards: tuple[Kept, ...]
    whole: bool
    """The old deck has become the new one, as a whole; renaming it in Anki before the import does it all."""
    search: str
    """What selects them in Anki's browser, once the packages are imported."""


def moves_of(plan: Plan, before: Lock, settings: Settings) -> tuple[Move, ...]:
    """Put cards that went the same way together; *before* is the lock that *plan* was made from."""
    ways: dict[tuple[str, str], list[Kept]] = defaultdict(list)
    now = {entry.guid: entry.deck for entry in plan.lock.entries}
    for kept in plan.moved:
        ways[kept.before.deck, now[kept.after.guid]].append(kept)
    renamed = _renamed_decks(before, plan.lock).items()
    return tuple(
        Move(*way, tuple(cards), way in renamed, _search(way[0], cards, settings, way in renamed))
        for way, cards in sorted(ways.items(), key=lambda item: item[0])
    )


def _renamed_decks(before: Lock, after: Lock) -> dict[str, str]:
    """Find the decks that are gone and whose cards all went to one deck that is new."""
    where: dict[str, Counter[str]] = defaultdict(Counter)
    now = {entry.guid: entry.deck for entry in after.entries if not entry.retired}
    for entry in before.entries:
        if entry.deck and entry.guid in now:
            where[entry.deck][now[entry.guid]] += 1
    decks = set(now.values())
    whole = {old: next(iter(to)) for old, to in where.items() if old not in decks and len(to) == 1}
    return {old: new for old, new in whole.items() if new not in where}


def _search(old: str, cards: Sequence[Kept], settings: Settings, whole: bool) -> str:
    """Select what lies in the deck *old* and belongs elsewhere: what says so by its tag, or by its source."""
    deck = f'"deck:{_escaped(old)}"'
    if whole:
        return deck
    marks = sorted({_mark(kept.after.card, settings) for kept in cards})
    return f"{deck} {marks[0]}" if len(marks) == 1 else f"{deck} ({' OR '.join(marks)})"


def _mark(card: Card, settings: Settings) -> str:
    """Say what only the cards of the same deck have: weeks have a tag, other files stand in the source."""
    if card.place.week is not None:
        return f'"tag:{_escaped(branch_tag(card.place, settings))}"'
    return f'"Source:{_escaped(card.source.path)}:*"'


def _escaped(text: str) -> str:
    """Take from *text* what Anki's search would not take as it is (https://docs.ankiweb.net/searching.html)."""
    return "".join(f"\\{char}" if char in '\\"*_' else char for char in text)


# --- what stands beside each other ------------------------------------------------------------------------------------


def shortened(pieces: Iterable[Piece], around: int = 6) -> Iterator[Piece]:
    """Leave of long unchanged stretches only the words beside a change."""
    for edit, group in groupby(pieces, key=lambda piece: piece[0]):
        words = " ".join(text for _, text in group).split(" ")
        if edit is Edit.KEPT and len(words) > 2 * around + 1:
            words = [*words[:around], "…", *words[-around:]]
        yield edit, " ".join(words)
