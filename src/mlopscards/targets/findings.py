"""Findings as what people, editors, GitHub and other programs read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from mlopscards import __version__
from mlopscards.check.catalogue import BY_CODE, CODES, Code
from mlopscards.model import Problem

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def located(problems: Sequence[Problem], folder: str) -> tuple[Problem, ...]:
    """The problems with paths as they are seen from where the command runs; *folder* is the notes folder from there."""
    before = "" if folder in ("", ".") else f"{folder.rstrip('/')}/"
    return tuple(replace(one, span=replace(one.span, path=before + one.span.path)) for one in problems)


def as_text(problems: Sequence[Problem]) -> Iterator[str]:
    """A line a finding, `path:line:column: CODE message`, as editors parse it."""
    yield from (f"{_one_line(str(problem))}\n" for problem in problems)


def _one_line(text: str) -> str:
    """Keep names of files and words of notes from breaking a line."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


# --- JSON --------------------------------------------------------------------------------------------------------


def as_json(problems: Sequence[Problem]) -> Iterator[str]:
    """A list of objects, one a finding."""
    yield json.dumps([_object(problem) for problem in problems], ensure_ascii=False, indent=1) + "\n"


def _object(problem: Problem) -> dict[str, Any]:
    span, code = problem.span, BY_CODE[problem.code]
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "code": problem.code,
        "severity": str(problem.severity),
        "title": code.title,
        "message": problem.message,
        "mend": code.mend,
    }


# --- GitHub ------------------------------------------------------------------------------------------------------


def as_github(problems: Sequence[Problem]) -> Iterator[str]:
    """Workflow commands, which GitHub shows beside the changed lines."""
    for problem in problems:
        span = problem.span
        places = {"file": span.path, "line": span.line, "endLine": span.end_line, "col": span.column}
        title = f"{problem.code} {BY_CODE[problem.code].title}"
        told = ",".join(f"{name}={_property(str(value))}" for name, value in {**places, "title": title}.items())
        yield f"::{problem.severity} {told}::{_escaped(problem.message)}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


# --- SARIF -------------------------------------------------------------------------------------------------------


def as_sarif(problems: Sequence[Problem]) -> Iterator[str]:
    """SARIF 2.1.0, for code scanning and editors."""
    order = {code.code: at for at, code in enumerate(CODES)}
    driver = {"name": "mlopscards", "version": __version__, "rules": [_rule(code) for code in CODES]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, order[problem.code]) for problem in problems],
    }
    yield json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _rule(code: Code) -> dict[str, Any]:
    source = f"\n\nSource: {code.source}." if code.source else ""
    return {
        "id": code.code,
        "name": "".join(word.capitalize() for word in code.title.split()),
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.why},
        "help": {"text": f"{code.why}\n\n{code.mend}{source}"},
        "defaultConfiguration": {"level": str(code.severity)},
    }


def _result(problem: Problem, at: int) -> dict[str, Any]:
    span = problem.span
    region = {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line}
    place = {"artifactLocation": {"uri": quote(span.path)}, "region": region}
    return {
        "ruleId": problem.code,
        "ruleIndex": at,
        "level": str(problem.severity),
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": place}],
    }


FORMATS: Mapping[str, Callable[[Sequence[Problem]], Iterator[str]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
