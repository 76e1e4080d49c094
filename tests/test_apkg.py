"""Packages, as the real Anki takes them in."""

# anki.collection has to come before every other part of anki.
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest  # isort: skip

import json
import re
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition as Condition
from hypothesis import example, given
from hypothesis import strategies as st

from mlopscards import notetypes
from mlopscards.decks import decks_of
from mlopscards.errors import CannotDo
from mlopscards.fields import SEPARATOR, cloze_numbers, content_digest, fields_of
from mlopscards.media import read_media
from mlopscards.model import NOTHING, Card, Deck, Field, Issued, Link, NoteType, Place, Span
from mlopscards.settings import Settings
from mlopscards.targets import apkg
from mlopscards.targets.apkg import deck_id, write_package

SETTINGS = Settings(courses={2: "Data Lifecycle"})
WEEK = Place(2, 2, "Feature engineering")
BORN = 1_700_000_000
ALWAYS = Condition.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS


def field(text: str) -> Field:
    return Field(text, text)


def basic(name: str, **changes: Any) -> Card:
    card = Card(
        kind="definition",
        note_type=NoteType.BASIC,
        question=field(f"What is {name}?"),
        answer=field(f"{name} is a thing"),
        place=WEEK,
        headings=("Feature selection", f"All about {name}"),
        source=Span("course-2/week-2.md", 7),
        term=field(name),
        references=(Link("docs & more", "https://example.org/?a=1&b=2"),),
    )
    return replace(card, **changes)


def with_reverse(name: str) -> Card:
    return basic(name, reverse=field(f"Which thing is it that is not {len(name)}?"))


def cloze(text: str = "the {{c1::mean}} and the {{c3::median}}") -> Card:
    return basic("cloze", kind="cloze", note_type=NoteType.CLOZE, question=field(text), answer=NOTHING)


def issue(*cards: Card, modified: int = BORN) -> list[Issued]:
    return [Issued(card, f"guid-{number}", modified) for number, card in enumerate(cards)]


CARDS = (
    with_reverse("precision"),
    basic("recall", extra=field("an example")),
    cloze(),
    basic("drift", place=Place(2, 3, "Drift"), source=Span("course-2/week-3.md", 3)),
    basic("labels", place=Place(title="My labels"), source=Span("misc/labels.md", 3)),
)


def write(path: Path, issued: Sequence[Issued], media: dict[str, bytes] | None = None, **options: Any) -> Path:
    write_package(path, decks_of(issued, SETTINGS), media or {}, SETTINGS, **options)
    return path


def rows_of(path: Path, query: str) -> list[tuple[Any, ...]]:
    with zipfile.ZipFile(path) as package, closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(package.read("collection.anki2"))
        return db.execute(query).fetchall()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def take(collection: Collection, path: Path, **options: Any) -> dict[str, int]:
    """Import *path*, and say how many notes met which fate."""
    request = ImportAnkiPackageRequest(package_path=str(path), options=ImportAnkiPackageOptions(**options))
    log = collection.import_anki_package(request).log
    collection.models._clear_cache()
    fates = {fate.name: getattr(log, fate.name) for fate in log.DESCRIPTOR.fields if fate.name != "found_notes"}
    return {
        fate: len(notes) for fate, notes in fates.items() if fate != "duplicate" and hasattr(notes, "__len__") and notes
    }


def answer_all(collection: Collection) -> int:
    """Answer every card that is due today, as the reviewer does, and count them."""
    config = collection.decks.all_config()[0]
    config["new"]["perDay"] = 999
    config["new"]["bury"] = False
    collection.decks.update_config(config)
    collection.decks.set_current(collection.decks.id(SETTINGS.root))
    answered = 0
    while queued := collection.sched.get_queued_cards().cards:
        card = collection.get_card(queued[0].card.id)
        card.start_timer()
        easy = collection.sched.build_answer(card=card, states=queued[0].states, rating=3)
        collection.sched.answer_card(easy)
        answered += 1
    return answered


def history(collection: Collection) -> list[Any]:
    return [
        collection.db.all("select id, nid, did, ord, type, queue, due, ivl, factor, reps from cards order by id"),
        collection.db.all("select * from revlog order by id"),
    ]


