"""What became of every line: each of one kind, the sum is the file, and a card's line has its words on the card."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_format import CASES, Case, cases_of, name_in
from test_pipeline import COURSE, GROWING, NASTY, PIECES

from mlopscards import provenance
from mlopscards.coverage import MEANINGS, FileCoverage, Line, percent
from mlopscards.model import NO_TEXT, OPEN, SET_ASIDE, SHOWN, LineKind
from mlopscards.pipeline import coverage_of_note
from mlopscards.provenance import Part
from mlopscards.source import find_notes, parse_note, read_note

FIXTURE = Path(__file__).parent / "fixtures" / "coverage.md"
ROOT = Path(__file__).parent.parent
TOLD = cases_of(FIXTURE.read_text(encoding="utf-8"), FIXTURE.name)


def covered(text: str, name: str = "notes.md") -> FileCoverage:
    note, _ = parse_note(name, text, lenient=True)
    assert note
    return coverage_of_note(note)


def lines_in(text: str) -> list[str]:
    """The lines of a file as an editor counts them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd").split("\n")
    return lines[:-1] if not lines[-1] else lines


# --- the specification --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case.title)
def test_every_line_is_what_the_specification_says(case: Case) -> None:
    expected = case.expected.split("\n") if case.expected else []
    assert [told(line) for line in covered(case.markdown).lines] == expected


def told(line: Line) -> str:
    return f"{line.kind}: {', '.join(line.parts)}" if line.parts else str(line.kind)


def test_the_specification_shows_every_kind_of_line() -> None:
    shown = {line.partition(":")[0] for case in TOLD for line in case.expected.split("\n")}
    assert {kind.value for kind in LineKind} - shown == {"too long to read"}


def test_a_line_that_is_too_long_is_named() -> None:
    assert covered("- " + "word " * 2_000).counts == {LineKind.TOO_LONG: 1}


# --- laws ---------------------------------------------------------------------------------------------------------


def check(text: str, name: str = "notes.md") -> FileCoverage:
    """The laws that hold for any notes."""
    found = covered(text, name)
    assert [line.text for line in found.lines] == lines_in(text), "the sum is the file"
    assert [line.number for line in found.lines] == list(range(1, len(found.lines) + 1))
    for line in found.lines:
        _check_line(line, found)
    return found


def _check_line(line: Line, found: FileCoverage) -> None:
    assert isinstance(line.kind, LineKind)
    assert (line.kind is LineKind.BLANK) == (not line.text.strip()) or line.kind in (
        LineKind.FRONT_MATTER,
        LineKind.CODE,
        LineKind.CARD,
        LineKind.COMMENT,
        LineKind.FORMULA,
    ), line
    assert bool(line.cards) == (line.kind in (LineKind.CARD, LineKind.PARTLY)), line
    assert bool(line.parts) == bool(line.cards), line
    for at in line.cards:
        source = found.cards[at].source
        assert source.line <= line.number <= source.end_line, line
    if line.kind is LineKind.CARD and not _is_in_block(line, found):
        _check_words(line, found)


def _is_in_block(line: Line, found: FileCoverage) -> bool:
    """Code and set math are told as a whole, the marks around them included."""
    around = "".join(found.cards[at].answer.text + found.cards[at].extra.text for at in line.cards)
    return "```" in around or "$$" in around


PLAIN = re.compile(r"[^\W\d_]{4,}")
ADDRESS = re.compile(r"\]\([^)]*\)|https?://\S+|<[^>]*>|\{\{c\d+::|&\w+;")


def _check_words(line: Line, found: FileCoverage) -> None:
    """Most words of a card's line stand on the cards that it is said to be on; counted without the code's own means."""
    cards = [found.cards[at] for at in line.cards]
    shown = " ".join(
        f"{card.question.text} {card.answer.text} {card.extra.text} {card.term.text}" for card in cards
    ).lower()
    words = PLAIN.findall(ADDRESS.sub(" ", line.text).lower())
    there = [word for word in words if word.rstrip("s") in shown or word in provenance.EMPTY_WORDS]
    assert len(there) >= len(words) // 2 or line.parts == (Part.MEDIA,), (line, shown)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=300) | st.lists(PIECES, max_size=40).map("".join))
@example("")
@example("\n")
@example("\ufeff")
@example("---\nweek: 1\n---")
@example("---\nweek: 1\n---\n")
@example("<!-- a\n\nb -->\n")
def test_any_text_is_told_line_by_line(text: str) -> None:
    found = check(text)
    assert covered(text) == found
    assert 0 <= percent(found.counts) <= 100


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_the_nastiest_text_is_told_line_by_line(text: str) -> None:
    check(text)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{file}-{case.title}") for file, case in CASES])
def test_the_laws_hold_for_the_specification_of_the_format(case: Case) -> None:
    check(case.markdown, name_in(case.title))


def notes() -> Iterator[Path]:
    yield from find_notes(COURSE)
    yield from find_notes(ROOT / "notes")


@pytest.mark.parametrize("path", list(notes()), ids=lambda path: path.stem)
def test_the_laws_hold_for_real_notes(path: Path) -> None:
    note, _ = read_note(path, path.name)
    assert note
    check(path.read_text(encoding="utf-8"), path.name)


def test_without_its_cards_no_line_is_on_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words decide, not what the parser says of itself."""
    from mlopscards import cards

    monkeypatch.setattr(cards, "cards_of", lambda concepts, tags: ())
    for case in TOLD:
        assert not set(covered(case.markdown).counts) & SHOWN, case.title


@pytest.mark.parametrize(("size", "grow"), GROWING.values(), ids=GROWING)
def test_lines_are_compared_with_the_cards_that_hold_them_and_no_others(
    size: int, grow: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is counted, not timed: twice the text, twice the comparisons."""
    counted: Counter[str] = Counter()
    for name in ("parts_of", "marks_of"):
        monkeypatch.setattr(provenance.Shown, name, _counting(getattr(provenance.Shown, name), counted))
    sums = []
    for times in (1, 2):
        counted.clear()
        covered(grow(size * times))  # type: ignore[operator]
        sums.append(counted.total())
    assert sums[1] <= 2.2 * sums[0] + 20


def _counting(method: object, counted: Counter[str]) -> object:
    def count(self: object, words: object) -> list[object]:
        counted["calls"] += 1
        return list(method(self, words))  # type: ignore[operator]

    return count


# --- kinds and percentages ----------------------------------------------------------------------------------------


def test_every_kind_is_in_one_group_and_has_a_meaning() -> None:
    groups = [SHOWN, OPEN, SET_ASIDE, NO_TEXT]
    assert sum(map(len, groups)) == len(LineKind)
    assert frozenset().union(*groups) == frozenset(LineKind)
    assert set(MEANINGS) == set(LineKind)


def test_what_cannot_be_on_a_card_does_not_count() -> None:
    full = Counter(
        {LineKind.CARD: 3, LineKind.BLANK: 9, LineKind.LINK: 2, LineKind.FRONT_MATTER: 4, LineKind.COMMENT: 1}
    )
    assert percent(full) == 100
    assert percent(full + Counter({LineKind.PROSE: 1})) == 75


def test_ignored_reasons_do_not_count() -> None:
    counts = Counter({LineKind.CARD: 3, LineKind.PROSE: 6, LineKind.CODE: 1})
    assert percent(counts, frozenset({LineKind.PROSE})) == 75
    assert percent(counts, frozenset({LineKind.PROSE, LineKind.CODE})) == 100


def test_nothing_to_cover_is_covered() -> None:
    assert percent(Counter()) == 100
    assert percent(covered("\n\n").counts) == 100
