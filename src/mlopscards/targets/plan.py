"""What a build would do, as text to read and as JSON for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from mlopscards.changes import Edit, Move, Piece, is_much_changed, moves_of, shortened, word_diff
from mlopscards.model import Issued

if TYPE_CHECKING:
    from mlopscards.identity import Ambiguous, Kept
    from mlopscards.lockfile import Entry
    from mlopscards.pipeline import Planned

MARKS = {Edit.KEPT: ("", ""), Edit.REMOVED: ("[-", "-]"), Edit.ADDED: ("{+", "+}")}
"""How a word diff is written, as git writes it."""
SHOWN = 100
"""So many characters of an answer are shown where nothing in it changed."""


# --- JSON -------------------------------------------------------------------------------------------------------------


def as_json(planned: Planned) -> Iterator[str]:
    """Write what the build would do as one JSON object, indented."""
    plan = planned.plan
    what = {
        "new": [_issued_row(issued) for issued in plan.new],
        "changed": [_kept_row(kept) for kept in plan.changed],
        "moved": [_move_row(move) for move in _moves(planned)],
        "returned": [_kept_row(kept) for kept in plan.returned],
        "retired": [_entry_row(entry) for entry in plan.retired],
        "ambiguous": [_ambiguous_row(doubt) for doubt in plan.ambiguous],
        "unchanged": len(plan.issued) - len(plan.new) - len(plan.changed) - len(plan.returned),
        "lock": {"missing": planned.is_lock_missing, "changes": planned.lock_changes},
    }
    yield json.dumps(what, ensure_ascii=False, indent=2) + "\n"


def _issued_row(issued: Issued) -> dict[str, object]:
    card = issued.card
    source = {"path": card.source.path, "line": card.source.line}
    return {"guid": issued.guid, "question": card.question.text, "answer": card.answer.text, "source": source}


def _entry_row(entry: Entry) -> dict[str, object]:
    return {"guid": entry.guid, "question": entry.question, "answer": entry.answer, "path": entry.path}


def _kept_row(kept: Kept) -> dict[str, object]:
    return {
        **_issued_row(kept.after),
        "was": _entry_row(kept.before),
        "evidence": str(kept.evidence),
        "much_changed": is_much_changed(kept),
        "diff": {side: [[str(edit), said] for edit, said in pieces] for side, pieces in _sides(kept)},
    }


def _move_row(move: Move) -> dict[str, object]:
    guids = [kept.after.guid for kept in move.cards]
    return {"from": move.old, "to": move.new, "renamed": move.whole, "search": move.search, "guids": guids}


def _ambiguous_row(doubt: Ambiguous) -> dict[str, object]:
    return {**_issued_row(doubt.card), "candidates": [_entry_row(entry) for entry in doubt.candidates]}


# --- text -------------------------------------------------------------------------------------------------------------


def as_text(planned: Planned) -> Iterator[str]:
    """Write what the build would do, line by line."""
    yield from (f"{line}\n" for line in _lines(planned))


def _lines(planned: Planned) -> Iterator[str]:
    plan = planned.plan
    yield from _section("new", map(_said, plan.new))
    yield from _section("changed", map(_changed, plan.changed))
    yield from _section("returned", (_changed(kept) for kept in plan.returned))
    yield from _section("retired", (f"{entry.path}  {entry.question}" for entry in plan.retired))
    yield from _section("ambiguous, and so new", map(_doubted, plan.ambiguous))
    yield from moves_in_words(planned)
    yield summary_of(planned)


def moves_in_words(planned: Planned) -> Iterator[str]:
    """Say which cards an import leaves in their old deck, and how to move them."""
    for move in _moves(planned):
        much = f"{len(move.cards)} card{'s' * (len(move.cards) != 1)}"
        if move.whole:
            yield f"renamed: the deck {move.old!r} is now {move.new!r}; rename it in Anki before you import"
        else:
            yield f"moved: {much} from {move.old!r} to {move.new!r}; an import leaves them where they are"
        yield f"  to move them in Anki's browser after the import: search {move.search} and choose Cards → Change Deck"


def summary_of(planned: Planned) -> str:
    """Count what happened since the last build, in one line."""
    plan = planned.plan
    counts = {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "moved": len(plan.moved),
        "returned": len(plan.returned),
        "retired": len(plan.retired),
        "ambiguous": len(plan.ambiguous),
        "kept although much changed": sum(map(is_much_changed, plan.changed)),
    }
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"since the last build: {said or 'nothing has changed'}"


def _moves(planned: Planned) -> tuple[Move, ...]:
    return moves_of(planned.plan, planned.before, planned.settings)


def _section(name: str, items: Iterable[str]) -> Iterator[str]:
    """Write a head with the number of *items*, and them below it; nothing where there are none."""
    written = [line for item in items for line in (*item.split("\n"), "")]
    if written:
        yield f"{name} ({written.count('')})"
        yield from (f"  {line}".rstrip() for line in written)


def _said(issued: Issued) -> str:
    card = issued.card
    return f"{card.source.path}:{card.source.line}  {_one_line(card.question.text)}\n→ {_one_line(card.answer.text)}"


def _changed(kept: Kept) -> str:
    source = kept.after.card.source
    question, answer = (_in_words(pieces) for _, pieces in _sides(kept))
    lines = [f"{source.path}:{source.line}  {question}", f"→ {answer}"]
    if is_much_changed(kept):
        lines.append(f"kept although much changed ({kept.evidence}): its reviews go on, so let it be the same fact")
    elif not _has_edit(kept):
        lines.append("what stands around it changed: markup, headings, tags, links or pictures")
    return "\n".join(lines)


def _doubted(doubt: Ambiguous) -> str:
    return "\n".join((_said(doubt.card), *(f"could be: {_one_line(entry.question)}" for entry in doubt.candidates)))


def _sides(kept: Kept) -> tuple[tuple[str, tuple[Piece, ...]], tuple[str, tuple[Piece, ...]]]:
    before, card = kept.before, kept.after.card
    return (
        ("question", word_diff(before.question, card.question.text)),
        ("answer", word_diff(before.answer, card.answer.text)),
    )


def _has_edit(kept: Kept) -> bool:
    return any(edit is not Edit.KEPT for _, pieces in _sides(kept) for edit, _ in pieces)


def _in_words(pieces: tuple[Piece, ...]) -> str:
    if all(edit is Edit.KEPT for edit, _ in pieces):
        return _one_line(" ".join(said for _, said in pieces))
    return " ".join(said.join(MARKS[edit]) for edit, said in shortened(pieces))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1].rstrip()}…"


FORMATS: Mapping[str, Callable[[Planned], Iterator[str]]] = {"text": as_text, "json": as_json}
