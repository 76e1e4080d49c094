"""How the cards look: the colours in the style sheet, and the cards of `fixtures/looks` in a real browser.

What they look like is for eyes to judge. What can be told without eyes stands here: nothing is wider than its window,
nothing is too pale, the night is ours, pictures can be enlarged, and a learner's own style is left alone.
"""

# anki.collection has to come before every other part of anki.
from anki.collection import Collection  # isort: skip

import re
import shutil
import time
from collections.abc import Iterator
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from test_apkg import ALWAYS, CARDS, issue, take, write

from mlopscards import notetypes
from mlopscards.fields import SEPARATOR
from mlopscards.pipeline import build

FIXTURE = Path(__file__).parent / "fixtures" / "looks"
TEMPLATES = [template for layout in notetypes.LAYOUTS.values() for template in layout.templates]

# --- versions --------------------------------------------------------------------------------------------------------

VERSIONS = (
    (1_763_683_200, "ba5c2af22f9f43fa"),
    (1_795_253_735, "d19789d488cfb69e"),
)
"""When the look of the cards changed, and the digest of what it was then. Never touch a row that was released: add one,
with the time that `MODIFIED` has now."""


def test_the_look_of_the_cards_changes_with_its_time() -> None:
    """Without a newer `MODIFIED` no learner gets the change; with one and no change, all lose their own for nothing."""
    names = sorted(f"{template.file}.{side}.html" for template in TEMPLATES for side in ("front", "back"))
    whole = SEPARATOR.join([*map(notetypes.read_template, names), notetypes.style()])
    digest = blake2b(whole.encode(), digest_size=8).hexdigest()
    assert (notetypes.MODIFIED, digest) == VERSIONS[-1]


def test_each_look_is_new_and_none_is_of_the_future() -> None:
    assert all(old < new for (old, _), (new, _) in pairwise(VERSIONS))
    assert len({digest for _, digest in VERSIONS}) == len(VERSIONS)
    assert time.time() >= notetypes.MODIFIED


OWN_STYLE = ".card { font-family: serif; }"


# Who updates note types "Always" asks for ours, and gets it.
@pytest.mark.parametrize("options", [{}, {"update_notes": ALWAYS}, {"merge_notetypes": True}], ids=repr)
def test_the_style_of_a_learner_survives_new_decks(
    collection: Collection, tmp_path: Path, options: dict[str, Any]
) -> None:
    take(collection, write(tmp_path / "a.apkg", issue(*CARDS[:3])))
    for layout in notetypes.LAYOUTS.values():
        model = collection.models.get(layout.id)
        model["css"] = OWN_STYLE
        collection.models.update_dict(model)
    assert take(collection, write(tmp_path / "b.apkg", issue(*CARDS)), **options) == {"new": 2}
    assert {collection.models.get(layout.id)["css"] for layout in notetypes.LAYOUTS.values()} == {OWN_STYLE}


def test_a_newer_look_reaches_those_who_have_the_older_one(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notetypes, "MODIFIED", VERSIONS[0][0])
    monkeypatch.setattr(notetypes, "style", lambda: OWN_STYLE)
    take(collection, write(tmp_path / "a.apkg", issue(*CARDS)))
    monkeypatch.undo()
    take(collection, write(tmp_path / "b.apkg", issue(*CARDS)))
    assert {collection.models.get(layout.id)["css"] for layout in notetypes.LAYOUTS.values()} == {notetypes.style()}


# --- colours ---------------------------------------------------------------------------------------------------------


def uncommented(style: str) -> str:
    return re.sub(r"(?s)/\*.*?\*/", "", style)


def colours(*, night: bool) -> dict[str, str]:
    """The colours of the style sheet by name."""
    found: dict[str, str] = {}
    for selector, body in re.findall(r"([^{}]*)\{([^{}]*)\}", uncommented(notetypes.style())):
        if night or "night" not in selector:
            found |= dict(re.findall(r"--([\w-]+): (#\w{6});", body))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXTS = sorted({*re.findall(r"[{;]\s*color: var\(--([\w-]+)\)", notetypes.style())})


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("text", TEXTS)
def test_every_text_can_be_read_on_its_ground(text: str, night: bool) -> None:
    """WCAG AA asks for 4.5 to 1."""
    named = colours(night=night)
    assert min(contrast(named[text], named[ground]) for ground in ("ground", "panel")) >= 4.5


def test_colours_have_names_and_all_of_them_a_night() -> None:
    assert {"text", "quiet", "accent"} <= {*TEXTS}
    without_names = re.sub(r"--[\w-]+: #\w{6};", "", uncommented(notetypes.style()))
    assert not re.findall(r"#[0-9a-f]{3,8}\b|rgb|hsl", without_names)
    day, night = colours(night=False), colours(night=True)
    assert [name for name in day if day[name] == night[name]] == []


# --- cards in a browser ----------------------------------------------------------------------------------------------

