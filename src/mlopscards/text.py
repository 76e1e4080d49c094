"""A run of inline Markdown that can be cut by character offsets and keeps its formatting.

Patterns of the note format look for separators in `Text.mask`, where code, math and addresses are hidden, and cut
the `Text` at the offsets found. So a field is made from what was parsed once, never by a second parse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import takewhile
from typing import NamedTuple

from mlopscards.signs import FOLLOWED, disarmed, is_played, quoted, sound_of, without_gap_marks

HIDDEN = "ｘ"
"""Stands for a character that no pattern may look into: a word character, and rare in notes."""


class RunKind(StrEnum):
    """What a run is."""

    TEXT = "text"
    CODE = "code"
    MATH = "math"
    DISPLAY = "display"
    """Math set apart on a line of its own."""
    IMAGE = "image"
    SOFT = "soft"
    """A line end of the source within a paragraph."""
    BREAK = "break"
    """A line break that the author asked for."""
    NOTE = "note"
    """The mark of a footnote."""
    CLOZE = "cloze"
    """What Anki reads in a text with gaps: `{{c1::`, the `::` before a hint, `}}`."""
    TAG = "tag"
    """A tag that gives structure, not format: `<details>`, `<summary>`, …"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A format that lies over runs: `strong`, `em`, `a`, …"""

    tag: str
    href: str = ""


class Run(NamedTuple):
    """A stretch of one kind and one format."""

    # A named tuple, since a build makes hundreds of thousands of them.
    kind: RunKind
    text: str
    marks: tuple[Mark, ...] = ()
    src: str = ""
    """Of a picture its address, as written; of a sound or film too, for it is shown where it stands."""
    width: str = ""
    note: Text | None = None
    """What the footnote says."""

    @property
    def plain(self) -> str:
        """The run as characters; offsets into a `Text` count these."""
        if self.kind is RunKind.IMAGE:
            return self.text or PICTURE
        opening, closing = AROUND.get(self.kind, ("", ""))
        return BLANK.get(self.kind, opening + self.text + closing)

    @property
    def is_opaque(self) -> bool:
        """Say whether patterns may not look inside, and cuts take it whole."""
        return self.kind in OPAQUE or ("://" in self.text and self.is_link)

    @property
    def is_link(self) -> bool:
        """Say whether the run belongs to a link."""
        return any(mark.tag == "a" for mark in self.marks)

    @property
    def html(self) -> str:
        """The run without its marks."""
        body = escape(self.text, quote=False)
        match self.kind:
            case RunKind.TEXT:
                return disarmed(body)
            case RunKind.CLOZE:
                return self.text
            case RunKind.CODE:
                return f"<code>{disarmed(body)}</code>"
            case RunKind.NOTE:
                return f"<sup>[{disarmed(body)}]</sup>"
            case RunKind.MATH:
                return rf"\({body}\)"
            case RunKind.DISPLAY:
                return rf"\[{body}\]"
            case RunKind.IMAGE:
                return self._picture
            case RunKind.BREAK:
                return "<br>"
            case RunKind.SOFT:
                return " "
            case RunKind.TAG:
                return ""

    @property
    def _picture(self) -> str:
        if is_played(self.src):
            return disarmed(escape(self.text, quote=False)) + sound_of(self.src)
        width = f' width="{escape(self.width)}"' if self.width else ""
        return f'<img src="{quoted(self.src)}" alt="{quoted(self.text)}"{width}>'

    @property
    def _unnamed(self) -> str:
        return self.text or (f"[sound:{self.src}]" if is_played(self.src) else f"[{self.src}]")

    @property
    def readable(self) -> str:
        """The run as one would write it in Markdown, without emphasis."""
        if self.kind is RunKind.IMAGE:
            return f"![{self.text}]" if self.text and not is_played(self.src) else self._unnamed
        if self.kind is RunKind.TAG:
            return " "
        return f"`{self.text}`" if self.kind is RunKind.CODE else self.plain


