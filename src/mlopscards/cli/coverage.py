"""`mlopscards coverage`: what became of every line of the notes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlopscards.cli.common import NOTES_WRONG, Command, form_option, progress, say, status, write, write_page
from mlopscards.cli.paths import files_of, root_of
from mlopscards.model import LineKind

if TYPE_CHECKING:
    from mlopscards.coverage import FileCoverage

OPEN_KINDS = [kind.value for kind in LineKind if kind.is_open]


@click.command(
    cls=Command,
    short_help="Tell which lines are on no card, and why.",
    examples="""mlopscards coverage                         a row a file of notes/, and why lines are on no card
                mlopscards coverage notes/week-3.md --show  the lines that are on no card, with the reason
                mlopscards coverage --html coverage.html     the notes with coloured margins, as a page
                mlopscards coverage --fail-under 80          exit status 1 where less is on cards
                mlopscards coverage --ignore prose --ignore code --fail-under 100""",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--show", is_flag=True, help="Print each line that is on no card, as path:line: reason | text.")
@form_option("text", "json", what="How to write it.")
@click.option(
    "--html", type=click.Path(path_type=Path), help="Write a page to this file, or to index.html in this folder."
)
@click.option(
    "--ignore",
    multiple=True,
    type=click.Choice(OPEN_KINDS),
    metavar="REASON",
    help="A reason, such as prose, that shall not count against the percentage; may be repeated.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="N",
    help="Exit with 1 where less than N per cent is covered.",
)
def coverage(
    paths: tuple[Path, ...],
    *,
    show: bool,
    form: str,
    html: Path | None,
    ignore: tuple[str, ...],
    fail_under: float | None,
) -> None:
    """Say of every line of the notes whether it is on a card, and why not where it is not.

    PATHS may be any Markdown or text files, or folders of them; without any it is the folder notes. Nothing is changed.
    """
    from mlopscards.coverage import percent, total
    from mlopscards.targets.coverage_table import FORMATS, share

    with status():
        ignored = frozenset(map(LineKind, ignore))
        files = _covered(paths or (Path("notes"),))
        write(FORMATS[form](files, ignored, show=show))
        if html:
            _write_page(html, files, ignored)
        counts = total(files)
        if fail_under is not None and percent(counts, ignored) < fail_under:
            say(f"covered {share(counts, ignored)}, expected at least {fail_under:g} %")
            sys.exit(NOTES_WRONG)


def _covered(paths: Sequence[Path]) -> tuple[FileCoverage, ...]:
    """The coverage of the files of *paths*, each under the path by which it was reached."""
    from mlopscards import pipeline

    files = files_of(paths)
    covered = pipeline.cover(root_of(paths, files), files, progress)
    return tuple(replace(one, path=file.as_posix()) for one, file in zip(covered, files, strict=True))


def _write_page(target: Path, files: Sequence[FileCoverage], ignored: frozenset[LineKind]) -> None:
    from mlopscards.targets.coverage_page import page_of

    path = target / "index.html" if target.is_dir() or target.suffix.lower() not in (".html", ".htm") else target
    write_page(path, page_of(files, ignored).encode("utf-8", "replace"))
    say(f"wrote {path}")
