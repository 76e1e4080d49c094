"""What comes out, a file a form: packages, lists of cards, plans, findings, coverage."""
