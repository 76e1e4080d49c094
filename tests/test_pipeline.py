"""The stages in order, and the laws that hold for any notes: whole, in order, independent, repeatable, in fair time."""

import random
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mlopscards import pipeline
from mlopscards.errors import CannotDo, NotesError
from mlopscards.lockfile import read_lock
from mlopscards.merging import merge_duplicates
from mlopscards.model import NOTHING, Card, Field, NoteType, Place, Severity, Span
from mlopscards.pipeline import build, cards_of_text, collect
from mlopscards.source import find_notes

COURSE = Path(__file__).parent / "fixtures" / "course"
NOW = 1_700_000_000


def field(text: str) -> Field:
    return Field(text, text)


def card(question: str, answer: str = "an answer", line: int = 1, **changes: object) -> Card:
    made = Card(
        kind="definition",
        note_type=NoteType.BASIC,
        question=field(question),
        answer=field(answer),
        place=Place(1, 1),
        headings=(),
        source=Span("week-1.md", line),
    )
    return replace(made, **changes)


def notes_in(folder: Path, **files: str | bytes) -> Path:
    """Write *files* below *folder*; `__` in a name is a folder, and all of them end in `.md`."""
    for name, content in files.items():
        path = folder / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read_all(folder: Path) -> pipeline.Collected:
    return collect(folder, find_notes(folder))


def asked(cards: Iterable[Card]) -> list[str]:
    return [one.question.text for one in cards]


# --- duplicates ---------------------------------------------------------------------------------------------------


def test_cards_that_read_the_same_are_one_with_both_sources() -> None:
    (one,) = merge_duplicates([card("What is drift?", line=3), card("What  is\ndrift?", line=9)])
    assert one.question.text == "What is drift?"
    assert (one.source, one.also) == (Span("week-1.md", 3), (Span("week-1.md", 9),))


def test_every_source_is_kept_in_order() -> None:
    (one,) = merge_duplicates(card("What is drift?", line=line) for line in (4, 7, 2))
    assert [span.line for span in (one.source, *one.also)] == [4, 7, 2]


@pytest.mark.parametrize(
    "other",
    [
        card("What is skew?"),
        card("What is DRIFT?"),
        card("What is drift?", "another"),
        card("What is drift?", note_type=NoteType.CLOZE),
    ],
)
def test_cards_that_differ_in_question_answer_or_note_type_stay_apart(other: Card) -> None:
    assert merge_duplicates([card("What is drift?"), other]) == (card("What is drift?"), other)


def test_duplicates_are_found_across_files(tmp_path: Path) -> None:
    same = "**Drift**: a change of the data over time\n"
    collected = read_all(notes_in(tmp_path, week__a=f"\n{same}", week__b=same))
    (one,) = collected.cards
    assert [str(span) for span in (one.source, *one.also)] == ["week/a.md:2:1", "week/b.md:1:1"]


def test_a_reverse_question_with_two_answers_is_asked_by_neither() -> None:
    which = {"reverse": field("Which term is meant: “it changes”?")}
    both = card("What is drift?", **which), card("What is skew?", **which)
    alone = card("What is lag?", reverse=field("Which term is meant: “it waits”?"))
    assert [one.reverse for one in merge_duplicates([*both, alone])] == [NOTHING, NOTHING, alone.reverse]


def test_a_reverse_question_of_one_card_with_two_sources_stays() -> None:
    which = {"reverse": field("Which term is meant?")}
    (one,) = merge_duplicates([card("What is drift?", **which), card("What is drift?", line=5, **which)])
    assert one.reverse == which["reverse"]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xy")), max_size=12))
def test_merging_loses_no_source_keeps_the_order_and_does_nothing_twice(pairs: list[tuple[str, str]]) -> None:
    given_ = [card(question, answer, line) for line, (question, answer) in enumerate(pairs, 1)]
    merged = merge_duplicates(given_)
    assert [(one.question.text, one.answer.text) for one in merged] == list(dict.fromkeys(pairs))
    assert sorted(span.line for one in merged for span in (one.source, *one.also)) == list(range(1, len(pairs) + 1))
    assert merge_duplicates(merged) == merged


# --- files --------------------------------------------------------------------------------------------------------


def test_cards_come_in_the_order_of_files_and_lines() -> None:
    places = [(one.source.path, one.source.line) for one in read_all(COURSE).cards]
    assert places == sorted(places)
    assert len({path for path, _ in places}) == 4


