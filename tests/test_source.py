"""Files on disk to notes: what is found, how it is decoded, what the front matter says, where a file belongs."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlopscards.errors import CannotDo
from mlopscards.model import Note, Place, Problem, Severity
from mlopscards.source import find_notes, names_below, parse_note, read_note

FRONT = "---\ncourse: 2\nweek: 3\ntitle: Selection\ntags: [exam, drift]\n---\n"


def write(path: Path, content: str | bytes = "# Drift\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, content: str | bytes) -> Note:
    note, problems = read_note(write(path, content), path.name)
    assert not problems
    assert note
    return note


def problem_in(text: str, **options: bool) -> Problem:
    """The one problem of *text*."""
    _, (problem,) = parse_note("week-1.md", text, **options)
    return problem


def place_of(name: str, text: str = "") -> Place:
    note, problems = parse_note(name, text)
    assert note
    assert not problems
    return note.place


# --- finding ------------------------------------------------------------------------------------------------------


def test_notes_are_found_in_all_folders_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.md", "a/week-2.markdown", "a/week-1.txt", "c.MD"):
        write(tmp_path / name)
    found = find_notes(tmp_path)
    assert names_below(found, tmp_path) == ("a/week-1.txt", "a/week-2.markdown", "b.md", "c.MD")


def test_what_is_no_note_or_hidden_is_passed_over(tmp_path: Path) -> None:
    for name in ("week.md", "cards.lock", "mlopscards.yaml", "pic.png", ".draft.md", ".git/x.md", "a/.b/c/d.md"):
        write(tmp_path / name)
    (tmp_path / "folder.md").mkdir()
    assert names_below(find_notes(tmp_path), tmp_path) == ("week.md",)


def test_a_hidden_folder_above_the_notes_hides_nothing(tmp_path: Path) -> None:
    write(tmp_path / ".config" / "notes" / "week.md")
    assert len(find_notes(tmp_path / ".config" / "notes")) == 1


def test_where_no_folder_is_the_way_to_make_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match=r"missing: there is no such folder; `mlopscards init .*missing`"):
        find_notes(tmp_path / "missing")


def test_a_file_in_place_of_the_folder_is_refused_with_the_command_for_files(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match=r"week\.md: is a file, a folder .* expected; `mlopscards cards .*week\.md`"):
        find_notes(write(tmp_path / "week.md"))


def test_a_folder_without_notes_is_refused_and_says_what_was_expected(tmp_path: Path) -> None:
    write(tmp_path / "pic.png")
    with pytest.raises(CannotDo, match=r"holds no notes; expected files that end in \.md"):
        find_notes(tmp_path)


# --- decoding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf# D\xc3\xa9rive\n\ntext\n",
        "# Dérive\r\n\r\ntext\r\n".encode(),
        "# Dérive\r\rtext\r".encode(),
        "# Dérive\r\n\ntext\r".encode(),
        "# Dérive\n\ntext\n".encode("utf-16"),
        b"\xfe\xff" + "# Dérive\r\n\r\ntext\r\n".encode("utf-16-be"),
    ],
    ids=["bom", "crlf", "cr", "mixed", "utf-16", "utf-16-be"],
)
def test_however_an_editor_saves_the_text_is_the_same(content: bytes, tmp_path: Path) -> None:
    assert read(tmp_path / "week.md", content).text == "# Dérive\n\ntext\n"


def test_the_front_matter_is_read_behind_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    note = read(tmp_path / "x.md", b"\xef\xbb\xbf" + FRONT.replace("\n", "\r\n").encode() + b"text\r\n")
    assert note == Note("x.md", "\n" * 6 + "text\n", Place(2, 3, "Selection"), ("exam", "drift"))


@pytest.mark.parametrize("sign", ["\f", "\v", "\u2028", "\u2029", "\u0085", "\x1c", "\x1d", "\x1e"])
def test_signs_that_only_python_takes_for_line_ends_do_not_move_lines(sign: str, tmp_path: Path) -> None:
    note = read(tmp_path / "week.md", f"a{sign}b\nc")
    assert note.text.split("\n") == [f"a{sign}b", "c"]


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"\xff", 1), (b"ok\nok\n caf\xe9\n", 3), (b"a\r\nb\r\n\x80", 3), (b"cut off \xe2\x82", 1)],
)
def test_what_is_not_utf_8_is_named_by_its_line(content: bytes, line: int, tmp_path: Path) -> None:
    note, (problem,) = read_note(write(tmp_path / "week.md", content), "a/week.md")
    assert note is None
    assert re.match(rf"a/week\.md:{line}:1: N101 is not UTF-8 \(.+\); save the file as UTF-8$", str(problem))
    assert problem.severity is Severity.ERROR


def test_the_line_of_what_is_not_utf_8_counts_old_line_ends_too(tmp_path: Path) -> None:
    _, (problem,) = read_note(write(tmp_path / "week.md", b"a\rb\r\xff"), "week.md")
    assert problem.span.line == 3


@pytest.mark.parametrize("content", [b"\xff\xfea", b"\xfe\xff\xd8\x00"], ids=["half a sign", "half a pair"])
def test_broken_utf_16_is_a_problem_that_says_so(content: bytes, tmp_path: Path) -> None:
    note, (problem,) = read_note(write(tmp_path / "week.md", content), "week.md")
    assert note is None
    assert "UTF-8" in problem.message


def test_nul_becomes_the_sign_for_what_is_unreadable(tmp_path: Path) -> None:
    assert read(tmp_path / "week.md", b"a\0b\n").text == "a\ufffdb\n"


def test_an_empty_file_is_an_empty_note(tmp_path: Path) -> None:
    assert read(tmp_path / "week-4.md", b"") == Note("week-4.md", "", Place(None, 4, ""))


def test_a_folder_in_place_of_a_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="is a folder, a file was expected"):
        read_note(tmp_path, "x")


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match=r"gone\.md: cannot be read: No such file"):
        read_note(tmp_path / "gone.md", "gone.md")


# --- front matter -------------------------------------------------------------------------------------------------


def test_front_matter_says_where_the_note_belongs_and_leaves_blank_lines() -> None:
    note, problems = parse_note("other.md", f"{FRONT}# Text\n")
    assert not problems
    assert note == Note("other.md", "\n" * 6 + "# Text\n", Place(2, 3, "Selection"), ("exam", "drift"))


@pytest.mark.parametrize("front", ["---\n---\n", "---\n# a remark: none\nweek: 3\n...\n", "---\ntags: []\n---\n"])
def test_front_matter_may_be_empty_hold_remarks_or_end_in_dots(front: str) -> None:
    note, problems = parse_note("week-3.md", front + "text")
    assert not problems
    assert note
    assert note.place.week == 3
    assert note.text == "\n" * front.count("\n") + "text"


@pytest.mark.parametrize(
    "text",
    [
        "text",
        "",
        "---",
        "---\n",
        "---\n\nA rule, then prose.\n",
        "---\n\nTwo rules, and prose between them.\n\n---\n\nmore\n",
        "---\nweek: 3\nnever closed\n",
        "text\n---\nweek: 3\n---\n",
        " ---\nweek: 3\n---\n",
        "----\nweek: 3\n----\n",
    ],
)
def test_a_text_without_front_matter_stays_as_it_is(text: str) -> None:
    note, problems = parse_note("notes.md", text)
    assert not problems
    assert note == Note("notes.md", text, Place(None, None, "Notes"))


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("week: 3\ntitle: a: b\n", 3),
        ("title: 'never closed\nweek: 3\n", 2),
        ("week: [1\ntitle: x\n", 3),
        ("week: 1\n\ttitle: x\n", 3),
        ("week: 1\ntitle: \x07\n", 2),
        ("week: 2001-99-99\n", 2),
        ("week: *nowhere\n", 2),
        ("? {week: 1} : 2\nweek: 3\n", 2),
        ("week: 1\ntitle: !!python/object:os.system x\n", 3),
    ],
)
def test_broken_yaml_is_named_by_its_line_in_the_file(front: str, line: int) -> None:
    problem = problem_in(f"---\n{front}---\ntext")
    assert str(problem).startswith("week-1.md:")
    assert problem.code == "N102"
    assert "front matter is not YAML" in problem.message
    # libyaml and PyYAML put the mark of what is never closed at different ends of it.
    assert line <= problem.span.line <= front.count("\n") + 2


def test_a_colon_in_the_title_is_named_by_its_very_line_with_the_mend() -> None:
    problem = problem_in("---\nweek: 3\ntitle: Week 3: drift\n---\n")
    assert problem.span.line == 3
    assert "put text with colons or quotes in it into quotes" in problem.message


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("weak", "did you mean 'week'?"),
        ("Week", "did you mean 'week'?"),
        ("tag", "did you mean 'tags'?"),
        ("author", "expected one of course, week, title, tags, ignore"),
        ("1", "expected one of course, week, title, tags, ignore"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_one(key: str, hint: str) -> None:
    problem = problem_in(f"---\ncourse: 1\n{key}: 3\n---\n")
    assert (problem.span.line, problem.span.column, problem.code) == (3, 1, "N104")
    assert problem.message.endswith(hint)
    assert problem.severity is Severity.ERROR


def test_the_front_matter_of_other_tools_is_only_warned_of_where_strangers_notes_are_welcome() -> None:
    assert problem_in("---\nlayout: post\n---\n", lenient=True).severity is Severity.WARNING


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("week: three", "'week' is 'three', expected a number such as 'week: 2'"),
        ("week: '3'", "'week' is '3', expected a number such as 'week: 2'"),
        ("week: 1.5", "'week' is 1.5, expected a number such as 'week: 2'"),
        ("week: yes", "'week' is True, expected a number such as 'week: 2'"),
        ("week: -1", "'week' is -1, expected a number such as 'week: 2'"),
        ("course: [2]", "'course' is [2], expected a number such as 'course: 2'"),
        ("title: 7", "'title' is 7, expected text; put it into quotes"),
        ("title: 2024-01-01", "'title' is datetime.date(2024, 1, 1), expected text; put it into quotes"),
        ("tags: exam", "'tags' is 'exam', expected a list such as '[exam, drift]'"),
        ("tags: [exam, 3]", "'tags' is ['exam', 3], expected a list such as '[exam, drift]'"),
        ("tags: {a: b}", "'tags' is {'a': 'b'}, expected a list such as '[exam, drift]'"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_what_was_expected(line: str, message: str) -> None:
    problem = problem_in(f"---\n# remark\n{line}\n---\n")
    assert (problem.span.line, problem.code, problem.message) == (3, "N105", message)


def test_what_is_wrong_in_the_front_matter_does_not_hide_the_rest_of_it() -> None:
    note, problems = parse_note("notes.md", "---\nweek: three\ncourse: 2\nowner: me\ntags: [a]\n---\ntext")
    assert [(problem.span.line, problem.code) for problem in problems] == [(2, "N105"), (4, "N104")]
    assert note
    assert (note.place.course, note.place.week, note.tags) == (2, None, ("a",))


@pytest.mark.parametrize("text", ["---\n- week: 3\n---\n", "---\n[a, b: c]\n- title: x\n---\n"])
def test_front_matter_that_is_no_mapping_is_a_problem_or_no_front_matter(text: str) -> None:
    note, problems = parse_note("notes.md", text)
    assert note
    assert problems or note.text == text


@given(st.text("ab: \n-[]{}'\"#&*!|>%@`0\t,?", max_size=40), st.text(max_size=20))
def test_front_matter_never_moves_a_line_and_never_throws(front: str, body: str) -> None:
    text = f"---\nweek: 1\n{front}\n---\n{body}"
    note, problems = parse_note("week-1.md", text)
    assert note
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n")
    kept = note.text.split("\n")
    assert len(kept) == len(lines)
    assert all(now in ("", before) for now, before in zip(kept, lines, strict=True))
    assert all(1 <= problem.span.line <= len(lines) for problem in problems)


@given(st.binary(max_size=200))
@example(b"---\nweek: 1\n---")
@example(b"---\nx: \xf0\x9f\x98\x80\n---\n")
@example("---\nweek: 1\n---\n".encode("utf-16"))
@example(b"---\ntitle: \x1b\n---\n")
@example(b"---\nx: " + b"[" * 80 + b"\n---\n")
def test_any_bytes_give_a_note_or_problems(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.md"
    path.write_bytes(content)
    note, problems = read_note(path, "any.md")
    assert note or problems
    if note:
        assert not {"\r", "\0"} & set(note.text)


WORST = {
    "never closed": "x: " + "[" * 5000,
    "nested": "x: " + "[" * 5000 + "]" * 5000,
    "stairs": "".join(f"{' ' * depth}a:\n" for depth in range(2000)),
    "it holds itself": "tags: &a [*a]",
    "no texts for keys": "{}: 1\n[1, 2]: 1\n? [a]\n: 1",
    "merged": "<<: 1",
    "the value key": "=: 1",
    "long hexadecimal": "week: 0x" + "f" * 5000,
    "long decimal": "week: " + "9" * 5000,
    "octal": "week: 0o7_7",
    "infinite": "week: .inf",
    "time": "title: 2001-12-14t21:59:43.10-05:00",
    "no date": "week: 99999-01-01",
    "no number": "week: !!int x",
    "no bytes": "week: !!binary x",
    "set": "week: !!set {a, b}",
    "two documents": "---\nweek: 1",
    "directive": "%YAML 9.9\nweek: 1",
    "lists in lists": "week: " + "[" * 100_000,
    "mappings in mappings": "week: " + "{a: " * 20_000,
    "dashes in dashes": "week:\n  " + "- " * 100_000,
    "questions in questions": "week:\n  " + "? " * 100_000,
    "ever deeper": "\n".join(" " * depth + "a:" for depth in range(1_000)),
    "a tag without end": "week: " + "!" * 100_000,
}


@pytest.mark.parametrize("front", WORST.values(), ids=WORST)
def test_yaml_at_its_worst_is_a_problem_and_never_a_traceback(front: str) -> None:
    note, problems = parse_note("notes.md", f"---\ncourse: 1\n{front}\n---\ntext")
    assert note
    assert all(problem.span.path == "notes.md" and problem.span.line >= 1 for problem in problems)


def test_a_message_does_not_grow_with_what_it_quotes() -> None:
    """Aliases of aliases make gigabytes of a few lines."""
    fold = "".join(f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in zip("abcdef", "bcdefg", strict=True))
    _, problems = parse_note("notes.md", f"---\na: &a [x, x, x]\n{fold}tags: *g\n---\n")
    assert max(len(problem.message) for problem in problems) < 300


def test_a_key_that_stands_twice_is_a_problem_as_it_is_in_the_settings() -> None:
    assert problem_in("---\nweek: 1\nweek: 2\n---\n").span.line == 3


def test_a_blank_left_out_does_not_turn_the_front_matter_into_text() -> None:
    assert problem_in("---\nweek:3\n---\ntext").code.startswith("N10")


# --- where a file belongs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "course", "week"),
    [
        ("course-2/week-3.md", 2, 3),
        ("course-2/week-3-feature-selection.md", 2, 3),
        ("Course 2/Week 3/notes.md", 2, 3),
        ("course_2/extra/week_3.txt", 2, 3),
        ("c3w4-deployment.md", 3, 4),
        ("C3_W4.md", 3, 4),
        ("c3-w4.md", 3, 4),
        ("course3week4.md", 3, 4),
        ("week2.md", None, 2),
        ("W2_intro.md", None, 2),
        ("wk-11.md", None, 11),
        ("02-week-2.md", None, 2),
        ("course-4/overview.md", 4, None),
        ("notes.md", None, None),
        ("windows-3.md", None, None),
        ("www2.md", None, None),
        ("weekend-2.md", None, None),
        ("discourse-2.md", None, None),
        ("abc3.md", None, None),
    ],
)
def test_course_and_week_are_read_off_the_names_of_file_and_folders(
    name: str, course: int | None, week: int | None
) -> None:
    place = place_of(name)
    assert (place.course, place.week) == (course, week)


def test_the_file_counts_before_its_folders_and_the_inner_folder_before_the_outer() -> None:
    assert place_of("week-1/week-2/week-3.md").week == 3
    assert place_of("week-1/week-2/notes.md").week == 2


def test_front_matter_counts_before_names() -> None:
    assert place_of("course-1/week-1-x.md", FRONT) == Place(2, 3, "Selection")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("week-3-feature-selection.md", "Feature selection"),
        ("W2_intro.md", "Intro"),
        ("c3w4-model_serving.md", "Model serving"),
        ("course-2/week-3.md", ""),
        ("TFX basics.md", "TFX basics"),
        ("MLOps.md", "MLOps"),
    ],
)
def test_the_title_is_what_the_name_says_besides_numbers(name: str, title: str) -> None:
    assert place_of(name).title == title


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=30))
@example("week-٣.md")
@example("..md")
@example("week-²")
def test_any_name_of_a_file_has_a_place(name: str) -> None:
    place = place_of(f"{name}.md")
    assert place.week is None or 0 <= place.week < 100
    assert place.course is None or 0 <= place.course < 100
