"""Chromium, and the people at its pages; `theatre`, a fixture of whoever imports these, says where they are."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.running_demo import Theatre
from browser.violations import Violations

# A busy machine takes longer than Playwright's five seconds; where all goes well nobody waits it out.
expect.set_options(timeout=30_000)
WIDTHS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
REFUSED = ("Failed to load resource", "Failed to fetch dynamically imported module")


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """Prints what went wrong in its pages; pytest shows that of a test that failed."""
    context.on("requestfailed", lambda request: print("request failed:", request.url, request.failure))
    context.on("weberror", lambda error: print("error in a page:", error.error))
    context.on("console", lambda message: print(f"{message.type} in a page:", message.text))
    return context


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; Playwright's own download is not needed."""
    executable = os.environ.get("CHROME_BIN") or shutil.which("chromium")
    flags = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    return browser_type_launch_args | {"executable_path": executable, "args": flags}


@pytest.fixture(params=["it", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=list(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def new_page(browser: Browser, theatre: Theatre, language: str, width: str) -> Iterator[Callable[[], Page]]:
    """Makes pages of one more person each: a guest and a volunteer do not share cookies.

    A page that logs an error, throws, or tries what its policy forbids fails the test.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []
    violations: list[Violations] = []

    def make() -> Page:
        context = browser.new_context(
            viewport=WIDTHS[width], locale={"it": "it-IT", "en": "en-GB"}[language], base_url=theatre.url
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        violations.append(Violations(context))
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert [found for one in violations for found in one.found] == []
    # A refused request is told in the console too; what the page made of it is what the tests look at.
    assert not [problem for problem in problems if not any(told in problem for told in REFUSED)]
