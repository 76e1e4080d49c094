"""Disk to `Note`: find the files, decode them, take the front matter off, say which course and week they belong to."""

from __future__ import annotations

import os
import re
import reprlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NoReturn

from mlopscards.errors import CannotDo
from mlopscards.model import Note, Place, Problem, Severity, Span

if TYPE_CHECKING:
    from mlopscards.yamlnodes import MappingNode

SUFFIXES = frozenset({".md", ".markdown", ".txt"})
FENCE = "---"
KEYS = ("course", "week", "title", "tags", "ignore")

Found = tuple[Note | None, tuple[Problem, ...]]
"""A note, unless it cannot be read at all, and what is wrong with it."""


def find_notes(root: Path) -> tuple[Path, ...]:
    """List the notes below *root* in the order of their names; hidden files and folders are left out.

    Raises `CannotDo` where *root* is no folder, holds no notes, or has a folder in it that cannot be read: the cards of
    notes that were left out in silence would count as deleted.
    """
    if not root.exists() and root.suffix.lower() in SUFFIXES:
        raise CannotDo(f"{root}: there is no such file")
    if not root.exists():
        raise CannotDo(f"{root}: there is no such folder; `mlopscards init {root}` makes one to start from")
    if not root.is_dir():
        raise CannotDo(f"{root}: is a file, a folder of notes was expected; `mlopscards cards {root}` reads one file")
    notes = tuple(sorted(_notes_below(root)))
    if not notes:
        raise CannotDo(f"{root}: holds no notes; expected files that end in .md, such as {root}/week-1-introduction.md")
    return notes


def _notes_below(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            # A link that leads nowhere is a note that cannot be read, and is told of by who reads it.
            if path.suffix.lower() in SUFFIXES and not name.startswith(".") and (path.is_file() or not path.exists()):
                yield path


def _refuse(error: OSError) -> NoReturn:
    raise CannotDo(f"{error.filename}: cannot be read: {error.strerror}") from error


def read_note(path: Path, name: str, *, lenient: bool = False) -> Found:
    """Read one file; *name* is what the reports call it. *lenient* lets the front matter of other tools pass."""
    try:
        raw = path.read_bytes()
    except IsADirectoryError:
        raise CannotDo(f"{path}: is a folder, a file was expected") from None
    except OSError as error:
        raise CannotDo(f"{path}: cannot be read: {error.strerror}") from error
    try:
        text = _decoded(raw)
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", raw[: error.start])) + 1
        return None, (Problem(Span(name, line), "N101", f"is not UTF-8 ({error.reason}); save the file as UTF-8"),)
    return parse_note(name, text, lenient=lenient)


def _decoded(raw: bytes) -> str:
    # Windows editors write UTF-16 with a byte order mark.
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    return raw.decode("utf-8-sig")


def parse_note(name: str, text: str, *, lenient: bool = False) -> Found:
    """Take the front matter off *text*, leaving blank lines where it stood."""
    # Not splitlines(): it also splits at form feeds, which markdown-it does not.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd").split("\n")
    values: dict[str, Any] = {}
    problems: tuple[Problem, ...] = ()
    front: tuple[str, ...] = ()
    if end := _front_matter_end(lines):
        front = tuple(lines[: end + 1])
        values, problems = _front_matter(name, "\n".join(lines[1:end]))
        if lenient:
            problems = tuple(replace(problem, severity=Severity.WARNING) for problem in problems)
        lines = [""] * (end + 1) + lines[end + 1 :]
    tags, ignore = (tuple(values.get(key, ())) for key in ("tags", "ignore"))
    note = Note(name, "\n".join(lines), _place(name, values), tags, front, ignore)
    return note, problems


def _front_matter_end(lines: list[str]) -> int:
    """The line that closes the front matter; 0 where there is none, as in a text that opens with a rule."""
    if lines[0].rstrip() != FENCE:
        return 0
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() in (FENCE, "...")), 0)
    keys = [line for line in lines[1:end] if re.match(r"\w[\w -]*:(?:\s|$)", line)]
    # `week:3` is a slip, and no text looks like a block of nothing else.
    slips = [line for line in lines[1:end] if re.match(r"[a-z]+:\S", line)]
    return end if keys or end == 1 or (slips and len(slips) == len(list(filter(str.strip, lines[1:end])))) else 0


