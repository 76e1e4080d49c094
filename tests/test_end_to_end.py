"""Notes folders to packages to the real Anki, and what a learner has after each import."""

# anki.collection has to come before every other part of anki.
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest  # isort: skip

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition as Condition
from anki.lang import without_unicode_isolation
from test_pipeline import COURSE, NOW

from mlopscards.decks import EVERYTHING
from mlopscards.pipeline import LOCK_NAME, Built, build
from mlopscards.source import find_notes

NOTES = Path(__file__).parent.parent / "notes"
FOLDERS = [COURSE, *([NOTES] if NOTES.is_dir() and any(NOTES.rglob("*.md")) else [])]
ALWAYS = Condition.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS
OPTIONS = ({}, {"update_notes": ALWAYS, "update_notetypes": ALWAYS, "merge_notetypes": True})
"""What Anki proposes, and what it proposes to someone who once ticked everything."""
BROKEN = ("has a problem", "no field called", "No cloze", "front of this card is blank", "Invalid cloze")
"""What Anki writes on a card that it cannot render."""


def copy_of(source: Path, target: Path) -> Path:
    for path in (path for path in source.rglob("*") if path.is_file()):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return target


class Learner:
    """A collection that takes packages and is reviewed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.collection = Collection(str(folder / "collection.anki2"))

    def take(self, *packages: Path, **options: Any) -> dict[str, int]:
        """Import *packages*, and say how many notes met which fate; what stayed as it was is not told."""
        fates: dict[str, int] = {}
        for package in packages:
            request = ImportAnkiPackageRequest(package_path=str(package), options=ImportAnkiPackageOptions(**options))
            log = self.collection.import_anki_package(request).log
            self.collection.models._clear_cache()
            for fate in log.DESCRIPTOR.fields:
                if fate.name not in ("found_notes", "duplicate", "dupe_resolution"):
                    fates[fate.name] = fates.get(fate.name, 0) + len(getattr(log, fate.name))
        return {fate: count for fate, count in fates.items() if count}

    def answer(self, most: int = 40) -> int:
        """Answer cards, as the reviewer does, from the head of the queue."""
        self._lift_limits()
        answered = 0
        for deck in [deck for deck in self.collection.decks.all_names_and_ids() if "::" not in deck.name]:
            self.collection.decks.set_current(deck.id)
            while answered < most and (queue := self.collection.sched.get_queued_cards(fetch_limit=200).cards):
                for queued in queue[: most - answered]:
                    card = self.collection.get_card(queued.card.id)
                    card.start_timer()
                    answer = self.collection.sched.build_answer(card=card, states=queued.states, rating=3)
                    self.collection.sched.answer_card(answer)
                    answered += 1
        return answered

    def _lift_limits(self) -> None:
        for preset in self.collection.decks.all_config():
            preset["new"] |= {"perDay": 9999, "bury": False}
            preset["rev"] |= {"perDay": 9999, "bury": False}
            self.collection.decks.update_config(preset)

    def queue_of(self, deck: str) -> list[str]:
        """The guids of the new cards in the order in which they come."""
        self._lift_limits()
        self.collection.decks.set_current(self.collection.decks.id_for_name(deck))
        queued = self.collection.sched.get_queued_cards(fetch_limit=9999).cards
        guids = [self.collection.get_card(one.card.id).note().guid for one in queued]
        return list(dict.fromkeys(guids))

    def history(self) -> list[Any]:
        """All that reviews have made."""
        return [
            self.collection.db.all(
                "select id, nid, did, ord, type, queue, due, ivl, factor, reps from cards order by id"
            ),
            self.collection.db.all("select * from revlog order by id"),
        ]

    def notes(self) -> dict[str, tuple[Any, ...]]:
        """What every note says and when it changed, by guid."""
        rows = self.collection.db.all("select guid, mid, mod, tags, flds from notes")
        return {guid: tuple(rest) for guid, *rest in rows}

    def places(self) -> dict[tuple[str, int], tuple[str, int]]:
        """The deck of every new card, and where it stands in it."""
        names = {deck.id: deck.name for deck in self.collection.decks.all_names_and_ids()}
        rows = self.collection.db.all("select guid, ord, did, due from cards join notes on notes.id = nid")
        return {(guid, ord_): (names[deck], due) for guid, ord_, deck, due in rows}


class Course:
    """A copy of a notes folder, built; and learners for it."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.folder = folder
        self.notes = copy_of(source, folder / "notes")
        self.learners: list[Learner] = []
        self.build(NOW)

    def build(self, now: int) -> Built:
        # What the lock of real notes has may be younger than the tests' own time.
        self.built = build(self.notes, self.folder / "decks", now)
        return self.built

    @property
    def weeks(self) -> list[Path]:
        return [self.folder / "decks" / f"{deck.slug}.apkg" for deck in self.built.decks]

    @property
    def everything(self) -> Path:
        return self.folder / "decks" / f"{EVERYTHING}.apkg"

    def learner(self) -> Learner:
        self.learners.append(Learner(self.folder / f"learner-{len(self.learners)}"))
        return self.learners[-1]


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name, scope="module")
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """The course of the fixtures, and the real notes; no test that takes it may change its notes."""
    made = Course(request.param, tmp_path_factory.mktemp(request.param.name))
    yield made
    for learner in made.learners:
        learner.collection.close()


