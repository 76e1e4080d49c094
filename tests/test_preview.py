"""The preview page in a real browser: it shows what Anki shows, it finds and turns cards, and nothing in them runs."""

# anki.collection has to come before every other part of anki.
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest  # isort: skip

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from anki.models import NotetypeDict
from playwright.sync_api import Browser, Page, expect
from test_pipeline import COURSE, NOW

from mlopscards import pipeline
from mlopscards.decks import decks_of
from mlopscards.fields import fields_of
from mlopscards.lockfile import read_lock
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


@cache
def collected(notes: Path) -> pipeline.Collected:
    return pipeline.collect(notes, find_notes(notes))


@pytest.mark.parametrize("notes", [COURSE, ROOT / "notes"], ids=["fixture", "course"])
def test_every_card_has_the_same_html_as_in_anki(
    notes: Path, page: Page, collection: Collection, tmp_path: Path
) -> None:
    settings = read_settings(notes / FILE_NAME)
    plan = pipeline.issue_cards(collected(notes), settings, read_lock(notes / pipeline.LOCK_NAME), NOW)
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


# --- turn and find ----------------------------------------------------------------------------------------------------


def test_a_card_shows_its_question_first_and_its_answer_when_turned(show: Show, page: Page) -> None:
    show(COURSES)
    expect_card(page, "What is drift?")
    assert "A change of the data" not in shown(page)
    turns: tuple[Callable[[], None], ...] = (
        lambda: page.locator("#list").press("Space"),
        lambda: page.locator("#list").press("Enter"),
        lambda: page.get_by_role("button", name="Show answer").click(),
        lambda: page.frame_locator("#card").locator(".question").click(),
    )
    for turn in turns:
        turn()
        expect_card(page, "What is drift?", "A change of the data")
        page.get_by_role("button", name="Show question").click()
        assert "A change of the data" not in shown(page)


def test_turning_is_said_to_those_who_do_not_see_it(show: Show, page: Page) -> None:
    show(COURSES)
    page.locator("#list").press("Space")
    expect(page.get_by_role("status").first).to_contain_text("A change of the data")


def test_keys_alone_lead_through_all_cards(show: Show, page: Page) -> None:
    show(COURSES)
    for text in ("A change", "naïve", "two", "A truth", "Which truth?", "mean", "median"):
        page.keyboard.press("Space")
        expect_card(page, text)
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    expect_card(page, "What is drift?")
    page.keyboard.press("End")
    expect_card(page, "[middle]")
    page.keyboard.press("/")
    page.keyboard.type("steps")
    expect(page.locator(".row")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect_card(page, "What are the steps?", "two")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.locator(".row")).to_have_count(7)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_keyboard_reaches_everything_that_can_be_done(show: Show, page: Page) -> None:
    show(COURSES, Problem(Span("a.md", 3), "T101", "odd"))
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    wanted = {"begin", "findings", "night", "phone", "print", "help", "search", "kind", "tag", "deck", "list", "card"}
    assert wanted | {"turn", "next", "copy", "tag"} <= set(reached)


def test_keys_work_from_within_the_card_too(show: Show, page: Page) -> None:
    show(COURSES)
    page.frame_locator("#card").locator(".question").click()
    page.keyboard.press("ArrowRight")
    expect_card(page, "Which term is the café?")
    page.keyboard.press("Space")
    expect_card(page, "naïve")


DEAF = """
const dispatch = EventTarget.prototype.dispatchEvent;
EventTarget.prototype.dispatchEvent = function (event) {
    return event.type === "hearing" || dispatch.call(this, event);
};
"""


