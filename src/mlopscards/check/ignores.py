"""What authors turned off: for a course, for a file, for one block; and what of it does nothing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
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
    last, listed = number, False
    first: Block | None = None
    above: BlockKind | None = None
    for at in range(bisect_left(seen.block_lines, number), len(seen.blocks)):
        block = seen.blocks[at]
        if block.kind is BlockKind.RULE:
            continue
        if first is None or above is BlockKind.HEADING:
            first = first or block
            listed = listed or bool(block.marker)
        elif not ((block.marker or block.indent > first.indent) and listed and block.gap <= 1):
            break
        last, above = block.span.end_line, block.kind
    return number, last


ACROSS_FILES = frozenset({"N107", "N109", "M107", "M108", "L402", "Q504", "Q505"})
"""Codes of what one file alone may not show."""


class _Told:
    """The ignores by what they turn off, so that each finding meets few of them."""

    def __init__(self, ignores: Iterable[Ignore]) -> None:
        self.wide: dict[tuple[str, str], list[Ignore]] = defaultdict(list)
        self.blocks: dict[tuple[str, str], list[Ignore]] = defaultdict(list)
        for ignore in sorted(ignores, key=lambda ignore: ignore.first):
            (self.blocks if ignore.last else self.wide)[ignore.code, ignore.path].append(ignore)

    def hiding(self, problem: Problem) -> Iterator[Ignore]:
        """The ignores that turn *problem* off."""
        code, path, line = problem.code, problem.span.path, problem.span.line
        yield from self.wide.get((code, ""), ())
        yield from self.wide.get((code, path), ())
        near = self.blocks.get((code, path), [])
        at = bisect_right(near, line, key=lambda ignore: ignore.first)
        # Several comments may stand above one block.
        while at and near[at - 1].last >= line:
            at -= 1
            yield near[at]


def without_ignored(problems: Iterable[Problem], ignores: Sequence[Ignore], *, whole: bool) -> Iterator[Problem]:
    """Leave out what is turned off, and report what turns nothing off.

    Where not all files were read, what holds for the whole course, or is found by comparing files, may be needed.
    """
    told = _Told(ignores)
    for problem in problems:
        hiding = [*told.hiding(problem)]
        for ignore in hiding:
            ignore.used = True
        if not hiding:
            yield problem
    for ignore in ignores:
        if not ignore.used and (whole or (ignore.path and ignore.code not in ACROSS_FILES)):
            yield found("I902", ignore.span, f"turns off {ignore.code}, which is not found here; delete it")