def test_anki_takes_every_note_and_makes_no_conflict(collection: Collection, tmp_path: Path) -> None:
    assert take(collection, write(tmp_path / "a.apkg", issue(*CARDS))) == {"new": len(CARDS)}
    assert collection.card_count() == 5 + 1 + 1
    assert not collection.get_empty_cards().notes
    message, ok = collection.fix_integrity()
    assert ok, message


def test_decks_nest_and_bear_their_names(collection: Collection, tmp_path: Path) -> None:
    take(collection, write(tmp_path / "a.apkg", issue(*CARDS)))
    names = {deck.name for deck in collection.decks.all_names_and_ids()} - {"Default"}
    assert names == {
        "MLOps",
        "MLOps::Course 2 Data Lifecycle",
        "MLOps::Course 2 Data Lifecycle::Week 2 Feature engineering",
        "MLOps::Course 2 Data Lifecycle::Week 3 Drift",
        "MLOps::My labels",
    }


def test_decks_have_the_default_preset_and_no_description(collection: Collection, tmp_path: Path) -> None:
    take(collection, write(tmp_path / "a.apkg", issue(*CARDS)))
    assert {(deck["conf"], deck["desc"]) for deck in collection.decks.all()} == {(1, "")}


def test_new_cards_come_in_the_order_of_the_lecture(collection: Collection, tmp_path: Path) -> None:
    names = ["zebra", "ant", "mole", "bee"]
    issued = [Issued(basic(name), f"guid {name}", BORN + 9 * len(name)) for name in names]
    take(collection, write(tmp_path / "a.apkg", issued))
    collection.decks.set_current(collection.decks.id(SETTINGS.root))
    queue = collection.sched.get_queued_cards(fetch_limit=9).cards
    asked = [collection.get_card(queued.card.id).note()["Term"] for queued in queue]
    assert asked == names


def test_every_card_renders_on_both_sides_and_can_be_answered(collection: Collection, tmp_path: Path) -> None:
    take(collection, write(tmp_path / "a.apkg", issue(*CARDS)))
    for number in collection.find_cards(""):
        card = collection.get_card(number)
        for side in (card.question(), card.answer()):
            assert 'class="question"' in side
            assert not re.search(r"\{\{|problem|blank", side)
        assert "course-2/week-" in card.answer() or "misc/labels.md" in card.answer()
    assert answer_all(collection) == collection.card_count()


def test_the_reverse_side_does_not_give_its_answer_away(collection: Collection, tmp_path: Path) -> None:
    take(collection, write(tmp_path / "a.apkg", issue(with_reverse("precision"))))
    card = collection.get_card(collection.find_cards("card:Reverse")[0])
    assert "precision" not in card.question()
    assert "Course 2 › Week 2 › Feature selection" in card.question()
    assert "precision" in card.answer()


@pytest.mark.parametrize("options", [{}, {"update_notes": ALWAYS, "update_notetypes": ALWAYS, "merge_notetypes": True}])
def test_importing_again_what_has_not_changed_touches_nothing(
    collection: Collection, tmp_path: Path, options: dict[str, Any]
) -> None:
    package = write(tmp_path / "a.apkg", issue(*CARDS))
    take(collection, package)
    answer_all(collection)
    before = history(collection), collection.db.all("select * from notes"), collection.db.scalar("select scm from col")
    assert take(collection, package, **options) == {}
    after = history(collection), collection.db.all("select * from notes"), collection.db.scalar("select scm from col")
    assert after == before


@pytest.mark.parametrize("options", [{}, {"update_notes": ALWAYS, "update_notetypes": ALWAYS, "merge_notetypes": True}])
def test_an_edited_card_is_updated_alone_and_keeps_its_reviews(
    collection: Collection, tmp_path: Path, options: dict[str, Any]
) -> None:
    first, *rest = issue(*CARDS)
    take(collection, write(tmp_path / "a.apkg", [first, *rest]))
    answer_all(collection)
    before = history(collection)
    edited = replace(first, card=replace(first.card, question=field("What is it now?")), modified=BORN + 60)
    # A card that is new in front of it moves its ids and its place, which must not matter.
    package = write(tmp_path / "b.apkg", [Issued(basic("newcomer"), "newcomer", BORN + 60), edited, *rest])
    assert take(collection, package, **options) == {"new": 1, "updated": 1}
    after = history(collection)
    assert [row for row in after[0] if row[0] in {old[0] for old in before[0]}] == before[0]
    assert after[1] == before[1]
    assert len(collection.find_notes('"What is it now?"')) == 1


