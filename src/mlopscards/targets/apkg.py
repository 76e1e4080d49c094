"""`Deck`s to an Anki package; the one module that knows genanki.

genanki makes the schema, the note types and the decks. The rows of notes and cards are ours: genanki would stamp
each with the build time, hash a guid out of the text and give every note of a week the same place in the queue.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import genanki.deck
import genanki.model
import genanki.package

from mlopscards.decks import root_tag, tags_of
from mlopscards.errors import CannotDo
from mlopscards.fields import SEPARATOR, card_numbers, fields_of
from mlopscards.model import Card, Deck, Issued, NoteType
from mlopscards.notetypes import BASIC, CLOZE, LAYOUTS, MODIFIED, Layout, style
from mlopscards.settings import Settings

_DAY = 86_400_000
"""In milliseconds."""
_ROOM = _DAY // 2
"""Where in its day a deck may start to count; the rest of the day is long enough for any deck."""
_BUG = "this is a bug of mlopscards, please report it"
# Nine tenths of what the highest level saves, in a quarter of its time.
_LEVEL = 1
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_SHOWS = re.compile(r"<(?:img|audio|video|svg|object)\b|\[sound:|\\[(\[]", re.IGNORECASE)

_NOTE_ROW = "INSERT INTO notes VALUES(?,?,?,?,-1,?,?,?,0,0,'')"
_CARD_ROW = "INSERT INTO cards VALUES(?,?,?,?,?,-1,0,0,?,0,0,0,0,0,0,0,0,'')"


def write_package(
    path: Path, decks: Sequence[Deck], media: Mapping[str, bytes], settings: Settings, *, retired: bool = False
) -> None:
    """Write *decks* to *path* as a whole or not at all; with *retired*, notes that lose their cards."""
    notes = tuple(_numbered(decks, retired))
    _refuse_shared_guids(notes)
    used = {name for note in notes for name in note.card.media}
    shown = {name: media[name] for name in sorted(used & media.keys())}
    collection = _collection(notes, decks, settings, retired)
    try:
        _replace(path, lambda file: _zip(file, collection, shown))
    except OSError as error:
        raise CannotDo(f"cannot write {path}: {error.strerror or error}; nothing there has changed") from error


class _Note(NamedTuple):
    """A note at its place in the lecture."""

    issued: Issued
    id: int
    deck_id: int
    due: int
    """The place in the order of new cards, from 1 in each deck."""
    ords: tuple[int, ...]
    """Which of the templates, or of the clozes, make a card."""

    @property
    def card(self) -> Card:
        return self.issued.card


class _Model(genanki.model.Model):
    """A note type that says itself when it changed, and which fields it requires."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            layout.id,
            layout.name,
            fields=[{"name": name, "id": layout.first_field_id + place} for place, name in enumerate(layout.fields)],
            templates=[{"name": t.name, "id": t.id, "qfmt": t.front, "afmt": t.back} for t in layout.templates],
            css=style(),
            model_type=self.CLOZE if layout.kind is NoteType.CLOZE else self.FRONT_BACK,
        )
        self.layout = layout

    @property
    def _req(self) -> list[tuple[int, str, list[int]]]:
        # genanki tries the templates out to find this, and `{{^Retired}}` leads it to demand every field.
        return list(self.layout.required)

    def to_json(self, timestamp: float, deck_id: int | None) -> dict[str, Any]:
        """Put *timestamp*, the time of the build, and the last deck out of sight: both would differ by package."""
        return dict(super().to_json(MODIFIED, None))


def deck_id(name: str) -> int:
    """Give each deck name an id for ever, in the range of ids of the years 2001 to 2018; 1 is the Default deck."""
    digest = blake2b(name.encode(), digest_size=8).digest()
    return 1_000_000_000_000 + int.from_bytes(digest) % 500_000_000_000


def _numbered(decks: Iterable[Deck], retired: bool = False) -> Iterator[_Note]:
    """Give every note its ids and its place."""
    taken: set[int] = set()
    for deck in decks:
        home = deck_id(deck.name)
        for due, issued in enumerate(deck.cards, 1):
            ords = _ords(issued.card, retired)
            ids = _ids(issued, home % _ROOM + due, len(ords), taken)
            taken.update(ids)
            yield _Note(issued, ids[0], home, due, ords)


def _ids(issued: Issued, place: int, count: int, taken: set[int]) -> range:
    """Find *count* ids that nobody has: the note has the first, its cards have all of them.

    To Anki an id is the time of birth in milliseconds. So we count from the day before `modified`: no id is from
    the future, and none comes back for another card, which would find the reviews of the first. Each deck counts
    from its own time of that day, so that the packages of one build do not take each other's ids.
    """
    first = issued.modified * 1000 - _DAY + place
    if first <= _DAY:
        raise CannotDo(f"{issued.card.source}: the card has no time of its last change; {_BUG}")
    while not taken.isdisjoint(range(first, first + count)):
        first += 1
    return range(first, first + count)


