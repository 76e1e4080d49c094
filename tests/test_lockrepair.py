import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_lockfile import DRIFT, HEAD, LINE, LOCK, changed

from mlopscards.errors import CannotDo
from mlopscards.lockfile import Lock, format_lock, parse_lock
from mlopscards.lockrepair import repair


@given(LOCK)
def test_a_sound_lock_stays_as_it_is(lock: Lock) -> None:
    result = repair(format_lock(lock))
    assert (result.lock, result.done, result.lost) == (lock, (), ())


@given(LOCK, LOCK, st.randoms())
def test_of_a_merge_no_card_is_lost_and_the_result_can_be_read(ours: Lock, theirs: Lock, chance: object) -> None:
    one, other = (format_lock(lock).split("\n")[1:-1] for lock in (ours, theirs))
    text = "\n".join([HEAD, "<<<<<<< HEAD", *one, "||||||| base", LINE, "=======", *other, ">>>>>>> theirs", ""])
    result = repair(text)
    guids = {entry.guid for lock in (ours, theirs) for entry in lock.entries}
    assert {entry.guid for entry in result.lock.entries} == guids
    assert not result.lost
    assert parse_lock("l", format_lock(result.lock)) == result.lock


@given(LOCK, LOCK)
def test_of_two_lines_with_one_guid_the_result_is_newer_than_both_unless_they_are_the_same(
    ours: Lock, theirs: Lock
) -> None:
    text = format_lock(Lock((*ours.entries, *theirs.entries)))
    known = {guid: [e for e in (*ours.entries, *theirs.entries) if e.guid == guid] for guid in "abc"}
    for entry in repair(text).lock.entries:
        same = known.get(entry.guid) or [e for e in (*ours.entries, *theirs.entries) if e.guid == entry.guid]
        if len({other.digest for other in same}) > 1:
            youngest = max(same, key=lambda e: (max(e.modified, e.retired), e.digest))
            assert entry.modified == youngest.modified + 1
            assert set(entry.clozes) == {number for other in same for number in other.clozes}
        else:
            assert entry.modified in {other.modified for other in same}


@given(LOCK, st.data())
def test_whatever_is_done_to_a_line_the_others_stay(lock: Lock, data: st.DataObject) -> None:
    lines = format_lock(lock).split("\n")[:-1]
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=60))
    try:
        result = repair("\n".join(lines))
    except CannotDo as error:
        assert "newer mlopscards" in str(error)  # noqa: PT017
        return
    left = [entry for number, entry in enumerate(lock.entries, 1) if number != at]
    assert [entry for entry in result.lock.entries if entry in left] == left
    parse_lock("l", format_lock(result.lock))


@pytest.mark.parametrize("cut", ["}", '"modified": 1700000000}', ", ", '"headings": ['])
def test_a_line_that_is_no_json_keeps_what_can_be_read(cut: str) -> None:
    head, _, tail = LINE.rpartition(cut) if cut == "}" else LINE.partition(cut)
    result = repair(f"{HEAD}\n{head}{'' if cut == '}' else tail}\n")
    (entry,) = result.lock.entries
    assert (entry.guid, entry.question) == (DRIFT.guid, DRIFT.question)
    assert result.done[0].startswith("line 2: not JSON")


@pytest.mark.parametrize(
    "line",
    [
        changed(headings=7),
        changed(modified="yesterday"),
        changed(colour="red"),
        changed(retired=True),
        changed(kind=...),
    ],
)
def test_a_wrong_value_costs_no_more_than_itself(line: str) -> None:
    result = repair(f"{HEAD}\n{line}\n")
    (entry,) = result.lock.entries
    assert (entry.guid, entry.question, entry.answer) == (DRIFT.guid, DRIFT.question, DRIFT.answer)
    assert result.done


@pytest.mark.parametrize(
    "line",
    ["what is this", changed(guid=...), changed(guid=""), changed(question=...), "[1]", '"', "[" * 200_000, "9" * 5000],
    ids=lambda line: line[:30],
)
def test_where_too_little_can_be_read_the_line_is_given_back(line: str) -> None:
    result = repair(f"{HEAD}\n{LINE}\n{line}\n")
    assert result.lock == Lock((DRIFT,))
    assert result.lost == ((3, line),)


def test_a_number_that_is_too_long_costs_no_more_than_itself() -> None:
    result = repair(f"{HEAD}\n{LINE.replace('1700000000', '9' * 5000)}\n")
    assert [(entry.guid, entry.question) for entry in result.lock.entries] == [(DRIFT.guid, DRIFT.question)]
    assert not result.lost


def test_a_header_that_is_gone_comes_back() -> None:
    result = repair(LINE)
    assert (result.lock, result.done) == (Lock((DRIFT,)), ("line 1: put the header back",))


def test_what_a_newer_program_wrote_is_not_touched() -> None:
    with pytest.raises(CannotDo, match="format 99"):
        repair(json.dumps({"format": 99, "tool": "mlopscards"}))
    with pytest.raises(CannotDo, match="newer"):
        repair(f'{{"format": {"9" * 5000}, "tool": "mlopscards"}}')
