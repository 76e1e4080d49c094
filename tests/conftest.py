"""What several test files share: the real Anki, a real browser, and what no page of ours may do in it."""

# anki.collection has to come before every other part of anki.
from anki.collection import Collection  # isort: skip

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Dialog, Page, Request, sync_playwright

# A busy machine is no fault of the code; in CI the same examples come every time.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser, of the kind that Anki itself is."""
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
def collection(tmp_path: Path) -> Iterator[Collection]:
    """An empty collection of the real Anki."""
    (tmp_path / "anki").mkdir()
    opened = Collection(str(tmp_path / "anki" / "collection.anki2"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[Page]:
    """One window for all tests: to open it takes longer than most of them."""
    context = browser.new_context()
    context.set_default_timeout(5000)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(window: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty page that may say nothing to the console, and ask no other host for anything."""
    window.set_viewport_size({"width": 1280, "height": 800})
    window.emulate_media(media="screen", color_scheme="light")
    window.goto("about:blank")
    with watched(window) as said:
        yield window
        window.goto("about:blank")
    for other in window.context.pages[1:]:
        other.close()
    if request.node.get_closest_marker("hostile"):
        said = [text for text in said if not REFUSED.search(text)]
    assert said == []


REFUSED = re.compile("Content Security Policy|^Blocked script execution|^refused ")
"""What the browser says when it did not let something run or load."""


@contextmanager
def watched(page: Page) -> Iterator[list[str]]:
    """Write down what *page* says on its console, and whom it asks for anything."""
    said: list[str] = []

    def asked(request: Request) -> None:
        if is_foreign(request.url):
            said.append(f"asks for {request.url}")

    def failed(request: Request) -> None:
        if request.failure == "csp" and is_foreign(request.url):
            said.remove(f"asks for {request.url}")
            said.append(f"refused {request.url}")

    def answered(dialog: Dialog) -> None:
        said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    listeners = {
        "console": lambda message: said.append(message.text),
        "pageerror": lambda error: said.append(str(error)),
        "dialog": answered,
        "request": asked,
        "requestfailed": failed,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield said
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


def is_foreign(url: str) -> bool:
    return not re.match(r"file:|data:|about:|http://127\.0\.0\.1:", url)
