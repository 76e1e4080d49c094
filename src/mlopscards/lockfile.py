"""`cards.lock` on disk to `Lock` and back: JSON Lines, a header and then one card a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlopscards.disk import replace_file
from mlopscards.errors import CannotDo
from mlopscards.model import NoteType

FORMAT = 1
HEADER = {"format": FORMAT, "tool": "mlopscards"}
MARKERS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
"""What git leaves in a file that it could not merge; no line of JSON begins so."""
BASE, SIDES = MARKERS[1], (MARKERS[0], *MARKERS[2:])
"""Which of them opens what both sides came from, and which open or close a side."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the lock remembers of one card. A line inserted above it changes nothing here."""

    guid: str
    kind: str
    note_type: NoteType
    path: str
    """The notes file it was last seen in, below the notes folder."""
    headings: tuple[str, ...]
    question: str
    """Plain text; of a cloze note with its `{{c1::…}}`, the numbers as they were issued."""
    answer: str
    digest: str
    """The fingerprint of all that travels to Anki."""
    modified: int
    """When that last changed, in seconds since 1970."""
    retired: int = 0
    """When it went out of the notes; 0 while it is in them."""
    id: str = ""
    """The author's own id."""
    deck: str = ""
    """The name of the deck that it was last put into."""
    line: int = 0
    """Where it stood in its file when it last changed; 0 where no build has told."""
    clozes: Mapping[int, str] = field(default_factory=dict)
    """Every cloze number this card ever had, with the text it last hid."""


@dataclass(frozen=True, slots=True)
class Lock:
    """All cards that were ever issued, in the order of the lecture."""

    entries: tuple[Entry, ...] = ()


REQUIRED: dict[str, type] = {
    "guid": str,
    "kind": str,
    "type": str,
    "path": str,
    "headings": list,
    "question": str,
    "answer": str,
    "digest": str,
    "modified": int,
}
OPTIONAL: dict[str, type] = {"line": int, "deck": str, "retired": bool, "retired_at": int, "id": str, "clozes": dict}
CALLED = {str: "a text", int: "a whole number", list: "a list", dict: "an object", bool: "true or false"}
TOO_MUCH = "a number too long, or lists too deep in each other"
RESTORE = "run `mlopscards lock repair`, or take the file as it was last committed"
REMAKE = "take the file as it was last committed, or delete it and run `mlopscards lock recover`"


def read_lock(path: Path) -> Lock:
    """Read the lock, which is empty where no build has written one yet; a broken one is refused, never guessed at."""
    text = read_text(path)
    return Lock() if text is None else parse_lock(str(path), text)


