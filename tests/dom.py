"""HTML as a browser reads it: the document tree, and the text and the formulas that it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import nh3

Node = str | tuple[str, tuple[tuple[str, str], ...], tuple["Node", ...]]

ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "tabindex"},
    "code": {"class"},
    "span": {"class"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}
TAGS = {
    *("p", "br", "strong", "em", "s", "u", "sub", "sup", "kbd", "mark", "small", "code", "pre", "a", "img", "span"),
    *("ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}
"""All that a card may hold."""
BLANKS = re.compile(r"[ \t\n\f]+")
"""What HTML takes for one blank; a blank that does not break is none of them."""
FORMULA = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)
BLOCKS = TAGS - {"strong", "em", "s", "u", "sub", "sup", "kbd", "mark", "small", "code", "a", "span", "img"}


def parse(html: str) -> Element:
    return html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)


def tree_of(html: str) -> tuple[Node, ...]:
    """Read *html* as a tree, blanks as a browser shows them."""
    return _trimmed(_nodes(parse(html), as_is=False))


def _trimmed(nodes: Iterator[Node]) -> tuple[Node, ...]:
    """Leave out the blanks beside blocks, which nobody sees."""
    kept = list(nodes)
    return tuple(
        node
        for at, node in enumerate(kept)
        if node != " " or not any(_is_block(other) for other in kept[max(at - 1, 0) : at + 2])
    )


def _is_block(node: Node) -> bool:
    return not isinstance(node, str) and node[0] in BLOCKS


def _nodes(element: Element, as_is: bool) -> Iterator[Node]:
    as_is = as_is or element.tag == "pre"
    if text := _text(element.text, as_is):
        yield text
    for child in element:
        if isinstance(child.tag, str):
            yield (child.tag, tuple(sorted(child.attrib.items())), _trimmed(_nodes(child, as_is)))
        if text := _text(child.tail, as_is):
            yield text


def _text(text: str | None, as_is: bool) -> str:
    return (text or "") if as_is else BLANKS.sub(" ", text or "")


def is_safe(html: str) -> bool:
    """Ask a sanitiser that knows nothing of us whether there is anything to take out."""
    cleaned = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "ftp", "data"},
                        link_rel=None, strip_comments=True)  # fmt: skip
    return tree_of(cleaned) == tree_of(html)


def text_of(html: str) -> str:
    """The text that *html* shows, its blanks aside."""
    return "".join("".join(strings_in(parse(html))).split())


def formulas_in(html: str) -> list[str]:
    """The formulas that MathJax finds: it looks at each stretch of text, but not into code."""
    return [
        (found[1] or found[2]).strip()
        for string in strings_in(parse(html), skip=("code", "pre"))
        for found in FORMULA.finditer(string)
    ]


def strings_in(element: Element, skip: tuple[str, ...] = ()) -> Iterator[str]:
    if element.tag in skip:
        return
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from strings_in(child, skip)
        yield child.tail or ""
