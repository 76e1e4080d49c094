"""Findings about notes and cards. One check is one small function in a list; what it finds are values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from mlopscards.check import alike, craft, front, links, markup, questions, tables
from mlopscards.check.catalogue import BY_CODE, CODES, FAMILIES, Code
from mlopscards.check.ignores import Ignore, checked, ignores_of, without_ignored
from mlopscards.check.seen import Course, Seen, see
from mlopscards.model import Problem

__all__ = ["BY_CODE", "CODES", "FAMILIES", "Code", "Course", "Ignore", "Seen", "findings_of", "see"]

FILE_CHECKS: tuple[Callable[[Seen], Iterator[Problem]], ...] = (
    front.misplaced_front_matter,
    front.names_that_disagree,
    front.lost_letters,
    markup.open_fences,
    markup.open_comments,
    markup.open_math,
    markup.broken_clozes,
    markup.open_gaps,
    markup.open_bold,
    markup.open_code,
    markup.open_folds,
    markup.removed_html,
    markup.lost_signs,
    markup.headings_without_blank,
    tables.ragged_rows,
    tables.no_tables,
    links.undefined_references,
    links.footnotes,
    questions.unanswered,
    questions.empty_terms,
    craft.long_answers,
    craft.yes_or_no,
    craft.given_away,
    craft.dangling_questions,
    craft.two_in_one,
)
"""What can be told from one file alone."""

COURSE_CHECKS: tuple[Callable[[Course], Iterator[Problem]], ...] = (
    front.weeks_twice,
    front.files_without_week,
    links.missing_media,
    links.unused_media,
    links.colliding_names,
    links.broken_links,
    alike.one_question_two_answers,
    alike.confusable_questions,
)
"""What takes all files."""


def findings_of(course: Course, known: Iterable[Problem] = (), ignores: Sequence[Ignore] = ()) -> tuple[Problem, ...]:
    """All findings about *course*, sorted; *known* are those of reading it, *ignores* what its settings turn off."""
    problems = list(known)
    told = [checked(ignore) for ignore in ignores] + [one for seen in course.files for one in ignores_of(seen)]
    turned_off = [one for one in told if isinstance(one, Ignore)]
    problems += [one for one in told if isinstance(one, Problem)]
    for seen in course.files:
        for check in FILE_CHECKS:
            problems += check(seen)
    for course_check in COURSE_CHECKS:
        problems += course_check(course)
    return tuple(sorted(set(without_ignored(problems, turned_off, whole=course.whole))))
