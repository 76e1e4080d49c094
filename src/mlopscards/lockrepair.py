"""The text of a broken lock to one that can be read, and what was done to it. Pure; nothing is guessed that matters.

What a merge leaves is mended for good: both sides are kept, and of two lines with one guid the younger stays. Of a line
that is no JSON all that can be read is kept, as long as that is enough to find the card again.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mlopscards.errors import CannotDo
from mlopscards.lockfile import (
    BASE,
    FORMAT,
    MARKERS,
    OPTIONAL,
    REQUIRED,
    SIDES,
    TOO_MUCH,
    Entry,
    Lock,
    entry_of,
    wrong_in,
)

_KEY = re.compile(
    r"""
    "(?P<key>\w+)" \s* : \s*
    (?P<value> "(?:[^"\\]|\\.)*" | -?\d+ | true | false | \[ [^\[\]]* \] | \{ [^{}]* \} )
    """,
    re.VERBOSE,
)
"""A key with its value, wherever it stands in a line that is no JSON as a whole."""
_NEWER = re.compile(r'"format": *(\d{1,9})')


@dataclass(frozen=True, slots=True)
class Repaired:
    """A lock that can be read again."""

    lock: Lock
    done: tuple[str, ...]
    """What was mended, a line each; nothing where the lock was sound."""
    lost: tuple[tuple[int, str], ...]
    """Lines of which too little could be read, with their numbers; their cards have to come from elsewhere."""


def repair(text: str) -> Repaired:
    """Read of *text*, the content of a lock, all that can be read.

    Raises `CannotDo` where a newer program wrote it, whose lines must not be cut down to what this one knows.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    _refuse_newer(lines)
    done: list[str] = []
    lost: list[tuple[int, str]] = []
    entries: list[Entry] = []
    for number, line in _without_markers(lines, done):
        if not line.strip() or _is_header(line):
            continue
        entry, slip = _read(line)
        if entry is None:
            lost.append((number, line))
            continue
        if slip:
            done.append(f"line {number}: {slip}; kept what could be read of {entry.question!r}")
        entries.append(entry)
    if not _is_header(lines[0]):
        done.insert(0, "line 1: put the header back")
    return Repaired(Lock(tuple(_united(entries, done))), tuple(done), tuple(lost))


def _refuse_newer(lines: Sequence[str]) -> None:
    newest = max((int(found[1]) for line in lines[:2] if (found := _NEWER.search(line))), default=FORMAT)
    if newest > FORMAT:
        raise CannotDo(f"the lock was written by a newer mlopscards (format {newest}); update mlopscards")


def _is_header(line: str) -> bool:
    return '"tool"' in line and '"guid"' not in line


def _without_markers(lines: Sequence[str], done: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines of both sides of each conflict; what both came from is known from them."""
    in_base = False
    for number, line in enumerate(lines, 1):
        if line.startswith(MARKERS):
            in_base = line.startswith(BASE) or (in_base and not line.startswith(SIDES))
            if line.startswith(MARKERS[0]):
                done.append(f"line {number}: took the lines of both sides of a conflict")
        elif not in_base:
            yield number, line


def _read(line: str) -> tuple[Entry | None, str]:
    """Read a line; of one that is broken what can be read, and what is wrong with it."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return _salvaged(dict(_values_in(line))), f"not JSON: {error.msg}"
    except (ValueError, RecursionError):
        return _salvaged(dict(_values_in(line))), f"not JSON that can be read: {TOO_MUCH}"
    if not isinstance(row, dict):
        return None, "no object"
    slip = wrong_in(row)
    return (_salvaged(row), slip) if slip else (entry_of(row), "")


def _values_in(line: str) -> Iterator[tuple[str, object]]:
    for found in _KEY.finditer(line):
        try:
            yield found["key"], json.loads(found["value"])
        except (ValueError, RecursionError):
            continue


_MISSING: dict[str, object] = {
    "kind": "definition",
    "path": "",
    "headings": [],
    "answer": "",
    "digest": "",
    "modified": 1,
}
"""What the next build finds out again. Guid, type and question have to be there."""
_UNSURE = frozenset({"line", "headings", "modified", "retired", "retired_at", "clozes"})
"""Keys whose values can be wrong although their type is right."""


def _salvaged(row: dict[str, object]) -> Entry | None:
    """Make a card of the values that are right, where they are enough."""
    right = {key: value for key, value in row.items() if type(value) is (REQUIRED | OPTIONAL).get(key)}
    sure = {key: value for key, value in right.items() if key not in _UNSURE}
    wholes = (_MISSING | right, _MISSING | sure)
    return next((entry_of(whole) for whole in wholes if not wrong_in(whole)), None)


def _united(entries: Iterable[Entry], done: list[str]) -> Iterator[Entry]:
    """Make one of those that have the same guid."""
    by_guid: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_guid[entry.guid].append(entry)
    for guid, same in by_guid.items():
        if len(same) > 1:
            done.append(f"guid {guid!r}: made one of {len(same)} lines, {same[0].question!r}")
        yield _one_of(same)


def _one_of(same: Sequence[Entry]) -> Entry:
    """Keep what was changed last; where the others said something else, it has to be newer than what they gave."""
    *others, last = sorted(same, key=lambda entry: (max(entry.modified, entry.retired), entry.digest))
    differ = any(other.digest != last.digest for other in others)
    clozes = {number: text for entry in (*others, last) for number, text in entry.clozes.items()}
    return replace(last, modified=last.modified + differ, clozes=clozes) if others else last
