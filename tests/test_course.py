"""The course: what `fixtures/course_content.yaml` says the notes must hold, cards hold.

Somebody who edits the notes may reword as they like; what nobody may do unseen is to drop a concept, a tool or a paper.
Where a test fails, put the words back, or change the map with intent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_docs import broken_links, tokens_of

from mlopscards.model import Card, Field, NoteType, Place, Span
from mlopscards.pipeline import collect
from mlopscards.source import find_notes

ROOT = Path(__file__).parent.parent
NOTES = ROOT / "notes"
FILES = sorted(NOTES.rglob("*.md"))
MAP = Path(__file__).parent / "fixtures" / "course_content.yaml"
PARTS = ("facts", "objectives", "references", "reading")
LEAST = {"facts": 237, "objectives": 68, "references": 195, "reading": 26}
"""So that nothing leaves the map unseen either."""
MOST_CARRIERS = 6
"""Words that more cards hold say too little to notice that one of them is gone."""

Words = tuple[str, ...]
"""Regular expressions that one card holds together."""
Sets = tuple[Words, ...]
"""Each of them needs a card, not all of them the same."""


@dataclass(frozen=True, slots=True)
class Week:
    """What one week must hold."""

    name: str
    facts: Mapping[str, Sets]
    objectives: Mapping[str, Sets]
    references: Mapping[str, Words]
    """By name the addresses of which one is enough."""
    reading: Mapping[str, Words]


class _Strict(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML lets pass."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(set(keys)) == len(keys), f"line {node.start_mark.line + 1}: a key stands twice"
        return super().construct_mapping(node, deep)


def weeks_of(text: str) -> list[Week]:
    """Read a map; what is no part of one is refused."""
    weeks = []
    for name, parts in yaml.load(text, _Strict).items():
        if name == "skipped":
            assert all(parts.values()), "what is skipped needs its reason"
            continue
        assert re.fullmatch(r"C[1-4]W[1-5]", name), f"{name}: no week of the course"
        assert set(parts) <= set(PARTS), f"{name}: unknown {sorted(set(parts) - set(PARTS))}"
        weeks.append(
            Week(
                name,
                *({key: _sets(key, words) for key, words in parts.get(part, {}).items()} for part in PARTS[:2]),
                *({key: _addresses(key, urls) for key, urls in parts.get(part, {}).items()} for part in PARTS[2:]),
            )
        )
    return weeks


def _sets(key: str, words: object) -> Sets:
    """One list of words, or a list of such lists."""
    assert isinstance(words, list), f"{key}: expected a list of words"
    sets = words if words and all(isinstance(one, list) for one in words) else [words]
    assert all(sets), f"{key}: has no words"
    for word in (word for one in sets for word in one):
        assert isinstance(word, str), f"{key}: expected words, not {word!r}"
        re.compile(word)
    return tuple(map(tuple, sets))


def _addresses(key: str, urls: str | list[str]) -> Words:
    listed = [urls] if isinstance(urls, str) else urls
    assert listed, f"{key}: has no address"
    assert all(re.match(r"https?://\S+$", url) for url in listed), f"{key}: expected addresses, not {listed}"
    return tuple(listed)


# --- what a card holds -------------------------------------------------------------------------------------------


def week_of(card: Card) -> str:
    return f"C{card.place.course}W{card.place.week}"


def text_of(card: Card) -> str:
    """What a learner reads on *card*, gaps filled, without the quotes of code."""
    sides = (card.question.text, card.answer.text, card.extra.text)
    filled = re.sub(r"\{\{c\d+::(.*?)(?:::[^}]*)?\}\}", r"\1", "\n".join(sides))
    return " ".join(filled.replace("`", "").split())


def holds(text: str, words: Iterable[str]) -> bool:
    return all(re.search(word, text, re.IGNORECASE) for word in words)


def addresses_of(card: Card) -> Iterator[str]:
    """The addresses that *card* shows, in its answer or among its references."""
    yield from (same(link.url) for link in card.references)
    for side in (card.question, card.answer, card.extra):
        yield from (same(unescape(url)) for url in re.findall(r'href="([^"]+)"', side.html))


def same(url: str) -> str:
    """The address as two writers of it would agree on."""
    return re.sub(r"^https?://(www\.)?", "", url).rstrip("/").lower()


# --- what is missing ---------------------------------------------------------------------------------------------


def missing(part: Mapping[str, Sets], week: Week, cards: Sequence[Card]) -> list[str]:
    """What of *part* no card of *week* holds."""
    texts = [text_of(card) for card in cards if week_of(card) == week.name]
    return [
        f"{key}: {', '.join(words)}"
        for key, sets in part.items()
        for words in sets
        if not any(holds(text, words) for text in texts)
    ]


def missing_references(week: Week, cards: Sequence[Card]) -> list[str]:
    shown = {url for card in cards if week_of(card) == week.name for url in addresses_of(card)}
    return [f"{key}: {urls[0]}" for key, urls in week.references.items() if shown.isdisjoint(map(same, urls))]


def missing_reading(week: Week, notes: Path) -> list[str]:
    (path,) = notes.glob(f"course-{week.name[1]}/week-{week.name[3]}*.md")
    named = {same(url) for url in _links_in(path)}
    return [f"{key}: {urls[0]}" for key, urls in week.reading.items() if named.isdisjoint(map(same, urls))]


def _links_in(path: Path) -> Iterator[str]:
    for token in tokens_of(path.read_text(encoding="utf-8")):
        yield from (str(child.attrs["href"]) for child in token.children or () if child.type == "link_open")


def cards_in(notes: Path) -> tuple[Card, ...]:
    return collect(notes, find_notes(notes)).cards


# --- the course --------------------------------------------------------------------------------------------------

WEEKS = weeks_of(MAP.read_text(encoding="utf-8"))
BY_WEEK = pytest.mark.parametrize("week", WEEKS, ids=lambda week: week.name)


@pytest.fixture(scope="module")
def cards() -> tuple[Card, ...]:
    return cards_in(NOTES)


@BY_WEEK
def test_every_concept_is_on_a_card_of_its_week(week: Week, cards: tuple[Card, ...]) -> None:
    assert missing(week.facts, week, cards) == []


@BY_WEEK
def test_every_objective_is_answered_by_cards(week: Week, cards: tuple[Card, ...]) -> None:
    assert missing(week.objectives, week, cards) == []


@BY_WEEK
def test_every_tool_and_paper_is_on_a_card_of_its_week(week: Week, cards: tuple[Card, ...]) -> None:
    assert missing_references(week, cards) == []


@BY_WEEK
def test_labs_and_courses_are_named_in_the_notes(week: Week) -> None:
    assert missing_reading(week, NOTES) == []


@BY_WEEK
def test_the_words_of_a_concept_single_out_its_cards(week: Week, cards: tuple[Card, ...]) -> None:
    """Words that fit everywhere would not miss a card that is dropped."""
    texts = [text_of(card) for card in cards if week_of(card) == week.name]
    sets = [(key, words) for key, sets in week.facts.items() for words in sets]
    assert [one for one in sets if sum(holds(text, one[1]) for text in texts) > MOST_CARRIERS] == []


def test_the_map_has_every_week_of_the_notes_and_no_other(cards: tuple[Card, ...]) -> None:
    assert [week.name for week in WEEKS] == sorted({week_of(card) for card in cards})


@pytest.mark.parametrize("part", LEAST)
def test_nothing_has_left_the_map(part: str) -> None:
    assert sum(len(getattr(week, part)) for week in WEEKS) >= LEAST[part]


# --- links and pictures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_links_and_pictures_of_the_notes_lead_somewhere(path: Path) -> None:
    assert list(broken_links(path)) == []


def pictures_in(path: Path) -> Iterator[tuple[str, str]]:
    """(address, alternative text) of each picture."""
    for token in tokens_of(path.read_text(encoding="utf-8")):
        for child in token.children or ():
            if child.type == "image":
                yield str(child.attrs["src"]), child.content


def test_every_picture_is_shown_by_notes() -> None:
    shown = {(path.parent / source).resolve() for path in FILES for source, _ in pictures_in(path)}
    assert set((NOTES / "media").iterdir()) - shown == set()


def test_every_picture_is_on_the_answer_of_a_card_and_on_no_question(cards: tuple[Card, ...]) -> None:
    sources = {(path.parent / source).resolve().read_bytes() for path in FILES for source, _ in pictures_in(path)}
    collected = collect(NOTES, find_notes(NOTES))
    assert set(collected.media.values()) == sources
    assert not [card.question.text for card in cards if "<img" in card.question.html + card.reverse.html]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_picture_is_told_in_words(path: Path) -> None:
    assert [source for source, words in pictures_in(path) if len(words.split()) < 8] == []


# --- the tests can fail ------------------------------------------------------------------------------------------

SMALL = """
C1W1:
  facts: {drift: [what is drift, 'change|move', data]}
  objectives: {Tell drift: [[drift], [skew, differ]]}
  references: {Jaeger: ['https://www.jaegertracing.io/', 'https://old.example.org/']}
