"""Links, pictures and sounds: where they lead, and whether something is there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from mlopscards.check.catalogue import found, quoted
from mlopscards.check.seen import Course, Seen, Stretch
from mlopscards.model import Note, Place, Problem, Span
from mlopscards.signs import is_played
from mlopscards.svg import NoPicture, inert
from mlopscards.syntax import BlockKind, blocks_of

LINK = re.compile(
    r"""
      (?P<shown>!?)\[(?:[^\[\]]|\[[^\[\]]{0,200}\]){0,500}\]
        \(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<address>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)?))(?:\s+["'(][^"'\n]*["')])?\s*\)
    | <(?:img|audio|video|source)\b[^<>]*?\ssrc\s*=\s*["']?(?P<src>[^"'\s>]+)
    | \[sound:(?P<sound>[^\]\n]+)\]
    """,
    re.VERBOSE | re.IGNORECASE,
)
DEFINED = re.compile(r" {0,3}\[(?P<label>[^\[\]]+)\]:\s*<?(?P<address>[^\s<>]*)")
SCHEME = re.compile(r"//|[a-z][a-z0-9+.-]+:", re.IGNORECASE)
"""What leads away from this disk; one letter before a colon is a drive of Windows."""
PICTURES = frozenset({"png", "apng", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico", "svg"})


@dataclass(frozen=True, slots=True)
class Target:
    """An address in the notes, and where it stands."""

    address: str
    span: Span
    shown: bool
    """Whether the card shows or plays it, rather than links to it."""


def targets_in(seen: Seen) -> Iterator[Target]:
    """All addresses of a file, those of link definitions among them."""
    for stretch in seen.stretches:
        if "](" in stretch.bare or "<" in stretch.bare or "[sound:" in stretch.bare:
            yield from _targets_in(stretch)
    for number, line in enumerate(seen.lines, 1):
        if "]:" in line and number not in seen.code_lines and (one := DEFINED.match(line)) and one["label"][0] != "^":
            shown = _kind(one["address"]) in PICTURES
            yield Target(one["address"], Span(seen.path, number, one.start("address") + 1), shown)


def _targets_in(stretch: Stretch) -> Iterator[Target]:
    for link in LINK.finditer(stretch.bare):
        name = next(name for name in ("angled", "address", "src", "sound") if link[name] is not None)
        at = link.start(name)
        address = unescape(stretch.text[at : link.end(name)]).strip()
        shown = name in ("src", "sound") or bool(link["shown"]) or is_played(address)
        yield Target(address, stretch.span(link.start()), shown)


def _kind(address: str) -> str:
    return PurePosixPath(re.split(r"[?#]", address)[0]).suffix[1:].lower()


def _is_media(path: str) -> bool:
    return _kind(path) in PICTURES or is_played(path)


# --- what is shown -----------------------------------------------------------------------------------------------


def missing_media(course: Course) -> Iterator[Problem]:
    """Pictures and sounds that are not where the notes look for them."""
    if course.root is None:
        return
    for seen in course.files:
        for target in targets_in(seen):
            if target.shown:
                yield from _missing(course, seen, target)


def _missing(course: Course, seen: Seen, target: Target) -> Iterator[Problem]:
    if SCHEME.match(target.address):
        if not target.address.lower().startswith("data:"):
            message = f"{quoted(target.address)} is on another machine; save it beside the notes and show it from there"
            yield found("M103", target.span, message)
        return
    path = _path_of(seen, target.address)
    if path is None:
        yield found(
            "M102", target.span, f"{quoted(target.address)} lies outside the notes folder; move the file into it"
        )
    elif path not in course.names:
        yield found("M101", target.span, f"there is no {quoted(target.address)}; {_nearest(course, path)}")
    elif not _is_media(path):
        yield found("M104", target.span, f"{quoted(target.address)} is no picture, sound or film; save it as PNG, say")
    elif course.root and _kind(path) == "svg":
        yield from _drawing(course.root / path, target)


def _drawing(path: Path, target: Target) -> Iterator[Problem]:
    try:
        content = path.read_bytes()
        if inert(content) != content:
            message = f"{quoted(target.address)} holds what could run (a script, an event), which is cut out"
            yield found("M106", target.span, f"{message}; save it as plain SVG")
    except (OSError, NoPicture) as error:
        yield found("M105", target.span, f"{quoted(target.address)} is left out, for {error}; save it anew, or as PNG")


def _path_of(seen: Seen, address: str) -> str | None:
    """The path below the notes folder that *address* means; None where it leads out of it."""
    parts = list(PurePosixPath(seen.path).parent.parts)
    path = unquote(re.split(r"[?#]", address)[0]).replace("\\", "/")
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return None
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _nearest(course: Course, path: str) -> str:
    """Guess the slip: another case, another folder, a letter."""
    media = [one for one in course.present[: 10 * MOST_CHOICES] if _is_media(one)]
    name = PurePosixPath(path).name
    same = [one for one in media if _folded(one) == _folded(path)] or [
        one for one in media if _folded(PurePosixPath(one).name) == _folded(name)
    ]
    near = same[0] if same else _closest(path, media)
    return f"did you mean {near!r}?" if near else "put the file there, or correct the path"


def _closest(word: str, choices: Iterable[str]) -> str:
    """The choice that *word* was most likely meant for, or nothing."""
    best = extractOne(word, choices, scorer=ratio, score_cutoff=75)
    return str(best[0]) if best else ""


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def unused_media(course: Course) -> Iterator[Problem]:
    """Pictures and sounds that no note refers to; only where all notes were read."""
    if not course.whole:
        return
    used = {_path_of(seen, target.address) for seen in course.files for target in targets_in(seen)}
    for path in course.present:
        if _is_media(path) and path not in used:
            yield found("M107", Span(path, 1), "is shown by no note; show it, or delete the file")


def colliding_names(course: Course) -> Iterator[Problem]:
    """Files that are one file where case does not count."""
    if not course.whole:
        return
    seen: dict[str, str] = {}
    for path in course.present:
        other = seen.setdefault(_folded(path), path)
        if other != path:
            yield found("M108", Span(path, 1), f"differs from {other!r} in case alone; rename one of them")


# --- where links lead --------------------------------------------------------------------------------------------


def broken_links(course: Course) -> Iterator[Problem]:
    """Links within the notes that lead nowhere."""
    anchors: dict[str, frozenset[str]] = {}
    for seen in course.files:
        for target in targets_in(seen):
            if not target.shown:
                yield from _broken(course, seen, target, anchors)


def _broken(course: Course, seen: Seen, target: Target, known: dict[str, frozenset[str]]) -> Iterator[Problem]:
    address = target.address
    if SCHEME.match(address) and _is_refused(re.sub(r"[\s<>].*", "", address[:200])):
        yield found("L406", target.span, f"{quoted(address)} is refused; link to a page or a file")
        return
    if SCHEME.match(address) or (course.root is None and not address.startswith("#")):
        return
    path, _, anchor = address.partition("#")
    name = _path_of(seen, path) if path else seen.path
    if not address:
        yield found("L401", target.span, "link has no address; write one between the brackets")
    elif path and not _exists(course, seen, path, name):
        yield found("L401", target.span, f"there is no {quoted(path)}; the path starts at the folder of this file")
    elif anchor and name and (other := course.by_path.get(name)):
        if name not in known:
            known[name] = _anchors(other)
        if unquote(anchor).lower() not in known[name]:
            near = _closest(unquote(anchor).lower(), sorted(known[name])[:MOST_CHOICES])
            hint = f"did you mean '#{near}'?" if near else "use the heading's words, lower case, with hyphens"
            yield found("L402", target.span, f"there is no heading {quoted('#' + anchor)} in {other.path}; {hint}")


@lru_cache(maxsize=1000)
def _is_refused(address: str) -> bool:
    """Ask the parser whether a link to *address* reaches a card."""
    return not any(block.text.links for block in blocks_of(Note("", f"[a](<{address}>)", Place())))


def _exists(course: Course, seen: Seen, path: str, name: str | None) -> bool:
    if name is not None and (name in course.names or name == ""):
        return True
    try:
        return course.root is not None and ((course.root / seen.path).parent / Path(unquote(path))).exists()
    except (OSError, ValueError):
        return False


MOST_CHOICES = 500
"""Names among which the one that was meant is looked for."""


def _anchors(seen: Seen) -> frozenset[str]:
    """The anchors of a file as GitHub makes them, and those that the author set."""
    anchors: set[str] = set()
    for stretch in seen.stretches:
        if stretch.block.kind is BlockKind.HEADING:
            slug = re.sub(r"[^\w\- ]", "", stretch.block.text.plain.strip().lower()).replace(" ", "-")
            number = 0
            while (anchor := f"{slug}-{number}" if number else slug) in anchors:
                number += 1
            anchors.add(anchor)
        elif "<" in stretch.text:
            pattern = r"<[a-zA-Z]+\s[^<>]*?\b(?:id|name)\s*=\s*[\"']([^\"'<>]+)"
            anchors |= {mark[1].lower() for mark in re.finditer(pattern, stretch.text)}
    return frozenset(anchors)


# --- references and footnotes ------------------------------------------------------------------------------------

REFERENCE = re.compile(r"(?<![\w\]\\!])!?\[(?P<text>[^\[\]\n]{1,200})\]\[(?P<label>[^\[\]\n]{0,200})\]")
FOOTNOTE = re.compile(r"(?<!\\)\[\^(?P<label>[^\[\]\s]{1,80})\](?P<defines>:?)")


def undefined_references(seen: Seen) -> Iterator[Problem]:
    """`[text][name]` without a line that says where *name* leads."""
    if not any("][" in stretch.text for stretch in seen.stretches):
        return
    defined = {_label(one["label"]) for line in seen.lines if "]:" in line and (one := DEFINED.match(line))}
    for stretch in seen.stretches:
        for reference in REFERENCE.finditer(stretch.plain) if "][" in stretch.text else ():
            at, end = reference.span("label" if reference["label"] else "text")
            label = stretch.text[at:end]
            if re.search(r"[^\W\d_]", label) and label[0] != "^" and _label(label) not in defined:
                message = f"nothing says where {label!r} leads; add a line '[{label}]: address'"
                yield found("L403", stretch.span(reference.start()), message)


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()


def footnotes(seen: Seen) -> Iterator[Problem]:
    """Footnotes without their text, and texts that no footnote shows."""
    if "[^" not in seen.note.text:
        return
    defined: dict[str, Span] = {}
    used: dict[str, Span] = {}
    for number, line in enumerate(seen.lines, 1):
        if "[^" not in line or number in seen.code_lines:
            continue
        for mark in FOOTNOTE.finditer(_bare(line)):
            defines = bool(mark["defines"]) and not line[: mark.start()].strip(" >")
            (defined if defines else used).setdefault(mark["label"], Span(seen.path, number, mark.start() + 1))
    for label in used.keys() - defined.keys():
        yield found("L404", used[label], f"footnote {label!r} has no text; add a line '[^{label}]: text'")
    for label in defined.keys() - used.keys():
        yield found("L405", defined[label], f"nothing refers to footnote {label!r}; write [^{label}] where it belongs")


def _bare(line: str) -> str:
    from mlopscards.check.seen import without_code, without_math

    return without_math(without_code(line))
