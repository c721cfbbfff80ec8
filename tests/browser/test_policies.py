"""The site and the admin under their policies; on the pages of every other test, `new_page` watches too."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.running_demo import Demo
from browser.site_pages import open_page
from browser.steps import show_tonight, sign_in_to_admin
from browser.violations import Violations
from lab.waiting import wait_for

ADMIN_PAGES = [
    *("", "programme/show/", "programme/show/add/", "programme/performance/", "programme/performance/add/"),
    *("programme/venue/", "reservations/reservation/", "password_change/"),
    *("checkin/conflict/", "checkin/scan/", "reservations/outboundemail/"),
]


@pytest.fixture
def width() -> str:
    return "desktop"


def test_each_page_has_a_nonce_of_its_own(demo: Demo, page: Page) -> None:
    seen = set()
    for _ in range(3):
        answer = page.request.get(f"{demo.url}/it/")
        policy = answer.headers["content-security-policy"]
        nonce = re.search(r"style-src 'self' 'nonce-([0-9a-f]{32})'", policy)
        assert nonce, policy
        assert f'ngcspnonce="{nonce[1]}"' in answer.text()
        assert "__CSP_NONCE__" not in answer.text()
        assert "unsafe" not in policy
        seen.add(nonce[1])
    assert len(seen) == 3


def test_styles_of_the_site_carry_the_nonce(demo: Demo, new_page: Callable[[], Page], language: str) -> None:
    page = new_page()
    open_page(page, f"/{language}/")

    styles = "[...document.querySelectorAll('style')].map((style) => [style.nonce.length, style.sheet.cssRules.length])"
    found = page.evaluate(styles)
    assert found
    assert all(nonce == 32 for nonce, _ in found)
    assert sum(rules for _, rules in found) > 20  # they are applied


@pytest.mark.parametrize(
    ("breach", "directive"),
    [
        (
            "document.head.append(Object.assign(document.createElement('style'), {textContent: 'b {}'}))",
            "style-src-elem",
        ),
        ("document.body.setAttribute('style', 'color: red')", "style-src-attr"),
        ("try { document.body.innerHTML = '<b>' } catch {}", "require-trusted-types-for"),
        (
            "document.body.append(Object.assign(document.createElement('img'), {src: 'https://example.org/'}))",
            "img-src",
        ),
    ],
)
def test_breach_of_the_sites_policy_is_seen(context: BrowserContext, demo: Demo, breach: str, directive: str) -> None:
    """The control: there is a policy, and the collector sees what it forbids."""
    violations = Violations(context)
    page = context.new_page()
    page.goto(f"{demo.url}/it/")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    assert violations.found == []

    page.evaluate(f"() => {{ {breach} }}")

    wait_for("violation", lambda: page.evaluate("true") and violations.found or None, 30)
    assert directive in {found.partition(":")[0] for found in violations.found}


def test_admin_works_under_its_policy(demo: Demo, new_page: Callable[[], Page]) -> None:
    page = new_page()
    sign_in_to_admin(page, demo)
    policy = page.request.get("/admin/").headers["content-security-policy"]
    assert "unsafe" not in policy
    for path in ADMIN_PAGES:
        answer = page.goto(f"/admin/{path}")
        assert answer
        assert answer.status == 200, path
        page.wait_for_load_state("networkidle")
    performance = show_tonight(demo, "it")["id"]
    page.goto(f"/admin/programme/performance/{performance}/door/")
    page.locator("form.pair-form input[type=submit]").click()
    expect(page.locator(".pairing-qr svg")).to_be_visible()
    page.goto(f"/admin/programme/performance/{performance}/change/")
    # The calendar is drawn by a script of the admin's.
    page.locator(".datetimeshortcuts a").nth(1).click()
    expect(page.locator(".calendarbox").first).to_be_visible()