def test_the_packages_of_the_weeks_and_the_one_of_all_agree(collection: Collection, tmp_path: Path) -> None:
    issued = issue(*CARDS)
    for deck in decks_of(issued, SETTINGS):
        write_package(tmp_path / f"{deck.slug}.apkg", [deck], {}, SETTINGS)
        take(collection, tmp_path / f"{deck.slug}.apkg")
    before = history(collection)
    assert take(collection, write(tmp_path / "everything.apkg", issued)) == {}
    assert history(collection) == before
    assert [row[0] for row in before[0]] == [
        row[0] for row in rows_of(tmp_path / "everything.apkg", "select id from cards order by id")
    ]


def test_a_retired_note_leaves_only_empty_cards(collection: Collection, tmp_path: Path) -> None:
    issued = issue(*CARDS)
    take(collection, write(tmp_path / "a.apkg", issued))
    answer_all(collection)
    gone = [replace(one, modified=BORN + 60) for one in issued[:3]]
    assert take(collection, write(tmp_path / "b.apkg", gone, retired=True)) == {"updated": 3}
    empty = collection.get_empty_cards().notes
    assert {collection.get_note(note.note_id).guid for note in empty} == {"guid-0", "guid-1", "guid-2"}
    assert all(note.will_delete_note for note in empty)
    assert sum(len(note.card_ids) for note in empty) == 2 + 1 + 2
    assert len(collection.find_notes("tag:mlops::retired")) == 3


def test_a_cloze_note_can_be_retired_without_its_clozes(collection: Collection, tmp_path: Path) -> None:
    take(collection, write(tmp_path / "a.apkg", issue(cloze())))
    gone = issue(cloze("all that the lock knows"), modified=BORN + 60)
    assert take(collection, write(tmp_path / "b.apkg", gone, retired=True)) == {"updated": 1}
    (empty,) = collection.get_empty_cards().notes
    assert empty.will_delete_note


def test_pictures_arrive_and_are_shown(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a b.png").write_bytes(b"picture")
    card = basic("picture", answer=Field("", '<img src="a%20b.png">'), source=Span("week.md", 1))
    cards, media, problems = read_media([card], tmp_path / "notes")
    assert not problems
    package = write(tmp_path / "a.apkg", issue(*cards), media | {"mlops-of-another-deck.png": b"no"})
    take(collection, package)
    (name,) = media
    assert names_in(Path(collection.media.dir())) == [name]
    assert not collection.media.check().missing
    with zipfile.ZipFile(package) as parts:
        assert json.loads(parts.read("media")) == {"0": name}


def test_the_same_decks_give_the_same_bytes(tmp_path: Path) -> None:
    issued = issue(*CARDS, basic("pictures", media=("b", "a")))
    one = write(tmp_path / "one.apkg", issued, {"b": b"2", "a": b"1"})
    assert write(tmp_path / "two.apkg", issued, {"a": b"1", "b": b"2"}).read_bytes() == one.read_bytes()
    with zipfile.ZipFile(one) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_parents_of_decks_travel_with_them(tmp_path: Path) -> None:
    ((decks,),) = rows_of(write(tmp_path / "a.apkg", issue(CARDS[0])), "select decks from col")
    assert {deck["name"]: deck["id"] for deck in json.loads(decks).values()} == {
        "Default": 1,
        **{name: deck_id(name) for name in ("MLOps", "MLOps::Course 2 Data Lifecycle")},
        (week := "MLOps::Course 2 Data Lifecycle::Week 2 Feature engineering"): deck_id(week),
    }


def test_rows_carry_the_time_of_the_change_and_no_other(tmp_path: Path) -> None:
    issued = [replace(one, modified=BORN + number) for number, one in enumerate(issue(*CARDS))]
    package = write(tmp_path / "a.apkg", issued)
    changed = {one.guid: one.modified for one in issued}
    assert dict(rows_of(package, "select guid, mod from notes")) == changed
    cards = rows_of(package, "select guid, cards.mod, cards.id, notes.id from cards join notes on nid = notes.id")
    assert all(mod == changed[guid] for guid, mod, _, _ in cards)
    assert all(max(ids) <= changed[guid] * 1000 for guid, _, *ids in cards)
    ((models,),) = rows_of(package, "select models from col")
    assert {model["mod"] for model in json.loads(models).values()} == {notetypes.MODIFIED}


def test_tags_are_in_the_package(tmp_path: Path) -> None:
    package = write(tmp_path / "a.apkg", issue(basic("recall", tags=("exam soon",))))
    assert rows_of(package, "select tags from notes") == [
        (" exam-soon mlops::concept::recall mlops::course-2::week-2 mlops::kind::definition ",)
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([basic("x"), with_reverse("x"), cloze()])), min_size=1, max_size=40
    )
)
def test_ids_are_unique_and_places_count_from_one(cards: list[tuple[int, Card]]) -> None:
    issued = tuple(Issued(card, str(n), BORN + seconds) for n, (seconds, card) in enumerate(cards))
    notes = list(apkg._numbered([Deck("A", "a", issued), Deck("B", "b", issued)]))
    ids = [note.id + place for note in notes for place in range(len(note.ords))]
    assert len(ids) == len(set(ids))
    assert [note.due for note in notes] == [*range(1, len(cards) + 1)] * 2


