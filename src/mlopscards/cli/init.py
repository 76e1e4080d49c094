"""`mlopscards init`: a notes folder to start from."""

from __future__ import annotations

from pathlib import Path

import click

from mlopscards.cli.common import Command, say, status


@click.command(
    cls=Command,
    short_help="Make a notes folder to start from.",
    examples="""mlopscards init notes                  then edit notes/week-1-first-steps.md
                mlopscards init my-course && mlopscards build my-course""",
)
@click.argument("folder", type=click.Path(path_type=Path), default="notes")
def init(folder: Path) -> None:
    """Make a new notes FOLDER to start from, with one short example week."""
    from mlopscards.starting import write_starter

    with status():
        for path in write_starter(folder):
            say(f"made {path}")
        say(f"\nNext: edit the notes, then run `mlopscards build {folder}`.")
