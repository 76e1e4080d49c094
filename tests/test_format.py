"""The note format: the files in `fixtures/format/` are its specification.

A case is a title, a dot, Markdown, a dot, the cards it shall give, a dot. A file name within the title is the name of
the notes; words in brackets at its end show more of each card than question and answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from mlopscards.model import Card, NoteType, breadcrumb
from mlopscards.pipeline import cards_of_text

ROOT = Path(__file__).parent / "fixtures" / "format"
FILES = sorted(ROOT.glob("*.md"))
LEAST_FILES = 13
LEAST_CASES = 150


class Case(NamedTuple):
    title: str
    markdown: str
    expected: str


# --- cards as text -----------------------------------------------------------------------------------------------

MORE: dict[str, Callable[[Card], Iterable[str]]] = {
    "reverse": lambda card: [f"R: {card.reverse.text}"] if card.reverse else [],
    "extra": lambda card: [f"E: {one_line(card.extra.text)}"] if card.extra else [],
    "links": lambda card: [f"L: {link.text} <{link.url}>" for link in card.references],
    "context": lambda card: [f"@ {' › '.join(breadcrumb(card))}"],
    "tags": lambda card: [f"# {' '.join(card.tags)}"],
    "also": lambda card: [f"also {span.line}-{span.end_line}" for span in card.also],
}
"""What a case may show below each of its cards."""
BEFORE: dict[str, Callable[[Card], str]] = {
    "lines": lambda card: f"{card.source.line}-{card.source.end_line} ",
    "kinds": lambda card: f"{card.kind} ",
}
"""What a case may show before each question."""


def written(cards: Iterable[Card], shown: Iterable[str] = ()) -> str:
    """Write *cards* as the examples have them: `Q: …` over `A: …`, or `C: …` for a cloze.

    Members are joined by ` · `; `⇄` marks an answer that is also asked the other way round.
    """
    return "\n".join(line for card in cards for line in _lines(card, set(shown)))


def _lines(card: Card, shown: set[str]) -> Iterator[str]:
    before = "".join(show(card) for name, show in BEFORE.items() if name in shown)
    if card.note_type is NoteType.CLOZE:
        yield f"{before}C: {one_line(card.question.text)}"
    else:
        yield f"{before}Q: {one_line(card.question.text)}"
        yield f"A: {one_line(card.answer.text)}{' ⇄' * bool(card.reverse)}"
    for name, show in MORE.items():
        if name in shown:
            yield from show(card)


def one_line(text: str) -> str:
    return " · ".join(re.sub(r"^\s*- ", "", line).strip() for line in text.split("\n") if line.strip())


# --- reading fixture files ---------------------------------------------------------------------------------------


def cases_of(text: str, name: str) -> list[Case]:
    """Read the cases of one fixture file; what is no whole case is refused."""
    lines = text.split("\n")
    dots = [at for at, line in enumerate(lines) if line == "."]
    assert dots, f"{name}: no cases"
    assert len(dots) % 3 == 0, f"{name}: {len(dots)} lines of a dot are not whole cases of three"
    cases: list[Case] = []
    after = 0
    for start, middle, end in zip(dots[::3], dots[1::3], dots[2::3], strict=True):
        titles = [line for line in lines[after:start] if line]
        assert len(titles) == 1, f"{name}:{start + 1}: expected one line of title above the dot, not {titles!r}"
        cases.append(Case(titles[0], "\n".join(lines[start + 1 : middle]), "\n".join(lines[middle + 1 : end])))
        after = end + 1
    left = [line for line in lines[after:] if line]
    assert not left, f"{name}: stands behind the last case: {left[0]!r}"
    return cases


def shown_in(title: str) -> list[str]:
    """What the brackets at the end of *title* ask to be shown."""
    found = re.search(r"\[([a-z, ]+)\]$", title)
    words = re.findall(r"[a-z]+", found[1]) if found else []
    assert set(words) <= {*MORE, *BEFORE}, f"{title!r}: expected in brackets some of {', '.join([*MORE, *BEFORE])}"
    return words


def name_in(title: str) -> str:
    found = re.search(r"[\w./-]+\.(?:md|txt)\b", title)
    return found[0] if found else "notes.md"


CASES = [(path.name, case) for path in FILES for case in cases_of(path.read_text(encoding="utf-8"), path.name)]


# --- the tests ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{file}-{case.title}") for file, case in CASES])
def test_notes_give_the_cards_of_the_specification(case: Case) -> None:
    assert written(cards_of_text(case.markdown, name_in(case.title)), shown_in(case.title)) == case.expected


@pytest.mark.parametrize("case", [case for file, case in CASES if file == "nothing.md"], ids=lambda case: case.title)
def test_nothing_means_no_card(case: Case) -> None:
    assert case.expected == ""


def test_the_specification_is_whole() -> None:
    assert len(FILES) >= LEAST_FILES
    assert len(CASES) >= LEAST_CASES


def test_no_case_stands_there_twice() -> None:
    seen = [(name_in(case.title), case.markdown) for _, case in CASES]
    assert len(set(seen)) == len(seen)
    titles = [(file, case.title) for file, case in CASES]
    assert len(set(titles)) == len(titles)


def test_only_the_file_for_it_has_cases_without_cards() -> None:
    silent = [f"{file}: {case.title}" for file, case in CASES if not case.expected and file not in ALLOWED_SILENT]
    assert not silent


ALLOWED_SILENT = {"nothing.md", "raw.md", "explicit.md", "cloze.md", "tables.md"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no cases"),
        ("only a title\n", "no cases"),
        ("title\n.\n- a: b\n.\n", "not whole cases"),
        (".\n- a: b\n.\nQ: a\n.\n", "one line of title"),
        ("one\ntwo\n.\n- a: b\n.\nQ: a\n.\n", "one line of title"),
        ("title\n.\n- a: b\n.\nQ: a\n.\nleft over\n", "behind the last case"),
    ],
)
def test_an_empty_or_malformed_fixture_file_fails(text: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        cases_of(text, "file.md")


def test_an_unknown_word_in_brackets_fails() -> None:
    with pytest.raises(AssertionError, match="expected in brackets"):
        shown_in("a title [colour]")
