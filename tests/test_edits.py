"""Edits of notes, and what becomes of the reviews: the files in `fixtures/edits/` are the promise, in the real Anki.

A case is a title, a dot, the notes before, a dot, the notes after, a dot, what becomes of every card, a dot. A line
`--- week-2.md` begins another file of the notes. Of each card is said: `= question` it is kept, `question => question`
it is kept with another question, `+ question` it is new, `- question` it is retired.
"""

# anki.collection has to come before every other part of anki.
from anki.collection import ExportAnkiPackageOptions  # isort: skip

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from test_end_to_end import OPTIONS, Learner
from test_pipeline import NOW

from mlopscards.changes import moves_of
from mlopscards.errors import CannotDo
from mlopscards.lockfile import Entry, Lock, read_lock, write_lock
from mlopscards.lockrepair import repair
from mlopscards.pipeline import LOCK_NAME, Built, build
from mlopscards.recovery import recover

ROOT = Path(__file__).parent / "fixtures" / "edits"
FILES = sorted(ROOT.glob("*.md"))
LEAST_CASES = 40


class Case(NamedTuple):
    title: str
    before: str
    after: str
    fates: str


def cases() -> list[Any]:
    """Read the cases; a file that is not whole is refused."""
    found = []
    for path in FILES:
        parts = re.split(r"^\.$\n?", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert len(parts) % 4 == 1, f"{path}: {len(parts) - 1} dots are not whole cases"
        assert not parts[-1].strip(), f"{path}: something stands behind the last case"
        whole = [Case(*map(str.strip, parts[at : at + 4])) for at in range(0, len(parts) - 1, 4)]
        found += [pytest.param(case, id=f"{path.stem}: {case.title}") for case in whole]
    assert len(found) >= LEAST_CASES
    return found


def write(folder: Path, text: str, encode: Callable[[str], bytes] = str.encode) -> None:
    """Write the files of *text*, and leave nothing of the notes that were there but the lock."""
    for old in folder.rglob("*.md"):
        old.unlink()
    names = re.split(r"^--- (\S+)$\n?", text, flags=re.MULTILINE)
    for name, content in zip(["week-1.md", *names[1::2]], names[::2], strict=True):
        if content.strip():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode(content))


class Reviews:
    """A learner who has answered every card, each at a time of its own."""

    def __init__(self, folder: Path) -> None:
        self.learner = Learner(folder)

    def take(self, built: Built, **options: Any) -> dict[str, int]:
        return self.learner.take(*built.packages, **options)

    def questions(self) -> dict[str, str]:
        """The question of every note by guid."""
        rows = self.learner.collection.db.all("select guid, flds from notes")
        return {guid: plain(fields.split("\x1f")[0]) for guid, fields in rows}

    def log(self) -> dict[str, list[tuple[int, ...]]]:
        """Every review, by guid: of which card of the note, when, and what it made of its schedule."""
        rows = self.learner.collection.db.all(
            "select notes.guid, cards.ord, revlog.id, cards.ivl, cards.due, cards.reps from notes"
            " join cards on cards.nid = notes.id join revlog on revlog.cid = cards.id order by revlog.id"
        )
        log: dict[str, list[tuple[int, ...]]] = {}
        for guid, *review in rows:
            log.setdefault(guid, []).append(tuple(review))
        return log


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


@pytest.fixture
def reviews(tmp_path: Path) -> Iterator[Reviews]:
    made = Reviews(tmp_path / "learner")
    yield made
    made.learner.collection.close()


def fates(before: dict[str, str], after: dict[str, str], built: Built) -> str:
    """Say what became of every card, as the fixtures do."""
    lines = []
    live = {one.guid for one in built.plan.issued}
    for guid, question in before.items():
        if guid not in live:
            lines.append(f"- {question}")
        else:
            lines.append(f"= {question}" if after[guid] == question else f"{question} => {after[guid]}")
    return "\n".join(sorted([*lines, *(f"+ {question}" for guid, question in after.items() if guid not in before)]))