@pytest.fixture
def fixture_course(tmp_path: Path) -> Iterator[Course]:
    """The course of the fixtures, to change."""
    made = Course(COURSE, tmp_path)
    yield made
    for learner in made.learners:
        learner.collection.close()


def without_style(html: str) -> str:
    return re.sub(r"(?s)<style.*?</style>", "", html)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_fixture_has_every_kind_of_card(fixture_course: Course) -> None:
    cards = [one.card for one in fixture_course.built.plan.issued]
    kinds = {"definition", "members", "steps", "comparison", "table", "formula", "tool", "question", "cloze"}
    assert {card.kind for card in cards} >= kinds
    assert any(card.reverse for card in cards)
    assert any(card.media for card in cards)
    assert any(card.references for card in cards)
    assert len(find_notes(fixture_course.notes)) == 4


def test_every_package_is_taken_in_full_and_without_a_conflict(course: Course) -> None:
    for deck, package in zip(course.built.decks, course.weeks, strict=True):
        assert course.learner().take(package) == {"new": len(deck.cards)}
    assert course.learner().take(course.everything) == {"new": len(course.built.plan.issued)}


def test_what_anki_takes_is_sound_and_no_media_is_missing(course: Course) -> None:
    learner = course.learner()
    learner.take(*course.weeks)
    assert not learner.collection.get_empty_cards().notes
    media = learner.collection.media.check()
    assert not list(media.missing)
    assert not list(media.unused)
    message, sound = learner.collection.fix_integrity()
    assert sound, message


def test_every_card_is_rendered_on_both_sides_and_answered(course: Course) -> None:
    learner = course.learner()
    learner.take(*course.weeks)
    numbers = learner.collection.find_cards("")
    assert len(numbers) >= len(course.built.plan.issued)
    for number in numbers:
        card = learner.collection.get_card(number)
        written = "\n".join(card.note().fields)
        for side in (card.question(), card.answer()):
            shown = without_style(without_unicode_isolation(side))
            assert re.sub(r"<(?!img)[^>]*>", "", shown).strip()
            assert not [error for error in BROKEN if error in shown and error not in written]
            assert not [braces for braces in re.findall(r"\{\{.*?\}\}", shown) if braces not in written]
            assert not re.search(r"\{\{c\d+::", shown)
            for name in learner.collection.media.files_in_str(card.note().mid, side):
                assert (Path(learner.collection.media.dir()) / name).is_file(), name
    assert learner.answer(most=len(numbers) + 1) == len(numbers)


def test_no_question_shows_its_own_answer(course: Course) -> None:
    learner = course.learner()
    learner.take(course.everything)
    for number in learner.collection.find_cards("card:Reverse"):
        card = learner.collection.get_card(number)
        term, asked = (re.sub(r"<[^>]*>", "", html) for html in (card.note()["Term"], without_style(card.question())))
        assert not re.search(rf"(?i)(?<!\w){re.escape(term)}(?!\w)", asked)


def test_new_cards_come_in_the_order_of_the_lecture(course: Course) -> None:
    learner = course.learner()
    learner.take(*reversed(course.weeks))
    for deck in course.built.decks:
        assert learner.queue_of(deck.name) == [one.guid for one in deck.cards]
        lines = [(one.card.source.path, one.card.source.line) for one in deck.cards]
        assert lines == sorted(lines)


def test_decks_nest_by_course_and_week(fixture_course: Course) -> None:
    learner = fixture_course.learner()
    learner.take(*fixture_course.weeks)
    decks = {deck.name for deck in learner.collection.decks.all_names_and_ids()} - {"Default"}
    assert decks == {
        "Fixture",
        "Fixture::Course 1 Shipping models",
        "Fixture::Course 1 Shipping models::Week 1 Serving models",
        "Fixture::Course 1 Shipping models::Week 2 Monitoring: what & when",
        "Fixture::Course 2",
        "Fixture::Course 2::Week 1 Data",
        "Fixture::Overview",
    }
    assert {deck for deck, _ in learner.places().values()} == {deck.name for deck in fixture_course.built.decks}


def test_all_decks_stand_below_one_root(course: Course) -> None:
    learner = course.learner()
    learner.take(*course.weeks)
    names = {deck.name for deck in learner.collection.decks.all_names_and_ids()} - {"Default"}
    assert len({name.split("::")[0] for name in names}) == 1


def test_the_weeks_and_everything_are_the_same(course: Course) -> None:
    by_week, at_once = course.learner(), course.learner()
    by_week.take(*course.weeks)
    at_once.take(course.everything)
    assert by_week.notes() == at_once.notes()
    assert by_week.places() == at_once.places()
    for learner in (by_week, at_once):
        learner.answer()
        before = learner.history(), learner.notes()
        assert learner.take(*course.weeks, course.everything) == {}
        assert (learner.history(), learner.notes()) == before


