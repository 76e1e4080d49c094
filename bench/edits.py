"""Histories of edits of real notes with known truth: which cards keep their guid, and which get another card's.

    python bench/edits.py [NOTES] [--builds 10] [--edits 60] [--seeds 4]

Lines of Markdown are edited as people edit them, and go through the whole program. The truth is a number that each line
carries and that the program never sees: a card is the same as long as it stands on the same line. Where an edit changes
how many cards a line gives, nobody can say which is which, and the line is left out for that build.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mlopscards.decks import deck_names
from mlopscards.fields import content_digest
from mlopscards.identity import Plan, issue
from mlopscards.lockfile import Lock
from mlopscards.merging import merge_duplicates
from mlopscards.model import Card
from mlopscards.pipeline import cards_of_note
from mlopscards.settings import Settings
from mlopscards.source import parse_note

TERM = re.compile(r"^(?P<mark>\s*(?:[-*+]\s+|\d+\.\s+)?)\*\*(?P<term>[^*]+)\*\*(?P<colon>:?)(?P<body>\s+\S.*)$")
BULLET = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+\S")
ENDS = re.compile(r"^\s*$|^\s*(?:[-*+]|\d+\.)\s+\S|^#")
HEADING = re.compile(r"^#{1,5}\s+\S")
WORD = re.compile(r"(?<![\w`$\\(\[/.*])[a-z]{5,}(?![\w`$\\)\]/*])")
SYNONYMS = {
    "often": "frequently", "uses": "employs", "several": "a number of", "because": "since", "shows": "displays",
    "needs": "requires", "large": "big", "whole": "entire", "before": "ahead of", "keeps": "retains", "again": "once more",
    "finds": "detects", "between": "among", "single": "lone", "become": "turn", "makes": "renders", "new": "fresh",
    "such as": "for instance", "each": "every", "examples": "samples", "training": "model training",
}  # fmt: skip
SYLLABLES = ["ba", "co", "du", "fi", "ga", "le", "mo", "ni", "po", "ru", "sa", "te", "vo", "zi"]
FACETS = re.compile(r"(?:pro|con|goal|purpose|type|idea|use|benefit|advantage|disadvantage|cost)s?", re.IGNORECASE)
"""What is said of a head rather than a term of its own; to change such a word is to ask something else."""


@dataclass
class Line:
    """A line of notes, and which one it is."""

    key: int
    text: str


@dataclass
class Notes:
    """Files of lines under edit."""

    random: random.Random
    files: dict[str, list[Line]]
    keys: int = 0
    bin: list[tuple[int, Line]] = field(default_factory=list)
    """What was deleted, and the line below which it stood."""
    fates: dict[int, str] = field(default_factory=dict)

    def line(self, text: str) -> Line:
        self.keys += 1
        return Line(self.keys, text)

    def cards(self) -> tuple[list[Card], list[tuple[int, int]]]:
        """All cards, and for each the line that it stands on with its number among the cards of that line."""
        found: list[Card] = []
        for path in sorted(self.files):
            note, problems = parse_note(path, "\n".join(line.text for line in self.files[path]), lenient=True)
            assert note, problems
            found += cards_of_note(note)
        merged = list(merge_duplicates(found))
        seen: Counter[int] = Counter()
        keys = []
        for card in merged:
            key = self.files[card.source.path][card.source.line - 1].key
            keys.append((key, seen[key]))
            seen[key] += 1
        return merged, keys

    def word(self) -> str:
        """A word that nobody has used."""
        return "".join(self.random.choices(SYLLABLES, k=4))

    # --- where to edit

    def pick(self, pattern: re.Pattern[str]) -> tuple[list[Line], int] | None:
        for _ in range(50):
            lines = self.files[self.random.choice(sorted(self.files))]
            at = self.random.randrange(5, len(lines)) if len(lines) > 6 else 0
            line = lines[at]
            # Two edits of one line in one build may make another card of it, and nobody could tell.
            if not at or line.key in self.fates or not pattern.search(line.text) or line.text.startswith("|--"):
                continue
            # A line that goes on in the next one cannot be edited alone.
            if not HEADING.match(line.text) and not ENDS.match(lines[at + 1].text if at + 1 < len(lines) else ""):
                continue
            found = TERM.match(line.text)
            if not (found and (FACETS.match(found["term"]) or "$" in found["body"])):
                return lines, at
        return None

    def change(self, fate: str, pattern: re.Pattern[str], edit: Callable[[str], str]) -> None:
        if place := self.pick(pattern):
            lines, at = place
            lines[at].text = edit(lines[at].text)
            self.fates[lines[at].key] = fate

    def block(self, lines: list[Line], at: int) -> int:
        """Where the section of the heading at *at* ends."""
        level = len(lines[at].text) - len(lines[at].text.lstrip("#"))
        for end in range(at + 1, len(lines)):
            if HEADING.match(lines[end].text) and len(lines[end].text) - len(lines[end].text.lstrip("#")) <= level:
                return end
        return len(lines)

    # --- edits of words

    def _replace_word(self, text: str, make: Callable[[str], str]) -> str:
        words = list(WORD.finditer(text))
        if not words:
            return text
        found = self.random.choice(words)
        return text[: found.start()] + make(found[0]) + text[found.end() :]

    def typo(self, word: str) -> str:
        at = self.random.randrange(1, len(word) - 1)
        return (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            if self.random.random() < 0.5
            else word[:at] + word[at + 1 :]
        )

    def edit_typo(self) -> None:
        self.change("typo", WORD, lambda text: self._replace_word(text, self.typo))

    def edit_synonym(self) -> None:
        pattern = re.compile(rf"\b(?:{'|'.join(SYNONYMS)})\b")
        self.change("synonym", pattern, lambda text: pattern.sub(lambda found: SYNONYMS[found[0]], text, count=1))

    def edit_emphasis(self) -> None:
        self.change("emphasis", WORD, lambda text: self._replace_word(text, lambda word: f"*{word}*"))

    def edit_clause(self) -> None:
        clause = self.random.choice(
            [", as a rule", ", in most cases", " (see the lab of this week)", ", at least in the beginning"]
        )
        self.change("clause added", TERM, lambda text: text.rstrip(".") + clause + "." * text.endswith("."))

    def edit_drop_word(self) -> None:
        def without_word(text: str) -> str:
            body = TERM.sub(r"\g<body>", text)
            return text.removesuffix(body) + self._replace_word(body, lambda _: "").replace("  ", " ")

        self.change("word dropped", TERM, without_word)

    def edit_rename_term(self) -> None:
        other = self.word()
        self.change(
            "term renamed", TERM, lambda text: TERM.sub(rf"\g<mark>**\g<term> {other}**\g<colon>\g<body>", text)
        )

    def edit_respell(self) -> None:
        pattern = re.compile(r"izat|labeling|analyz|behavior")
        british = {"izat": "isat", "labeling": "labelling", "analyz": "analys", "behavior": "behaviour"}
        self.change("respelled", pattern, lambda text: pattern.sub(lambda found: british[found[0]], text))

    # --- edits of places

    def edit_lines_above(self) -> None:
        if place := self.pick(HEADING):
            lines, at = place
            lines[at:at] = [self.line(""), self.line("A word before we go on, which says nothing much."), self.line("")]

    def edit_swap_lines(self) -> None:
        if (place := self.pick(BULLET)) and BULLET.match(place[0][place[1] - 1].text):
            lines, at = place
            if len(lines[at].text) - len(lines[at].text.lstrip()) == len(lines[at - 1].text) - len(
                lines[at - 1].text.lstrip()
            ):
                lines[at - 1], lines[at] = lines[at], lines[at - 1]

    def edit_rename_heading(self) -> None:
        prefix = self.random.choice(["More on", "About", "Notes on"])
        self.change("heading renamed", HEADING, lambda text: re.sub(r"^(#+)\s+", rf"\1 {prefix} ", text))

    def edit_move_section(self) -> None:
        if place := self.pick(re.compile(r"^#{2,4}\s+\S")):
            lines, at = place
            end = self.block(lines, at)
            section = lines[at:end]
            del lines[at:end]
            self.files[self.random.choice(sorted(self.files))] += [self.line(""), *section]
            self.fates |= {line.key: "section moved" for line in section}

    def edit_rename_file(self) -> None:
        path = self.random.choice(sorted(self.files))
        self.files[re.sub(r"(-v\d+)?\.md$", f"-v{self.random.randrange(99)}.md", path)] = self.files.pop(path)

    def edit_delete(self) -> None:
        if place := self.pick(TERM):
            lines, at = place
            self.bin.append((lines[at - 1].key, lines.pop(at)))

    def edit_put_back(self) -> None:
        if self.bin:
            above, line = self.bin.pop(self.random.randrange(len(self.bin)))
            for lines in self.files.values():
                at = next((at for at, other in enumerate(lines, 1) if other.key == above), 0)
                lines[at:at] = [line] if at else []
            self.fates[line.key] = "put back"

    # --- twins

    def twin(self, line: Line) -> Line | None:
        """Another thing, told in nearly the same words; nothing where no word can be put for another."""
        found = TERM.match(line.text)
        assert found
        words = found["term"].split(" ")
        words[self.random.randrange(len(words))] = self.word()
        body = self._replace_word(found["body"], lambda _: self.word())
        if body == found["body"]:
            return None
        made = self.line(f"{found['mark']}**{' '.join(words)}**{found['colon']}{body}")
        self.fates[made.key] = "twin"
        return made

    def edit_twin_added(self) -> None:
        if (place := self.pick(TERM)) and (twin := self.twin(place[0][place[1]])):
            lines, at = place
            lines.insert(at + 1, twin)

    def edit_twin_in_place(self) -> None:
        if (place := self.pick(TERM)) and (twin := self.twin(place[0][place[1]])):
            lines, at = place
            self.bin.append((twin.key, lines[at]))
            lines[at] = twin

    def edit_swap_answers(self) -> None:
        if place := self.pick(TERM):
            lines, at = place
            for other in (at - 1, at + 1, at + 2):
                if other < len(lines) and (two := TERM.match(lines[other].text)) and "$" not in two["body"]:
                    one = TERM.match(lines[at].text)
                    assert one
                    lines[at].text = f"{one['mark']}**{one['term']}**{one['colon']}{two['body']}"
                    lines[other].text = f"{two['mark']}**{two['term']}**{two['colon']}{one['body']}"
                    self.fates |= {lines[at].key: "answers swapped", lines[other].key: "answers swapped"}
                    return

    # --- forms

    def edit_form(self) -> None:
        if place := self.pick(re.compile(r"^\*\*[^*?]+\*\*: \S")):
            lines, at = place
            found = TERM.match(lines[at].text)
            if found and not lines[at - 1].text.strip() and (at + 1 == len(lines) or not lines[at + 1].text.strip()):
                lines[at].text = f"Q: What is {found['term'].lower()}?"
                lines[at + 1 : at + 1] = [self.line(f"A: {found['body'].strip()}")]
                self.fates[lines[at].key] = "definition to Q/A"

    def edit(self, count: int) -> None:
        self.fates = {}
        edits = [getattr(self, name) for name in dir(self) if name.startswith("edit_")]
        rare = {self.edit_rename_file: 0.1, self.edit_rename_heading: 0.4, self.edit_move_section: 0.3}
        for _ in range(count):
            self.random.choices(edits, [rare.get(edit, 1.0) for edit in edits])[0]()


def read_notes(folder: Path, seed: int) -> Notes:
    notes = Notes(random.Random(seed), {})
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        notes.files[name] = [notes.line(text) for text in path.read_text(encoding="utf-8").split("\n")]
    return notes


class Score:
    """What became of the cards over all builds."""

    def __init__(self) -> None:
        self.edited: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self.fresh = self.inherited = self.wrong = 0
        self.shown: dict[str, list[str]] = defaultdict(list)

    def see(
        self, plan: Plan, keys: list[tuple[int, int]], was: dict[str, tuple[int, int]], lock: Lock, notes: Notes
    ) -> None:
        guid_of = {key: guid for guid, key in was.items()}
        count_before, count_now = Counter(key for key, _ in was.values()), Counter(key for key, _ in keys)
        before = {entry.guid: entry for entry in lock.entries}
        for key, issued in zip(keys, plan.issued, strict=True):
            unsure = key[0] in count_before and count_before[key[0]] != count_now[key[0]]
            if unsure:
                continue
            fate = notes.fates.get(key[0], "untouched")
            owner = was.get(issued.guid)
            old = before.get(issued.guid)
            said = f"{old.question} → {old.answer[:90]}" if old else "nothing"
            story = f"{said}\n      {issued.card.question.text} → {issued.card.answer.text[:90]}"
            if key in guid_of:
                self.edited[fate] += 1
                self.kept[fate] += guid_of[key] == issued.guid
                if guid_of[key] != issued.guid:
                    lost = before[guid_of[key]]
                    self.shown[f"lost: {fate}"].append(
                        f"{lost.question} → {lost.answer[:90]}\n      {issued.card.question.text} → {issued.card.answer.text[:90]}"
                    )
                if owner and owner != key and count_before[owner[0]] == count_now.get(owner[0], count_before[owner[0]]):
                    self.wrong += 1
                    self.shown[f"WRONG: {fate}"].append(story)
            else:
                self.fresh += 1
                if owner and count_before[owner[0]] == count_now.get(owner[0], count_before[owner[0]]):
                    self.inherited += 1
                    self.shown[f"INHERITED: {fate}"].append(story)

    def print(self, most: int) -> None:
        for fate in sorted(self.edited):
            share = self.kept[fate] / self.edited[fate]
            print(f"  {fate:24}{self.kept[fate]:7} of {self.edited[fate]:7}  {share:7.2%}")
        known, kept = self.edited.total(), self.kept.total()
        touched = known - self.edited["untouched"]
        print(
            f"kept                        {kept / known:.3%} of all, {(kept - self.kept['untouched']) / touched:.2%} of the edited"
        )
        print(f"wrongly attached            {self.wrong} of {known}")
        print(f"new that inherited a guid   {self.inherited} of {self.fresh}")
        for name, stories in sorted(self.shown.items()):
            print(f"\n{name} ({len(stories)})")
            for story in stories[:most]:
                print(f"    - {story}")


def play(notes: Notes, builds: int, edits: int, score: Score) -> list[float]:
    """Edit and build again and again; give how long matching took, as a share of reading the notes."""
    settings = Settings()
    lock, was, shares = Lock(), {}, []
    for build in range(builds + 1):
        if build:
            notes.edit(edits)
        start = time.process_time()
        cards, keys = notes.cards()
        read = time.process_time()
        names = deck_names(cards, settings)
        plan = issue(cards, lock, 1_700_000_000 + build, lambda card: content_digest(card, settings), names)
        if build:
            shares.append((time.process_time() - read) / (read - start))
            score.see(plan, keys, was, lock, notes)
        # A retired card is still known by what it was.
        was = was | {issued.guid: key for issued, key in zip(plan.issued, keys, strict=True)}
        lock = plan.lock
    return shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notes", type=Path, nargs="?", default=Path(__file__).parent.parent / "notes")
    parser.add_argument("--builds", type=int, default=10)
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--show", type=int, default=3, help="how many cards of each failure are shown")
    given = parser.parse_args()
    score, shares = Score(), []
    for seed in range(1, given.seeds + 1):
        shares += play(read_notes(given.notes, seed), given.builds, given.edits, score)
    score.print(given.show)
    print(
        f"\nmatching took {sum(shares) / len(shares):.2f} times as long as reading the notes, {max(shares):.2f} at most"
    )


if __name__ == "__main__":
    main()
