"""Laws of the outline: no line is lost, and what does not change the meaning of notes does not change their cards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mlopscards.layout import Item
from mlopscards.mending import TAB
from mlopscards.model import Card, Note, Place, Span
from mlopscards.outline import outline_of
from mlopscards.pipeline import cards_of_text
from mlopscards.syntax import blocks_of

# --- what is tried -----------------------------------------------------------------------------------------------

SHAPES = [
    *["- {w}", "- **{w}**: says what {v} is", "- {w} - a thing that {v} holds", "- [x] {w}", "[ ] {w}", "• {w}"],
    *[
        "{w}: says what {v} is",
        "{w} --> a way to {v}",
        "{w} >> takes {v} in",
        "{w} :: {v}",
        "{w} = {v} / n",
        "({w} is like {v})",
    ],
    *["{w} runs on {v} at night.", "{w} and {v} differ when many of them meet in one place, as they nearly always do"],
    *[
        "{w} methods",
        "**{w}**",
        "**{w}:**",
        "Kinds of {w}:",
        "there are three {w}>>",
        "References {w}:",
        "PART 2 - {w}:",
    ],
    *[
        "# {w}",
        "## {w}",
        "### {w}",
        "## {w} and {v}",
        "## Pros",
        "## Week 3: {w}",
        "## What is {w}?",
        "**What is {w}?**",
    ],
    *[
        "1. {w}",
        "2. **{w}**: says what {v} is",
        "(1.) {w} - a thing",
        "   3. {w}:",
        "-{w} --> a thing of {v}",
        "a) {w}",
    ],
    *["Q: What is {w}?", "A: it is {v}", "A ==gap== in {w}", "Pros: {w}", "- Cons: {v}", "{w} vs {v}: they differ"],
    *["https://example.org/{w}", "- [{w}](https://example.org/{v})", "e.g. {w}", "Example: {w}", "`{w}`", "<b>{w}</b>"],
    *["$$ {w} = x $$", "> {w}", "> - {w}: says what {v} is", "| {w} | {v} |", "{w}<br>{v}", "<br>", "---", "***"],
    *["{w} which", "{w},", "and so on with {w}", "{w} (as {v}"],
]
"""Lines of notes; `{w}` and `{v}` become words that stand there once."""
INDENTS = ["", "", "", "", "  ", "   ", "    ", "\t", "        "]


@st.composite
def notes(draw: st.DrawFn, shapes: Sequence[str] = SHAPES, most: int = 12) -> str:
    """Notes in the style of handouts, in which each word stands once and tells its place."""
    count = draw(st.integers(1, most))
    lines = []
    for number in range(count):
        shape = draw(st.sampled_from(shapes)).format(w=f"wa{number:02}", v=f"wb{number:02}")
        lines.append(draw(st.sampled_from(INDENTS)) + shape + draw(st.sampled_from(["\n", "\n\n", "\n\n", "\n\n\n"])))
    return "".join(lines)


def items_in(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from items_in(item.children)


def outline(text: str) -> tuple[Item, ...]:
    return outline_of(blocks_of(Note("notes.md", text, Place())))


def words_in(text: str) -> list[str]:
    return re.findall(r"w[ab]\d\d", text)


def words_of(item: Item) -> list[str]:
    cells = [cell for row in item.rows for cell in row]
    return [word for text in (item.text, *cells) for word in words_in(text.plain)]


# --- the tree ----------------------------------------------------------------------------------------------------


@given(notes([shape for shape in SHAPES if "](" not in shape]))
def test_the_outline_keeps_every_word_once_and_in_order(text: str) -> None:
    assert [word for item in items_in(outline(text)) for word in words_of(item)] == words_in(text)


@given(notes())
def test_spans_stand_in_the_order_of_the_notes(text: str) -> None:
    lines = [item.span.line for item in items_in(outline(text))]
    assert lines == sorted(lines)


@given(notes([shape for shape in SHAPES if "<br>" not in shape]))
def test_each_word_stands_in_the_lines_of_its_span(text: str) -> None:
    lines = text.split("\n")
    for item in items_in(outline(text)):
        assert 1 <= item.span.line <= item.span.end_line <= len(lines)
        if not item.rows and "](" not in text:
            within = "\n".join(lines[item.span.line - 1 : item.span.end_line])
            assert set(words_of(item)) <= set(words_in(within))


@given(notes())
def test_headings_own_only_what_ranks_below_them(text: str) -> None:
    for item in items_in(outline(text)):
        if item.rank:
            assert all(child.rank > item.rank for child in item.children if child.rank)


@given(notes())
def test_an_item_ends_where_the_last_under_it_ends(text: str) -> None:
    for item in items_in(outline(text)):
        assert item.end_line == max(one.span.end_line for one in items_in([item]))


# --- what does not matter ----------------------------------------------------------------------------------------


def cards(text: str) -> tuple[Card, ...]:
    return cards_of_text(text, "notes.md")


def said(text: str) -> list[tuple[str, str, str]]:
    return [(card.question.html, card.answer.html, card.reverse.html) for card in cards(text)]


def down(card: Card, lines: int) -> Card:
    """The same card, *lines* further down."""
    return replace(card, source=_down(card.source, lines), also=tuple(_down(span, lines) for span in card.also))


def _down(span: Span, lines: int) -> Span:
    return replace(span, line=span.line + lines, end_line=span.end_line + lines)


@given(notes(), st.integers(1, 5))
def test_blank_lines_above_move_spans_and_nothing_else(text: str, lines: int) -> None:
    assume(not text.startswith("---"))
    assert cards("\n" * lines + text) == tuple(down(card, lines) for card in cards(text))


@given(notes())
def test_line_ends_of_windows_change_nothing(text: str) -> None:
    assert cards(text.replace("\n", "\r\n")) == cards(text)


@given(notes())
def test_line_ends_of_old_macs_change_nothing(text: str) -> None:
    assert cards(text.replace("\n", "\r")) == cards(text)


@given(notes())
def test_a_tab_is_as_wide_as_its_blanks(text: str) -> None:
    assert cards("\n".join(line.expandtabs(TAB) for line in text.split("\n"))) == cards(text)


@given(notes())
def test_blanks_at_the_end_of_lines_change_nothing(text: str) -> None:
    # Two of them would be a line break in Markdown.
    assert said(text.replace("\n", " \n")) == said(text)


@given(notes())
def test_blank_lines_at_the_end_change_nothing(text: str) -> None:
    assert cards(text + "\n\n\n") == cards(text)


@given(notes())
def test_the_same_notes_give_the_same_cards(text: str) -> None:
    assert cards(text) == cards(text)


@given(notes())
def test_comments_change_nothing_but_the_lines(text: str) -> None:
    assume(not text.startswith("---"))
    assert said("<!-- Q: hidden? A: yes -->\n\n" + text) == said(text)


LEVELS = [*(shape for shape in SHAPES if not shape.startswith("# ")), "## Kinds of {w}", "### {w} methods", "#### {w}"]


@given(notes(LEVELS), st.integers(1, 2))
@example("## Caching\n\n### Kinds\n\n- **lazy**: fills the cache late\n\n### Pros\n\n- fast answers\n", 1)
def test_deeper_headings_ask_the_same(text: str, levels: int) -> None:
    """How deep a course puts its headings is taste."""
    flush = re.sub(r"^[ \t]+(?=#)", "", text, flags=re.MULTILINE)
    assert said(re.sub(r"^(?=##)", "#" * levels, flush, flags=re.MULTILINE)) == said(flush)


@pytest.mark.parametrize("separator", ["\x0c", "\x0b", "\x85", "\u2028", "\u2029"])
def test_odd_separators_are_no_line_ends(separator: str) -> None:
    """Python's `splitlines` breaks lines at them, Markdown does not."""
    text = f"one{separator}two\n\n- **wa**: a thing that stands on line three\n"
    assert [card.source.line for card in cards(text)] == [3]


