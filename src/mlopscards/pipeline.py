"""The stages in order. Only the outer functions touch the disk; none reads the clock or prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlopscards.errors import MlopscardsError, NotesError
from mlopscards.media import read_media
from mlopscards.merging import merge_duplicates
from mlopscards.model import Card, Deck, Note, Problem, Severity, Span
from mlopscards.settings import FILE_NAME, Settings, read_settings
from mlopscards.source import Found, find_notes, names_below, parse_note, read_note

if TYPE_CHECKING:
    from mlopscards.check import Seen
    from mlopscards.coverage import FileCoverage
    from mlopscards.identity import Plan
    from mlopscards.lockfile import Lock

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
class Planned:
    """What a build is going to do."""

    collected: Collected
    settings: Settings
    before: Lock
    """What was known of the cards."""
    plan: Plan
    is_lock_missing: bool

    @property
    def lock_changes(self) -> bool:
        """Tell whether the build would write another lock than the one that is there."""
        return self.is_lock_missing or self.before != self.plan.lock


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made."""

    decks: tuple[Deck, ...]
    planned: Planned
    packages: tuple[Path, ...]

    @property
    def plan(self) -> Plan:
        """Which card is which, and what happened since the last build."""
        return self.planned.plan


class LockWouldChange(MlopscardsError):
    """The lock is not what the notes give, and may not be written."""

    def __init__(self, planned: Planned) -> None:
        super().__init__("the lock is not up to date")
        self.planned = planned


def cards_of_note(note: Note) -> tuple[Card, ...]:
    """Turn one note into its cards; files are independent of each other up to here."""
    from mlopscards.cards import cards_of
    from mlopscards.concepts import concepts_of
    from mlopscards.outline import outline_of
    from mlopscards.syntax import blocks_of

    concepts, _ = concepts_of(note, outline_of(blocks_of(note)))
    return tuple(cards_of(concepts, note.tags))


def coverage_of_note(note: Note) -> FileCoverage:
    """Say of every line of a note what became of it."""
    from mlopscards.cards import cards_of
    from mlopscards.concepts import concepts_of
    from mlopscards.coverage import coverage_of
    from mlopscards.outline import outline_of
    from mlopscards.syntax import blocks_of

    outline = outline_of(blocks_of(note))
    concepts, unread = concepts_of(note, outline)
    return coverage_of(note, outline, tuple(cards_of(concepts, note.tags)), unread)


def cards_of_text(text: str, name: str = "notes.md") -> tuple[Card, ...]:
    """Turn Markdown into cards, for tests and for callers without files."""
    note, _ = parse_note(name, text, lenient=True)
    assert note
    return merge_duplicates(cards_of_note(note))


def _read(root: Path, paths: Sequence[Path], progress: Progress, *, lenient: bool = False) -> Iterator[Found]:
    """Read *paths*, which get their names from where they lie below *root*."""
    names = dict(zip(paths, names_below(paths, root), strict=True))
    for path in progress(paths):
        yield read_note(path, names[path], lenient=lenient)


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
    cards: list[Card] = []
    problems: list[Problem] = []
    for note, found in _read(root, paths, progress, lenient=lenient):
        problems += found
        if note:
            cards += (cards_of or cards_of_note)(note)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise NotesError(tuple(sorted(problems)))
    merged = merge_duplicates(cards)
    merged, media, missing = read_media(merged, root)
    return Collected(merged, media, tuple(sorted((*problems, *missing))), len(paths))


def cover(root: Path, paths: Sequence[Path], progress: Progress = iter) -> tuple[FileCoverage, ...]:
    """Say of every line of *paths* what became of it; front matter of other tools may pass.

    Raises `NotesError` with every problem where a file cannot be read as text.
    """
    files: list[FileCoverage] = []
    problems: list[Problem] = []
    for note, found in _read(root, paths, progress, lenient=True):
        if note:
            files.append(coverage_of_note(note))
        else:
            problems += found
    if problems:
        raise NotesError(tuple(sorted(problems)))
    return tuple(files)


