"""What Anki would take for more than text: math, sounds, LaTeX, gaps; and how to write it so that it is text."""

from __future__ import annotations

import re
from html import escape

MEANT = re.compile(r"\\(?=[()\[\]]|$)|\[(?=/?(?:latex|\$\$?)\]|sound:|/?anki:|\[type:)", re.IGNORECASE)
GAP_MARK = re.compile(r"(?<=\})\}|(?<=\{)\{|(?<=:):|[{}]$|^[{}]")
PLAYED = re.compile(
    r"\.(?:3gp|aac|aif[fc]?|avi|flac|flv|m4a|m4b|m4v|mkv|mov|mp2|mp3|mp4|mpe?g|og[agvx]|opus|spx|wav|webm|wma|wmv)$",
    re.IGNORECASE,
)
FOLLOWED = re.compile(r"(?:https?|mailto|ftp):", re.IGNORECASE)
"""Addresses that lead somewhere from a card; a neighbouring file is none of them."""


def disarmed(html: str) -> str:
    r"""Part the signs by which Anki knows math, sounds, LaTeX and answers to type, where the author wrote mere text.

    An empty format between them is seen by nobody: what is shown and what is copied stays the same.
    """
    return MEANT.sub(r"<span>\g<0></span>", html) if "\\" in html or "[" in html else html


def quoted(value: str) -> str:
    """Write *value* between the quotes of an attribute, for there too Anki looks for its signs."""
    html = escape(value)
    return MEANT.sub(_by_number, html) if "\\" in html or "[" in html else html


def _by_number(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def without_gap_marks(html: str) -> str:
    """Write the signs of a gap so that Anki shows them; only within a text with gaps does it look for them."""
    return GAP_MARK.sub(_by_number, html) if any(sign in html for sign in "{}:") else html


def is_played(address: str) -> bool:
    """Say whether Anki plays what *address* names."""
    return bool(PLAYED.search(address))


def sound_of(address: str) -> str:
    """Write what Anki plays at this place."""
    return f"[sound:{escape(address).replace(']', '%5D')}]"