# --- what the author sees ----------------------------------------------------------------------------------------


def sketch(items: Sequence[Item], indent: str = "") -> str:
    return "".join(f"{indent}{item.text.plain}\n{sketch(item.children, indent + '  ')}" for item in items)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("# A\n\n## B\n\none\n\n# C\n", "A\n  B\n    one\nC\n"),
        ("- one\n  - two\n- three\n", "one\n  two\nthree\n"),
        ("Kinds:\n\n- one\n\n- two\n\n# B\n", "Kinds:\n  one\n  two\nB\n"),
        ("**Kinds**\n\n- one\n- two\n", "Kinds\n  one\n  two\n"),
        ("Kinds of drift\n- one\n- two\n", "Kinds of drift\n  one\n  two\n"),
        ("   1. Kinds:\n\n\t- one>\n\n\t   two\n\n   2. Ways:\n", "Kinds:\n  one>\n    two\nWays:\n"),
        ("Drift:\n\nthe inputs change which\n\nis bad\n", "Drift:\n  the inputs change which is bad\n"),
        ("- a line that\n  goes on\n", "a line that goes on\n"),
        ("- **Term**: a text which is\nnot indented\n", "Term: a text which is not indented\n"),
        ("> - one\n> - two\n", "\n  one\n  two\n"),
    ],
    ids=["headings", "bullets", "lead-in", "bold", "bare", "tabs", "wrapped prose", "wrapped bullet", "lazy", "quote"],
)
def test_heads_own_what_stands_under_them(text: str, tree: str) -> None:
    assert sketch(outline(text)) == tree
