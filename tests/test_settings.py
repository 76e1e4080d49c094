"""What the settings file may say, and what the author hears of a slip in it."""

from contextlib import suppress
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlopscards.errors import CannotDo, NotesError
from mlopscards.settings import Settings, parse_settings, read_settings


def problems(text: str) -> list[str]:
    with pytest.raises(NotesError) as caught:
        parse_settings("mlopscards.yaml", text)
    return [str(problem) for problem in caught.value.problems]


def test_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / "mlopscards.yaml").write_text(
        "root: Uni::ML  # nested\ncourses:\n  1: Introduction\n  2: 'Data: Lifecycle'\ntags: [exam, 'ü b']\n",
        encoding="utf-8-sig",
    )
    settings = read_settings(tmp_path / "mlopscards.yaml")
    assert settings == Settings("Uni::ML", {1: "Introduction", 2: "Data: Lifecycle"}, ("exam", "ü b"))


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "mlopscards.yaml") == Settings("MLOps", {}, ())


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "root:\ntags:\ncourses: ~\n", "{}"])
def test_what_stands_empty_keeps_its_default(text: str) -> None:
    assert parse_settings("x", text) == Settings()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("root: A\ncorses: {}", "2:1: S102 does not know the key 'corses'; did you mean 'courses'?"),
        ("Root: A", "1:1: S102 does not know the key 'Root'; did you mean 'root'?"),
        ("size: 3", "1:1: S102 does not know the key 'size'; expected one of root, courses, tags, ignore"),
        ("[1]: 2", "1:1: S102 does not know the key 'a list'; expected one of root, courses, tags, ignore"),
        ("root: 2024", "1:7: S103 is a number, expected text; put it in quotes: '2024'"),
        ("tags: [2024-01-31]", "1:8: S103 is a date, expected text; put it in quotes: '2024-01-31'"),
        ("root: [a]", "1:7: S103 is a list, expected text"),
        ("root: ' :: '", "1:7: S103 names no root deck; give it a name, such as 'root: MLOps'"),
        ("tags: exam", "1:7: S103 is text, expected a list such as '[exam, mlops]'"),
        ("tags:\n- a\n- {b: c}", "3:3: S103 is a mapping, expected text"),
        ("tags: [yes]", "1:8: S103 is true or false, expected text; put it in quotes: 'yes'"),
        ("courses: [A, B]", "1:10: S103 is a list, expected numbers with titles: '1: Introduction'"),
        ("courses:\n  one: A", "2:3: S103 has 'one' for a course, expected its number"),
        ("courses:\n  1:30: A", "2:3: S103 has '1:30' for a course, expected its number"),
        ("courses:\n  1: A\n  1: B", "3:3: S104 has course 1 twice; keep one"),
        ("courses:\n  1: [A]", "2:6: S103 is a list, expected text"),
        ("tags: []\nroot: A\ntags: [b]", "3:1: S104 has the key 'tags' twice; keep one"),
        ("- root", "1:1: S103 is a list, expected keys with values such as 'root: MLOps'"),
        ("root: A\ntags: [a", "3:1: S101 is not YAML: did not find expected ',' or ']'"),
        ("root: A\ntags: \x01", "2:1: S101 is not YAML: it holds the control character '\\x01'; delete it"),
    ],
)
def test_a_slip_is_named_where_it_is(text: str, problem: str) -> None:
    assert problems(text) == [f"mlopscards.yaml:{problem}"]


def test_every_slip_is_named() -> None:
    assert [line.split(" ")[0] for line in problems("root: 1\ntag: [a]\ncourses: 3")] == [
        "mlopscards.yaml:1:7:",
        "mlopscards.yaml:2:1:",
        "mlopscards.yaml:3:10:",
    ]


@given(st.text())
def test_any_text_gives_settings_or_problems(text: str) -> None:
    with suppress(NotesError):
        assert isinstance(parse_settings("x", text), Settings)


def test_a_file_that_is_not_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "mlopscards.yaml").write_bytes(b"root: \xff")
    with pytest.raises(NotesError, match=r"mlopscards\.yaml:1:1: S101 is not UTF-8"):
        read_settings(tmp_path / "mlopscards.yaml")


def test_a_file_that_cannot_be_read_cannot_be_done(tmp_path: Path) -> None:
    (tmp_path / "mlopscards.yaml").mkdir()
    with pytest.raises(CannotDo, match=r"cannot read .*mlopscards\.yaml"):
        read_settings(tmp_path / "mlopscards.yaml")


def test_settings_are_frozen() -> None:
    given_courses = {1: "A"}
    settings = Settings(courses=given_courses)
    given_courses[2] = "B"
    assert settings.courses == {1: "A"}
    with pytest.raises(FrozenInstanceError):
        settings.root = "B"  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.courses[2] = "B"  # type: ignore[index]
