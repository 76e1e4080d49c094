"""Markdown that does not say what its author meant: what is left open, lost or shown as signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mlopscards.check.catalogue import found
from mlopscards.check.seen import COMMENT, Seen, Stretch, blanked, code_spans
from mlopscards.model import Note, Place, Problem, Span
from mlopscards.syntax import Block, BlockKind, blocks_of
from mlopscards.text import Run, RunKind, Text

# --- code and comments -------------------------------------------------------------------------------------------

FENCE = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(?P<marks>`{3,}|~{3,})(?P<info>.*)")


def open_fences(seen: Seen) -> Iterator[Problem]:
    """Code whose fence is not closed, or not before the next one opens."""
    for block in seen.blocks:
        if block.kind is not BlockKind.CODE or not (opening := FENCE.match(seen.lines[block.span.line - 1])):
            continue
        marks = opening["marks"]
        span = Span(seen.path, block.span.line, opening.start("marks") + 1)
        inside = seen.lines[block.span.line : block.span.end_line]
        if next_one := _fence_within(inside, marks):
            line = block.span.line + next_one
            yield found(
                "F201", span, f"code is not closed before the next code opens in line {line}; close it with {marks}"
            )
        elif not inside or not _closes(inside[-1], marks):
            yield found("F201", span, f"code is not closed; close it with a line of {marks}")


def _closes(line: str, marks: str) -> bool:
    bare = line.strip(" \t>")
    return len(bare) >= len(marks) and not bare.strip(marks[0])


def _fence_within(lines: list[str], marks: str) -> int:
    """Find a line within code that opens other code: a fence of the same kind with a language behind it."""
    for number, line in enumerate(lines, 1):
        other = FENCE.match(line) if marks[:3] in line else None
        if other and other["marks"].startswith(marks) and re.fullmatch(r"[a-z]\w{0,15}", other["info"].strip()):
            return number
    return 0


def open_comments(seen: Seen) -> Iterator[Problem]:
    """A comment that hides the rest of the file, or all up to the next comment."""
    opened: Span | None = None
    for line, at, mark in _comment_marks(seen):
        span = Span(seen.path, line, at + 1)
        if mark == "-->":
            opened = None
        elif opened is None:
            opened = span
        else:
            yield found(
                "F202", opened, f"comment is not closed before the next one in line {line}; close it with '-->'"
            )
            opened = span
    if opened:
        yield found("F202", opened, "comment is not closed; close it with '-->'")


def _comment_marks(seen: Seen) -> Iterator[tuple[int, int, str]]:
    for number, line in enumerate(seen.lines, 1):
        if ("<!--" not in line and "-->" not in line) or number in seen.code_lines:
            continue
        hidden = list(code_spans(line)) if "`" in line else []
        for mark in re.finditer("<!--|-->", line):
            if not any(start <= mark.start() < stop for start, stop in hidden):
                yield number, mark.start(), mark[0]


# --- formulas ----------------------------------------------------------------------------------------------------

LATEX = (
    r"(?:\\(?:frac|sqrt|sum|prod|int|log|exp|ln|min|max|alpha|beta|gamma|delta|epsilon|eta|theta|lambda|mu|pi|sigma|phi"
    r"|omega|times|cdot|leq?|geq?|neq|approx|hat|bar|vec|text|math\w{2,4}|left|partial|nabla|infty|in|to)\b"
    r"|[A-Za-z0-9)]\^|[A-Za-z)]_(?:\{|\w\b))"
)
OPENINGS = re.compile(
    rf"(?<!\\)(?:(?P<display>\$\$)(?!\$)(?=[^$]{{0,400}}?{LATEX})|(?<![$\w])(?P<inline>\$)(?=[^\s$])(?=[^$\n]{{0,200}}?{LATEX})"
    rf"|(?P<round>\\\()(?=[^)]{{0,400}}?{LATEX})|(?P<square>\\\[)(?=[^\]]{{0,400}}?{LATEX}))"
)
CLOSINGS = {"display": "$$", "inline": "$", "round": "\\)", "square": "\\]"}


def open_math(seen: Seen) -> Iterator[Problem]:
    """A formula that is opened and not closed; a dollar before anything else is a dollar."""
    for stretch in seen.stretches:
        if "$" not in stretch.text and "\\" not in stretch.text:
            continue
        for opening in OPENINGS.finditer(stretch.plain):
            kind = str(opening.lastgroup)
            message = f"formula is opened by {opening[0]} and not closed; close it with {CLOSINGS[kind]}"
            yield found("F203", stretch.span(opening.start()), message)


# --- gaps --------------------------------------------------------------------------------------------------------

CLOZE = re.compile(r"\{\{c(?P<number>\d+)::|\}\}|(?P<slip>(?<!\{)\{c\d+::|\{\{c\d+:(?!:)|\{\{\d+::)")


def broken_clozes(seen: Seen) -> Iterator[Problem]:
    """Clozes that Anki would not take."""
    for stretch in seen.stretches:
        if "::" in stretch.text or "{{c" in stretch.text:
            yield from _broken_clozes(stretch)


def _broken_clozes(stretch: Stretch) -> Iterator[Problem]:
    text = stretch.plain
    opened: re.Match[str] | None = None
    for mark in CLOZE.finditer(text):
        span = stretch.span(mark.start())
        if mark["slip"]:
            yield found("F204", span, f"{mark[0]!r} opens no cloze; expected '{{{{c1::'")
        elif mark[0] == "}}":
            if opened and not text[opened.end() : mark.start()].strip():
                yield found(
                    "F204", stretch.span(opened.start()), "cloze hides nothing; put the hidden text behind '::'"
                )
            opened = None
        elif int(mark["number"][:4]) == 0:
            yield found("F204", span, "cloze has the number 0; they count from 1")
            opened = mark
        else:
            if opened:
                yield _open_cloze(stretch, opened)
            opened = mark
    if opened:
        yield _open_cloze(stretch, opened)


def _open_cloze(stretch: Stretch, opened: re.Match[str]) -> Problem:
    return found("F204", stretch.span(opened.start()), f"cloze {opened[0]!r} is not closed; close it with '}}}}'")


GAP = re.compile(r"(?<![=!<>~:+/|&-])==(?![=>])")


def open_gaps(seen: Seen) -> Iterator[Problem]:
    """`==gap` without its end, or the reverse; with blanks around it, it compares."""
    for stretch in seen.stretches:
        if "==" in stretch.text:
            yield from _unpaired(stretch, GAP, "F205", "gap is opened by == and not closed; put == behind its end too")


def open_bold(seen: Seen) -> Iterator[Problem]:
    """`**bold` without its end."""
    for stretch in seen.stretches:
        if "**" in stretch.text and any("**" in run for run in _texts(stretch.block)):
            yield from _unpaired(
                stretch, BOLD, "F207", "bold is opened by ** and not closed; put ** behind its end too"
            )


BOLD = re.compile(r"(?<![\\*])\*\*(?!\*)")


def _unpaired(stretch: Stretch, mark: re.Pattern[str], code: str, message: str) -> Iterator[Problem]:
    """Marks that hug a word and have no partner."""
    text = stretch.plain
    opened = -1
    for one in mark.finditer(text):
        before, behind = text[one.start() - 1 : one.start()], text[one.end() : one.end() + 1]
        if opened >= 0 and before and not before.isspace():
            opened = -1
        elif opened < 0 and behind and not behind.isspace() and not before.isalnum():
            opened = one.start()
        elif opened < 0 and before.isalnum() and (not behind or not behind.isalnum()) and code == "F205":
            yield found(code, stretch.span(one.start()), "gap is closed by == and not opened; put == before it too")
    if opened >= 0:
        yield found(code, stretch.span(opened), message)


def _texts(block: Block) -> Iterator[str]:
    for text in _all_texts(block):
        yield from (run.text for run in text.runs if run.kind is RunKind.TEXT)


def open_code(seen: Seen) -> Iterator[Problem]:
    """A backtick before a word without its end."""
    for stretch in seen.stretches:
        if "`" not in stretch.text:
            continue
        alone = [tick.start() for tick in LONE_TICK.finditer(stretch.plain)]
        bare = COMMENT.sub(blanked, stretch.text)
        # Code that ends before a word, with a blank inside, ends where other code begins.
        crossed = [
            start for start, stop in code_spans(bare) if bare[stop - 2].isspace() and bare[stop : stop + 1].isalnum()
        ]
        for at in alone or crossed[:1]:
            yield found("F208", stretch.span(at), "inline code is not closed; put a backtick behind it too")


LONE_TICK = re.compile(r"(?<![\\`\w])`(?=\w)")


# --- HTML --------------------------------------------------------------------------------------------------------

TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s[^<>]*)?)/?>")
FOLDS = frozenset({"details", "summary"})


def _names(tags: str) -> frozenset[str]:
    return frozenset(tags.split())


NEVER = _names(
    "script style iframe object embed form input button select textarea link meta base frame frameset applet"
)
"""Tags that do something; what is between them is no text for a card."""
PLAIN = _names("p div span section article header footer main nav a figure figcaption picture")
"""Tags that show nothing by themselves."""
WITHIN = _names("tr th td thead tbody tfoot caption colgroup col li dt dd source track option")
"""Tags that stand only within others, which are reported."""
NEVER_ATTRIBUTE = re.compile(r"""\s(on\w{2,30}|style)\s*=""", re.IGNORECASE)


def open_folds(seen: Seen) -> Iterator[Problem]:
    """`<details>` and `<summary>` without their end."""
    opened: list[tuple[str, Span]] = []
    for stretch in seen.stretches:
        for tag in TAG.finditer(stretch.bare) if "<" in stretch.text else ():
            name = tag["name"].lower()
            if name not in FOLDS:
                continue
            if not tag["end"]:
                opened.append((name, stretch.span(tag.start())))
            elif any(one == name for one, _ in opened[-2:]):
                while opened[-1][0] != name:
                    yield _open_fold(*opened.pop())
                opened.pop()
    yield from (_open_fold(name, span) for name, span in opened)


def _open_fold(name: str, span: Span) -> Problem:
    return found("F206", span, f"<{name}> is not closed; close it with </{name}>")


def removed_html(seen: Seen) -> Iterator[Problem]:
    """Tags and attributes that never reach a card."""
    for stretch in seen.stretches:
        for tag in TAG.finditer(stretch.bare) if "<" in stretch.text else ():
            name = tag["name"].lower()
            if tag["end"]:
                continue
            if name in NEVER:
                message = f"<{name}> never reaches a card; delete it, or put it into backticks where it is to be read"
                yield found("F209", stretch.span(tag.start()), message)
            elif attribute := NEVER_ATTRIBUTE.search(tag["attributes"]):
                if not _is_text(tag[0]):
                    message = f"{attribute[1].lower()!r} of <{name}> never reaches a card; delete it"
                    yield found("F209", stretch.span(tag.start()), message)
            elif name not in PLAIN | WITHIN and _is_removed(name):
                message = f"<{name}> is not shown on cards, only the text in it; write it in Markdown"
                yield found("F209", stretch.span(tag.start()), message)


@lru_cache(maxsize=200)
def _is_removed(name: str) -> bool:
    """Ask the parser what becomes of a tag: gone without a trace, or shown in one way or another."""
    runs = [run for block in blocks_of(Note("", f"a <{name}>b</{name}> c", Place())) for run in block.text.runs]
    return all(run.kind is RunKind.TEXT and not run.marks for run in runs) and "<" not in "".join(r.text for r in runs)


@lru_cache(maxsize=200)
def _is_text(tag: str) -> bool:
    runs = [run for block in blocks_of(Note("", f"a {tag} c", Place())) for run in block.text.runs]
    return "<" in "".join(run.text for run in runs)


# --- emphasis ----------------------------------------------------------------------------------------------------

FACTOR = re.compile(r"[\d_()\[\]+/^=`]|[^\W\da-zA-Z]|(?:^|\*)\w(?:\*|$)")
"""What tells a product from a word of which a part is stressed."""
NAME = re.compile(r"(?<![\w`*.])__[a-z]+(?:_[a-z]+)*__(?!\w)")
STRESSED = re.compile(r"__[a-z]+__")
"""A word alone between underscores may be meant to be strong."""


def lost_signs(seen: Seen) -> Iterator[Problem]:
    """`a*b*c` and `__my_name__`, where their signs were taken for emphasis."""
    for stretch in seen.stretches:
        if "*" in stretch.text:
            yield from _lost_products(stretch)
        for name in NAME.finditer(stretch.plain) if "__" in stretch.text else ():
            if not STRESSED.fullmatch(name[0]) and not any(name[0] in text.plain for text in _all_texts(stretch.block)):
                message = f"the underscores of {name[0]!r} are lost; put it into backticks"
                yield found("F210", stretch.span(name.start()), message)


def _lost_products(stretch: Stretch) -> Iterator[Problem]:
    at = 0
    for run in _within_words(stretch.block):
        at = stretch.text.find(f"*{run.text}*", at)
        if at < 0:
            return
        before, after = stretch.text[max(0, at - NEAR) : at], stretch.text[at : at + NEAR]
        if FACTOR.search(before.split(" ")[-1] + after.split(maxsplit=1)[0]) or "=" in before.split("\n")[-1]:
            message = "the asterisks of a product are taken for emphasis; put the formula into $…$ or backticks"
            yield found("F210", stretch.span(at), message)
            return


NEAR = 60
"""Characters on either side of a sign that may belong to its formula."""


def _within_words(block: Block) -> Iterator[Run]:
    """What is stressed and touches what stands on both sides of it."""
    for text in _all_texts(block):
        for before, run, after in zip(text.runs, text.runs[1:], text.runs[2:], strict=False):
            if any(mark.tag == "em" for mark in run.marks) and _ends_factor(before) and _ends_factor(after, 0):
                yield run


def _ends_factor(run: Run, at: int = -1) -> bool:
    """Say whether *run* touches the sign beside it with a letter, a digit, a bracket or code."""
    plain = run.plain
    return run.kind is RunKind.CODE or bool(plain and (plain[at].isalnum() or plain[at] in "()[]"))


def _all_texts(block: Block) -> tuple[Text, ...]:
    return (block.text, *(cell for row in block.rows for cell in row))


HEADING = re.compile(r"[ ]{0,3}(?P<marks>\#{2,6})[^\s#\\]", re.VERBOSE)


def headings_without_blank(seen: Seen) -> Iterator[Problem]:
    """`##Heading`."""
    for stretch in seen.stretches:
        if stretch.block.kind is not BlockKind.PARAGRAPH or "##" not in stretch.text:
            continue
        for line in re.finditer(r"^.*$", stretch.bare, re.MULTILINE):
            if heading := HEADING.match(line[0]):
                span = stretch.span(line.start() + heading.start("marks"))
                yield found("F215", span, f"is no heading without a blank behind {heading['marks']}; put one there")
