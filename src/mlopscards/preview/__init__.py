"""Cards to one page of HTML that shows each as Anki does; it needs nothing but a browser."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template

from mlopscards.model import Issued, Problem
from mlopscards.preview.content import NOTHING_AROUND, Surroundings, content_of
from mlopscards.settings import Settings

__all__ = ["Surroundings", "content_json", "page_of"]

_SCRIPTS = ("anki.js", "cards.js", "face.js", "state.js", "find.js", "show.js", "study.js", "page.js")
"""Together one module, in this order."""


def page_of(
    issued: Sequence[Issued], settings: Settings, problems: Sequence[Problem], around: Surroundings = NOTHING_AROUND
) -> str:
    """Make the page: markup, style, script and the cards in one text."""
    script = _script()
    return Template(_read("page.html")).substitute(
        policy=escape(_policy(script, is_live=bool(around.version))),
        title=escape(settings.root),
        style=_read("page.css"),
        base=_read("anki.css"),
        content=_json_in_html(content_of(issued, settings, problems, around)),
        script=script,
    )


def content_json(
    issued: Sequence[Issued], settings: Settings, problems: Sequence[Problem], around: Surroundings = NOTHING_AROUND
) -> str:
    """Write what changes of the page when the notes change, for a page that is open already."""
    return _json(content_of(issued, settings, problems, around))


def _policy(script: str, *, is_live: bool) -> str:
    """Let our script run, and nothing else: whatever stands in a note can neither run nor load nor send."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    own, server = (" 'self'", "'self'") if is_live else ("", "'none'")
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; connect-src {server}; "
        f"img-src data:{own}; media-src data:{own}; base-uri 'none'; form-action 'none'"
    )


def _json_in_html(value: object) -> str:
    # No `<`, and neither `</script>` nor `<!--` can end or change the element that it stands in.
    return _json(value).replace("<", "\\u003c")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@cache
def _script() -> str:
    return "\n".join(map(_read, _SCRIPTS))


@cache
def _read(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")