def test_reading_file_by_file_equals_reading_all() -> None:
    files = find_notes(COURSE)
    one_by_one = merge_duplicates(one for path in files for one in collect(COURSE, [path]).cards)
    assert one_by_one == read_all(COURSE).cards


def test_files_do_not_know_of_each_other(tmp_path: Path) -> None:
    """A heading, a fence or a comment that is left open ends with its file."""
    text = "**Drift**: a change of the data over time\n"
    for opened in ("# Head\n\n## Kinds of things\n", "```\n", "<!--\n", "<details>\n", "Q: what?\n", "- a:\n", "$$\n"):
        notes = notes_in(tmp_path, a=opened, b=text)
        before, after = (collect(notes, paths).cards for paths in ([notes / "b.md"], find_notes(notes)))
        assert after[-len(before) :] == before, opened


def test_the_order_in_which_files_are_read_does_not_change_their_cards() -> None:
    files = list(find_notes(COURSE))
    random.Random(1).shuffle(files)
    shuffled = collect(COURSE, files).cards
    assert sorted(shuffled, key=lambda one: one.source) == sorted(read_all(COURSE).cards, key=lambda one: one.source)


def test_problems_of_all_files_are_gathered_and_sorted(tmp_path: Path) -> None:
    front = "---\nweek: x\nowner: me\n---\n"
    notes = notes_in(tmp_path, b=b"\n\xff", a=front, c="fine", d__e="---\ntitle: a: b\n---\n")
    with pytest.raises(NotesError) as raised:
        read_all(notes)
    assert [(one.span.path, one.span.line, one.code) for one in raised.value.problems] == [
        ("a.md", 2, "N105"),
        ("a.md", 3, "N104"),
        ("b.md", 2, "N101"),
        ("d/e.md", 2, "N102"),
    ]


def test_where_strangers_notes_are_welcome_their_front_matter_stops_nothing(tmp_path: Path) -> None:
    notes = notes_in(tmp_path, a="---\nlayout: post\n---\n**Drift**: a change of the data over time\n")
    collected = collect(notes, find_notes(notes), lenient=True)
    assert [problem.severity for problem in collected.problems] == [Severity.WARNING]
    assert collected.cards


def test_a_missing_picture_is_warned_of_and_its_card_is_made(tmp_path: Path) -> None:
    collected = read_all(notes_in(tmp_path, a="**Drift**: a change of the data ![over time](gone.png)\n"))
    assert [(problem.span.line, problem.severity) for problem in collected.problems] == [(1, Severity.WARNING)]
    assert collected.cards
    assert not collected.media


@pytest.mark.parametrize(
    "text",
    [
        "**Drift**: a change of the data over time ![over time](a.png)\n",
        "## Kinds of joins\n\n- inner\n- outer ![two circles](a.png)\n",
        "## Steps of a release\n\n1. Build it\n2. Ship it ![a ship](a.png)\n",
        "| Aspect | REST | gRPC |\n|---|---|---|\n| form | text ![a page](a.png) | binary |\n",
    ],
    ids=["definition", "members", "steps", "comparison"],
)
def test_the_only_picture_of_the_notes_is_read_whatever_kind_of_card_shows_it(text: str, tmp_path: Path) -> None:
    notes = notes_in(tmp_path, a=text)
    (notes / "a.png").write_bytes(b"picture")
    collected = read_all(notes)
    assert list(collected.media.values()) == [b"picture"]
    assert {name for card in collected.cards for name in card.media} == set(collected.media)


def test_progress_is_told_of_every_file() -> None:
    seen: list[Path] = []

    def watch(paths: Sequence[Path]) -> Iterable[Path]:
        for path in paths:
            yield path
            seen.append(path)

    assert collect(COURSE, find_notes(COURSE), progress=watch) == read_all(COURSE)
    assert tuple(seen) == find_notes(COURSE)


# --- building -----------------------------------------------------------------------------------------------------


