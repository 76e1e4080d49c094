"""What the notes can say of something: the values between reading and asking."""

from __future__ import annotations

from dataclasses import dataclass

from mlopscards.concepts.usage import Usage
from mlopscards.layout import Item
from mlopscards.model import LineKind, Link, Place, Span
from mlopscards.text import Text


@dataclass(frozen=True, slots=True)
class Content:
    """What an answer shows: a text, then the items that stand under it."""

    text: Text = Text()
    items: tuple[Item, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text) or bool(self.text.images) or bool(self.items)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a term means, does, or what is done in it."""

    term: Text
    body: Content
    article: str | None = None
    """`a`, `an` or `the`, as a sentence of the notes has it before the term; empty where it has none, nothing where
    no sentence tells."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What something is for: `tf_metadata for storing data types`."""

    term: Text
    purpose: Text


@dataclass(frozen=True, slots=True)
class Facet:
    """One side of a subject under its usual name: its advantages, its goal, when to use it."""

    facet: str
    of: Text
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """Which kinds, parts or points a head has."""

    head: Text
    items: tuple[Text, ...]
    are_names: bool = True
    """False where the members are statements about the head."""
    shown: tuple[tuple[Item, ...], ...] = ()
    """The code, tables and quotes under each member that has no card of its own."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What is done in which order."""

    head: Text
    steps: tuple[Text, ...]
    shown: tuple[tuple[Item, ...], ...] = ()
    """The code, tables and quotes that stand under each step."""


@dataclass(frozen=True, slots=True)
class Elaboration:
    """How that is done which a statement says to do."""

    statement: Text
    more: Content


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with subject and verb, of which one part is asked for."""

    asks: str
    """`what`, `when`, `why` or `how`."""
    auxiliary: str
    """What goes before the subject in a question: `does`, `should`."""
    subject: Text
    predicate: Text
    """What goes behind it: `need more replicas`."""
    answer: Content


@dataclass(frozen=True, slots=True)
class Difference:
    """How one thing differs from another."""

    one: Text
    other: Text
    body: Content


@dataclass(frozen=True, slots=True)
class Contrast:
    """What is said of several things side by side, under one aspect."""

    aspect: Text
    sides: tuple[tuple[Text, Text], ...]
    """(thing, what is said of it)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: what a column says of the thing in a row."""

    thing: Text
    kind: Text
    """What the things of the table are; the head of its first column."""
    aspect: Text
    value: Text


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table whose cells are too short to be asked one by one."""

    thing: Text
    kind: Text
    values: tuple[tuple[Text, Text], ...]
    """(head of the column, cell)."""


@dataclass(frozen=True, slots=True)
class Formula:
    """The formula of something."""

    term: Text
    formula: Content


@dataclass(frozen=True, slots=True)
class Tool:
    """Which tools do a job."""

    job: Text
    tools: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that the author wrote, with the answer."""

    question: Text
    answer: Content
    shown: tuple[Item, ...] = ()
    """What stands below the question and belongs to it: the code that it asks about, say."""


@dataclass(frozen=True, slots=True)
class Cloze:
    """A sentence with deletions, marked by the author."""

    text: Text


Fact = (
    Definition | Purpose | Facet | Members | Steps | Elaboration | Statement | Difference | Contrast | Cell | Row
    | Formula | Tool | Asked | Cloze
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Where in the notes something stands, as far as a card needs it."""

    place: Place
    headings: tuple[str, ...] = ()
    """Headings and heads above, outermost first."""
    subject: Text = Text()
    """The closest head that names a concept; empty where there is none."""
    references: tuple[Link, ...] = ()
    """The links of the sections that it stands in, the closest first."""
    wider: Text = Text()
    """The subject above the subject."""
    sides: bool = True
    """Whether a label such as `type` or `metrics` names a side of the subject, not a member of its list."""
    title: Text = Text()
    """The title of the file; the subject of its `Pros`, but not of its sections."""
    usage: Usage = Usage()
    """How the note writes its terms in running text."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One fact, where it stands, and what goes with it."""

    fact: Fact
    scope: Scope
    span: Span
    extra: tuple[Item, ...] = ()
    """Examples and code that stand with it and are not part of the answer."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Lines that gave no card, and why."""

    span: Span
    kind: LineKind
