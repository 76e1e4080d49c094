"""What a link is called where the author gave it no name."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from mlopscards.model import Link
from mlopscards.patterns import ADDRESS
from mlopscards.text import Mark, Run, RunKind, Text

HOSTS_OF_MANY = re.compile(
    r"(?:github|gitlab|bitbucket|huggingface|pypi|npmjs|medium|youtube|wikipedia|readthedocs|arxiv)\.", re.I
)
"""Hosts whose path, not name, says what the page is about."""
PREFIX = re.compile(r"^(?:www|docs?|blog|en|de|dev|developers?|cloud|projects?)\.")


def name_of_address(url: str) -> str:
    """Read a name off an address: `https://dvc.org/` is dvc, `https://github.com/feast-dev/feast` is feast."""
    parts = urlsplit(url)
    path = [unquote(part) for part in parts.path.split("/") if part]
    host = parts.hostname or url
    if HOSTS_OF_MANY.search(host) and path:
        return re.sub(r"\.(?:html?|git|pdf)$", "", path[-1]).replace("_", " ")
    if host.startswith("cloud.google.") and path:
        return f"Google Cloud {path[0].replace('-', ' ').title()}"
    bare = PREFIX.sub("", host)
    labels = bare.split(".")
    if labels[-1] in ("ai", "io") and len(labels) == 2 and len(labels[0]) <= 8:
        return bare  # landing.ai is a name
    if len(labels) > 2 and labels[0] not in ("", labels[-2]):
        return f"{labels[0]} ({bare})"
    if path and bare in ("elastic.co", "microsoft.com", "amazon.com", "google.com", "apache.org"):
        return path[0]
    return labels[0]


def names_of_links(text: Text) -> tuple[Text, ...]:
    """The names of the links in *text*, each still linked."""
    return tuple(_named(shown, url) for shown, url in text.links)


def _named(shown: str, url: str) -> Text:
    name = name_of_address(url) if ADDRESS.match(shown.strip()) else shown.strip()
    return Text((Run(RunKind.TEXT, name, (Mark("a", url),)),))


def links_of(text: Text, name: str = "") -> tuple[Link, ...]:
    """The links in *text* as references; *name* is what the line calls them."""
    return tuple(
        Link(name or (address_of(url) if ADDRESS.match(shown.strip()) else shown.strip()) or address_of(url), url)
        for shown, url in text.links
    )


def address_of(url: str) -> str:
    """An address as one would read it: host and path, without scheme and query."""
    parts = urlsplit(url)
    return unquote((parts.hostname or "").removeprefix("www.") + parts.path).rstrip("/")
