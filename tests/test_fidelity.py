"""What the author wrote is what the card shows: the files in `fixtures/fidelity/` say how Markdown arrives as HTML.

A case is a title, a dot, Markdown, a dot, the cards, a dot. Of a card question and answer stand there, and below them
what stands on its back, with `---` between them and `===` between cards. They are compared as a browser reads them.
"""

# anki.collection has to come before every other part of anki.
from anki.collection import Collection  # isort: skip

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dom import formulas_in, is_safe, parse, text_of, tree_of
from hypothesis import example, given
from hypothesis import strategies as st
from test_apkg import issue, take, write
from test_format import Case, cases_of
from test_looks import luminance
from test_text import NOTES, texts_in

from mlopscards import notetypes
from mlopscards.fields import fields_of
from mlopscards.highlight import CLASSES, LONGEST, highlighted, language_of
from mlopscards.mending import code_and_text
from mlopscards.model import Card, Note, NoteType, Place
from mlopscards.pipeline import cards_of_text
from mlopscards.signs import MEANT
from mlopscards.syntax import blocks_of
from mlopscards.text import Run, RunKind, Text

ROOT = Path(__file__).parent / "fixtures" / "fidelity"
FILES = sorted(ROOT.glob("*.md"))
LEAST_FILES = 9
LEAST_CASES = 165
LEAST_HOSTILE = 30
CASES = [(path.name, case) for path in FILES for case in cases_of(path.read_text(encoding="utf-8"), path.name)]
NAMED = [pytest.param(case, id=f"{name}: {case.title}") for name, case in CASES]


def sides_of(card: Card) -> list[str]:
    return [card.question.html, card.answer.html, *([card.extra.html] if card.extra else [])]


def sections(text: str, mark: str) -> list[str]:
    return re.split(rf"(?m)(?:^|\n){mark}(?:\n|$)", text)


# --- the fixtures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", NAMED)
def test_markdown_arrives_as_the_fixtures_say(case: Case) -> None:
    cards = cards_of_text(case.markdown + "\n")
    assert [[tree_of(side) for side in sides_of(card)] for card in cards] == [
        [tree_of(side) for side in sections(card, "---")] for card in sections(case.expected, "===")
    ]


def test_there_are_enough_fixtures() -> None:
    assert len(FILES) >= LEAST_FILES
    assert len(CASES) >= LEAST_CASES
    assert sum(name == "hostile.md" for name, _ in CASES) >= LEAST_HOSTILE


@pytest.mark.parametrize("case", NAMED)
def test_nothing_but_safe_html_reaches_a_card(case: Case) -> None:
    for card in cards_of_text(case.markdown + "\n"):
        for value in fields_of(card):
            assert is_safe(value), value


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<b onclick=x>y</b>",
        '<a href="javascript:x">y</a>',
        '<img src="javascript:x">',
        '<p style="x">y</p>',
        '<svg onload="x"></svg>',
    ],
)
def test_the_judge_itself_refuses_harm(html: str) -> None:
    assert not is_safe(html)


@given(NOTES)
@example("**<script>alert(1)</script>**: a <b>term</b> that is <iframe src=x>")
@example('Q: a\nA: $\\href{javascript:x}{y}$ <a href="javascript:x">y</a> ![x](x" onerror="y)')
def test_cards_of_any_notes_hold_nothing_that_could_do_harm(notes: str) -> None:
    for card in cards_of_text(notes):
        for value in fields_of(card):
            assert is_safe(value), value
        assert not re.search(r"\\href\s*\{\s*javascript", "".join(re.sub(r"<code>.*?</code>", "", card.answer.html)))


SIGNS = st.lists(
    st.sampled_from(
        [*"$$\\()[]", "$", "\\(", "\\)", "\\[", "\\]", "$$", "x", "a<b", " ", "\n", "\n\n", "`", "**", "|", "5", "- "]
    )
    | st.sampled_from(["<b>", "</b>", "<br>", "[a](b.md)", "![a](b.png)", "[sound:a.mp3]", "&amp;", "HOME/", "{", "}"]),
    max_size=25,
).map("".join)


@given(SIGNS)
@example("\\\\(x\\\\) and `\\(y\\)`")
@example("$a$ \\\\**(b\\\\)**")
def test_mathjax_finds_the_formulas_of_the_author_and_no_other(notes: str) -> None:
    for text in texts_in(blocks_of(Note("notes.md", notes, Place()))):
        written = [run for run in text.runs if run.kind in (RunKind.MATH, RunKind.DISPLAY)]
        if any(re.search(r"\\[()\[\]]", run.text) or any(mark.tag == "code" for mark in run.marks) for run in written):
            continue  # brackets within a formula are MathJax's to count
        assert ["".join(found.split()) for found in formulas_in(text.html)] == [
            "".join(run.text.split()) for run in written
        ]


