"""The documents: every example gives exactly the cards that it shows, and every link leads somewhere.

An example is a fenced block ```` ```markdown ```` followed by a fenced block ```` ```cards ```` with all its cards, or
by a table of `question` and `answer` with some of them, or by a fenced block ```` ```html ```` with the answer of its
one card as HTML, or with its text with gaps. A file name behind `markdown` is the name of the notes; words
behind `cards` show more of each card, as in `test_format.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from dom import tree_of
from markdown_it import MarkdownIt
from markdown_it.token import Token
from test_format import BEFORE, MORE, one_line, written

from mlopscards.pipeline import cards_of_text

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FORMAT = ROOT / "docs" / "format.md"
MARKDOWN = ROOT / "docs" / "markdown.md"
LEAST_EXAMPLES = {FORMAT: 30, MARKDOWN: 10}
"""How many examples a document must have; a reader without examples learns nothing from it."""


class Example(NamedTuple):
    line: int
    name: str
    markdown: str
    shown: tuple[str, ...] = ()
    cards: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    """Of a table, instead of all cards."""
    html: str = ""
    """Of the answer, instead of all cards."""


def tokens_of(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def examples_in(text: str) -> list[Example]:
    """Read the examples of a document; one without its cards, or cards without Markdown, are refused."""
    tokens = tokens_of(text)
    blocks = [at for at, token in enumerate(tokens) if token.type in ("fence", "table_open")]
    kinds = [tokens[at].info.split()[:1] for at in blocks]
    examples = [
        _example(tokens[at], tokens[below:])
        for at, below in pairwise([*blocks, len(tokens)])
        if tokens[at].info.split()[:1] == ["markdown"]
    ]
    complete = [example for example in examples if not example.rows and not example.html]
    assert len(complete) == kinds.count(["cards"]), "cards without the Markdown that gives them"
    return examples


def _example(notes: Token, below: list[Token]) -> Example:
    """Read the example that *notes* opens; *below* begins with the block after it."""
    line = (notes.map or [0])[0] + 1
    name = (notes.info.split()[1:] or ["notes.md"])[0]
    if below and below[0].type == "table_open":
        head, *rows = _rows(below)
        assert head == ("question", "answer"), f"line {line}: expected a table of question and answer"
        assert rows, f"line {line}: a table without cards"
        return Example(line, name, notes.content, rows=tuple(rows))
    kind, *shown = below[0].info.split() if below and below[0].info.strip() else [""]
    if kind == "html":
        return Example(line, name, notes.content, html=below[0].content)
    assert kind == "cards", f"line {line}: an example without its cards"
    assert {*shown} <= {*MORE, *BEFORE}, f"line {line}: expected behind `cards` some of {[*MORE, *BEFORE]}"
    return Example(line, name, notes.content, tuple(shown), below[0].content.rstrip("\n"))


def _rows(table: list[Token]) -> list[tuple[str, str]]:
    end = next(at for at, token in enumerate(table) if token.type == "table_close")
    cells = [token.content for token in table[:end] if token.type == "inline"]
    return list(zip(cells[::2], cells[1::2], strict=True))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


EXAMPLES = [
    pytest.param(example, id=f"{name_of(path)}:{example.line}")
    for path in DOCUMENTS
    for example in examples_in(read(path))
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_give_the_cards_that_they_show(example: Example) -> None:
    cards = cards_of_text(example.markdown, example.name)
    if example.html:
        (card,) = cards
        assert tree_of(card.answer.html or card.question.html) == tree_of(example.html.rstrip("\n"))
    elif example.rows:
        assert set(example.rows) <= {(card.question.text, one_line(card.answer.text)) for card in cards}
    else:
        assert written(cards, example.shown) == example.cards


@pytest.mark.parametrize("path", LEAST_EXAMPLES, ids=name_of)
def test_a_document_without_examples_fails(path: Path) -> None:
    assert len(examples_in(read(path))) >= LEAST_EXAMPLES[path]


@pytest.mark.parametrize(
    "text",
    [
        "```markdown\n- a: b\n```\n",
        "```markdown\n- a: b\n```\n\n```sh\nls\n```\n",
        "```cards\nQ: a\n```\n",
        "```markdown\n- a: b\n```\n\n| one | two |\n|---|---|\n| a | b |\n",
        "```markdown\n- a: b\n```\n\n| question | answer |\n|---|---|\n",
        "```markdown\n- a: b\n```\n\n```cards colour\nQ: a\n```\n",
    ],
)
def test_an_example_that_is_not_whole_fails(text: str) -> None:
    with pytest.raises(AssertionError):
        examples_in(text)


# --- links -------------------------------------------------------------------------------------------------------


def links_in(text: str) -> Iterator[str]:
    """The targets of all links and pictures, those in fenced code left out."""
    for token in tokens_of(text):
        for child in token.children or ():
            target = child.attrs.get("href") if child.type == "link_open" else child.attrs.get("src")
            if target:
                yield str(target)


def anchors_in(text: str) -> set[str]:
    """The anchors that GitHub gives the headings of *text*."""
    tokens = tokens_of(text)
    anchors: set[str] = set()
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        plain = "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        number = 0
        while (anchor := f"{slug}-{number}" if number else slug) in anchors:
            number += 1
        anchors.add(anchor)
    return anchors


def broken_links(path: Path) -> Iterator[str]:
    """The relative links of the document at *path* that lead nowhere."""
    text = read(path)
    for target in links_in(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        file, _, anchor = unquote(target).partition("#")
        found = (path.parent / file).resolve() if file else path
        if target.startswith("/") or not found.exists() or not found.is_relative_to(ROOT):
            yield f"{target}: there is no such file"
        elif anchor and found.suffix == ".md" and anchor not in anchors_in(read(found)):
            yield f"{target}: there is no such heading"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_relative_links_lead_somewhere(path: Path) -> None:
    assert list(broken_links(path)) == []


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("[a](format.md)", 0),
        ("# One, two\n\n[a](#one-two)", 0),
        ("# A\n\n# A\n\n[a](#a-1)", 0),
        ("[a](https://example.org/#x)", 0),
        ("```\n[a](missing.md)\n```", 0),
        ("[a](missing.md)", 1),
        ("![a](missing.png)", 1),
        ("# One\n\n[a](#two)", 1),
        ("[a](other.md#none)", 1),
        ("[a](/etc/hosts)", 1),
    ],
)
def test_broken_links_are_found(text: str, broken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("test_docs.ROOT", tmp_path)
    for name in ("format.md", "other.md", "page.md"):
        (tmp_path / name).write_text(text if name == "page.md" else "", encoding="utf-8")
    assert len(list(broken_links(tmp_path / "page.md"))) == broken


def test_documents_name_no_path_of_one_machine() -> None:
    found = [name_of(path) for path in DOCUMENTS if re.search(r"/(?:home|Users|work|tmp)/\w", read(path))]
    assert not found
