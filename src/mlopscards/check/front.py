"""What the files say of themselves: which week they belong to, and letters that got lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlopscards.check.catalogue import found
from mlopscards.check.seen import Course, Seen
from mlopscards.model import Problem, Span
from mlopscards.patterns import PART
from mlopscards.source import COURSE, FENCE, KEYS, WEEK, number_in


def line_of(seen: Seen, key: str) -> int:
    """The line in which the front matter has *key*; 0 where it has not."""
    return next((n for n, line in enumerate(seen.note.front_matter, 1) if re.match(rf"{key}\s*:", line)), 0)


def weeks_twice(course: Course) -> Iterator[Problem]:
    """Files that say they are the same week under different titles."""
    first: dict[tuple[int | None, int], Seen] = {}
    for seen in course.files:
        place = seen.note.place
        if place.week is None or not line_of(seen, "week") or not line_of(seen, "title"):
            continue
        other = first.setdefault((place.course, place.week), seen)
        if other.note.place.title != place.title:
            where = Span(other.path, line_of(other, "week"))
            message = (
                f"week {place.week} is {other.note.place.title!r} at {where}; correct the number, or use one title"
            )
            yield found("N107", Span(seen.path, line_of(seen, "week")), message)


def names_that_disagree(seen: Seen) -> Iterator[Problem]:
    """A name such as `week-2.md` over `week: 3`."""
    for key, pattern, told in (("course", COURSE, seen.note.place.course), ("week", WEEK, seen.note.place.week)):
        line, named = line_of(seen, key), number_in(pattern, seen.path)
        if line and named is not None and told is not None and named != told:
            message = f"{key!r} is {told}, the file's name says {named}; correct the one that is wrong"
            yield found("N108", Span(seen.path, line), message)


def files_without_week(course: Course) -> Iterator[Problem]:
    """The odd file of a course whose others all say where they belong."""
    lost = [seen for seen in course.files if not _is_placed(seen)]
    if len(lost) * 2 < len(course.files):
        for seen in lost:
            if seen.cards and not seen.note.front_matter:
                message = "does not say which week it belongs to; put 'course:' and 'week:' at its top, or a 'title:'"
                yield found("N109", Span(seen.path, 1), message)


def _is_placed(seen: Seen) -> bool:
    place = seen.note.place
    if place.week is not None:
        return True
    return any((part := PART.match(item.text.plain)) and part["what"].lower() == "week" for item in seen.outline)


OWN_KEY = re.compile(rf"(?:{'|'.join(KEYS)})\s*:(?:\s|$)")
MOST_KEYS = 40
"""Lines among which front matter that went wrong is looked for."""


def misplaced_front_matter(seen: Seen) -> Iterator[Problem]:
    """Front matter that is read as text: never closed, or not in the first line."""
    lines = seen.lines[: 2 * MOST_KEYS]
    first = next((at for at, line in enumerate(lines[:MOST_KEYS]) if line.strip()), 0)
    if first == 0 and lines[0].rstrip() != FENCE:
        # A title or a comment above it is a slip; further down a rule is a rule.
        first = next((at for at, line in enumerate(lines[1:6], 1) if line.rstrip() == FENCE), 0)
    block = lines[first + 1 : first + 1 + MOST_KEYS]
    if seen.note.front_matter or lines[first].rstrip() != FENCE or not block or not OWN_KEY.match(block[0]):
        return
    span = Span(seen.path, first + 1)
    closed = any(line.rstrip() == FENCE for line in block)
    if not first and not closed:
        yield found("N110", span, "front matter is not closed; close it with a line of ---")
    elif first and closed:
        yield found("N111", span, f"front matter does not begin in the first line; delete the {first} above it")


# --- letters -----------------------------------------------------------------------------------------------------

MOJIBAKE = re.compile(r"[ÃÂ][\u0080-\u00bf]|â€[\u0080-\u00bf™œ\u009d“”˜¦]|â€\S|Ã[ƒ‚]|ï»¿|\ufffd")
"""What UTF-8 looks like where it was read as Windows-1252 or Latin-1."""
CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f\u0080-\u0084\u0086-\u009f\ufffe\uffff]")


def lost_letters(seen: Seen) -> Iterator[Problem]:
    """The first of each kind in a line; what was saved wrongly is wrong in many places."""
    for number, line in enumerate(seen.lines, 1):
        if line.isascii() and line.isprintable():
            continue
        if wrong := MOJIBAKE.search(line):
            span = Span(seen.path, number, wrong.start() + 1)
            yield found("N112", span, f"{wrong[0]!r} was decoded wrongly; type it anew, or restore the file")
        elif hidden := CONTROL.search(line):
            span = Span(seen.path, number, hidden.start() + 1)
            yield found("N113", span, f"holds the control character {hidden[0]!r}; delete it")
