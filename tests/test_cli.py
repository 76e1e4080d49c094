"""The command line as a user meets it: what it writes, what it says, its exit status, and what it leaves on disk."""

import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from test_pipeline import COURSE, NOW, content, copied, notes_in

from mlopscards import cli
from mlopscards.cli.common import LONG
from mlopscards.lockfile import read_lock
from mlopscards.pipeline import LOCK_NAME

KEYS = ["guid", "kind", "note_type", "deck", "question", "answer", "question_html", "answer_html", "reverse", "context"]
KEYS += ["tags", "references", "source"]
DRIFT = "**Drift**: a change of the data over time\n"
GROUPS = {name: group.commands for name, group in cli.main.commands.items() if isinstance(group, click.Group)}
COMMANDS = sorted([*cli.main.commands, *(f"{name} {below}" for name, group in GROUPS.items() for below in group)])


@pytest.fixture(autouse=True)
def _at_one_time_and_place(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOW))
    # Builds lock each other out by files in the temporary folder, and leave them there.
    folder = str(tmp_path_factory.mktemp("temporary"))
    monkeypatch.setenv("TMPDIR", folder)
    monkeypatch.setattr(tempfile, "tempdir", folder)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(one) for one in arguments], catch_exceptions=False)


def done(*arguments: object) -> Result:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result


def start(*arguments: object, code: str = "", **options: object) -> subprocess.Popen[str]:
    """Start the command in a process of its own; *code* runs before it."""
    program = f"{code}\nimport sys\nfrom mlopscards.cli import main\nmain(sys.argv[1:])"
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"} | options
    return subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], **options)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out or "", err or ""


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- help ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_shows_how_to_use_it(name: str) -> None:
    shown = done(*name.split(), "--help").stdout
    assert re.search(rf"\nExamples:\n(  .*\n)*  .*mlopscards {name}\b", shown)
    assert done(*name.split(), "-h").stdout == shown


def test_no_line_of_the_help_is_cut_short() -> None:
    for arguments in ([], ["lock"]):
        assert "..." not in done(*arguments, "--help").stdout.partition("Commands:")[2]


def test_the_help_tells_the_commands_and_the_exit_statuses() -> None:
    shown = done("--help").stdout
    assert all(re.search(rf"\n  {name} ", shown) for name in ("build", "cards", "init"))
    assert "0 done; 1 the notes have errors; 2 it could not be done" in " ".join(shown.split())


def test_the_version_is_told() -> None:
    assert re.search(r"\d+\.\d+\.\d+", done("--version").stdout)