PICTURE = "\ufffc"
"""Stands for a picture without words; every run but a tag has characters, so that cuts find it."""
AROUND = {RunKind.MATH: ("$", "$"), RunKind.DISPLAY: ("$$", "$$"), RunKind.NOTE: ("[^", "]")}
BLANK = {RunKind.SOFT: " ", RunKind.TAG: ""}
OPAQUE = frozenset({RunKind.CODE, RunKind.MATH, RunKind.DISPLAY, RunKind.IMAGE, RunKind.NOTE})
LINE_ENDS = frozenset({RunKind.SOFT, RunKind.BREAK})
AS_IS = frozenset({RunKind.TEXT, RunKind.CODE})
"""Kinds whose characters are their text."""


class Text:
    """Inline Markdown as runs; a value, of which what is asked for often is remembered."""

    __slots__ = ("_mask", "_plain", "runs")

    def __init__(self, runs: tuple[Run, ...] = ()) -> None:
        self.runs = runs
        self._plain: str | None = None
        self._mask: str | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.runs == other.runs

    def __hash__(self) -> int:
        return hash(self.runs)

    def __repr__(self) -> str:
        return f"Text({self.plain!r})"

    @property
    def plain(self) -> str:
        """All characters, format left out."""
        if self._plain is None:
            self._plain = "".join([run.text if run.kind in AS_IS else run.plain for run in self.runs])
        return self._plain

    @property
    def mask(self) -> str:
        """`plain` with everything hidden that patterns may not look into; of the same length."""
        if self._mask is None:
            opaque = any(run.kind is not RunKind.TEXT or run.marks for run in self.runs)
            self._mask = "".join([_masked(run) for run in self.runs]) if opaque else self.plain
        return self._mask

    @property
    def readable(self) -> str:
        """The text to read and compare: code in backticks, math in dollars, no other markup, no surplus blanks."""
        joined = "".join([run.text if run.kind is RunKind.TEXT else run.readable for run in self.runs])
        if "\n" not in joined:
            return " ".join(joined.split())
        return "\n".join(" ".join(line.split()) for line in joined.split("\n")).strip()

    @property
    def html(self) -> str:
        """The text as HTML."""
        return "".join(_html_of(self.runs))

    @property
    def cloze_html(self) -> str:
        """The text as HTML for a cloze note: nothing but its gaps can be taken for one."""
        return "".join(_cloze_html_of(self.runs))

    @property
    def notes(self) -> dict[str, Text]:
        """The footnotes that it refers to, by their label."""
        return {run.text: run.note for run in self.runs if run.note is not None}

    @property
    def images(self) -> tuple[str, ...]:
        """The addresses of the pictures in it and in its footnotes, and of the sounds and films that it links."""
        shown = [run for run in self.runs if run.marks or run.kind is RunKind.IMAGE or run.note is not None]
        if not shown:
            return ()
        pictures = [run.src for run in shown if run.kind is RunKind.IMAGE]
        sounds = [mark.href for run in shown for mark in run.marks if _plays(mark)]
        noted = [address for run in shown if run.note is not None for address in run.note.images]
        return tuple(dict.fromkeys(pictures + sounds + noted))

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """(text, address) of each link in it; an address alone counts as well."""
        found: dict[str, str] = {}
        for run in self.runs if any(run.marks for run in self.runs) else ():
            for mark in run.marks:
                if mark.tag == "a":
                    found[mark.href] = found.get(mark.href, "") + run.plain
        return tuple((text, href) for href, text in found.items())

    @property
    def bold_end(self) -> int:
        """How many characters from the start are bold; 0 where it opens otherwise."""
        leading = takewhile(lambda run: _is_bold(run) or not run.plain.strip(), self.runs)
        return len("".join(run.plain for run in leading).rstrip())

    @property
    def bold_spans(self) -> tuple[tuple[int, int], ...]:
        """(start, end) of each bold stretch."""
        return self._spans(_is_bold)

    @property
    def code_spans(self) -> tuple[tuple[int, int], ...]:
        """(start, end) of each piece of inline code."""
        return self._spans(lambda run: run.kind is RunKind.CODE)

    @property
    def is_bold(self) -> bool:
        """Say whether all of it, save punctuation at its end, is bold."""
        return 0 < self.bold_end >= len(self.plain.rstrip(" \n.:"))

    def _spans(self, wanted: Callable[[Run], bool]) -> tuple[tuple[int, int], ...]:
        spans: list[tuple[int, int]] = []
        at = 0
        for run in self.runs:
            end = at + len(run.plain)
            if wanted(run):
                start = spans.pop()[0] if spans and spans[-1][1] == at else at
                spans.append((start, end))
            at = end
        return tuple(spans)

    def __bool__(self) -> bool:
        return bool(self.plain.strip())

    def __getitem__(self, cut: slice) -> Text:
        """Cut by offsets into `plain`; what is opaque is taken whole if its start lies inside."""
        start, stop, _ = cut.indices(len(self.plain))
        if start == 0 and stop == len(self.plain):
            return self
        return Text(tuple(_cut(self.runs, start, stop, len(self.plain))))

    def __add__(self, other: Text) -> Text:
        return Text(self.runs + other.runs)

    def strip(self, characters: str = " \n\t") -> Text:
        """Cut *characters* off both ends."""
        plain = self.plain
        if plain and plain[0] not in characters and plain[-1] not in characters:
            return self
        mask = self.mask  # a blank within code is part of it
        start = len(mask) - len(mask.lstrip(characters))
        return self[start : max(start, len(mask.rstrip(characters)))]

    def cut_at(self, bounds: Sequence[int]) -> list[Text]:
        """Cut at all of *bounds*, which ascend, in one go; what is opaque is taken whole where it starts."""
        pieces: list[list[Run]] = [[]]
        at = 0
        for run in self.runs:
            end = at + len(run.plain)
            start = at
            while start < end or start == at:
                while len(pieces) <= len(bounds) and start >= bounds[len(pieces) - 1]:
                    pieces.append([])
                stop = end if run.is_opaque or len(pieces) > len(bounds) else min(end, bounds[len(pieces) - 1])
                whole = start == at and stop == end
                pieces[-1].append(run if whole else run._replace(text=run.text[start - at : stop - at]))
                start = max(stop, at + 1)
            at = end
        pieces += [[] for _ in range(len(bounds) + 1 - len(pieces))]
        return [Text(tuple(piece)) for piece in pieces]

    def lines(self) -> tuple[Text, ...]:
        """The text line by line, as the author broke it, by line end or by break."""
        if not any(run.kind in LINE_ENDS for run in self.runs):
            return (self,)
        lines: list[list[Run]] = [[]]
        for run in self.runs:
            if run.kind in LINE_ENDS:
                lines.append([])
            else:
                lines[-1].append(run)
        return tuple(Text(tuple(line)) for line in lines)

    @property
    def line_ends(self) -> tuple[RunKind, ...]:
        """How each of its lines but the last one ends."""
        return tuple(run.kind for run in self.runs if run.kind in LINE_ENDS)

    def without(self, *tags: str) -> Text:
        """Take the marks *tags* off, `strong` say, where the format has done its work."""
        if not any(mark.tag in tags for run in self.runs for mark in run.marks):
            return self
        return Text(tuple(run._replace(marks=tuple(m for m in run.marks if m.tag not in tags)) for run in self.runs))

    def without_pictures(self) -> Text:
        """Leave pictures out, for a question may not show what belongs to the answer."""
        return Text(tuple(run for run in self.runs if run.kind is not RunKind.IMAGE)).strip() if self.images else self


