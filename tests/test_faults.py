"""Seeded faults: each one is planted into clean notes, and found at its place, with its code, and nothing else is.

A case of `fixtures/faults/faults.md` is a title, a dot, an edit, a dot, the findings, a dot. An edit names a file, then
its lines: `-` goes out, `+` comes in, a blank before a line that stays; a file of nothing but `+` is new. `‸` in a line
that comes in is the place of the finding, unless the finding says its own: `CODE path:line:column part of the message`.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from test_format import cases_of

from mlopscards.check import CODES
from mlopscards.model import Problem
from mlopscards.pipeline import check

ROOT = Path(__file__).parent / "fixtures" / "faults"
CLEAN = ROOT / "clean"
FAULTS = cases_of((ROOT / "faults.md").read_text(encoding="utf-8"), "faults.md")
LEAST_FAULTS = 70
MARK = "‸"
FILE = re.compile(r"(?P<path>[\w./-]+\.(?:md|yaml|png|svg|pdf))(?: (?P<how>latin-1|empty))?$")
EXPECTED = re.compile(r"(?P<code>[A-Z]\d{3})(?: (?P<place>[\w./-]+:\d+:\d+))?(?: (?P<message>.+))?$")


class Edit(NamedTuple):
    path: str
    how: str
    old: tuple[str, ...]
    new: tuple[str, ...]


def edits_of(text: str) -> Iterator[Edit]:
    """Read the edits of one case."""
    files: list[tuple[str, str, list[str]]] = []
    for line in text.split("\n"):
        if named := FILE.match(line):
            files.append((named["path"], named["how"] or "", []))
        else:
            assert line[:1] in ("-", "+", " "), f"{line!r}: expected a file, or a line behind '-', '+' or a blank"
            files[-1][2].append(line)
    for path, how, lines in files:
        old, new = (tuple(line[1:] for line in lines if line[0] in kept) for kept in ("- ", "+ "))
        yield Edit(path, how, old, new)


def plant(edit: Edit, folder: Path) -> str | None:
    """Make *edit* in *folder*; return the place that it marks."""
    target = folder / edit.path
    if edit.how == "empty":
        target.write_bytes(b"")
        return None
    lines = target.read_text(encoding="utf-8").split("\n") if target.exists() else [*edit.old]
    found = [at for at in range(len(lines)) if tuple(lines[at : at + len(edit.old)]) == edit.old]
    at = found[0] if target.exists() else 0
    assert len(found) == 1 or not target.exists(), f"{edit.path}: {edit.old} stands there {len(found)} times"
    lines[at : at + len(edit.old)] = edit.new
    marked = [f"{edit.path}:{n}:{line.index(MARK) + 1}" for n, line in enumerate(lines, 1) if MARK in line]
    target.write_text("\n".join(lines).replace(MARK, ""), encoding=edit.how or "utf-8")
    return marked[0] if marked else None


def planted(markdown: str, folder: Path) -> list[str]:
    """Copy the clean notes into *folder* and plant a fault; return the places that are marked."""
    shutil.copytree(CLEAN, folder)
    return [place for edit in edits_of(markdown) if (place := plant(edit, folder))]


def is_found(expected: re.Match[str], problem: Problem, marked: list[str]) -> bool:
    place = expected["place"] or (marked[0] if marked else "")
    return (problem.code, str(problem.span)) == (expected["code"], place) and (
        expected["message"] or ""
    ) in problem.message


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.title)
def test_each_fault_is_found_at_its_place_and_nothing_else(case, tmp_path: Path) -> None:
    marked = planted(case.markdown, tmp_path / "notes")
    wanted = [EXPECTED.fullmatch(line) for line in case.expected.split("\n")]
    assert all(wanted), case.expected
    found = check(tmp_path / "notes")
    assert [str(one) for one in found if not any(is_found(each, one, marked) for each in wanted)] == []
    assert [each[0] for each in wanted if not any(is_found(each, one, marked) for one in found)] == []


def test_clean_notes_have_no_findings() -> None:
    assert check(CLEAN) == ()


def test_the_faults_are_many_and_of_every_code() -> None:
    assert len(FAULTS) >= LEAST_FAULTS
    planted_codes = Counter(line[:4] for case in FAULTS for line in case.expected.split("\n"))
    assert {code.code for code in CODES} == set(planted_codes)


def test_no_fault_is_planted_twice() -> None:
    assert len({case.markdown for case in FAULTS}) == len(FAULTS) == len({case.title for case in FAULTS})
