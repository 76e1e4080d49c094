"""What all commands share: messages, exit status, the clock, one build at a time."""

from __future__ import annotations

import gc
import io
import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import click

from mlopscards.errors import CannotDo, MlopscardsError, NotesError
from mlopscards.model import Problem

NOTES_WRONG = 1
CANNOT_DO = 2
LONG = 40
"""Files from which a build takes long enough for a progress bar."""


Decorated = TypeVar("Decorated", bound=Callable[..., object])


class _WithExamples(click.Command):
    """Keeps the examples in a help text as they are written."""

    def __init__(self, *args: object, examples: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples behind the options."""
        with formatter.section("Examples"):
            for line in self.examples.strip().split("\n"):
                formatter.write(f"  {line.strip()}\n")


class Command(_WithExamples):
    """A command with examples."""


class Group(_WithExamples, click.Group):
    """A group of commands with examples."""


def form_option(*forms: str, what: str) -> Callable[[Decorated], Decorated]:
    """The option `--format` of a command that can write *forms*; *what* is its help."""
    return click.option("--format", "form", type=click.Choice(forms), default="text", show_default=True, help=what)


def decks_option(what: str) -> Callable[[Decorated], Decorated]:
    """The option `--output` that names the folder of the packages; *what* is its help."""
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path), default="decks", show_default=True, help=what
    )


@contextmanager
def status() -> Iterator[None]:
    """Turn what went wrong into messages on standard error and an exit status."""
    # All values of a run live until its end; looking for garbage among them would take a sixth of its time.
    gc.disable()
    try:
        yield
    except NotesError as error:
        say_problems(error.problems)
        say(f"{count(len(error.problems), 'problem')} in the notes; nothing was written.")
        sys.exit(NOTES_WRONG)
    except MlopscardsError as error:
        say(f"mlopscards: {error}")
        sys.exit(CANNOT_DO)
    except BrokenPipeError:
        # The reader, `head` say, has seen enough.
        _close_output()
        sys.exit(0)
    except KeyboardInterrupt:
        say("mlopscards: interrupted; no file is left half-written, so just run it again")
        sys.exit(CANNOT_DO)
    except OSError as error:
        _close_output()
        say(f"mlopscards: cannot write the output: {error.strerror or error}")
        sys.exit(CANNOT_DO)
    finally:
        gc.enable()


def _close_output() -> None:
    """Keep Python from writing what is left, and failing once more, at its end."""
    if sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def alone(notes: Path) -> Iterator[None]:
    """Let one build at a time work on a notes folder; the next one waits."""
    import tempfile
    from hashlib import blake2b

    from filelock import FileLock, Timeout

    name = blake2b(os.fsencode(os.path.realpath(notes)), digest_size=8).hexdigest()
    lock = FileLock(Path(tempfile.gettempdir()) / f"mlopscards-{name}.lock", timeout=60)
    try:
        with lock:
            yield
    except Timeout:
        raise CannotDo(f"another build of {notes} has been running for a minute; wait for it or end it") from None
    except PermissionError as error:
        raise CannotDo(f"cannot lock {lock.lock_file}: {error.strerror}; set TMPDIR to a folder of yours") from error


def now() -> int:
    """The time of the build in seconds; `SOURCE_DATE_EPOCH` overrides the clock, for reproducible builds."""
    now = int(time.time())
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return now
    # Anki takes ids for times: one before its own birth, or from the future, harms a collection.
    if not re.fullmatch(r"[0-9]{9,10}", given) or int(given) > now + 86_400:
        raise CannotDo(f"SOURCE_DATE_EPOCH is {given!r}, expected whole seconds since 1970, in the past")
    return int(given)


def progress(paths: Sequence[Path]) -> Iterable[Path]:
    """Show a bar for long work, on a terminal only."""
    if len(paths) < LONG or not sys.stderr.isatty():
        return paths
    return _bar(paths)


def _bar(paths: Sequence[Path]) -> Iterator[Path]:
    with click.progressbar(paths, label="reading notes", file=sys.stderr) as bar:
        yield from bar


def write_page(path: Path, page: bytes) -> None:
    """Write a page to look at, and the folders that it lies in; as a whole or not at all."""
    from mlopscards.disk import replace_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, page)
    except OSError as error:
        raise CannotDo(f"cannot write {path}: {error.strerror}") from error


def say_problems(problems: Iterable[Problem]) -> None:
    """Say each problem on a line, as `severity: path:line:column: CODE message`."""
    for problem in problems:
        say(f"{problem.severity}: {problem}")


def say(text: str) -> None:
    """Say *text* on standard error."""
    # What nobody reads any more stops no work. Names of files may hold bytes that are no text.
    with suppress(OSError):
        click.echo(text.encode("utf-8", "replace").decode(), err=True)


def write(pieces: Iterable[str]) -> None:
    """Write data to standard output: in a file or a pipe always as UTF-8, for JSON is nothing else."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal keeps its own encoding, and shows `?` for what that does not have.
        encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="replace")
    for piece in pieces:
        click.echo(piece, nl=False)
    if sys.stdout:  # there is none after `>&-`
        sys.stdout.flush()


def say_no_cards(paths: Iterable[Path]) -> None:
    """Say where to look, to whom nothing came out."""
    command = shlex.join(["mlopscards", "coverage", *map(str, paths), "--show"])
    say(f"note: no line of the notes became a card; `{command}` says why of each")


def count(number: int, what: str) -> str:
    """Say how many there are: `1 card`, `2 cards`."""
    return f"{number} {what}{'s' * (number != 1)}"
