"""Content to the HTML and the text of a field, from what was parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from mlopscards.concepts.facts import Content
from mlopscards.layout import Item, tags_in
from mlopscards.model import Field
from mlopscards.patterns import CHECKBOX
from mlopscards.signs import disarmed
from mlopscards.syntax import BlockKind
from mlopscards.text import Run, RunKind, Text


def line_of(text: Text, *, cloze: bool = False) -> Field:
    """Both forms of a single text."""
    html = text.cloze_html if cloze else text.html
    return _with_notes(Field(text.readable, html.strip()), (text,), cloze=cloze)


def field_of(content: Content) -> Field:
    """Both forms of *content*."""
    text, items = content.text, content.items
    if not text and not text.images and _is_one_line(items):
        text, lead, items = items[0].text, items[0].lead, ()
    else:
        lead = ""
    lines, html = [], []
    if text or text.images or not items:
        lines.append(text.readable)
        inner = _led(lead, text.html.strip())
        html.append(_folded(text) if tags_in(text) else f"<p>{inner}</p>" if items else inner)
    if items:
        lines.append(_readable(items))
        html.append("".join(_html(items)))
    return _with_notes(Field("\n".join(lines), "".join(html)), (text,), items)


def _is_one_line(items: Sequence[Item]) -> bool:
    return len(items) == 1 and items[0].kind is BlockKind.PARAGRAPH and not items[0].children and not items[0].marker


def list_of(texts: Sequence[Text], *, ordered: bool = False, shown: Sequence[Sequence[Item]] = ()) -> Field:
    """Texts as a list, each with the items *shown* under it; one alone stands without a mark."""
    if len(texts) == 1 and not any(shown):
        return field_of(Content(texts[0]))
    tag = "ol" if ordered else "ul"
    under = [*shown, *[()] * (len(texts) - len(shown))]
    body, lines = [], []
    for number, (text, items) in enumerate(zip(texts, under, strict=True), 1):
        body.append(f"<li>{text.html.strip()}{''.join(_html(items))}</li>")
        lines.append(f"{number}. {text.readable}" if ordered else f"- {text.readable}")
        lines += [_readable(items)] * bool(items)
    return _with_notes(Field("\n".join(lines), f"<{tag}>{''.join(body)}</{tag}>"), texts)


def images_of(content: Content) -> Iterator[str]:
    """The addresses of all pictures in *content*."""
    yield from content.text.images
    yield from images_in(content.items)


def images_in(items: Iterable[Item]) -> Iterator[str]:
    """The addresses of all pictures in *items*."""
    for item in items:
        yield from item.text.images
        for row in item.rows:
            for cell in row:
                yield from cell.images
        yield from images_in(item.children)


def _texts_in(items: Iterable[Item]) -> Iterator[Text]:
    for item in items:
        yield item.text
        for row in item.rows:
            yield from row
        yield from _texts_in(item.children)


# --- footnotes ---------------------------------------------------------------------------------------------------


BLOCK_ENDS = ("</p>", "</ul>", "</ol>", "</pre>", "</table>", "</blockquote>", "</details>")


def _with_notes(field: Field, texts: Sequence[Text], items: Sequence[Item] = (), *, cloze: bool = False) -> Field:
    """Put the footnotes that a field refers to at its end."""
    if "<sup>[" not in field.html:
        return field  # what most fields are without
    notes = {label: note for text in (*texts, *_texts_in(items)) for label, note in text.notes.items()}
    if not notes:
        return field
    whole = field.html.startswith("<") and field.html.endswith(BLOCK_ENDS)
    html = "".join(_note(label, note.cloze_html if cloze else note.html) for label, note in notes.items())
    shown = field.html if whole else f"<p>{field.html}</p>"
    text = "\n".join(f"[^{label}]: {note.readable}" for label, note in notes.items())
    return Field(f"{field.text}\n{text}", shown + html)


def _note(label: str, html: str) -> str:
    return f"<p><small><sup>[{disarmed(escape(label, quote=False))}]</sup> {html.strip()}</small></p>"


# --- HTML --------------------------------------------------------------------------------------------------------


def _html(items: Sequence[Item]) -> Iterator[str]:
    folds = _are_whole([tag for item in items for tag in tags_in(item.text)])
    for tag, members in groupby(items, _list_tag):
        group = list(members)
        if tag:
            first = re.match(r"\d+", group[0].marker)
            start = f' start="{int(first[0])}"' if first and int(first[0]) != 1 else ""
            yield f"<{tag}{start}>{''.join(f'<li>{_inner(item)}</li>' for item in group)}</{tag}>"
        else:
            for item in group:
                yield _folded(item.text, folds) + "".join(_html(item.children)) if tags_in(item.text) else _block(item)


def _list_tag(item: Item) -> str:
    if not item.marker:
        return ""
    return "ol" if item.marker[0].isdigit() else "ul"


def _inner(item: Item) -> str:
    """An item within its list."""
    own = _own(item) if item.kind is BlockKind.PARAGRAPH else _alone(item)
    return own + "".join(_html(item.children))


def _block(item: Item) -> str:
    if item.kind is BlockKind.QUOTE:
        return f"<blockquote>{''.join(_html(item.children))}</blockquote>"
    return _alone(item) + "".join(_html(item.children))


def _alone(item: Item) -> str:
    """An item without what stands under it."""
    text = item.text
    match item.kind:
        case BlockKind.CODE:
            return _code(item)
        case BlockKind.MATH:
            return f"<p>{text.html}</p>"
        case BlockKind.TABLE:
            return _table(item.rows, item.aligns)
        case BlockKind.RULE:
            return ""
        case _ if item.is_heading or item.kind is BlockKind.TERM:
            return f"<p><strong>{text.without('strong').html.strip()}</strong></p>"
        case _:
            return f"<p>{_own(item)}</p>" if text or text.images else ""


def _own(item: Item) -> str:
    """The text of an item, with what stands before it."""
    box = CHECKBOX.match(item.text.mask) if item.marker and item.text.plain.startswith("[") else None
    text, lead = (item.text[box.end() :], box[0].strip()) if box else (item.text, item.lead)
    return _led(lead, text.html.strip())


PLAIN_MARKER = re.compile(r"(?:\(?\d{1,2}[.)]{1,2}|[•●▪‣◦·➢➤►*+-])$")
BOXES = {"[ ]": "☐", "[x]": "☑", "[X]": "☑"}


def _led(lead: str, html: str) -> str:
    """Put back before *html* what says nothing of what it is; a marker alone is the list's to write."""
    if not lead:
        return html
    words = (
        [BOXES.get(lead, lead)] if lead in BOXES else [word for word in lead.split() if not PLAIN_MARKER.match(word)]
    )
    return " ".join([*(disarmed(escape(word, quote=False)) for word in words), html])


