"""Code to HTML with the classes that `templates/code.css` colours. The only importer of Pygments."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING

from mlopscards.signs import disarmed

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LONGEST = 20_000
"""Characters up to which code is coloured; some of the lexers take ever longer over what is longer."""
LANGUAGE = re.compile(r"\{?\s*\.?([\w+#.-]+)")
"""The name of the language in the words behind a fence: `python`, `python title="a.py"`, `{.python}`, `{python}`."""


def language_of(info: str) -> str:
    """Give the language that stands behind a fence."""
    found = LANGUAGE.match(info)
    return found[1].rstrip(".") if found else ""


@lru_cache(maxsize=4096)
def highlighted(code: str, language: str) -> str:
    """Write *code* as HTML that shows exactly its characters."""
    lexer = _lexer(language.lower()) if language and len(code) <= LONGEST else None
    if lexer is None:
        return disarmed(escape(code, quote=False))
    pieces: list[tuple[str, str]] = []
    for kind, text in lexer.get_tokens(f"{code}\n"):  # many rules end in a line end
        name = _class_of(kind)
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + text)
        else:
            pieces.append((name, text))
    if "".join(text for _, text in pieces) != f"{code}\n":
        return disarmed(escape(code, quote=False))  # a lexer that changes what it reads
    pieces[-1] = (pieces[-1][0], pieces[-1][1].removesuffix("\n"))
    return "".join(_span(name, disarmed(escape(text, quote=False))) for name, text in pieces if text)


CLASSES = {
    "Comment": "c",
    "Comment.Preproc": "nd",
    "Comment.PreprocFile": "s",
    "Keyword": "k",
    "Operator.Word": "k",
    "Literal.String": "s",
    "Literal.Number": "m",
    "Literal.Date": "m",
    "Name.Function": "nf",
    "Name.Class": "nf",
    "Name.Builtin": "nb",
    "Name.Constant": "nb",
    "Name.Exception": "nb",
    "Name.Decorator": "nd",
    "Name.Variable": "nv",
    "Name.Attribute": "na",
    "Name.Tag": "nt",
    "Name.Label": "nt",
    "Generic.Deleted": "gd",
    "Generic.Inserted": "gi",
    "Generic.Heading": "gh",
    "Generic.Subheading": "gh",
    "Generic.Prompt": "gp",
    "Generic.Output": "go",
    "Generic.Error": "gd",
    "Generic.Traceback": "gd",
}
"""Kinds of tokens and Pygments' short class for them; what has none, such as a plain name, has no colour.

The finer kinds are left out: they come and go with the versions of Pygments, and few themes tell them apart.
"""


@cache
def _class_of(kind: tuple[str, ...]) -> str:
    """Find the class of the nearest kind that has one."""
    for length in range(len(kind), 0, -1):
        if name := CLASSES.get(".".join(kind[:length])):
            return name
    return ""


def _span(name: str, html: str) -> str:
    return f'<span class="{name}">{html}</span>' if name else html


@cache
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import find_lexer_class

    kind = find_lexer_class(_names()[language]) if language in _names() else None
    return kind(stripnl=False, ensurenl=False) if kind else None


@cache
def _names() -> dict[str, str]:
    """The lexers of Pygments itself, by their aliases: plug-ins would colour the same notes otherwise elsewhere."""
    from pygments.lexers import get_all_lexers

    return {alias: name for name, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases}
