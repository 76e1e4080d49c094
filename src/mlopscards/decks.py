"""Issued cards to decks: a deck a week, with its name, its slug and its cards' tags."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from html import escape
from itertools import chain
from pathlib import PurePosixPath

from mlopscards.lockfile import Entry
from mlopscards.model import Card, Deck, Field, Issued, Place, Span
from mlopscards.settings import Settings

# Anki takes `collection.apkg` and `backup-*.apkg` for a restore of the whole collection, Windows makes no files
# with the names of devices, and the others are packages that hold more than a week.
_RESERVED = re.compile(r"collection|backup-.*|everything|retired|con|prn|aux|nul|(com|lpt)\d")
# A file may be called like a week, which may get its own notes only later; slugs must not move then.
_WEEK = re.compile(r"(course-\d+-)?week-\d+")
EVERYTHING, RETIRED = "everything", "retired"
"""The slugs of the package that holds all decks, and of the one that cleans up."""
_SLUG_BYTES = 120
_QUOTES = str.maketrans("", "", '"“”„‟«»')

_Key = tuple[int | None, int | None, str]
"""Course, week, and the file's path where there is no week."""


def decks_of(issued: Iterable[Issued], settings: Settings) -> tuple[Deck, ...]:
    """Give each week its deck, and each file that belongs to no week its own."""
    groups: dict[_Key, list[Issued]] = defaultdict(list)
    for one in issued:
        groups[_key(one.card)].append(one)
    decks: dict[str, Deck] = {}
    for key, empty in _shelves([one.card for one in chain(*groups.values())], settings).items():
        deck = decks.get(empty.name, empty)
        decks[empty.name] = replace(deck, cards=(*deck.cards, *groups[key]))
    return tuple(decks.values())


def deck_names(cards: Sequence[Card], settings: Settings) -> tuple[str, ...]:
    """Say for each of *cards* into which deck it goes; `decks_of` puts it there."""
    shelves = _shelves(cards, settings)
    return tuple(shelves[_key(card)].name for card in cards)


def _shelves(cards: Iterable[Card], settings: Settings) -> dict[_Key, Deck]:
    """Make the decks, still empty, in their order."""
    titles: dict[_Key, set[tuple[str, str]]] = defaultdict(set)
    for card in cards:
        titles[_key(card)].add((card.source.path, card.place.title))
    names: dict[str, str] = {}
    shelves: dict[_Key, Deck] = {}
    slugs: set[str] = set()
    for key in sorted(titles, key=_order):
        deck = _deck(key, titles[key], settings, slugs)
        # Anki matches decks by name and does not tell upper from lower case, so what it calls one deck is one here.
        shelves[key] = replace(deck, name=names.setdefault(deck.name.casefold(), deck.name))
        slugs.add(deck.slug)
    return shelves


def retired_deck(entries: Iterable[Entry], settings: Settings) -> Deck | None:
    """Make a deck of the cards that went out of the notes, for the clean-up package; nothing where there are none.

    Only what the lock remembers of a card is left, which is enough: Anki takes its note by the guid, and blanks it.
    """
    gone = tuple(_gone(entry) for entry in entries if entry.retired)
    root = "::".join(clean_title(part) for part in settings.root.split("::"))
    return Deck(root, RETIRED, gone) if gone else None


def _gone(entry: Entry) -> Issued:
    question, answer = Field(entry.question, escape(entry.question)), Field(entry.answer, escape(entry.answer))
    card = Card(entry.kind, entry.note_type, question, answer, Place(), entry.headings, Span(entry.path, 1))
    return Issued(card, entry.guid, max(entry.retired, entry.modified))


def _key(card: Card) -> _Key:
    place = card.place
    return (place.course, place.week, card.source.path if place.week is None else "")


def _order(key: _Key) -> tuple[bool, int, bool, int, str]:
    course, week, path = key
    return (course is None, course or 0, week is None, week or 0, path)