# --- the real Anki -----------------------------------------------------------------------------------------------


def whole_cards() -> Iterator[Card]:
    """The cards of all fixtures, each with its own question, so that none is taken for another."""
    for number, (name, case) in enumerate(CASES):
        for card in cards_of_text(case.markdown + "\n"):
            yield replace(card, headings=(f"{name} {number}",))


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    folder = tmp_path_factory.mktemp("fidelity")
    opened = Collection(str(folder / "collection.anki2"))
    cards = tuple(whole_cards())
    assert take(opened, write(folder / "a.apkg", issue(*cards))) == {"new": len(cards)}
    yield opened
    opened.close()


def rendered(collection: Collection, guid: str) -> list[tuple[str, str]]:
    """Question and answer of every card of a note, without the style."""
    cards = [collection.get_card(id) for id in collection.find_cards(f"nid:{_note_id(collection, guid)}")]
    cards.sort(key=lambda card: card.ord)
    return [(_bare(card.question()), _bare(card.answer())) for card in cards]


def _note_id(collection: Collection, guid: str) -> int:
    return int(collection.db.scalar("select id from notes where guid = ?", guid))


def _bare(html: str) -> str:
    return re.sub(r"(?s)<style>.*?</style>", "", html)


SOUND = re.compile(r"\[sound:[^\]]*\]|\[anki:play:[qa]:\d+\]")


def shown(html: str) -> str:
    """The text of a card; sounds are buttons there."""
    return text_of(SOUND.sub("", html))


def without_gaps(html: str) -> str:
    return re.sub(r"(?:::(?:(?!\}\}).)*)?\}\}", "", re.sub(r"\{\{c\d+::", "", html))


def test_anki_shows_every_text_and_every_formula_and_no_other(anki: Collection) -> None:
    for number, card in enumerate(whole_cards()):
        sides = rendered(anki, f"guid-{number}")
        cloze = card.note_type is NoteType.CLOZE
        question = without_gaps(card.question.html) if cloze else card.question.html
        for front, back in sides if cloze else sides[:1]:  # the reverse card asks something else
            assert shown(question) in shown(back), card
            assert shown(card.answer.html) in shown(back), card
            assert shown(card.extra.html) in shown(back), card
            assert cloze or shown(question) in shown(front), card
        told = "".join((question, "<br>", card.answer.html, "<br>", card.extra.html))
        assert formulas_in(sides[0][1]) == formulas_in(told), card


def test_anki_finds_the_gaps_that_the_author_made_and_no_other(anki: Collection) -> None:
    gaps = [(number, card) for number, card in enumerate(whole_cards()) if card.note_type is NoteType.CLOZE]
    assert len(gaps) >= 12
    for number, card in gaps:
        made = sorted(set(re.findall(r"\{\{c(\d+)::", card.question.html)))
        sides = rendered(anki, f"guid-{number}")
        assert len(sides) == len(made), card
        for ordinal, (front, back) in zip(made, sides, strict=True):
            hidden = parse(front).findall(f".//span[@data-ordinal='{ordinal}']")
            assert hidden, card
            assert all(span.get("class") == "cloze" for span in hidden), card
            assert "".join(hidden[0].itertext()).startswith("["), card
            assert text_of(back).count(text_of(without_gaps(card.question.html))) == 1, card


def test_anki_plays_what_the_author_linked_and_nothing_else(anki: Collection) -> None:
    for number, card in enumerate(whole_cards()):
        told = re.findall(r"\[sound:([^\]]*)\]", "".join(sides_of(card)))
        (first, *_) = anki.find_cards(f"nid:{_note_id(anki, f'guid-{number}')}")
        tags = [getattr(tag, "filename", tag) for tag in anki.get_card(first).answer_av_tags()]
        assert tags == [name.rpartition("/")[2] for name in told], card


def test_anki_draws_no_latex(anki: Collection) -> None:
    for number, _ in enumerate(whole_cards()):
        assert not any("class=latex" in side for pair in rendered(anki, f"guid-{number}") for side in pair)


def test_no_card_of_anki_is_empty(anki: Collection) -> None:
    assert not anki.get_empty_cards().notes


# --- code --------------------------------------------------------------------------------------------------------

