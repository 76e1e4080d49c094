"""`mlopscards cards`: the cards, on standard output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from mlopscards.cli.common import Command, form_option, now, progress, say_no_cards, say_problems, status, write
from mlopscards.cli.paths import files_of, root_of


@click.command(
    cls=Command,
    short_help="Write the cards of any text, to read or as JSON or CSV.",
    examples="""mlopscards cards                                   the cards of notes/, to read
                mlopscards cards handout.txt --format json         any Markdown or text file
                mlopscards cards notes/course-2 --format csv > cards.csv""",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@form_option("text", "json", "csv", what="How to write them.")
def cards(paths: tuple[Path, ...], form: str) -> None:
    """Write the cards of files or folders to standard output; nothing is changed.

    PATHS may be any Markdown or text files; without any it is the folder notes.
    """
    with status():
        write(_written(paths or (Path("notes"),), form))


def _written(paths: Sequence[Path], form: str) -> Iterator[str]:
    from mlopscards import pipeline
    from mlopscards.lockfile import read_lock
    from mlopscards.settings import FILE_NAME, read_settings
    from mlopscards.targets.table import FORMATS

    files = files_of(paths)
    root = root_of(paths, files)
    # Files without the front matter of this tool are welcome here.
    collected = pipeline.collect(root, files, lenient=True, progress=progress)
    say_problems(collected.problems)
    settings = read_settings(root / FILE_NAME)
    plan = pipeline.issue_cards(collected, settings, read_lock(root / pipeline.LOCK_NAME), now())
    if not plan.issued:
        say_no_cards(paths)
    yield from FORMATS[form](plan.issued, settings)
