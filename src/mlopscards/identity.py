"""Cards and the lock to issued cards and the next lock: which card is which, whatever was edited. Pure.

Two rules stand above all: a guid is minted once and kept for ever, and a card that nothing clearly claims is new, since
the history of another card is worse than none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mlopscards.clozes import deletions_of, renumber_clozes
from mlopscards.faces import Board, Evidence, Face, faces_of
from mlopscards.likeness import folded
from mlopscards.lockfile import Entry, Lock
from mlopscards.matching import match
from mlopscards.model import Card, Field, Issued, NoteType

# --- What is done -----------------------------------------------------------------------------------------------------


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
    """They go into another deck than before, to which no import moves them; their content may differ too."""
    returned: tuple[Kept, ...]
    """They were retired and are back."""
    retired: tuple[Entry, ...]
    """Their cards went out of the notes in this build."""
    ambiguous: tuple[Ambiguous, ...]


# --- What is issued ---------------------------------------------------------------------------------------------------

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def derive_guid(card: Card, used: set[str]) -> str:
    """Mint a guid that a lost lock would give again: from the author's id, or else the words, wherever they stand."""
    words = ("id", card.id) if card.id else (folded(card.question.text), folded(card.answer.text))
    count = 0
    while (guid := _short_hash(card.note_type, *words, str(count))) in used:
        count += 1
    return guid


def _short_hash(*parts: str) -> str:
    """Give 64 bits of *parts* in eleven letters and digits, safe in every file and search."""
    number = int.from_bytes(hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest())
    letters = ""
    for _ in range(11):
        number, rest = divmod(number, len(LETTERS))
        letters += LETTERS[rest]
    return letters


def issue(
    cards: Sequence[Card], lock: Lock, now: int, digest: Callable[[Card], str], decks: Sequence[str] = ()
) -> Plan:
    """Give each card its guid and the time of its last change.

    *digest* is the fingerprint of what travels to Anki; *decks* names the deck of each card, where they are known.
    """
    order = sorted(range(len(cards)), key=lambda place: cards[place].source)
    faces, news = faces_of(lock.entries, [cards[place] for place in order])
    olds = dict(zip(faces, lock.entries, strict=True))
    board = match(faces, news)
    used = {entry.guid for entry in lock.entries}
    written: list[tuple[Issued, Entry]] = []
    for place, new in zip(order, news, strict=True):
        before = olds[board.partners[new]] if new in board.partners else None
        written.append(_write(cards[place], decks[place] if decks else "", before, used, max(now, 1), digest))
        used.add(written[-1][0].guid)
    return _plan(board, olds, written, order, max(now, 1))


def _write(
    card: Card, deck: str, before: Entry | None, used: set[str], now: int, digest: Callable[[Card], str]
) -> tuple[Issued, Entry]:
    """Issue *card*, and write down what the lock has to remember of it."""
    guid = before.guid if before else derive_guid(card, used)
    clozes: dict[int, str] = {}
    if card.note_type is NoteType.CLOZE:
        question, clozes = renumber_clozes(card.question, before) if before else _numbered_by_author(card.question)
        card = replace(card, question=question)
    fingerprint = digest(card)
    modified = _modified(before, fingerprint, now)
    entry = Entry(
        guid=guid,
        kind=card.kind,
        note_type=card.note_type,
        path=card.source.path,
        line=before.line if before and before.line and modified == before.modified else card.source.line,
        deck=deck,
        headings=card.headings,
        question=card.question.text,
        answer=card.answer.text,
        digest=fingerprint,
        modified=modified,
        id=card.id,
        clozes=clozes,
    )
    return Issued(card, guid, modified, entry.line), entry


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
        # A lock of an earlier version names no decks.
        moved=tuple(known for known, entry in kept if known.before.deck not in ("", entry.deck)),
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