@pytest.mark.parametrize("case", cases())
def test_every_card_that_a_person_would_call_the_same_keeps_its_reviews(
    case: Case, reviews: Reviews, tmp_path: Path
) -> None:
    notes, decks = tmp_path / "notes", tmp_path / "decks"
    write(notes, case.before)
    assert reviews.take(build(notes, decks, NOW))
    reviews.learner.answer(most=500)
    before, log = reviews.questions(), reviews.log()
    assert log.keys() == before.keys()
    write(notes, case.after)
    built = build(notes, decks, NOW + 60)
    # The clean-up package would take the text of what is retired.
    reviews.learner.take(*(path for path in built.packages if path.name != "retired.apkg"))
    after = reviews.questions()
    assert reviews.log() == log
    assert after.keys() == before.keys() | {one.guid for one in built.plan.issued}
    assert fates(before, after, built) == "\n".join(sorted(case.fates.split("\n")))


NOTES = """# Drift

- **Data drift**: a change of the distribution of the inputs over time
  - seasons
  - fashions
- **Concept drift**: a change of the relation between the inputs and the target

Steps of an answer to drift:

1. Find it
2. Label new data
3. Train again

In ==online== serving an answer is computed when its request comes.
--- week-2.md
# Skew

Q: What is training-serving skew?
A: A difference between what a model sees in training and what it sees when it serves.

# Stores

| store | latency |
|---|---|
| Redis | 1 ms |
| Bigtable | 6 ms |
"""
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "Windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "tabs for indents": lambda text: text.replace("  -", "\t-").encode(),
    "wider indents": lambda text: text.replace("  -", "    -").encode(),
    "blanks at the ends of lines": lambda text: text.replace("\n", " \n").encode(),
    "other marks of lists": lambda text: re.sub("^- ", "* ", text, flags=re.MULTILINE).encode(),
}


class Course:
    """Notes under edit, and the reviews of somebody who has them from the first day."""

    def __init__(self, folder: Path, text: str = NOTES) -> None:
        self.notes, self.decks, self.now = folder / "notes", folder / "decks", NOW
        self.reviews = Reviews(folder / "learner")
        write(self.notes, text)
        self.build()
        self.reviews.take(self.built)
        self.reviews.learner.answer(most=500)
        self.before, self.log = self.reviews.questions(), self.reviews.log()

    def build(self) -> Built:
        self.now += 60
        self.built = build(self.notes, self.decks, self.now)
        return self.built

    def take(self, **options: Any) -> dict[str, int]:
        """Import what a learner imports every week: not the clean-up package."""
        return self.reviews.learner.take(*self.weekly(), **options)

    def weekly(self) -> list[Path]:
        return [path for path in self.built.packages if path.name != "retired.apkg"]

    def fates(self) -> str:
        assert self.reviews.log() == self.log
        return fates(self.before, self.reviews.questions(), self.built)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.notes / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    made = Course(tmp_path)
    yield made
    made.reviews.learner.collection.close()


@pytest.mark.parametrize("name", ENCODINGS)
def test_how_the_bytes_are_written_is_no_edit(name: str, course: Course) -> None:
    write(course.notes, NOTES, ENCODINGS[name])
    plan = course.build().plan
    assert not any((plan.new, plan.changed, plan.moved, plan.retired))
    assert course.take() == {}
    assert set(course.fates()) & set("+-") <= {"-"}  # in `training-serving`
    assert course.reviews.questions() == course.before


@pytest.mark.parametrize(
    ("settings", "front_matter"),
    [("root: Other root\n", ""), ("courses: {1: Other course}\n", ""), ("", "title: Other title\n")],
    ids=["root", "course", "week"],
)
def test_a_renamed_deck_keeps_all_reviews(settings: str, front_matter: str, tmp_path: Path) -> None:
    course = Course(tmp_path, "--- course-1/week-1.md\n" + NOTES.split("--- ", maxsplit=1)[0])
    (course.notes / "mlopscards.yaml").write_text(settings)
    path = course.notes / "course-1" / "week-1.md"
    path.write_text(f"---\n{front_matter}---\n{path.read_text()}")
    assert course.build().plan.moved
    course.take()
    assert not re.search("=>|^[+-] ", course.fates(), re.MULTILINE)
    course.reviews.learner.collection.close()