LANGUAGES = ("python", "sh", "console", "yaml", "json", "sql", "jinja", "diff", "html", "make", "toml", "docker", "")


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
@example("\n\n a", "python")
@example("\t\\(\r\n[sound:", "sh")
@example("\ufeffa\x00\u2028", "json")
def test_highlighting_shows_the_very_characters_of_the_code(code: str, language: str) -> None:
    html = highlighted(code, language)
    assert "".join(re.sub(r"</?span[^>]*>", "", html)) == code.replace("&", "&amp;").replace("<", "&lt;").replace(
        ">", "&gt;"
    )
    assert set(re.findall(r'class="(\w+)"', html)) <= set(CLASSES.values())
    assert not MEANT.search(html.replace("<span>\\</span>", "-").replace("<span>[</span>", "-"))


@pytest.mark.parametrize("language", ["python", "sh", "yaml", "json", "sql", "diff", "jinja"])
def test_languages_are_coloured(language: str) -> None:
    assert '<span class="' in highlighted('- a: "b" # {{ c }}\n+ def 1 SELECT if', language)


def test_blank_lines_around_code_do_not_cost_its_colours() -> None:
    assert highlighted("\n\nif x: pass\n\n", "python").strip("\n").startswith('<span class="k">if</span>')


def test_code_that_is_too_long_is_shown_without_colours() -> None:
    assert "<span" not in highlighted("if x:\n" * (LONGEST // 6 + 1), "python")


@pytest.mark.parametrize(
    ("info", "language"),
    [("python", "python"), ("{.py .x}", "py"), ("{python}", "python"), ('c++ title="a"', "c++"), ('">', ""), ("", "")],
)
def test_the_language_stands_behind_the_fence(info: str, language: str) -> None:
    assert language_of(info) == language


@pytest.mark.parametrize("number", [0, 1], ids=["day", "night"])
def test_every_colour_of_code_can_be_read_on_its_ground(number: int) -> None:
    """WCAG AA asks for 4.5 to 1."""
    blocks = [dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in notetypes.style().split("}")]
    grounds = [block for block in blocks if "panel" in block][number]
    colours = [block for block in blocks if "code-keyword" in block][number]
    assert len(colours) >= 8
    for name, colour in colours.items():
        for ground in ("ground", "panel"):
            light, dark = sorted((luminance(colour), luminance(grounds[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ground)


def test_every_class_of_code_has_its_colour() -> None:
    style = notetypes.read_template(notetypes.CODE_STYLE)
    assert set(re.findall(r"pre \.(\w+)", style)) == set(CLASSES.values())
    assert set(re.findall(r"var\((--[\w-]+)\)", style)) <= set(re.findall(r"(--[\w-]+):", style))


# --- gaps --------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(["a", "{", "}", "}}", "{{", "::", ":", "{{c1::", "{{c2::x}}", "<", "\\(", " "])
RUNS = st.builds(Run, st.sampled_from([RunKind.TEXT, RunKind.CODE, RunKind.MATH]), st.lists(PIECES).map("".join))


@given(st.lists(RUNS, max_size=3), st.lists(RUNS, min_size=1, max_size=3), st.lists(RUNS, max_size=3))
@example([], [Run(RunKind.TEXT, "}")], [Run(RunKind.TEXT, "}}")])
@example([Run(RunKind.TEXT, "{")], [Run(RunKind.TEXT, "{")], [])
def test_a_gap_holds_its_text_whatever_stands_there(before: list[Run], inside: list[Run], after: list[Run]) -> None:
    text = Text((*before, Run(RunKind.CLOZE, "{{c1::"), *inside, Run(RunKind.CLOZE, "}}"), *after))
    html = text.cloze_html
    found = re.fullmatch(r"(?s)((?:(?!\{\{c).)*)\{\{c1::((?:(?!\}\}|::|\{\{c).)*)\}\}((?:(?!\{\{c|\}\}).)*)", html)
    assert found, html
    assert text_of(found[2]) == text_of(Text(tuple(inside)).html)


# --- lines -------------------------------------------------------------------------------------------------------


@given(st.text("`a<!-> ", max_size=40))
def test_code_and_text_are_the_line(line: str) -> None:
    assert "".join(piece for piece, _ in code_and_text(line)) == line


def test_cards_say_in_json_what_they_show() -> None:
    (card,) = cards_of_text("Q: What?\nA:\n\n```python\nx = 1\n```\n")
    assert json.dumps(card.answer.text) == json.dumps("```python\nx = 1\n```")