def test_a_browser_that_hides_what_happens_in_the_card_turns_it_all_the_same(browser: Browser, tmp_path: Path) -> None:
    """As Safari does with frames that may not run scripts."""
    file = tmp_path / "preview.html"
    file.write_text(page_of(issue(COURSES), SETTINGS, ()), encoding="utf-8")
    page = browser.new_page()
    page.add_init_script(DEAF)
    page.goto(file.as_uri())
    page.frame_locator("#card").locator(".question").click()
    expect_card(page, "A change of the data")
    expect(page.locator("#turn")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect_card(page, "Which term is the café?")
    page.close()


def test_every_card_of_a_note_is_a_card_of_its_own(show: Show, page: Page) -> None:
    show(COURSES)
    asked = page.locator(".row .asked").all_inner_texts()
    assert asked[3:] == ["What is a label?", "Which truth?", "The [...] is no median", "The mean is no [middle]"]
    page.locator(".row").nth(6).click()
    expect_card(page, "The mean is no [middle]")
    page.keyboard.press("Space")
    expect_card(page, "The mean is no median")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("CAFE", 1),
        ("muller naive", 1),
        ("bayes muller café", 1),
        ("muller labels", 0),
        ("what", 3),
        ("mean", 2),
        ("", 7),
        ("(.*", 0),
        ("start", 7),
    ],
)
def test_search_finds_all_words_without_case_and_accents(words: str, found: int, show: Show, page: Page) -> None:
    show(COURSES)
    page.get_by_role("searchbox", name="Search the cards").fill(words)
    expect(page.locator(".row")).to_have_count(found)
    expect(page.locator("#count")).to_contain_text("7 cards" if found == 7 else f"{found} of 7 cards")


def test_references_that_many_cards_share_are_not_searched(show: Show, page: Page) -> None:
    link = Link("Distilling the knowledge", "https://example.org/distil")
    show([card("What is drift?", references=(link,)), card("What is distillation?", references=(link,))])
    page.get_by_role("searchbox").fill("distil")
    assert page.locator(".row .asked").all_inner_texts() == ["What is distillation?"]


def test_hits_are_marked_in_the_list_and_on_the_card(show: Show, page: Page) -> None:
    show(COURSES)
    page.get_by_role("searchbox").fill("cafe term")
    assert page.locator(".row mark").all_inner_texts() == ["term", "café"]
    hits = page.evaluate(
        "[...document.getElementById('card').contentWindow.CSS.highlights.get('hit')].map((range) => range.toString())"
    )
    assert hits == ["term", "café"]


def test_a_hit_in_the_answer_is_shown_below_the_question(show: Show, page: Page) -> None:
    show([card("What is it?", "long " * 20 + "Müller &amp; sons")])
    page.get_by_role("searchbox").fill("muller")
    expect(page.locator(".row .about")).to_contain_text("Müller & sons")
    assert page.locator(".row .about").inner_text().startswith("…")
    assert page.locator(".row .about mark").all_inner_texts() == ["Müller"]


def test_formulas_in_the_list_are_read_in_one_line(show: Show, page: Page) -> None:
    show([card(r"Is \(P(y \mid x)\) or \(\frac{a}{b}\)?")])
    assert page.locator(".row .asked").inner_text() == r"Is P(y∣x) or \frac{a}{b}?"


