"""`decks/` and `notes/cards.lock` are what `notes/` gives."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest

from mlopscards.pipeline import LOCK_NAME, build

ROOT = Path(__file__).parent.parent
NOTES, DECKS = ROOT / "notes", ROOT / "decks"
NOW = 1_790_000_000
"""Any time will do: nothing of what is up to date may take it over."""

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rebuilt")
    shutil.copytree(NOTES, folder / "notes")
    build(folder / "notes", folder / "decks", NOW)
    return folder


def rows_in(package: Path, scratch: Path) -> Rows:
    """What Anki gets of *package*; its bytes differ with the versions of SQLite and zlib."""
    with zipfile.ZipFile(package) as archive:
        (scratch / "collection.anki2").write_bytes(archive.read("collection.anki2"))
        media = json.loads(archive.read("media"))
    connection = sqlite3.connect(scratch / "collection.anki2")
    try:
        return {
            "notes": connection.execute("select id, guid, mid, mod, tags, flds from notes order by id").fetchall(),
            "cards": connection.execute("select id, nid, did, ord, mod, due from cards order by id").fetchall(),
            "col": connection.execute("select models, decks from col").fetchall(),
            "media": [(name,) for name in sorted(media.values())],
        }
    finally:
        connection.close()


def test_there_are_packages() -> None:
    assert len(list(DECKS.glob("*.apkg"))) > 3


def test_the_lock_is_up_to_date(rebuilt: Path) -> None:
    assert (rebuilt / "notes" / LOCK_NAME).read_text("utf-8") == (NOTES / LOCK_NAME).read_text("utf-8"), (
        "run make decks"
    )


def test_the_packages_are_those_of_the_notes(rebuilt: Path) -> None:
    assert {path.name for path in (rebuilt / "decks").iterdir()} == {path.name for path in DECKS.glob("*.apkg")}


@pytest.mark.parametrize("name", sorted(path.name for path in DECKS.glob("*.apkg")))
def test_each_package_is_up_to_date(name: str, rebuilt: Path, tmp_path: Path) -> None:
    assert rows_in(rebuilt / "decks" / name, tmp_path) == rows_in(DECKS / name, tmp_path), "run make decks"