def _masked(run: Run) -> str:
    if run.kind is RunKind.TEXT and not run.marks:
        return run.text
    return HIDDEN * len(run.plain) if run.is_opaque else run.plain


def text_of(plain: str) -> Text:
    """Plain characters as a `Text`."""
    return Text((Run(RunKind.TEXT, plain),)) if plain else Text()


def join(texts: Iterable[Text], separator: str = " ") -> Text:
    """Join *texts* with *separator* between them."""
    runs: list[Run] = []
    for text in texts:
        if runs:
            runs.append(_between(runs, text, RunKind.TEXT, separator))
        runs.extend(text.runs)
    return Text(tuple(runs))


def join_lines(lines: Sequence[Text], ends: Sequence[RunKind]) -> Text:
    """Join *lines* to one text that reads as such, and is shown broken where the author broke it; *ends* say how."""
    runs: list[Run] = []
    broken = False
    for line, end in zip(lines, (RunKind.SOFT, *ends), strict=True):
        broken = broken or end is RunKind.BREAK
        if not line.runs:
            continue
        if runs:
            runs.append(_between(runs, line, RunKind.BREAK if broken else RunKind.TEXT, " "))
        runs.extend(line.runs)
        broken = False
    return Text(tuple(runs))


def _between(before: Sequence[Run], text: Text, kind: RunKind, separator: str) -> Run:
    """Make a separator; a format that goes on behind it lies over it as well."""
    marks, after = before[-1].marks, text.runs[0].marks if text.runs else ()
    return Run(kind, separator, tuple(one for one, other in zip(marks, after, strict=False) if one == other))