def test_weeks_kinds_and_tags_filter_together(show: Show, page: Page) -> None:
    show(COURSES)
    weeks = page.get_by_role("navigation", name="Courses and weeks")
    weeks.get_by_role("button", name="Week 1 Overview").click()
    expect(page.locator(".row")).to_have_count(2)
    page.get_by_role("combobox", name="Kind").select_option("fact")
    expect(page.locator(".row")).to_have_count(1)
    weeks.get_by_role("button", name="Course 2 Data").click()
    expect(page.locator(".row")).to_have_count(0)
    expect(page.get_by_text("No card is like that.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".row")).to_have_count(7)
    page.get_by_role("combobox", name="Tag").fill("exam")
    expect(page.locator(".row")).to_have_count(1)


def test_an_address_leads_to_its_card_and_shown_cards_have_one(show: Show, page: Page) -> None:
    show(COURSES, at="#card=guid4~2")
    expect_card(page, "Which truth?")
    page.keyboard.press("ArrowLeft")
    assert page.url.endswith("#card=guid4")
    page.get_by_role("searchbox").fill("drift")
    page.evaluate("location.hash = '#card=guid3'")
    expect_card(page, "What are the steps?")
    expect(page.locator(".row")).to_have_count(7)


def test_an_address_of_no_card_is_told(show: Show, page: Page) -> None:
    show(COURSES, at="#card=%E0%A4%A")
    expect(page.locator("#status")).to_contain_text("no card")
    expect_card(page, "What is drift?")


def test_the_place_in_the_notes_is_a_link_and_can_be_copied(show: Show, page: Page) -> None:
    cards = [card("What?", source=Span("course 1/a#b.md", 7, end_line=9), also=(Span("b.md", 2),))]
    show(cards, notes="../my%20notes")
    link = page.get_by_role("link", name="course 1/a#b.md:7–9")
    assert link.get_attribute("href") == "../my%20notes/course%201/a%23b.md#L7"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy course 1/a#b.md:7").click()
    expect(page.get_by_role("button", name="Copy course 1/a#b.md:7")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "course 1/a#b.md:7"


def test_findings_stand_beside_their_cards_and_those_of_no_card_by_their_file(show: Show, page: Page) -> None:
    problems = (
        Problem(Span("a.md", 11, 4), "T101", "says <b>nothing</b>", Severity.WARNING),
        Problem(Span("a.md", 20), "T102", "belongs to no card"),
        Problem(Span("z.md", 1), "T103", "has no cards at all"),
    )
    show(COURSES, *problems)
    badge = page.locator(".row", has_text="1 finding")
    expect(badge).to_have_count(1)
    expect(badge).to_contain_text("Which term is the café?")
    page.get_by_role("combobox", name="Kind").select_option("with findings (1)")
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("button", name="Show all").click()
    badge.click()
    expect(page.locator("#about")).to_contain_text("warning T101 says <b>nothing</b>")
    page.get_by_role("button", name="3 findings").click()
    window = page.get_by_role("dialog", name="Findings")
    expect(window).to_contain_text("z.md")
    expect(window).to_contain_text("belongs to no card")
    page.keyboard.press("Escape")
    page.locator(".row").first.click()
    page.get_by_role("button", name="3 findings").click()
    window.get_by_role("button", name="Show card: Which term").click()
    expect_card(page, "Which term is the café?")


# --- study ------------------------------------------------------------------------------------------------------------


def begin(page: Page, order: str = "in the order of the lecture") -> None:
    page.keyboard.press("s")
    page.get_by_role("radio", name=order).check()
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()


def test_study_goes_through_what_is_shown_and_asks_again_what_went_badly(show: Show, page: Page) -> None:
    show(COURSES)
    page.get_by_role("button", name="Week 1 Overview").click()
    begin(page)
    expect_card(page, "What is drift?")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Again").click()
    expect_card(page, "Which term is the café?")
    expect(page.locator("#left")).to_have_text("0 of 2 done")
    page.keyboard.press("2")
    assert "naïve" not in shown(page), "a card cannot be judged before it is turned"
    page.keyboard.press("Space")
    page.keyboard.press("2")
    expect_card(page, "What is drift?")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "1")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    window = page.get_by_role("dialog", name="Done")
    expect(window).to_contain_text("2 cards done, 1 time again.")
    page.keyboard.press("Enter")
    expect(page.locator(".row")).to_have_count(2)


def test_shuffled_study_asks_the_same_cards_in_another_order(show: Show, page: Page) -> None:
    show([card(f"What is {number}?") for number in range(30)])
    begin(page, "shuffled")
    asked = []
    for _ in range(30):
        asked.append(page.frame_locator("#card").locator(".question").inner_text())
        page.keyboard.press("Space")
        page.keyboard.press("2")
    assert asked != sorted(asked, key=lambda text: int(text[8:-1]))
    assert sorted(asked) == sorted(f"What is {number}?" for number in range(30))


def test_study_can_be_left_at_any_card(show: Show, page: Page) -> None:
    show(COURSES)
    begin(page)
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.locator(".row")).to_have_count(7)
    expect(page.get_by_role("progressbar")).to_have_count(0)


# --- how it looks -----------------------------------------------------------------------------------------------------


def test_night_gives_the_card_the_classes_of_anki(show: Show, page: Page) -> None:
    show(COURSES)
    body = page.frame_locator("#card").locator("body")
    light = body.evaluate("(body) => getComputedStyle(body).backgroundColor")
    page.keyboard.press("n")
    expect(body).to_have_class("card card1 nightMode night_mode")
    assert body.evaluate("(body) => getComputedStyle(body).backgroundColor") != light
    page.locator(".row").nth(4).click()
    expect(body).to_have_class("card card2 nightMode night_mode")
    expect(page.get_by_role("button", name="Night")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("n")
    expect(body).to_have_class("card card2")


def test_the_page_follows_the_dark_mode_of_the_reader(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "preview.html"
    file.write_text(page_of(issue(COURSES), SETTINGS, ()), encoding="utf-8")
    page = browser.new_page(color_scheme="dark")
    page.goto(file.as_uri())
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    page.close()


WIDE = card(
    "What is " + "a very long word: " + "Donaudampfschifffahrt" * 12 + "?",
    f"<pre><code>{'x = 1; ' * 60}</code></pre><table><tr>{'<td>a wide cell</td>' * 20}</tr></table>"
    rf"<p>\[{'x_1 + ' * 40} 0\]</p><img src='wide.svg'>",
    media=("wide.svg",),
    tags=("a" * 80,),
    source=Span(f"{'long/' * 30}name.md", 1),
)
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="9"><script>alert(1)</script></svg>'


def overflow(page: Page) -> list[int]:
    """How much wider than its window the page is, and the card than its frame."""
    code = "(root) => root.scrollWidth - root.clientWidth"
    return [page.locator("html").evaluate(code), page.frame_locator("#card").locator("html").evaluate(code)]


def test_nothing_is_wider_than_a_small_phone(show: Show, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    show([WIDE, *COURSES], Problem(Span("z" * 90, 1), "T101", "m" * 200), media={"wide.svg": DRAWING})
    expect(page.locator("#stage")).not_to_be_visible()
    assert overflow(page)[0] <= 0
    page.locator(".row").first.click()
    expect(page.locator("#list")).not_to_be_visible()
    assert overflow(page) == [0, 0]
    page.get_by_role("button", name="Show answer").click()
    assert overflow(page) == [0, 0]
    page.get_by_role("button", name="All cards").click()
    expect(page.locator("#list")).to_be_visible()
    page.get_by_role("button", name="1 finding").click()
    assert overflow(page)[0] <= 0


def test_the_phone_switch_shows_the_card_360_pixels_wide(show: Show, page: Page) -> None:
    show([WIDE])
    page.keyboard.press("p")
    assert page.frame_locator("#card").locator("html").evaluate("(root) => root.clientWidth") == 360
    expect(page.frame_locator("#card").locator("html")).to_have_class(re.compile("mobile"))
    page.keyboard.press("Space")
    assert overflow(page) == [0, 0]


def test_pictures_and_sounds_travel_with_the_page(show: Show, page: Page) -> None:
    front = card("Which? <img src='a.svg'> [sound:b.mp3] [sound:c.webm]", media=("a.svg", "b.mp3", "c.webm"))
    show([front, front], media={"a.svg": DRAWING, "b.mp3": b"ID3", "c.webm": b"film"})
    qa = page.frame_locator("#card").locator("#qa")
    assert qa.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 2000
    assert qa.locator("audio").get_attribute("src") == "data:audio/mpeg;base64,SUQz"
    assert qa.locator("video").get_attribute("src").startswith("data:video/webm;base64,")
    assert page.content().count("SUQz") == 1


def test_what_is_not_in_the_page_is_told_by_a_word(show: Show, page: Page) -> None:
    show([card("See <img src='https://example.org/x.png' alt='a map'> and <img src='gone.png'>")])
    expect_card(page, "a map: not in this page (https://example.org/x.png)", "img: not in this page (gone.png)")


def test_formulas_are_drawn_and_what_cannot_be_drawn_shows_its_source(show: Show, page: Page) -> None:
    show([card(r"Is \(\frac{a}{b} &lt; c\) or \[\sum_{i} x_i\] or \(\unknown{x}\) <code>\(no\)</code>?")])
    qa = page.frame_locator("#card").locator("#qa")
    assert qa.locator("mjx-container").count() == 2
    assert qa.locator("mjx-container[display=true] math").get_attribute("display") == "block"
    assert qa.locator("mfrac").bounding_box()["height"] > 15
    assert qa.locator("code").all_inner_texts() == [r"\(\unknown{x}\)", r"\(no\)"]


def test_formulas_with_clozes_are_drawn_on_both_sides(show: Show, page: Page) -> None:
    show([cloze(r"\(a = {{c1::b::which}} + {{c2::\frac{1}{2} }}\)")])
    for row, hidden in ((0, "which"), (1, "...")):
        page.locator(".row").nth(row).click()
        formula = page.frame_locator("#card").locator("mjx-container")
        assert f"[{hidden}]" in letters(formula.inner_text())
        page.keyboard.press("Space")
        assert f"[{hidden}]" not in letters(formula.inner_text())


def letters(text: str) -> str:
    """The text of a formula, whose letters are those of mathematics."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_every_formula_of_the_course_is_drawn() -> None:
    from mlopscards.preview.mathml import INLINE, _keys, mathml_of

    cards = collected(ROOT / "notes").cards
    keys = {key for one in cards for html in fields_of(one) if "\\" in html for key in _keys(html)}
    assert any(key.startswith(INLINE) for key in keys)
    assert [key for key in sorted(keys) if not mathml_of(key)] == []


@pytest.mark.parametrize("part", ["\\frac{", "\\sqrt", "\\left(", "{", "x^", "\\begin{cases}"])
def test_a_formula_of_any_depth_ends_no_process(part: str) -> None:
    from mlopscards.preview.mathml import mathml_of

    assert mathml_of("(" + part * 20_000) == ""


def test_paper_shows_both_sides_of_the_cards_that_the_list_shows(show: Show, page: Page) -> None:
    show(COURSES)
    page.get_by_role("button", name="Week 1 Overview").click()
    page.evaluate(
        """addEventListener("beforeprint", () => {
            const shown = [...document.getElementById("paper").shadowRoot.querySelectorAll("article")];
            window.printed = shown.map((card) => card.innerText);
        })"""
    )
    assert page.pdf().startswith(b"%PDF")
    first, second = page.evaluate("window.printed")
    for text in ("What is drift?", "A change of the data"):
        assert text in first
    assert "Müller" in second
    page.emulate_media(media="print")
    expect(page.locator("main")).not_to_be_visible()


# --- safe and fast ----------------------------------------------------------------------------------------------------

EVIL = (
    "<script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 2'>",
    "<img src='https://example.org/x.png' srcset='https://example.org/y.png 2x'>",
    "<a href='javascript:window.owned = 3'>here</a><a href=' java\nscript:parent.owned = 3'>there</a>",
    "<svg onload='window.owned = 4'><a xlink:href='javascript:parent.owned = 4'><text y='20'>svg</text></a></svg>",
    "<iframe srcdoc='<script>parent.owned = 5</script>'></iframe>",
    "<details open ontoggle='window.owned = 6'>x</details>",
    "</script><script>window.owned = 7</script><!--<script>",
    "<style>* { background: url(https://example.org/z.png) }</style>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'><base href='https://example.org/'>",
    "<link rel=stylesheet href='https://example.org/s.css'>",
    "<form action='https://example.org/'><button autofocus onfocus='window.owned = 8'>go</button></form>",
    "<math><mtext><img src=x onerror='window.owned = 9'></mtext></math>",
    "<object data='javascript:window.owned = 10'></object><embed src='https://example.org/'>",
    "<video src='https://example.org/v.mp4' poster='https://example.org/p.png' autoplay></video>",
    "<p data-missing=x data-link='javascript:window.owned = 11'>x</p>[sound:\"><img src=x onerror='window.owned=12'>]",
    r"\(\href{javascript:window.owned=13}{x} \text{<script>window.owned = 14</script>}\)",
    "<div style='position: fixed; inset: 0; z-index: 99'>cover</div>",
)


ARMED = """(body) => [...body.querySelectorAll("*")].filter((element) =>
    element.matches("script, iframe, object, embed, meta, base, link, form") ||
    [...element.attributes].some(({ name, value }) =>
        /^on|srcset|poster|formaction/.test(name) || (/(href|src)$/.test(name) && /script:/.test(value)))
).map((element) => element.outerHTML)"""


@pytest.mark.hostile
def test_nothing_in_a_note_can_run_or_load(show: Show, page: Page) -> None:
    cards = [
        card(
            f"Evil {text}",
            text,
            kind=text,
            tags=(text.replace(" ", "_"),),
            place=Place(1, 1, text),
            headings=(text,),
            extra=Field(text, text),
            reverse=Field(text, f"Evil too {text}"),
            references=(Link(text, "javascript:window.owned = 20"),),
            source=Span(f"{text}.md", 1),
        )
        for text in EVIL
    ]
    cards.append(cloze("".join(f"{{{{c1::{text}::{text}}}}}" for text in EVIL)))
    problems = [Problem(Span(f"{text}.md", 1), text, text) for text in EVIL]
    show(cards, *problems, media={"x": b"no picture"})
    for _ in range(len(EVIL) * 2 + 1):
        page.locator("#turn").click()
        assert page.frame_locator("#card").locator("body").evaluate(ARMED) == []
        page.keyboard.press("ArrowRight")
    page.get_by_role("searchbox").fill("script")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.keyboard.press("Escape")
    page.pdf()
    assert page.evaluate("window.owned") is None
    assert page.frame_locator("#card").locator("body").evaluate("() => window.owned ?? null") is None
    assert len(page.context.pages) == 1
    assert page.url.startswith("file:")
    assert page.locator("#turn").is_visible()


@pytest.mark.hostile
def test_the_policy_stops_what_the_filter_would_miss(show: Show, page: Page) -> None:
    """Scripts that stand in the page itself, as if no filter were there."""
    show(COURSES)
    refused: list[str] = page.evaluate(
        """async () => {
            const refused = [];
            addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
            const frame = document.getElementById("card").contentDocument;
            document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.owned = 1'>");
            frame.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror='parent.owned = 2'>");
            const script = document.createElement("script");
            script.textContent = "window.owned = 3";
            document.body.append(script);
            await fetch("https://example.org/").catch(() => 0);
            await new Promise((done) => setTimeout(done, 100));
            return refused;
        }"""
    )
    assert {"script-src-elem", "connect-src", "img-src"} <= set(refused)
    assert page.evaluate("window.owned ?? null") is None


def test_a_page_of_5000_cards_draws_only_what_is_seen(show: Show, page: Page) -> None:
    show([card(f"What is term {number}?", f"The answer {number} " * 20) for number in range(5000)])
    expect(page.locator("#total")).to_have_text("5,000 cards")
    elements = "document.querySelectorAll('*').length"
    few = page.evaluate(elements)
    assert few < 500
    page.locator("#list").press("End")
    expect_card(page, "What is term 4999?")
    expect(page.locator(".row[aria-selected=true]")).to_have_attribute("aria-posinset", "5000")
    page.get_by_role("searchbox").fill("term 321")
    expect(page.locator("#count")).to_have_text("15 of 5,000 cards")
    assert page.evaluate(elements) < few + 50


def test_the_content_of_a_page_is_small(tmp_path: Path) -> None:
    """What many cards share stands in the page once."""
    links = tuple(Link(f"Reference {number}", f"https://example.org/{number}") for number in range(40))
    cards = [card(f"What is term {number}?", references=links) for number in range(1000)]
    assert len(page_of(issue(cards), SETTINGS, ())) < 300_000


def test_the_page_is_the_same_each_time() -> None:
    assert page_of(issue(COURSES), SETTINGS, ()) == page_of(issue(COURSES), SETTINGS, ())


def test_the_content_holds_no_markup(tmp_path: Path) -> None:
    text = page_of(issue([card(text) for text in EVIL]), SETTINGS, ())
    content = re.search(r'<script type="application/json" id="content">(.*?)</script>', text, re.DOTALL)
    assert content
    assert "<" not in content[1]
    assert json.loads(content[1])["title"] == "MLOps"


def test_templates_ask_only_for_what_the_renderer_knows() -> None:
    known = {"Tags", "Deck", "Subdeck", "Type", "FrontSide"}
    for layout in LAYOUTS.values():
        for template in layout.templates:
            for tag in re.findall(r"\{\{[#^/]?\s*(.*?)\s*\}\}", template.front + template.back):
                *filters, field = tag.split(":")
                assert field in known | set(layout.fields)
                assert filters in ([], ["cloze"])


def colours(theme: str) -> dict[str, str]:
    style = (SCRIPTS / "page.css").read_text(encoding="utf-8")
    block = re.search(re.escape(theme) + r" \{(.*?)\}", style, re.DOTALL)
    assert block
    return dict(re.findall(r"--([\w-]+): (#\w{6});", block[1]))


def brightness(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [":root", ':root[data-theme="night"]'])
def test_every_text_of_the_page_can_be_read(theme: str) -> None:
    """WCAG AA: 4.5 to 1."""
    colour = colours(theme)
    pairs = [(text, ground) for text in ("text", "quiet") for ground in ("ground", "sheet", "raised", "chosen")]
    pairs += [(text, ground) for text in ("accent", "warning", "error") for ground in ("ground", "sheet", "raised")]
    pairs += [("warning", "chosen"), ("on-accent", "accent"), ("text", "hit")]
    assert {pair: found for pair in pairs if (found := contrast(colour[pair[0]], colour[pair[1]])) < 4.5} == {}
