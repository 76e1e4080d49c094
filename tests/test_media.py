"""Pictures and sounds find their way, whatever their folder and however they are written."""

import re
import sys
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlopscards.media import media_name, read_media
from mlopscards.model import NOTHING, Card, Field, NoteType, Place, Severity, Span
from mlopscards.pipeline import cards_of_text


def card(html: str, path: str = "course-2/week-2.md", **changes: Any) -> Card:
    values = {"kind": "definition", "note_type": NoteType.BASIC, "question": Field("q", "q"), "place": Place()}
    return Card(**values | {"answer": Field("", html), "headings": (), "source": Span(path, 7)} | changes)


def put(root: Path, path: str, content: bytes = b"picture") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)


def shown(one: Card) -> list[str]:
    return re.findall(r'src="([^"]*)"|\[sound:([^]]*)\]', one.answer.html)


@pytest.mark.parametrize(
    ("written", "file"),
    [
        ("a.png", "course-2/a.png"),
        ("img/deep/a.PNG", "course-2/img/deep/a.PNG"),
        ("../shared/a.png", "shared/a.png"),
        ("./img/../a.png", "course-2/a.png"),
        ("a%20b.png", "course-2/a b.png"),
        ("a b.png", "course-2/a b.png"),
        ("%C3%A4.png", "course-2/ä.png"),
        ("100%25.png", "course-2/100%.png"),
        ("a&amp;b.png", "course-2/a&b.png"),
        (r"img\a.png", "course-2/img/a.png"),
        ("sounds/a.mp3", "course-2/sounds/a.mp3"),
    ],
)
def test_a_file_is_found_as_the_author_wrote_it(written: str, file: str, tmp_path: Path) -> None:
    put(tmp_path, file)
    for html in (f'<p><img alt="x" src="{written}"></p>', f'<audio controls src="{written}">', f"[sound:{written}]"):
        (one,), media, problems = read_media([card(html)], tmp_path)
        assert problems == ()
        (name,) = media
        assert re.fullmatch(r"mlops-[0-9a-f]{16}\.(png|mp3)", name)
        assert one.answer.html == html.replace(written, name)
        assert (one.media, media[name]) == ((name,), b"picture")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1, max_size=40))
def test_any_file_name_is_found(tmp_path: Path, stem: str) -> None:
    put(tmp_path, f"{stem}.png", stem.encode())
    html = f'<img src="{escape(quote(f"{stem}.png"))}">'
    _, media, problems = read_media([card(html, "week.md")], tmp_path)
    assert (list(media.values()), problems) == ([stem.encode()], ())


def test_one_name_in_two_folders_is_two_files(tmp_path: Path) -> None:
    put(tmp_path, "one/plot.png", b"1")
    put(tmp_path, "two/plot.png", b"2")
    put(tmp_path, "two/copy.png", b"2")
    html = '<img src="one/plot.png"><img src="two/plot.png"><img src="two/copy.png">'
    (one,), media, _ = read_media([card(html, "week.md")], tmp_path)
    assert sorted(media.values()) == [b"1", b"2"]
    assert one.media == tuple(dict.fromkeys(name for name, _ in shown(one)))
    assert set(one.media) == set(media)


def test_every_side_is_looked_at(tmp_path: Path) -> None:
    put(tmp_path, "a.png")
    sides = ("question", "answer", "reverse", "term", "extra")
    picture = Field("", '<img src="a.png">')
    (one,), (name,), _ = read_media([card("", "week.md", **dict.fromkeys(sides, picture))], tmp_path)
    assert {getattr(one, side).html for side in sides} == {f'<img src="{name}">'}


@pytest.mark.parametrize("address", ["https://x.org/a.png", "HTTP://x.org/a.png", "//x.org/a.png", "data:image/png,x"])
def test_remote_addresses_are_left_alone_and_warned_of(address: str, tmp_path: Path) -> None:
    given_card = card(f'<img src="{address}">')
    cards, media, problems = read_media([given_card], tmp_path)
    assert (cards, media) == ((given_card,), {})
    assert [problem.code for problem in problems] == ["M103"] * (not address.startswith("data:"))


