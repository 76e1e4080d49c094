"""The two note types. Collections of learners hold them: nothing here may change but the templates and the style.

A new id or kind and no note updates any more; a field or template that comes, goes or moves makes every note a
conflict. So there are spare fields to rename one day, and a fixed id on every part that makes renaming safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mlopscards.model import NoteType

STYLE = "style.css"
CODE_STYLE = "code.css"

MODIFIED = 1_795_253_735
"""When a template or the style last changed, in seconds since 1970. Raise it with every such change, for Anki takes
only what is newer, and never into the future."""


@dataclass(frozen=True, slots=True)
class Template:
    """One side up: what turns a note into a card."""

    name: str
    id: int
    file: str
    """The sides are `<file>.front.html` and `<file>.back.html`."""

    @property
    def front(self) -> str:
        """The question's side, in Anki's template language."""
        return read_template(f"{self.file}.front.html")

    @property
    def back(self) -> str:
        """The answer's side, in Anki's template language."""
        return read_template(f"{self.file}.back.html")


@dataclass(frozen=True, slots=True)
class Layout:
    """A note type as Anki knows it."""

    kind: NoteType
    id: int
    name: str
    fields: tuple[str, ...]
    first_field_id: int
    """The fields' ids count up from here."""
    templates: tuple[Template, ...]
    required: tuple[tuple[int, str, list[int]], ...]
    """For each template the fields without which it makes no card, as Anki's `req` has them."""

    def index(self, field: str) -> int:
        """Say at which place *field* stands."""
        return self.fields.index(field)


_SPARE = ("Spare 1", "Spare 2", "Spare 3", "Spare 4")

BASIC = Layout(
    kind=NoteType.BASIC,
    id=1_747_310_001,
    name="mlopscards",
    fields=(
        *("Question", "Answer", "Reverse", "Term", "Extra", "Context", "Reverse Context", "Source", "References"),
        "Retired",
        *_SPARE,
    ),
    first_field_id=747_310_100,
    templates=(
        Template("Question", 747_310_201, "basic-question"),
        # A template that makes a card only now and then has to be the last.
        Template("Reverse", 747_310_202, "basic-reverse"),
    ),
    required=((0, "any", [0]), (1, "any", [2])),
)

CLOZE = Layout(
    kind=NoteType.CLOZE,
    id=1_747_310_002,
    name="mlopscards cloze",
    fields=("Text", "Extra", "Context", "Source", "References", "Retired", *_SPARE),
    first_field_id=747_310_300,
    templates=(Template("Cloze", 747_310_401, "cloze"),),
    required=((0, "any", [0]),),
)

LAYOUTS = {layout.kind: layout for layout in (BASIC, CLOZE)}


@cache
def read_template(name: str) -> str:
    """Read a template, or the style, out of the package."""
    return (files("mlopscards") / "templates" / name).read_text(encoding="utf-8")


def style() -> str:
    """Read the one style sheet of all cards, with the colours of code at its end."""
    return "\n".join(map(read_template, (STYLE, CODE_STYLE)))