"""


def card(question: str, answer: str, *, html: str = "", week: int = 1) -> Card:
    return Card(
        "definition",
        NoteType.BASIC,
        Field(question, ""),
        Field(answer, html),
        place=Place(1, week),
        headings=(),
        source=Span("a.md", 1),
    )


@pytest.mark.parametrize(
    ("cards", "found"),
    [
        ([card("What is drift?", "A change of the data")], True),
        ([card("What is `drift`?", "the **data** move")], True),
        ([card("What is {{c1::drift}}?", "{{c2::Data}} that {{c3::move::how}}")], True),
        ([card("What is drift?", "A change of the world")], False),
        ([card("What is drift?", "A change of the data", week=2)], False),
        ([card("What is drift?", "A change"), card("What are data?", "Facts that change")], False),
        ([], False),
    ],
)
def test_a_concept_needs_all_its_words_on_one_card_of_its_week(cards: list[Card], found: bool) -> None:
    (week,) = weeks_of(SMALL)
    assert missing(week.facts, week, cards) == ["drift: what is drift, change|move, data"] * (not found)


def test_an_objective_needs_a_card_for_each_of_its_sets() -> None:
    (week,) = weeks_of(SMALL)
    both = [card("What is drift?", "x"), card("How does skew differ?", "y")]
    assert missing(week.objectives, week, both) == []
    assert missing(week.objectives, week, both[:1]) == ["Tell drift: skew, differ"]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="http://jaegertracing.io">Jaeger</a>', True),
        ('<a href="https://old.example.org">Jaeger</a>', True),
        ('<a href="https://www.jaegertracing.io/docs">Jaeger</a>', False),
        ("https://www.jaegertracing.io/", False),
    ],
)
def test_a_reference_needs_its_address(html: str, found: bool) -> None:
    (week,) = weeks_of(SMALL)
    assert bool(missing_references(week, [card("q", "a", html=html)])) != found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C1W9: {facts: {a: [b]}}", "no week"),
        ("C1W1: {fakts: {a: [b]}}", "unknown"),
        ("C1W1: {facts: {a: []}}", "no words"),
        ("C1W1: {facts: {a: b}}", "a list of words"),
        ("C1W1: {facts: {a: [[b], []]}}", "no words"),
        ("C1W1: {facts: {a: [[b], c]}}", "expected words"),
        ("C1W1: {facts: {a: [b], a: [c]}}", "stands twice"),
        ("C1W1: {references: {a: b}}", "expected addresses"),
        ("skipped: {a: ''}", "reason"),
    ],
)
def test_a_slip_in_the_map_is_refused(text: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        weeks_of(text)
