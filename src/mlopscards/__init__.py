"""Turns handout notes into Anki decks, and keeps every review when the notes are edited."""

__version__ = "0.1.0"
