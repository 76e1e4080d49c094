"""`mlopscards preview`: the page it writes, and the server that follows the notes while somebody reads."""

import http.client
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Browser, Page, expect
from test_cli import start
from test_pipeline import NOW, copied
from test_preview import expect_card

from mlopscards import cli
from mlopscards.preview.server import Follower, serving

WEEK = """---
course: 1
week: 1
title: Overview
---
# Start

{}
"""
LINES = [f"**Term {number}**: the meaning of number {number}" for number in range(40)]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    write(folder, LINES)
    return folder


def write(folder: Path, lines: list[str], name: str = "week-1.md") -> None:
    (folder / name).write_text(WEEK.format("\n\n".join(lines)), encoding="utf-8")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, ["preview", *map(str, arguments)], catch_exceptions=False)


# --- a file -----------------------------------------------------------------------------------------------------------


def test_the_page_is_one_file_and_nothing_else_is_written(tmp_path: Path) -> None:
    folder = copied(tmp_path / "notes")
    before = sorted(tmp_path.rglob("*"))
    done = run(folder, "-o", tmp_path / "out" / "page.html")
    assert done.exit_code == 0, done.output
    made = sorted(set(tmp_path.rglob("*")) - set(before))
    assert [path.relative_to(tmp_path).as_posix() for path in made] == ["out", "out/page.html"]
    text = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert '"notesFolder":"../notes"' in text
    assert text.count("data:image/png;base64,") == 1
    assert "src=" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


