"""What the decks, the packages and the tags are called, and in which order they come."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlopscards.decks import clean_tag, clean_title, decks_of, slug_of, tags_of
from mlopscards.model import NOTHING, Card, Field, Issued, NoteType, Place, Span
from mlopscards.settings import Settings

SETTINGS = Settings(courses={1: "Introduction", 2: "Data Lifecycle"})
PLACES = st.builds(
    Place,
    course=st.none() | st.integers(0, 3),
    week=st.none() | st.integers(0, 3),
    title=st.text(max_size=9) | st.sampled_from(["Notes", "notes", "Week 1"]),
)
PATHS = st.from_regex(r"([a-zé]{1,4}/)?[A-Za-z0-9 _.-]{1,9}\.md", fullmatch=True)


def card(path: str = "notes.md", place: Place | None = None, **changes: Any) -> Card:
    values = {"kind": "definition", "note_type": NoteType.BASIC, "question": Field("q", "q"), "answer": NOTHING}
    return Card(**values | {"place": place or Place(), "headings": (), "source": Span(path, 1)} | changes)


CARDS = st.builds(card, PATHS, PLACES)


def issue(*cards: Card) -> list[Issued]:
    return [Issued(one, str(number), 1) for number, one in enumerate(cards)]


def names(*cards: Card, settings: Settings = SETTINGS) -> list[str]:
    return [deck.name for deck in decks_of(issue(*cards), settings)]


def slugs(*cards: Card) -> list[str]:
    return [deck.slug for deck in decks_of(issue(*cards), SETTINGS)]


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (Place(2, 2, "Feature engineering"), "MLOps::Course 2 Data Lifecycle::Week 2 Feature engineering"),
        (Place(2, 2), "MLOps::Course 2 Data Lifecycle::Week 2"),
        (Place(3, 1, "Serving"), "MLOps::Course 3::Week 1 Serving"),
        (Place(None, 1, "Serving"), "MLOps::Week 1 Serving"),
        (Place(2, None, "Glossary"), "MLOps::Course 2 Data Lifecycle::Glossary"),
        (Place(title="My notes"), "MLOps::My notes"),
        (Place(), "MLOps::some notes"),
    ],
)
def test_a_deck_is_named_by_its_place(place: Place, name: str) -> None:
    assert names(card("misc/some-notes.md", place)) == [name]


def test_decks_come_by_course_week_and_path() -> None:
    cards = [
        card("z.md", Place(title="Z")),
        card("a.md", Place(title="A")),
        card("b.md", Place(2, 1, "B")),
        card("c.md", Place(1, 2, "C")),
        card("d.md", Place(1, 1, "D")),
        card("e.md", Place(1, None, "E")),
    ]
    assert [name.rpartition("::")[2] for name in names(*cards)] == ["Week 1 D", "Week 2 C", "E", "Week 1 B", "A", "Z"]


def test_two_files_of_one_week_share_a_deck_and_keep_the_order_given() -> None:
    cards = [card("b.md", Place(1, 1)), card("a.md", Place(1, 1, "Title")), card("b.md", Place(1, 1))]
    (deck,) = decks_of(issue(*cards), SETTINGS)
    assert deck.name == "MLOps::Course 1 Introduction::Week 1 Title"
    assert [one.guid for one in deck.cards] == ["0", "1", "2"]


def test_files_of_one_title_share_a_deck_for_anki_would_join_them_anyway() -> None:
    cards = [card("b.md", Place(title="Notes")), card("a.md", Place(title="NOTES"))]
    (deck,) = decks_of(issue(*cards), SETTINGS)
    assert (deck.name, deck.slug, len(deck.cards)) == ("MLOps::NOTES", "a", 2)


@given(st.lists(CARDS, max_size=12))
def test_every_card_is_in_one_deck_and_no_two_decks_are_mixed_up(cards: list[Card]) -> None:
    decks = decks_of(issue(*cards), SETTINGS)
    assert sorted(int(one.guid) for deck in decks for one in deck.cards) == list(range(len(cards)))
    assert len({deck.name.casefold() for deck in decks}) == len(decks)
    assert len({deck.slug for deck in decks}) == len(decks)


@given(st.lists(CARDS, max_size=12))
def test_no_package_is_taken_for_a_backup(cards: list[Card]) -> None:
    for slug in slugs(*cards):
        assert slug
        assert not re.fullmatch(r"collection|backup-.*", slug)
        assert not re.search(r"[/\\\s.]", slug)


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("misc/my-notes.md", "misc-my-notes"),
        ("Misc/My notes.v2.md", "misc-my-notes-v2"),
        ("заметки/é.md", "заметки-é"),
        ("collection.md", "notes-collection-1b138c79"),
        ("backup/2024.md", "notes-backup-2024-1879ce10"),
        ("course-2/week-3.md", "notes-course-2-week-3-e47c5e0a"),
        ("!.md", "notes-8bf51f71"),
    ],
)
def test_a_package_without_a_week_is_named_by_its_path(path: str, slug: str) -> None:
    assert slugs(card(path)) == [slug]


def test_a_package_of_a_week_is_named_by_its_numbers() -> None:
    assert slugs(card("x.md", Place(2, 3, "One")), card("y.md", Place(None, 3))) == ["course-2-week-3", "week-3"]


@given(PATHS, st.text(), st.text())
def test_a_new_title_leaves_the_slug(path: str, one: str, other: str) -> None:
    assert slugs(card(path, Place(title=one))) == slugs(card(path, Place(title=other)))


def test_a_long_path_still_makes_a_file_name() -> None:
    one, other = slugs(card(f"{'é' * 300}a.md"), card(f"{'é' * 300}b.md"))
    assert one != other
    assert len(f"{one}.apkg".encode()) < 200


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("A::B", "A: B"),
        ('  the "best"\tof\n“it” ', "the best of it"),
        ("What is next:", "What is next"),
        ("::::", ""),
        ("bell\x07 and é", "bell and é"),
        ("Don't", "Don't"),
    ],
)
def test_titles_are_cleaned(title: str, clean: str) -> None:
    assert clean_title(title) == clean


@given(st.text())
def test_a_title_never_nests_and_cleaning_it_again_changes_nothing(title: str) -> None:
    clean = clean_title(title)
    assert f"A::{clean}::B".split("::") == ["A", clean, "B"]
    assert clean_title(clean) == clean


def test_the_root_may_nest() -> None:
    assert names(card(place=Place(title="A")), settings=Settings(root="Uni :: ML")) == ["Uni::ML::A"]


def test_tags_say_where_and_what() -> None:
    one = card(place=Place(2, 2), term=Field("Pearson correlation", ""), tags=("exam soon", "Exam Soon", "a::b c"))
    assert tags_of(one, Settings(tags=("all",))) == (
        *("a::b-c", "all", "exam-soon"),
        *("mlops::concept::pearson-correlation", "mlops::course-2::week-2", "mlops::kind::definition"),
    )


def test_a_card_without_place_and_term_is_tagged_by_its_kind_alone() -> None:
    assert tags_of(card(), SETTINGS) == ("mlops::kind::definition",)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Spearman's ρ-Rank", "spearman-s-ρ-rank"),
        ("特征 选择", "特征-选择"),
        ("हिन्दी", "हिन्दी"),
        ("e\u0301", "é"),
        ("R²", "r²"),
        ("?!", ""),
    ],
)
def test_slugs_keep_letters_of_any_script(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@given(st.lists(st.text()), st.lists(st.text()), st.text(), PLACES)
def test_tags_are_sorted_and_one_each(own: list[str], common: list[str], term: str, place: Place) -> None:
    one = card(place=place, term=Field(term, term), tags=tuple(own))
    tags = tags_of(one, Settings(tags=tuple(common)))
    assert list(tags) == sorted(set(tags))
    assert len({tag.casefold() for tag in tags}) == len(tags)
    assert all(tag.split() == [tag] for tag in tags)
    assert all(unicodedata.is_normalized("NFC", tag) for tag in tags)


@given(st.text())
def test_cleaning_a_tag_again_changes_nothing(tag: str) -> None:
    assert clean_tag(clean_tag(tag)) == clean_tag(tag)
