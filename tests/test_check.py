"""Laws of the checks: findings stand at real places, each can be turned off, none hides another, in fair time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz.fuzz import try_bytes
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_faults import CLEAN, EXPECTED, FAULTS, planted
from test_pipeline import ALLOWED, NASTY, PIECES, TIMES, notes_in

from mlopscards.check import BY_CODE, CODES, FAMILIES, Course
from mlopscards.check.alike import confusable_questions, one_question_two_answers
from mlopscards.check.craft import MOST_MEMBERS, MOST_WORDS, length_of
from mlopscards.model import Card, Field, NoteType, Place, Severity, Span
from mlopscards.pipeline import cards_of_text, check, check_text

FOUND = Path(__file__).parent / "fuzz" / "findings.txt"
MARKS = st.sampled_from(
    [
        *(
            "<!-- mlopscards: ignore K301 -->",
            "<!-- mlopscards: ignore",
            "ignore: [K301]\n",
            "---\nweek: 1\n",
            "[^1]",
            "[^1]: ",
        ),
        *(
            "](#a)",
            "](b.md)",
            "![a](b.png)",
            "[a][b]",
            "[a]: b",
            "<script>",
            "<b onclick=x>",
            "\\frac",
            "**T**:",
            "##a",
            "a*b*c",
        ),
        *(
            "Why is it?",
            "the above",
            "```a\n",
            "| a | b |\n",
            "|---|\n",
            "__init__",
            "Ã©",
            "\t",
            "Yes.",
            "吗?",
            "x^2",
            "A: ",
        ),
    ]
)

# --- any text -----------------------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(PIECES | MARKS, max_size=40).map(lambda pieces: "".join(pieces).encode()) | st.binary(max_size=200))
@example(b"\t\t**a**:")
def test_any_bytes_give_findings_at_places_that_are_there(given_: bytes) -> None:
    try_bytes(given_)


@pytest.mark.parametrize("text", FOUND.read_text("utf-8").splitlines() if FOUND.exists() else [])
def test_what_the_fuzzer_found_stays_mended(text: str) -> None:
    try_bytes(text.encode().decode("unicode_escape").encode("latin-1"))


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_the_nastiest_text_is_checked(text: str) -> None:
    check_text(text)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(PIECES | MARKS, max_size=30).map("".join), st.integers(1, 5))
def test_lines_above_move_findings_and_change_nothing_else(text: str, lines: int) -> None:
    # Front matter stands in the first line or is none; two blank lines set topics apart, and more do no more.
    before, after = (check_text("# A\n\nb\n\n\n\n" + "\n" * more + text) for more in (0, lines))
    moved = [(one.span.line + lines * (one.span.line > 3), one.span.column, one.code) for one in before]
    assert [(one.span.line, one.span.column, one.code) for one in after] == moved


def test_findings_are_sorted_and_none_comes_twice(tmp_path: Path) -> None:
    for number, case in enumerate(FAULTS[:12]):
        planted(case.markdown, tmp_path / str(number))
    found = check(tmp_path)
    assert list(found) == sorted(set(found))
    assert len({one.span.path.split("/")[0] for one in found}) == 12


def test_one_bad_file_hides_no_other(tmp_path: Path) -> None:
    notes = notes_in(tmp_path, **{"week-1": "**Queue**: a\n\n```\n", "week-3": "Q: what?\n"})
    alone = check(notes)
    notes_in(notes, **{"week-2": b"\xff", "week-4": "---\nweek: " + "[" * 100_000 + "\n---\n"})
    assert [one for one in check(notes) if one in alone] == list(alone)
    assert {one.span.path for one in check(notes)} == {f"week-{number}.md" for number in range(1, 5)}


def test_broken_settings_hide_no_finding_of_the_notes(tmp_path: Path) -> None:
    notes = notes_in(tmp_path, **{"week-1": "Q: what?\n"})
    (notes / "mlopscards.yaml").write_text("root: [\n", encoding="utf-8")
    assert [one.code for one in check(notes)] == ["S101", "Q501"]


def test_checking_some_files_finds_what_concerns_them(tmp_path: Path) -> None:
    """What only all files together could tell, an unused picture or ignore, is not guessed."""
    shutil.copytree(CLEAN, tmp_path / "notes")
    (tmp_path / "notes" / "old.png").touch()
    (tmp_path / "notes" / "mlopscards.yaml").write_text("ignore: [M103]\n", encoding="utf-8")
    one = tmp_path / "notes" / "course-1" / "week-2-transport.md"
    assert check(tmp_path / "notes", [one]) == ()
    assert {finding.code for finding in check(tmp_path / "notes")} == {"M107", "I902"}


# --- turning off ----------------------------------------------------------------------------------------------------

CAN_BE_IGNORED = {case.expected[:4]: case for case in FAULTS if BY_CODE[case.expected[:4]].can_be_ignored}


@pytest.mark.parametrize("case", CAN_BE_IGNORED.values(), ids=CAN_BE_IGNORED)
def test_what_the_settings_turn_off_is_gone_and_nothing_else_is(case, tmp_path: Path) -> None:
    planted(case.markdown, tmp_path / "notes")
    before = check(tmp_path / "notes")
    codes = {EXPECTED.fullmatch(line)["code"] for line in case.expected.split("\n")}
    with (tmp_path / "notes" / "mlopscards.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\nignore: [{', '.join(codes)}]\n")
    assert check(tmp_path / "notes") == tuple(one for one in before if one.code not in codes)


def test_a_comment_holds_for_the_next_block_alone() -> None:
    asked = "**Is this a queue?**\n\nNo.\n\n"
    one = check_text(asked.replace("this", "X1") + "<!-- mlopscards: ignore K303 -->\n" + asked.replace("this", "X2"))
    assert [(finding.code, finding.span.line) for finding in one] == [("K303", 1)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("{}\n\n- **a b**: x ![](http://x.org/a.png)\n- **c d**: y ![](http://x.org/b.png)\n", []),
        ("{}\n- **a b**: x\n\n  more ![](http://x.org/a.png)\n\n![](http://x.org/b.png)\n", [6]),
        ("{}\n\n| a | b |\n|---|---|\n| ![](http://x.org/a.png) | x |\n\n![](http://x.org/b.png)\n", [7]),
        ("{}\n\n## Head\n\n![](http://x.org/a.png)\n\n![](http://x.org/b.png)\n", [7]),
        ("text\n{}\n![](http://x.org/a.png)\n\n![](http://x.org/b.png)\n", [5]),
    ],
    ids=["a list", "an item with more below", "a table", "a heading and what follows", "within a paragraph"],
)
def test_a_block_is_a_paragraph_a_list_a_table_or_a_heading_with_what_follows(
    text: str, lines: list[int], tmp_path: Path
) -> None:
    notes = notes_in(tmp_path, **{"week-1": text.format("<!-- mlopscards: ignore M103 -->")})
    assert [(one.span.line, one.code) for one in check(notes) if one.code == "M103"] == [
        (line, "M103") for line in lines
    ]


@pytest.mark.parametrize(
    "text", ["`<!-- mlopscards: ignore K999 -->`\n", "```\n<!-- mlopscards: ignore K999 -->\n```\n"]
)
def test_an_ignore_that_code_shows_is_none(text: str) -> None:
    assert check_text(text) == ()


# --- lengths --------------------------------------------------------------------------------------------------------


@given(st.integers(0, 60))
def test_length_counts_words_in_any_script(number: int) -> None:
    assert length_of("word " * number) == number
    assert length_of("feature-store, " * number) == number
    assert length_of("特征" * number) == number
    assert length_of("слово " * number) == number
    assert length_of("كلمة " * number) == number


@pytest.mark.parametrize(
    ("text", "length"),
    [("```py\na = 1\n```\nthree more words", 3), ("$a + b + c$ is it", 3), ("- one\n- two", 2), ("", 0), ("— · …", 0)],
)
def test_code_and_marks_are_not_counted_and_a_formula_is_one_word(text: str, length: int) -> None:
    assert length_of(text) == length


def test_the_limits_are_what_the_catalogue_tells() -> None:
    assert str(MOST_WORDS) in Path(__file__).parent.parent.joinpath("docs/findings.md").read_text("utf-8")
    assert MOST_MEMBERS == 7
    assert "seven" in BY_CODE["K302"].why


# --- questions that are alike ---------------------------------------------------------------------------------------


def card(question: str, answer: str, line: int = 1) -> Card:
    return Card(
        "question", NoteType.BASIC, Field(question, question), Field(answer, answer), Place(), (), Span("a.md", line)
    )


def confused(*questions: str) -> int:
    cards = tuple(card(question, f"answer {number}", number) for number, question in enumerate(questions, 1))
    return len(list(confusable_questions(Course((), cards))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is data drift?", "What is the data drift?"),
        ("What are load balancers?", "What is a load balancer?"),
        ("What does quantization do?", "What does quantisation do?"),
        ("How is the gradient clipped?", "How was a gradient clipped?"),
    ],
)
def test_a_letter_an_ending_or_an_article_is_easily_overlooked(one: str, other: str) -> None:
    assert confused(one, other) == confused(other, one) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is data drift?", "What is concept drift?"),
        ("What does the encoder do?", "What does the decoder do?"),
        ("What is HTTP 403?", "What is HTTP 404?"),
        ("How does a log differ from a queue?", "How does a queue differ from a log?"),
        ("What is a queue?", "Why is a queue?"),
        ("When is L1 used?", "When is L2 used?"),
        ("What is import?", "What is export?"),
        ("Which data are normalized?", "Which data are not normalized?"),
    ],
)
def test_what_differs_in_a_word_that_counts_is_not_confused(one: str, other: str) -> None:
    assert confused(one, other) == 0


def test_the_same_answer_confuses_nobody() -> None:
    cards = (card("What is a queue?", "a line"), card("What are queues?", "a  LINE"))
    assert list(confusable_questions(Course((), cards))) == []


def test_each_further_answer_names_the_first_place() -> None:
    cards = tuple(card("What is a queue?", f"answer {line}", line) for line in (3, 7, 9))
    found = list(one_question_two_answers(Course((), cards)))
    assert [one.span.line for one in found] == [7, 9]
    assert all("a.md:3:1" in one.message for one in found)


# --- the catalogue --------------------------------------------------------------------------------------------------


def test_codes_stand_in_the_order_of_their_families_and_once() -> None:
    codes = [code.code for code in CODES]
    assert len(set(codes)) == len(codes)
    assert codes == sorted(codes, key=lambda code: (list(FAMILIES).index(code[0]), code))


def test_craft_is_never_an_error_and_names_its_source() -> None:
    craft = [code for code in CODES if code.code[0] == "K"]
    assert all(code.severity is Severity.WARNING and code.source for code in craft)


def test_the_format_specification_raises_no_craft_finding() -> None:
    from test_format import CASES, name_in

    found = [
        (case.title, str(one))
        for _, case in CASES
        for one in check_text(case.markdown, name_in(case.title))
        if one.code[0] in "FK"
    ]
    assert found == []


# --- fair time ------------------------------------------------------------------------------------------------------

GROWING: dict[str, tuple[int, Callable[[int], str]]] = {
    "questions, all alike": (100, lambda n: "".join(f"**What is a{k}lpha?**\n\nIt is {k}.\n\n" for k in range(n))),
    "one question, many answers": (
        100,
        lambda n: "".join(f"**What is it called?**\n\nIt is {k}.\n\n" for k in range(n)),
    ),
    "words that differ in a letter": (
        100,
        lambda n: "".join(f"**What is {_word(k)}?**\n\nIt is {k}.\n\n" for k in range(n)),
    ),
    "clozes left open": (300, lambda n: "{{c1::a " * n),
    "formulas left open": (1_000, lambda n: "$\\frac " * n),
    "ticks": (200, lambda n: " ".join("`" * (k % 50 + 1) for k in range(n))),
    "gaps": (1_000, lambda n: "==a " * n),
    "bold": (1_000, lambda n: "**a " * n),
    "tags": (1_000, lambda n: "<b " * n + "<img src=a> " * n),
    "links": (500, lambda n: "[a](b " * n + "[a](b) " * n),
    "references": (500, lambda n: "[a][b] " * n + "[^a] " * n),
    "brackets": (500, lambda n: "[" * n),
    "comments": (500, lambda n: "<!-- a " * n),
    "ignores": (40, lambda n: "<!-- mlopscards: ignore K301 -->\n\na\n\n" * n),
    "fences": (200, lambda n: "```a\n" * n),
    "rows": (60, lambda n: "|a|b|\n|-|-|\n" + "|a|b|c|\n" * n),
    "words stressed in part": (500, lambda n: "".join(f"un*believ{k}*able " for k in range(n))),
    "products": (500, lambda n: "a*b " * n),
    "a long question": (500, lambda n: "Q: " + "what and when it is " * n + "?\nA: it"),
    "tabs": (500, lambda n: "\t" * n + "**a**:"),
    "anchors": (40, lambda n: "".join(f"# h{k}\n\n[a](#h{k})\n\n" for k in range(n))),
}


def _word(number: int) -> str:
    return "letter" + "".join(chr(97 + number // 26**place % 26) for place in range(4))


@pytest.mark.parametrize(("size", "grow"), GROWING.values(), ids=GROWING)
def test_checking_grows_as_the_text_does(size: int, grow: Callable[[int], str]) -> None:
    """As in `test_pipeline`: two runs on one machine are compared, and there are three chances."""
    from time import process_time

    def seconds(text: str) -> float:
        begin = process_time()
        check_text(text)
        return process_time() - begin

    check_text(grow(10))
    ratios = []
    for _ in range(3):
        ratios.append(seconds(grow(size * TIMES)) / max(seconds(grow(size)), 0.001))
        if ratios[-1] < ALLOWED:
            return
    pytest.fail(f"{TIMES} times the text takes {min(ratios):.0f} times the work")


def test_the_notes_of_this_repository_and_those_to_start_from_have_no_findings(tmp_path: Path) -> None:
    from mlopscards.starting import write_starter

    assert list(write_starter(tmp_path / "new"))
    assert check(tmp_path / "new") == ()
    assert check(Path(__file__).parent.parent / "notes") == ()


def test_cards_and_checks_see_the_same_notes() -> None:
    text = (CLEAN / "course-1" / "week-2-transport.md").read_text("utf-8")
    assert cards_of_text(text)
    assert check_text(text) == ()
