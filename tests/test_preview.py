"""The preview page in a real browser: it shows what Anki shows, finds, turns and studies cards, and lets nothing run."""

# anki.collection has to come before every other part of anki.
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest  # isort: skip

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from anki.models import NotetypeDict
from playwright.sync_api import Browser, Page, expect, sync_playwright
from test_pipeline import COURSE, NOW

from mlopscards import pipeline
from mlopscards.decks import decks_of
from mlopscards.fields import fields_of
from mlopscards.model import NOTHING, Card, Field, Issued, Link, NoteType, Place, Problem, Severity, Span
from mlopscards.notetypes import LAYOUTS
from mlopscards.preview import Surroundings, content_json, page_of
from mlopscards.preview.attachments import embedded
from mlopscards.settings import FILE_NAME, Settings, read_settings
from mlopscards.source import find_notes
from mlopscards.targets.apkg import write_package

ROOT = Path(__file__).parent.parent
SCRIPTS = ROOT / "src" / "mlopscards" / "preview"
SETTINGS = Settings(courses={1: "Beginnings", 2: "Data"})
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


# --- the browser, and what no page of ours may do in it ---------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not program:
        if os.environ.get("CI"):
            pytest.fail("no Chromium here, and in CI there must be one: .ci/run installs it")
        pytest.skip("needs Chromium, e.g. `apt-get install chromium`")
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not work for root, as whom CI runs; our pages come from our own tests.
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may say nothing to the console, and ask no other host for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    context.set_default_timeout(5000)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    context.on("request", lambda request: said.append(request.url) if is_foreign(request.url) else None)
    yield opened
    context.close()
    assert said == []


def is_foreign(url: str) -> bool:
    return not re.match(r"file:|data:|about:|http://127\.0\.0\.1:", url)


def card(question: str, answer: str = "an answer", **changes: Any) -> Card:
    made = Card(
        kind="definition",
        note_type=NoteType.BASIC,
        question=Field(question, question),
        answer=Field(answer, answer),
        place=Place(1, 1, "Overview"),
        headings=("Start",),
        source=Span("course-1/week-1.md", 1),
    )
    return replace(made, **changes)


def cloze(text: str, **changes: Any) -> Card:
    return card(text, kind="cloze", note_type=NoteType.CLOZE, answer=NOTHING, **changes)


def issue(cards: Sequence[Card]) -> tuple[Issued, ...]:
    return tuple(Issued(one, f"guid{number}", NOW) for number, one in enumerate(cards, 1))


Show = Callable[..., None]


@pytest.fixture
def show(page: Page, tmp_path: Path) -> Show:
    """Open the page of some cards from disk; `at` is what follows its address."""

    def opened(
        cards: Sequence[Card], *problems: Problem, media: dict[str, bytes] | None = None, at: str = "", notes: str = ""
    ) -> None:
        around = Surroundings(embedded(media or {}), notes=notes)
        file = tmp_path / "preview.html"
        file.write_text(page_of(issue(cards), SETTINGS, problems, around), encoding="utf-8")
        page.goto(file.as_uri() + at)
        page.locator("html[data-ready]").wait_for()

    return opened


COURSES = (
    card(
        "What is drift?", "A change of the data", term=Field("drift", "drift"), tags=("exam",), source=Span("a.md", 3)
    ),
    card("Which term is the café?", "Müller's naïve <b>Bayes</b>", kind="fact", source=Span("a.md", 9, end_line=12)),
    card("What are the steps?", "<ol><li>one</li><li>two</li></ol>", kind="steps", place=Place(1, 2, "Serving")),
    card("What is a label?", "A truth", place=Place(2, 1, "Labels"), reverse=Field("Which truth?", "Which truth?")),
    cloze("The {{c1::mean}} is no {{c2::median::middle}}", place=Place(2, 1, "Labels")),
)
"""Seven cards of three weeks: the label has a reverse card, the cloze note makes two."""


def shown(page: Page) -> str:
    """What the card shows."""
    return page.frame_locator("#card").locator("#qa").inner_text()


def expect_card(page: Page, *words: str) -> None:
    for word in words:
        expect(page.frame_locator("#card").locator("#qa")).to_contain_text(word)


# --- as in Anki -------------------------------------------------------------------------------------------------------


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def sides_in_anki(collection: Collection) -> dict[str, list[str]]:
    """Both sides of every card as Anki renders them, its sounds written as in the notes again."""
    sides = {}
    for card_id in collection.find_cards(""):
        drawn = collection.get_card(card_id).render_output()
        number = collection.get_card(card_id).ord + 1
        guid = collection.get_card(card_id).note().guid
        sounds = {"q": drawn.question_av_tags, "a": drawn.answer_av_tags}
        sides[guid if number == 1 else f"{guid}~{number}"] = [
            re.sub(
                r"\[anki:play:([qa]):(\d+)\]",
                lambda tag, sounds=sounds: f"[sound:{sounds[tag[1]][int(tag[2])].filename}]",
                text,
            )
            for text in (drawn.question_text, drawn.answer_text)
        ]
    return sides


