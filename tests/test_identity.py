from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlopscards.clozes import renumber_clozes
from mlopscards.faces import Evidence
from mlopscards.identity import Plan, issue
from mlopscards.likeness import words_of
from mlopscards.lockfile import Entry, Lock, format_lock
from mlopscards.model import NOTHING, Card, Field, NoteType, Place, Span

NOW = 1_700_000_000


def basic(question: str, answer: str, path: str = "week-1.md", line: int = 1, **more: object) -> Card:
    sides = Field(question, f"<p>{question}</p>"), Field(answer, f"<p>{answer}</p>")
    card = Card("definition", NoteType.BASIC, *sides, Place(), ("Feature selection",), Span(path, line))
    return replace(card, **more)  # type: ignore[arg-type]


def cloze(text: str, path: str = "week-1.md", line: int = 1) -> Card:
    return Card("cloze", NoteType.CLOZE, Field(text, f"<p>{text}</p>"), NOTHING, Place(), ("Drift",), Span(path, line))


def lectured(*cards: Card, path: str = "week-1.md") -> list[Card]:
    """Put *cards* one below the other into one file."""
    return [replace(card, source=Span(path, line)) for line, card in enumerate(cards, 1)]


def digest(card: Card) -> str:
    return repr((card.question, card.answer))


def build(cards: Sequence[Card], lock: Lock | None = None, now: int = NOW) -> Plan:
    decks = [card.source.path.removesuffix(".md") for card in cards]
    return issue(cards, lock or Lock(), now, digest, decks)


def guids(plan: Plan) -> list[str]:
    return [issued.guid for issued in plan.issued]


def rebuild(before: Sequence[Card], after: Sequence[Card]) -> tuple[list[str], list[str], Plan]:
    """Build twice; give the guids of both builds and what the second one did."""
    first = build(before)
    second = build(after, first.lock, NOW + 100)
    return guids(first), guids(second), second


def nothing_happened(plan: Plan) -> bool:
    return not any((plan.new, plan.changed, plan.moved, plan.retired, plan.returned, plan.ambiguous))


FILTER = basic("What are filter methods?", "They score each feature by a statistic, before any model is trained")
WRAPPER = basic("What are wrapper methods?", "They score each subset of features by training a model on it")
EMBEDDED = basic("What are embedded methods?", "They select the features while the model itself is trained")
PEARSON = basic("What does Pearson's correlation measure?", "linear relationships")
SPEARMAN = basic("What does Spearman's rank correlation measure?", "monotonic relationships")
NOTES = lectured(FILTER, WRAPPER, EMBEDDED, PEARSON, SPEARMAN)


def edited(place: int, question: str | None = None, answer: str | None = None) -> list[Card]:
    cards = list(NOTES)
    card = cards[place]
    one, other = question or card.question.text, answer or card.answer.text
    cards[place] = replace(card, question=Field(one, one), answer=Field(other, other))
    return cards


# --- Laws -------------------------------------------------------------------------------------------------------------

WORD = st.sampled_from(
    [
        "feature",
        "model",
        "drift",
        "encoder",
        "decoder",
        "batch",
        "layer",
        "tensor",
        "precision",
        "recall",
        "not",
        "train",
    ]
)
PHRASE = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
CARD = st.builds(
    basic,
    question=PHRASE.map("What is {}?".format),
    answer=PHRASE,
    path=st.sampled_from(["a.md", "b.md"]),
    line=st.integers(1, 50),
)
CLOZE = st.builds(
    cloze,
    text=st.lists(WORD, min_size=2, max_size=5, unique=True).map(
        lambda words: " ".join([f"{{{{c1::{words[0]}}}}}", *words[1:-1], f"{{{{c2::{words[-1]}::hint}}}}"])
    ),
    line=st.integers(1, 50),
)
CARDS = st.lists(CARD | CLOZE, max_size=12, unique_by=lambda card: (card.question, card.answer))


@given(CARDS)
def test_an_unchanged_rebuild_changes_nothing_at_all(cards: list[Card]) -> None:
    first = build(cards)
    second = build(cards, first.lock, NOW + 100)
    assert second.issued == first.issued
    assert format_lock(second.lock) == format_lock(first.lock)
    assert nothing_happened(second)


