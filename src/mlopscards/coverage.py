"""A note, its cards and what was not read to each line of the file with what became of it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlopscards.concepts.facets import facet_of
from mlopscards.concepts.facts import Unread
from mlopscards.concepts.unread import why_unread
from mlopscards.layout import Item
from mlopscards.mending import mended
from mlopscards.model import Card, LineKind, Note
from mlopscards.phrases import stem_of
from mlopscards.provenance import UNSEEN, WORD, Part, Shown, Sight, sight_of, stems_of, surplus_of, telling
from mlopscards.syntax import BlockKind

MEANINGS = {
    LineKind.CARD: "its words are on a card: in the question, the answer, the extra below it, or as a picture or sound",
    LineKind.HEAD: "a heading, lead-in or head of a table that a card shows in its path or its question",
    LineKind.REFERENCE: "a link that cards of its section show below their answer, with what is said about it",
    LineKind.PARTLY: "some of its words are on a card and some are not",
    LineKind.NOTHING_DEFINED: "a point or fragment in which no term, list, formula or other statement was found",
    LineKind.PROSE: "running text that sets no term apart",
    LineKind.CODE: "code that belongs to no definition",
    LineKind.FORMULA: "a formula below nothing that it could be the formula of",
    LineKind.EXAMPLE: "an example of something that no card asks about",
    LineKind.CELL: "a row of a table whose cells ask nothing: numbers, ticks, empty cells",
    LineKind.PICTURE: "a picture that stands alone",
    LineKind.LONE_HEAD: "a heading or lead-in below which nothing became a card",
    LineKind.QUESTION: "a question below which no answer stands, such as a `Q:` without an `A:`",
    LineKind.TOO_LONG: "a line of more characters than a line of notes has",
    LineKind.PART: "a heading of a part, week or course without cards",
    LineKind.OBJECTIVE: "what a learner shall be able to do, an agenda or a list of things to do",
    LineKind.REMARK: "a word to oneself: `TODO:`, `Note:`, `Source:` and the like",
    LineKind.LINK: "a link, or a section of links, that no card shows",
    LineKind.COMMENT: "an HTML comment",
    LineKind.LAYOUT: "rules, the lines of a table, tags, breaks",
    LineKind.FRONT_MATTER: "the YAML at the top of the file",
    LineKind.BLANK: "an empty line",
}
"""What each kind of line is, for those who read a report."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a note and what became of it."""

    number: int
    text: str
    """As it stands in the file."""
    kind: LineKind
    cards: tuple[int, ...] = ()
    """Which cards of the note it is on, by their place among them."""
    parts: tuple[Part, ...] = ()
    """Where on these cards."""
    missing: tuple[str, ...] = ()
    """Its words that are on none of them, in lower case."""


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """All lines of a file; their number is the number of lines of the file."""

    path: str
    lines: tuple[Line, ...]
    cards: tuple[Card, ...] = ()

    @property
    def counts(self) -> Counter[LineKind]:
        """How many lines are of which kind."""
        return Counter(line.kind for line in self.lines)


def total(files: Iterable[FileCoverage]) -> Counter[LineKind]:
    """The lines of all *files* by kind."""
    return Counter(line.kind for file in files for line in file.lines)


def percent(counts: Counter[LineKind], ignored: frozenset[LineKind] = frozenset()) -> float:
    """The share of lines that are on cards among those that could be; 100 where there are none."""
    shown = sum(count for kind, count in counts.items() if kind.is_shown)
    open_ = sum(count for kind, count in counts.items() if kind.is_open and kind not in ignored)
    return 100 * shown / (shown + open_) if shown + open_ else 100.0


def coverage_of(note: Note, outline: Sequence[Item], cards: Sequence[Card], unread: Sequence[Unread]) -> FileCoverage:
    """Say of every line of *note* what became of it."""
    kept = _lines_of(note)
    reader = _Reader(note, kept, outline, cards, unread)
    return FileCoverage(note.path, tuple(map(reader.line, range(1, len(kept) + 1))), tuple(cards))


def _lines_of(note: Note) -> list[str]:
    """The lines of the file; a line end at its end opens no further line."""
    lines = note.text.split("\n")
    lines[: len(note.front_matter)] = note.front_matter
    return lines[:-1] if not lines[-1] else lines


NEAR = 3
"""Lines below a statement up to which a card may ask about it."""
LEAST_ASKED = 4
"""Words of a statement from which a question that has them all asks about it."""
MOST_LINKS = 200
"""Links of one paragraph that are looked at; more of them are no paragraph that somebody wrote."""
MOST_NEAR = 20
"""Cards below a head that are looked at for its words."""