def sides_in_page(page: Page, content: str) -> dict[str, list[str]]:
    """Both sides of every card by the scripts of the page."""
    page.goto("about:blank")
    for name in ("anki.js", "cards.js"):
        page.add_script_tag(content=(SCRIPTS / name).read_text(encoding="utf-8"))
    return page.evaluate(
        """content => Object.fromEntries(
            cardsOf(JSON.parse(content)).map((card) => [card.key, [card.sides.question, card.sides.answer]]))""",
        content,
    )


def assert_same_in_anki(
    issued: Sequence[Issued], settings: Settings, page: Page, collection: Collection, path: Path
) -> None:
    write_package(path, decks_of(issued, settings), {}, settings)
    options = ImportAnkiPackageOptions()
    collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path), options=options))
    ours = sides_in_page(page, content_json(issued, settings, (), Surroundings()))
    theirs = sides_in_anki(collection)
    assert ours.keys() == theirs.keys()
    for key, sides in theirs.items():
        assert ours[key] == sides, key


@pytest.mark.parametrize("notes", [COURSE, ROOT / "notes"], ids=["fixture", "course"])
def test_every_card_has_the_same_html_as_in_anki(
    notes: Path, page: Page, collection: Collection, tmp_path: Path
) -> None:
    collected = pipeline.collect(notes, find_notes(notes))
    settings = read_settings(notes / FILE_NAME)
    plan = pipeline.issue_cards(collected, settings, notes / pipeline.LOCK_NAME, NOW)
    assert_same_in_anki(plan.issued, settings, page, collection, tmp_path / "all.apkg")


ODD = (
    "{{c1::a}} and {{c2::b::hint}} and {{c1::c}}",
    "{{c1::outer {{c2::inner}} rest::why?}}",
    "{{c1,3::both}} {{c3::one}}",
    r"\(a = {{c1::<b>b</b>}}\) and \[{{c2::c}} &lt; <i>d</i>\]",
    "{{c1::a \"quoted\" 'text' & &amp; `tick` <b>bold</b>\nline}}",
    "}} {{c1::never {{c2::closed}} here}} }} ::",
    "{{c1::a::b::c}} {{c1::}}",
    '{{c1::[sound:a.mp3]}} {{c2::<img src="x.png">}} {{Front}} <!-- {{c3::in}} -->',
    "{{c10::ten}} {{c1::one, é – 漢}}",
)


def test_odd_clozes_have_the_same_html_as_in_anki(page: Page, collection: Collection, tmp_path: Path) -> None:
    issued = issue([cloze(text, extra=Field("", f"see {number}")) for number, text in enumerate(ODD)])
    assert_same_in_anki(issued, SETTINGS, page, collection, tmp_path / "odd.apkg")


def test_odd_fields_have_the_same_html_as_in_anki(page: Page, collection: Collection, tmp_path: Path) -> None:
    texts = ("a", "<br>", "{{Question}} {{c1::x}}", "<div></div> a", "[sound:a.mp3] b", "$& $1 \\1", "<!-- c --> d")
    cards = [
        card(
            f"{text}?",
            text,
            extra=Field("", text),
            reverse=Field("", f"{text}!"),
            term=Field("", text),
            headings=(text,),
        )
        for text in texts
    ]
    assert_same_in_anki(issue(cards), SETTINGS, page, collection, tmp_path / "odd.apkg")


TEMPLATES = (
    "{{ Back }}{{Tags}}|{{Deck}}|{{Subdeck}}|{{Type}}",
    "{{#Front}}f{{#Back}}b{{Back}}{{/Back}}{{^Back}}no{{/Back}}{{/Front}}{{^Front}}x{{/Front}}",
    "<!-- {{Nothing}} --> {{#Tags}}tagged{{/Tags}} {{Front}}",
    "{{^ Back }}{{Front}}{{/ Back }}}}",
)
BACKS = ("", " \n", "<br><div></div>", "&nbsp;", "<br> x", "a")


@pytest.mark.parametrize("template", TEMPLATES)
def test_templates_are_read_as_in_anki(template: str, page: Page, collection: Collection) -> None:
    model: NotetypeDict = collection.models.by_name("Basic")
    sides = {"front": "Q {{Front}} " + template, "back": "{{FrontSide}} A " + template}
    model["tmpls"][0] |= {"qfmt": sides["front"], "afmt": sides["back"]}
    collection.models.update_dict(model)
    page.goto("about:blank")
    page.add_script_tag(content=(SCRIPTS / "anki.js").read_text(encoding="utf-8"))
    for back in BACKS:
        note = collection.new_note(model)
        note.fields[:] = ["front", back]
        note.tags = ["one", "two::three"]
        collection.add_note(note, collection.decks.id("Top::Below"))
        fields = {"Front": "front", "Back": back, "Tags": "one two::three"}
        fields |= {"Deck": "Top::Below", "Subdeck": "Below", "Type": "Basic"}
        ours = page.evaluate("([sides, fields]) => Object.values(sidesOf(sides, fields, 1))", [sides, fields])
        assert ours == sides_in_anki(collection)[note.guid], back