@given(CARDS, CARDS)
def test_after_any_edit_the_next_build_finds_nothing_more_to_do(before: list[Card], after: list[Card]) -> None:
    second = build(after, build(before).lock, NOW + 100)
    third = build(after, second.lock, NOW + 200)
    assert third.issued == second.issued
    assert third.lock == second.lock


@given(CARDS, CARDS)
def test_guids_are_unique_in_a_build_and_in_the_lock(before: list[Card], after: list[Card]) -> None:
    plan = build(after, build(before).lock)
    assert len(set(guids(plan))) == len(after)
    entries = [entry.guid for entry in plan.lock.entries]
    assert len(set(entries)) == len(entries)


@given(CARDS, CARDS)
def test_no_card_leaves_the_lock(before: list[Card], after: list[Card]) -> None:
    first = build(before)
    second = build(after, first.lock)
    assert {entry.guid for entry in first.lock.entries} <= {entry.guid for entry in second.lock.entries}
    assert {entry.guid for entry in second.lock.entries if not entry.retired} == set(guids(second))


@given(CARDS, st.randoms(use_true_random=False), st.text("xyz", min_size=1, max_size=3))
def test_lines_order_path_and_headings_are_not_identity(cards: list[Card], chance: object, name: str) -> None:
    lines = list(range(len(cards)))
    chance.shuffle(lines)  # type: ignore[attr-defined]
    after = [
        replace(card, source=Span(f"{name}/{card.source.path}", line + 1), headings=(name,))
        for card, line in zip(cards, lines, strict=True)
    ]
    was, now, _ = rebuild(cards, after)
    assert was == now


@given(CARDS)
def test_a_lost_lock_gives_what_was_never_reworded_its_guids_again(cards: list[Card]) -> None:
    assert guids(build(cards)) == guids(build(cards, now=NOW + 5))


@given(CARDS, CARDS, st.integers(-10, 10))
def test_modified_grows_with_each_change_and_with_nothing_else(
    before: list[Card], after: list[Card], late: int
) -> None:
    first = build(before)
    second = build(after, first.lock, NOW + late)
    was = {entry.guid: entry for entry in first.lock.entries}
    for issued in second.issued:
        entry = was.get(issued.guid)
        if entry is None:
            assert issued.modified == NOW + late
        elif entry.digest == digest(issued.card):
            assert issued.modified == entry.modified
        else:
            assert issued.modified == max(NOW + late, entry.modified + 1)


@given(CARDS, CARDS)
def test_the_note_type_of_a_guid_never_changes(before: list[Card], after: list[Card]) -> None:
    first = build(before)
    kinds = {entry.guid: entry.note_type for entry in first.lock.entries}
    for issued in build(after, first.lock).issued:
        assert kinds.get(issued.guid, issued.card.note_type) is issued.card.note_type


@given(CARDS, st.data())
def test_a_card_that_is_left_out_retires_and_comes_back(cards: list[Card], data: st.DataObject) -> None:
    left = [card for card in cards if data.draw(st.booleans())]
    first = build(cards)
    second = build(left, first.lock, NOW + 1)
    third = build(cards, second.lock, NOW + 2)
    assert guids(third) == guids(first)
    assert len(second.retired) == len(third.returned) == len(cards) - len(left)


SIBLING = "What does the {} of the {} network return during training?"
TWINS = st.lists(
    st.tuples(
        st.sampled_from(["encoder", "decoder", "generator", "discriminator", "tokenizer", "sampler"]),
        st.sampled_from(["first", "second", "third", "left", "right", "source", "target"]),
    ),
    min_size=3,
    max_size=9,
    unique=True,
)


@given(TWINS, st.data())
def test_an_edit_never_attaches_to_a_sibling(names: list[tuple[str, str]], data: st.DataObject) -> None:
    cards = lectured(*(basic(SIBLING.format(*name), f"the {name[0]} state of the {name[1]} network") for name in names))
    deleted = data.draw(st.integers(0, len(cards) - 1))
    mended = data.draw(st.integers(0, len(cards) - 1).filter(lambda place: place != deleted))
    after = list(cards)
    text = cards[mended].question.text.replace("training", "trainnig")
    after[mended] = replace(cards[mended], question=Field(text, text))
    new = basic(SIBLING.format("optimizer", "last"), "the optimizer state of the last network")
    after[deleted] = replace(new, source=cards[deleted].source)
    was, now, _ = rebuild(cards, after)
    assert now[deleted] not in was
    assert [guid for place, guid in enumerate(now) if place != deleted] == [
        guid for place, guid in enumerate(was) if place != deleted
    ]


