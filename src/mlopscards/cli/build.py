"""`mlopscards build`: notes to packages, and what has changed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlopscards.cli.common import Command, alone, count, now, progress, say, say_problems, status
from mlopscards.model import NoteType

if TYPE_CHECKING:
    from mlopscards.model import Deck
    from mlopscards.pipeline import Built

MOST_DECKS = 30
"""Decks that the summary names one by one."""


@click.command(
    cls=Command,
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

    with status(), alone(notes):
        built = pipeline.build(notes, output, now(), progress)
        say_problems(built.problems)
        _summarise(built, output)


def _summarise(built: Built, output: Path) -> None:
    shown = built.decks[:MOST_DECKS]
    width = max((len(deck.name) for deck in shown), default=0)
    for deck in shown:
        sizes = f"{count(len(deck.cards), 'note'):>11}  {count(_cards_in(deck), 'card'):>11}"
        say(f"  {deck.name:<{width}}  {sizes}  {deck.slug}.apkg")
    if len(built.decks) > len(shown):
        say(f"  … and {count(len(built.decks) - len(shown), 'more deck')}")
    notes, cards_ = sum(len(deck.cards) for deck in built.decks), sum(map(_cards_in, built.decks))
    made = f"{count(notes, 'note')} ({count(cards_, 'card')}) from {count(built.files, 'file')}"
    say(f"{made}: {count(len(built.packages), 'package')} in {output}/")
    say(_changes(built))
    for doubt in built.plan.ambiguous:
        span = doubt.card.card.source
        say(f"note: {span}: could be more than one of the cards you had, so it is a new card")
    for path in sorted(set(output.glob("*.apkg")) - set(built.packages)):
        say(f"note: {path} is left from an earlier build; delete it if nobody needs it")
    if built.plan.retired:
        say(f"To remove what was retired, import {output}/retired.apkg where you had it, then use Tools → Empty Cards.")


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
