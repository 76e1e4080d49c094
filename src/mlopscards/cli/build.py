"""`mlopscards build`: notes to packages, and what has changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from mlopscards.cli.common import (
    NOTES_WRONG,
    Command,
    alone,
    count,
    decks_option,
    now,
    progress,
    say,
    say_no_cards,
    say_problems,
    status,
)

if TYPE_CHECKING:
    from mlopscards.model import Deck
    from mlopscards.pipeline import Built, Planned

MOST_DECKS, MOST_NOTES = 30, 10
"""Decks, and cards to look at, that the summary names one by one."""


@click.command(
    cls=Command,
    short_help="Build the packages, and keep the lock.",
    examples="""mlopscards build                       notes/ to decks/
                mlopscards build my-notes -o packages  other folders
                mlopscards build --frozen              for CI: fail where cards.lock is not up to date""",
)
@click.argument("notes", type=click.Path(path_type=Path), default="notes")
@decks_option("Folder for the packages.")
@click.option("--frozen", is_flag=True, help="Fail, and write nothing, where NOTES/cards.lock would change.")
def build(notes: Path, output: Path, frozen: bool) -> None:
    """Build Anki packages from the folder NOTES: one a week and one with everything.

    The identity of every card is kept in NOTES/cards.lock; commit it with the notes.
    """
    from mlopscards import pipeline

    with status(), alone(notes):
        try:
            built = pipeline.build(notes, output, now(), progress, frozen=frozen)
        except pipeline.LockWouldChange as refusal:
            _refuse(notes / pipeline.LOCK_NAME, refusal.planned)
        say_problems(built.planned.collected.problems)
        _summarise(built, output)
        if not built.decks:
            say_no_cards([notes])
        if built.planned.is_lock_missing and built.planned.before.entries:
            known = count(len(built.planned.before.entries), "card")
            say(f"note: {notes / pipeline.LOCK_NAME} was missing; {known} of it came from the packages in {output}/")


def _refuse(lock: Path, planned: Planned) -> NoReturn:
    from mlopscards.targets.plan import summary_of

    say(summary_of(planned))
    what = "is missing" if planned.is_lock_missing else "is not up to date"
    say(f"{lock} {what}; nothing was written. Run `mlopscards build` without --frozen and commit the lock")
    sys.exit(NOTES_WRONG)


def _summarise(built: Built, output: Path) -> None:
    shown = built.decks[:MOST_DECKS]
    width = max((len(deck.name) for deck in shown), default=0)
    for deck in shown:
        sizes = f"{count(len(deck.cards), 'note'):>11}  {count(_cards_in(deck), 'card'):>11}"
        say(f"  {deck.name:<{width}}  {sizes}  {deck.slug}.apkg")
    if len(built.decks) > len(shown):
        say(f"  … and {count(len(built.decks) - len(shown), 'more deck')}")
    notes, cards_ = sum(len(deck.cards) for deck in built.decks), sum(map(_cards_in, built.decks))
    made = f"{count(notes, 'note')} ({count(cards_, 'card')}) from {count(built.planned.collected.files, 'file')}"
    say(f"{made}: {count(len(built.packages), 'package')} in {output}/")
    _say_changes(built)
    for path in sorted(set(output.glob("*.apkg")) - set(built.packages)):
        say(f"note: {path} is left from an earlier build; delete it if nobody needs it")
    if built.plan.retired:
        say(
            f"To remove what was retired, import {output}/retired.apkg where you had it, "
            "then use Tools → Empty Cards, without the tick at 'Keep notes with no valid cards'."
        )


def _cards_in(deck: Deck) -> int:
    from mlopscards.fields import card_numbers

    return sum(len(card_numbers(one.card)) for one in deck.cards)


def _say_changes(built: Built) -> None:
    """Say the short form of what `mlopscards plan` says."""
    from mlopscards.changes import is_much_changed
    from mlopscards.targets.plan import moves_in_words, summary_of

    say(summary_of(built.planned))
    if built.planned.before.entries:
        for line in moves_in_words(built.planned):
            say(line)
    said = [
        *(
            f"{doubt.card.card.source}: could be several of the cards you had, so it is new"
            for doubt in built.plan.ambiguous
        ),
        *(
            f"{kept.after.card.source}: kept although much changed"
            for kept in filter(is_much_changed, built.plan.changed)
        ),
    ]
    for line in said[:MOST_NOTES]:
        say(f"note: {line}")
    if len(said) > MOST_NOTES:
        say(
            f"note: … and {count(len(said) - MOST_NOTES, 'more such card')}; `mlopscards plan` before a build shows all"
        )