def _deck(key: _Key, titles: Iterable[tuple[str, str]], settings: Settings, taken: set[str]) -> Deck:
    course, week, path = key
    parts = [clean_title(part) for part in settings.root.split("::")]
    if course is not None:
        parts.append(clean_title(f"Course {course} {settings.courses.get(course, '')}"))
    # The title of the first file that has one: two files of a week may be named differently.
    title = min(((path, title) for path, title in titles if title), default=("", ""))[1]
    parts.append(clean_title(f"Week {week} {title}") if week is not None else clean_title(title) or _stem(path))
    slug = _week_slug(course, week) if week is not None else _path_slug(course, path, taken)
    return Deck("::".join(filter(None, parts)), slug, ())


def _stem(path: str) -> str:
    words = PurePosixPath(path).stem.replace("-", " ").replace("_", " ")
    return clean_title(words) or "Notes"


def clean_title(title: str) -> str:
    """Leave nothing in a deck's title that Anki would nest at, drop or stumble over."""
    title = unicodedata.normalize("NFC", re.sub(r":{2,}", ": ", title)).translate(_QUOTES)
    blanks = "".join(" " if _is_control(char) else char for char in title)
    return " ".join(blanks.split()).strip(": ")


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs")


def _week_slug(course: int | None, week: int) -> str:
    return f"week-{week}" if course is None else f"course-{course}-week-{week}"


def _path_slug(course: int | None, path: str, taken: set[str]) -> str:
    """Name the package of a file without a week; a hash tells apart what would be one name."""
    whole = slug_of(re.sub(r"\.[^./]*$", "", path))
    slug = whole.encode()[:_SLUG_BYTES].decode(errors="ignore").strip("-")
    if slug in taken or slug != whole or not slug or _RESERVED.fullmatch(slug) or _WEEK.fullmatch(slug):
        digest = blake2b(f"{course} {path}".encode(), digest_size=4).hexdigest()
        slug = f"notes-{slug}-{digest}".replace("--", "-")
    return slug


@lru_cache(maxsize=1 << 14)
def slug_of(text: str) -> str:
    """Join the words of *text* by hyphens, in small letters; letters of any script stay."""
    small = unicodedata.normalize("NFC", text.lower())
    # Marks are not `\w`, but without them Hindi or Thai words fall apart.
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in small)
    return "-".join("".join(kept).split())


def root_tag(settings: Settings) -> str:
    """Name the tag that all derived tags stand under."""
    return slug_of(settings.root) or "notes"


def tags_of(card: Card, settings: Settings) -> tuple[str, ...]:
    """List the tags of *card*: where it belongs, what it is, what it is about, and the author's own."""
    root = root_tag(settings)
    tags = [f"{root}::kind::{slug_of(card.kind)}"]
    if _branch(card.place):
        tags.append(branch_tag(card.place, settings))
    if concept := slug_of(card.term.text):
        tags.append(f"{root}::concept::{concept}")
    if card.tags or settings.tags:
        tags += filter(None, map(clean_tag, (*card.tags, *settings.tags)))
        # Anki does not tell tags apart by case.
        tags = list({tag.casefold(): tag for tag in reversed(tags)}.values())
    return tuple(sorted(tags))


def branch_tag(place: Place, settings: Settings) -> str:
    """Name the tag of all cards of a course week."""
    return root_tag(settings) + _branch(place)


@lru_cache(maxsize=1024)
def _branch(place: Place) -> str:
    course = "" if place.course is None else f"::course-{place.course}"
    week = "" if place.week is None else f"::week-{place.week}"
    return course + week


@lru_cache(maxsize=1 << 12)
def clean_tag(tag: str) -> str:
    """Make one tag of *tag*, which in Anki ends at the first blank; `::` in it nests."""
    parts = (clean_title(part).replace(" ", "-") for part in tag.split("::"))
    return "::".join(filter(None, parts))
