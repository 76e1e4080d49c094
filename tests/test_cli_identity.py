"""The commands around the lock: `plan`, `build --frozen`, `lock repair`, `lock recover`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import DRIFT, _at_one_time_and_place, done, edit, run
from test_pipeline import content, copied, notes_in

from mlopscards.lockfile import read_lock
from mlopscards.pipeline import LOCK_NAME

pytestmark = pytest.mark.usefixtures(_at_one_time_and_place.__name__)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder of notes that was built once."""
    folder = copied(tmp_path / "notes")
    done("build", folder, "-o", tmp_path / "decks")
    return folder


def reword(notes: Path) -> None:
    edit(notes / "course-1" / "week-2-monitoring.md", "An owner who can", "An owner who may")


def everything(folder: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- plan -------------------------------------------------------------------------------------------------------------


def test_a_plan_says_what_a_build_would_do_and_writes_nothing(notes: Path, tmp_path: Path) -> None:
    reword(notes)
    before = everything(tmp_path)
    said = done("plan", notes, "-o", tmp_path / "decks").stdout
    assert "An owner who [-can-] {+may+}" in said
    assert said.endswith("since the last build: 1 changed\n")
    assert everything(tmp_path) == before


def test_a_plan_as_json_is_one_object(notes: Path) -> None:
    reword(notes)
    what = json.loads(done("plan", notes, "--format", "json").stdout)
    assert [row["diff"]["answer"][1] for row in what["changed"]] == [["removed", "can"]]
    assert list(what) == ["new", "changed", "moved", "returned", "retired", "ambiguous", "unchanged", "lock"]


def test_a_plan_of_notes_that_were_never_built_says_so(tmp_path: Path) -> None:
    result = done("plan", notes_in(tmp_path / "notes", a=DRIFT), "-o", tmp_path / "decks")
    assert "there is no" in result.stderr
    assert result.stdout.endswith("since the last build: 1 new\n")
    assert not (tmp_path / "decks").exists()


# --- frozen -----------------------------------------------------------------------------------------------------------


def test_a_frozen_build_of_what_was_built_is_a_build(notes: Path, tmp_path: Path) -> None:
    before = content(tmp_path / "decks")
    done("build", notes, "-o", tmp_path / "decks", "--frozen")
    assert content(tmp_path / "decks") == before


@pytest.mark.parametrize("change", [reword, lambda notes: (notes / LOCK_NAME).unlink()], ids=["edited", "no lock"])
def test_a_frozen_build_fails_where_the_lock_would_change_and_writes_nothing(
    change: object, notes: Path, tmp_path: Path
) -> None:
    assert callable(change)
    change(notes)
    before = everything(tmp_path)
    result = run("build", notes, "-o", tmp_path / "decks", "--frozen")
    assert result.exit_code == 1
    assert "without --frozen and commit the lock" in result.stderr
    assert everything(tmp_path) == before


# --- a lock that was lost ---------------------------------------------------------------------------------------------


def test_a_build_without_its_lock_says_where_the_identities_came_from(notes: Path, tmp_path: Path) -> None:
    before = read_lock(notes / LOCK_NAME)
    (notes / LOCK_NAME).unlink()
    said = done("build", notes, "-o", tmp_path / "decks").stderr
    assert f"was missing; {len(before.entries)} cards of it came from the packages in" in said
    assert "nothing has changed" in said
    assert read_lock(notes / LOCK_NAME) == before


def test_packages_that_nobody_can_read_do_not_stop_a_build(notes: Path, tmp_path: Path) -> None:
    (notes / LOCK_NAME).unlink()
    (tmp_path / "decks" / "broken.apkg").write_bytes(b"no package")
    done("build", notes, "-o", tmp_path / "decks")


def test_recovering_makes_a_lock_and_only_adds_to_one(notes: Path, tmp_path: Path) -> None:
    before = read_lock(notes / LOCK_NAME)
    packages = sorted((tmp_path / "decks").glob("*.apkg"))
    (notes / LOCK_NAME).unlink()
    assert (
        f"{len(before.entries)} cards added, 0 known before"
        in done("lock", "recover", *packages, "--notes", notes).stderr
    )
    assert {entry.guid for entry in read_lock(notes / LOCK_NAME).entries} == {entry.guid for entry in before.entries}
    lines = (notes / LOCK_NAME).read_text(encoding="utf-8").split("\n")
    (notes / LOCK_NAME).write_text("\n".join([*lines[:3], *lines[6:]]), encoding="utf-8")
    kept = read_lock(notes / LOCK_NAME).entries
    assert "3 cards added" in done("lock", "recover", *packages, "--notes", notes).stderr
    assert read_lock(notes / LOCK_NAME).entries[: len(kept)] == kept
    assert "nothing has changed" in done("build", notes, "-o", tmp_path / "decks").stderr


@pytest.mark.parametrize(
    ("name", "bytes_", "said"),
    [
        ("gone.apkg", None, "cannot be read"),
        ("text.apkg", b"no zip", "is no Anki package"),
        ("empty.apkg", b"PK\x05\x06" + bytes(18), "tick 'Support older Anki versions'"),
    ],
)
def test_what_cannot_be_recovered_from_is_refused(
    name: str, bytes_: bytes | None, said: str, notes: Path, tmp_path: Path
) -> None:
    if bytes_ is not None:
        (tmp_path / name).write_bytes(bytes_)
    before = everything(notes)
    result = run("lock", "recover", tmp_path / name, "--notes", notes)
    assert result.exit_code == 2
    assert said in result.stderr
    assert everything(notes) == before


def test_recovering_for_a_folder_that_is_not_there_says_how_to_name_it(notes: Path, tmp_path: Path) -> None:
    result = run("lock", "recover", tmp_path / "decks" / "everything.apkg", "--notes", tmp_path / "other")
    assert result.exit_code == 2
    assert "--notes" in result.stderr


# --- a lock that is broken --------------------------------------------------------------------------------------------


def test_a_broken_lock_stops_the_build_until_it_is_repaired(notes: Path, tmp_path: Path) -> None:
    lock = notes / LOCK_NAME
    before = read_lock(lock)
    lines = lock.read_text(encoding="utf-8").split("\n")
    lines[2:3] = ["<<<<<<< HEAD", lines[2], "=======", lines[2], ">>>>>>> other"]
    lock.write_text("\n".join(lines), encoding="utf-8")
    result = run("build", notes, "-o", tmp_path / "decks")
    assert result.exit_code == 2
    assert f"{lock}:3: conflict marker '<<<<<<<'; run `mlopscards lock repair`" in result.stderr
    assert "mended" in done("lock", "repair", notes).stderr
    assert read_lock(lock) == before
    assert "nothing has changed" in done("build", notes, "-o", tmp_path / "decks").stderr


def test_lines_that_nobody_can_read_are_put_beside_the_lock_and_come_back_from_packages(
    notes: Path, tmp_path: Path
) -> None:
    lock = notes / LOCK_NAME
    lines = lock.read_text(encoding="utf-8").split("\n")
    lines[4] = "gone"
    lock.write_text("\n".join(lines), encoding="utf-8")
    said = done("lock", "repair", notes).stderr
    assert "cannot read 1 line (5)" in said
    assert (notes / "cards.lock.lost").read_text() == "gone\n"
    done("lock", "recover", *sorted((tmp_path / "decks").glob("*.apkg")), "--notes", notes)
    assert "nothing has changed" in done("build", notes, "-o", tmp_path / "decks").stderr


def test_there_may_be_nothing_to_repair(notes: Path, tmp_path: Path) -> None:
    before = everything(notes)
    assert "nothing to mend" in done("lock", "repair", notes).stderr
    assert everything(notes) == before
    assert run("lock", "repair", notes_in(tmp_path / "new", a=DRIFT)).exit_code == 2


def test_a_deck_that_is_renamed_and_cards_that_move_are_told_by_the_build(notes: Path, tmp_path: Path) -> None:
    edit(notes / "mlopscards.yaml", "Shipping models", "Serving models")
    said = done("build", notes, "-o", tmp_path / "decks").stderr
    assert "renamed: the deck 'Fixture::Course 1 Shipping models::Week 1" in said
    assert 'search "deck:Fixture::Course 1 Shipping models::Week 1' in said


@pytest.mark.parametrize("spoilt", [b"", b"\n", b"\xff"], ids=["empty", "blank", "no text"])
def test_of_a_lock_with_nothing_in_it_the_way_that_is_told_leads_to_a_sound_one(
    spoilt: bytes, notes: Path, tmp_path: Path
) -> None:
    lock = notes / LOCK_NAME
    known = read_lock(lock)
    lock.write_bytes(spoilt)
    for arguments in (["build", notes], ["lock", "repair", notes]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "delete it and run `mlopscards lock recover`" in result.stderr
        assert lock.read_bytes() == spoilt
    lock.unlink()
    done("lock", "recover", tmp_path / "decks" / "everything.apkg", "--notes", notes)
    assert {entry.guid for entry in read_lock(lock).entries} == {entry.guid for entry in known.entries}
