"""The Markdown that notes are written in: markdown-it-py with its plugins, and rules of our own where they misread."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

Rule = Callable[[StateInline, bool], bool]


def parse(text: str) -> list[Token]:
    """Parse *text* with the plugins that it can need; each costs a look at every character."""
    parser = _parser(
        links="://" in text or "www." in text or "@" in text,
        brackets="\\(" in text or "\\[" in text,
        described="\n:" in text or "\n :" in text or "\n  :" in text or "\n   :" in text,
        notes="[^" in text,
        names="__" in text and bool(SPECIAL_NAME.search(text)),
        products=bool(MAY_MULTIPLY.search(text)),
    )
    return parser.parse(text)


@cache
def _parser(*, links: bool, brackets: bool, described: bool, notes: bool, names: bool, products: bool) -> MarkdownIt:
    # Indented code is off: what learners indent is nearly always content. Raw HTML blocks are off, so that Markdown
    # inside <details> is read; single tags arrive as inline tokens and pass a list of safe ones.
    parser = (
        MarkdownIt("commonmark", {"html": True})
        .enable(["table", "strikethrough"])
        .disable(["code", "html_block"])
        .use(dollarmath_plugin, double_inline=True)
    )
    parser.inline.ruler.at("math_inline", _dollars)
    if brackets:
        # No plugin, for theirs looks at all that is ahead again at each opening mark.
        parser.block.ruler.before("fence", "math_block", _bracket_block)
        parser.inline.ruler.before("escape", "math_round", _round_brackets)
        parser.inline.ruler.before("escape", "math_display", _square_brackets)
    if links:
        parser.use(gfm_autolink_plugin)
        _bound_autolinks(parser)
    if described:
        parser.use(deflist_plugin)
    if products:
        parser.inline.ruler.before("emphasis", "product", _product)
    if names:
        parser.inline.ruler.before("emphasis", "special_name", _special_name)
    if notes:
        # Not the inline kind, for `^[a-z]` opens a pattern far more often than a footnote.
        parser.use(footnote_plugin, inline=False)
    return parser


# --- math --------------------------------------------------------------------------------------------------------

MONEY = re.compile(r"\d[\d.,]*(?:[KMBkmb]\b|/\w+)?\s+[^\W\d_]{2}")
VARIABLE = re.compile(r"[A-Z_]{2}")


def _dollars(state: StateInline, silent: bool) -> bool:
    """`$…$` and `$$…$$`, but not `$5 to $10`, `$HOME/$USER`, `${A}${B}`, `US$ 5`."""
    src, start = state.src, state.pos
    if src[start] != "$":
        return False
    mark = "$$" if src.startswith("$$", start) else "$"
    end = _closing(state, mark, start + len(mark))
    if end < 0:
        return False
    content = src[start + len(mark) : end]
    before, after = src[start - 1 : start] if start else "", src[end + len(mark) : end + len(mark) + 1]
    if mark == "$" and not _reads_as_math(before, content, after):
        return False
    if not content.strip():
        return False
    if not silent:
        token = state.push("math_inline_double" if mark == "$$" else "math_inline", "math", 0)
        token.content, token.markup = content, mark
    state.pos = end + len(mark)
    return True


def _closing(state: StateBlock | StateInline, mark: str, start: int) -> int:
    """Where *mark* stands next from *start*, or -1; what is nowhere ahead is not looked for again."""
    ended: dict[str, tuple[str, int]] = state.env.setdefault("ended", {})
    src, known = ended.get(mark, ("", 0))
    if src is state.src and start >= known:
        return -1
    at = start
    while (at := state.src.find(mark, at)) >= 0:
        if not _is_escaped(state.src, at):
            return at if isinstance(state, StateBlock) or at + len(mark) <= state.posMax else -1
        at += 1
    ended[mark] = (state.src, start)
    return -1


def _is_escaped(src: str, at: int) -> bool:
    before = at
    while before and src[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 1


def _reads_as_math(before: str, content: str, after: str) -> bool:
    """Tell a formula from money and from variables of a shell, by what stands around and inside its dollars."""
    if not content or content[0].isspace() or content[-1].isspace() or MONEY.match(content):
        return False
    if (before.isascii() and (before.isalnum() or before == "_")) or after.isdigit() or after == "{":
        return False
    if after and after.isascii() and (after.isalpha() or after in "_("):
        # `$n$th` is math, `$HOME/$USER`, `$A-$(date)` and `$HOME$PATH` are not.
        return bool(re.match(r"[\w)}\]'|*]", content[-1])) and not VARIABLE.match(content)
    return True


ESCAPED_BRACKET = re.compile(r"\s*(?:\d+(?:\s*[,;–-]\s*\d+)*|[xX]?|[^\W\d_](?:\w|\s+\w)[\w\s,.:–-]*)\s*")
"""A citation, the box of a task, words: what stands in brackets that somebody escaped."""


BEHIND_FORMULA = re.compile(r"[.,;]?\s*(?:\([^()$\r\n]{1,20}\))?\s*(?:\n|$)")
"""What may stand behind a formula that is a block: its number."""


def _bracket_block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    r"""`\[…\]` on lines of its own; where text goes on behind it, it is part of a paragraph."""
    begin = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith("\\[", begin):
        return False
    end = _closing(state, "\\]", begin + 2)
    if not begin + 2 < end <= state.eMarks[last - 1] or not BEHIND_FORMULA.match(state.src, end + 2):
        return False
    line = next(number for number in range(first, last) if end <= state.eMarks[number])
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block, token.content, token.map = True, state.src[begin + 2 : end], [first, line + 1]
    state.line = line + 1
    return True


def _round_brackets(state: StateInline, silent: bool) -> bool:
    r"""`\(…\)` within a line."""
    if not state.src.startswith("\\(", state.pos):
        return False
    end = _closing(state, "\\)", state.pos + 2)
    content = state.src[state.pos + 2 : end]
    if end < 0 or not content:
        return False
    if not silent:
        state.push("math_inline", "math", 0).content = content
    state.pos = end + 2
    return True


def _square_brackets(state: StateInline, silent: bool) -> bool:
    r"""`\[…\]` within a line; `\[1\]` is a bracket that somebody escaped."""
    if not state.src.startswith("\\[", state.pos):
        return False
    end = _closing(state, "\\]", state.pos + 2)
    content = state.src[state.pos + 2 : end]
    if end < 0 or ESCAPED_BRACKET.fullmatch(content):
        return False
    if not silent:
        state.push("math_inline_double", "math", 0).content = content
    state.pos = end + 2
    return True


# --- formulas without marks ---------------------------------------------------------------------------------------

PRODUCT = re.compile(r"(?<=[0-9a-zA-Z_)\]])(\*{1,2})(?=[0-9a-zA-Z_(\[])|(?<=\()\*(?=\))|(?<=\s)\*(?=[,;])")
# The star comes first, so that text without one costs nothing.
MAY_MULTIPLY = re.compile(r"\*(?:(?<=[0-9a-zA-Z_)\]]\*)\*?[0-9a-zA-Z_(\[]|(?<=\(\*)\)|(?<=\s\*)[,;])")
REACH = 60
"""Characters on either side of a star that may belong to its formula."""


def _product(state: StateInline, silent: bool) -> bool:
    """Read the stars of `2*a*b`, `x**2`, `(a+b)*c` and `count(*)` as signs; those of `un*believ*able` are emphasis."""
    found = PRODUCT.match(state.src, state.pos) if state.src[state.pos] == "*" else None
    if not found or not _multiplies(state.src, *found.span()):
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


def _multiplies(src: str, start: int, end: int) -> bool:
    """Tell a product from emphasis within a word, by the word and by what stands before it."""
    before = src[max(0, start - REACH) : start].rsplit("\n", 1)[-1]
    left = before.split()[-1:]
    if src[start + 1 : end + 1] in (",", ";", ")") or not left:
        return True
    word = left[0] + src[start : end + REACH].split(maxsplit=1)[0]
    stars = len(PRODUCT.findall(word))
    if stars % 2 or re.search(r"[\d_+/^=()\[\]]", word) or re.search(r"(?:^|\*)\w(?:\*|$)", word):
        return True
    return "=" in before


SPECIAL_NAME = re.compile(
    r"(?<!\w)__(?:a?(?:enter|exit|iter)|anext|(?:get|set|del)(?:item|attr)|getattribute|(?:post_)?init|init_subclass"
    r"|new|del|call|contains|missing|repr|str|len|bool|int|float|eq|ne|lt|le|gt|ge|[ri]?(?:mul|matmul|sub|div|pow|mod)"
    r"|truediv|floordiv|class|class_getitem|slots|dict|doc|mro|main|name|file|future|pycache|annotations)__(?!\w)"
)
"""Names that Python gives a meaning, save those that are English words to stress: `__all__`, `__and__`, `__next__`."""


def _special_name(state: StateInline, silent: bool) -> bool:
    """Read `__init__` as a name of Python's; other words between two underscores are strong."""
    found = SPECIAL_NAME.match(state.src, state.pos) if state.src[state.pos] == "_" else None
    if not found:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