# --- The edit matrix --------------------------------------------------------------------------------------------------

KEPT = {
    "typo in the question": edited(0, question="What are fliter methods?"),
    "typo in the answer": edited(0, answer="They score each feature by a statstic, before any model is trained"),
    "typo in both": edited(
        0, "What are filter method?", "They scor each feature by a statistic, before any model is trained"
    ),
    "question reworded": edited(0, question="Explain in your own words how filter methods select features"),
    "answer reworded": edited(0, answer="A statistic ranks the columns and no training is needed"),
    "answer replaced": edited(3, answer="how well a straight line fits"),
    "both reworded": edited(
        1, "How do wrapper methods work?", "They score subsets of features by training a model on each"
    ),
    "term renamed": edited(0, question="What are univariate selectors?"),
    "term respelled": edited(3, question="What does Pearson correlation measure?"),
    "case and markup": edited(
        0, "WHAT ARE **FILTER** METHODS?", "They score each `feature` by a statistic, before any model is trained"
    ),
    "renumbered": edited(0, "3. What are filter methods?"),
    "white space": edited(0, "What  are filter\tmethods ?"),
    "another kind": [replace(NOTES[0], kind="question"), *NOTES[1:]],
    "file renamed": lectured(*NOTES, path="course-2/week-2.md"),
    "file split": [*NOTES[:2], *lectured(*NOTES[2:], path="week-2.md")],
    "lines inserted above": [replace(card, source=Span("week-1.md", card.source.line + 7)) for card in NOTES],
    "heading renamed": [replace(card, headings=("Choosing features", "Overview")) for card in NOTES],
    "reordered": lectured(*reversed(NOTES))[::-1],
    "id given later": [replace(NOTES[0], id="filter"), *NOTES[1:]],
}


@pytest.mark.parametrize("edit", KEPT)
def test_what_a_person_would_call_the_same_keeps_its_guid(edit: str) -> None:
    was, now, plan = rebuild(NOTES, KEPT[edit])
    assert was == now
    assert nothing_happened(replace(plan, changed=(), moved=()))


def test_reordered_cards_are_issued_in_the_order_given_and_locked_in_that_of_the_lecture() -> None:
    plan = build(NOTES[::-1])
    assert [issued.card for issued in plan.issued] == NOTES[::-1]
    assert [entry.question for entry in plan.lock.entries] == [card.question.text for card in NOTES]


def test_swapped_answers_stay_with_their_questions() -> None:
    swapped = edited(0, answer=WRAPPER.answer.text)
    swapped[1] = replace(WRAPPER, answer=FILTER.answer)
    was, now, plan = rebuild(NOTES, swapped)
    assert was == now
    assert len(plan.changed) == 2


def test_a_near_twin_beside_it_is_new() -> None:
    was, now, plan = rebuild(
        NOTES, [*NOTES, basic("What does Kendall's rank correlation measure?", "concordant pairs", line=9)]
    )
    assert now[:-1] == was
    assert [issued.guid for issued in plan.new] == now[-1:]


def test_a_near_twin_in_its_place_is_new() -> None:
    _, now, plan = rebuild(NOTES, edited(3, "What does Kendall's correlation measure?", "ordinal relationships"))
    assert [issued.guid for issued in plan.new] == [now[3]]
    assert [entry.question for entry in plan.retired] == [PEARSON.question.text]


def test_a_row_of_a_table_with_the_same_short_cells_is_not_the_row_before() -> None:
    rows = {
        name: [basic(f"What is the {column} of {name}?", cell) for column, cell in (("speed", "fast"), ("cost", "low"))]
        for name in ("Redis", "Feast", "Tecton")
    }
    _, now, plan = rebuild(lectured(*rows["Redis"], *rows["Feast"]), lectured(*rows["Redis"], *rows["Tecton"]))
    assert [issued.guid for issued in plan.new] == now[2:]


