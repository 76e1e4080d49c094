"""Laws of `Text`: cuts lose nothing, and what is written as HTML is well-formed and safe, whatever the notes hold."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlopscards.inline import FORMATS, SAFE_ADDRESS
from mlopscards.model import Card, Note, Place
from mlopscards.pipeline import cards_of_text
from mlopscards.syntax import Block, blocks_of
from mlopscards.text import HIDDEN, OPAQUE, Mark, Run, RunKind, Text, join, text_of

TEXT_TAGS = {*FORMATS.values(), "a", "br", "img", "span"}
"""All that inline text may hold; the names that `FORMATS` gives are the safe ones."""
BLOCK_TAGS = {
    *("p", "ul", "ol", "li", "pre", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "width"}, "code": {"class"}, "span": {"class"}, "ol": {"start"}}
ATTRIBUTES |= {"th": {"align"}, "td": {"align"}}
EMPTY_TAGS = {"br", "img"}

# --- what is tried -----------------------------------------------------------------------------------------------

MARKS = st.lists(
    st.sampled_from(
        [Mark("strong"), Mark("em"), Mark("s"), Mark("code"), Mark("a", 'https://example.org/?a="1"&b=<2>')]
    ),
    max_size=3,
    unique=True,
).map(tuple)
WORDS = st.text(st.sampled_from("ab :-=.,()<>&\"'|$\\`*_ é漢" + HIDDEN), min_size=1, max_size=9)
WIDTHS = st.sampled_from(["", "50%"])


def runs_of(kind: RunKind) -> st.SearchStrategy[Run]:
    match kind:
        case RunKind.SOFT | RunKind.BREAK:
            return st.builds(Run, st.just(kind), st.just("\n"), MARKS)
        case RunKind.CLOZE:
            return st.builds(Run, st.just(kind), st.sampled_from(["{{c1::", "::", "}}"]), MARKS)
        case RunKind.TAG:
            return st.builds(Run, st.just(kind), st.sampled_from(["<details>", "</summary>"]), MARKS)
        case RunKind.IMAGE:
            return st.builds(Run, st.just(kind), WORDS.map("a{}z".format), MARKS, st.just('a "b".png'), WIDTHS)
        case RunKind.CODE:
            return st.builds(Run, st.just(kind), WORDS.map("a{}z".format), MARKS)
        case _:
            return st.builds(Run, st.just(kind), WORDS, MARKS)


TEXTS = st.lists(st.sampled_from(RunKind).flatmap(runs_of), max_size=7).map(lambda runs: Text(tuple(runs)))
SIMPLE = st.lists(runs_of(RunKind.TEXT), max_size=5).map(lambda runs: Text(tuple(runs)))
"""Texts that can be cut anywhere."""

SCRAPS = [
    *["word", "Term", ": ", " - ", " --> ", " = ", "?", ".", ", ", "; ", "|", "|---|", "#", "- ", "1. ", "> ", " :: "],
    *[
        "**",
        "*",
        "_",
        "`",
        "```",
        "~~",
        "==",
        "$",
        "$$",
        "\\(",
        "\\)",
        "[",
        "](",
        ")",
        "![",
        "(",
        "<",
        ">",
        "&",
        "&lt;",
    ],
    *[
        "Q: ",
        "A: ",
        "{{c1::",
        "}}",
        "\n",
        "\n\n",
        "\t",
        "    ",
        '"',
        "'",
        "\\",
        "\x00",
        "\x0c",
        "\u2028",
        "é",
        "漢",
        HIDDEN,
    ],
    *["<b>", "</b>", "<i>", "</i>", "<sub>", "<br>", "<details>", "<summary>", "</summary>", "</details>", "<x-y z>"],
    *[
        "<script>",
        "</script>",
        "<style>",
        "<iframe src=x>",
        "<p onclick=x>",
        "<img src=x onerror=alert(1)>",
        "<!--",
        "-->",
    ],
    *['<a href="javascript:alert(1)">', "</a>", "[x](javascript:alert(1))", "[x](data:text/html,<b>)"],
    "https://example.org/a?b=<c>&d",
]
NOTES = st.lists(st.sampled_from(SCRAPS), max_size=25).map("".join)


# --- what is checked ---------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Reads HTML, and complains about what is not well-formed or not expected."""

    def __init__(self, tags: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.tags = tags
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.tags, f"<{tag}>"
        assert {name for name, _ in attrs} <= ATTRIBUTES.get(tag, set()), f"<{tag}> has {attrs}"
        for name, value in attrs:
            if name == "href":
                assert SAFE_ADDRESS.match(value or ""), value
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data!r}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data!r}")


