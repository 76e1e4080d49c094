import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlopscards.errors import CannotDo
from mlopscards.lockfile import HEADER, Entry, Lock, format_lock, parse_lock, read_lock, write_lock
from mlopscards.model import NoteType

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TIME = st.integers(1, 2**40)
ENTRY = st.builds(
    Entry,
    guid=st.text("abcXYZ019", min_size=1),
    kind=TEXT,
    note_type=st.sampled_from(NoteType),
    path=TEXT,
    headings=st.lists(TEXT, max_size=3).map(tuple),
    question=TEXT,
    answer=TEXT,
    digest=TEXT,
    modified=TIME,
    retired=st.just(0) | TIME,
    id=TEXT,
    deck=TEXT,
    line=st.just(0) | st.integers(1, 10**6),
    clozes=st.dictionaries(st.integers(1, 500), TEXT, max_size=3),
)
LOCK = st.lists(ENTRY, max_size=6, unique_by=lambda entry: entry.guid).map(lambda entries: Lock(tuple(entries)))

DRIFT = Entry(
    guid="3sVJ0aYkQ2x",
    kind="definition",
    note_type=NoteType.BASIC,
    path="course-2/week-1.md",
    headings=("Monitoring", "Drift"),
    question="What is data drift?",
    answer="Änderung P(X) → Q(X)",
    digest="d41d8c",
    modified=1_700_000_000,
)
LINE = (
    '{"guid": "3sVJ0aYkQ2x", "kind": "definition", "type": "basic", "path": "course-2/week-1.md", '
    '"headings": ["Monitoring", "Drift"], "question": "What is data drift?", "answer": "Änderung P(X) → Q(X)", '
    '"digest": "d41d8c", "modified": 1700000000}'
)
HEAD = json.dumps(HEADER)


def changed(**keys: object) -> str:
    """Give the line with other values; a key set to `...` is left out."""
    row = json.loads(LINE) | keys
    return json.dumps({key: value for key, value in row.items() if value is not ...})


@given(LOCK)
def test_what_is_written_reads_back_the_same(lock: Lock) -> None:
    assert parse_lock("cards.lock", format_lock(lock)) == lock


@given(LOCK)
def test_byte_order_mark_and_windows_line_ends_are_tolerated(lock: Lock) -> None:
    assert parse_lock("cards.lock", format_lock(lock).replace("\n", "\r\n")) == lock


def test_a_card_is_one_readable_line_in_a_fixed_order_of_keys() -> None:
    assert format_lock(Lock((DRIFT,))) == f"{HEAD}\n{LINE}\n"


def test_what_is_rare_stands_in_the_line_only_where_it_is() -> None:
    entry = Entry(
        "g", "cloze", NoteType.CLOZE, "a.md", (), "{{c2::x}}", "", "d", 1, 5, "mine", "A::B", 7, {2: "x", 1: "y"}
    )
    line = format_lock(Lock((entry,))).split("\n")[1]
    assert '"path": "a.md", "line": 7, "deck": "A::B", "headings"' in line
    assert line.endswith(
        '"modified": 1, "retired": true, "retired_at": 5, "id": "mine", "clozes": {"1": "y", "2": "x"}}'
    )


def test_where_no_lock_is_there_are_no_cards(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "cards.lock") == Lock()


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cards.lock"
    path.write_bytes(b"\xef\xbb\xbf" + format_lock(Lock((DRIFT,))).encode())
    assert read_lock(path) == Lock((DRIFT,))


def test_an_equal_lock_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "cards.lock"
    write_lock(path, Lock((DRIFT,)))
    before = path.stat()
    write_lock(path, Lock((DRIFT,)))
    after = path.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_writing_leaves_nothing_but_the_lock(tmp_path: Path) -> None:
    write_lock(tmp_path / "cards.lock", Lock((DRIFT,)))
    write_lock(tmp_path / "cards.lock", Lock())
    assert [path.name for path in tmp_path.iterdir()] == ["cards.lock"]
    assert read_lock(tmp_path / "cards.lock") == Lock()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_a_link_to_the_lock_stays_a_link(tmp_path: Path) -> None:
    """Else whoever reads the lock at its own place would have the old one."""
    (tmp_path / "shared.lock").touch()
    (tmp_path / "cards.lock").symlink_to("shared.lock")
    write_lock(tmp_path / "cards.lock", Lock((DRIFT,)))
    assert (tmp_path / "cards.lock").is_symlink()
    assert read_lock(tmp_path / "shared.lock") == Lock((DRIFT,))


