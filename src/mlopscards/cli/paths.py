"""What was typed behind a command to the files of notes that are meant, and the folder that they belong to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


def files_of(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The files of *paths*, those in folders included, each once."""
    from mlopscards.source import find_notes

    return tuple(dict.fromkeys(file for path in paths for file in ([path] if path.is_file() else find_notes(path))))


def root_of(paths: Sequence[Path], files: Sequence[Path]) -> Path:
    """The notes folder that *paths* belong to: the closest one with a lock or settings, else the one that holds all."""
    from mlopscards.pipeline import LOCK_NAME
    from mlopscards.settings import FILE_NAME

    start = (
        paths[0] if len(paths) == 1 and paths[0].is_dir() else Path(os.path.commonpath([file.parent for file in files]))
    )
    for folder in (start, *start.parents):
        if (folder / LOCK_NAME).is_file() or (folder / FILE_NAME).is_file():
            return folder
    return start