@pytest.mark.parametrize(
    "arguments", [["bulid"], ["build", "--nope"], ["cards", "--format", "xml"], ["init", "a", "b"]]
)
def test_what_it_does_not_know_is_a_usage_error(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert not result.stdout


def imported(*arguments: object) -> set[str]:
    code = "import atexit, sys; atexit.register(lambda: print('loaded:', *sys.modules))"
    status, out, err = finish(start(*arguments, code=code))
    assert status == 0, err
    return set(out.rpartition("loaded:")[2].split())


def test_help_loads_nothing_that_it_does_not_need() -> None:
    assert not imported("--help") & {"markdown_it", "genanki", "yaml", "rapidfuzz", "sqlite3", "tempfile", "filelock"}


def test_listing_cards_loads_no_anki() -> None:
    assert not imported("cards", COURSE / "overview.md") & {"genanki", "sqlite3", "filelock"}


def test_the_module_runs_as_a_command() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "mlopscards.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith("Usage: ")


# --- init ---------------------------------------------------------------------------------------------------------


def test_init_makes_notes_that_build_without_a_complaint(tmp_path: Path) -> None:
    made = done("init", tmp_path / "new" / "notes")
    assert not made.stdout
    assert "mlopscards build" in made.stderr
    built = done("build", tmp_path / "new" / "notes", "-o", tmp_path / "decks")
    assert not re.search("warning|error", built.stderr)
    assert len(content(tmp_path / "decks")) == 2


def test_init_takes_an_empty_folder(tmp_path: Path) -> None:
    done("init", tmp_path)
    assert list(tmp_path.glob("*.md"))


def test_init_touches_nothing_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("mine")
    for target in (tmp_path, tmp_path / "mine.md", tmp_path / "mine.md" / "below"):
        result = run("init", target)
        assert result.exit_code == 2
        assert str(target) in result.stderr
    assert content(tmp_path) == {"mine.md": b"mine"}


# --- build --------------------------------------------------------------------------------------------------------


def test_build_takes_notes_to_decks_where_nothing_else_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied(tmp_path / "notes")
    monkeypatch.chdir(tmp_path)
    result = done("build")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["decks", "notes"]
    assert not result.stdout
    assert "everything.apkg" in content(tmp_path / "decks")


def test_the_summary_names_every_deck_with_its_package_and_what_is_new(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    result = done("build", notes, "-o", tmp_path / "decks")
    for deck in ("Fixture::Course 1 Shipping models::Week 1 Serving models", "Fixture::Overview"):
        assert re.search(rf"{deck} +\d+ notes? +\d+ cards? +[\w-]+\.apkg\n", result.stderr)
    assert f"{tmp_path / 'decks'}" in result.stderr
    new = len(read_lock(notes / LOCK_NAME).entries)
    assert f"since the last build: {new} new\n" in result.stderr


def test_the_summary_tells_what_changed_since_the_last_build(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    say = [done("build", notes, "-o", tmp_path / "decks").stderr for _ in range(2)]
    assert "since the last build: nothing has changed\n" in say[1]
    edit(notes / "course-1" / "week-2-monitoring.md", "An owner who can", "An owner who may")
    assert "since the last build: 1 changed\n" in done("build", notes, "-o", tmp_path / "decks").stderr


def test_a_warning_is_said_and_stops_nothing(tmp_path: Path) -> None:
    notes = notes_in(tmp_path / "notes", a=f"# Head\n\n{DRIFT.strip()} ![it](gone.png)\n")
    result = done("build", notes, "-o", tmp_path / "decks")
    assert re.search(r"^warning: a\.md:3:1: M101 .*gone\.png", result.stderr, re.MULTILINE)


def test_a_package_that_is_left_from_before_is_named_and_kept(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    done("build", notes, "-o", tmp_path / "decks")
    before = (tmp_path / "decks" / "overview.apkg").read_bytes()
    (notes / "overview.md").unlink()
    assert re.search(
        r"overview\.apkg is left from an earlier build", done("build", notes, "-o", tmp_path / "decks").stderr
    )
    assert (tmp_path / "decks" / "overview.apkg").read_bytes() == before


def test_the_clock_is_used_where_no_time_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    begin = int(time.time())
    done("build", copied(tmp_path / "notes"), "-o", tmp_path / "decks")
    assert all(begin <= entry.modified <= time.time() for entry in read_lock(tmp_path / "notes" / LOCK_NAME).entries)


@pytest.mark.parametrize("given", ["soon", "-1", "1.5", "²", "0", "1", "9" * 30, "99999999999"])
def test_a_time_that_cannot_be_is_refused_before_anything_is_written(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock with a time that nobody can read back would end all builds to come; an id from the future harms Anki."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    notes = copied(tmp_path / "notes")
    result = run("build", notes, "-o", tmp_path / "decks")
    assert result.exit_code == 2
    assert "SOURCE_DATE_EPOCH" in result.stderr
    assert not (notes / LOCK_NAME).exists()
    assert not (tmp_path / "decks").exists()


def test_a_progress_bar_is_for_terminals_only(tmp_path: Path) -> None:
    notes = notes_in(tmp_path / "notes", **{f"n{number}": DRIFT for number in range(LONG + 5)})
    assert "reading notes" not in done("build", notes, "-o", tmp_path / "decks").stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("files", "shown"), [(LONG + 5, True), (3, False)])
def test_on_a_terminal_long_work_shows_a_bar_and_data_stays_clean(files: int, shown: bool, tmp_path: Path) -> None:
    import pty

    notes = notes_in(tmp_path / "notes", **{f"n{number:02}": DRIFT for number in range(files)})
    ours, theirs = pty.openpty()
    process = start("cards", notes, "--format", "json", stderr=theirs, env=os.environ | {"TERM": "xterm"})
    os.close(theirs)
    seen = bytearray()
    drain = threading.Thread(target=_read_all, args=(ours, seen))
    drain.start()
    status, out, _ = finish(process)
    drain.join(10)
    os.close(ours)
    assert (status, len(json.loads(out))) == (0, 1)
    assert (b"reading notes" in seen) is shown


def _read_all(source: int, into: bytearray) -> None:
    try:
        while piece := os.read(source, 4096):
            into += piece
    except OSError:  # Linux says so when the other end is closed
        return


# --- cards --------------------------------------------------------------------------------------------------------


def listed(*paths: object) -> list[dict[str, object]]:
    return json.loads(done("cards", *paths, "--format", "json").stdout)


def test_json_has_the_keys_that_were_promised() -> None:
    rows = listed(COURSE)
    assert len(rows) > 20
    for row in rows:
        assert list(row)[: len(KEYS)] == KEYS
        assert set(row) - set(KEYS) <= {"also", "extra"}
        assert set(row["source"]) == {"path", "line", "end_line"}
        assert all(set(link) == {"text", "url"} for link in row["references"])
        assert row["note_type"] in ("basic", "cloze")
        assert row["reverse"] is None or row["reverse"]
        assert all(isinstance(row[key], str) for key in KEYS[:8] + KEYS[9:10])


def test_one_row_of_json_is_what_the_notes_say() -> None:
    (row,) = [row for row in listed(COURSE) if row["question"] == "What does an alert need besides a threshold?"]
    lines = (COURSE / row["source"]["path"]).read_text(encoding="utf-8").split("\n")
    assert row["source"]["path"] == "course-1/week-2-monitoring.md"
    assert lines[row["source"]["line"] - 1] == "**What does an alert need besides a threshold?**"
    assert row["answer"] == "An owner who can act on it."
    assert row["deck"] == "Fixture::Course 1 Shipping models::Week 2 Monitoring: what & when"
    assert row["context"] == "Course 1 › Week 2 › Monitoring › Alerts"
    assert {"fixture", "fixture::course-1::week-2", "fixture::kind::question"} <= set(row["tags"])


def test_csv_has_a_row_for_every_row_of_json() -> None:
    table = list(csv.DictReader(io.StringIO(done("cards", COURSE, "--format", "csv").stdout, newline="")))
    rows = listed(COURSE)
    for name in ("guid", "deck", "question", "answer"):
        assert [line[name] for line in table] == [row[name] for row in rows]
    assert table[0]["source"] == f"{rows[0]['source']['path']}:{rows[0]['source']['line']}"


def test_text_shows_each_question_with_its_answer_and_place() -> None:
    shown = done("cards", COURSE).stdout
    assert "\nQ: What does an alert need besides a threshold?\nA: An owner who can act on it.\n" in shown
    assert all(f"{row['source']['path']}:{row['source']['line']}  [{row['kind']}]" in shown for row in listed(COURSE))


def test_cards_of_a_folder_of_a_file_and_of_both_are_the_same(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    done("build", notes, "-o", tmp_path / "decks")
    week = notes / "course-1" / "week-1-serving.md"
    some = [row for row in listed(notes) if row["source"]["path"] == "course-1/week-1-serving.md"]
    assert listed(week) == some
    assert listed(week, week, week.parent / "week-1-serving.md") == some


def test_cards_have_the_guids_of_the_lock_and_change_nothing(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    done("build", notes, "-o", tmp_path / "decks")
    before = (notes / LOCK_NAME).read_bytes()
    notes_in(notes, more=DRIFT)
    known = {entry.guid for entry in read_lock(notes / LOCK_NAME).entries}
    assert len({row["guid"] for row in listed(notes)} - known) == 1
    assert (notes / LOCK_NAME).read_bytes() == before


def test_cards_without_a_path_are_those_of_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes_in(tmp_path / "notes", a=DRIFT)
    monkeypatch.chdir(tmp_path)
    assert len(listed()) == 1


@pytest.mark.parametrize(
    "front",
    ["layout: post\nauthor: me", "tags: drift", "tags: drift, skew", "title: 2024", "week: three", "title: a: b"],
)
def test_the_front_matter_of_other_tools_never_keeps_their_cards_away(front: str, tmp_path: Path) -> None:
    notes_in(tmp_path, a=f"---\n{front}\n---\n{DRIFT}")
    result = run("cards", tmp_path / "a.md", "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert len(json.loads(result.stdout)) == 1
    assert re.match(r"warning: a\.md:\d+:\d+: N10\d ", result.stderr)


def test_data_goes_to_standard_output_and_messages_to_standard_error(tmp_path: Path) -> None:
    notes_in(tmp_path, a=f"---\nlayout: post\n---\n{DRIFT}")
    result = done("cards", tmp_path / "a.md", "--format", "json")
    assert len(json.loads(result.stdout)) == 1
    assert "layout" in result.stderr


def test_a_reader_who_has_seen_enough_causes_no_traceback(tmp_path: Path) -> None:
    notes = notes_in(
        tmp_path, a="".join(f"**Term {n}**: the meaning of the term numbered {n}\n\n" for n in range(3000))
    )
    for form in ("text", "json", "csv"):
        process = start("cards", notes, "--format", form)
        assert process.stdout
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr
        said = process.stderr.read()
        process.stderr.close()
        assert process.wait(60) == 0
        assert said == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_is_said_and_no_traceback(tmp_path: Path) -> None:
    notes_in(tmp_path, a=DRIFT)
    with Path("/dev/full").open("w") as full:
        status, _, said = finish(start("cards", tmp_path, stdout=full))
    assert status == 2
    assert "Traceback" not in said
    assert "no space left" in said.lower()


@pytest.mark.parametrize("command", ["cards", "check", "coverage", "plan"])
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_data_is_utf_8_whatever_the_machine_is_set_to(command: str, encoding: str, tmp_path: Path) -> None:
    notes = notes_in(tmp_path, a="**Naïve Bayes 特**: a classifier 😀 with P(X) → P(Y) - P(Z\n\nnaïve 特\n")
    setting = os.environ | {"PYTHONIOENCODING": encoding}
    status, out, said = finish(start(command, notes, "--format", "json", env=setting))
    assert (status, "Traceback" in said) == (0, False)
    assert json.loads(out) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="there is no shell that closes it")
@pytest.mark.parametrize("command", ["cards", "check", "coverage", "plan"])
def test_a_closed_output_is_no_traceback(command: str, tmp_path: Path) -> None:
    status, _, said = finish(start(command, notes_in(tmp_path, a=DRIFT), code="import sys; sys.stdout = None"))
    assert (status, "Traceback" in said) == (0, False)


def test_messages_that_nobody_reads_stop_no_work(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start("init", tmp_path / "notes", stderr=writing)
    os.close(writing)
    assert finish(process)[0] == 0
    assert len(list((tmp_path / "notes").iterdir())) == 2


@pytest.mark.parametrize("command", [["preview", "-o"], ["coverage", "--html"]], ids=["preview", "coverage"])
def test_a_page_that_cannot_be_written_leaves_the_old_one(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, option = command
    notes, page = notes_in(tmp_path / "notes", a=DRIFT), tmp_path / "page.html"
    done(name, notes, option, page)
    before = page.read_bytes()
    write = Path.write_bytes

    def fill_up(path: Path, data: bytes) -> int:
        write(path, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    result = run(name, notes, option, page)
    assert result.exit_code == 2
    assert f"cannot write {page}: No space left on device" in result.stderr
    assert page.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes", "page.html"]


def test_who_interrupts_is_told_what_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("mlopscards.pipeline.build", interrupt)
    result = run("build", notes_in(tmp_path, a=DRIFT))
    assert result.exit_code == 2
    assert "interrupted; no file is left half-written" in result.stderr


# --- what cannot be built -----------------------------------------------------------------------------------------


def _swap(name: str, content_: bytes) -> Callable[[Path], None]:
    def spoil(notes: Path) -> None:
        (notes / name).write_bytes(content_)

    return spoil


def _folder(name: str) -> Callable[[Path], None]:
    def spoil(notes: Path) -> None:
        (notes / name).unlink(missing_ok=True)
        (notes / name).mkdir()

    return spoil


WRONG_NOTES = {
    "broken yaml": (_swap("x.md", b"---\nweek: 1\ntitle: a: b\n---\n"), r"error: x\.md:3:\d+: N102 .*not YAML"),
    "unknown key": (_swap("x.md", b"---\nweek: 1\nweeks: 2\n---\n"), r"error: x\.md:3:1: N104 .*'weeks'.*'week'\?"),
    "wrong type": (_swap("x.md", b"---\nweek: two\n---\n"), r"error: x\.md:2:1: N105 .*expected a number"),
    "not utf-8": (_swap("x.md", b"fine\ncaf\xe9\n"), r"error: x\.md:2:1: N101 .*UTF-8"),
    "settings are not yaml": (_swap("mlopscards.yaml", b"root: [\n"), r"error: mlopscards\.yaml:\d:\d+: S101"),
    "settings with unknown key": (_swap("mlopscards.yaml", b"tags: []\nroots: x\n"), r"mlopscards\.yaml:2:1: S102"),
    "settings are not utf-8": (_swap("mlopscards.yaml", b"root: \xff\n"), r"mlopscards\.yaml:1:1: S101 .*UTF-8"),
}
CANNOT = {
    "lock with conflicts": (_swap(LOCK_NAME, b"<<<<<<< ours\n"), r"cards\.lock:1: conflict marker"),
    "lock cut short": (_swap(LOCK_NAME, b'{"format": 1, "tool": "mlopscards"}\n{"guid'), r"cards\.lock:2: not JSON"),
    "lock empty": (_swap(LOCK_NAME, b""), r"cards\.lock:1: "),
    "lock not utf-8": (_swap(LOCK_NAME, b"\xff"), r"cards\.lock: is not UTF-8"),
    "lock is a folder": (_folder(LOCK_NAME), r"cards\.lock: cannot be read"),
    "settings are a folder": (_folder("mlopscards.yaml"), r"cannot read .*mlopscards\.yaml"),
}


@pytest.mark.parametrize(
    ("spoil", "said", "status"),
    [(*case, 1) for case in WRONG_NOTES.values()] + [(*case, 2) for case in CANNOT.values()],
    ids=[*WRONG_NOTES, *CANNOT],
)
def test_what_is_wrong_is_named_with_its_place_and_no_package_changes(
    spoil: Callable[[Path], None], said: str, status: int, tmp_path: Path
) -> None:
    notes, decks = copied(tmp_path / "notes"), tmp_path / "decks"
    done("build", notes, "-o", decks)
    before = content(decks)
    spoil(notes)
    lock = (notes / LOCK_NAME).read_bytes() if (notes / LOCK_NAME).is_file() else None
    result = run("build", notes, "-o", decks)
    assert result.exit_code == status
    assert re.search(said, result.stderr)
    assert not result.stdout
    assert content(decks) == before
    assert ((notes / LOCK_NAME).read_bytes() if (notes / LOCK_NAME).is_file() else None) == lock


@pytest.mark.parametrize("content_", [b"\xef\xbb\xbf", "\ufeff".encode("utf-16-le")], ids=["utf-8", "utf-16"])
def test_byte_order_marks_and_windows_line_ends_are_no_slip(content_: bytes, tmp_path: Path) -> None:
    text = f"---\nweek: 4\n---\n{DRIFT}".replace("\n", "\r\n")
    notes = notes_in(tmp_path / "notes", x=content_ + text.encode("utf-8" if len(content_) == 3 else "utf-16-le"))
    result = done("build", notes, "-o", tmp_path / "decks")
    assert "week-4.apkg" in content(tmp_path / "decks")
    assert not re.search("warning|error", result.stderr)


def test_every_file_with_a_slip_is_named(tmp_path: Path) -> None:
    notes = notes_in(tmp_path / "notes", a="---\nweek: x\n---\n", b=b"\xff", c=DRIFT)
    result = run("build", notes, "-o", tmp_path / "decks")
    assert result.exit_code == 1
    assert re.findall(r"error: (\S+): (\S+)", result.stderr) == [("a.md:2:1", "N105"), ("b.md:1:1", "N101")]
    assert "2 problems in the notes; nothing was written" in result.stderr
    assert not (tmp_path / "decks").exists()


NO_NOTES = [
    ("missing", "there is no such folder; `mlopscards init"),
    ("empty", r"holds no notes; expected files that end in \.md"),
    ("pictures", r"holds no notes; expected files that end in \.md"),
    ("note.md", "is a file, a folder of notes was expected; `mlopscards cards"),
    ("note.md/below", "there is no such folder"),
    ("handuot.txt", "there is no such file$"),
]


@pytest.mark.parametrize(
    ("command", "name", "said"),
    # `cards` reads a file as well.
    [
        (command, *case)
        for command in ("build", "cards")
        for case in NO_NOTES
        if (command, case[0]) != ("cards", "note.md")
    ],
)
def test_a_folder_without_notes_is_refused_with_the_way_on(command: str, name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    notes_in(tmp_path, note=DRIFT)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").touch()
    options = ["-o", tmp_path / "decks"] if command == "build" else []
    result = run(command, tmp_path / name, *options)
    assert result.exit_code == 2
    assert re.search(said, result.stderr)
    assert not result.stdout
    assert not (tmp_path / "decks").exists()


def test_a_note_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = copied(tmp_path / "notes")
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "overview.md":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    result = run("build", notes, "-o", tmp_path / "decks")
    assert result.exit_code == 2
    assert re.search(r"overview\.md: cannot be read: Permission denied", result.stderr)
    assert not (tmp_path / "decks").exists()


def test_a_target_that_cannot_be_is_refused_before_the_lock_is_written(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    (tmp_path / "file").touch()
    for target in (tmp_path / "file", tmp_path / "file" / "decks"):
        result = run("build", notes, "-o", target)
        assert result.exit_code == 2
        assert f"cannot write {target}: " in result.stderr
        assert not (notes / LOCK_NAME).exists()


def test_a_target_without_permission_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, decks = copied(tmp_path / "notes"), tmp_path / "decks"
    done("build", notes, "-o", decks)
    edit(notes / "overview.md", "mixes", "joins")
    before, lock = content(decks), (notes / LOCK_NAME).read_bytes()
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: not (mode & os.W_OK and Path(path) == decks) and access(path, mode)
    )
    result = run("build", notes, "-o", decks)
    assert result.exit_code == 2
    assert f"cannot write {decks}: no permission; nothing has changed" in result.stderr
    assert (content(decks), (notes / LOCK_NAME).read_bytes()) == (before, lock)


def test_notes_that_may_not_be_written_keep_their_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock lies in the notes folder; without it no package may go out."""
    notes, decks = copied(tmp_path / "notes"), tmp_path / "decks"
    write = Path.write_bytes

    def refuse(path: Path, data: bytes) -> int:
        if path.parent == notes:
            raise PermissionError(13, "Permission denied")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    result = run("build", notes, "-o", decks)
    assert result.exit_code == 2
    assert re.search(r"cards\.lock: cannot be written: Permission denied", result.stderr)
    assert not list(decks.glob("*"))


def test_a_folder_where_a_package_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "decks" / "overview.apkg").mkdir(parents=True)
    result = run("build", copied(tmp_path / "notes"), "-o", tmp_path / "decks")
    assert result.exit_code == 2
    assert f"cannot write {tmp_path / 'decks' / 'overview.apkg'}: " in result.stderr
    assert not list((tmp_path / "decks").glob(".*"))


def test_a_folder_that_cannot_be_read_is_named_for_its_cards_would_count_as_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = notes_in(tmp_path, a=DRIFT)
    closed = tmp_path / "course-2"
    closed.mkdir()
    (closed / "b.md").write_text("**Skew**: a difference between training and serving\n", encoding="utf-8")
    scan = os.scandir

    def refuse(folder: str) -> object:
        if Path(folder) == closed:
            raise PermissionError(13, "Permission denied", str(closed))
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    result = run("build", notes, "-o", tmp_path / "decks")
    assert result.exit_code == 2
    assert f"{closed}: cannot be read: Permission denied" in result.stderr
    assert not (notes / LOCK_NAME).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_a_link_that_leads_nowhere_is_named_and_no_note_that_was_deleted(tmp_path: Path) -> None:
    notes = notes_in(tmp_path, a=DRIFT)
    (notes / "b.md").symlink_to("gone.md")
    result = run("build", notes, "-o", tmp_path / "decks")
    assert result.exit_code == 2
    assert re.search(r"b\.md: cannot be read: No such file", result.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
@pytest.mark.parametrize("command", [["build"], ["cards"], ["lock", "repair"]], ids=" ".join)
def test_a_link_to_itself_is_no_folder(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "notes").symlink_to("notes")
    result = run(*command, tmp_path / "notes")
    assert result.exit_code == 2
    assert "notes: there is no such folder" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name of a folder is text")
def test_a_folder_whose_name_is_no_text_can_be_built(tmp_path: Path) -> None:
    notes = notes_in(Path(os.fsdecode(os.fsencode(tmp_path) + b"/notes-\xff")), a=DRIFT)
    status, _, said = finish(start("build", notes, "-o", tmp_path / "decks"))
    assert (status, "Traceback" in said) == (0, False)


def test_where_there_is_no_browser_the_address_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    page = tmp_path / "page.html"
    said = done("preview", notes_in(tmp_path / "notes", a=DRIFT), "-o", page, "--open").stderr
    assert f"open {page.resolve().as_uri()} yourself" in said


def test_where_nothing_became_a_card_the_way_on_is_told(tmp_path: Path) -> None:
    notes = notes_in(tmp_path, a="Only running text, which defines nothing at all.\n")
    for result in (done("build", notes, "-o", tmp_path / "decks"), done("cards", notes)):
        assert f"no line of the notes became a card; `mlopscards coverage {notes} --show`" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name of a file is text")
def test_a_file_whose_name_is_no_text_is_named_or_built_but_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (Path(os.fsdecode(os.fsencode(tmp_path / "notes") + b"/week-\xff.md"))).write_text(DRIFT)
    for arguments in (
        ["build", tmp_path / "notes", "-o", tmp_path / "decks"],
        ["cards", tmp_path / "notes"],
        ["coverage", tmp_path / "notes", "--html", tmp_path / "coverage.html"],
        ["preview", tmp_path / "notes", "-o", tmp_path / "preview.html"],
    ):
        status, _, said = finish(start(*arguments))
        assert "Traceback" not in said
        assert status in (0, 1, 2)


# --- killed, and at once ------------------------------------------------------------------------------------------

AT_EACH_STEP = """
import atexit, os, signal, sys
left = int(sys.argv.pop(1))
steps = 0
def end(frame, event, call):
    if call is not sys.setprofile:
        os.kill(os.getpid(), signal.SIGKILL)
def step(event, arguments):
    global steps
    if event in ("open", "os.rename", "os.remove") and {folder!r} in str(arguments[0]):
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
        steps += 1
        if steps == left:
            sys.setprofile(end)
sys.addaudithook(step)
atexit.register(lambda: print(steps))
"""
"""Kills the process right after that step of its work on the disk whose number is the first argument: when a file has
just been opened and is empty, or has just been put in its place."""


def apkgs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.apkg")}


class Interrupted:
    """A course built once and then edited, what a build makes of the edit, and a way back to the start."""

    def __init__(self, folder: Path) -> None:
        self.notes, self.decks = copied(folder / "notes"), folder / "decks"
        done("build", self.notes, "-o", self.decks)
        self.lock = (self.notes / LOCK_NAME).read_bytes()
        self.old = content(self.decks)
        edit(self.notes / "course-1" / "week-1-serving.md", "hurts few", "harms few")
        edit(self.notes / "course-1" / "week-2-monitoring.md", "An owner who can", "An owner who may")
        done("build", self.notes, "-o", self.decks)
        self.new = content(self.decks)
        self.changed = {name for name in self.old if self.old[name] != self.new[name]}

    def back(self) -> None:
        (self.notes / LOCK_NAME).write_bytes(self.lock)
        for path in self.decks.iterdir():
            path.unlink()
        for name, package in self.old.items():
            (self.decks / name).write_bytes(package)

    def check(self) -> None:
        """Everything is old or new and whole, and the next build makes all of it new."""
        found = apkgs(self.decks)
        assert found.keys() == self.old.keys()
        for name, package in found.items():
            assert package in (self.old[name], self.new[name])
            with zipfile.ZipFile(io.BytesIO(package)) as whole:
                assert whole.testzip() is None
        assert read_lock(self.notes / LOCK_NAME).entries
        done("build", self.notes, "-o", self.decks)
        assert apkgs(self.decks) == self.new


@pytest.fixture
def interrupted(tmp_path: Path) -> Interrupted:
    made = Interrupted(tmp_path)
    assert len(made.changed) == 3
    return made


def kill_at(step: int, course: Interrupted) -> int:
    """Build until *step*, or to the end where it is 0; gives the number of steps of a whole build."""
    course.back()
    code = AT_EACH_STEP.format(folder=str(course.notes.parent))
    status, out, said = finish(start(step, "build", course.notes, "-o", course.decks, code=code))
    assert status == (-signal.SIGKILL if step else 0), said
    return 0 if step else int(out)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_build_killed_at_any_step_leaves_whole_packages_and_the_next_one_is_fine(interrupted: Interrupted) -> None:
    steps = kill_at(0, interrupted)
    assert steps > 10
    for step in sorted({1, 2, 3, 4, 5, 6, steps // 2, steps - 1}):
        kill_at(step, interrupted)
        interrupted.check()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_what_a_killed_build_left_half_written_goes_with_the_next_one(interrupted: Interrupted) -> None:
    """The decks are committed; nobody wants `.part` files in them."""
    for step in range(1, 7):
        kill_at(step, interrupted)
        done("build", interrupted.notes, "-o", interrupted.decks)
        assert sorted(content(interrupted.decks)) == sorted(interrupted.new)
        names = {path.name for path in interrupted.notes.iterdir()}
        assert names == {path.name for path in COURSE.iterdir()} | {LOCK_NAME}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_build_killed_at_any_moment_leaves_whole_packages(interrupted: Interrupted) -> None:
    chance = random.Random(2)
    begin = time.monotonic()
    whole = start("build", interrupted.notes, "-o", interrupted.decks)
    assert finish(whole)[0] == 0
    long = time.monotonic() - begin
    for _ in range(4):
        interrupted.back()
        process = start("build", interrupted.notes, "-o", interrupted.decks)
        time.sleep(long * chance.uniform(0.5, 1))
        process.kill()
        finish(process)
        interrupted.check()


def test_builds_at_once_wait_for_each_other(interrupted: Interrupted) -> None:
    interrupted.back()
    processes = [start("build", interrupted.notes, "-o", interrupted.decks) for _ in range(3)]
    for status, out, said in map(finish, processes):
        assert (status, out) == (0, ""), said
    assert content(interrupted.decks) == interrupted.new
    assert len({entry.guid for entry in read_lock(interrupted.notes / LOCK_NAME).entries}) > 20


def test_only_one_of_the_builds_at_once_finds_something_new(tmp_path: Path) -> None:
    notes = copied(tmp_path / "notes")
    processes = [start("build", notes, "-o", tmp_path / f"decks{number}") for number in range(3)]
    said = [finish(process)[2] for process in processes]
    assert sorted("nothing has changed" in one for one in said) == [False, True, True]
    assert content(tmp_path / "decks0") == content(tmp_path / "decks1") == content(tmp_path / "decks2")


def refuse_lock(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    import filelock

    def acquire(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(filelock.BaseFileLock, "acquire", acquire)


def test_a_build_that_waits_too_long_says_for_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import filelock

    refuse_lock(monkeypatch, filelock.Timeout("x"))
    result = run("build", copied(tmp_path / "notes"), "-o", tmp_path / "decks")
    assert result.exit_code == 2
    assert "another build of" in result.stderr
    assert not (tmp_path / "decks").exists()


def test_a_temporary_folder_that_may_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where another user of the machine has built the same notes."""
    refuse_lock(monkeypatch, PermissionError(13, "Permission denied", "x.lock"))
    result = run("build", copied(tmp_path / "notes"), "-o", tmp_path / "decks")
    assert result.exit_code == 2
    assert "Permission denied" in result.stderr


def test_a_bug_of_ours_is_not_dressed_as_a_slip_of_the_author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Mapping[str, object]:
        raise ZeroDivisionError

    monkeypatch.setattr("mlopscards.pipeline.cards_of_note", broken)
    with pytest.raises(ZeroDivisionError):
        run("build", copied(tmp_path / "notes"), "-o", tmp_path / "decks")
