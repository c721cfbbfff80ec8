"""What guests and volunteers do on the pages, step by step."""

import re
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from browser.running_demo import Theatre
from browser.words import Words


def show_tonight(theatre: Theatre, language: str) -> dict[str, Any]:
    """What a guest would pick: the performance that starts next and has room."""
    rows = theatre.get_json(f"/api/v1/performances/?language={language}")
    return next(row for row in rows if row["booking"]["state"] == "open" and row["seats"]["left"] >= 12)


def choose(page: Page, words: Words, performance: dict[str, object]) -> None:
    """From the home page by way of the show to the form."""
    title = str(performance["show"]["title"])
    page.goto("/")
    expect(page).to_have_url(re.compile(f"/{words.language}/$"))
    expect(page.locator("html")).to_have_attribute("lang", words.language)
    # The page that the server wrote has other links: the application's are meant.
    expect(page.locator(".azione-static")).to_have_count(0)
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    page.locator(f'a[href$="/performances/{performance["id"]}"]').first.click()
    expect(page).to_have_url(re.compile(rf"/performances/{performance['id']}$"))


def fill_form(page: Page, words: Words, *, name: str, email: str, seats: int) -> None:
    for _ in range(seats - 1):
        page.get_by_role("button", name=words("shared.seats.more")).click()
    page.get_by_label(words("site.form.name")).fill(name)
    page.get_by_label(words("site.form.email"), exact=False).first.fill(email)
    page.get_by_role("checkbox").check()


def link_in(text: str) -> str:
    found = re.search(r"https?://\S+/reservation#[A-Z2-7]{26}", text)
    assert found, text
    return found[0]


def decode_from_screenshot(page: Page, path: Path) -> str:
    page.locator(".ticket img").screenshot(path=path)
    return zxingcpp.read_barcodes(Image.open(path))[0].text


def sign_in(page: Page, words: Words, theatre: Theatre) -> None:
    """From the sign-in page to tonight's performances."""
    page.get_by_label(words("door.signIn.username")).fill("door")
    page.get_by_label("Password", exact=True).fill(theatre.password)
    page.get_by_role("button", name=words("door.signIn.submit")).click()
    page.wait_for_url(re.compile(f"/door/{words.language}/?$"))


def sign_in_to_admin(page: Page, theatre: Theatre) -> None:
    page.goto("/admin/")
    page.locator("#id_username").fill("manager")
    page.locator("#id_password").fill(theatre.password)
    page.locator("#id_password").press("Enter")
    expect(page.locator("#user-tools")).to_be_visible()


def sign_in_at_the_door(page: Page, words: Words, theatre: Theatre, title: str) -> None:
    """To the scan box of tonight's performance of a show."""
    page.goto("/door/")
    sign_in(page, words, theatre)
    # The page that the server wrote has other links: the application's are meant.
    expect(page.locator(".azione-static")).to_have_count(0)
    page.get_by_role("link", name=title).first.click()
    page.get_by_label(words("door.device.label")).fill("Marta, porta sinistra")
    page.get_by_role("button", name=words("door.entry.submit")).click()


def scan(page: Page, words: Words, code: str, seats: int | None) -> None:
    """As a keyboard-wedge scanner does: types and presses Enter."""
    if seats is not None:
        radio = page.get_by_role("radio", name=str(seats), exact=True)
        if not radio.is_visible():
            page.get_by_text(words("door.seats.before")).click()
        radio.check()
    box = page.get_by_label(words("door.scan.label"))
    box.fill(code)
    box.press("Enter")