def test_a_card_deleted_and_put_back_has_its_guid_and_is_newer_than_its_retirement() -> None:
    first = build(NOTES)
    without = build(NOTES[1:], first.lock, NOW + 10)
    (gone,) = without.retired
    again = build(NOTES, without.lock, NOW + 5)
    assert guids(again) == guids(first)
    assert gone.retired == NOW + 10
    assert [kept.after.modified for kept in again.returned] == [NOW + 11]


def test_a_retired_card_comes_back_with_another_answer() -> None:
    first = build(NOTES)
    without = build(NOTES[1:], first.lock, NOW + 1)
    again = build(edited(0, answer="A statistic ranks the columns"), without.lock, NOW + 2)
    assert guids(again) == guids(first)


def test_a_new_card_never_takes_a_guid_that_was_ever_in_use() -> None:
    first = build([FILTER])
    reworded = build([replace(FILTER, question=Field("Which methods filter?", ""))], first.lock, NOW + 1)
    both = build(
        [*lectured(replace(FILTER, question=Field("Which methods filter?", "")), FILTER)], reworded.lock, NOW + 2
    )
    assert guids(reworded) == guids(first)
    assert guids(both)[0] == guids(first)[0] != guids(both)[1]


def test_twins_that_differ_in_case_or_numbers_only_stay_two_cards() -> None:
    twins = lectured(
        basic("What is MAP?", "a mean"), basic("What is map?", "a mean"), basic("1. What is map?", "a mean")
    )
    was, now, _ = rebuild(twins, lectured(*twins[::-1])[::-1])
    assert was == now
    assert len(set(was)) == 3


def test_of_several_siblings_an_edit_close_to_two_goes_to_neither() -> None:
    state = "the {} state of the network that the next part reads"
    twins = lectured(*(basic(f"What does the {name} cell return?", state.format(name)) for name in ("first", "second")))
    blend = basic("What does the cell return?", "the state of the network that the next part reads")
    was, now, plan = rebuild(twins, lectured(blend))
    assert not set(was) & set(now)
    assert {entry.guid for entry in plan.ambiguous[0].candidates} == set(was)


def test_answers_swapped_below_a_renamed_heading_stay_with_their_questions() -> None:
    def section(name: str, *answers: str) -> list[Card]:
        terms = ("encoder", "decoder", "sampler", "optimizer", "tokenizer", "ranker")
        pairs = zip(terms, answers, strict=True)
        return [basic(f"What is the {term} in {name}?", answer, headings=(name,)) for term, answer in pairs]

    verbs = ("writes", "reads", "draws", "mends", "splits", "sorts")
    said = [f"the part that {verb} the hidden state of each step" for verb in verbs]
    before = lectured(*section("translation", *said))
    was, now, _ = rebuild(before, lectured(*section("neural rewriting", said[1], said[0], *said[2:])))
    assert was == now


def test_the_letter_is_not_the_article() -> None:
    twins = lectured(basic("How to get from A to B?", "by the left door of it"))
    was, now, _ = rebuild(twins, lectured(basic("How to get from B to A?", "by the right door then")))
    assert was != now
    assert words_of("a feature of the model") != words_of("the feature of a model")


def test_what_could_be_either_of_two_is_reported_and_new() -> None:
    pair = lectured(basic("What is MAP?", "a mean"), basic("What is map?", "a mean"))
    was, now, plan = rebuild(pair, lectured(basic("What is Map?", "a mean")))
    assert not set(was) & set(now)
    assert [entry.guid for entry in plan.ambiguous[0].candidates] == was
    assert len(plan.retired) == 2


def test_a_question_and_its_old_answer_that_part_ways_are_reported() -> None:
    old = basic("What is drift monitoring?", "watching how far the live inputs move away from training")
    new = lectured(
        basic("What is drift monitoring?", "alarms, dashboards, a weekly report and somebody who reads them"),
        basic("Observing what?", "watching how far the live inputs move away from training"),
    )
    was, now, plan = rebuild([old], new)
    assert was[0] == now[0] or (not set(was) & set(now) and plan.ambiguous)


