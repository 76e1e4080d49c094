"""What `mlopscards coverage` writes: the table, the lines, JSON, the page, and its exit status."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cli import run
from test_coverage import TOLD, covered, notes
from test_pipeline import COURSE, PIECES, notes_in

from mlopscards.coverage import MEANINGS, FileCoverage, total
from mlopscards.model import NO_TEXT, OPEN, SET_ASIDE, SHOWN, LineKind
from mlopscards.pipeline import coverage_of_note
from mlopscards.source import read_note
from mlopscards.targets.coverage_page import page_of
from mlopscards.targets.coverage_table import COLUMNS

DOCS = Path(__file__).parent.parent / "docs" / "coverage.md"
HALF = "# Storage\n\n- **Sharding**: rows are spread over machines by a key\n\nThe disks were full.\n"
"""Two lines that are shown, one that is prose."""


@cache
def course() -> list[FileCoverage]:
    found = []
    for path in notes():
        note, _ = read_note(path, path.name)
        assert note
        found.append(coverage_of_note(note))
    return found


# --- the table ----------------------------------------------------------------------------------------------------


def rows_in(text: str) -> dict[str, list[int]]:
    """The numbers of the table by file."""
    table = text.partition("\n\nOn no card")[0].split("\n")
    start = next(at for at, line in enumerate(table) if line.startswith("file "))
    cells = [re.split(r"\s{2,}", line.strip()) for line in table[start:] if line.strip()]
    return {row[0]: [0 if cell == "·" else int(cell) for cell in row[1:-1]] for row in cells[1:]}


def test_every_kind_of_line_is_in_one_column() -> None:
    assert Counter(kind for _, kinds in COLUMNS for kind in kinds) == Counter(LineKind)


def test_the_numbers_of_a_row_sum_up_to_the_lines_of_its_file(tmp_path: Path) -> None:
    result = run("coverage", COURSE)
    rows = rows_in(result.stdout)
    assert len(rows) == 5
    for name, (lines, *parts) in rows.items():
        assert sum(parts) == lines, name
        if name != "total":
            assert lines == len(Path(name).read_text(encoding="utf-8").splitlines())
    assert rows["total"] == [
        sum(column) for column in zip(*(row for name, row in rows.items() if name != "total"), strict=True)
    ]


def test_the_reasons_are_named_with_how_often_and_what_they_mean(tmp_path: Path) -> None:
    shown = run("coverage", notes_in(tmp_path, one=HALF)).stdout
    assert re.search(rf"\n +1  prose +{re.escape(MEANINGS[LineKind.PROSE])}\n", shown)
    assert "66.6 %" in shown, "cut, not rounded"


def test_show_prints_each_uncovered_line_with_its_place_and_reason(tmp_path: Path) -> None:
    folder = notes_in(tmp_path, one=HALF + "\n[a page](https://example.org/page)\n", two="TODO: read on\n")
    shown = run("coverage", folder, "--show").stdout
    lines = re.findall(r"^(.+?):(\d+): +(.+?) +\| (.*)$", shown, re.MULTILINE)
    assert lines == [
        (f"{folder}/one.md", "5", "prose", "The disks were full."),
        (f"{folder}/two.md", "1", "note to oneself", "TODO: read on"),
    ]


def test_show_names_the_words_that_a_card_leaves_out(tmp_path: Path) -> None:
    part = next(case.markdown for case in TOLD if "in part" in case.title)
    assert "[not on it: years ago people bought" in run("coverage", notes_in(tmp_path, one=part), "--show").stdout


def test_what_is_ignored_is_not_shown_and_does_not_count(tmp_path: Path) -> None:
    shown = run("coverage", notes_in(tmp_path, one=HALF), "--show", "--ignore", "prose").stdout
    assert "disks" not in shown
    assert "100.0 %" in shown
    assert "(does not count)" in shown


def test_only_reasons_can_be_ignored() -> None:
    for kind in LineKind:
        result = run("coverage", COURSE, "--ignore", kind.value)
        assert (result.exit_code == 0) == (kind in OPEN), kind


# --- JSON ---------------------------------------------------------------------------------------------------------


def test_json_tells_every_line(tmp_path: Path) -> None:
    folder = notes_in(tmp_path, one=HALF)
    told = json.loads(run("coverage", folder, "--format", "json").stdout)
    (file,) = told["files"]
    assert file["path"] == f"{folder}/one.md"
    assert [line["line"] for line in file["lines"]] == [1, 2, 3, 4, 5]
    assert [line["text"] for line in file["lines"]] == HALF.split("\n")[:-1]
    assert file["lines"][2] == {
        "line": 3,
        "kind": "card",
        "on": ["question", "answer"],
        "cards": ["In storage, what is sharding?"],
        "text": "- **Sharding**: rows are spread over machines by a key",
    }
    assert file["counts"] == {"lines": 5, "card": 1, "head": 1, "prose": 1, "blank": 2}
    assert told["total"] == {"percent": 66.6667, "counts": file["counts"]}


def test_json_with_show_holds_the_uncovered_lines_alone(tmp_path: Path) -> None:
    told = json.loads(run("coverage", notes_in(tmp_path, one=HALF), "--format", "json", "--show").stdout)
    assert [line["line"] for line in told["files"][0]["lines"]] == [5]


# --- exit status --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("under", "status"), [("0", 0), ("66.6", 0), ("66.7", 1), ("100", 1)])
def test_too_little_is_a_failure(under: str, status: int, tmp_path: Path) -> None:
    result = run("coverage", notes_in(tmp_path, one=HALF), "--fail-under", under)
    assert result.exit_code == status
    assert ("covered 66.6 %, expected at least" in result.stderr) == bool(status)
    assert rows_in(result.stdout), "the table is there all the same"


@pytest.mark.parametrize("under", ["-1", "101", "much"])
def test_what_is_no_percentage_is_a_usage_error(under: str) -> None:
    assert run("coverage", COURSE, "--fail-under", under).exit_code == 2


def test_all_has_to_be_all(tmp_path: Path) -> None:
    """One line in ten thousand is not rounded away."""
    many = "".join(f"- **Term {number}**: it is told here by word {number}\n" for number in range(3_000))
    folder = notes_in(tmp_path, one="# Terms\n\n" + many + "\nThe disks were full.\n")
    result = run("coverage", folder, "--fail-under", "100")
    assert result.exit_code == 1
    assert "99.9 %" in result.stdout


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    result = run("coverage", notes_in(tmp_path, one=b"caf\xe9\n", two=HALF))
    assert result.exit_code == 1
    assert "one.md:1:1: N101" in result.stderr


def test_a_folder_without_notes_is_refused(tmp_path: Path) -> None:
    assert run("coverage", tmp_path).exit_code == 2


def test_coverage_changes_nothing(tmp_path: Path) -> None:
    folder = notes_in(tmp_path / "notes", one=HALF)
    run("coverage", folder, "--show")
    assert [path.name for path in folder.iterdir()] == ["one.md"]


# --- the page -----------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would make of the page: elements, attributes and the text of each line."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.rows: list[dict[str, str]] = []
        self.cell = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        found = dict(attrs)
        if tag == "tr" and found.get("id"):
            self.rows.append({"class": found["class"] or "", "number": "", "kind": "", "text": "", "cards": ""})
            self.cell = ""
        elif tag == "td":
            self.cell = (found.get("class") or "").split()[0] if found.get("class") else ""
        elif tag == "section":
            self.cell = ""

    def handle_data(self, data: str) -> None:
        if self.rows and self.cell in self.rows[-1]:
            self.rows[-1][self.cell] += data.strip("\n")


ALLOWED = set(
    """html head meta title style body header h1 p main div table thead tbody tfoot tr th td a span i dl dt dd code
    section h2 u""".split()  # noqa: SIM905
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(PIECES, max_size=30).map("".join)
    | st.sampled_from(
        [
            "<script>alert(1)</script>\n",
            "<img src=x onerror=alert(1)>\n",
            '"><style>*{}</style>\n',
            "&amp; &lt; ' \"\n",
            "- **<b onclick='x'>T</b>**: a thing that says </td></tr></table> and goes on\n",
        ]
    )
)
def test_the_page_shows_the_text_of_any_notes_and_runs_none_of_it(text: str) -> None:
    found = covered(text)
    page = Page(page_of([found]))
    assert set(page.tags) <= ALLOWED
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [value for name, value in page.attributes if name in ("src", "href") and not value.startswith("#")]
    # What is no character in HTML, a browser leaves out; so does the parser of this test.
    same = [row["text"] == line.text for row, line in zip(page.rows, found.lines, strict=True)]
    assert all(same) or re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", text)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    html = page_of(course())
    assert "default-src 'none'" in html
    assert "http" not in re.sub(r'<td class="(?:text|cards|kind)".*?</td>|http-equiv', "", html)
    assert "<script" not in re.sub(r"<td.*?</td>", "", html)


def test_the_page_has_a_row_for_every_line_with_its_label() -> None:
    files = course()
    page = Page(page_of(files))
    lines = [line for file in files for line in file.lines]
    assert len(page.rows) == len(lines)
    for row, line in zip(page.rows, lines, strict=True):
        assert row["number"] == str(line.number)
        assert row["kind"].startswith(line.kind.value) or line.kind is LineKind.BLANK
        assert row["text"] == line.text


def test_every_card_is_named_beside_the_first_of_its_lines() -> None:
    for file in course():
        named = "".join(row["cards"] for row in Page(page_of([file])).rows)
        held = {at for line in file.lines for at in line.cards}
        assert all(file.cards[at].question.text.replace("\n", "") in named for at in held)


def test_the_index_links_to_every_file() -> None:
    html = page_of(course())
    for number, path in enumerate(notes(), 1):
        assert f'<a href="#file-{number}">{path.name}</a>' in html
        assert f'<section id="file-{number}">' in html


@pytest.mark.parametrize(
    ("target", "written"), [("page.html", "page.html"), ("report", "report/index.html"), ("a/b.htm", "a/b.htm")]
)
def test_the_page_goes_to_a_file_or_into_a_folder(target: str, written: str, tmp_path: Path) -> None:
    result = run("coverage", notes_in(tmp_path / "notes", one=HALF), "--html", tmp_path / target)
    assert result.exit_code == 0
    assert (tmp_path / written).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert f"wrote {tmp_path / written}" in result.stderr


def test_a_page_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("coverage", notes_in(tmp_path / "notes", one=HALF), "--html", tmp_path / "file" / "page.html")
    assert result.exit_code == 2
    assert "cannot write" in result.stderr


# --- the document -------------------------------------------------------------------------------------------------


def test_the_document_names_every_kind_with_what_it_means_and_whether_it_counts() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    groups = {
        **dict.fromkeys(SHOWN, "covered"),
        **dict.fromkeys(OPEN, "not covered"),
        **dict.fromkeys(SET_ASIDE | NO_TEXT, "no"),
    }
    expected = {(kind.value, MEANINGS[kind], groups[kind]) for kind in LineKind}
    assert expected <= set(rows), expected - set(rows)
    assert total([]) == Counter()
