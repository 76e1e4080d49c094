"""Pictures and sounds of the cards: read from the notes folder, named by their content."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from mlopscards.model import Card, Problem, Severity, Span
from mlopscards.signs import is_played
from mlopscards.svg import NoPicture, inert

_SOURCE = re.compile(
    r"""
      (?P<open> <(?:img|audio|video|source)\b [^>]*? \ssrc=" )  (?P<src> [^"]+ )
    | (?P<sound> \[sound: )  (?P<file> [^\]\n]+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# At least two letters, for `C:` is a drive.
_REMOTE = re.compile(r"//|[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_PICTURE = re.compile(r"\.(?:png|apng|jpe?g|gif|webp|avif|bmp|ico|svg)$", re.IGNORECASE)


def read_media(
    cards: Iterable[Card], notes_root: Path
) -> tuple[tuple[Card, ...], dict[str, bytes], tuple[Problem, ...]]:
    """Read what the cards show and play; a card without its picture is still a card, with a warning."""
    reader = _Reader(notes_root, notes_root.resolve())
    done = tuple(reader.rewrite(card) for card in cards)
    return done, dict(sorted(reader.contents.items())), tuple(sorted(reader.problems))


def media_name(path: Path, content: bytes) -> str:
    """Name a file after its content, so that the same name never means other bytes."""
    suffix = path.suffix.lower()
    digest = blake2b(content, digest_size=8).hexdigest()
    return f"mlops-{digest}{suffix if _SUFFIX.fullmatch(suffix) else ''}"


@dataclass(slots=True)
class _Reader:
    """Remembers what it has read, for many cards show one picture."""

    root: Path
    home: Path
    """The root without links in it; nothing outside is read."""
    contents: dict[str, bytes] = field(default_factory=dict)
    problems: set[Problem] = field(default_factory=set)
    names: dict[Path, str] = field(default_factory=dict)

    def rewrite(self, card: Card) -> Card:
        sides = {side: getattr(card, side) for side in _SIDES}
        if not any(_may_show(one.html) for one in sides.values()):
            return card
        names: list[str] = []
        new = {side: replace(one, html=self._rewritten(one.html, card.source, names)) for side, one in sides.items()}
        return replace(card, media=tuple(dict.fromkeys(names)), **new)

    def _rewritten(self, html: str, span: Span, names: list[str]) -> str:
        def renamed(found: re.Match[str]) -> str:
            before, source = (found["open"], found["src"]) if found["open"] else (found["sound"], found["file"])
            name = self._name(source, span)
            if name is None:
                return found[0]
            names.append(name)
            return before + name

        return _SOURCE.sub(renamed, html)

    def _name(self, source: str, span: Span) -> str | None:
        """Find the file that *source* means, and its name in the collection."""
        address = unescape(source).strip()
        if _REMOTE.match(address):
            if not address.startswith("data:"):
                why = "it is shown only where there is a network, for as long as it is there"
                self._warn(span, "M103", f"{address!r} lies on the web: {why}; save it beside the notes")
            return None
        path = (self.root / span.path).parent / unquote(address).replace("\\", "/")
        try:
            # Not resolve(), which has an error of its own for a link to itself.
            return self._read(Path(os.path.realpath(path)), address, span)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            self._warn(span, "M101", f"cannot read {address!r} ({reason}); the path starts at the folder of this file")
            return None

    def _read(self, path: Path, address: str, span: Span) -> str | None:
        if not path.is_relative_to(self.home):
            self._warn(span, "M102", f"{address!r} lies outside the notes folder; move the file into it")
            return None
        if path not in self.names:
            content = self._safe(path, path.read_bytes(), address, span)
            if content is None:
                return None
            self.names[path] = media_name(path, content)
            self.contents[self.names[path]] = content
        return self.names[path]

    def _safe(self, path: Path, content: bytes, address: str, span: Span) -> bytes | None:
        """Let through what Anki shows and plays, a picture in SVG without what could run in it."""
        if not (_PICTURE.search(path.name) or is_played(path.name)):
            self._warn(span, "M104", f"{address!r} is no picture, sound or film that Anki knows; it is left out")
            return None
        if path.suffix.lower() != ".svg":
            return content
        try:
            clean = inert(content)
        except NoPicture as error:
            self._warn(span, "M105", f"{address!r} is left out, for {error}; save it anew, or as PNG")
            return None
        if clean != content:
            self._warn(span, "M106", f"{address!r} holds what could run (a script, an event); it is shown without")
        return clean

    def _warn(self, span: Span, code: str, message: str) -> None:
        self.problems.add(Problem(span, code, message, Severity.WARNING))


_SIDES: Sequence[str] = ("question", "answer", "reverse", "term", "extra")


def _may_show(html: str) -> bool:
    return "src=" in html or "[sound:" in html
