"""markdown-it's inline tokens to runs. Raw HTML ends here: a few tags become formats, all others are text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from markdown_it.token import Token

from mlopscards.text import Mark, Run, RunKind, Text

MARKS = {"strong_open": "strong", "em_open": "em", "s_open": "s"}
CLOSES = {"strong_close": "strong", "em_close": "em", "s_close": "s", "link_close": "a"}
FORMATS = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "u": "u", "s": "s", "del": "s", "ins": "u",
           "sub": "sub", "sup": "sup", "kbd": "kbd", "mark": "mark", "small": "small", "code": "code",
           "strike": "s", "tt": "code", "samp": "code", "var": "em", "cite": "em", "dfn": "em"}  # fmt: skip
"""Tags that format text, and the tag that stands for them in a field."""
STRUCTURE = frozenset({"details", "summary"})
PLAYED = frozenset({"audio", "video", "source"})
LINES = frozenset("p div li tr dt dd h1 h2 h3 h4 h5 h6 hr figcaption section article".split())  # noqa: SIM905
"""Tags that begin a line of their own."""
LAYOUT = LINES | frozenset(
    "span center font ul ol dl table thead tbody tfoot caption header footer nav main figure picture abbr".split()  # noqa: SIM905
)
"""Tags that only lay out a page: their text stays, they go."""
REFUSED = "refused"
"""Marks what stands in a link that may not be followed."""
CELLS = frozenset({"td", "th"})
SAFE_ADDRESS = re.compile(r"(?:https?|ftp|mailto):|[^:]*(?:[/#?]|$)", re.IGNORECASE)
SAFE_PICTURE = re.compile(r"(?:https?:)?//|data:image/(?:png|jpeg|gif|webp);base64,[\w+/=]*$|[^:]*(?:[/#?]|$)", re.I)
BLANKS = re.compile(r" {3,}")
DANGEROUS_MATH = re.compile(
    r"\\(?:(?:class|cssId|style|data|require|mmlToken|html(?:Class|Id|Style|Data)|includegraphics|url)(?![a-zA-Z])"
    r"|bbox\s*\[[^\]]*:|href(?![a-zA-Z])(?!\s*\{\s*https?://[^\s{}\\]*\}))",
    re.IGNORECASE,
)
r"""Commands that reach out of a formula into the page; `\href` may lead to the web."""
SOUND = re.compile(r"\[sound:([^\]\[<>\n]+)\]")
WIDTH_BEHIND = re.compile(r"\{\s*width\s*=\s*[\"']?(\d{1,4})(px|%)?[\"']?\s*\}")
WIDTH_WITHIN = re.compile(r"\|(\d{1,4})(?:x\d{1,4})?$")


ENDS = frozenset({RunKind.SOFT, RunKind.BREAK, RunKind.TAG})


def text_of_tokens(tokens: list[Token], notes: Mapping[str, Text] = {}) -> Text:
    """Turn markdown-it's inline tokens into runs; *notes* are the footnotes that they may refer to."""
    runs: list[Run] = []
    marks: tuple[Mark, ...] = ()
    tagged = False
    for token in tokens:
        kind = token.type
        if kind == "text":
            if token.content:
                # Columns of blanks only lay a line out.
                content = BLANKS.sub("  ", token.content) if "   " in token.content else token.content
                if content[0] == "{" or "[sound:" in content:
                    _write(content, marks, runs)
                else:
                    runs.append(Run(RunKind.TEXT, content, marks))
        elif kind == "code_inline":
            runs.append(Run(RunKind.CODE, token.content, marks))
        elif kind == "softbreak":
            runs.append(Run(RunKind.SOFT, "\n", marks))
        elif kind in MARKS:
            marks = (*marks, Mark(MARKS[kind]))
        elif kind in CLOSES:
            marks = _close(marks, CLOSES[kind])
        elif kind == "link_open":
            marks = (*marks, _link(str(token.attrs.get("href", ""))))
        elif kind == "html_inline":
            marks = _tag(token.content, marks, runs)
            tagged = True
        elif kind == "footnote_ref":
            label = str(token.meta["label"])
            runs.append(Run(RunKind.NOTE, label, marks, note=notes.get(label)))
        else:
            runs.append(_other(token, marks))
    return Text(tuple(_without_dead_links(_with_lines(runs) if tagged else runs)))


def _write(content: str, marks: tuple[Mark, ...], runs: list[Run]) -> None:
    """Write text, in which a sound may stand as Anki has it, or the width of the picture before."""
    if content[0] == "{" and runs and runs[-1].kind is RunKind.IMAGE and (found := WIDTH_BEHIND.match(content)):
        runs[-1] = runs[-1]._replace(width=found[1] + ("%" if found[2] == "%" else ""))
        content = content[found.end() :]
    at = 0
    for found in SOUND.finditer(content) if "[sound:" in content else ():
        if found.start() > at:
            runs.append(Run(RunKind.TEXT, content[at : found.start()], marks))
        runs.append(Run(RunKind.IMAGE, "", marks, found[1]))
        at = found.end()
    if at < len(content):
        runs.append(Run(RunKind.TEXT, content[at:], marks))


def _other(token: Token, marks: tuple[Mark, ...]) -> Run:
    match token.type:
        case "math_inline" | "math_single":
            return math_run(token.content, marks)
        case "math_inline_double" | "math_block":
            return math_run(token.content, marks, display=True)
        case "image":
            words = "".join(child.content or " " * (child.type == "softbreak") for child in token.children or [])
            return _picture(words, str(token.attrs.get("src", "")), marks)
        case "hardbreak":
            return Run(RunKind.BREAK, "\n", marks)
        case _:
            return Run(RunKind.TEXT, token.content, marks)