def _is_bold(run: Run) -> bool:
    return any(mark.tag == "strong" for mark in run.marks)


def _cut(runs: tuple[Run, ...], start: int, stop: int, whole: int) -> Iterator[Run]:
    at = 0
    for run in runs:
        length = len(run.plain)
        first, last = max(start - at, 0), min(stop - at, length)
        if first < last or (not length and start <= at and (at < stop or at == stop == whole > start)):
            if run.is_opaque or (first == 0 and last == length):
                if first == 0:
                    yield run
            else:
                yield run._replace(text=run.text[first:last])
        at += length


def _html_of(runs: tuple[Run, ...]) -> Iterator[str]:
    """Write runs, opening and closing marks only where they change."""
    opened: tuple[Mark, ...] = ()
    for run in runs:
        if run.marks != opened:
            yield from _change(opened, run.marks)
            opened = run.marks
        yield disarmed(escape(run.text, quote=False)) if run.kind is RunKind.TEXT else run.html
    if opened:
        yield from _change(opened, ())


def _cloze_html_of(runs: tuple[Run, ...]) -> Iterator[str]:
    """Write runs as `_html_of` does, and guard all but the marks of gaps."""
    opened: tuple[Mark, ...] = ()
    for run in runs:
        yield from map(without_gap_marks, _change(opened, run.marks))
        opened = run.marks
        yield run.html if run.kind is RunKind.CLOZE else without_gap_marks(run.html)
    yield from map(without_gap_marks, _change(opened, ()))


def _change(before: tuple[Mark, ...], after: tuple[Mark, ...]) -> Iterator[str]:
    """Close the marks that end and open those that begin."""
    common = 0
    while common < min(len(before), len(after)) and before[common] == after[common]:
        common += 1
    yield from map(_close_tag, reversed(before[common:]))
    yield from map(_open_tag, after[common:])


def _open_tag(mark: Mark) -> str:
    if mark.tag == "a":
        return f'<a href="{quoted(mark.href)}">' if FOLLOWED.match(mark.href) else ""
    return f"<{mark.tag}>"


def _close_tag(mark: Mark) -> str:
    if mark.tag == "a" and not FOLLOWED.match(mark.href):
        return f" {sound_of(mark.href)}" if _plays(mark) else ""
    return f"</{mark.tag}>"


def _plays(mark: Mark) -> bool:
    """Say whether *mark* links a sound or film beside the notes."""
    return mark.tag == "a" and is_played(mark.href) and not FOLLOWED.match(mark.href)