def test_short_cells_follow_their_renamed_heading() -> None:
    def section(name: str) -> list[Card]:
        cells = [("speed", "fast"), ("cost", "low"), ("input", "low"), ("output", "fast")]
        return [basic(f"What is the {row} in {name}?", cell, headings=(name,)) for row, cell in cells]

    before = lectured(*section("Bagging ensembles"), basic("Is it?", "fast"), basic("Why?", "low"))
    after = lectured(*section("Bootstrap aggregation"), basic("Is it?", "fast"), basic("Why?", "low"))
    was, now, plan = rebuild(before, after)
    assert was == now
    assert {kept.evidence for kept in plan.changed} == {Evidence.HEADING}


def test_the_authors_id_outweighs_every_text() -> None:
    was, now, _ = rebuild([basic("Old?", "old", id="x")], [basic("New and other?", "unlike", id="x")])
    assert was == now


def test_another_id_is_another_card() -> None:
    was, now, _ = rebuild([replace(FILTER, id="x")], [replace(FILTER, id="y")])
    assert was != now


def test_an_id_derives_the_guid_so_that_a_lost_lock_does_no_harm() -> None:
    assert guids(build([replace(FILTER, id="x")])) == guids(build([replace(WRAPPER, id="x")]))


def test_another_note_type_is_another_card_even_with_the_same_id() -> None:
    was, now, _ = rebuild([replace(FILTER, id="x")], [replace(cloze("{{c1::Filter}} methods"), id="x")])
    assert was != now


def test_a_move_is_told_and_changes_no_card() -> None:
    _, _, plan = rebuild(NOTES, lectured(*NOTES, path="week-9.md"))
    assert [(kept.before.deck, entry.deck) for kept, entry in zip(plan.moved, plan.lock.entries, strict=True)] == [
        ("week-1", "week-9")
    ] * len(NOTES)
    assert not plan.changed


def test_a_lock_that_names_no_decks_tells_of_no_move() -> None:
    first = build(NOTES)
    nameless = Lock(tuple(replace(entry, deck="") for entry in first.lock.entries))
    plan = build(lectured(*NOTES, path="week-9.md"), nameless)
    assert not plan.moved
    assert {entry.deck for entry in plan.lock.entries} == {"week-9"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is a feature store?", "what is a  **feature** _store_"),
        ("`fit`, that is: <b>it</b> learns", "Fit (that is) it ==learns==."),
        ("2. The “loss” function’s minimum", "The loss functions minimum"),
        ("1. first\n2. second", "1) first\n(2) second"),
        ("[TFX](https://x.org/a) pipelines", "TFX pipelines"),
        ("{{c1::Drift}} moves {{c2::data::what}}", "{{c3::Drift::hint}} moves {{c1::data}}"),
        ("{{c1::Drift}} moves", "Drift moves"),
        ("Änderung über Zeit!", "änderung über zeit"),
    ],
)
def test_a_first_guid_hangs_on_the_words_alone(one: str, other: str) -> None:
    for make in (cloze, lambda text: basic(text, "yes"), lambda text: basic("Which?", text)):
        assert guids(build([make(one)])) == guids(build([make(other)]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is C?", "What is C++?"),
        ("What is C?", "What is C#?"),
        ("a + b", "a - b"),
        ("a = b", "a != b"),
        ("x < 1", "x > 1"),
        ("a / b", "a b"),
        ("2.5 GB", "25 GB"),
        ("-1", "1"),
        ("?!", "!!"),
        ("不好", "好"),
        ("σ", "τ"),
    ],
)
def test_a_sign_that_means_something_makes_another_first_guid(one: str, other: str) -> None:
    for make in (cloze, lambda text: basic(text, "yes"), lambda text: basic("Which?", text)):
        assert guids(build([make(one)])) != guids(build([make(other)]))


def test_first_guids_never_change_from_release_to_release() -> None:
    cards = [FILTER, replace(FILTER, id="mine"), cloze("The {{c1::encoder}} maps")]
    assert guids(build(lectured(*cards))) == ["ncunk7PI0SD", "5QctMCV8Jr6", "LtaNmgEXkWF"]


@pytest.mark.parametrize("now", [NOW, NOW - 5])
def test_a_change_is_newer_even_when_the_clock_is_not(now: int) -> None:
    first = build(NOTES)
    second = build(edited(0, answer="A statistic ranks the columns"), first.lock, now)
    assert [issued.modified - NOW for issued in second.issued] == [1, 0, 0, 0, 0]