def test_a_reverse_card_does_not_take_the_id_of_another_note() -> None:
    """A thousand cards later, a second earlier: the two meet in the same millisecond."""
    one, *many = [Issued(basic("x"), str(number), BORN) for number in range(999)]
    issued = (replace(one, modified=BORN + 1), *many, Issued(with_reverse("y"), "last", BORN))
    notes = list(apkg._numbered([Deck("A", "a", issued)]))
    assert {notes[-1].id, notes[-1].id + 1}.isdisjoint(note.id for note in notes[:-1])


@given(st.text())
def test_deck_ids_are_safe(name: str) -> None:
    assert 10**12 <= deck_id(name) < 1.5 * 10**12


def test_deck_ids_are_for_ever() -> None:
    assert deck_id("MLOps") == 1_020_417_781_365


@pytest.mark.parametrize(
    ("card", "why"),
    [
        (basic("x", question=NOTHING), "no question"),
        (basic("x", question=Field("", "<p> </p>")), "no question"),
        (cloze("no cloze"), "no cloze"),
        (cloze("the {{c1::open"), "no cloze"),
        (cloze("the {{c0::zeroth}}"), "no cloze"),
    ],
)
def test_a_note_without_cards_is_refused_and_its_place_named(card: Card, why: str, tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match=rf"course-2/week-2\.md:7:1: .*{why}"):
        write(tmp_path / "a.apkg", issue(card))
    assert not (tmp_path / "a.apkg").exists()


def test_two_notes_with_one_guid_are_refused(tmp_path: Path) -> None:
    one, other = (Issued(basic(name, source=Span(f"{name}.md", 3)), "same", BORN) for name in ("one", "other"))
    with pytest.raises(CannotDo, match=r"other\.md:3:1: .*'same'.*one\.md:3:1"):
        write(tmp_path / "a.apkg", [one, other])


def test_a_note_that_was_never_changed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="no time of its last change"):
        write(tmp_path / "a.apkg", issue(basic("x"), modified=0))


def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.apkg").mkdir()
    for target in (tmp_path / "file" / "a.apkg", tmp_path / "folder.apkg"):
        with pytest.raises(CannotDo, match=f"cannot write {re.escape(str(target))}: "):
            write(target, issue(*CARDS))
    assert names_in(tmp_path) == ["file", "folder.apkg"]