@pytest.mark.parametrize("options", OPTIONS, ids=["as proposed", "all ticked"])
def test_an_unchanged_rebuild_updates_nothing(course: Course, options: dict[str, Any]) -> None:
    learner = course.learner()
    learner.take(*course.weeks)
    learner.answer()
    before = learner.history(), learner.notes(), learner.collection.db.scalar("select scm from col")
    course.build(NOW + 86_400)
    assert not course.built.plan.changed
    assert learner.take(*course.weeks, course.everything, **options) == {}
    assert (learner.history(), learner.notes(), learner.collection.db.scalar("select scm from col")) == before


@pytest.mark.parametrize("options", OPTIONS, ids=["as proposed", "all ticked"])
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("course-1/week-2-monitoring.md", "An owner who can act on it.", "Someone on call who owns it."),
        ("course-1/week-2-monitoring.md", "for 5 min", "for 15 min"),
        ("course-1/week-1-serving.md", "Compare both answers offline", "Compare both answers by night"),
        ("course-1/week-1-serving.md", "The share of failed requests", "The share of all failed requests"),
        ("course-2/week-1-data.txt", "which jobs changed it", "which people changed it"),
        ("course-2/week-1-data.txt", "Backfill >>", "Backfilling >>"),
    ],
    ids=["answer", "cell", "step", "cloze", "definition", "term"],
)
def test_one_edit_updates_exactly_one_note_and_keeps_all_reviews(
    fixture_course: Course, file: str, old: str, new: str, options: dict[str, Any]
) -> None:
    learner = fixture_course.learner()
    learner.take(*fixture_course.weeks)
    learner.answer()
    before, said = learner.history(), learner.notes()
    edit(fixture_course.notes / file, old, new)
    built = fixture_course.build(NOW + 60)
    assert (len(built.plan.changed), built.plan.new, built.plan.retired) == (1, (), ())
    assert learner.take(*fixture_course.weeks, **options) == {"updated": 1}
    assert learner.history() == before
    (changed,) = [guid for guid, row in learner.notes().items() if row != said[guid]]
    assert changed == built.plan.changed[0].after.guid
    assert learner.take(fixture_course.everything, **options) == {}


def test_lines_above_and_a_file_renamed_keep_all_reviews(fixture_course: Course) -> None:
    learner = fixture_course.learner()
    learner.take(*fixture_course.weeks)
    learner.answer()
    before = learner.history()
    week = fixture_course.notes / "course-1" / "week-1-serving.md"
    edit(week, "# Serving\n", "\n\nRead this first.\n\n# Serving\n")
    week.rename(week.with_name("week-1-answers.md"))
    built = fixture_course.build(NOW + 60)
    assert (built.plan.new, built.plan.retired) == ((), ())
    fates = learner.take(*fixture_course.weeks)
    assert set(fates) <= {"updated"}
    assert learner.history() == before


def test_a_picture_drawn_anew_reaches_the_learner(fixture_course: Course) -> None:
    learner = fixture_course.learner()
    learner.take(*fixture_course.weeks)
    learner.answer()
    before = learner.history()
    picture = fixture_course.notes / "course-1" / "pictures" / "rollout.png"
    picture.write_bytes(picture.read_bytes() + b"more")
    fixture_course.build(NOW + 60)
    assert set(learner.take(*fixture_course.weeks)) == {"updated"}
    assert learner.history() == before
    assert not list(learner.collection.media.check().missing)


def test_what_went_out_of_the_notes_leaves_only_those_who_had_it(fixture_course: Course) -> None:
    learner, newcomer = fixture_course.learner(), fixture_course.learner()
    learner.take(*fixture_course.weeks)
    learner.answer()
    edit(
        fixture_course.notes / "course-2" / "week-1-data.txt",
        "Backfill >> computing a feature again for days gone by",
        "",
    )
    built = fixture_course.build(NOW + 60)
    (gone,) = built.plan.retired
    retired = next(path for path in built.packages if path.name == "retired.apkg")
    assert gone.guid not in (newcomer.take(*fixture_course.weeks, fixture_course.everything) and newcomer.notes())
    learner.take(*fixture_course.weeks)
    assert learner.take(retired) == {"updated": 1}
    (empty,) = learner.collection.get_empty_cards().notes
    assert learner.collection.get_note(empty.note_id).guid == gone.guid
    assert empty.will_delete_note


def test_the_lock_travels_with_the_notes_and_gives_a_second_machine_the_same(fixture_course: Course) -> None:
    learner = fixture_course.learner()
    learner.take(*fixture_course.weeks)
    other = Course(fixture_course.notes, fixture_course.folder / "other")
    assert (other.notes / LOCK_NAME).read_bytes() == (fixture_course.notes / LOCK_NAME).read_bytes()
    assert learner.take(*other.weeks, other.everything) == {}


def test_notes_without_a_card_make_a_package_that_anki_takes(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("Nothing but prose that runs on and on.\n")
    learner = Learner(tmp_path / "learner")
    assert learner.take(*build(tmp_path / "notes", tmp_path / "decks", NOW).packages) == {}
    learner.collection.close()
