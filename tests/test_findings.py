"""Findings as they are written, and the page that documents them: each example gives exactly what it shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft4Validator
from markdown_it import MarkdownIt
from test_faults import CLEAN, FAULTS, planted
from test_pipeline import notes_in

from mlopscards.check import CODES, FAMILIES
from mlopscards.cli import main
from mlopscards.model import Problem, Severity, Span
from mlopscards.pipeline import check
from mlopscards.targets.findings import FORMATS, located

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "findings.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
TOKENS = MarkdownIt("commonmark").parse(TEXT)
SCHEMA = Path(__file__).parent / "fixtures" / "schemas" / "sarif-2.1.0.json"
CONTROL = "␇", "\x07"
"""How the page shows a character that cannot be shown."""

# --- the page -------------------------------------------------------------------------------------------------------


class Example(NamedTuple):
    line: int
    files: tuple[tuple[str, str], ...]
    """(what stands behind the backticks, content)."""
    findings: str


def examples() -> Iterator[Example]:
    """Each ```` ```findings ```` with the files that stand before it, since the last one."""
    files: list[tuple[str, str]] = []
    for token in TOKENS:
        kind = token.info.split()[:1]
        if token.type == "fence" and (kind in (["md"], ["svg"], ["files"]) or token.info.startswith("yaml mlopscards")):
            files.append((token.info, token.content))
        elif token.type == "fence" and kind == ["findings"]:
            yield Example((token.map or [0])[0] + 1, tuple(files), token.content.rstrip("\n"))
            files = []
    assert not files, f"files without their findings: {files}"


def write(example: Example, folder: Path) -> None:
    for info, content in example.files:
        kind, *rest = info.split()
        for name, text in [(name, "") for name in content.split()] if kind == "files" else [(rest[0], content)]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            encoding = "latin-1" if "latin-1" in rest else "utf-8"
            (folder / name).write_bytes(text.replace(*CONTROL).encode(encoding))


@pytest.mark.parametrize("example", [*examples()], ids=lambda example: f"line {example.line}")
def test_examples_give_exactly_the_findings_that_they_show(example: Example, tmp_path: Path) -> None:
    write(example, tmp_path)
    assert "\n".join(map(str, check(tmp_path))) == example.findings


def sections(level: str) -> dict[str, str]:
    """The text below each heading of a level, by the heading."""
    parts = re.split(rf"^{level} (.+)$", TEXT, flags=re.MULTILINE)
    return {
        title: body
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
        if level == "##" or title[1:2].isdigit()
    }


def test_every_code_is_documented_and_no_other_is() -> None:
    assert [title[:4] for title in sections("###")] == [code.code for code in CODES]
    assert [title for title in sections("##") if title in FAMILIES.values()] == list(FAMILIES.values())


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_the_page_says_what_the_catalogue_says(code) -> None:
    body = re.split(r"^## ", sections("###")[f"{code.code} {code.title}"], flags=re.MULTILINE)[0]
    assert f"*{str(code.severity).capitalize()}.* {code.why}\n\n**Mend:** {code.mend}\n" in body
    assert ("**Source:** " + code.source in body) == bool(code.source)
    findings = re.findall(r"^[^\s:]+:\d+:\d+: ([A-Z]\d{3}) ", body, flags=re.MULTILINE)
    assert findings
    assert set(findings) == {code.code}


# --- the command ----------------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


WARNS = "**Is a queue a log?**\n\nNo.\n"
FAILS = "```\nls\n"
FINE = "**Queue**: keeps messages until somebody takes them\n"


@pytest.mark.parametrize(
    ("text", "strict", "status"),
    [(FINE, False, 0), (FINE, True, 0), (WARNS, False, 0), (WARNS, True, 1), (FAILS, False, 1), (FAILS, True, 1)],
)
def test_errors_fail_and_warnings_do_where_one_is_strict(text: str, strict: bool, status: int, here: Path) -> None:
    notes_in(here / "notes", **{"week-1": text})
    assert run(*["--strict"] * strict).exit_code == status


@pytest.mark.parametrize("paths", [["gone"], ["gone.md"], ["empty"]])
def test_what_is_not_there_cannot_be_checked(paths: list[str], here: Path) -> None:
    (here / "empty").mkdir()
    done = run(*paths)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("mlopscards: ")


def test_findings_are_data_and_the_sum_is_a_message(here: Path) -> None:
    notes_in(here / "notes", **{"week-1": FAILS, "week-2": WARNS})
    done = run()
    assert done.stdout == (
        "notes/week-1.md:1:1: F201 code is not closed; close it with a line of ```\n"
        "notes/week-2.md:1:1: K303 can be guessed; ask for the thing itself, or say why: 'Is a queue a log?'\n"
    )
    assert done.stderr == "1 error and 1 warning in 2 files\n"
    assert run("notes/week-2.md").stderr == "1 warning in 1 file\n"


def test_nothing_found_is_said(here: Path) -> None:
    notes_in(here / "notes", **{"week-1": FINE})
    done = run("--strict")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "nothing found in 1 file\n")


@pytest.mark.parametrize("given", ["notes", "notes/course-1", "notes/course-1/week-1.md", "{}/notes", "notes/../notes"])
def test_paths_are_as_an_editor_opens_them_from_here(given: str, here: Path) -> None:
    notes_in(here / "notes", **{"course-1__week-1": FAILS})
    (here / "notes" / "mlopscards.yaml").write_text("root: A\n", encoding="utf-8")
    path = run(given.format(here)).stdout.split(":")[0]
    assert path == "notes/course-1/week-1.md"


