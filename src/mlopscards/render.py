"""Content to the HTML and the text of a field, from what was parsed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from mlopscards.concepts.facts import Content
from mlopscards.layout import Item
from mlopscards.model import Field
from mlopscards.syntax import BlockKind
from mlopscards.text import Text


def field_of(content: Content) -> Field:
    """Both forms of *content*."""
    if not content.items:
        return Field(content.text.readable, content.text.html.strip())
    text, html = [], []
    if content.text or content.text.images:
        text.append(content.text.readable)
        html.append(f"<p>{content.text.html.strip()}</p>")
    if not content.text and _is_one_line(content.items):
        return field_of(Content(content.items[0].text))
    text.append(_readable(content.items))
    html.append("".join(_html(content.items)))
    return Field("\n".join(text), "".join(html))


def _is_one_line(items: Sequence[Item]) -> bool:
    return len(items) == 1 and items[0].kind is BlockKind.PARAGRAPH and not items[0].children and not items[0].marker


def list_of(texts: Sequence[Text], *, ordered: bool = False) -> Field:
    """Texts as a list; one alone stands without a mark."""
    if len(texts) == 1:
        return field_of(Content(texts[0]))
    tag = "ol" if ordered else "ul"
    body = "".join(f"<li>{text.html.strip()}</li>" for text in texts)
    lines = (f"{number}. {text.readable}" if ordered else f"- {text.readable}" for number, text in enumerate(texts, 1))
    return Field("\n".join(lines), f"<{tag}>{body}</{tag}>")


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


# --- HTML --------------------------------------------------------------------------------------------------------


def _html(items: Sequence[Item]) -> Iterator[str]:
    for tag, group in groupby(items, _list_tag):
        if tag:
            yield f"<{tag}>{''.join(f'<li>{_inner(item)}</li>' for item in group)}</{tag}>"
        else:
            yield from map(_block, group)


def _list_tag(item: Item) -> str:
    if not item.marker:
        return ""
    return "ol" if item.marker[0].isdigit() else "ul"


def _inner(item: Item) -> str:
    """An item within its list."""
    own = item.text.html.strip() if item.kind is BlockKind.PARAGRAPH else _alone(item)
    return own + "".join(_html(item.children))


def _block(item: Item) -> str:
    return _alone(item) + "".join(_html(item.children))


def _alone(item: Item) -> str:
    """An item without what stands under it."""
    text = item.text
    match item.kind:
        case BlockKind.CODE:
            language = f' class="language-{escape(item.language)}"' if item.language else ""
            return f"<pre><code{language}>{escape(text.plain, quote=False)}\n</code></pre>"
        case BlockKind.MATH:
            return f"<p>{text.html}</p>"
        case BlockKind.TABLE:
            return _table(item.rows)
        case BlockKind.QUOTE:
            return f"<blockquote>{text.html}</blockquote>" if text else ""
        case BlockKind.RULE:
            return ""
        case _ if item.is_heading or item.kind is BlockKind.TERM:
            return f"<p><strong>{text.without('strong').html.strip()}</strong></p>"
        case _:
            return f"<p>{text.html.strip()}</p>" if text or text.images else ""


def _table(rows: Sequence[Sequence[Text]]) -> str:
    head, *body = rows
    top = "".join(f"<th>{cell.html}</th>" for cell in head)
    rest = "".join("<tr>" + "".join(f"<td>{cell.html}</td>" for cell in row) + "</tr>" for row in body)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{rest}</tbody></table>"


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
