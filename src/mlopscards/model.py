"""The values that pass between the stages. All are frozen; none knows a foreign library."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where in the notes something stands. Lines and columns count from 1."""

    path: str
    """POSIX path below the notes folder, so that reports are the same everywhere."""
    line: int
    column: int = 1
    end_line: int = 0
    """The last line, inclusive; `line` itself where it is left out."""

    def __post_init__(self) -> None:
        if not self.end_line:
            object.__setattr__(self, "end_line", self.line)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How much a problem weighs: an error stops the build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A finding about the notes."""

    span: Span
    code: str
    message: str
    """What is wrong, what was expected, how to mend it."""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.span}: {self.code} {self.message}"


class LineKind(StrEnum):
    """What became of a line of notes; every line is of one kind."""

    CARD = "card"
    HEAD = "head"
    REFERENCE = "reference"

    PARTLY = "on a card in part"
    NOTHING_DEFINED = "nothing defined"
    PROSE = "prose"
    CODE = "code"
    FORMULA = "formula of nothing"
    EXAMPLE = "example of nothing"
    CELL = "table cell that asks nothing"
    PICTURE = "picture of nothing"
    LONE_HEAD = "head of no card"
    QUESTION = "question without answer"
    TOO_LONG = "too long to read"

    PART = "part heading"
    OBJECTIVE = "objective"
    REMARK = "note to oneself"
    LINK = "link on no card"

    COMMENT = "comment"
    LAYOUT = "layout"
    FRONT_MATTER = "front matter"
    BLANK = "blank"

    @property
    def is_shown(self) -> bool:
        """Say whether a learner sees the line on a card."""
        return self in SHOWN

    @property
    def is_open(self) -> bool:
        """Say whether the line could be on a card and is not, or not as a whole."""
        return self in OPEN


SHOWN = frozenset({LineKind.CARD, LineKind.HEAD, LineKind.REFERENCE})
SET_ASIDE = frozenset({LineKind.PART, LineKind.OBJECTIVE, LineKind.REMARK, LineKind.LINK})
"""What the author never meant as a card."""
NO_TEXT = frozenset({LineKind.COMMENT, LineKind.LAYOUT, LineKind.FRONT_MATTER, LineKind.BLANK})
"""What no reader of the notes reads."""
OPEN = frozenset(LineKind) - SHOWN - SET_ASIDE - NO_TEXT


@dataclass(frozen=True, slots=True)
class Link:
    """A reference of the notes."""

    text: str
    """What the author called it; the address's host and path where it has no name."""
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the course something belongs; each part is None where the notes do not say."""

    course: int | None = None
    week: int | None = None
    title: str = ""
    """The week's title, or the file's where there is no week."""


@dataclass(frozen=True, slots=True)
class Note:
    """One file of notes, decoded, its front matter taken off."""

    path: str
    """POSIX path below the notes folder."""
    text: str
    """Line ends are `\\n`; blank lines stand where the front matter stood, so that line numbers hold."""
    place: Place
    tags: tuple[str, ...] = ()
    front_matter: tuple[str, ...] = field(default=(), compare=False)
    """The lines that were taken off, as they stood; what they say is in the other fields."""
    ignore: tuple[str, ...] = ()
    """Codes of the findings that the author turned off for this file."""


class NoteType(StrEnum):
    """The two note types, for good."""

    BASIC = "basic"
    CLOZE = "cloze"


@dataclass(frozen=True, slots=True)
class Field:
    """One side of a card, as text to read and compare, and as HTML to show."""

    text: str
    html: str

    def __bool__(self) -> bool:
        return bool(self.text or self.html)


NOTHING = Field("", "")


@dataclass(frozen=True, slots=True)
class Card:
    """A question with its answer; in Anki one note, which may have a reverse card or several clozes."""

    kind: str
    """definition, members, steps, comparison, table, formula, tool, fact, question or cloze."""
    note_type: NoteType
    question: Field
    """The question; of a cloze note the sentence with `{{c1::…}}` in it."""
    answer: Field
    """The answer; empty for a cloze note."""
    place: Place
    headings: tuple[str, ...]
    """The headings and heads it stands under, outermost first."""
    source: Span
    also: tuple[Span, ...] = ()
    """Further places of the notes that make the very same card."""
    reverse: Field = NOTHING
    """The question of the reverse card, or nothing."""
    term: Field = NOTHING
    """What is asked about; it is the answer of the reverse card."""
    extra: Field = NOTHING
    """An example or a reason to show below the answer; not part of what is asked."""
    references: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    """Paths of the pictures and sounds as `src` has them, relative to the source's folder."""
    id: str = ""
    """The author's own id for this card, nearly always empty."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A card that has its identity."""

    card: Card
    guid: str
    modified: int
    """When its content last changed, in seconds since 1970."""
    line: int = 0
    """The line that its source tells to learners: where it stood when it last changed, so that a line inserted above
    leaves the same note to the letter. 0 is the line where it stands."""


@dataclass(frozen=True, slots=True)
class Deck:
    """The cards of one week, in the order of the lecture."""

    name: str
    """Nested with `::`, as Anki wants it."""
    slug: str
    """Names its package, and stays when the title changes."""
    cards: tuple[Issued, ...]


def breadcrumb(card: Card) -> tuple[str, ...]:
    """Say where *card* belongs: course, week, headings."""
    place = card.place
    course = (f"Course {place.course}",) if place.course is not None else ()
    week = (f"Week {place.week}",) if place.week is not None else ()
    title = (place.title,) if place.title and not week else ()
    return (*course, *week, *title, *card.headings)
