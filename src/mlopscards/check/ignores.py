"""What authors turned off: for a course, for a file, for one block; and what of it does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mlopscards.check.catalogue import BY_CODE, found
from mlopscards.check.seen import Seen, code_spans
from mlopscards.model import Problem, Span
from mlopscards.syntax import Block, BlockKind

COMMENT = re.compile(r"<!--\s*mlopscards\s*:\s*(?P<word>[a-z-]*)\s*:?(?P<codes>[^<>]*?)\s*-->", re.IGNORECASE)


@dataclass(slots=True)
class Ignore:
    """One code that is turned off, and how far."""

    code: str
    span: Span
    first: int = 0
    last: int = 0
    """The lines for which it holds; 0 and 0 where it holds for the file, and an empty path for all of them."""
    path: str = ""
    used: bool = field(default=False, compare=False)

    def hides(self, problem: Problem) -> bool:
        """Say whether *problem* is turned off by it."""
        if problem.code != self.code or (self.path and problem.span.path != self.path):
            return False
        return not self.last or self.first <= problem.span.line <= self.last


def ignores_of(seen: Seen) -> Iterator[Ignore | Problem]:
    """What the front matter and the comments of a file turn off; a comment that says something else is a finding."""
    for code in seen.note.ignore:
        yield checked(Ignore(code, Span(seen.path, _front_line(seen)), path=seen.path))
    for number, line in enumerate(seen.lines, 1):
        if "<!--" in line and "mlopscards" in line.lower() and number not in seen.code_lines:
            yield from _commented(seen, number, line)


def _front_line(seen: Seen) -> int:
    return next((n for n, line in enumerate(seen.note.front_matter, 1) if re.match(r"ignore\s*:", line)), 1)


def _commented(seen: Seen, number: int, line: str) -> Iterator[Ignore | Problem]:
    hidden = list(code_spans(line))
    for comment in COMMENT.finditer(line):
        if any(start <= comment.start() < stop for start, stop in hidden):
            continue
        span = Span(seen.path, number, comment.start() + 1)
        codes = re.findall(r"[^\s,;]+", comment["codes"])
        if comment["word"].lower() != "ignore" or not codes:
            yield found("I901", span, "comment turns nothing off; expected '<!-- mlopscards: ignore K301 -->'")
        first, last = _next_block(seen, number)
        for code in codes if comment["word"].lower() == "ignore" else ():
            yield checked(Ignore(code, span, first, last, seen.path))


def checked(ignore: Ignore) -> Ignore | Problem:
    """*ignore*, or a finding where it names no code that can be turned off."""
    code = BY_CODE.get(ignore.code)
    if code is None:
        near = BY_CODE.get(ignore.code.upper())
        hint = f"did you mean {near.code!r}?" if near else "expected a code such as 'K301'"
        return found("I901", ignore.span, f"there is no finding {ignore.code[:20]!r}; {hint}")
    if not code.can_be_ignored:
        return found("I901", ignore.span, f"{code.code} can't be turned off; mend what it finds")
    return ignore


def _next_block(seen: Seen, number: int) -> tuple[int, int]:
    """The lines from a comment to the end of the next block: a paragraph, a whole list, a table, code.

    A heading goes with the block below it, for that is where its card stands.
    """
    blocks = [block for block in seen.blocks if block.span.line >= number and block.kind is not BlockKind.RULE]
    last = number
    for at, block in enumerate(blocks):
        above = blocks[at - 1] if at else None
        if (
            above is None
            or above.kind is BlockKind.HEADING
            or ((block.marker or block.indent > blocks[0].indent) and _is_listed(blocks[:at]) and block.gap <= 1)
        ):
            last = block.span.end_line
        else:
            break
    return number, last


ACROSS_FILES = frozenset({"N107", "N109", "M107", "M108", "L402", "Q504", "Q505"})
"""Codes of what one file alone may not show."""


def _is_listed(blocks: Sequence[Block]) -> bool:
    return any(block.marker for block in blocks[:2])


def without_ignored(problems: Iterable[Problem], ignores: Sequence[Ignore], *, whole: bool) -> Iterator[Problem]:
    """Leave out what is turned off, and report what turns nothing off.

    Where not all files were read, what holds for the whole course, or is found by comparing files, may be needed.
    """
    for problem in problems:
        hiding = [ignore for ignore in ignores if ignore.hides(problem)]
        for ignore in hiding:
            ignore.used = True
        if not hiding:
            yield problem
    for ignore in ignores:
        if not ignore.used and (whole or (ignore.path and ignore.code not in ACROSS_FILES)):
            yield found("I902", ignore.span, f"turns off {ignore.code}, which is not found here; delete it")