class _Reader:
    """Looks up what is known of each line."""

    def __init__(
        self, note: Note, lines: Sequence[str], outline: Sequence[Item], cards: Sequence[Card], unread: Sequence[Unread]
    ) -> None:
        self.front = len(note.front_matter)
        # By the identity of an item, which lives as long as the outline: what holds for all lines of it.
        self.blocks: dict[int, Sight | None] = {}
        self.reasons: dict[int, LineKind] = {}
        self.links: dict[int, tuple[tuple[str, str], ...]] = {}
        self.lines = lines
        self.parsed = mended(note.text)
        self.cards = [Shown(card) for card in cards]
        self.items = _by_line(outline, len(lines))
        self.holding = _holding(cards, len(lines))
        self.starts = sorted((card.source.line, at) for at, card in enumerate(cards))
        self.linked = {link.url: link.text for card in cards for link in card.references}
        self.unread = {number: one.kind for one in unread for number in range(one.span.line, one.span.end_line + 1)}

    def line(self, number: int) -> Line:
        """Say what became of the line *number*."""
        text, parsed = self.lines[number - 1], self.parsed[number - 1]
        if number <= self.front:
            return Line(number, text, LineKind.FRONT_MATTER)
        if not parsed.strip():
            return Line(number, text, LineKind.COMMENT if text.strip() else LineKind.BLANK)
        item = self.items[number - 1]
        if item and item.kind in (BlockKind.CODE, BlockKind.MATH):
            return self._verbatim(number, item)
        words = stems_of(parsed)
        if item is None or not (words or self._links(item) or item.text.images):
            return Line(number, text, LineKind.LAYOUT)
        sight = self._sight(number, words, parsed)
        if sight.is_whole:
            return self._told(number, LineKind.CARD, sight)
        if self._is_reference(item, parsed, words):
            return Line(number, text, LineKind.REFERENCE)
        if self._why(item) is not LineKind.PICTURE and self._is_head(number, item, words):
            return Line(number, text, LineKind.HEAD)
        if sight.is_partial:
            return self._told(number, LineKind.PARTLY, sight)
        if item.kind is BlockKind.TABLE and number == item.span.line and self._cards_in(item):
            return Line(number, text, LineKind.LAYOUT)  # the head of its columns says how to ask
        return Line(number, text, self.unread.get(number) or self._why(item))

    def _told(self, number: int, kind: LineKind, sight: Sight) -> Line:
        text = self.lines[number - 1]
        seen = WORD.findall(UNSEEN.sub(" ", text).lower())
        missing = dict.fromkeys(word for word in seen if stem_of(word) in sight.missing)
        return Line(number, text, kind, sight.cards, sight.parts, tuple(missing))

    def _verbatim(self, number: int, item: Item) -> Line:
        """Code and set math are on a card as a whole, with the marks around them, or not at all."""
        if id(item) not in self.blocks:
            words = stems_of(item.text.plain)
            self.blocks[id(item)] = self._sight(item.span.line, words, "") if words else None
        sight = self.blocks[id(item)]
        if sight and sight.is_whole:
            return self._told(number, LineKind.CARD, sight)
        return Line(number, self.lines[number - 1], self._why(item))

    def _why(self, item: Item) -> LineKind:
        if id(item) not in self.reasons:
            self.reasons[id(item)] = why_unread(item)
        return self.reasons[id(item)]

    def _links(self, item: Item) -> tuple[tuple[str, str], ...]:
        """The links of an item, with those of the list that it opens where all of them are references."""
        if id(item) not in self.links:
            links = item.text.links
            if self.unread.get(item.span.line) is LineKind.LINK:
                links = (*links, *(link for child in item.children for link in child.text.links))
            self.links[id(item)] = links[:MOST_LINKS]
        return self.links[id(item)]

    def _sight(self, number: int, words: Sequence[str], parsed: str) -> Sight:
        """What the cards that hold the line *number* show of *words*."""
        return sight_of(words, parsed, [(at, self.cards[at]) for at in self.holding[number - 1]])

    def _is_reference(self, item: Item, parsed: str, words: Sequence[str]) -> bool:
        """Say whether some card shows the link that the line is, or links of the list that the line opens."""
        links = self._links(item)
        if self.unread.get(item.span.line) is LineKind.LINK:
            # What is said about a link of a list of links goes with it.
            return any(url in self.linked for _, url in links)
        here = [(shown, url) for shown, url in links if url in self.linked and (url in parsed or shown in parsed)]
        named = {word for shown, url in here for word in stems_of(f"{shown} {self.linked[url]}")}
        wanted = telling(words)
        return bool(here) and sum(words[at] not in named for at in wanted) <= surplus_of(len(wanted))

    def _is_head(self, number: int, item: Item, words: Sequence[str]) -> bool:
        """Say whether the words stand in the path or the questions of the cards below."""
        if number != item.span.line:
            return False
        wanted = {words[at] for at in telling(words)}
        if not (item.is_heading or item.children or item.kind is BlockKind.TABLE):
            # A statement that the card of the line below asks about.
            asked = [self.cards[at].question for at in self._cards_in(item, NEAR)]
            return len(wanted) >= LEAST_ASKED and any(wanted <= question for question in asked)
        below = [self.cards[at] for at in self._cards_in(item, NEAR)]
        if below and facet_of(item.text.plain):
            return True  # asked for by the usual name of the side
        missing = len(wanted - frozenset().union(*(one.path | one.question for one in below)))
        return missing <= surplus_of(len(wanted)) and missing < len(wanted)

    def _cards_in(self, item: Item, more: int = 0) -> list[int]:
        """The first cards of those that begin on the lines of *item* and all under it, or *more* lines below."""
        first = bisect_left(self.starts, (item.span.line, 0))
        last = max(item.end_line, item.span.end_line + more)
        return [at for line, at in self.starts[first : first + MOST_NEAR] if line <= last]


def _by_line(outline: Sequence[Item], count: int) -> list[Item | None]:
    """The innermost item on each line."""
    items: list[Item | None] = [None] * count
    waiting = list(reversed(outline))
    while waiting:
        item = waiting.pop()
        for number in range(item.span.line, min(item.span.end_line, count) + 1):
            items[number - 1] = item
        waiting += reversed(item.children)
    return items


def _holding(cards: Sequence[Card], count: int) -> list[list[int]]:
    """The cards whose source holds each line."""
    holding: list[list[int]] = [[] for _ in range(count)]
    for at, card in enumerate(cards):
        for number in range(card.source.line, min(card.source.end_line, count) + 1):
            holding[number - 1].append(at)
    return holding