def test_a_lock_that_cannot_be_written_is_said_so_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "cards.lock").mkdir()
    with pytest.raises(CannotDo, match=r"cards\.lock: cannot be written"):
        write_lock(tmp_path / "cards.lock", Lock((DRIFT,)))
    assert [path.name for path in tmp_path.iterdir()] == ["cards.lock"]


def test_a_folder_in_place_of_the_lock_is_no_empty_lock(tmp_path: Path) -> None:
    (tmp_path / "cards.lock").mkdir()
    with pytest.raises(CannotDo, match="cannot be read"):
        read_lock(tmp_path / "cards.lock")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "cards.lock").write_bytes(b"\xff\xfe{}")
    with pytest.raises(CannotDo, match="not UTF-8"):
        read_lock(tmp_path / "cards.lock")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [""],
            r"^l:1: is empty .*; take the file as it was last committed, or delete it and run `mlopscards lock",
        ),
        (["", HEAD], r"^l:1: not JSON: .*; run `mlopscards lock repair`"),
        (["[" * 200_000], r"^l:1: not JSON that can be read: .*; run `mlopscards lock repair`"),
        ([HEAD, f'{{"modified": {"9" * 5000}}}'], r"^l:2: not JSON that can be read: .*; run `mlopscards lock repair`"),
        ([LINE], r"^l:1: not the header of a lock"),
        (
            ['{"format": 2, "tool": "mlopscards"}', "whatever"],
            r"^l:1: written by a newer mlopscards .*; update mlopscards",
        ),
        (['{"format": 0, "tool": "mlopscards"}'], r"^l:1: there is no format 0"),
        (['{"format": true, "tool": "mlopscards"}'], r"^l:1: not the header"),
        (
            [HEAD, "<<<<<<< HEAD", LINE, "=======", ">>>>>>> other"],
            r"^l:2: conflict marker '<<<<<<<'; run `mlopscards lock repair`",
        ),
        ([HEAD, LINE, "{"], r"^l:3: not JSON: .* column 2; run `mlopscards lock repair`, or take the file"),
        ([HEAD, "[1]"], r"^l:2: a list where an object"),
        ([HEAD, "", changed(guid=...)], r"^l:3: key 'guid' is missing"),
        ([HEAD, changed(guid="")], r"^l:2: 'guid' is empty"),
        ([HEAD, changed(question=7)], r"^l:2: 'question' is a whole number, expected a text"),
        ([HEAD, changed(answer=None)], r"^l:2: 'answer' is null"),
        ([HEAD, changed(modified=True)], r"^l:2: 'modified' is true or false, expected a whole number"),
        ([HEAD, changed(modified=0)], r"^l:2: 'modified' or 'retired_at' is not a time"),
        ([HEAD, changed(line=0)], r"^l:2: 'line' is not a line"),
        ([HEAD, changed(type="reverse")], r"^l:2: 'type' is 'reverse', expected one of 'basic', 'cloze'"),
        ([HEAD, changed(headings=["a", 1])], r"^l:2: 'headings' is not a list of texts"),
        ([HEAD, changed(retired=True)], r"^l:2: 'retired' and 'retired_at' go together"),
        ([HEAD, changed(retired=False, retired_at=4)], r"^l:2: 'retired' and 'retired_at' go together"),
        ([HEAD, changed(clozes={"one": "x"})], r"^l:2: 'clozes' does not lead from numbers to texts"),
        ([HEAD, changed(colour="red")], r"^l:2: key 'colour' is not known"),
        (
            [HEAD, LINE, changed(question="?")],
            r"^l:3: guid '3sVJ0aYkQ2x' is also on line 2; run `mlopscards lock repair`",
        ),
    ],
)
def test_a_broken_lock_is_refused_with_its_line_and_how_to_mend_it(lines: list[str], said: str) -> None:
    with pytest.raises(CannotDo, match=said):
        parse_lock("l", "\n".join(lines))
