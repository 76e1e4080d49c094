"""`mlopscards plan`: what a build would do, on standard output."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mlopscards.cli.common import Command, decks_option, form_option, now, progress, say, say_problems, status, write


@click.command(
    cls=Command,
    short_help="Say what a build would do, and write nothing.",
    examples="""mlopscards plan                        what `mlopscards build` would do
                mlopscards plan my-notes               the same for another folder
                mlopscards plan --format json | jq '.changed[].question'""",
)
@click.argument("notes", type=click.Path(path_type=Path), default="notes")
@decks_option("Folder of the packages; read only where the lock is lost.")
@form_option("text", "json", what="How to write it.")
def plan(notes: Path, output: Path, form: str) -> None:
    """Say what a build of the folder NOTES would do, and write nothing.

    Each card is new, changed (with its old and new words), moved to another deck, returned, retired, or ambiguous: then
    it could be more than one of the cards you had, and is new.
    """
    from mlopscards import pipeline
    from mlopscards.targets.plan import FORMATS

    with status():
        planned = pipeline.plan(notes, output, now(), progress)
        say_problems(planned.collected.problems)
        if form == "text" and planned.is_lock_missing:
            say(f"note: there is no {notes / pipeline.LOCK_NAME} yet")
        write(_coloured(piece) if form == "text" else piece for piece in FORMATS[form](planned))


def _coloured(line: str) -> str:
    """Colour the words that go and come; click takes it off again where no terminal is."""
    gone = re.sub(r"\[-.*?-\]", lambda found: click.style(found[0], fg="red"), line)
    return re.sub(r"\{\+.*?\+\}", lambda found: click.style(found[0], fg="green"), gone)
