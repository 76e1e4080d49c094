"""`Issued` cards, settings and problems to what the page shows, as values for JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mlopscards.decks import decks_of, tags_of
from mlopscards.fields import card_numbers, fields_of
from mlopscards.model import Card, Deck, Issued, NoteType, Problem, Span
from mlopscards.notetypes import LAYOUTS, Layout, style
from mlopscards.preview.mathml import formulas_in
from mlopscards.settings import Settings

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page needs to know beyond the cards."""

    media: Mapping[str, str] = field(default_factory=dict)
    """The address of each picture or sound by the name that the cards use; in a file the content itself."""
    large: Mapping[str, str] = field(default_factory=dict)
    """The address of each that is too large to travel with the page."""
    notes: str = ""
    """The address of the notes folder, seen from the page; empty where the page should not link there."""
    version: int = 0
    """Which state of the notes a server has sent; 0 in a file, which does not change."""
    failed: bool = False
    """Whether the notes cannot be read at present, so that the cards are those from before."""


NOTHING_AROUND = Surroundings()


def content_of(issued: Sequence[Issued], settings: Settings, problems: Sequence[Problem], around: Surroundings) -> Json:
    """Gather all that the page shows: templates once, the fields of each note, what many notes share only once."""
    decks = decks_of(issued, settings)
    fields = {one.guid: fields_of(one.card, line=one.line) for one in issued}
    shared = _shared(fields.values(), _names(issued, settings))
    found = _found(issued, problems)
    used = {name for one in issued for name in one.card.media}
    return {
        "title": settings.root,
        "version": around.version,
        "failed": around.failed,
        "notesFolder": around.notes,
        "style": style(),
        "layouts": [_layout(layout) for layout in LAYOUTS.values()],
        "shared": list(shared),
        "decks": [_deck(deck, fields, shared, found, settings) for deck in decks],
        "problems": [_problem(problem) for problem in problems],
        "media": {name: around.media[name] for name in sorted(used & around.media.keys())},
        "large": dict(around.large),
        "formulas": formulas_in(value for values in fields.values() for value in values),
    }


def _shared(notes: Iterable[Sequence[str]], names: Iterable[str]) -> Mapping[str, int]:
    """Number the texts that stand in many notes, such as the references of a section, and all *names*."""
    counts = Counter(value for fields in notes for value in fields)
    often = (value for value, count in counts.items() if count > 1)
    return {value: number for number, value in enumerate(dict.fromkeys(["", *names, *often]))}


def _names(issued: Iterable[Issued], settings: Settings) -> Iterator[str]:
    for one in issued:
        yield from tags_of(one.card, settings)
        yield from (span.path for span in _spans(one.card))


def _layout(layout: Layout) -> Json:
    return {
        "name": layout.name,
        "fields": layout.fields,
        "isCloze": layout.kind is NoteType.CLOZE,
        "templates": [
            {"name": template.name, "front": template.front, "back": template.back, "asks": layout.fields[asked[0]]}
            for template, (_, _, asked) in zip(layout.templates, layout.required, strict=True)
        ],
    }


def _deck(
    deck: Deck,
    fields: Mapping[str, Sequence[str]],
    shared: Mapping[str, int],
    found: Mapping[str, Sequence[int]],
    settings: Settings,
) -> Json:
    kinds = list(LAYOUTS)
    return {
        "name": deck.name,
        "notes": [
            {
                "guid": one.guid,
                "kind": one.card.kind,
                "layout": kinds.index(one.card.note_type),
                "cards": card_numbers(one.card),
                "fields": [shared.get(value, value) for value in _filled(fields[one.guid])],
                "tags": [shared[tag] for tag in tags_of(one.card, settings)],
                "places": [(shared[span.path], span.line, span.end_line) for span in _spans(one.card)],
                **({"problems": numbers} if (numbers := found.get(one.guid)) else {}),
            }
            for one in deck.cards
        ],
    }


def _filled(fields: Sequence[str]) -> Sequence[str]:
    """Leave out the empty fields at the end."""
    return fields[: max((place for place, value in enumerate(fields, 1) if value), default=0)]


def _problem(problem: Problem) -> Json:
    span = problem.span
    return {
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "path": span.path,
        "line": span.line,
        "column": span.column,
    }


def _found(issued: Iterable[Issued], problems: Sequence[Problem]) -> Mapping[str, Sequence[int]]:
    """Find the problems of each note: those that stand within the lines it was made of."""
    by_path: dict[str, list[int]] = defaultdict(list)
    for number, problem in enumerate(problems):
        by_path[problem.span.path].append(number)
    return {
        one.guid: numbers
        for one in issued
        if (numbers := [n for span in _spans(one.card) for n in by_path[span.path] if _holds(span, problems[n].span)])
    }


def _spans(card: Card) -> Sequence[Span]:
    return (card.source, *card.also)


def _holds(whole: Span, part: Span) -> bool:
    return whole.line <= part.line <= whole.end_line
