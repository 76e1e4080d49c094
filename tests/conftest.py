"""The browser of the tests, and what no page of ours may do in it."""

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


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


REFUSED = re.compile("Content Security Policy|^Blocked script execution")


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that may say nothing to the console, and ask no other host for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    context.set_default_timeout(5000)
    opened = context.new_page()
    said: list[str] = []
    refused: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    context.on("requestfailed", lambda asked: refused.append(asked.url) if asked.failure == "csp" else None)
    context.on("request", lambda asked: said.append(asked.url) if is_foreign(asked.url) else None)
    yield opened
    context.close()
    if request.node.get_closest_marker("hostile"):
        # The browser tells there what it did not let run.
        said = [text for text in said if not REFUSED.search(text) and text not in refused]
    assert said == []


def is_foreign(url: str) -> bool:
    return not re.match(r"file:|data:|about:|http://127\.0\.0\.1:", url)