def read_text(path: Path) -> str | None:
    """Read what stands in the file, whatever it is; nothing where there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise CannotDo(f"{path}: is not UTF-8 text; {REMAKE}") from error
    except OSError as error:
        raise CannotDo(f"{path}: cannot be read: {error.strerror}") from error


def parse_lock(name: str, text: str) -> Lock:
    """Read *text*; *name* is what messages call the file."""
    # Not splitlines(): texts of cards may hold U+2028 and its kin, which JSON leaves as they are.
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith(MARKERS):
            raise _broken(
                name, number, f"conflict marker {line[:7]!r}", "run `mlopscards lock repair`, which keeps both sides"
            )
    if not text.strip():
        raise _broken(name, 1, "is empty where a header and cards were expected", REMAKE)
    _check_header(name, lines[0])
    numbered = [(number, line) for number, line in enumerate(lines[1:], 2) if line.strip()]
    entries = [_parse_entry(name, number, line) for number, line in numbered]
    _check_guids(name, zip((number for number, _ in numbered), entries, strict=True))
    return Lock(tuple(entries))


def write_lock(path: Path, lock: Lock) -> None:
    """Replace the file as a whole, and leave it untouched where nothing would change."""
    write_text(path, format_lock(lock))


def write_text(path: Path, text: str) -> None:
    """Replace the file at *path* as a whole, and leave it untouched where nothing would change."""
    after = text.encode()
    try:
        if not path.is_file() or path.read_bytes() != after:
            replace_file(path, after)
    except OSError as error:
        raise CannotDo(f"{path}: cannot be written: {error.strerror}") from error


def format_lock(lock: Lock) -> str:
    """Write *lock* as text, a line a card."""
    lines = [_to_json(HEADER), *(_to_json(_row(entry)) for entry in lock.entries)]
    return "\n".join(lines) + "\n"


def _to_json(row: Mapping[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _row(entry: Entry) -> dict[str, object]:
    """Put what *entry* has into the order of the keys that readers of a diff are used to."""
    row: dict[str, object] = {
        "guid": entry.guid,
        "kind": entry.kind,
        "type": str(entry.note_type),
        "path": entry.path,
        **({"line": entry.line} if entry.line else {}),
        **({"deck": entry.deck} if entry.deck else {}),
        "headings": list(entry.headings),
        "question": entry.question,
        "answer": entry.answer,
        "digest": entry.digest,
        "modified": entry.modified,
    }
    if entry.retired:
        row |= {"retired": True, "retired_at": entry.retired}
    if entry.id:
        row["id"] = entry.id
    if entry.clozes:
        row["clozes"] = {str(number): text for number, text in sorted(entry.clozes.items())}
    return row


def _check_header(name: str, line: str) -> None:
    header = _parse_object(name, 1, line)
    version = header.get("format")
    if header.get("tool") != HEADER["tool"] or type(version) is not int:
        raise _broken(name, 1, f"not the header of a lock, which is {_to_json(HEADER)}", RESTORE)
    if version > FORMAT:
        wrong = f"written by a newer mlopscards (format {version}, this one reads {FORMAT})"
        raise _broken(name, 1, wrong, "update mlopscards")
    if version < FORMAT:
        raise _broken(name, 1, f"there is no format {version}", RESTORE)


def _parse_object(name: str, number: int, line: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _broken(name, number, f"not JSON: {error.msg} at column {error.colno}", RESTORE) from error
    except (ValueError, RecursionError) as error:
        raise _broken(name, number, f"not JSON that can be read: {TOO_MUCH}", RESTORE) from error
    if not isinstance(row, dict):
        raise _broken(name, number, f"{_called(row)} where an object {{…}} was expected", RESTORE)
    return row


def _parse_entry(name: str, number: int, line: str) -> Entry:
    row = _parse_object(name, number, line)
    wrong = wrong_in(row)
    if wrong:
        raise _broken(name, number, wrong, RESTORE)
    return entry_of(row)


def wrong_in(row: Mapping[str, object]) -> str:
    """Say what the first slip in *row* is, or nothing."""
    for key, wanted in (REQUIRED | OPTIONAL).items():
        if key not in row:
            if key in REQUIRED:
                return f"key {key!r} is missing"
        elif type(row[key]) is not wanted:
            return f"{key!r} is {_called(row[key])}, expected {CALLED[wanted]}"
    unknown = [key for key in row if key not in REQUIRED and key not in OPTIONAL]
    if unknown:
        return f"key {unknown[0]!r} is not known"
    return _which_value_is_wrong(row)


def _which_value_is_wrong(row: Mapping[str, object]) -> str:
    if not row["guid"]:
        return "'guid' is empty"
    if row["type"] not in set(NoteType):
        return f"'type' is {row['type']!r}, expected one of {', '.join(map(repr, map(str, NoteType)))}"
    if not all(isinstance(heading, str) for heading in _list(row["headings"])):
        return "'headings' is not a list of texts"
    if not _positive(row.get("line", 1)):
        return "'line' is not a line, which count from 1"
    if not _positive(row["modified"]) or not _positive(row.get("retired_at", 1)):
        return "'modified' or 'retired_at' is not a time after 1970"
    if ("retired_at" in row) is not bool(row.get("retired")):
        return "'retired' and 'retired_at' go together"
    if not all(_is_number(n) and isinstance(text, str) for n, text in _dict(row.get("clozes")).items()):
        return "'clozes' does not lead from numbers to texts"
    return ""


def entry_of(row: Mapping[str, object]) -> Entry:
    """Make the card of a *row* with which nothing is wrong."""
    return Entry(
        guid=str(row["guid"]),
        kind=str(row["kind"]),
        note_type=NoteType(str(row["type"])),
        path=str(row["path"]),
        headings=tuple(map(str, _list(row["headings"]))),
        question=str(row["question"]),
        answer=str(row["answer"]),
        digest=str(row["digest"]),
        modified=_int(row["modified"]),
        retired=_int(row.get("retired_at")),
        id=str(row.get("id", "")),
        deck=str(row.get("deck", "")),
        line=_int(row.get("line")),
        clozes={int(number): str(text) for number, text in _dict(row.get("clozes")).items()},
    )


def _check_guids(name: str, entries: Iterable[tuple[int, Entry]]) -> None:
    first: dict[str, int] = {}
    for number, entry in entries:
        before = first.setdefault(entry.guid, number)
        if before != number:
            wrong = f"guid {entry.guid!r} is also on line {before}"
            raise _broken(name, number, wrong, "run `mlopscards lock repair`, which makes one of the two")


def _broken(name: str, number: int, wrong: str, mend: str) -> CannotDo:
    return CannotDo(f"{name}:{number}: {wrong}; {mend}")


def _called(value: object) -> str:
    return CALLED.get(type(value), "null or a fraction")


# The casts below follow a check of the type, which mypy cannot see through the table.
def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _positive(value: object) -> bool:
    return _int(value) > 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) > 0