# --- addresses ---------------------------------------------------------------------------------------------------

PROTOCOLS = ("http", "https", "mailto", "xmpp")
LONGEST_ADDRESS = 4096
ADDRESS = re.compile(r"[^\s<}]*(?:\}(?!\})[^\s<}]*)*")
"""Up to where an address may reach; two braces close a gap."""


def _bound_autolinks(parser: MarkdownIt) -> None:
    """Let the plugin look no further than an address reaches, or it looks at all text again at each colon."""
    rules = {rule.name: rule.fn for rule in parser.inline.ruler.__rules__}
    name = "gfm_autolink_protocol"
    parser.inline.ruler.at(name, _bounded(rules[name]))


def _bounded(rule: Rule) -> Rule:
    def bounded(state: StateInline, silent: bool) -> bool:
        if silent or state.src[state.pos] != ":" or not state.pending.endswith(PROTOCOLS):
            return False
        reach = ADDRESS.match(state.src, state.pos, state.pos + LONGEST_ADDRESS + 1)
        if reach is None or reach.end() - state.pos > LONGEST_ADDRESS:
            return False
        state.pending, tail = state.pending[:-8], state.pending[-8:]
        if state.pending:
            state.pushPending()
        state.pending = tail
        last, state.posMax = state.posMax, min(state.posMax, reach.end())
        try:
            return rule(state, silent)
        finally:
            state.posMax = last

    return bounded
