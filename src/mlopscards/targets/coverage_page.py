"""The coverage of notes as one page: each line with a coloured margin, what became of it, and the cards made of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files as resources

from mlopscards.coverage import MEANINGS, FileCoverage, Line, percent, total
from mlopscards.model import NO_TEXT, SET_ASIDE, LineKind
from mlopscards.provenance import WORD
from mlopscards.targets.coverage_table import COLUMNS, Kinds, share

SHOWN_AS = {LineKind.CARD: "card", LineKind.HEAD: "head", LineKind.REFERENCE: "reference", LineKind.PARTLY: "partly"}


def page_of(files: Sequence[FileCoverage], ignored: Kinds = frozenset()) -> str:
    """Write the page. It needs no script and loads nothing; all text of the notes is escaped."""
    return "".join(_page(files, ignored))


def _page(files: Sequence[FileCoverage], ignored: Kinds) -> Iterator[str]:
    counts = total(files)
    style = (resources("mlopscards") / "templates" / "coverage.css").read_text("utf-8")
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Coverage of the notes: {share(counts, ignored)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
    )
    yield f"<header>\n<h1>Coverage of the notes: {share(counts, ignored)}</h1>\n"
    yield f"<p>{_summary(counts, ignored)}</p>\n</header>\n<main>\n"
    yield from _index(files, counts, ignored)
    yield from _legend(counts, ignored)
    for at, file in enumerate(files, 1):
        yield from _section(at, file, ignored)
    yield "</main>\n</body>\n</html>\n"


def _summary(counts: Counter[LineKind], ignored: Kinds) -> str:
    shown = sum(count for kind, count in counts.items() if kind.is_shown)
    could = shown + sum(count for kind, count in counts.items() if kind.is_open and kind not in ignored)
    rest = f" Not counted by wish: {', '.join(sorted(ignored))}." if ignored else ""
    return escape(
        f"{shown} of the {could} lines that could be on a card are. The margin says why the others are not.{rest}"
    )


def _index(files: Sequence[FileCoverage], counts: Counter[LineKind], ignored: Kinds) -> Iterator[str]:
    """A row a file; the numbers of a row sum up to the lines of its file."""
    heads = "".join(
        f'<th scope="col">{name}</th>' for name in ("file", "lines", *(name for name, _ in COLUMNS), "covered")
    )
    yield f'<div class="scroll">\n<table class="sums">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'
    for at, file in enumerate(files, 1):
        yield _sums(f'<a href="#file-{at}">{escape(file.path)}</a>', file.counts, ignored)
    yield f"</tbody>\n<tfoot>\n{_sums('total', counts, ignored)}</tfoot>\n</table>\n</div>\n"


def _sums(name: str, counts: Counter[LineKind], ignored: Kinds) -> str:
    numbers = [counts.total(), *(sum(counts[kind] for kind in kinds) for _, kinds in COLUMNS)]
    cells = "".join(f"<td>{number or '·'}</td>" for number in numbers)
    meter = f'<span class="meter" aria-hidden="true"><i style="width:{percent(counts, ignored):.1f}%"></i></span>'
    return f'<tr><th scope="row">{name}</th>{cells}<td>{share(counts, ignored)}{meter}</td></tr>\n'


def _legend(counts: Counter[LineKind], ignored: Kinds) -> Iterator[str]:
    """What the kinds of lines mean that these notes have."""
    yield '<dl class="legend">\n'
    for kind in LineKind:
        if counts[kind] and kind not in NO_TEXT:
            free = "; does not count" if kind in SET_ASIDE or kind in ignored else ""
            meaning = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(MEANINGS[kind]))
            yield f'<dt class="{_colour(kind)}">{kind} · {counts[kind]}</dt><dd>{meaning}{free}</dd>\n'
    yield "</dl>\n"


def _colour(kind: LineKind) -> str:
    if kind in NO_TEXT:
        return "empty"
    return SHOWN_AS.get(kind, "aside" if kind in SET_ASIDE else "open")


def _section(at: int, file: FileCoverage, ignored: Kinds) -> Iterator[str]:
    yield f'<section id="file-{at}">\n<h2>{escape(file.path)} · {share(file.counts, ignored)}</h2>\n'
    yield '<table class="notes">\n<tbody>\n'
    told: set[int] = set()
    for line in file.lines:
        yield _row(f"f{at}-{line.number}", line, file, told)
        told.update(line.cards)
    yield "</tbody>\n</table>\n</section>\n"


def _row(anchor: str, line: Line, file: FileCoverage, told: set[int]) -> str:
    """A line; the first line of a card shows its question, the further ones tell it where the pointer rests."""
    questions = [file.cards[at].question.text for at in line.cards]
    new = "".join(
        f"<span>{escape(question)}</span>" for at, question in zip(line.cards, questions, strict=True) if at not in told
    )
    hint = f' title="{escape(" / ".join(questions))}"' if questions else ""
    cards = new or ('<span class="again" aria-label="the same card">″</span>' if questions else "")
    return (
        f'<tr id="{anchor}" class="{_colour(line.kind)}"><td class="number"><a href="#{anchor}">{line.number}</a></td>'
        f'<td class="kind"{hint}>{_label(line)}</td>'
        f'<td class="text" dir="auto">{_text(line)}</td><td class="cards">{cards}</td></tr>\n'
    )


def _label(line: Line) -> str:
    if line.kind is LineKind.BLANK:
        return ""
    parts = f": {', '.join(line.parts)}" if line.kind is LineKind.CARD and line.parts else ""
    return f"{line.kind}{parts}"


def _text(line: Line) -> str:
    """The text of a line; the words that no card shows are underlined where others are shown."""
    if not line.missing or line.kind is not LineKind.PARTLY:
        return escape(line.text)
    pieces, at = [], 0
    for word in WORD.finditer(line.text):
        if word[0].lower() in line.missing:
            pieces += [escape(line.text[at : word.start()]), f"<u>{escape(word[0])}</u>"]
            at = word.end()
    return "".join(pieces) + escape(line.text[at:])