def test_cards_without_media_are_left_alone(tmp_path: Path) -> None:
    text = card('<code>src=&quot;a.png&quot;</code> <a href="a.png">x</a>')
    (one,), media, problems = read_media([text], tmp_path)
    assert (one, media, problems) == (text, {}, ())


def test_a_missing_file_is_a_warning_where_it_is_used(tmp_path: Path) -> None:
    missing = '<img src="no%20such.png">'
    (one,), media, (problem,) = read_media([card(missing, question=Field("", missing))], tmp_path)
    assert (one.answer.html, one.media, media) == (missing, (), {})
    assert str(problem).startswith("course-2/week-2.md:7:1: M101 cannot read 'no%20such.png' (No such file")
    assert problem.severity is Severity.WARNING


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_a_link_to_itself_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "loop.png").symlink_to("loop.png")
    _, media, problems = read_media([card('<img src="loop.png">', "week.md")], tmp_path)
    assert (media, [problem.code for problem in problems]) == ({}, ["M101"])


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    put(tmp_path, "week/a.png")
    _, media, (problem,) = read_media([card('<img src="week">', "week.md")], tmp_path)
    assert (media, problem.code) == ({}, "M101")


@pytest.mark.parametrize("address", ["../outside.png", "a/../../outside.png", "%2E%2E/outside.png", "/etc/hostname"])
def test_nothing_outside_the_notes_is_read(address: str, tmp_path: Path) -> None:
    put(tmp_path, "outside.png", b"secret")
    put(tmp_path, "notes/a/a.png")
    _, media, (problem,) = read_media([card(f'<img src="{address}">', "week.md")], tmp_path / "notes")
    assert (media, problem.code) == ({}, "M102")


def test_a_link_out_of_the_notes_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "outside.png", b"secret")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "inside.png").symlink_to(tmp_path / "outside.png")
    _, media, (problem,) = read_media([card('<img src="inside.png">', "week.md")], tmp_path / "notes")
    assert (media, problem.code) == ({}, "M102")


@given(st.binary(), st.binary(), st.sampled_from(["a.png", "b/c.PNG", "d"]))
def test_a_name_means_its_bytes(one: bytes, other: bytes, path: str) -> None:
    assert (media_name(Path(path), one) == media_name(Path(path), other)) == (one == other)


def test_odd_endings_are_left_off() -> None:
    assert re.fullmatch(r"mlops-[0-9a-f]{16}", media_name(Path("a.p n g"), b""))


def test_nothing_reads_no_cards(tmp_path: Path) -> None:
    assert read_media([], tmp_path) == ((), {}, ())
    assert read_media([card("", answer=NOTHING)], tmp_path)[1:] == ({}, ())


@pytest.mark.parametrize("name", ["page.html", "run.js", "style.css", "notes.md", "none", "a.swf"])
def test_what_anki_neither_shows_nor_plays_is_left_out(name: str, tmp_path: Path) -> None:
    put(tmp_path, name)
    _, media, (problem,) = read_media([card(f'<img src="{name}">', "week.md")], tmp_path)
    assert (media, problem.code) == ({}, "M104")


def test_a_drawing_is_shown_without_its_script(tmp_path: Path) -> None:
    put(tmp_path, "a.svg", b"<svg><script>x</script><g/></svg>")
    _, media, (problem,) = read_media([card('<img src="a.svg">', "week.md")], tmp_path)
    assert (list(media.values()), problem.code) == ([b"<svg><g/></svg>"], "M106")


def test_a_drawing_that_cannot_be_made_safe_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "a.svg", b"<svg><script></svg>")
    _, media, (problem,) = read_media([card('<img src="a.svg">', "week.md")], tmp_path)
    assert (media, problem.code) == ({}, "M105")


def test_a_linked_sound_is_read_from_the_notes(tmp_path: Path) -> None:
    put(tmp_path, "sounds/a b.mp3", b"sound")
    (one,) = cards_of_text("Q: How?\nA: [so](<sounds/a b.mp3>)\n")
    (done,), media, problems = read_media([one], tmp_path)
    assert (list(media.values()), problems) == ([b"sound"], ())
    assert done.answer.html == f"so [sound:{done.media[0]}]"
