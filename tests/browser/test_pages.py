"""Every page, in both languages, on a phone and a desk: it shows, it fits, and axe finds nothing."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser.running_demo import Demo
from browser.site_pages import open_page, public_pages
from browser.steps import show_tonight, sign_in, sign_in_to_admin
from browser.words import Words

ADMIN_LISTS = [
    *("programme/performance", "programme/show", "programme/venue", "company/page"),
    *("reservations/reservation", "reservations/outboundemail"),
    *("checkin/conflict", "checkin/scan", "checkin/checkin"),
]


def check(page: Page, path: str) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{path} is {overflow} px wider than the screen"
    broken = page.evaluate(
        "[...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src)"
    )
    assert broken == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages(demo: Demo, new_page: Callable[[], Page], language: str, width: str, scheme: str) -> None:
    page = new_page()
    page.emulate_media(color_scheme=scheme)
    for name, path in public_pages(demo, language).items():
        open_page(page, f"/{language}/{path}")
        check(page, name)


def test_door_pages(demo: Demo, new_page: Callable[[], Page], language: str, width: str) -> None:
    page, words = new_page(), Words(language)
    open_page(page, "/door/")
    check(page, "sign-in")
    open_page(page, "/door/pair#ABCDE-FGHJK")
    check(page, "pair")
    open_page(page, "/door/")
    sign_in(page, words, demo)
    page.wait_for_load_state("networkidle")
    check(page, "tonight")
    page.get_by_role("link", name=str(show_tonight(demo, language)["show"]["title"])).first.click()
    expect(page.get_by_label(words("door.device.label"))).to_be_visible()
    check(page, "entry")
    page.get_by_label(words("door.device.label")).fill("Marta")
    page.get_by_role("button", name=words("door.entry.submit")).click()
    expect(page.get_by_label(words("door.scan.label"))).to_be_visible()
    check(page, "scan")
    page.get_by_role("button", name=words("door.status.open")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page, "status")
    page.keyboard.press("Escape")
    page.get_by_label(words("door.scan.label")).fill("ABCDEF")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name=words("door.answer.unknown.title"))).to_be_visible()
    check(page, "answer")


def test_admin_lists_fit(demo: Demo, new_page: Callable[[], Page], language: str, width: str) -> None:
    """Nothing of a row is off the screen: neither the page nor a table in it is scrolled sideways."""
    page = new_page()
    sign_in_to_admin(page, demo)
    for path in ADMIN_LISTS:
        page.goto(f"/admin/{path}/")
        expect(page.locator("#changelist")).to_be_visible()
        wide = page.evaluate(
            "[document.documentElement, ...document.querySelectorAll('.results')]"
            ".filter(one => one.scrollWidth > one.clientWidth).map(one => one.className || one.tagName)"
        )
        assert wide == [], path
    page.goto("/admin/programme/performance/")
    label = page.locator("#result_list tbody td.field-bookable").first
    content = label.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert (content != "none") == (width == "phone")
