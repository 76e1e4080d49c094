"""The stages in order. Only the outer functions touch the disk; none reads the clock or prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlopscards.errors import NotesError
from mlopscards.model import NOTHING, Card, Deck, Note, Problem, Severity
from mlopscards.settings import FILE_NAME, Settings, read_settings
from mlopscards.source import find_notes, names_below, parse_note, read_note

if TYPE_CHECKING:
    from mlopscards.identity import Plan

LOCK_NAME = "cards.lock"
Progress = Callable[[Sequence[Path]], Iterable[Path]]


@dataclass(frozen=True, slots=True)
class Collected:
    """What the notes give, before identity."""

    cards: tuple[Card, ...]
    media: dict[str, bytes]
    """By the name that the cards use."""
    problems: tuple[Problem, ...]
    """Sorted; errors among them only where the caller asked for leniency."""
    files: int


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made."""

    decks: tuple[Deck, ...]
    plan: Plan
    problems: tuple[Problem, ...]
    files: int
    packages: tuple[Path, ...]


def cards_of_note(note: Note) -> tuple[Card, ...]:
    """Turn one note into its cards; files are independent of each other up to here."""
    from mlopscards.cards import cards_of
    from mlopscards.concepts import concepts_of
    from mlopscards.outline import outline_of
    from mlopscards.syntax import blocks_of

    concepts, _ = concepts_of(note, outline_of(blocks_of(note)))
    return tuple(cards_of(concepts, note.tags))


def cards_of_text(text: str, name: str = "notes.md") -> tuple[Card, ...]:
    """Turn Markdown into cards, for tests and for callers without files."""
    note, _ = parse_note(name, text, lenient=True)
    assert note
    return merge_duplicates(cards_of_note(note))


def collect(
    root: Path,
    paths: Sequence[Path],
    *,
    lenient: bool = False,
    progress: Progress = iter,
    cards_of: Callable[[Note], tuple[Card, ...]] | None = None,
) -> Collected:
    """Read *paths* below *root* into cards; problems of all files are gathered before any of them counts.

    Whoever reads the same notes again and again gives a *cards_of* that remembers.

    Raises `NotesError` with every problem where one of them is an error.
    """
    from mlopscards.media import read_media

    cards: list[Card] = []
    problems: list[Problem] = []
    names = dict(zip(paths, names_below(paths, root), strict=True))
    for path in progress(paths):
        note, found = read_note(path, names[path], lenient=lenient)
        problems += found
        if note:
            cards += (cards_of or cards_of_note)(note)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise NotesError(tuple(sorted(problems)))
    merged, media, missing = read_media(merge_duplicates(cards), root)
    problems += missing
    return Collected(merged, media, tuple(sorted(problems)), len(paths))


def merge_duplicates(cards: Iterable[Card]) -> tuple[Card, ...]:
    """Make one card of those that read the same, with all their sources."""
    merged: dict[tuple[str, str, str], Card] = {}
    for card in cards:
        key = (card.note_type, _normal(card.question.text), _normal(card.answer.text))
        known = merged.get(key)
        merged[key] = replace(known, also=(*known.also, card.source)) if known else card
    return _without_double_reverse(tuple(merged.values()))


def _normal(text: str) -> str:
    return " ".join(text.lower().split())


def _without_double_reverse(cards: tuple[Card, ...]) -> tuple[Card, ...]:
    """Drop reverse cards whose question would have two answers."""
    seen: dict[str, int] = {}
    for card in cards:
        if card.reverse:
            seen[_normal(card.reverse.text)] = seen.get(_normal(card.reverse.text), 0) + 1
    if all(count == 1 for count in seen.values()):
        return cards
    return tuple(
        replace(card, reverse=NOTHING) if seen.get(_normal(card.reverse.text), 0) > 1 else card for card in cards
    )


def issue_cards(collected: Collected, settings: Settings, lock_path: Path, now: int) -> Plan:
    """Give the cards their identity, from the lock that stands at *lock_path*."""
    from mlopscards.fields import content_digest
    from mlopscards.identity import issue
    from mlopscards.lockfile import read_lock

    return issue(collected.cards, read_lock(lock_path), now, lambda card: content_digest(card, settings))


def build(notes: Path, target: Path, now: int, progress: Progress = iter) -> Built:
    """Build the packages of *notes* into *target*, and keep the lock.

    Raises `NotesError` where the notes have errors, `CannotDo` where something cannot be read or written; then
    no package has changed.
    """
    from mlopscards.decks import decks_of, retired_deck
    from mlopscards.lockfile import write_lock

    paths = find_notes(notes)
    settings = read_settings(notes / FILE_NAME)
    collected = collect(notes, paths, progress=progress)
    plan = issue_cards(collected, settings, notes / LOCK_NAME, now)
    decks = decks_of(plan.issued, settings)
    _check_target(target)
    # The lock goes first: a package whose guids no lock knows could not be kept up to date.
    write_lock(notes / LOCK_NAME, plan.lock)
    packages = tuple(_write_packages(target, decks, collected.media, settings))
    if gone := retired_deck(plan.lock.entries, settings):
        packages = (*packages, _write_retired(target, gone, settings))
    return Built(decks, plan, collected.problems, collected.files, packages)


def _check_target(target: Path) -> None:
    """Refuse before anything is written."""
    import os

    from mlopscards.errors import CannotDo

    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotDo(f"cannot write {target}: {error.strerror}; nothing has changed") from error
    if not os.access(target, os.W_OK | os.X_OK):
        raise CannotDo(f"cannot write {target}: no permission; nothing has changed")


def _write_packages(target: Path, decks: Sequence[Deck], media: dict[str, bytes], settings: Settings) -> Iterator[Path]:
    from mlopscards.decks import EVERYTHING
    from mlopscards.targets.apkg import write_package

    parts = [(deck.slug, [deck]) for deck in decks]
    for slug, group in [*parts, (EVERYTHING, list(decks))]:
        path = target / f"{slug}.apkg"
        write_package(path, group, media, settings)
        yield path


def _write_retired(target: Path, gone: Deck, settings: Settings) -> Path:
    """Retired cards never travel with the others: whoever never had them would get blank notes."""
    from mlopscards.targets.apkg import write_package

    path = target / f"{gone.slug}.apkg"
    write_package(path, [gone], {}, settings, retired=True)
    return path
