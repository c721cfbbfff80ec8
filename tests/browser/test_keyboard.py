"""A reservation from the home page to the ticket with the keyboard alone, and where the focus is on the way."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from browser.running_demo import Demo
from browser.site_pages import open_page
from browser.steps import link_in, show_tonight
from browser.words import Words

MOST_TABS = 120
# Name and role as a screen reader says them come from the accessibility tree; this is what has the focus now.
FOCUSED = """() => {
  const element = document.activeElement;
  const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.innerText ?? '';
  return `${element.tagName.toLowerCase()} ${element.type ?? ''} ${label}`.replaceAll('\\n', ' ').trim();
}"""


def tab_to(page: Page, wanted: str | re.Pattern[str]) -> str:
    """Presses Tab until what has the focus is called so, and can be seen to have it."""
    pattern = re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted
    passed = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        passed.append(focused)
        if pattern.search(focused):
            ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            inside = page.evaluate(
                "document.activeElement.matches('input') || !!document.activeElement.closest('button')"
            )
            assert ring != "none" or inside, focused
            return focused
    pytest.fail(f"no Tab leads to {pattern.pattern}: {passed}")


@pytest.mark.parametrize("width", ["desktop"], indirect=True)
def test_reservation_with_the_keyboard_alone(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    page, words = new_page(), Words(language)
    email = f"tastiera-{uuid4().hex[:8]}@example.org"
    performance = show_tonight(demo, language)
    title = str(performance["show"]["title"])
    open_page(page, f"/{language}/")

    page.keyboard.press("Tab")
    assert words("site.shell.skip") in page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    tab_to(page, re.compile(f"^a .*{re.escape(title)}"))
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1, name=title)
    expect(heading).to_be_focused()
    tab_to(page, re.compile(words.pattern("shared.dates.reserveLabel").pattern))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/performances/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    # What is missing is said, and the focus goes to where it is missing.
    tab_to(page, words("shared.seats.more"))
    page.keyboard.press("Space")
    tab_to(page, words("site.form.submit", 2))
    page.keyboard.press("Enter")
    name = page.get_by_label(words("site.form.name"))
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description(words("shared.field.blank"))

    page.keyboard.type("Ersilia Zanzottera")
    tab_to(page, words("site.form.email"))
    page.keyboard.type(email)
    tab_to(page, re.compile("checkbox"))
    page.keyboard.press("Space")
    tab_to(page, words("site.form.submit", 2))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=words("site.sent.heading"))).to_be_focused()

    mail = demo.mails.wait_for(email, {"it": "Conferma la prenotazione", "en": "Please confirm"}[language])
    page.goto(link_in(mail.get_body(("plain",)).get_content()))
    expect(page.get_by_role("heading", level=1, name=words("site.confirm.heading"))).to_be_visible()
    tab_to(page, re.compile(f"^button .*{re.escape(words('site.confirm.button'))}$"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=words("site.ticket.heading"))).to_be_focused()
    expect(page.locator(".ticket img")).to_be_visible()


@pytest.mark.parametrize("width", ["desktop"], indirect=True)
def test_screen_reader_gets_names_roles_and_news(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    """What the tree of accessibility holds for the form, and what is announced without being asked for."""
    page, words = new_page(), Words(language)
    performance = show_tonight(demo, language)
    open_page(page, f"/{language}/performances/{performance['id']}")
    for label in ("site.form.name", "site.form.email"):
        expect(page.get_by_role("textbox", name=words(label), exact=False).first).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_accessible_name(re.compile("."))
    for landmark in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    assert page.get_by_role("heading", level=1).count() == 1
    open_page(page, f"/{language}/shows/{performance['show']['slug']}")
    assert page.locator("azione-booking-state[aria-live=polite]").count() > 0
