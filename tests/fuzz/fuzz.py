"""A coverage-guided fuzzer over the parser and the checks: any bytes give cards and findings, never a traceback.

Run by hand, for it needs atheris (`pip install atheris`) and time; libFuzzer's options stand behind the folder in which
it keeps what it found worth keeping:

    python tests/fuzz/fuzz.py build/corpus -max_total_time=600 -timeout=10

What it finds is cut down (`-minimize_crash=1`) and becomes a line of `findings.txt` beside this file, which the tests
read.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent


def try_bytes(given: bytes) -> None:
    """Read, parse and check *given* as a file of notes; whatever it is, it has lines and columns."""
    from mlopscards.pipeline import cards_of_text, check_text

    text = given.decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in check_text(text, "week-1.md"):
        assert 1 <= problem.span.line <= len(lines), problem
        assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1, problem
        assert "\n" not in problem.message, problem
    for card in cards_of_text(text):
        assert 1 <= card.source.line <= card.source.end_line <= len(lines), card
        assert card.question.text.strip(), card


def _seed(folder: Path) -> None:
    """Begin with what the tests know already."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [*(HERE.parent / "fixtures").rglob("*.md"), HERE / "findings.txt"]
    pieces = [part for path in sources if path.exists() for part in path.read_text("utf-8").split("\n.\n")]
    for number, piece in enumerate(pieces):
        (folder / f"seed-{number}").write_text(piece, "utf-8")


def main() -> None:
    """Fuzz until libFuzzer's options say that it is enough."""
    import atheris  # type: ignore[import-not-found]

    with atheris.instrument_imports(include=["mlopscards", "markdown_it", "mdit_py_plugins"]):
        import mlopscards.check
        import mlopscards.pipeline  # noqa: F401
    _seed(Path(sys.argv[1]))
    atheris.Setup(sys.argv, try_bytes)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
