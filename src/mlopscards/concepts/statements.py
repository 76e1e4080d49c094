"""Statements that define nothing: asked by leaving their end out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlopscards.concepts.facts import Asked, Completion, Content, Fact
from mlopscards.patterns import top_level
from mlopscards.text import Text, text_of
from mlopscards.words import PRONOUNS, begins_with_verb, words

PREPOSITION = re.compile(
    r"\s(?:into|by|via|in|with|from|because|so that|based on|through|as|using|for|to|when|where|on"
    r"|than|before|after|without|until)\s",
    re.I,
)


PASSIVE = re.compile(
    r"(?P<subject>[^,.:;]{3,60}?)\s+(?P<be>is|are)\s+(?P<verb>(?:\w+ly\s+)?(?:\w+ed|made|built|split|set|given|taken|found|kept|run|drawn|chosen"
    r"|written|held|done|sent|put))\s+(?P<how>in|by|with|from|on|via|through|into|to|for)\s+(?P<what>\S.*)$",
    re.IGNORECASE,
)


def completed(text: Text) -> Iterator[Fact]:
    """Ask for the end of a statement, from the first preposition that leaves enough to both sides."""
    mask = top_level(text.mask)
    passive = PASSIVE.match(mask)
    if passive and words(passive["subject"])[0] not in PRONOUNS and len(passive["what"].split()) <= 16:
        subject = text[: passive.end("subject")]
        question = (
            text_of(f"{passive['how'].capitalize()} what {passive['be']} ") + subject + text_of(f" {passive['verb']}?")
        )
        yield Asked(question, Content(text[passive.start("what") :].strip(" .")))
        return
    for found in PREPOSITION.finditer(mask):
        before, after = mask[: found.start()].split(), mask[found.end() :].split()
        if len(before) >= 3 and 1 <= len(after) <= 16 and not begins_with_verb(mask[found.end() :]):
            yield Completion(text[: found.end()].strip(), text[found.end() :].strip(" ."))
            return
