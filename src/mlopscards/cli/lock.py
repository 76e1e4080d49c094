"""`mlopscards lock`: mend the lock, or get it back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from mlopscards.cli.common import Command, Group, alone, count, say, status
from mlopscards.errors import CannotDo


@click.group(
    cls=Group,
    short_help="Mend the lock, or get a lost one back.",
    examples="""mlopscards lock repair                 after a merge
                mlopscards lock recover decks/*.apkg   when cards.lock is lost""",
)
def lock() -> None:
    """Mend NOTES/cards.lock after a merge or a slip, or get a lost one back."""


@lock.command(
    cls=Command,
    short_help="Mend the lock after a merge or a slip.",
    examples="""git merge other-branch; mlopscards lock repair && mlopscards build
                mlopscards lock repair my-notes""",
)
@click.argument("notes", type=click.Path(path_type=Path), default="notes")
def repair(notes: Path) -> None:
    """Mend the lock of the folder NOTES: conflicts of a merge, two lines with one guid, broken lines.

    Both sides of a conflict are kept. Of two lines with one guid the younger stays. What cannot be read is put beside
    the lock, into cards.lock.lost, and said.
    """
    from mlopscards.lockfile import REMAKE, read_text, write_lock
    from mlopscards.lockrepair import repair as repaired
    from mlopscards.pipeline import LOCK_NAME

    path = notes / LOCK_NAME
    with status(), alone(notes):
        _refuse_no_folder(notes, "name the folder of the notes")
        text = read_text(path)
        if text is None:
            raise CannotDo(f"{path}: there is no lock; `mlopscards lock recover` makes one from packages")
        if not text.strip():
            raise CannotDo(f"{path}: is empty, so there is nothing to mend; {REMAKE}")
        result = repaired(text)
        for done in result.done:
            say(done)
        if result.lost:
            _put_aside(path, result.lost)
            say(f"`mlopscards lock recover decks/*.apkg --notes {notes}` adds their cards from packages")
        if not (result.done or result.lost):
            say(f"{path}: nothing to mend, {count(len(result.lock.entries), 'card')}")
            return
        write_lock(path, result.lock)
        say(f"{path}: mended, {count(len(result.lock.entries), 'card')}; next: `mlopscards build {notes}`")


def _put_aside(path: Path, lost: Sequence[tuple[int, str]]) -> None:
    from mlopscards.lockfile import write_text

    beside = path.with_name(f"{path.name}.lost")
    write_text(beside, "".join(f"{line}\n" for _, line in lost))
    say(f"cannot read {count(len(lost), 'line')} ({', '.join(str(number) for number, _ in lost)}): put into {beside}")


@lock.command(
    cls=Command,
    short_help="Get a lost lock back from packages.",
    examples="""mlopscards lock recover decks/*.apkg
                mlopscards lock recover exported-from-anki.apkg --notes my-notes""",
)
@click.argument("packages", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--notes",
    type=click.Path(path_type=Path),
    default="notes",
    show_default=True,
    help="The folder whose lock is lost.",
)
def recover(packages: tuple[Path, ...], notes: Path) -> None:
    """Get a lost lock back from PACKAGES that were built from the notes, or exported from Anki.

    Where there is a lock, only cards that it does not know are added; nothing in it changes. To export from Anki,
    choose the deck, leave out scheduling and tick 'Support older Anki versions'.
    """
    from mlopscards.lockfile import Lock, read_lock, write_lock
    from mlopscards.pipeline import LOCK_NAME
    from mlopscards.recovery import recover as recovered

    path = notes / LOCK_NAME
    with status(), alone(notes):
        _refuse_no_folder(notes, "say which with --notes")
        known = read_lock(path).entries
        guids = {entry.guid for entry in known}
        found = recovered(packages).entries
        added = [entry for entry in found if entry.guid not in guids]
        if not found:
            raise CannotDo(f"{', '.join(map(str, packages))}: no card of mlopscards in there; {path} is as it was")
        write_lock(path, Lock((*known, *added)))
        say(f"{path}: {count(len(added), 'card')} added, {len(found) - len(added)} known before")
        say(f"next: `mlopscards plan {notes}` shows what a build would do")


def _refuse_no_folder(notes: Path, mend: str) -> None:
    if not notes.is_dir():
        raise CannotDo(f"{notes}: there is no such folder; {mend}")