ANKI = """
    html { font-size: 15px; } body { margin: 20px; } hr { background-color: #737373; margin: 1em 0; height: 1px; }
    body.nightMode { background-color: #2c2c2c; color: #fcfcfc; } img { max-width: 100%; max-height: 95vh; }
"""
"""What Anki lays under every card, as far as it competes with ours."""
DESKTOP, PHONE = {"width": 900, "height": 700}, {"width": 360, "height": 640}
WINDOWS = [DESKTOP, PHONE, {"width": 320, "height": 480}]
NIGHT = " nightMode night_mode"


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The answer side of every card of the fixture as a page, by the beginning of its question."""
    folder = tmp_path_factory.mktemp("looks")
    notes = Path(shutil.copytree(FIXTURE, folder / "notes"))
    build(notes, folder / "decks", 1_700_000_000)
    collection = Collection(str(folder / "collection.anki2"))
    take(collection, folder / "decks" / "everything.apkg")
    pages = {}
    for number in collection.find_cards(""):
        card = collection.get_card(number)
        # The question stands on the answer's side too.
        body = f'<body class="card card1"><div id="qa">{card.answer()}</div></body>'
        pages[f"{card.note().fields[0]} {card.ord}"] = page = folder / "collection.media" / f"{number}.html"
        page.write_text(f'<!doctype html><meta charset="utf-8"><style>{ANKI}</style>{body}', "utf-8")
    collection.close()
    return pages


def one(sides: dict[str, Path], part: str) -> str:
    return next(path.as_uri() for name, path in sides.items() if part in name)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP, has_touch=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert [url for url in asked if not url.startswith("file:")] == []


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: str(window["width"]))
def test_no_card_is_wider_than_its_window_and_no_picture_is_missing(
    sides: dict[str, Path], page: Page, window: Any
) -> None:
    assert len(sides) > 15
    page.set_viewport_size(window)
    wide = {}
    for name, path in sides.items():
        page.goto(path.as_uri())
        wide[name] = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert page.evaluate("[...document.images].every(image => image.naturalWidth)"), name
    assert {name: more for name, more in wide.items() if more > 0} == {}


PALE = """() => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const ground = e => { const [r, g, b, a = 1] = numbers(getComputedStyle(e).backgroundColor);
        return a || !e.parentElement ? [r, g, b] : ground(e.parentElement); };
    const light = rgb => { const [r, g, b] = rgb.slice(0, 3).map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b; };
    const pale = [], texts = document.createTreeWalker(document.getElementById("qa"), NodeFilter.SHOW_TEXT);
    for (let t = texts.nextNode(); t; t = texts.nextNode()) {
        const e = t.parentElement; if (!t.data.trim() || e.tagName == "STYLE") continue;
        const [low, high] = [light(numbers(getComputedStyle(e).color)), light(ground(e))].sort((a, b) => a - b);
        if ((high + 0.05) / (low + 0.05) < 4.5) pale.push(t.data);
    }
    return pale;
}"""


@pytest.mark.parametrize("night", ["", NIGHT], ids=["day", "night"])
def test_no_text_is_too_pale_where_it_stands(sides: dict[str, Path], page: Page, night: str) -> None:
    for path in sides.values():
        page.goto(path.as_uri())
        page.evaluate("night => { document.body.className += night }", night)
        assert page.evaluate(PALE) == []


@pytest.mark.parametrize("classes", ["nightMode", "night_mode"])
def test_the_night_is_ours_and_not_that_of_anki(sides: dict[str, Path], page: Page, classes: str) -> None:
    page.goto(one(sides, "rate limiting"))
    page.evaluate("name => { document.body.className += ' ' + name }", classes)
    style = page.evaluate("(({color, backgroundColor: ground}) => [color, ground])(getComputedStyle(document.body))")
    night = colours(night=True)
    assert style == [
        f"rgb({', '.join(str(int(night[n][i : i + 2], 16)) for i in (1, 3, 5))})" for n in ("text", "ground")
    ]


def box_of(page: Page, selector: str) -> dict[str, float]:
    box = page.locator(selector).first.bounding_box()
    assert box
    return dict(box)


def test_the_question_is_the_largest_and_what_is_not_asked_the_smallest(sides: dict[str, Path], page: Page) -> None:
    page.goto(one(sides, "rate limiting"))
    size = "name => parseFloat(getComputedStyle(document.querySelector(name)).fontSize)"
    sizes = [page.evaluate(size, name) for name in (".question", ".answer", ".extra", ".context")]
    assert sizes == sorted(sizes, reverse=True)
    assert len({*sizes}) == 4
    tops = [box_of(page, name)["y"] for name in (".context", ".question", "#answer", ".answer", ".extra", ".origin")]
    assert tops == sorted(tops)


def test_source_and_links_are_folded(sides: dict[str, Path], page: Page) -> None:
    page.goto(one(sides, "fold"))
    assert not page.locator(".source").is_visible()
    page.locator("summary", has_text="Source and links").tap()
    assert page.locator(".source").is_visible()
    assert page.locator(".origin a").count() == 2


@pytest.mark.parametrize(("window", "times"), [(DESKTOP, 1.2), (PHONE, 2)], ids=["desktop", "phone"])
def test_a_tap_enlarges_a_picture_and_the_next_one_puts_it_back(
    sides: dict[str, Path], page: Page, window: Any, times: float
) -> None:
    page.set_viewport_size(window)
    page.goto(one(sides, "shows drift"))
    small = box_of(page, "img")
    page.locator("img").tap()
    assert box_of(page, "img")["width"] >= times * small["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.touchscreen.tap(small["x"] + 9, small["y"] + small["height"] - 9)
    assert box_of(page, "img") == small


def test_a_picture_without_a_ground_gets_a_light_one_at_night(sides: dict[str, Path], page: Page) -> None:
    page.goto(one(sides, "black drawing"))
    page.evaluate("night => { document.body.className += night }", NIGHT)
    ground = page.evaluate("getComputedStyle(document.images[0]).backgroundColor")
    assert min(map(int, re.findall(r"\d+", ground))) > 200


def test_lists_and_columns_keep_the_edge_that_their_script_begins_at(sides: dict[str, Path], page: Page) -> None:
    page.goto(one(sides, "סוגי סחיפה"))
    align = "[...document.querySelectorAll('li')].map(item => getComputedStyle(item).textAlign)"
    assert {*page.evaluate(align)} == {"right"}
    page.goto(one(sides, "monitoring"))
    assert {*page.evaluate(align)} == {"left"}
