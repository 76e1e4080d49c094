"""`mlopscards check`: findings about the notes, on standard output."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlopscards.cli.common import NOTES_WRONG, Command, count, form_option, progress, say, status, write
from mlopscards.cli.paths import files_of, root_of
from mlopscards.model import Severity

if TYPE_CHECKING:
    from mlopscards.model import Problem


@click.command(
    cls=Command,
    short_help="Find what is wrong with the notes, or hard to learn.",
    examples="""mlopscards check                                   all of notes/
                mlopscards check notes/course-2/week-1.md          one file of them
                mlopscards check --strict                          exit 1 on warnings too
                mlopscards check --format sarif > findings.sarif   for code scanning""",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@form_option("text", "json", "github", "sarif", what="How to write the findings.")
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
def check(paths: tuple[Path, ...], form: str, strict: bool) -> None:
    """Check notes, and the cards that they give; nothing is changed.

    PATHS may be a folder of notes or files; without any it is the folder notes. Findings go to standard output, one a
    line: path:line:column: CODE message. docs/findings.md tells of each code why it matters and how it is mended.

    Exit status: 0 no errors; 1 errors, or with --strict any finding; 2 it could not be done.
    """
    with status():
        problems, files = _problems(paths or (Path("notes"),))
        write(_written(problems, form))
        say(_summary(problems, files))
        if any(strict or problem.severity is Severity.ERROR for problem in problems):
            sys.exit(NOTES_WRONG)


def _problems(paths: tuple[Path, ...]) -> tuple[tuple[Problem, ...], int]:
    from mlopscards import pipeline
    from mlopscards.targets.findings import located

    files = files_of(paths)
    root = root_of(paths, files)
    whole = len(paths) == 1 and paths[0].is_dir() and root.resolve() == paths[0].resolve()
    problems = pipeline.check(root, None if whole else files, progress=progress)
    return located(problems, _seen_from_here(root)), len(files)


def _seen_from_here(folder: Path) -> str:
    """The path of *folder* as an editor or GitHub opens it from the current folder."""
    relative = Path(os.path.relpath(folder))
    return folder.resolve().as_posix() if relative.parts[:1] == ("..",) else relative.as_posix()


def _written(problems: tuple[Problem, ...], form: str) -> tuple[str, ...]:
    from mlopscards.targets.findings import FORMATS

    return tuple(FORMATS[form](problems))


def _summary(problems: tuple[Problem, ...], files: int) -> str:
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    told = [count(errors, "error")] * bool(errors) + [count(len(problems) - errors, "warning")] * (
        len(problems) > errors
    )
    return f"{' and '.join(told) or 'nothing found'} in {count(files, 'file')}"
