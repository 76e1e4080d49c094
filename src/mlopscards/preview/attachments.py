"""Pictures and sounds to addresses: of most the content itself, so that the page needs no other file."""

from __future__ import annotations

import mimetypes
import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from mlopscards.media import media_name

_MOST = 4_000_000
"""Bytes of a sound or a film that still travel with the page; pictures always do."""


def kind_of(name: str) -> str:
    """Say what a file is, by its name."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def embedded(media: Mapping[str, bytes]) -> dict[str, str]:
    """Make addresses that hold the contents themselves, of all that is small enough."""
    return {
        name: f"data:{kind_of(name)};base64,{b64encode(content).decode()}"
        for name, content in media.items()
        if not _is_large(name, content)
    }


def linked(media: Mapping[str, bytes], notes: Path, page: Path) -> dict[str, str]:
    """Find the files of all that is too large, and say how to get there from the folder of *page*."""
    large = {name: len(content) for name, content in media.items() if _is_large(name, content)}
    if not large:
        return {}
    # The cards know media by their content alone.
    files = (path for path in sorted(notes.rglob("*")) if path.is_file() and path.stat().st_size in large.values())
    named = {media_name(path, path.read_bytes()): path for path in files}
    return {name: way_to(named[name], page) for name in large if name in named}


def way_to(path: Path, page: Path) -> str:
    """Address *path* as a link on *page*."""
    try:
        return quote(Path(os.path.relpath(path, page.parent)).as_posix())
    except ValueError:  # another drive of Windows
        return path.resolve().as_uri()


def _is_large(name: str, content: bytes) -> bool:
    return len(content) > _MOST and not kind_of(name).startswith("image/")
