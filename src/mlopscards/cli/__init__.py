"""The command line: a file a command, and what they share. Only these modules print, and only they know the time."""

from __future__ import annotations

import click

from mlopscards import __version__
from mlopscards.cli.build import build
from mlopscards.cli.cards import cards
from mlopscards.cli.check import check
from mlopscards.cli.coverage import coverage
from mlopscards.cli.init import init
from mlopscards.cli.lock import lock
from mlopscards.cli.plan import plan
from mlopscards.cli.preview import preview

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="mlopscards")
def main() -> None:
    """Turn handout notes in Markdown into Anki decks, and keep every review when the notes are edited.

    Exit status: 0 done; 1 the notes have errors; 2 it could not be done.
    """


for command in (build, plan, cards, check, coverage, preview, init, lock):
    main.add_command(command)