def copied(folder: Path) -> Path:
    """The course in a folder of its own, without the lock."""
    for path in (path for path in COURSE.rglob("*") if path.is_file()):
        target = folder / path.relative_to(COURSE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_notes_and_lock_give_the_same_bytes_whenever_they_are_built(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    build(notes, tmp_path / "one", NOW)
    lock = (notes / pipeline.LOCK_NAME).read_bytes()
    build(notes, tmp_path / "two", NOW + 86_400 * 365)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert (notes / pipeline.LOCK_NAME).read_bytes() == lock
    assert len(content(tmp_path / "one")) == 5


def test_where_the_notes_lie_does_not_show_in_the_packages(tmp_path: Path) -> None:
    for name in ("one", "far/away"):
        build(copied(tmp_path / name / "notes"), tmp_path / name / "decks", NOW)
    assert content(tmp_path / "one" / "decks") == content(tmp_path / "far" / "away" / "decks")


def test_the_time_of_a_build_comes_through_its_argument_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(copied(tmp_path / "a" / "notes"), tmp_path / "a" / "decks", NOW)

    def no_clock(*_: object) -> float:
        raise AssertionError("the clock was read")

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234567890")
    for clock in ("time", "time_ns", "localtime", "gmtime"):
        monkeypatch.setattr(time, clock, no_clock)
    built = build(copied(tmp_path / "b" / "notes"), tmp_path / "b" / "decks", NOW)
    monkeypatch.undo()
    assert {one.modified for one in built.plan.issued} == {NOW}
    assert content(tmp_path / "a" / "decks") == content(tmp_path / "b" / "decks")


def test_a_package_a_week_and_one_with_everything(tmp_path: Path) -> None:
    built = build(copied(tmp_path / "notes"), tmp_path / "decks", NOW)
    names = ["course-1-week-1", "course-1-week-2", "course-2-week-1", "overview", "everything"]
    assert [path.name for path in built.packages] == [f"{name}.apkg" for name in names]
    assert sorted(content(tmp_path / "decks")) == sorted(path.name for path in built.packages)


def test_one_week_alone_has_a_package_with_everything_too(tmp_path: Path) -> None:
    """The name of the whole must not come and go with the number of weeks."""
    notes = notes_in(tmp_path / "notes", **{"week-1": "**Drift**: a change of the data over time\n"})
    packages = build(notes, tmp_path / "decks", NOW).packages
    assert [path.name for path in packages] == ["week-1.apkg", "everything.apkg"]


def test_notes_that_make_no_card_are_no_error(tmp_path: Path) -> None:
    built = build(notes_in(tmp_path / "notes", a="Nothing but prose that runs on and on.\n"), tmp_path / "decks", NOW)
    assert (built.decks, built.planned.collected.files) == ((), 1)


def test_what_went_out_of_the_notes_travels_in_a_package_of_its_own(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    build(notes, tmp_path / "decks", NOW)
    (notes / "overview.md").unlink()
    names = [path.name for path in build(notes, tmp_path / "decks", NOW + 60).packages]
    assert names[-1] == "retired.apkg"
    assert "overview.apkg" not in names


def test_errors_in_the_notes_leave_packages_and_lock_as_they_were(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    build(notes, tmp_path / "decks", NOW)
    before = content(tmp_path / "decks"), (notes / pipeline.LOCK_NAME).read_bytes()
    notes_in(notes, new="---\nweek: x\n---\n")
    with pytest.raises(NotesError):
        build(notes, tmp_path / "decks", NOW + 1)
    assert (content(tmp_path / "decks"), (notes / pipeline.LOCK_NAME).read_bytes()) == before


def test_a_broken_lock_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    (notes / pipeline.LOCK_NAME).write_text("<<<<<<< ours\n")
    with pytest.raises(CannotDo, match=r"cards\.lock:1: conflict marker"):
        build(notes, tmp_path / "decks", NOW)
    assert not (tmp_path / "decks").exists()


def test_the_lock_knows_every_card_before_a_package_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = copied(tmp_path / "notes")

    def full(*_: object, **__: object) -> None:
        raise CannotDo("no space left")

    monkeypatch.setattr("mlopscards.targets.apkg.write_package", full)
    with pytest.raises(CannotDo, match="no space left"):
        build(notes, tmp_path / "decks", NOW)
    monkeypatch.undo()
    known = {entry.guid for entry in read_lock(notes / pipeline.LOCK_NAME).entries}
    built = build(notes, tmp_path / "decks", NOW + 5)
    assert {one.guid for one in built.plan.issued} == known
    assert {one.modified for one in built.plan.issued} == {NOW}


# --- any text -----------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("# ", "## ", "- ", "* ", "1. ", "(2.) ", "> ", "\t", "  ", "   ", "\n", "\n\n", "```", "~~~", "$$", "$", "|"),
        *("|-|-|\n", "**", "*", "_", "`", "==", "{{c1::", "{{c0::", "}}", "::", ": ", " - ", " --> ", " >> ", " = "),
        *("Q: ", "A: ", "?", "!", "[", "](", ")", "![", "<br>", "<!--", "-->", "<details>", "<summary>", "</details>"),
        *("<b>", "</b>", "&amp;", "&#0;", "\\", "\\(", "\\[", "http://x.org", "a vs b", "Unlike a, b", "references:"),
        *("drift", "Kinds of drift", "is a change", "Week 2", "PART 3", "\u2028", "\f", "\0", "\x1f", "é", "特征", "٣"),
        *("\r", "---\n", "week: 1\n", "course: x\n", "{{", "}}}}", "{{c99999999999::", "[sound:a.mp3]", "e.g.", "=\n"),
    ]
)


def check(cards: Sequence[Card], text: str) -> None:
    """What every card owes to whoever reads it."""
    last = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for one in cards:
        assert one.question.text.strip(), one
        assert one.question.html.strip(), one
        assert one.answer.html.strip() or one.note_type is NoteType.CLOZE, one
        assert 1 <= one.source.line <= one.source.end_line <= last, one


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=300) | st.lists(PIECES, max_size=40).map("".join))
@example("")
@example("\ufeff")
@example("**a**: b\x00c")
def test_any_text_gives_cards_or_none_but_never_a_traceback(text: str) -> None:
    cards = cards_of_text(text)
    check(cards, text)
    assert cards_of_text(text) == cards


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(st.lists(PIECES, max_size=25).map("".join), min_size=1, max_size=4))
def test_any_notes_build_or_are_refused_with_a_reason(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    notes = notes_in(folder / "notes", **{f"n{number}": text for number, text in enumerate(texts)})
    try:
        built = build(notes, folder / "decks", NOW)
    except NotesError:
        return
    assert not any(zipfile.ZipFile(path).testzip() for path in built.packages)
    assert not build(notes, folder / "decks", NOW + 1).plan.changed


NASTY = {
    "brackets": "[" * 10_000,
    "brackets, closed": "[" * 10_000 + "]" * 10_000,
    "links in links": "[a](" * 2_000,
    "pictures in pictures": "![" * 5_000,
    "a long word": "x" * 1_000_000,
    "a long line": "word " * 200_000,
    "long lines": ("word " * 2_000 + "\n\n") * 20,
    "quotes": ">" * 2_000 + " a",
    "lists": "- " * 2_000 + "a",
    "lists, a line each": "\n".join("  " * depth + "- a" for depth in range(500)),
    "indents": "\n".join(" " * depth + "a" for depth in range(1_000)),
    "a fence left open": "```\n" + "**a**: b\n" * 2_000,
    "fences": "```\n" * 2_001,
    "math left open": "$$\n" + "a\n" * 1_000,
    "dollars": "$a " * 3_000 + "$$" * 3_001,
    "math in brackets left open": "\\(" * 1_000 + "\\[\n" * 1_000,
    "html left open": "<div>" * 3_000 + "<a " * 3_000 + "<" * 5_000,
    "comments left open": "<!--" * 3_000 + "<!-- \n" * 1_000,
    "details left open": "<details>\n<summary>" * 1_000,
    "stars": "*" * 10_000 + "_a" * 3_000,
    "ticks": "`" * 5_000 + "`a``b" * 1_000,
    "clozes left open": "{{c1::" * 1_000 + "==" * 3_001,
    "clozes": "a ==b== " * 500,
    "colons": "a: " * 2_000 + ":: " * 2_000,
    "pipes": "|a" * 500 + "|\n" + "|-" * 500 + "|\n" + "|b" * 500 + "|\n",
    "heads": "#" * 10_000 + "\n" + "".join("#" * (n % 6 + 1) + f" h{n}\n" for n in range(1_000)),
    "questions without answers": "Q: a\n" * 1_000,
    "answers without questions": "A: a\n" * 1_000,
    "tabs": "\t" * 3_000 + "a",
    "blanks": " " * 50_000 + "\n" * 50_000,
    "nothing between two words": "a" + " " * 400 + "b",
    "dots": "." * 3_000 + "a",
    "backslashes": "\\" * 10_001,
    "entities": "&amp;" * 3_000 + "&" * 10_000,
    "no text at all": "\0\x01\x1f\x7f\ufffe\uffff" * 100,
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_the_nastiest_text_gives_cards_or_none(text: str) -> None:
    check(cards_of_text(text), text)


# --- fair time ----------------------------------------------------------------------------------------------------

TIMES = 8
"""So much longer the text, so much longer the work; were it the square, 64 times, which no noise of a machine blurs."""
ALLOWED = 24

GROWING: dict[str, tuple[int, Callable[[int], str]]] = {
    "definitions": (200, lambda n: "".join(f"- **T{k}**: text {k} that tells what it is\n" for k in range(n))),
    "heads with text": (200, lambda n: "".join(f"# Head {k}\n\ntext {k} is about that\n\n" for k in range(n))),
    "questions": (200, lambda n: "".join(f"Q: what is {k}?\nA: it is that\n\n" for k in range(n))),
    "members": (400, lambda n: "Kinds of things:\n\n" + "".join(f"- thing {k}\n" for k in range(n))),
    "a table": (100, lambda n: "|a|b|c|\n|-|-|-|\n" + "".join(f"|thing {k}|good|bad|\n" for k in range(n))),
    "raw lines": (200, lambda n: "".join(f"\t- thing {k} --> what it is\n\n" for k in range(n))),
    "a paragraph of many lines": (1_000, lambda n: "a line of prose that is wrapped\n" * n),
    "a paragraph of many sentences": (500, lambda n: "Unlike a thing, another thing is good. " * n),
    "a paragraph with bold words": (100, lambda n: "some **bold** words " * n),
    "nothing but bold words": (60, lambda n: "**a** " * n),
    "line breaks": (500, lambda n: "<br>\n" * n),
    "a chain": (2_000, lambda n: " --> ".join(f"step {k}" for k in range(n))),
    "blanks within a line": (60, lambda n: "a" + " " * n + "b"),
    "dots": (2_000, lambda n: "." * n),
    "clozes left open": (1_000, lambda n: "{{c1::" * n),
    "duplicates": (1_000, lambda n: "**Drift**: a change over time\n\n" * n),
    "fences": (300, lambda n: "```\ncode\n```\n\n" * n),
    "quotes": (200, lambda n: "> **T**: a quoted text about it\n\n" * n),
    "addresses left open": (1_000, lambda n: "<http://" * n),
    "addresses without their end": (600, lambda n: "mailto:xxx " * n + "www."),
    "addresses that lead nowhere, in one word": (600, lambda n: "http://_" * n),
    "gaps": (100, lambda n: "a {{c1::b}} `}}` " * n),
    "products": (500, lambda n: "a*b*c " * n),
    "square brackets left open": (500, lambda n: "\\[" * n),
    "round brackets left open": (3_000, lambda n: "\\(x^2 " * n),
    "square brackets left open on lines of their own": (400, lambda n: "\\[x\n\n" * n),
    "pipes in a row": (200, lambda n: "|a|b|\n|-|-|\n|" + "`x|y` $a|b$ |" * n),
    "comments beside code": (300, lambda n: "`a` <!-- b -->" * n),
    "footnotes": (60, lambda n: "Q: a\nA: b" + "".join(f"[^{k}]" for k in range(n)) + "\n\n[^1]: c" * n),
    "folds": (100, lambda n: "Q: a\nA: " + "<details><summary>a</summary>b</details>" * n),
}


@pytest.mark.parametrize(("size", "grow"), GROWING.values(), ids=GROWING)
def test_work_grows_as_the_text_does(size: int, grow: Callable[[int], str]) -> None:
    """Compares two runs on one machine; how fast the machine is does not matter, and it gets three chances."""
    cards_of_text(grow(10))
    ratios = []
    for _ in range(3):
        short, long = _seconds(grow(size)), _seconds(grow(size * TIMES))
        ratios.append(long / max(short, 0.001))
        if ratios[-1] < ALLOWED:
            return
    pytest.fail(f"{TIMES} times the text takes {min(ratios):.0f} times the work")


def _seconds(text: str) -> float:
    begin = time.process_time()
    cards_of_text(text)
    return time.process_time() - begin


def test_sounds_are_read_where_there_are_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"ID3")
    notes_in(tmp_path, week="Q: How does it sound?\nA: [sound:a.mp3]\n")
    collected = read_all(tmp_path)
    (one,) = collected.cards
    assert list(collected.media) == list(one.media)
    assert collected.media[one.media[0]] == b"ID3"
