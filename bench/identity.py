"""Histories of edits with known truth: how many cards keep their guid, how many get another card's, and how fast.

    python bench/identity.py [--cards 10000] [--edits 500] [--builds 10] [--seed 1]

Cards stand in families of near-identical siblings, as in real notes. The truth is a number that each card carries and
that matching never sees. Swapped answers stay with their questions; a near twin in place of a card is another card.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from mlopscards.identity import issue
from mlopscards.lockfile import Entry, Lock
from mlopscards.model import Card, Field, Issued, NoteType, Place, Span


def words_in(text: str) -> list[str]:
    return text.split()


NOUNS = words_in("""
    feature label model pipeline dataset gradient kernel cluster embedding schema metric window batch
    tensor vector node graph branch shard token cache queue replica endpoint container registry artifact
    experiment parameter threshold baseline drift skew bias variance residual quantile histogram sample
    cohort signal channel filter encoder decoder wrapper selector sampler scheduler optimizer
    regularizer classifier regressor estimator ensemble forest stump booster network layer neuron
    activation dropout attention transformer tokenizer corpus sentence phrase entity relation ontology
    index partition snapshot checkpoint rollback deployment canary shadow traffic latency throughput
    quota budget lineage provenance catalog validator monitor alert dashboard log trace span event
    stream topic consumer producer broker worker executor driver
""")
ADJECTIVES = words_in("""
    static dynamic online offline sparse dense linear monotonic global local shared private robust
    greedy random supervised unsupervised sequential parallel incremental distributed federated adaptive
    weighted balanced stratified nested hierarchical bayesian convex stochastic deterministic implicit
    explicit forward backward recurrent causal temporal spatial adversarial synthetic manual automatic
    partial complete shallow deep
""")
VERBS = words_in("""
    measures splits scores compares stores sends trains tests ranks maps removes adds reduces samples
    merges joins checks counts predicts replaces scales shifts hides shows copies moves reads writes
    groups orders aligns delays