def test_a_cloze_that_became_a_question_is_another_card() -> None:
    text = "The {{c1::encoder}} maps the whole input sequence to one hidden state"
    question = basic("The maps the whole input sequence to one hidden state", "encoder", headings=("Drift",))
    was, now, _ = rebuild([cloze(text)], [question])
    assert was != now


def test_a_clock_before_1970_gives_no_zero() -> None:
    assert build([FILTER], now=0).issued[0].modified == 1


def test_retired_lines_stand_below_the_live_ones_of_their_file() -> None:
    first = build([*NOTES, replace(FILTER, question=Field("Last?", ""), answer=Field("x", ""), source=Span("z.md", 1))])
    plan = build(NOTES[2:], first.lock, NOW + 1)
    assert [(entry.path, bool(entry.retired)) for entry in plan.lock.entries] == [
        *[("week-1.md", False)] * 3,
        *[("week-1.md", True)] * 2,
        ("z.md", True),
    ]
    gone = [entry.guid for entry in plan.lock.entries if entry.retired and entry.path == "week-1.md"]
    assert gone == sorted(gone)


# --- Families ---------------------------------------------------------------------------------------------------------

PLACE = "Where does a {} keep its {}?"
PLACES = [("keys", "in memory"), ("log", "on disk"), ("index", "in memory"), ("names", "on disk")]
SOURCE = "\nSource: Scott Chacon, Pro Git, second edition, New York, Apress, 2014"
COMMANDS = [
    ("What plumbing command is used to generate an id?", "`hash-object`"),
    ("Which flag reads?", "`-p`"),
    ("Is a tree an object?", "yes"),
    ("Is a branch an object?", "no"),
    ("What does a blob hold?", "bytes"),
    ("What does a tree hold?", "names"),
]
NEW_COMMAND = ("What plumbing command is used to create blobs?", "`hash-object`")
VERBS = [("ich {}", "{}e"), ("du {}", "{}st"), ("wir {}", "{}en"), ("ihr {}", "{}t"), ("sie {}", "{}en")]
EXERCISES = ["by induction on the nodes", "by contradiction, from an odd one", "from the limit of both sides"]
Texts = Sequence[tuple[str, str]]


def told_of(name: str, answers: Texts = PLACES) -> Texts:
    return [(PLACE.format(name, thing), place) for thing, place in answers]


def conjugated(verb: str, stem: str) -> Texts:
    return [(f"{verb}: {person.split()[0]}", person.format(form.format(stem))) for person, form in VERBS]


def exercises(*answers: str) -> Texts:
    return [(f"Exercise 3.{number}", answer) for number, answer in enumerate(answers, 1)]


