"""`mlopscards preview`: every card in one page, as Anki shows it."""

from __future__ import annotations

import gc
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlopscards.cli.common import Command, count, now, progress, say, say_problems, status, write_page

if TYPE_CHECKING:
    from mlopscards.preview.server import State

PORT = 8642


@click.command(
    cls=Command,
    short_help="Show every card as Anki does, in one page.",
    examples="""mlopscards preview --open               make preview.html of notes/, and show it
                mlopscards preview my-notes -o my.html  other places
                mlopscards preview --serve --open       a page that follows the notes while you write""",
)
@click.argument("notes", type=click.Path(path_type=Path), default="notes")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="preview.html",
    show_default=True,
    help="The page to write.",
)
@click.option("--open", "is_opened", is_flag=True, help="Show the page in the browser.")
@click.option("--serve", "is_served", is_flag=True, help="Serve the page to this machine; it follows the notes.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="With --serve.")
def preview(notes: Path, output: Path, is_opened: bool, is_served: bool, port: int) -> None:
    """Show every card of the folder NOTES as Anki does, in one page of HTML that needs no network.

    Nothing but the page is written: neither packages nor NOTES/cards.lock.
    """
    with status():
        if is_served:
            _serve(notes, port, is_opened)
        else:
            _write(notes, output)
            if is_opened:
                _open(output.resolve().as_uri())


def _write(notes: Path, output: Path) -> None:
    from mlopscards import pipeline
    from mlopscards.lockfile import read_lock
    from mlopscards.preview import Surroundings, page_of
    from mlopscards.preview.attachments import embedded, linked, way_to
    from mlopscards.settings import FILE_NAME, read_settings
    from mlopscards.source import find_notes

    paths = find_notes(notes)
    settings = read_settings(notes / FILE_NAME)
    collected = pipeline.collect(notes, paths, progress=progress)
    plan = pipeline.issue_cards(collected, settings, read_lock(notes / pipeline.LOCK_NAME), now())
    media = collected.media
    around = Surroundings(embedded(media), linked(media, notes, output), notes=way_to(notes, output))
    problems = pipeline.check(notes)
    page = page_of(plan.issued, settings, problems, around).encode("utf-8", "replace")
    write_page(output, page)
    say_problems(problems)
    say(f"{count(len(plan.issued), 'note')} in {output} ({len(page) / 1000:,.0f} kB)")


def _serve(notes: Path, port: int, is_opened: bool) -> None:
    from mlopscards.preview.server import Follower, serving
    from mlopscards.source import find_notes

    gc.enable()  # a server lives longer than one run
    find_notes(notes)  # what is no folder of notes will not become one
    follower = Follower(notes, now())
    with serving(follower, port) as address:
        _say(follower.state)
        say(f"serving {notes} at {address} (Ctrl-C ends it)")
        if is_opened:
            _open(address)
        try:
            for state in follower.changes():
                _say(state)
        except KeyboardInterrupt:
            say("\nended")


def _open(address: str) -> None:
    if not webbrowser.open(address):
        say(f"note: found no browser to open; open {address} yourself")


def _say(state: State) -> None:
    say_problems(state.problems)
    kept = ", from before the errors" if state.failed else ""
    say(f"{count(len(state.issued), 'note')} in the page{kept}")