def check(
    root: Path,
    paths: Sequence[Path] | None = None,
    *,
    progress: Progress = iter,
    seen_of: Callable[[Note], Seen] | None = None,
) -> tuple[Problem, ...]:
    """Find what is wrong or could be better in the notes below *root*, or in *paths* of them; sorted.

    One bad file hides no other. *seen_of* may remember how it saw a note. Raises `CannotDo` where something cannot be
    read.
    """
    from mlopscards.check import Course, Ignore, findings_of, see

    seen_of = seen_of or see
    problems: list[Problem] = []
    files = []
    for note, found in _read(root, find_notes(root) if paths is None else paths, progress):
        problems += found
        if note:
            files.append(seen_of(note))
    settings, slips = _settings_to_check(root)
    cards = merge_duplicates(card for seen in files for card in seen.cards)
    course = Course(tuple(files), cards, root, whole=paths is None)
    ignores = [Ignore(code, Span(FILE_NAME, line)) for code, line in settings.ignore]
    return findings_of(course, [*problems, *slips], ignores)


def check_text(text: str, name: str = "notes.md") -> tuple[Problem, ...]:
    """Find what is wrong in one text, for tests and for callers without files; its links to files are not followed."""
    from mlopscards.check import Course, findings_of, see

    note, problems = parse_note(name, text)
    files = (see(note),) if note else ()
    return findings_of(Course(files, merge_duplicates(card for seen in files for card in seen.cards)), problems)


def _settings_to_check(root: Path) -> tuple[Settings, tuple[Problem, ...]]:
    try:
        return read_settings(root / FILE_NAME), ()
    except NotesError as error:
        return Settings(), error.problems


def issue_cards(collected: Collected, settings: Settings, lock: Lock, now: int) -> Plan:
    """Give the cards their identity, from what *lock* remembers."""
    from mlopscards.decks import deck_names
    from mlopscards.fields import content_digest
    from mlopscards.identity import issue

    names = deck_names(collected.cards, settings)
    return issue(collected.cards, lock, now, lambda card: content_digest(card, settings), names)


def plan(notes: Path, target: Path, now: int, progress: Progress = iter) -> Planned:
    """Find out what a build of *notes* into *target* would do; nothing is written.

    Raises what `build` raises.
    """
    from mlopscards.lockfile import read_lock

    paths = find_notes(notes)
    settings = read_settings(notes / FILE_NAME)
    is_missing = not (notes / LOCK_NAME).exists()
    # A broken lock is told of before the long work.
    known = read_lock(notes / LOCK_NAME)
    collected = collect(notes, paths, progress=progress)
    if is_missing:
        known = _remembered(target, collected.cards)
    return Planned(collected, settings, known, issue_cards(collected, settings, known, now), is_missing)


def _remembered(target: Path, cards: Sequence[Card]) -> Lock:
    """Take the identities of unchanged cards from the packages of an earlier build, where its lock is lost."""
    from mlopscards.errors import CannotDo
    from mlopscards.lockfile import Lock
    from mlopscards.recovery import recover, still_said

    packages = sorted(target.glob("*.apkg")) if target.is_dir() else []
    try:
        return still_said(recover(packages), cards)
    except CannotDo:
        # Whatever lies there is not ours, and is nobody's business.
        return Lock()


def build(notes: Path, target: Path, now: int, progress: Progress = iter, *, frozen: bool = False) -> Built:
    """Build the packages of *notes* into *target*, and keep the lock.

    Raises `NotesError` where the notes have errors, `CannotDo` where something cannot be read or written, and
    `LockWouldChange` where the lock is *frozen* and not up to date; then no package has changed.
    """
    from mlopscards.decks import decks_of, retired_deck
    from mlopscards.lockfile import write_lock

    planned = plan(notes, target, now, progress)
    if frozen and planned.lock_changes:
        raise LockWouldChange(planned)
    settings, media, issued = planned.settings, planned.collected.media, planned.plan.issued
    decks = decks_of(issued, settings)
    _check_target(target)
    # The lock goes first: a package whose guids no lock knows could not be kept up to date.
    write_lock(notes / LOCK_NAME, planned.plan.lock)
    packages = tuple(_write_packages(target, decks, media, settings))
    if gone := retired_deck(planned.plan.lock.entries, settings):
        packages = (*packages, _write_retired(target, gone, settings))
    return Built(decks, planned, packages)


def _check_target(target: Path) -> None:
    """Refuse before anything is written."""
    import os

    from mlopscards.errors import CannotDo

    try:
        target.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise CannotDo(f"cannot write {target}: is a file, a folder was expected; nothing has changed") from None
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
