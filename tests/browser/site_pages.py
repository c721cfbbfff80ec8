"""The pages of the site that anybody can open, on the demo's season: for tests of all of them, and for screenshots."""

from playwright.sync_api import Page, expect

from browser.running_demo import Theatre
from browser.steps import show_tonight

SHOW, VENUE, COMPANY_PAGE = "macbeth", "cantina", "chi-siamo"


def public_pages(theatre: Theatre, language: str) -> dict[str, str]:
    """Name to path below the language; what a guest can come to without a link of their own."""
    performance = show_tonight(theatre, language)
    return {
        "home": "",
        "season": "season",
        "season-by-show": "season?view=shows",
        "season-calendar": "season?view=calendar",
        "show": f"shows/{SHOW}",
        "venue": f"venues/{VENUE}",
        "page": f"pages/{COMPANY_PAGE}",
        "archive": "archive",
        "reserve": f"performances/{performance['id']}",
        "find-reservation": "find-reservation",
        "privacy": "privacy",
        "reservation-unknown": "reservation",
        "ticket": "t#" + "A" * 26,
        "not-found": "nothing-here",
    }


def open_page(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1).first).to_be_attached()
    expect(page.locator(".azione-static")).to_have_count(0)
    expect(page.locator("azione-agenda-list li:empty")).to_have_count(0)
    page.wait_for_load_state("networkidle")
