"""What the decks can be written as; a file a form."""
