"""The command line: options, messages and exit status. The only module that prints, and that reads the clock."""

from __future__ import annotations

import gc
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlopscards import __version__
from mlopscards.errors import CannotDo, MlopscardsError, NotesError
from mlopscards.model import NoteType, Problem

if TYPE_CHECKING:
    from mlopscards.model import Deck
    from mlopscards.pipeline import Built

NOTES_WRONG = 1
CANNOT_DO = 2
MOST_DECKS = 30
"""Decks that the summary names one by one."""
LONG = 40
"""Files from which a build takes long enough for a progress bar."""
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Examples(click.Command):
    """Keeps the examples in a help text as they are written."""

    def __init__(self, *args: object, examples: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples behind the options."""
        with formatter.section("Examples"):
            for line in self.examples.strip().split("\n"):
                formatter.write(f"  {line.strip()}\n")


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="mlopscards")
def main() -> None:
    """Turn handout notes in Markdown into Anki decks, and keep every review when the notes are edited.

    Exit status: 0 done; 1 the notes have errors; 2 it could not be done.
    """


@main.command(
    cls=_Examples,
    examples="""mlopscards build                       notes/ to decks/
                mlopscards build my-notes -o packages  other folders""",
)
@click.argument("notes", type=click.Path(path_type=Path), default="notes")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="decks",
    show_default=True,
    help="Folder for the packages.",
)
def build(notes: Path, output: Path) -> None:
    """Build Anki packages from the folder NOTES: one a week and one with everything.

    The identity of every card is kept in NOTES/cards.lock; commit it with the notes.
    """
    from mlopscards import pipeline

    with _status(), _alone(notes):
        built = pipeline.build(notes, output, _now(), _progress)
        _say_problems(built.problems)
        _summarise(built, output)


@main.command(
    cls=_Examples,
    examples="""mlopscards cards                                   the cards of notes/, to read
                mlopscards cards handout.txt --format json         any Markdown or text file
                mlopscards cards notes/course-2 --format csv > cards.csv""",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="How to write them.",
)
def cards(paths: tuple[Path, ...], form: str) -> None:
    """Write the cards of files or folders to standard output; nothing is changed.

    PATHS may be any Markdown or text files; without any it is the folder notes.
    """
    with _status():
        for piece in _written(paths or (Path("notes"),), form):
            click.echo(piece, nl=False)
        sys.stdout.flush()


def _written(paths: Sequence[Path], form: str) -> Iterator[str]:
    from mlopscards import pipeline
    from mlopscards.settings import FILE_NAME, read_settings
    from mlopscards.source import find_notes
    from mlopscards.targets.table import FORMATS

    files = [file for path in paths for file in ([path] if path.is_file() else find_notes(path))]
    root = _root_of(paths, files)
    # Files without the front matter of this tool are welcome here.
    collected = pipeline.collect(root, tuple(dict.fromkeys(files)), lenient=True, progress=_progress)
    _say_problems(collected.problems)
    settings = read_settings(root / FILE_NAME)
    plan = pipeline.issue_cards(collected, settings, root / pipeline.LOCK_NAME, _now())
    yield from FORMATS[form](plan.issued, settings)


def _root_of(paths: Sequence[Path], files: Sequence[Path]) -> Path:
    """The notes folder that *paths* belong to: the closest one with a lock or settings, else the one that holds all."""
    from mlopscards.pipeline import LOCK_NAME
    from mlopscards.settings import FILE_NAME

    start = (
        paths[0] if len(paths) == 1 and paths[0].is_dir() else Path(os.path.commonpath([file.parent for file in files]))
    )
    for folder in (start, *start.parents):
        if (folder / LOCK_NAME).is_file() or (folder / FILE_NAME).is_file():
            return folder
    return start


@main.command(
    cls=_Examples,
    examples="""mlopscards init notes                  then edit notes/week-1-first-steps.md
                mlopscards init my-course && mlopscards build my-course""",
)
@click.argument("folder", type=click.Path(path_type=Path), default="notes")
def init(folder: Path) -> None:
    """Make a new notes FOLDER to start from, with one short example week."""
    from mlopscards.starting import write_starter

    with _status():
        for path in write_starter(folder):
            _say(f"made {path}")
        _say(f"\nNext: edit the notes, then run `mlopscards build {folder}`.")


# --- around every command ----------------------------------------------------------------------------------------


@contextmanager
def _status() -> Iterator[None]:
    """Turn what went wrong into messages on standard error and an exit status."""
    # All values of a run live until its end; looking for garbage among them would take a sixth of its time.
    gc.disable()
    try:
        yield
    except NotesError as error:
        _say_problems(error.problems)
        _say(f"{_count(len(error.problems), 'problem')} in the notes; nothing was written.")
        sys.exit(NOTES_WRONG)
    except MlopscardsError as error:
        _say(f"mlopscards: {error}")
        sys.exit(CANNOT_DO)
    except BrokenPipeError:
        # The reader, `head` say, has seen enough.
        _close_output()
        sys.exit(0)
    except OSError as error:
        _close_output()
        _say(f"mlopscards: cannot write the output: {error.strerror or error}")
        sys.exit(CANNOT_DO)
    finally:
        gc.enable()


def _close_output() -> None:
    """Keep Python from writing what is left, and failing once more, at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _alone(notes: Path) -> Iterator[None]:
    """Let one build at a time work on a notes folder; the next one waits."""
    import tempfile
    from hashlib import blake2b

    from filelock import FileLock, Timeout

    name = blake2b(str(notes.resolve()).encode(), digest_size=8).hexdigest()
    lock = FileLock(Path(tempfile.gettempdir()) / f"mlopscards-{name}.lock", timeout=60)
    try:
        with lock:
            yield
    except Timeout:
        raise CannotDo(f"another build of {notes} has been running for a minute; wait for it or end it") from None
    except PermissionError as error:
        raise CannotDo(f"cannot lock {lock.lock_file}: {error.strerror}; set TMPDIR to a folder of yours") from error


def _now() -> int:
    """The time of the build in seconds; `SOURCE_DATE_EPOCH` overrides the clock, for reproducible builds."""
    now = int(time.time())
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return now
    # Anki takes ids for times: one before its own birth, or from the future, harms a collection.
    if not re.fullmatch(r"[0-9]{9,10}", given) or int(given) > now + 86_400:
        raise CannotDo(f"SOURCE_DATE_EPOCH is {given!r}, expected whole seconds since 1970, in the past")
    return int(given)


def _progress(paths: Sequence[Path]) -> Iterable[Path]:
    """Show a bar for long work, on a terminal only."""
    if len(paths) < LONG or not sys.stderr.isatty():
        return paths
    return _bar(paths)


def _bar(paths: Sequence[Path]) -> Iterator[Path]:
    with click.progressbar(paths, label="reading notes", file=sys.stderr) as bar:
        yield from bar


def _say_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        _say(f"{problem.severity}: {problem}")


# --- the summary of a build --------------------------------------------------------------------------------------


def _summarise(built: Built, output: Path) -> None:
    shown = built.decks[:MOST_DECKS]
    width = max((len(deck.name) for deck in shown), default=0)
    for deck in shown:
        sizes = f"{_count(len(deck.cards), 'note'):>11}  {_count(_cards_in(deck), 'card'):>11}"
        _say(f"  {deck.name:<{width}}  {sizes}  {deck.slug}.apkg")
    if len(built.decks) > len(shown):
        _say(f"  … and {_count(len(built.decks) - len(shown), 'more deck')}")
    notes, cards_ = sum(len(deck.cards) for deck in built.decks), sum(map(_cards_in, built.decks))
    made = f"{_count(notes, 'note')} ({_count(cards_, 'card')}) from {_count(built.files, 'file')}"
    _say(f"{made}: {_count(len(built.packages), 'package')} in {output}/")
    _say(_changes(built))
    for doubt in built.plan.ambiguous:
        span = doubt.card.card.source
        _say(f"note: {span}: could be more than one of the cards you had, so it is a new card")
    for path in sorted(set(output.glob("*.apkg")) - set(built.packages)):
        _say(f"note: {path} is left from an earlier build; delete it if nobody needs it")
    if built.plan.retired:
        _say(
            f"To remove what was retired, import {output}/retired.apkg where you had it, then use Tools → Empty Cards."
        )


def _say(text: str) -> None:
    # Names of files may hold bytes that are no text.
    click.echo(text.encode("utf-8", "replace").decode(), err=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _cards_in(deck: Deck) -> int:
    from mlopscards.fields import cloze_numbers

    return sum(
        len(cloze_numbers(one.card.question.html))
        if one.card.note_type is NoteType.CLOZE
        else 1 + bool(one.card.reverse)
        for one in deck.cards
    )


def _changes(built: Built) -> str:
    """Say what is new, changed, moved and retired, against the lock."""
    plan = built.plan
    counts = Counter(
        new=len(plan.new),
        changed=len(plan.changed),
        moved=len(plan.moved),
        returned=len(plan.returned),
        retired=len(plan.retired),
    )
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"since the last build: {said or 'nothing has changed'}"


if __name__ == "__main__":
    main()