def read_html(html: str, tags: set[str] = TEXT_TAGS) -> str:
    """Check *html* and return the text that it shows."""
    reader = Reader(tags)
    reader.feed(html)
    reader.close()
    assert not reader.open, f"not closed: {reader.open} in {html!r}"
    return "".join(reader.seen)


# --- cuts --------------------------------------------------------------------------------------------------------


@given(TEXTS, st.data())
def test_what_is_cut_in_two_joins_to_the_whole(text: Text, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text.plain)))
    assert text[:at].plain + text[at:].plain == text.plain
    assert (text[:at] + text[at:]).mask == text.mask


@given(TEXTS, st.lists(st.integers(0, 60), max_size=4))
def test_what_is_cut_in_many_joins_to_the_whole(text: Text, cuts: list[int]) -> None:
    bounds = sorted({0, len(text.plain), *(cut for cut in cuts if cut < len(text.plain))})
    parts = [text[start:stop] for start, stop in pairwise(bounds)]
    assert "".join(part.plain for part in parts) == text.plain


@given(TEXTS, st.lists(st.integers(0, 60), max_size=5).map(sorted))
def test_cuts_at_many_places_are_cuts_at_each(text: Text, bounds: list[int]) -> None:
    bounds = [bound for bound in bounds if bound < len(text.plain)]
    pieces = text.cut_at(bounds)
    assert [piece.plain for piece in pieces] == [
        text[start:stop].plain for start, stop in pairwise([0, *bounds, len(text.plain)])
    ]
    assert "".join(piece.mask for piece in pieces) == text.mask


@given(SIMPLE, st.integers(0, 50), st.integers(0, 50))
def test_offsets_count_the_characters_of_plain(text: Text, start: int, stop: int) -> None:
    assert text[start:stop].plain == text.plain[start:stop]


@given(TEXTS, st.integers(0, 60), st.integers(0, 60))
def test_code_math_and_pictures_are_cut_out_whole_or_not_at_all(text: Text, start: int, stop: int) -> None:
    whole = [run for run in text.runs if run.kind in OPAQUE]
    assert all(run in whole for run in text[start:stop].runs if run.kind in OPAQUE)


@given(TEXTS)
def test_a_cut_of_everything_is_the_text_itself(text: Text) -> None:
    assert text[:] == text
    assert text[0 : len(text.plain)] == text


@given(TEXTS, st.data())
def test_a_cut_keeps_the_formats(text: Text, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text.plain)))
    marked = [(character, run.marks) for run in text.runs for character in run.plain]
    parts = [*text[:at].runs, *text[at:].runs]
    assert [(character, run.marks) for run in parts for character in run.plain] == marked


# --- plain and mask ----------------------------------------------------------------------------------------------


@given(TEXTS)
def test_the_mask_is_as_long_as_the_text(text: Text) -> None:
    assert len(text.mask) == len(text.plain)


@given(TEXTS)
def test_the_mask_shows_the_text_or_hides_it(text: Text) -> None:
    assert all(shown in (character, HIDDEN) for shown, character in zip(text.mask, text.plain, strict=True))


@given(TEXTS)
def test_code_math_and_pictures_are_hidden(text: Text) -> None:
    at = 0
    for run in text.runs:
        end = at + len(run.plain)
        if run.kind in OPAQUE:
            assert set(text.mask[at:end]) <= {HIDDEN}
        at = end


@given(TEXTS)
def test_spans_lie_within_the_text_in_order(text: Text) -> None:
    for spans in (text.bold_spans, text.code_spans):
        bounds = [bound for span in spans for bound in span]
        assert bounds == sorted(bounds)
        assert all(0 <= bound <= len(text.plain) for bound in bounds)
    assert 0 <= text.bold_end <= len(text.plain)