def math_run(content: str, marks: tuple[Mark, ...] = (), *, display: bool = False) -> Run:
    """Give a formula, or its source as code where it would do more than show a formula."""
    content = content.strip()
    if DANGEROUS_MATH.search(content):
        return Run(RunKind.CODE, f"$${content}$$" if display else f"${content}$", marks)
    return Run(RunKind.DISPLAY if display else RunKind.MATH, content, marks)


def _picture(words: str, address: str, marks: tuple[Mark, ...]) -> Run:
    if not SAFE_PICTURE.match(address):
        return Run(RunKind.TEXT, f"![{words}]({address})", marks)
    found = WIDTH_WITHIN.search(words)
    return Run(RunKind.IMAGE, words[: found.start()] if found else words, marks, address, found[1] if found else "")


def _link(href: str) -> Mark:
    return Mark("a", href if SAFE_ADDRESS.match(href) else "")


def _with_lines(runs: list[Run]) -> list[Run]:
    """Break the line where a tag of layout stands between two texts; elsewhere it does nothing."""
    if all(run.text or run.kind is not RunKind.BREAK for run in runs):
        return runs
    kept: list[Run] = []
    waiting: Run | None = None
    for run in runs:
        if run.kind is RunKind.BREAK and not run.text:
            waiting = run
            continue
        if waiting and kept and kept[-1].kind not in ENDS and run.kind not in ENDS and run.plain.strip():
            kept.append(waiting._replace(text="\n"))
        waiting = waiting if not run.plain.strip() and run.kind not in ENDS else None
        kept.append(run)
    return kept


def _without_dead_links(runs: list[Run]) -> Iterator[Run]:
    """Drop links that lead nowhere or where none may lead, and keep their text."""
    for run in runs:
        if run.marks and any(mark.tag in ("a", REFUSED) and not mark.href for mark in run.marks):
            yield run._replace(marks=tuple(mark for mark in run.marks if mark.tag not in ("a", REFUSED) or mark.href))
        else:
            yield run


def _close(marks: tuple[Mark, ...], tag: str) -> tuple[Mark, ...]:
    """Take the innermost *tag* off."""
    for at in range(len(marks) - 1, -1, -1):
        if marks[at].tag == tag:
            return marks[:at] + marks[at + 1 :]
    return marks


# --- tags --------------------------------------------------------------------------------------------------------


class _Tag(HTMLParser):
    """Reads one tag as a browser does."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.closes = "", False
        self.attributes: dict[str, str] = {}
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.name = tag
        self.attributes = {name: value or "" for name, value in reversed(attrs)}  # the first of a name counts

    def handle_endtag(self, tag: str) -> None:
        # `<b/>` is told as opened and closed.
        self.name, self.closes = tag, self.name != tag


def _tag(source: str, marks: tuple[Mark, ...], runs: list[Run]) -> tuple[Mark, ...]:
    """Read one HTML tag: a format becomes a mark, structure is kept for the outline, the unknown is text."""
    if source.startswith("<!--"):
        return marks
    tag = _Tag(source)
    name = tag.name
    if name in FORMATS:
        return _close(marks, FORMATS[name]) if tag.closes else (*marks, Mark(FORMATS[name]))
    if name == "a":
        return _anchor(source, tag, marks, runs)
    if run := _run_of(tag, marks):
        runs.append(run)
    elif name in LAYOUT or name in CELLS or name in PLAYED:
        if name in LINES:
            runs.append(Run(RunKind.BREAK, "", marks))
        elif name in CELLS and not tag.closes and runs and runs[-1].kind not in ENDS:
            runs.append(Run(RunKind.TEXT, " | ", marks))
    else:
        runs.append(Run(RunKind.TEXT, source, marks))
    return marks


def _anchor(source: str, tag: _Tag, marks: tuple[Mark, ...], runs: list[Run]) -> tuple[Mark, ...]:
    """Read `<a>` and `</a>`; a link to where none may lead is shown as it was written, at both ends."""
    if tag.closes:
        opened = next((mark for mark in reversed(marks) if mark.tag in ("a", REFUSED)), Mark("a"))
        if opened.tag == REFUSED:
            runs.append(Run(RunKind.TEXT, source, marks))
        return _close(marks, opened.tag)
    href = tag.attributes.get("href", "")
    if SAFE_ADDRESS.match(href):
        return (*marks, Mark("a", href))
    runs.append(Run(RunKind.TEXT, source, marks))
    return (*marks, Mark(REFUSED))


def _run_of(tag: _Tag, marks: tuple[Mark, ...]) -> Run | None:
    """Give what a tag puts into the text by itself."""
    address = tag.attributes.get("src", "")
    if tag.name == "br":
        return Run(RunKind.BREAK, "\n", marks)
    if tag.name in STRUCTURE:
        return Run(RunKind.TAG, f"<{'/' * tag.closes}{tag.name}>", marks)
    if tag.name == "img" and not tag.closes and SAFE_PICTURE.match(address):
        width = re.fullmatch(r"(\d{1,4})(?:px)?(%?)", tag.attributes.get("width", "").strip())
        return Run(RunKind.IMAGE, tag.attributes.get("alt", ""), marks, address, width[1] + width[2] if width else "")
    if tag.name in PLAYED and address and SAFE_PICTURE.match(address):
        return Run(RunKind.IMAGE, "", marks, address)
    return None
