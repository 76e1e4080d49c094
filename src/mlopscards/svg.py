"""Pictures in SVG without what could run: a picture of a card shows, and does nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

RUNS = frozenset({"script", "handler", "listener", "iframe", "embed", "object", "applet", "audio", "video", "form"})
"""Elements that run something, or bring in what does."""
SETS = frozenset({"set", "animate", "animatetransform", "animatemotion", "animatecolor"})
"""Elements that may set an address later on."""
ADDRESSES = frozenset({"href", "src", "action", "formaction", "data"})
HARMLESS = re.compile(r"(?:https?://|#|data:image/(?:png|jpe?g|gif|webp)[;,]|[^:]*$)", re.IGNORECASE)
STYLE = re.compile(r"javascript:|expression\s*\(|@import|-moz-binding|behavior\s*:", re.IGNORECASE)
ALERT = re.compile(rb"<\s*[\w.-]*:?(?:script|handler|listener|iframe|embed|object|applet|audio|video|form|set|animate)"
                   rb"|\bon[a-z]+\s*=|href|src|style|<!|<\?|&#|\\", re.IGNORECASE)  # fmt: skip
"""What a picture has that is worth a closer look."""


class NoPicture(ValueError):
    """The file is no SVG that could be shown safely."""


def inert(content: bytes) -> bytes:
    """Cut what could run out of *content*; what cannot is returned as it is, byte by byte.

    Raises `NoPicture` where the file is not well-formed, or declares entities.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content:
        raise NoPicture("its encoding is not UTF-8")
    if not ALERT.search(content):
        return content
    reader = _Reader(content)
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise NoPicture(f"it is not well-formed ({error})") from error
    except (ValueError, LookupError) as error:
        raise NoPicture(str(error)) from error
    return reader.cleaned()


@dataclass(slots=True)
class _Reader:
    """Notes the stretches of bytes that go, and what comes in their place."""

    content: bytes
    cuts: list[tuple[int, int, bytes]] = field(default_factory=list)
    depth: int = 0
    """How deep within an element that goes as a whole."""
    start: int = 0
    tags: list[str] = field(default_factory=list)
    parser: expat.XMLParserType = field(init=False)

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.ProcessingInstructionHandler = self._instruction
        self.parser.XmlDeclHandler = self._declaration

    def cleaned(self) -> bytes:
        if not self.cuts:
            return self.content
        kept, at = [], 0
        for start, end, instead in self.cuts:
            kept += [self.content[at:start], instead]
            at = end
        return b"".join([*kept, self.content[at:]])

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
            raise NoPicture(f"its encoding is {encoding}, not UTF-8")

    def _entity(self, *_: object) -> None:
        raise NoPicture("it declares entities")

    def _instruction(self, target: str, _data: str) -> None:
        start = self.parser.CurrentByteIndex
        if not self.depth and target.lower() == "xml-stylesheet":
            self.cuts.append((start, self.content.index(b"?>", start) + 2, b""))

    def _open(self, name: str, attributes: list[str]) -> None:
        start = self.parser.CurrentByteIndex
        if self.depth:
            self.depth += 1
            return
        bare = name.rpartition(":")[2].lower()
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        if bare in RUNS or (bare in SETS and any(_aims_badly(key, value) for key, value in pairs)):
            self.depth, self.start = 1, start
            return
        self.tags.append(bare)
        kept = [(key, value) for key, value in pairs if not _does_harm(key, value)]
        if len(kept) < len(pairs):
            end = _tag_end(self.content, start)
            closing = "/>" if self.content[end - 2 : end] == b"/>" else ">"
            tag = f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in kept)}{closing}"
            self.cuts.append((start, end, tag.encode()))

    def _close(self, name: str) -> None:
        if not self.depth:
            self.tags.pop()
            return
        self.depth -= 1
        if not self.depth:
            opening = _tag_end(self.content, self.start)
            is_empty = self.content[opening - 2 : opening] == b"/>"
            end = opening if is_empty else _tag_end(self.content, self.parser.CurrentByteIndex)
            self.cuts.append((self.start, end, b""))

    def _text(self, text: str) -> None:
        if not self.depth and self.tags and self.tags[-1] == "style" and STYLE.search(text):
            raise NoPicture("its style brings in something from elsewhere")


def _aims_badly(key: str, value: str) -> bool:
    """Say whether an animation sets an address, or something that runs."""
    return key.lower() == "attributename" and bool(re.match(r"\s*(?:[\w-]+:)?(?:href|src|on\w+)\s*$", value, re.I))


def _does_harm(key: str, value: str) -> bool:
    bare = key.rpartition(":")[2].lower()
    if bare.startswith("on"):
        return True
    if bare in ADDRESSES:
        return not HARMLESS.match(re.sub(r"[\x00-\x20]+", "", value))
    return bare in ("style", "srcdoc") and (bare == "srcdoc" or bool(STYLE.search(value)))


def _tag_end(content: bytes, start: int) -> int:
    """Where the tag that begins at *start* ends; a `>` in quotes is part of it."""
    found = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>").match(content, start)
    return found.end() if found else start