def test_large_films_are_linked_and_not_put_into_the_page(notes: Path, tmp_path: Path) -> None:
    (notes / "a film.mp4").write_bytes(b"0" * 5_000_000)
    write(notes, ["Q: Which film is it?\nA: [sound:a film.mp4]"])
    run(notes, "-o", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert len(text) < 100_000
    assert "notes/a%20film.mp4" in text


@pytest.mark.parametrize(("arguments", "status"), [(["missing"], 2), (["notes", "-o", "notes"], 2), (["broken"], 1)])
def test_what_cannot_be_done_is_told(
    arguments: list[str], status: int, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.md").write_bytes(b"---\ncourse: x\n---\n")
    done = run(*arguments)
    assert done.exit_code == status
    assert done.stderr
    assert not (tmp_path / "preview.html").exists()


# --- a server ---------------------------------------------------------------------------------------------------------


class Served:
    """A server with somebody who reads, and who looks at what it says of the notes."""

    def __init__(self, follower: Follower, address: str) -> None:
        self.follower, self.address = follower, address
        self.changes = follower.changes()
        self.port = int(address.rstrip("/").rpartition(":")[2])

    def follow(self) -> None:
        """Wait until the next change of the notes is read."""
        next(self.changes)

    def get(self, path: str, host: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{self.port}"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text


@pytest.fixture
def served(notes: Path) -> Iterator[Served]:
    follower = Follower(notes, NOW)
    with serving(follower, 0) as address:
        yield Served(follower, address)


def test_a_saved_note_is_read_and_the_others_are_not_read_again(served: Served, notes: Path) -> None:
    write(notes, ["**New**: another"], "week-2.md")
    served.follow()
    assert len(served.follower.state.issued) > len(LINES)
    before = served.follower._cards_of.cache_info().hits
    write(notes, ["**Newer**: another"], "week-2.md")
    served.follow()
    assert served.follower._cards_of.cache_info().hits == before + 1


def test_the_server_answers_to_this_machine_only(served: Served) -> None:
    for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1", f"127.0.0.1.evil.example:{served.port}"):
        assert served.get("/", host)[0] == 403
        assert served.get("/content.json", host)[0] == 403
    assert served.get("/", f"localhost:{served.port}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/notes/../secret.md",
        "/notes/%2e%2e/secret.md",
        "/notes//etc/passwd",
        "/notes/secret.md",
        "/notes/mlopscards.yaml",
        "/media/x.png",
        "/nothing",
    ],
)
def test_only_notes_and_their_media_are_served(path: str, served: Served, notes: Path) -> None:
    (notes.parent / "secret.md").write_text("secret", encoding="utf-8")
    (notes / "mlopscards.yaml").write_text("root: MLOps", encoding="utf-8")
    status, text = served.get(path)
    assert status == 404
    assert "secret" not in text


def test_a_note_is_served_with_its_lines_and_nothing_in_it_runs(served: Served, notes: Path) -> None:
    write(notes, ["**Evil**: <script>alert(1)</script>"])
    status, text = served.get("/notes/week-1.md")
    assert status == 200
    assert '<li id="L8">**Evil**: &lt;script&gt;alert(1)&lt;/script&gt;</li>' in text


def test_a_broken_note_shows_its_problem_and_the_cards_stay(served: Served, notes: Path) -> None:
    (notes / "week-2.md").write_text("---\ncourse: x: y\n---\n", encoding="utf-8")
    served.follow()
    content = json.loads(served.get("/content.json")[1])
    assert content["failed"]
    assert content["problems"][0]["path"] == "week-2.md"
    assert content["decks"]
    (notes / "week-2.md").unlink()
    served.follow()
    assert not json.loads(served.get("/content.json")[1])["failed"]


def test_a_server_of_broken_notes_starts_and_waits(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\x00\xff")
    follower = Follower(tmp_path, NOW)
    assert follower.state.failed
    assert not follower.state.issued


def reader(page: Page, served: Served) -> None:
    page.goto(served.address)
    page.locator("html[data-ready]").wait_for()


def test_the_open_page_follows_the_notes_and_keeps_the_place(served: Served, notes: Path, page: Page) -> None:
    reader(page, served)
    page.get_by_role("searchbox").fill("number 3")
    row = page.locator(".row", has_text="Term 35?")
    row.click()
    page.keyboard.press("Space")
    page.locator("#list").evaluate("(list) => (list.scrollTop = 150)")
    edited = ["**Term above**: a new line above all", *LINES]
    edited[36] = "**Term 35**: the meaning of number 35, told better"
    write(notes, edited)
    served.follow()
    expect_card(page, "Term 35", "told better")
    expect(page.locator("#turn")).to_have_text("Show question")
    expect(page.get_by_role("searchbox")).to_have_value("number 3")
    assert page.locator("#list").evaluate("(list) => list.scrollTop") == 150
    expect(page.locator(".row[aria-selected=true]")).to_contain_text("Term 35")
    expect(page.get_by_role("link", name=re.compile("week-1.md:80"))).to_be_visible()


def test_a_card_that_did_not_change_is_not_drawn_again(served: Served, notes: Path, page: Page) -> None:
    reader(page, served)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    details = page.frame_locator("#card").locator("details")
    details.evaluate("(details) => (details.open = true)")
    write(notes, [*LINES, "**One more**: another"])
    served.follow()
    expect(page.locator("#total")).to_have_text("41 cards")
    assert details.evaluate("(details) => details.open")


def test_study_goes_on_where_it_was(served: Served, notes: Path, page: Page) -> None:
    reader(page, served)
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press("2")
    asked = page.frame_locator("#card").locator(".question").inner_text()
    left = page.locator("#left").inner_text()
    write(notes, [f"{line}, as ever" for line in LINES])
    served.follow()
    page.wait_for_timeout(300)
    page.keyboard.press("Space")
    expect_card(page, asked, "as ever")
    expect(page.locator("#left")).to_have_text(left)


def test_a_broken_note_is_told_on_the_open_page_and_healed(served: Served, notes: Path, page: Page) -> None:
    reader(page, served)
    (notes / "week-2.md").write_text("---\ncourse: x: y\n---\n", encoding="utf-8")
    served.follow()
    expect(page.get_by_role("alert")).to_contain_text("week-2.md:2: front matter is not YAML")
    expect_card(page, "Term 0")
    (notes / "week-2.md").unlink()
    served.follow()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_notes_can_be_read_from_the_page(served: Served, page: Page) -> None:
    reader(page, served)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("week-1.md:8")).click()
    expect(opened.value.locator("li:target")).to_contain_text("Term 0")


# --- the command ------------------------------------------------------------------------------------------------------


# What a shell has put into the background ignores Ctrl-C, and so would all that it starts.
HEEDING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


def started(*arguments: object) -> subprocess.Popen[str]:
    return start("preview", *arguments, code=HEEDING)


def told(process: subprocess.Popen[str], words: str) -> str:
    assert process.stderr
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"never said {words!r}")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_the_server_says_where_it_is_and_ends_cleanly(notes: Path) -> None:
    process = started(notes, "--serve", "--port", "0")
    address = re.search(r"http://127\.0\.0\.1:(\d+)/", told(process, "serving"))
    assert address
    connection = http.client.HTTPConnection("127.0.0.1", int(address[1]), timeout=5)
    connection.request("GET", "/events")
    assert connection.getresponse().readline().startswith(b"data: ")
    write(notes, ["**Only**: this"])
    told(process, "in the page")
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in rest


def test_the_open_page_tells_when_the_server_has_stopped(notes: Path, browser: Browser) -> None:
    process = started(notes, "--serve", "--port", "0")
    address = re.search(r"http://\S+", told(process, "serving"))
    assert address
    page = browser.new_page()
    page.goto(address[0])
    page.locator("html[data-ready]").wait_for()
    process.terminate()
    process.communicate(timeout=10)
    expect(page.get_by_role("alert")).to_contain_text("The server has stopped")
    page.close()


def test_a_port_that_is_taken_is_told(served: Served, notes: Path) -> None:
    done = run(notes, "--serve", "--port", served.port)
    assert done.exit_code == 2
    assert "choose another one by --port" in done.stderr