def _front_matter(name: str, text: str) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    from mlopscards.yamlnodes import MappingNode, NotYaml, compose, load

    try:
        node, values = compose(text), load(text)
    except NotYaml as error:
        message = f"front matter is not YAML: {error.reason}; put text with colons or quotes in it into quotes"
        return {}, (Problem(Span(name, error.line + 2, error.column + 1), "N102", message),)
    if values is None:
        return {}, ()
    if not isinstance(values, dict) or not isinstance(node, MappingNode):
        return {}, (Problem(Span(name, 2), "N103", "front matter has no keys; expected lines such as 'week: 3'"),)
    problems = tuple(_twice(name, node))
    marks = {str(key.value): Span(name, key.start_mark.line + 2, key.start_mark.column + 1) for key, _ in node.value}
    problems += tuple(_problems_of(values, marks))
    bad = {problem.span for problem in problems}
    return {str(key): value for key, value in values.items() if marks.get(str(key)) not in bad}, problems


def _twice(name: str, node: MappingNode) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, _ in node.value:
        if str(key.value) in seen:
            span = Span(name, key.start_mark.line + 2, key.start_mark.column + 1)
            yield Problem(span, "N106", f"has the front matter key {str(key.value)!r} twice; keep one")
        seen.add(str(key.value))


def _problems_of(values: dict[Any, Any], marks: dict[str, Span]) -> Iterator[Problem]:
    first = next(iter(marks.values()))
    for key, value in values.items():
        span = marks.get(str(key), first)
        if key not in KEYS:
            near = get_close_matches(str(key).lower(), KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(KEYS)}"
            yield Problem(span, "N104", f"does not know the front matter key {_short(key)}; {hint}")
        elif wrong := _wrong_type(str(key), value):
            yield Problem(span, "N105", wrong)


def _wrong_type(key: str, value: object) -> str:
    if key in ("course", "week"):
        right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1000
        return "" if right else f"{key!r} is {_short(value)}, expected a number such as '{key}: 2'"
    if key == "title":
        return "" if isinstance(value, str) else f"'title' is {_short(value)}, expected text; put it into quotes"
    right = isinstance(value, list) and all(isinstance(one, str) for one in value)
    example = "[K301, M103]" if key == "ignore" else "[exam, drift]"
    return "" if right else f"{key!r} is {_short(value)}, expected a list such as '{example}'"


def _short(value: object) -> str:
    """Quote *value* as far as a message needs; aliases and huge numbers could make it endless."""
    try:
        shown = reprlib.repr(value)
        return shown if len(shown) <= 80 else f"{shown[:77]}..."
    except ValueError:
        return "a number too long to show"


# --- where a file belongs ----------------------------------------------------------------------------------------

COURSE = re.compile(r"(?:^|[\W_])(?:course|c)[-_ ]?(\d{1,2})(?=$|[\W_]|w)", re.IGNORECASE)
WEEK = re.compile(r"(?:^|[\W_\d])(?:week|wk|w)[-_ ]?(\d{1,2})(?=$|[\W_])", re.IGNORECASE)


def _place(name: str, values: dict[str, Any]) -> Place:
    """Say where a file belongs: by its front matter, else by the names of the file and its folders."""
    path = PurePosixPath(name)
    stem = path.stem
    course = values.get("course", number_in(COURSE, name))
    week = values.get("week", number_in(WEEK, name))
    rest = WEEK.sub(" ", COURSE.sub(" ", stem))
    words = " ".join(re.sub(r"[-_]+", " ", rest).split())
    title = values.get("title") or (words[:1].upper() + words[1:] if not words.islower() else words.capitalize())
    return Place(course, week, title)


def number_in(pattern: re.Pattern[str], name: str) -> int | None:
    """The number of the course or week that the name of a file, or else of its folders, tells."""
    path = PurePosixPath(name)
    for part in (path.stem, *reversed(path.parts[:-1])):
        if found := pattern.search(part):
            return int(found[1])
    return None


def names_below(paths: Iterable[Path], root: Path) -> tuple[str, ...]:
    """The POSIX paths of *paths* below *root*, so that reports are the same everywhere."""
    # What is no text in a name is shown as such; cards are made of text.
    return tuple(os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "replace") for path in paths)
