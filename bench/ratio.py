#!/usr/bin/env python3
"""The time of a whole build against the shortest honest program: markdown-it-py renders, genanki writes.

    python bench/ratio.py [-n CARDS] [--per-file 100] [--runs 5]

Both make the same cards of the same `Q:`/`A:` notes, in turn, each as a process of its own; printed are the medians of
their CPU seconds, the median of the ratios pair by pair, and the largest peak of memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = [
    "anchor",
    "batch",
    "cache",
    "drift",
    "entropy",
    "feature",
    "gradient",
    "hash",
    "index",
    "kernel",
    "label",
    "margin",
]

BARE = r"""
import glob, sys
import genanki
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
md = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
md.add_render_rule("math_inline", lambda self, t, i, o, e: "\\(" + t[i].content + "\\)")
model = genanki.Model(1607392319, "Bare", fields=[{"name": "Front"}, {"name": "Back"}],
    templates=[{"name": "Card", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}])
deck = genanki.Deck(2059400110, "Bare")
for path in sorted(glob.glob(sys.argv[1] + "/*.md")):
    for chunk in ("\n" + open(path, encoding="utf-8").read()).split("\nQ: ")[1:]:
        question, _, answer = chunk.partition("\nA: ")
        deck.add_note(genanki.Note(model, [md.renderInline(question.strip()), md.render(answer.strip())]))
genanki.Package(deck).write_to_file(sys.argv[2])
"""


def sentence(dice: random.Random) -> str:
    one, two, three = (dice.choice(WORDS) for _ in range(3))
    extra = dice.choice(
        [
            "",
            f" through a **{two} {three}**",
            f" when `{two}.{three}[{dice.randrange(64)}]` is set",
            " so that $x^2 < y$",
        ]
    )
    return f"The {one} {two} moves the {three}{extra}."


def write_notes(folder: Path, cards: int, per_file: int) -> None:
    """Write *cards* questions into one week's files of *per_file* each."""
    dice = random.Random(1)
    for start in range(0, cards, per_file):
        parts = []
        for number in range(start, min(start + per_file, cards)):
            answer = sentence(dice) + " " + sentence(dice)
            if dice.random() < 0.35:
                answer += "\n\n" + "\n".join(f"- {sentence(dice)}" for _ in range(dice.randrange(2, 5)))
            elif dice.random() < 0.4:
                answer += f"\n\n```python\ndef f({dice.choice(WORDS)}):\n    return {number}\n```"
            parts.append(f"Q: What does the {dice.choice(WORDS)} {number:06d} do?\nA: {answer}\n")
        (folder / f"week-1-part-{start // per_file:04d}.md").write_text("\n".join(parts), encoding="utf-8")


def run(command: list[str]) -> tuple[float, float]:
    """Run *command*; return its CPU seconds and the peak memory of all children so far, in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=10_000, help="cards (default 10,000)")
    parser.add_argument("--per-file", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        notes, decks = folder / "notes", folder / "decks"
        notes.mkdir()
        write_notes(notes, options.n, options.per_file)
        os.environ["TMPDIR"] = name  # genanki leaves a temporary file behind on every run
        ours, bare, peaks = [], [], []
        for _ in range(options.runs):
            shutil.rmtree(decks, ignore_errors=True)
            (notes / "cards.lock").unlink(missing_ok=True)
            seconds, peak = run([sys.executable, "-m", "mlopscards.cli", "build", str(notes), "-o", str(decks)])
            ours.append(seconds)
            peaks.append(peak)
            bare.append(run([sys.executable, "-c", BARE, str(notes), str(folder / "bare.apkg")])[0])
    ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    result = {"cards": options.n, "ours_s": statistics.median(ours), "bare_s": statistics.median(bare)}
    print(json.dumps(result | {"ratio": statistics.median(ratios), "peak_mb": round(max(peaks))}, indent=1))


if __name__ == "__main__":
    main()
