"""`Card` to the fields of its note, and to the digest that says whether they changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from html import escape

from mlopscards.decks import tags_of
from mlopscards.hints import tells
from mlopscards.model import Card, Link, NoteType, breadcrumb
from mlopscards.settings import Settings
from mlopscards.signs import FOLLOWED, disarmed, quoted

SEPARATOR = "\x1f"
"""Anki keeps all fields of a note in one string, with this between them."""

CRUMB_SEPARATOR = " › "
BLANKED = ("{{c", "{&#123;c")
"""What opens a cloze, and what stands for it where the note is to lose its cards."""
_SPARE = ("", "", "", "")
_CLOZE_MARKS = re.compile(r"\{\{c([\d,]+)::|\}\}")
_COLOURED = re.compile(r'<span class="\w+">((?:[^<]|<span>.</span>)*)</span>')
"""A piece of highlighted code."""


def fields_of(card: Card, *, line: int = 0, retired: bool = False) -> tuple[str, ...]:
    """Fill the fields of *card*'s note type, in their order; a retired note makes no cards any more.

    *line* is what its source tells, if not the one where the card stands.
    """
    return _fields(card, f"{_plain(card.source.path)}:{line or card.source.line}", retired)


def content_digest(card: Card, settings: Settings) -> str:
    """Condense all that a learner gets of *card*, but not its line: text above must not change what is below."""
    return digest_of(card.note_type, _fields(card, _plain(card.source.path), retired=False), tags_of(card, settings))


def digest_of(note_type: NoteType, fields: Sequence[str], tags: Sequence[str]) -> str:
    """Condense a note's *fields*, the line taken off its source, and its *tags* in their order.

    The colours of code are left out: a new version of the highlighter must not touch cards that nobody edited.
    """
    whole = SEPARATOR.join((note_type, *fields, *tags))
    if '<span class="' in whole:
        whole = _COLOURED.sub(r"\1", whole)
    return blake2b(whole.encode(), digest_size=16).hexdigest()


def cloze_numbers(text: str) -> tuple[int, ...]:
    """List the numbers of the clozes in *text*, each once; every one of them is a card."""
    opened: list[list[int]] = []
    closed: list[int] = []
    for mark in _CLOZE_MARKS.finditer(text):
        if mark[1]:
            opened.append([int(number) for number in mark[1].split(",") if number])
        elif opened:
            closed += opened.pop()
    # Anki drops what stands inside a cloze that is never closed.
    return () if opened else tuple(sorted({number for number in closed if number}))


def card_numbers(card: Card) -> tuple[int, ...]:
    """Number the cards of *card*'s note from 1, as Anki does: sides of a basic note, clozes of the others."""
    if card.note_type is NoteType.CLOZE:
        return cloze_numbers(card.question.html)
    return (1, 2) if card.reverse.html.strip() else (1,)


def _fields(card: Card, source: str, retired: bool) -> tuple[str, ...]:
    fields = (_cloze if card.note_type is NoteType.CLOZE else _basic)(card, source, retired)
    if card.media:
        # What can have the focus can be enlarged by the style alone.
        fields = tuple([value.replace("<img ", '<img tabindex="0" ') for value in fields])
    if SEPARATOR in "".join(fields):
        return tuple([value.replace(SEPARATOR, " ") for value in fields])
    return fields


def _basic(card: Card, source: str, retired: bool) -> tuple[str, ...]:
    return (
        card.question.html,
        card.answer.html,
        card.reverse.html,
        card.term.html,
        card.extra.html,
        _crumbs(breadcrumb(card)),
        _crumbs(_blind_crumbs(card)) if card.reverse else "",
        source,
        _list(card.references),
        "retired" if retired else "",
        *_SPARE,
    )


def _cloze(card: Card, source: str, retired: bool) -> tuple[str, ...]:
    text = card.question.html
    return (
        # The templates cannot blank a cloze note: Anki counts its cards by the clozes in the text.
        _without_clozes(text) if retired else text,
        # And by those in all other fields.
        _without_clozes(card.extra.html),
        _without_clozes(_crumbs(breadcrumb(card))),
        _without_clozes(source),
        _without_clozes(_list(card.references)),
        "retired" if retired else "",
        *_SPARE,
    )


def _without_clozes(html: str) -> str:
    return html.replace(*BLANKED)


# Neighbours share their file, breadcrumb and references.
@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return disarmed(escape(text, quote=False))


@lru_cache(maxsize=1024)
def _crumbs(parts: tuple[str, ...]) -> str:
    # So small a line needs no marks of code.
    return _plain(CRUMB_SEPARATOR.join(parts).replace("`", ""))


@lru_cache(maxsize=1024)
def _list(links: tuple[Link, ...]) -> str:
    return f"<ul>{''.join(map(_item, links))}</ul>" if links else ""


def _item(link: Link) -> str:
    text = _plain(link.text or link.url)
    if not FOLLOWED.match(link.url):
        return f"<li>{text}</li>"
    return f'<li><a href="{quoted(link.url)}">{text}</a></li>'


def _blind_crumbs(card: Card) -> tuple[str, ...]:
    """Leave out of the breadcrumb what would tell the term that the reverse card asks for."""
    crumbs = breadcrumb(card)
    numbered = (card.place.course is not None) + (card.place.week is not None)
    term = card.term.text
    return crumbs[:numbered] + tuple(part for part in crumbs[numbered:] if not tells(part, term))
