"""A double click, a reload, Back and a lost answer never make two reservations."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from browser.running_demo import Demo
from browser.steps import fill_form, show_tonight
from browser.words import Words

pytestmark = pytest.mark.parametrize("width", ["phone"], indirect=True)


@pytest.fixture
def form(demo: Demo, new_page: Callable[[], Page], language: str) -> tuple[Page, str]:
    """A filled-in form and the address in it."""
    page, email = new_page(), f"zanzottera-{uuid4().hex[:8]}@example.org"
    performance = show_tonight(demo, language)
    page.goto(f"/{language}/performances/{performance['id']}")
    fill_form(page, Words(language), name="Ersilia Zanzottera", email=email, seats=2)
    return page, email


def expect_sent(page: Page, words: Words) -> None:
    expect(page.get_by_role("heading", level=1, name=words("site.sent.heading"))).to_be_visible()


def test_double_click_reserves_once(demo: Demo, form: tuple[Page, str], language: str, width: str) -> None:
    (page, email), words = form, Words(language)
    page.get_by_role("button", name=words("site.form.submit", 2)).dblclick()
    expect_sent(page, words)
    demo.mails.wait_for(email)
    assert len(demo.mails.to(email)) == 1


def test_answer_lost_on_the_way_is_asked_for_again(
    demo: Demo, form: tuple[Page, str], language: str, width: str
) -> None:
    """The server got it, the guest did not hear: trying again brings the same reservation."""
    (page, email), words = form, Words(language)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/reservations/", lose_the_answer)
    page.get_by_role("button", name=words("site.form.submit", 2)).click()
    expect(page.get_by_role("alert")).to_be_visible()
    demo.mails.wait_for(email)
    page.unroute("**/reservations/")
    page.reload()
    expect(page.get_by_label(words("site.form.name"))).to_have_value("Ersilia Zanzottera")
    retry = page.locator("azione-form-problem").get_by_role("button").first
    (retry if retry.is_visible() else page.get_by_role("button", name=words("site.form.submit", 2))).click()
    expect_sent(page, words)
    assert len(demo.mails.to(email)) == 1


def test_back_and_reload_after_success_reserve_nothing_more(
    demo: Demo, form: tuple[Page, str], language: str, width: str
) -> None:
    (page, email), words = form, Words(language)
    page.get_by_role("button", name=words("site.form.submit", 2)).click()
    expect_sent(page, words)
    page.reload()
    expect_sent(page, words)
    page.go_back()
    page.go_forward()
    expect_sent(page, words)
    assert len(demo.mails.to(email)) == 1