FAMILIES: dict[str, tuple[Texts, Texts, list[int | None]]] = {
    "another name in all cards of one": (
        [*told_of("shard"), *told_of("replica")],
        [*told_of("partition"), *told_of("replica")],
        [0, 1, 2, 3, 4, 5, 6, 7],
    ),
    "another one in the place, in part with the same answers": (
        [*told_of("shard"), *told_of("replica")],
        [*told_of("cache", [*PLACES[:2], ("index", "nowhere"), ("names", "nowhere")]), *told_of("replica")],
        [None, None, None, None, 4, 5, 6, 7],
    ),
    "another verb": (conjugated("gehen", "geh"), conjugated("stehen", "steh"), [None] * 5),
    "another name of a tense": (
        [(f"{asked} (Präsens)", told) for asked, told in conjugated("gehen", "geh")],
        [(f"{asked} (Gegenwart)", told) for asked, told in conjugated("gehen", "geh")],
        [0, 1, 2, 3, 4],
    ),
    "exercises renumbered": (
        exercises(*EXERCISES),
        exercises(EXERCISES[0], "by the pigeonhole principle", *EXERCISES[1:]),
        [0, None, 1, 2],
    ),
    "the source below every answer is not what one tells": (
        [(asked, told + SOURCE) for asked, told in COMMANDS],
        [(asked, told + SOURCE) for asked, told in [*COMMANDS[1:], NEW_COMMAND]],
        [1, 2, 3, 4, 5, None],
    ),
    "questions that differ in signs of code only": (
        [("What does `a[1:]` give?", "the first"), ("What does `a[:1]` give?", "all but the first")],
        [("What does `a[1:]` give?", "all but the first"), ("What does `a[:1]` give?", "the first one")],
        [0, 1],
    ),
    "answers swapped where questions differ in signs of code only": (
        [("What does `a[1:]` give?", "the first"), ("What does `a[:1]` give?", "all but the first")],
        [("What does `a[1:]` give?", "all but the first"), ("What does `a[:1]` give?", "the first")],
        [0, 1],
    ),
    "a slip in a short word": (
        [("Which class is used to write rows?", "`Writer`"), ("Which class is used to drop rows?", "`Writer`")],
        [("Which class is usd to write rows?", "`Writer`"), ("Which class is used to drop rows?", "`Writer`")],
        [0, 1],
    ),
    "a word put for another in all": (
        [(f"How do you undo {what}?", told) for what, told in (("a commit", "revert"), ("an add", "reset"))],
        [(f"How can one undo {what}?", told) for what, told in (("a commit", "revert"), ("an add", "reset"))],
        [0, 1],
    ),
    "a word put for another in the place of one": (
        [("What is it that `-w` does here?", "writes"), ("What does the flag `-w` optionally store?", "objects")],
        [("What is it that `-w` does here?", "writes"), ("What does the flag `-w` possibly store?", "objects")],
        [0, 1],
    ),
    "the same words in another order": (
        [("Does A imply B if S is true?", "Yes."), ("Does B imply A if S is true?", "Yes.")],
        [("Does A imply B if S is?", "Yes."), ("Does B imply A if S is?", "Yes.")],
        [0, 1],
    ),
}
AROUND: Texts = [
    ("Who wrote the first compiler?", "Grace Hopper and her team"),
    ("What is a checksum for?", "to detect that bits changed on the way"),
]


@pytest.mark.parametrize("family", FAMILIES)
def test_of_a_family_each_keeps_its_own(family: str) -> None:
    before, after, expected = FAMILIES[family]
    was, now, _ = rebuild(
        *(lectured(*(basic(*one, kind="question") for one in [*AROUND, *side, *AROUND])) for side in (before, after))
    )
    kept = was[2 : 2 + len(before)]
    assert [kept.index(guid) if guid in kept else None for guid in now[2 : 2 + len(after)]] == expected


def test_clozes_of_one_sentence_keep_their_own() -> None:
    words = ["mitochondrion", "ATP", "cell"]
    sentence = "mitochondrion makes ATP in the cell"
    hidden = [sentence.replace(word, f"{{{{c1::{word}}}}}") for word in words]
    was, now, _ = rebuild(
        lectured(*(cloze(f"The {text}") for text in hidden)),
        lectured(*(cloze(f"The {text}".replace("makes", "produces")) for text in hidden)),
    )
    assert was == now


# --- Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1. The **Feature** store", "the feature  store"),
        ("(2) `fit`: <b>learns</b>", "fit learns"),
        ("- a\n- b", "1. a\n2. b"),
        ("[TFX](https://x.org/a)", "tfx"),
        ("real-time", "real time"),
        ("{{c1::Drift::what}} moves", "drift moves"),
        ("ﬁlter’s", "filter's"),
    ],
)
def test_what_is_not_identity_leaves_the_words_alone(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("C", "C++"), ("a + b", "a / b"), ("2.5 GB", "3.5 GB"), ("不好", "好"), ("?!", "!!")]
)
def test_what_is_identity_makes_other_words(one: str, other: str) -> None:
    assert words_of(one) != words_of(other)


# --- Clozes -----------------------------------------------------------------------------------------------------------


def numbers(after: str, *history: str) -> dict[str, int]:
    """Issue each text of *history* and then *after*; give the final number of what is hidden."""
    lock = Lock()
    for text in (*history, after):
        plan = build([cloze(text)], lock)
        lock = plan.lock
    assert len([entry for entry in lock.entries if not entry.retired]) == len(lock.entries) == 1
    (issued,) = plan.issued
    assert issued.card.question.html == f"<p>{issued.card.question.text}</p>"
    found = re.findall(r"\{\{c(\d+)::(.*?)(?:::.*?)?\}\}", issued.card.question.text)
    return {text: int(number) for number, text in found}


SENTENCE = "The {{c1::encoder}} reads the {{c2::input}} and hands a {{c3::state}} to the next part of the network"