def test_what_goes_and_comes_back_has_its_reviews(course: Course) -> None:
    text = (course.notes / "week-2.md").read_text(encoding="utf-8")
    (course.notes / "week-2.md").write_text("Nothing yet.\n")
    assert len(course.build().plan.retired) == 3
    course.take()
    (course.notes / "week-2.md").write_text(text)
    plan = course.build().plan
    assert (len(plan.returned), plan.new) == (3, ())
    assert course.take() == {"updated": 3}
    assert not re.search("=>|^[+-] ", course.fates(), re.MULTILINE)


def test_what_was_cleaned_up_and_comes_back_shows_its_question_again(course: Course) -> None:
    text = (course.notes / "week-2.md").read_text(encoding="utf-8")
    (course.notes / "week-2.md").write_text("Nothing yet.\n")
    course.build()
    course.reviews.take(course.built)
    assert len(course.reviews.learner.collection.get_empty_cards().notes) == 3
    (course.notes / "week-2.md").write_text(text)
    course.build()
    course.take()
    assert not course.reviews.learner.collection.get_empty_cards().notes
    assert not re.search("=>|^[+-] ", course.fates(), re.MULTILINE)


def test_a_lost_lock_costs_only_what_was_reworded_before_it_was_lost(course: Course, tmp_path: Path) -> None:
    course.edit("week-2.md", "What is training-serving skew?", "What do you call training-serving skew?")
    course.build()
    course.take()
    (course.notes / LOCK_NAME).unlink()
    # On another machine, with no package of an earlier build.
    course.decks = tmp_path / "elsewhere"
    plan = course.build().plan
    lost = {guid for guid, question in course.before.items() if question == "What is training-serving skew?"}
    assert course.before.keys() - {one.guid for one in plan.issued} == lost


def test_a_lost_lock_costs_nothing_where_the_packages_still_lie(course: Course) -> None:
    course.edit("week-2.md", "What is training-serving skew?", "What do you call training-serving skew?")
    course.build()
    course.take()
    (course.notes / LOCK_NAME).unlink()
    course.build()
    assert course.built.planned.is_lock_missing
    assert course.take() == {}
    assert course.before.keys() == {one.guid for one in course.built.plan.issued}


def test_packages_of_other_notes_lend_no_identity_where_a_lock_is_lost(course: Course, tmp_path: Path) -> None:
    write(tmp_path / "others", "Q: What is training-serving skew?\nA: Something else altogether, said elsewhere.\n")
    foreign = build(tmp_path / "others", course.decks, NOW).plan.issued
    (course.notes / LOCK_NAME).unlink()
    assert not {one.guid for one in foreign} & {one.guid for one in course.build().plan.issued}
    assert not course.built.plan.retired


def test_a_lock_recovered_from_packages_is_the_lock_that_was_lost(course: Course) -> None:
    course.edit("week-2.md", "What is training-serving skew?", "What do you call training-serving skew?")
    course.edit("week-1.md", "In ==online== serving an answer is computed when its request comes.", "")
    course.build()
    course.take()
    before = read_lock(course.notes / LOCK_NAME)
    (course.notes / LOCK_NAME).unlink()
    write_lock(course.notes / LOCK_NAME, recover(sorted(course.decks.glob("*.apkg"))))
    after = course.build().plan.lock
    assert course.take() == {}
    assert live_in(after) == live_in(before)
    # Of a retired card a package has no more than what finds it again.
    gone, was_gone = (
        [(entry.guid, entry.path, entry.question, entry.retired) for entry in lock.entries if entry.retired]
        for lock in (after, before)
    )
    assert gone == was_gone
    assert gone


