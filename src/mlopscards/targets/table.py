"""Issued cards as JSON, CSV or text, for other programs and for reading."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from mlopscards.decks import decks_of, tags_of
from mlopscards.fields import CRUMB_SEPARATOR
from mlopscards.model import Issued, Span, breadcrumb
from mlopscards.settings import Settings

COLUMNS = (
    "guid",
    "kind",
    "note_type",
    "deck",
    "question",
    "answer",
    "reverse",
    "context",
    "tags",
    "references",
    "source",
)


def rows_of(issued: Iterable[Issued], settings: Settings) -> Iterator[dict[str, object]]:
    """One row a note, in the order of the decks."""
    for deck in decks_of(issued, settings):
        for one in deck.cards:
            yield _row(one, deck.name, settings)


def _row(one: Issued, deck: str, settings: Settings) -> dict[str, object]:
    card = one.card
    return {
        "guid": one.guid,
        "kind": card.kind,
        "note_type": str(card.note_type),
        "deck": deck,
        "question": card.question.text,
        "answer": card.answer.text,
        "question_html": card.question.html,
        "answer_html": card.answer.html,
        "reverse": card.reverse.text or None,
        "context": CRUMB_SEPARATOR.join(breadcrumb(card)),
        "tags": list(tags_of(card, settings)),
        "references": [{"text": link.text, "url": link.url} for link in card.references],
        "source": _place(card.source),
        "also": [_place(span) for span in card.also],
        "extra": card.extra.text or None,
    }


def _place(span: Span) -> dict[str, object]:
    return {"path": span.path, "line": span.line, "end_line": span.end_line}


def as_json(issued: Iterable[Issued], settings: Settings) -> Iterator[str]:
    """A JSON array, a note a line."""
    yield "["
    before = "\n"
    for row in rows_of(issued, settings):
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "\n]\n"


def as_csv(issued: Iterable[Issued], settings: Settings) -> Iterator[str]:
    """Comma-separated values with a head, as RFC 4180 has them."""
    yield _csv_line(COLUMNS)
    for row in rows_of(issued, settings):
        yield _csv_line([_cell(row[column]) for column in COLUMNS])


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case {"path": path, "line": line}:
            return f"{path}:{line}"
        case list():
            return " ".join(str(one["url"]) if isinstance(one, dict) else str(one) for one in value)
        case _:
            return str(value)


def as_text(issued: Iterable[Issued], settings: Settings) -> Iterator[str]:
    """The cards to read, a paragraph each."""
    for deck in decks_of(issued, settings):
        yield f"# {deck.name}\n\n"
        for one in deck.cards:
            card = one.card
            yield f"{card.source.path}:{card.source.line}  [{card.kind}]\nQ: {card.question.text}\n"
            if card.answer:
                yield _answer(card.answer.text)
            if card.reverse:
                yield f"↔  {card.reverse.text}\n"
            yield "\n"


def _answer(text: str) -> str:
    first, *rest = text.split("\n")
    if rest:
        return "A:\n" + "".join(f"   {line}\n" for line in (first, *rest))
    return f"A: {first}\n"


FORMATS = {"json": as_json, "csv": as_csv, "text": as_text}