def test_notes_elsewhere_have_their_whole_path(here: Path) -> None:
    notes_in(here / "notes", **{"week-1": FAILS})
    (here / "other").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here / "other")
        assert run("../notes").stdout.startswith(f"{(here / 'notes').resolve().as_posix()}/week-1.md:1:1: ")


# --- the formats ----------------------------------------------------------------------------------------------------

NASTY = Problem(Span("a b,c:%\n.md", 3, 7, 5), "F201", "is 100 % broken:\nreally, 'é'")
WARNING = Problem(Span("week-1.md", 2), "K303", "can be guessed", Severity.WARNING)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_written_whole_too(form: str) -> None:
    written = "".join(FORMATS[form]([]))
    assert json.loads(written) if form == "sarif" else written == ("[]\n" if form == "json" else "")


def test_text_is_a_line_a_finding_whatever_a_file_is_called() -> None:
    assert "".join(FORMATS["text"]([NASTY, WARNING])).count("\n") == 2


def test_json_holds_all_that_is_known() -> None:
    (one,) = json.loads("".join(FORMATS["json"]([NASTY])))
    wanted = {"path": "a b,c:%\n.md", "line": 3, "column": 7, "end_line": 5, "code": "F201", "severity": "error"}
    assert one == {**wanted, "title": CODES_BY["F201"].title, "message": NASTY.message, "mend": CODES_BY["F201"].mend}


CODES_BY = {code.code: code for code in CODES}


def test_github_gets_its_commands_with_everything_escaped() -> None:
    assert "".join(FORMATS["github"]([NASTY, WARNING])).split("\n") == [
        "::error file=a b%2Cc%3A%25%0A.md,line=3,endLine=5,col=7,title=F201 Code that is not closed"
        "::is 100 %25 broken:%0Areally, 'é'",
        "::warning file=week-1.md,line=2,endLine=2,col=1,title=K303 Yes or no::can be guessed",
        "",
    ]


def test_sarif_is_valid_by_its_schema(tmp_path: Path) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for number, case in enumerate(FAULTS[:9]):
        planted(case.markdown, tmp_path / str(number))
    every = [Problem(Span("week-1.md", 1), code.code, code.title, code.severity) for code in CODES]
    found = [*check(tmp_path), *every, NASTY]
    written = json.loads("".join(FORMATS["sarif"](found)))
    Draft4Validator(schema).validate(written)
    (run_,) = written["runs"]
    rules = run_["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in run_["results"]] == [one.code for one in found]
    assert run_["results"][-1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%2Cc%3A%25%0A.md"


def test_the_schema_refuses_what_is_no_sarif() -> None:
    assert list(Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).iter_errors({"version": "2.1.0"}))


def test_located_puts_the_folder_before_every_path() -> None:
    assert [str(one.span) for one in located([WARNING], "my/notes/")] == ["my/notes/week-1.md:2:1"]
    assert located([WARNING], ".") == (WARNING,)


# --- editors and services -------------------------------------------------------------------------------------------


def fences(info: str) -> list[str]:
    return [token.content for token in TOKENS if token.type == "fence" and token.info == info]


def output_of_a_fault(folder: Path) -> str:
    planted(FAULTS[0].markdown, folder / "notes")
    return "".join(FORMATS["text"](located(check(folder / "notes"), "notes")))


def test_vs_code_reads_the_lines(tmp_path: Path) -> None:
    (task,) = json.loads(fences("json")[0])["tasks"]
    pattern = task["problemMatcher"]["pattern"]
    for line in output_of_a_fault(tmp_path).splitlines():
        found = re.search(pattern["regexp"], line)
        assert found
        assert found[pattern["file"]].startswith("notes/")
        assert (found[pattern["line"]], found[pattern["column"]]) == ("4", "17")
        assert CODES_BY[found[pattern["code"]]]
        assert found[pattern["message"]]


def test_vim_reads_the_lines(tmp_path: Path) -> None:
    (form,) = re.findall(r"errorformat=((?:\\ |\S)+)", fences("vim")[0])
    parts = {"%f": r"(?P<file>[^:]+)", "%l": r"(?P<line>\d+)", "%c": r"(?P<column>\d+)", "%m": r"(?P<message>.+)"}
    pattern = re.sub("%[flcm]", lambda part: parts[part[0]], form.replace("\\ ", " "))
    for line in output_of_a_fault(tmp_path).splitlines():
        found = re.fullmatch(pattern, line)
        assert found
        assert (found["file"], found["line"], found["column"]) == ("notes/course-1/week-2-transport.md", "4", "17")


def test_the_hook_runs_the_command_with_the_arguments_of_the_page() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    shown = yaml.safe_load(next(text for text in fences("yaml") if "repos:" in text))["repos"][0]["hooks"][0]
    assert shown["id"] == hook["id"]
    program, *arguments = hook["entry"].split()
    assert program == "mlopscards"
    for given in (hook["args"], shown["args"]):
        done = CliRunner().invoke(main, [*arguments, *given[:-1], str(CLEAN)])
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize("workflow", [text for text in fences("yaml") if "runs-on" in text])
def test_workflows_run_commands_that_there_are(workflow: str) -> None:
    steps = yaml.safe_load(workflow)["jobs"]["check"]["steps"]
    commands = [step["run"] for step in steps if step.get("run", "").startswith("mlopscards ")]
    assert commands
    for command in commands:
        given = command.partition(" > ")[0].replace("notes", str(CLEAN)).split()
        assert CliRunner().invoke(main, given[1:]).exit_code == 0
