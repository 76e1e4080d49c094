"""Bytes to a file, as a whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Put *content* at *path*; where that fails with an `OSError`, what was there before still is."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a pipe or a terminal, which nothing can take the place of; a folder refuses
        return
    # What stands behind a link is replaced, not the link.
    path = Path(os.path.realpath(path))
    # Always the same name: what a killed run left is taken by the next one.
    part = path.with_name(f".{path.name}.tmp")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