@pytest.mark.parametrize(
    ("failure", "seen"), [(KeyboardInterrupt(), KeyboardInterrupt), (OSError(28, "no space left"), CannotDo)]
)
def test_a_write_cut_short_leaves_the_old_package_alone(
    failure: BaseException, seen: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = write(tmp_path / "a.apkg", issue(*CARDS))
    old = package.read_bytes()
    whole = zipfile.ZipFile.writestr

    def cut_short(self: zipfile.ZipFile, entry: zipfile.ZipInfo, *rest: Any, **options: Any) -> None:
        if entry.filename == "media":
            raise failure
        whole(self, entry, *rest, **options)

    monkeypatch.setattr(zipfile.ZipFile, "writestr", cut_short)
    with pytest.raises(seen):
        write(package, issue(basic("other")))
    assert package.read_bytes() == old
    assert names_in(tmp_path) == ["a.apkg"]


def test_the_folder_of_the_package_is_made(tmp_path: Path) -> None:
    assert write(tmp_path / "new" / "a.apkg", issue(*CARDS)).is_file()


def test_note_types_are_frozen() -> None:
    """Never change this test: collections of learners hold these ids, names and orders."""
    assert [(layout.id, layout.fields, layout.first_field_id) for layout in notetypes.LAYOUTS.values()] == [
        (
            1_747_310_001,
            (
                *("Question", "Answer", "Reverse", "Term", "Extra", "Context", "Reverse Context", "Source"),
                *("References", "Retired", "Spare 1", "Spare 2", "Spare 3", "Spare 4"),
            ),
            747_310_100,
        ),
        (
            1_747_310_002,
            (
                *("Text", "Extra", "Context", "Source", "References"),
                *("Retired", "Spare 1", "Spare 2", "Spare 3", "Spare 4"),
            ),
            747_310_300,
        ),
    ]
    assert [(template.name, template.id) for template in _templates()] == [
        ("Question", 747_310_201),
        ("Reverse", 747_310_202),
        ("Cloze", 747_310_401),
    ]


def _templates() -> list[notetypes.Template]:
    return [template for layout in notetypes.LAYOUTS.values() for template in layout.templates]


@pytest.mark.parametrize("template", _templates(), ids=lambda template: template.file)
def test_everything_on_a_card_vanishes_with_retired(template: notetypes.Template) -> None:
    for side in (template.front, template.back):
        assert re.fullmatch(r"\{\{\^Retired\}\}\n.*\{\{/Retired\}\}\n", side, re.DOTALL)
        assert not re.search(r"<script|https?:|@import|url\(", side + notetypes.style())


def test_anki_keeps_the_ids_of_fields_and_templates(collection: Collection, tmp_path: Path) -> None:
    take(collection, write(tmp_path / "a.apkg", issue(*CARDS)))
    for layout in notetypes.LAYOUTS.values():
        model = collection.models.get(layout.id)
        assert [(f["name"], f["id"]) for f in model["flds"]] == [
            (name, layout.first_field_id + place) for place, name in enumerate(layout.fields)
        ]
        assert [(t["name"], t["id"]) for t in model["tmpls"]] == [(t.name, t.id) for t in layout.templates]
        assert (model["sortf"], model["mod"]) == (0, notetypes.MODIFIED)


def test_the_breadcrumb_is_plain_text() -> None:
    card = basic("x", headings=("Reading with `tf.data`",))
    assert fields_of(card)[notetypes.BASIC.index("Context")] == "Course 2 › Week 2 › Reading with tf.data"


def test_fields_stand_where_the_note_type_has_them() -> None:
    card = with_reverse("precision")
    values = dict(zip(notetypes.BASIC.fields, fields_of(replace(card, extra=field("more"))), strict=True))
    assert {name: value for name, value in values.items() if value} == {
        "Question": "What is precision?",
        "Answer": "precision is a thing",
        "Reverse": "Which thing is it that is not 9?",
        "Term": "precision",
        "Extra": "more",
        "Context": "Course 2 › Week 2 › Feature selection › All about precision",
        "Reverse Context": "Course 2 › Week 2 › Feature selection",
        "Source": "course-2/week-2.md:7",
        "References": '<ul><li><a href="https://example.org/?a=1&amp;b=2">docs &amp; more</a></li></ul>',
    }
    values = dict(zip(notetypes.CLOZE.fields, fields_of(cloze()), strict=True))
    assert values["Text"] == cloze().question.html
    assert values["Source"] == "course-2/week-2.md:7"


@pytest.mark.parametrize(
    ("term", "heading"),
    [
        ("principal component analysis", "PCA"),
        ("PCA", "Principal component analysis"),
        ("Autoencoder", "Autoencoders"),
        ("Filter methods", "Kinds of filter"),
        ("特征选择", "特征选择方法"),
        ("knowledge distillation", "Distilling a model"),
        ("trace", "Tracing"),
        ("GAN", "GANs"),
        ("PCA", "Fewer dimensions with principal component analysis"),
        ("TFDV", "Tools such as TensorFlow Data Validation"),
        ("statistical parity", "Meet SP"),
    ],
)
def test_a_heading_that_tells_the_term_is_left_out(term: str, heading: str) -> None:
    card = basic(term, headings=("Overview", heading), reverse=field("which?"))
    assert fields_of(card)[notetypes.BASIC.index("Reverse Context")] == "Course 2 › Week 2 › Overview"


@pytest.mark.parametrize(
    ("term", "heading"),
    [
        ("parameter server", "Data parallelism"),
        ("trace", "Training"),
        ("PipeDream", "Pipelines"),
        ("PCA", "Costs and projects"),
    ],
)
def test_a_heading_that_only_looks_like_the_term_stays(term: str, heading: str) -> None:
    card = basic(term, headings=(heading,), reverse=field("which?"))
    assert fields_of(card)[notetypes.BASIC.index("Reverse Context")] == f"Course 2 › Week 2 › {heading}"


@given(st.text())
@example(f"a{SEPARATOR}b")
def test_what_the_author_writes_never_breaks_the_fields_apart(text: str) -> None:
    card = basic("x", answer=field(text), headings=(text,), references=(Link(text, text),))
    assert SEPARATOR.join(fields_of(card)).count(SEPARATOR) == len(notetypes.BASIC.fields) - 1


@given(st.text(), st.text())
def test_names_and_headings_are_shown_as_they_are_written(heading: str, url: str) -> None:
    card = basic("x", headings=(heading,), references=(Link("", url),))
    context, references = (fields_of(card)[notetypes.BASIC.index(name)] for name in ("Context", "References"))
    assert "<" not in re.sub(r"<span>.</span>", "", context)  # it parts what Anki would take for more than text
    assert re.sub(r"<span>.</span>|</?(ul|li)>|<a href=\"[^\"<>]*\">|</a>", "", references).count("<") == 0


def test_only_what_can_be_followed_from_a_card_is_a_link() -> None:
    links = tuple(Link("a", url) for url in ("../week-1.md", "javascript:alert(1)", "HTTPS://x.org"))
    references = fields_of(basic("x", references=links))[notetypes.BASIC.index("References")]
    assert references == '<ul><li>a</li><li>a</li><li><a href="HTTPS://x.org">a</a></li></ul>'


@given(st.integers(1, 999))
def test_a_line_above_does_not_change_the_content(line: int) -> None:
    card = basic("x")
    assert content_digest(replace(card, source=Span(card.source.path, line)), SETTINGS) == content_digest(
        card, SETTINGS
    )


def test_the_colours_of_code_are_no_content() -> None:
    """A new version of the highlighter must not touch cards that nobody edited."""
    plain, coloured = (
        basic("x", answer=Field("", f"<pre><code>{code}</code></pre>"))
        for code in (r"if <span>\</span>( a", r'<span class="k">if <span>\</span>(</span> <span class="n">a</span>')
    )
    assert content_digest(plain, SETTINGS) == content_digest(coloured, SETTINGS)
    assert fields_of(plain) != fields_of(coloured)


def test_a_cloze_note_has_its_gaps_in_its_text_alone() -> None:
    card = replace(cloze(), extra=field("{{c7::x}}"), headings=("{{c8::y}}",), references=(Link("{{c9::z}}", "x"),))
    assert cloze_numbers("".join(fields_of(card))) == cloze_numbers(card.question.html)


@pytest.mark.parametrize(
    "change",
    [
        {"question": field("?")},
        {"answer": field("!")},
        {"extra": field("!")},
        {"reverse": field("!")},
        {"headings": ()},
        {"place": Place(3, 2)},
        {"tags": ("exam",)},
        {"kind": "tool"},
        {"references": ()},
        {"source": Span("elsewhere.md", 7)},
    ],
)
def test_all_that_a_learner_gets_counts_as_content(change: dict[str, Any]) -> None:
    assert content_digest(basic("x", **change), SETTINGS) != content_digest(basic("x"), SETTINGS)


def test_the_tags_of_all_cards_count_as_content() -> None:
    assert content_digest(basic("x"), replace(SETTINGS, tags=("exam",))) != content_digest(basic("x"), SETTINGS)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("{{c2::b}} and {{c1::a}} and {{c2::c::hint}}", (1, 2)),
        ("{{c1::outer {{c2::inner}} outer}}", (1, 2)),
        ("{{c1,3::both}}", (1, 3)),
        ("{{c1::open {{c2::lost}}", ()),
        ("{{c0::none}} {{ c1::spaced }} {{c1:one}}", ()),
    ],
)
def test_clozes_count_as_anki_counts_them(text: str, numbers: tuple[int, ...], collection: Collection) -> None:
    assert cloze_numbers(text) == numbers
    note = collection.new_note(collection.models.by_name("Cloze"))
    note["Text"] = text
    asked = [number for number in collection._backend.cloze_numbers_in_note(note._to_backend_note()) if number]
    assert tuple(sorted(asked)) == numbers
