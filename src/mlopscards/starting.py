"""A new notes folder to start from."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from mlopscards.errors import CannotDo

NAMES = ("week-1-first-steps.md", "mlopscards.yaml")


def write_starter(folder: Path) -> Iterator[Path]:
    """Write the example notes into *folder*, which must be new or empty; yield each path written.

    Raises `CannotDo` where something stands there already, or it cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CannotDo(f"{folder}: is there already and not empty; name a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            path = folder / name
            path.write_text((files("mlopscards") / "starter" / name).read_text("utf-8"), encoding="utf-8")
            yield path
    except OSError as error:
        raise CannotDo(f"{folder}: cannot be written: {error.strerror}") from error