def test_a_removed_deletion_leaves_the_numbers_of_the_others() -> None:
    after = "The encoder reads the {{c1::input}} and hands a {{c2::state}} to the next part of the network"
    assert numbers(after, SENTENCE) == {"input": 2, "state": 3}


def test_an_inserted_deletion_gets_a_number_of_its_own() -> None:
    after = (
        "The {{c1::encoder}} {{c2::reads}} the {{c3::input}} and hands a {{c4::state}} to the next part of the network"
    )
    assert numbers(after, SENTENCE) == {"encoder": 1, "reads": 4, "input": 2, "state": 3}


def test_a_number_once_used_is_never_given_to_another_deletion() -> None:
    without = "The {{c1::encoder}} reads the {{c2::input}} and hands a state to the next part of the network"
    other = "The {{c1::encoder}} reads the {{c2::input}} and hands a state to the next {{c3::part}} of the network"
    assert numbers(other, SENTENCE, without) == {"encoder": 1, "input": 2, "part": 4}


def test_a_deletion_that_comes_back_has_its_old_number() -> None:
    without = "The encoder reads the {{c1::input}} and hands a state to the next part of the network"
    assert numbers(SENTENCE, SENTENCE, without) == {"encoder": 1, "input": 2, "state": 3}


def test_a_typo_or_a_correction_keeps_the_number_of_a_deletion() -> None:
    after = "The {{c1::encodre}} reads the {{c2::sequence}} and hands a {{c3::state}} to the next part of the network"
    assert numbers(after, SENTENCE) == {"encodre": 1, "sequence": 2, "state": 3}


def test_deletions_that_change_places_take_their_numbers_along() -> None:
    after = "A {{c1::state}} the {{c2::encoder}} hands to the next part of the network that reads the {{c3::input}}"
    assert numbers(after, SENTENCE) == {"encoder": 1, "input": 2, "state": 3}


def test_numbers_by_the_author_are_kept_when_first_issued() -> None:
    assert numbers("The {{c7::encoder}} reads {{c2::input::what}}") == {"encoder": 7, "input": 2}


def test_another_fact_in_the_same_frame_is_another_cloze() -> None:
    was, now, _ = rebuild(
        [cloze("The capital of {{c1::France}} is {{c2::Paris}}")],
        [cloze("The capital of {{c1::Peru}} is {{c2::Lima}}")],
    )
    assert was != now


@given(st.lists(WORD, min_size=1, max_size=6, unique=True), st.data())
def test_no_deletion_ever_gets_the_number_of_another(words: list[str], data: st.DataObject) -> None:
    """Deletions come and go; each word keeps the number it had first."""
    first: dict[str, int] = {}
    before = Entry("g", "cloze", NoteType.CLOZE, "a.md", (), "", "", "d", 1)
    for _ in range(4):
        hidden = [word for word in words if data.draw(st.booleans())]
        places = {word: place for place, word in enumerate(hidden, 1)}
        text = " and ".join(f"{{{{c{places[word]}::{word}}}}}" if word in places else word for word in words)
        question, clozes = renumber_clozes(Field(text, text), before)
        given = {told: int(number) for number, told in re.findall(r"\{\{c(\d+)::(.*?)\}\}", question.html)}
        assert question.text == question.html
        assert {word: first.setdefault(word, number) for word, number in given.items()} == given
        assert len(set(first.values())) == len(first)
        before = replace(before, question=question.text, clozes=clozes)


def test_a_line_above_leaves_the_same_note_to_the_letter_and_an_edit_tells_the_line_of_today() -> None:
    first = build(NOTES)
    below = [replace(card, source=Span(card.source.path, card.source.line + 7)) for card in NOTES]
    second = build(below, first.lock, NOW + 1)
    assert second.lock == first.lock
    assert [issued.line for issued in second.issued] == [card.source.line for card in NOTES]
    assert [issued.card.source.line for issued in second.issued] == [card.source.line for card in below]
    edited_below = [replace(below[0], answer=Field("A statistic ranks the columns", "")), *below[1:]]
    third = build(edited_below, second.lock, NOW + 2)
    assert [issued.line for issued in third.issued] == [below[0].source.line, *(c.source.line for c in NOTES[1:])]
