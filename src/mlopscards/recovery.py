"""Packages that were built, or exported from Anki, to the entries of a lock that was lost.

Everything that a lock has to know stands in the notes of a package: the guid, the texts, where they came from, and all
that the digest is made of. The fidelity to the text of the notes need not be perfect: matching looks at the words.
"""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

from mlopscards.clozes import deletions_of
from mlopscards.decks import RETIRED
from mlopscards.errors import CannotDo
from mlopscards.fields import BLANKED, CRUMB_SEPARATOR, SEPARATOR, digest_of
from mlopscards.likeness import words_of
from mlopscards.lockfile import Entry, Lock
from mlopscards.model import Card, NoteType
from mlopscards.notetypes import LAYOUTS, Layout

_COLLECTIONS = ("collection.anki21", "collection.anki2")
"""The database of a package, the younger one first: the older one may hold nothing but a word to update Anki."""
_NUMBERED = re.compile(r"(?:Course|Week) \d+")
_LINE = re.compile(r":\d+\Z")
_KIND = re.compile(r"\S+?::kind::(\S+)")
_OF_ANKI = frozenset({"leech", "marked"})
"""Tags that Anki gives."""
_NOTES = """
    SELECT guid, mid, mod, tags, flds, (SELECT did FROM cards WHERE nid = notes.id ORDER BY ord LIMIT 1) FROM notes
"""


def recover(packages: Iterable[Path]) -> Lock:
    """Read the cards of *packages* that this program made; of one that is in several, the youngest state counts.

    Raises `CannotDo` where a package cannot be read.
    """
    found: dict[str, Entry] = {}
    for package in packages:
        for entry in _entries_in(package):
            known = found.get(entry.guid)
            if known is None or _age(known) < _age(entry):
                found[entry.guid] = entry
    return Lock(tuple(sorted(found.values(), key=lambda entry: entry.path)))


def still_said(lock: Lock, cards: Iterable[Card]) -> Lock:
    """Leave of a recovered *lock* what the notes still say word by word: of that alone nobody can be in doubt."""
    said = {(card.note_type, words_of(card.question.text), words_of(card.answer.text)) for card in cards}
    return Lock(
        tuple(
            entry
            for entry in lock.entries
            if not entry.retired and (entry.note_type, words_of(entry.question), words_of(entry.answer)) in said
        )
    )


def _age(entry: Entry) -> int:
    return max(entry.modified, entry.retired)


def _entries_in(package: Path) -> Iterator[Entry]:
    layouts = {layout.id: layout for layout in LAYOUTS.values()}
    try:
        with closing(sqlite3.connect(":memory:")) as db:
            db.deserialize(_database_in(package))
            (decks,) = db.execute("SELECT decks FROM col").fetchone()
            names = {int(number): str(deck["name"]) for number, deck in json.loads(decks).items()}
            for guid, model, modified, tags, fields, deck in db.execute(_NOTES):
                if model in layouts:
                    values = dict(zip(layouts[model].fields, fields.split(SEPARATOR), strict=True))
                    yield _entry(layouts[model], guid, modified, tags.split(), values, names.get(deck, ""))
    except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
        raise CannotDo(f"{package}: is no package that can be read: {error}") from error


def _database_in(package: Path) -> bytes:
    try:
        with zipfile.ZipFile(package) as parts:
            for name in _COLLECTIONS:
                if name in parts.namelist() and "collection.anki21b" not in parts.namelist():
                    return parts.read(name)
    except OSError as error:
        raise CannotDo(f"{package}: cannot be read: {error.strerror or error}") from error
    except zipfile.BadZipFile as error:
        raise CannotDo(f"{package}: is no Anki package: {error}") from error
    raise CannotDo(
        f"{package}: holds no collection that can be read here; "
        "when you export from Anki, tick 'Support older Anki versions'"
    )


def _entry(layout: Layout, guid: str, modified: int, tags: list[str], values: dict[str, str], deck: str) -> Entry:
    cloze = layout.kind is NoteType.CLOZE
    if values["Retired"] and cloze:
        opening, blank = BLANKED
        values["Text"] = values["Text"].replace(blank, opening)
    question = read_html(values["Text" if cloze else "Question"])
    path = _LINE.sub("", values["Source"])
    line = _LINE.search(values["Source"])
    own = sorted(tag for tag in tags if tag not in _OF_ANKI and not tag.endswith(f"::{RETIRED}"))
    kinds = [found[1] for tag in own if (found := _KIND.fullmatch(tag))]
    return Entry(
        guid=guid,
        kind=kinds[0] if kinds else str(layout.kind),
        note_type=layout.kind,
        path=read_html(path),
        line=int(line[0][1:]) if line and not values["Retired"] else 0,
        headings=_headings(read_html(values["Context"])),
        question=question,
        answer="" if cloze else read_html(values["Answer"]),
        digest=digest_of(layout.kind, tuple({**values, "Source": path, "Retired": ""}.values()), own),
        modified=modified,
        retired=modified if values["Retired"] else 0,
        # The package of what was retired has all of it in the root deck.
        deck="" if values["Retired"] else deck,
        clozes=deletions_of(question) if cloze else {},
    )


def _headings(context: str) -> tuple[str, ...]:
    """Take course and week, or else the title of the file, off the breadcrumb."""
    parts = context.split(CRUMB_SEPARATOR) if context else []
    rest = [part for part in parts if not _NUMBERED.fullmatch(part)]
    has_week = any(part.startswith("Week ") and _NUMBERED.fullmatch(part) for part in parts)
    return tuple(rest if has_week else rest[1:])


# --- HTML back to text ------------------------------------------------------------------------------------------------


def read_html(html: str) -> str:
    """Give the text of a field, in the form in which the lock has it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n".join(line for line in "".join(reader.pieces).split("\n") if line.strip()).strip()


class _Reader(HTMLParser):
    """Writes lists, code, tables and math the way they stand in a text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.lists: list[int | None] = []
        self.in_code_block = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "ul" | "ol":
                self.lists.append(0 if tag == "ol" else None)
            case "li":
                self.pieces.append(self._marker())
            case "pre":
                self.in_code_block = True
            case "code" if self.in_code_block:
                self.pieces.append(f"\n```{_language(dict(attrs).get('class') or '')}\n")
            case "code":
                self.pieces.append("`")
            case "img":
                alternative = dict(attrs).get("alt")
                self.pieces.append(f"![{alternative}]" if alternative else "")
            case "td" | "th" if self.pieces and not self.pieces[-1].endswith("\n"):
                self.pieces.append(" | ")
            case "p" | "br" | "tr" | "table" | "blockquote":
                self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "ul" | "ol" if self.lists:
                self.lists.pop()
                self.pieces.append("\n")
            case "pre":
                self.in_code_block = False
            case "code":
                self.pieces.append("```\n" if self.in_code_block else "`")
            case "p" | "table" | "blockquote":
                self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data if self.in_code_block else _without_delimiters(data))

    def _marker(self) -> str:
        indent = "  " * (len(self.lists) - 1)
        if not self.lists or (count := self.lists[-1]) is None:
            return f"\n{indent}- "
        self.lists[-1] = count + 1
        return f"\n{indent}{count + 1}. "


def _language(name: str) -> str:
    return name.partition("language-")[2].split(" ")[0]


def _without_delimiters(text: str) -> str:
    r"""Write math as the notes do: `\(x\)` as `$x$`."""
    return re.sub(r"\\[()]", "$", re.sub(r"\\[\[\]]", "$$", text))