def _ords(card: Card, retired: bool) -> tuple[int, ...]:
    """List which cards the note makes; one that makes none would be lost without a word."""
    if not _is_visible(card):
        raise CannotDo(f"{card.source}: the card has no question; {_BUG}")
    # A retired note is there to lose its cards; the lock may not know any more which they were.
    numbers = card_numbers(card) or ((1,) if retired else ())
    if not numbers:
        raise CannotDo(f"{card.source}: the cloze note has no cloze such as '{{{{c1::…}}}}'; {_BUG}")
    return tuple(number - 1 for number in numbers)


def _is_visible(card: Card) -> bool:
    html = card.question.html
    return bool(html.strip() and (card.question.text.strip() or _SHOWS.search(html)))


def _refuse_shared_guids(notes: Iterable[_Note]) -> None:
    """Anki imports both of two notes with one guid, and later updates reach only one of them."""
    seen: dict[str, Card] = {}
    for note in notes:
        guid, card = note.issued.guid, note.card
        if not guid or guid in seen:
            other = f"is also that of the card at {seen[guid].source}" if guid else "is empty"
            raise CannotDo(f"{card.source}: the card's guid {guid!r} {other}; {_BUG}")
        seen[guid] = card


def _collection(notes: Sequence[_Note], decks: Sequence[Deck], settings: Settings, retired: bool) -> bytes:
    """Make the database that a package holds."""
    with closing(sqlite3.connect(":memory:")) as db:
        cursor = db.cursor()
        cursor.execute("PRAGMA page_size = 16384")  # few large pages are copied faster than many small ones
        genanki.package.Package(_shells(decks)).write_to_db(cursor, MODIFIED, iter(()))
        indexes = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql > ''").fetchall()
        # An index made of all rows at once is half the work.
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.executemany(_NOTE_ROW, _note_rows(notes, settings, retired))
        cursor.executemany(_CARD_ROW, _card_rows(notes))
        for _, sql in indexes:
            cursor.execute(sql)
        db.commit()
        return db.serialize()


def _shells(decks: Sequence[Deck]) -> list[genanki.deck.Deck]:
    """Make the decks and their parents, without notes, and the note types."""
    names = sorted({parent for deck in decks for parent in _lineage(deck.name)})
    shells = [genanki.deck.Deck(deck_id(name), name) for name in names]
    for shell in shells[:1]:
        shell.add_model(_Model(BASIC))
        shell.add_model(_Model(CLOZE))
    return shells


def _lineage(name: str) -> Iterator[str]:
    parts = name.split("::")
    return ("::".join(parts[:depth]) for depth in range(1, len(parts) + 1))


def _note_rows(notes: Iterable[_Note], settings: Settings, retired: bool) -> Iterator[tuple[int | str, ...]]:
    retirement = (f"{root_tag(settings)}::retired",) if retired else ()
    for note in notes:
        issued, card = note.issued, note.card
        tags = " ".join(sorted((*tags_of(card, settings), *retirement)))
        fields = SEPARATOR.join(fields_of(card, line=issued.line, retired=retired))
        layout = LAYOUTS[card.note_type]
        yield (note.id, issued.guid, layout.id, issued.modified, f" {tags} ", fields, card.question.text)


def _card_rows(notes: Iterable[_Note]) -> Iterator[tuple[int, ...]]:
    return (
        (note.id + place, note.id, note.deck_id, ord_, note.issued.modified, note.due)
        for note in notes
        for place, ord_ in enumerate(note.ords)
    )


def _replace(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Let *write* fill a new file beside *path*, and put it in its place once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Always the same name: what a killed build left is taken by the next one.
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            write(file)
        os.replace(part, path)  # noqa: PTH105
    finally:
        part.unlink(missing_ok=True)


def _zip(file: BinaryIO, collection: bytes, media: Mapping[str, bytes]) -> None:
    """Pack the parts as Anki expects them; the clock is left out, so that the same parts give the same bytes."""
    names = {str(number): name for number, name in enumerate(media)}
    with zipfile.ZipFile(file, "w") as package:
        for name, content in (("collection.anki2", collection), ("media", json.dumps(names).encode())):
            package.writestr(_entry(name), content, zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        for number, name in names.items():
            # Pictures and sounds are compressed already.
            package.writestr(_entry(number), media[name], zipfile.ZIP_STORED)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_TIME)
    entry.create_system = 3  # else it tells Windows from the others
    entry.external_attr = 0o644 << 16
    return entry