def _code(item: Item) -> str:
    from mlopscards.highlight import highlighted, language_of

    language = language_of(item.language)
    name = f' class="language-{escape(language)}"' if language else ""
    return f"<pre><code{name}>{highlighted(item.text.plain, language)}\n</code></pre>"


# --- folds -------------------------------------------------------------------------------------------------------


def _folded(text: Text, whole: bool | None = None) -> str:
    """Write `<details>` and `<summary>`, or where they are not whole what stands in them, line by line."""
    whole = _are_whole(tags_in(text)) if whole is None else whole
    written: list[str] = []
    piece: list[Run] = []
    for run in (*text.runs, Run(RunKind.TAG, "")):
        if run.kind is not RunKind.TAG:
            piece.append(run)
            continue
        inner, piece = Text(tuple(piece)).html.strip(), []
        if inner:
            written.append(inner if whole and run.text == "</summary>" else f"<p>{inner}</p>")
        if whole:
            written.append(run.text)
    return "".join(written)


def _are_whole(tags: Sequence[str]) -> bool:
    """Say whether each of *tags* is closed, in the order in which they were opened."""
    waiting: list[str] = []
    for tag in tags:
        if not tag.startswith("</"):
            waiting.append(tag.replace("<", "</"))
        elif not waiting or waiting.pop() != tag:
            return False
    return not waiting


def _table(rows: Sequence[Sequence[Text]], aligns: Sequence[str]) -> str:
    head, *body = rows
    top = _row(head, aligns, "th")
    rest = "".join(_row(row, aligns, "td") for row in body)
    return f"<table><thead>{top}</thead><tbody>{rest}</tbody></table>"


def _row(cells: Sequence[Text], aligns: Sequence[str], tag: str) -> str:
    sides = [f' align="{align}"' if align else "" for align in aligns] or [""] * len(cells)
    row = "".join(f"<{tag}{side}>{cell.html}</{tag}>" for cell, side in zip(cells, sides, strict=False))
    return f"<tr>{row}</tr>"


# --- text --------------------------------------------------------------------------------------------------------


def _readable(items: Sequence[Item], indent: str = "") -> str:
    return "\n".join(line for item in items for line in _lines(item, indent))


def _lines(item: Item, indent: str) -> Iterator[str]:
    mark = f"{item.marker if item.marker[:1].isdigit() else '-'} " if item.marker else ""
    match item.kind:
        case BlockKind.CODE:
            yield f"```{item.language}"
            yield from item.text.plain.split("\n")
            yield "```"
        case BlockKind.TABLE:
            yield from (" | ".join(cell.readable for cell in row) for row in item.rows)
        case BlockKind.RULE:
            return
        case _ if item.text or item.text.images:
            yield indent + mark + item.text.readable
    for child in item.children:
        yield from _lines(child, indent + "  " if mark else indent)