@given(TEXTS)
def test_strip_takes_blanks_off_both_ends_and_nothing_else(text: Text) -> None:
    stripped = text.strip()
    if not any(run.kind in OPAQUE for run in text.runs):
        assert stripped.plain == text.plain.strip(" \n\t")
    assert stripped.strip() == stripped


@given(TEXTS)
def test_lines_are_the_text_without_its_line_ends(text: Text) -> None:
    ends = (RunKind.SOFT, RunKind.BREAK)
    kept = "".join(run.plain for run in text.runs if run.kind not in ends)
    assert "".join(line.plain for line in text.lines()) == kept
    assert len(text.lines()) == 1 + sum(run.kind in ends for run in text.runs)


@given(TEXTS, st.sampled_from(["strong", "em", "a"]))
def test_formats_taken_off_leave_the_words(text: Text, tag: str) -> None:
    bare = text.without(tag)
    assert bare.plain == text.plain
    assert not any(mark.tag == tag for run in bare.runs for mark in run.marks)


@given(st.lists(TEXTS, max_size=4), st.sampled_from(["", " ", ", "]))
def test_join_puts_the_separator_between(texts: list[Text], separator: str) -> None:
    full = [text for text in texts if text.runs]
    assert join(full, separator).plain == separator.join(text.plain for text in full)


@given(WORDS)
def test_plain_characters_stay_as_they_are(plain: str) -> None:
    assert text_of(plain).plain == text_of(plain).mask == plain
    assert read_html(text_of(plain).html) == plain


# --- HTML --------------------------------------------------------------------------------------------------------


@given(TEXTS)
def test_html_is_well_formed(text: Text) -> None:
    read_html(text.html)


@given(TEXTS, st.integers(0, 60), st.integers(0, 60))
def test_html_of_a_part_is_well_formed(text: Text, start: int, stop: int) -> None:
    read_html(text[start:stop].html)


@given(SIMPLE)
def test_html_shows_the_characters_of_the_text(text: Text) -> None:
    assert read_html(text.html) == text.plain


def texts_in(blocks: tuple[Block, ...]) -> Iterator[Text]:
    for block in blocks:
        yield block.text
        yield from (cell for row in block.rows for cell in row)
        yield from texts_in(block.blocks)


@given(NOTES, st.integers(0, 60))
@example("<script>alert(1)</script>", 3)
@example("<b>bold <i>both</b> italic</i>", 9)
@example("a <b> that nobody closes", 4)
@example("</b> closes nothing", 2)
@example('[x](javascript:alert(1)) <a href="javascript:alert(1)">y</a>', 1)
@example('<img src=x onerror="alert(1)">', 0)
@example('![x](a.png"onload=alert(1))', 0)
def test_text_of_any_notes_is_safe_html(notes: str, at: int) -> None:
    for text in texts_in(blocks_of(Note("notes.md", notes.replace("\x00", "\ufffd"), Place()))):
        read_html(text.html)
        assert text[:at].plain + text[at:].plain == text.plain
        assert len(text.mask) == len(text.plain)


def fields_of(card: Card) -> list[str]:
    return [card.question.html, card.answer.html, card.reverse.html, card.term.html, card.extra.html]


@given(NOTES)
@example("**<script>alert(1)</script>**: a <b>term</b> that is <iframe src=x>")
@example("Q: <b>what\nA: is </b> this <script>x</script>\n\n```<b>\n<script>\n```")
@example("- **[x](javascript:alert(1))**: a link that does harm")
def test_cards_of_any_notes_are_safe_html(notes: str) -> None:
    for card in cards_of_text(notes):
        for html in fields_of(card):
            read_html(html, TEXT_TAGS | BLOCK_TAGS)
        assert all(SAFE_ADDRESS.match(link.url) for link in card.references)


@pytest.mark.parametrize(
    "html",
    [
        "<b>",
        "</b>",
        "<strong><em></strong></em>",
        "<script>",
        '<a onclick="x">',
        '<a href="javascript:x">',
        "<!-- x -->",
    ],
)
def test_the_check_itself_refuses_bad_html(html: str) -> None:
    with pytest.raises(AssertionError):
        read_html(html)
