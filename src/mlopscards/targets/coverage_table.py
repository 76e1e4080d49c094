"""The coverage of notes as a table and a list of lines to read, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mlopscards.coverage import MEANINGS, FileCoverage, Line, percent, total
from mlopscards.model import NO_TEXT, SET_ASIDE, LineKind

Kinds = frozenset[LineKind]

APART = (LineKind.CARD, LineKind.HEAD, LineKind.REFERENCE, LineKind.PARTLY, LineKind.PROSE, LineKind.CODE)
OTHER = frozenset(kind for kind in LineKind if kind.is_open) - frozenset(APART)
COLUMNS: tuple[tuple[str, Kinds], ...] = (
    ("card", frozenset({LineKind.CARD})),
    ("head", frozenset({LineKind.HEAD})),
    ("link", frozenset({LineKind.REFERENCE})),
    ("in part", frozenset({LineKind.PARTLY})),
    ("prose", frozenset({LineKind.PROSE})),
    ("code", frozenset({LineKind.CODE})),
    ("other", OTHER),
    ("aside", SET_ASIDE),
    ("empty", NO_TEXT),
)
"""The columns of the table; every kind of line is in one of them, so that a row sums up to its file."""


def share(counts: Counter[LineKind], ignored: Kinds = frozenset()) -> str:
    """The percentage as it is shown; cut, not rounded, so that 100 is all."""
    return f"{int(percent(counts, ignored) * 10) / 10:.1f} %"


def as_text(files: Sequence[FileCoverage], ignored: Kinds = frozenset(), *, show: bool = False) -> Iterator[str]:
    """Yield a row a file and one in total, then why lines are on no card; with *show* each of them comes first."""
    if show:
        yield from _shown(files, ignored)
    rows = [("file", "lines", *(name for name, _ in COLUMNS), "covered")]
    rows += [_row(file.path, file.counts, ignored) for file in files]
    whole = total(files)
    if len(files) != 1:
        rows.append(_row("total", whole, ignored))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *rest = (
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *rest)) + "\n"
    yield from _reasons(whole, ignored)


def _row(path: str, counts: Counter[LineKind], ignored: Kinds) -> tuple[str, ...]:
    sums = (sum(counts[kind] for kind in kinds) for _, kinds in COLUMNS)
    return (path, str(counts.total()), *(str(number or "·") for number in sums), share(counts, ignored))


def _reasons(counts: Counter[LineKind], ignored: Kinds) -> Iterator[str]:
    """Say why lines are on no card, and which of them do not count."""
    found = [kind for kind in LineKind if counts[kind] and (kind.is_open or kind in SET_ASIDE)]
    width = max(map(len, found), default=0)
    if found:
        yield "\nOn no card, or not as a whole:\n"
    for kind in sorted(found, key=lambda kind: -counts[kind]):
        free = " (does not count)" if kind in SET_ASIDE or kind in ignored else ""
        yield f"{counts[kind]:>7}  {kind:<{width}}  {MEANINGS[kind]}{free}\n"


def _shown(files: Sequence[FileCoverage], ignored: Kinds) -> Iterator[str]:
    """Yield the lines that are on no card, as `path:line: kind | text`."""
    found = [
        (file.path, line) for file in files for line in file.lines if is_uncovered(line) and line.kind not in ignored
    ]
    places = [f"{path}:{line.number}:" for path, line in found]
    width = max(map(len, places), default=0)
    kinds = max((len(line.kind) for _, line in found), default=0)
    for place, (_, line) in zip(places, found, strict=True):
        missing = f"   [not on it: {' '.join(line.missing)}]" if line.kind is LineKind.PARTLY else ""
        yield f"{place:<{width}} {line.kind:<{kinds}} | {line.text.rstrip()}{missing}\n"
    if found:
        yield "\n"


def is_uncovered(line: Line) -> bool:
    """Say whether a line with text in it is on no card, or not as a whole."""
    return line.kind.is_open or line.kind in SET_ASIDE


def as_json(files: Sequence[FileCoverage], ignored: Kinds = frozenset(), *, show: bool = False) -> Iterator[str]:
    """Yield one object: the files with all their lines, or with *show* only those on no card, and the total."""
    whole = {
        "files": [_file(file, ignored, show=show) for file in files],
        "total": _summary(total(files), ignored),
        "ignored": sorted(ignored),
    }
    yield json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _file(file: FileCoverage, ignored: Kinds, *, show: bool) -> dict[str, Any]:
    lines = [line for line in file.lines if not show or (is_uncovered(line) and line.kind not in ignored)]
    return {"path": file.path, **_summary(file.counts, ignored), "lines": [_line(line, file) for line in lines]}


def _summary(counts: Counter[LineKind], ignored: Kinds) -> dict[str, Any]:
    return {
        "percent": round(percent(counts, ignored), 4),
        "counts": {"lines": counts.total(), **{kind.value: counts[kind] for kind in LineKind if counts[kind]}},
    }


def _line(line: Line, file: FileCoverage) -> dict[str, Any]:
    told = {
        "on": [part.value for part in line.parts],
        "cards": [file.cards[at].question.text for at in line.cards],
        "missing": list(line.missing),
    }
    return {
        "line": line.number,
        "kind": line.kind.value,
        **{key: value for key, value in told.items() if value},
        "text": line.text,
    }


Writer = Callable[..., Iterator[str]]
FORMATS: dict[str, Writer] = {"text": as_text, "json": as_json}