def live_in(lock: Lock) -> list[Entry]:
    return [entry for entry in lock.entries if not entry.retired]


def test_a_lock_recovered_from_what_anki_exports_keeps_the_reviews(course: Course, tmp_path: Path) -> None:
    collection = course.reviews.learner.collection
    exported = tmp_path / "export.apkg"
    collection.export_anki_package(
        out_path=str(exported),
        options=ExportAnkiPackageOptions(with_scheduling=False, with_media=False, legacy=True),
        limit=None,
    )
    (course.notes / LOCK_NAME).unlink()
    write_lock(course.notes / LOCK_NAME, recover([exported]))
    shutil.rmtree(course.decks)
    course.edit("week-2.md", "What is training-serving skew?", "What do you call training-serving skew?")
    plan = course.build().plan
    assert (plan.new, plan.retired, len(plan.changed)) == ((), (), 1)
    assert course.take() == {"updated": 1}
    assert course.before.keys() == course.reviews.questions().keys()
    assert course.reviews.log() == course.log


# --- branches ---------------------------------------------------------------------------------------------------------


class Repository:
    """The notes under git."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.git("init", "-q", "-b", "main")
        self.commit()

    def git(self, *arguments: str, check: bool = True) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        command = ["git", *identity, *arguments]
        subprocess.run(command, cwd=self.course.notes, check=check, capture_output=True)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "edit")

    def branch(self, name: str, *edits: tuple[str, str, str]) -> None:
        """Make a branch off the first commit, edit there, build and commit."""
        self.git("checkout", "-q", "-b", name, "main")
        for edit in edits:
            self.course.edit(*edit)
        self.course.build()
        self.course.take()
        self.commit()


@pytest.mark.parametrize("union", [False, True], ids=["conflict", "merge=union"])
def test_two_branches_merged_keep_all_reviews(union: bool, course: Course) -> None:
    if union:
        (course.notes / ".gitattributes").write_text("cards.lock merge=union\n")
    repository = Repository(course)
    ours = (
        "week-1.md",
        "a change of the distribution of the inputs",
        "a slow change of the distribution of the inputs",
    )
    new = "\nQ: What is a seasonal change?\nA: One that comes again every year.\n"
    theirs = ("week-1.md", "a change of the relation between the inputs", "a change of the link between the inputs")
    repository.branch("one", ours, ("week-2.md", "# Stores", f"{new}\n# Stores"))
    repository.branch("two", theirs, ("week-2.md", "| Bigtable | 6 ms |", f"| Bigtable | 6 ms |\n\n# More\n{new}"))
    issued = course.reviews.questions()
    repository.git("merge", "-q", "one", check=False)
    lock = course.notes / LOCK_NAME
    # Whoever merges mends the notes; what is asked here is what becomes of the lock.
    write(course.notes, NOTES.replace(*ours[1:]).replace(*theirs[1:]).replace("# Stores", f"{new}\n# Stores"))
    with pytest.raises(CannotDo, match="mlopscards lock repair"):
        read_lock(lock)
    result = repair(lock.read_text(encoding="utf-8"))
    assert result.done
    assert not result.lost
    write_lock(lock, result.lock)
    plan = course.build().plan
    assert {one.guid for one in plan.issued} == issued.keys()
    course.take()
    assert course.reviews.log() == course.log
    shown = {guid: fields for guid, (*_, fields) in course.reviews.learner.notes().items()}
    both = "\n".join(shown.values())
    assert ours[2] in both
    assert theirs[2] in both
    assert course.reviews.questions() == issued


# --- a year -----------------------------------------------------------------------------------------------------------

YEAR = [
    ("week-1.md", "over time", "over a long time"),
    ("week-2.md", "| Redis | 1 ms |", "| Redis | 2 ms |"),
    ("week-1.md", "1. Find it\n", "1. Find it\n2. Tell somebody\n"),
    ("week-2.md", "# Skew\n", "# Kinds of skew\n\nLines above.\n"),
    ("week-1.md", "- **Concept drift**: a change of the relation between the inputs and the target\n", ""),
    ("week-1.md", "In ==online== serving an", "In ==online== and ==streaming== serving an"),
    ("week-2.md", "Q: What is training-serving skew?", "Q: What is skew between training and serving?"),
    ("week-1.md", "# Drift\n", "# Drift\n\n**Label drift**: a change of how often each label comes.\n"),
    ("week-1.md", "In ==online== and ==streaming== serving", "In online and ==streaming== serving"),
    ("week-2.md", "| Bigtable | 6 ms |\n", "| Bigtable | 6 ms |\n| Spanner | 5 ms |\n"),
]


@pytest.mark.parametrize("clean", [False, True], ids=["weekly packages", "and the clean-up package"])
@pytest.mark.parametrize("options", OPTIONS, ids=["as proposed", "all ticked"])
def test_ten_builds_in_a_row_make_no_conflict_no_duplicate_and_no_one_way_sync(
    options: dict[str, Any], clean: bool, course: Course
) -> None:
    collection = course.reviews.learner.collection
    schema = collection.db.scalar("select scm from col")
    for edit in YEAR:
        course.edit(*edit)
        course.build()
        packages = course.built.packages if clean else course.weekly()
        assert set(course.reviews.learner.take(*packages, **options)) <= {"new", "updated"}
        assert course.reviews.learner.take(*packages, **options) == {}
        assert collection.db.scalar("select scm from col") == schema
        known = read_lock(course.notes / LOCK_NAME).entries
        assert course.reviews.questions().keys() <= {entry.guid for entry in known}
        now = course.reviews.log()
        assert {guid: now[guid] for guid in course.log} == course.log
    live = {one.guid: plain(one.card.question.html) for one in course.built.plan.issued}
    shown = course.reviews.questions()
    assert {guid: shown[guid] for guid in live} == live
    message, sound = collection.fix_integrity()
    assert sound, message


def test_what_moved_is_selected_in_anki_by_the_search_that_is_told(tmp_path: Path) -> None:
    course = Course(tmp_path, "--- course-1/week-1.md\n" + NOTES.replace("--- week-2.md", "--- course-1/week-2.md"))
    text = (course.notes / "course-1" / "week-2.md").read_text(encoding="utf-8")
    moved = text[text.index("Q: ") : text.index("# Stores")]
    course.edit("course-1/week-2.md", moved, "")
    with (course.notes / "course-1" / "week-1.md").open("a", encoding="utf-8") as file:
        file.write(f"\n{moved}")
    course.build()
    course.take()
    (move,) = moves_of(course.built.plan, course.built.planned.before, course.built.planned.settings)
    assert not move.whole
    collection = course.reviews.learner.collection
    found = {collection.get_note(note).guid for note in collection.find_notes(move.search)}
    assert found == {kept.after.guid for kept in move.cards}
    assert len(found) == 1
    collection.set_deck(collection.find_cards(move.search), collection.decks.id_for_name(move.new))
    assert not collection.find_notes(move.search)
    assert course.take() == {}
    course.reviews.learner.collection.close()


@pytest.mark.parametrize("title", ["A_b *c* \\d", 'Was (1 or 2)? "so" & <so>', "Daten: Übersicht - neu", "データ"])
def test_the_search_for_a_renamed_deck_takes_any_title(title: str, tmp_path: Path) -> None:
    text = f"---\ncourse: 1\nweek: 1\ntitle: {json.dumps(title)}\n---\n{NOTES.split('--- ', maxsplit=1)[0]}"
    course = Course(tmp_path, text)
    course.edit("week-1.md", json.dumps(title), "Other")
    course.build()
    course.take()
    (move,) = moves_of(course.built.plan, course.built.planned.before, course.built.planned.settings)
    assert move.whole
    collection = course.reviews.learner.collection
    found = {collection.get_note(note).guid for note in collection.find_notes(move.search)}
    assert found == course.before.keys() == {kept.after.guid for kept in move.cards}
    collection.close()