""")
REASONS = [
    "before any training starts",
    "once for each request",
    "without looking at the target",
    "on the held-out part only",
    "while the old version still serves",
    "until the error stops falling",
    "so that nothing has to be computed twice",
    "at the cost of memory",
    "from the statistics of the training data",
    "for every row and column alike",
    "when the distribution changes",
    "and reports what it found to the team",
]
ASPECTS = ["speed", "memory use", "main risk", "usual input", "output", "owner", "typical size", "default value"]
SHORT = ["fast", "slow", "high", "low", "yes", "no", "none", "the whole table", "one row", "O(n)", "8080", "0.5"]


@dataclass(frozen=True)
class Truth:
    """A card, and which one it really is."""

    key: int
    term: str
    card: Card


class Notes:
    """A collection under edit."""

    def __init__(self, count: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.keys = 0
        self.files: dict[str, list[Truth]] = {}
        self.bin: list[Truth] = []
        self.names: set[str] = set()
        self.fates: dict[int, str] = {}
        while self.keys < count:
            self.files[f"week-{len(self.files) + 1:03}.md"] = self.file(min(120, count - self.keys))

    # --- cards

    def pick(self, words: list[str]) -> str:
        return self.random.choice(words)

    def fact(self) -> str:
        one, other = self.pick(NOUNS), self.pick(NOUNS)
        adjective, verb = self.pick(ADJECTIVES), self.pick(VERBS)
        return f"{verb} the {adjective} {one} of each {other} {self.pick(REASONS).strip()}"

    def term(self) -> str:
        """A name that nothing else has."""
        while True:
            name = " ".join([*self.random.sample(ADJECTIVES, self.random.choice([1, 1, 2])), self.pick(NOUNS)])
            if name not in self.names:
                self.names.add(name)
                return name

    def make(self, term: str, question: str, answer: str, heading: str, kind: str = "definition") -> Truth:
        self.keys += 1
        texts = Field(question, question), Field(answer, answer)
        card = Card(kind, NoteType.BASIC, *texts, Place(), (heading,), Span("", 1))
        return Truth(self.keys, term, card)

    def family(self, heading: str) -> list[Truth]:
        """Siblings: the same words but for the term, or the column of a table."""
        draw = self.random.random()
        if draw < 0.3:
            terms = [self.term() for _ in range(self.random.randint(2, 4))]
            aspects = self.random.sample(ASPECTS, self.random.randint(2, 4))
            return [
                self.make(t, f"What is the {a} of {t} methods?", self.pick(SHORT), heading, "table")
                for t in terms
                for a in aspects
            ]
        if draw < 0.65:
            root, fact = self.pick(NOUNS), self.fact()
            kinds = self.random.sample(ADJECTIVES, self.random.randint(2, 5))
            # The siblings say nearly the same, about different things.
            return [
                self.make(f"{k} {root}", f"What is {k} {root} in {heading}?", f"{fact}, but only the {k} one", heading)
                for k in kinds
            ]
        term = self.term()
        return [self.make(term, f"What is {term}?", self.fact(), heading)]

    def file(self, count: int) -> list[Truth]:
        cards: list[Truth] = []
        while len(cards) < count:
            heading = self.term()
            for _ in range(self.random.randint(1, 3)):
                cards += self.family(heading)
        self.keys -= max(0, len(cards) - count)
        return cards[:count]

    def cards(self) -> tuple[list[Card], list[int]]:
        """All of them as a build sees them, with the truth beside."""
        rows = [(path, line, truth) for path, file in self.files.items() for line, truth in enumerate(file, 1)]
        # A build merges what reads the same.
        first: dict[tuple[str, str], tuple[str, int, Truth]] = {}
        for row in rows:
            first.setdefault(texts(row[2].card), row)
        unique = [(replace(truth.card, source=Span(path, line)), truth.key) for path, line, truth in first.values()]
        return [card for card, _ in unique], [key for _, key in unique]

    # --- edits

    def place(self) -> tuple[list[Truth], int]:
        file = self.files[self.pick([path for path, cards in self.files.items() if cards])]
        return file, self.random.randrange(len(file))

    def change(self, name: str, question: Callable[[str], str] = str, answer: Callable[[str], str] = str) -> None:
        file, at = self.place()
        truth = file[at]
        one, other = question(truth.card.question.text), answer(truth.card.answer.text)
        file[at] = replace(truth, card=replace(truth.card, question=Field(one, one), answer=Field(other, other)))
        self.fates[truth.key] = name

    def typo(self, text: str) -> str:
        words = text.split(" ")
        long = [n for n, word in enumerate(words) if len(word) > 5]
        if not long:
            return text + "."
        at = self.random.choice(long)
        cut = self.random.randrange(2, len(words[at]) - 1)
        words[at] = words[at][:cut] + words[at][cut + 1 :]
        return " ".join(words)

    def reword_question(self, text: str) -> str:
        body = text.removeprefix("What is ").rstrip("?")
        forms = [f"How is {body} defined?", f"Explain {body}", f"What do we mean by {body}?", f"{body}: what is it?"]
        return self.pick(forms)

    def reword_answer(self, text: str) -> str:
        forms = [f"it {text}", f"{text}, as a rule", text.replace("each", "every").replace("the ", "its "), self.fact()]
        return self.pick(forms)

    def edit_typo_question(self) -> None:
        self.change("typo in question", question=self.typo)

    def edit_typo_answer(self) -> None:
        self.change("typo in answer", answer=self.typo)

    def edit_typo_both(self) -> None:
        self.change("typo in both", self.typo, self.typo)

    def edit_question(self) -> None:
        self.change("question reworded", question=self.reword_question)

    def edit_answer(self) -> None:
        self.change("answer reworded", answer=self.reword_answer)

    def edit_both(self) -> None:
        self.change("both reworded a little", self.reword_question, lambda text: f"{text}, in short")

    def edit_markup(self) -> None:
        self.change("markup and case", str.upper, lambda text: f"1. **{text}**")

    def edit_term(self) -> None:
        file, at = self.place()
        truth = file[at]
        if len(truth.card.answer.text.split()) < 5:
            return
        question = truth.card.question.text.replace(truth.term, self.term())
        file[at] = replace(truth, card=replace(truth.card, question=Field(question, question)))
        self.fates[truth.key] = "term renamed"

    def edit_delete(self) -> None:
        file, at = self.place()
        self.bin.append(file.pop(at))

    def edit_put_back(self) -> None:
        if self.bin:
            truth = self.bin.pop(self.random.randrange(len(self.bin)))
            file, at = self.place()
            file.insert(at, truth)
            self.fates[truth.key] = "put back"

    def edit_add(self) -> None:
        file, at = self.place()
        heading = file[at].card.headings[0]
        for truth in self.family(heading):
            self.fates[truth.key] = "new"
            file.insert(at, truth)

    def twin(self, truth: Truth) -> Truth:
        """Another thing, in the words of its sibling."""
        term = self.term()
        question = truth.card.question.text.replace(truth.term, term)
        if question == truth.card.question.text:
            question = f"What is {term}?"
        words = truth.card.answer.text.split(" ")
        words[self.random.randrange(len(words))] = self.pick(NOUNS)
        answer = " ".join(words) if len(words) > 3 else self.pick(SHORT)
        made = self.make(term, question, answer, truth.card.headings[0], truth.card.kind)
        self.fates[made.key] = "twin"
        return made

    def edit_twin_added(self) -> None:
        file, at = self.place()
        file.insert(at + 1, self.twin(file[at]))

    def edit_twin_in_place(self) -> None:
        file, at = self.place()
        self.bin.append(file[at])
        file[at] = self.twin(file[at])
        self.fates[file[at].key] = "twin in place"

    def edit_swap(self) -> None:
        file, at = self.place()
        if at + 1 < len(file):
            one, other = file[at], file[at + 1]
            file[at] = replace(one, card=replace(one.card, answer=other.card.answer))
            file[at + 1] = replace(other, card=replace(other.card, answer=one.card.answer))
            self.fates |= {one.key: "answers swapped", other.key: "answers swapped"}

    def edit_move(self) -> None:
        file, at = self.place()
        there, to = self.place()
        if file is not there:
            there.insert(to, file.pop(at))
            self.fates[there[to].key] = "moved"

    def edit_reorder(self) -> None:
        file, _ = self.place()
        some = self.random.randrange(len(file))
        part = file[some : some + 5]
        self.random.shuffle(part)
        file[some : some + 5] = part

    def edit_rename_file(self) -> None:
        path = self.pick(list(self.files))
        self.files[f"{path[:8]}-{self.random.randrange(10**6)}.md"] = self.files.pop(path)

    def edit_rename_heading(self) -> None:
        file, at = self.place()
        old, new = file[at].card.headings[0], self.term()
        for n, truth in enumerate(file):
            if truth.card.headings[0] == old:
                question = truth.card.question.text.replace(old, new)
                card = replace(truth.card, headings=(new,), question=Field(question, question))
                file[n] = replace(truth, card=card)
                self.fates[truth.key] = "heading renamed"

    def edit(self, count: int) -> None:
        self.fates = {}
        edits = [getattr(self, name) for name in dir(self) if name.startswith("edit_")]
        rare = {self.edit_rename_file: 0.1, self.edit_rename_heading: 0.3}
        for _ in range(count):
            self.random.choices(edits, [rare.get(edit, 1.0) for edit in edits])[0]()


def digest(card: Card) -> str:
    return f"{card.question.text}\n{card.answer.text}"


class Score:
    """What became of the cards over all builds."""

    def __init__(self) -> None:
        self.guids: dict[int, str] = {}
        self.owners: dict[str, int] = {}
        self.total: Counter[str] = Counter()
        self.edited: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self.wrong: list[tuple[str, str, str]] = []

    def see(self, key: int, fate: str, issued: Issued, was: Entry | None) -> None:
        if key in self.guids:
            right = issued.guid == self.guids[key]
            self.edited[fate] += 1
            self.kept[fate] += right
        else:
            self.total["fresh"] += 1
            self.total["inherited"] += issued.guid in self.owners
        if was and self.owners.get(issued.guid, key) != key:
            self.total["wrong"] += key in self.guids
            self.wrong.append((fate, shown(was.question, was.answer), shown(*texts(issued.card))))
        self.owners[issued.guid] = key
        self.guids[key] = issued.guid

    def print(self) -> None:
        for fate in sorted(self.edited):
            print(
                f"  {fate:24}{self.kept[fate]:7} of {self.edited[fate]:7}  {self.kept[fate] / self.edited[fate]:7.2%}"
            )
        known, kept = self.edited.total(), self.kept.total()
        touched, held = known - self.edited["untouched"], kept - self.kept["untouched"]
        print(f"kept                        {kept / known:.3%} of all, {held / max(touched, 1):.2%} of the edited")
        print(f"wrongly attached            {self.total['wrong']} of {known}")
        print(f"new that inherited a guid   {self.total['inherited']} of {self.total['fresh']}")
        for fate, was, now in self.wrong[:10]:
            print(f"  {fate}\n    was {was}\n    now {now}")


def texts(card: Card) -> tuple[str, str]:
    return card.question.text, card.answer.text


def shown(question: str, answer: str) -> str:
    return f"{question} / {answer}"


def judge(builds: int, edits: int, notes: Notes) -> None:
    cards, keys = notes.cards()
    first = issue(cards, Lock(), 1_700_000_000, digest)
    score, lock, seconds, doubts = Score(), first.lock, [0.0], 0
    score.guids = {key: issued.guid for key, issued in zip(keys, first.issued, strict=True)}
    score.owners = {guid: key for key, guid in score.guids.items()}
    for build in range(1, builds + 1):
        notes.edit(edits)
        cards, keys = notes.cards()
        start = time.process_time()
        plan = issue(cards, lock, 1_700_000_000 + build, digest)
        seconds.append(time.process_time() - start)
        before = {entry.guid: entry for entry in lock.entries}
        for key, issued in zip(keys, plan.issued, strict=True):
            score.see(key, notes.fates.get(key, "untouched"), issued, before.get(issued.guid))
        lock = plan.lock
        doubts += len(plan.ambiguous)
    score.print()
    print(f"ambiguous                   {doubts}")
    print(f"slowest of {builds} builds         {max(seconds):.2f} s of CPU for {len(cards)} cards, {edits} edits")
    print(f"peak memory                 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=10_000)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--builds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--large", type=int, default=50_000, help="cards of one further build, for its time; 0 for none"
    )
    given = parser.parse_args()
    judge(given.builds, given.edits, Notes(given.cards, given.seed))
    if given.large:
        print(f"\n{given.large} cards")
        judge(1, given.edits, Notes(given.large, given.seed))


if __name__ == "__main__":
    main()
