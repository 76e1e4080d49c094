"""What a build would do, in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_pipeline import NOW, notes_in

from mlopscards.changes import Edit, shortened, word_diff
from mlopscards.pipeline import LOCK_NAME, Planned, build, plan
from mlopscards.targets.plan import as_json, as_text

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=12).map(" ".join)
SKEW = "**Skew**: a difference between the data of training and the data of serving\n"
DRIFT = "**Drift**: a change of the data over time\n"


@given(WORDS, WORDS)
def test_a_word_diff_reads_as_the_old_text_without_what_came_and_as_the_new_without_what_went(
    old: str, new: str
) -> None:
    pieces = word_diff(old, new)
    assert " ".join(said for edit, said in pieces if edit is not Edit.ADDED) == old
    assert " ".join(said for edit, said in pieces if edit is not Edit.REMOVED) == new


@given(WORDS, WORDS)
def test_what_is_left_out_of_a_diff_is_no_change(old: str, new: str) -> None:
    whole, short = word_diff(old, new), tuple(shortened(word_diff(old, new), around=1))
    assert [piece for piece in short if piece[0] is not Edit.KEPT] == [p for p in whole if p[0] is not Edit.KEPT]
    assert all(len(said.split()) <= 3 for edit, said in short if edit is Edit.KEPT)


@pytest.fixture
def after_an_edit(tmp_path: Path) -> Planned:
    """One card of each fate, and what a build would say of it."""
    notes = notes_in(
        tmp_path / "notes",
        **{
            "week-1": f"{SKEW}\n{DRIFT}\n**Canary**: a release to a small share of the users first\n",
            "week-2": "**Shadow**: a release whose answers nobody sees\n\nQ: Old?\nA: Gone.\n",
        },
    )
    build(notes, tmp_path / "decks", NOW)
    notes_in(
        notes,
        **{
            "week-1": f"{SKEW.replace('data of serving', 'requests of serving')}\n"
            "**Lineage**: the way of data from their source\n",
            "week-2": f"**Shadow**: a release whose answers nobody sees\n\n{DRIFT}\n"
            "**Canary**: something that birds and miners knew, and that has nothing in common with before\n",
        },
    )
    return plan(notes, tmp_path / "decks", NOW + 60)


def test_the_text_tells_every_fate_with_old_and_new_words(after_an_edit: Planned) -> None:
    text = "".join(as_text(after_an_edit))
    assert "new (1)\n  week-1.md:3  What is lineage?\n  → the way of data from their source" in text
    assert "[-data-] {+requests+} of serving" in text
    assert "retired (1)\n  week-2.md  Old?" in text
    assert "kept although much changed (the same question)" in text
    assert "moved: 2 cards from 'MLOps::Week 1' to 'MLOps::Week 2'" in text
    assert 'search "deck:MLOps::Week 1" "tag:mlops::week-2"' in text
    assert text.endswith("since the last build: 1 new, 3 changed, 2 moved, 1 retired, 1 kept although much changed\n")


def test_json_has_the_same_and_the_guids(after_an_edit: Planned) -> None:
    what = json.loads("".join(as_json(after_an_edit)))
    assert [row["question"] for row in what["new"]] == ["What is lineage?"]
    assert {row["question"]: row["much_changed"] for row in what["changed"]} == {
        "What is skew?": False,
        "What is drift?": False,
        "What is canary?": True,
    }
    (skew,) = [row for row in what["changed"] if row["question"] == "What is skew?"]
    assert ["removed", "data"] in skew["diff"]["answer"]
    assert skew["was"]["answer"] == "a difference between the data of training and the data of serving"
    (move,) = what["moved"]
    assert (len(move["guids"]), move["renamed"]) == (2, False)
    assert (what["unchanged"], what["lock"]) == (1, {"missing": False, "changes": True})


def test_planning_writes_nothing(after_an_edit: Planned, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    plan(tmp_path / "notes", tmp_path / "decks", NOW + 120)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert (tmp_path / "notes" / LOCK_NAME) in before


def test_a_build_does_what_was_planned(after_an_edit: Planned, tmp_path: Path) -> None:
    assert build(tmp_path / "notes", tmp_path / "decks", NOW + 60).planned == after_an_edit
    again = plan(tmp_path / "notes", tmp_path / "decks", NOW + 90)
    assert not again.lock_changes
    assert "".join(as_text(again)) == "since the last build: nothing has changed\n"
