"""Staff at their browsers: signing in and out, and a form that was left open for too long."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from browser.running_demo import Demo
from browser.steps import show_tonight, sign_in, sign_in_to_admin
from browser.words import Words

SESSION = "/api/v1/staff/session/"
ADMIN_PAGES = ("", "programme/show/add/", "reservations/reservation/", "company/page/", "password_change/")
DOOR, ADMIN = ("/door/{}/sign-in", "#username", "#password"), ("/admin/", "#id_username", "#id_password")

in_italian = pytest.mark.parametrize("language", ["it"], indirect=True)
on_a_desk = pytest.mark.parametrize("width", ["desktop"], indirect=True)


def fill_in_a_page(page: Page) -> str:
    """A page of the company's, not saved yet; its heading."""
    title = f"Il cappello {uuid4().hex[:6]}"
    page.goto("/admin/company/page/add/")
    page.locator("#id_title_it").fill(title)
    page.locator("#id_body_it").fill("Gira all'uscita.")
    page.locator("#id_slug").fill(title.lower().replace(" ", "-"))
    page.locator("#id_in_menu").uncheck()
    return title


@in_italian
def test_signing_out_is_on_every_page_of_staff(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    manager, door, words = new_page(), new_page(), Words(language)
    sign_in_to_admin(manager, demo)
    for path in ADMIN_PAGES:
        manager.goto(f"/admin/{path}")
        expect(manager.locator("#logout-form button")).to_be_visible()
    manager.locator("#logout-form button").click()
    manager.goto("/admin/programme/show/add/")
    expect(manager.locator("#id_password")).to_be_visible()

    door.goto(f"/door/{language}/sign-in")
    sign_in(door, words, demo)
    performance = show_tonight(demo, language)["id"]
    leave = door.get_by_role("button", name=words("door.signOut.label"))
    for path in ("", f"performances/{performance}", f"performances/{performance}/ready"):
        door.goto(f"/door/{language}/{path}")
        expect(leave).to_be_visible()
    leave.click()
    expect(door.get_by_label(words("door.signIn.username"))).to_be_visible()
    assert door.request.get(SESSION).json()["username"] is None


@in_italian
@on_a_desk
@pytest.mark.parametrize(("address", "name_field", "password_field"), [DOOR, ADMIN], ids=["door", "admin"])
def test_password_field_hides_and_takes_what_is_pasted(
    demo: Demo,
    new_page: Callable[[], Page],
    language: str,
    width: str,
    address: str,
    name_field: str,
    password_field: str,
) -> None:
    page = new_page()
    page.goto(address.format(language))
    name, password = page.locator(name_field), page.locator(password_field)
    expect(password).to_have_attribute("type", "password")
    expect(password).to_have_attribute("autocomplete", "current-password")
    expect(name).to_have_attribute("autocomplete", "username")
    # Nothing of what a manager of passwords made is cut off.
    pasted = f"{demo.password} " * 8
    for text in (pasted, demo.password):
        name.fill(text)
        name.press("ControlOrMeta+a")
        name.press("ControlOrMeta+x")
        password.fill("")
        password.press("ControlOrMeta+v")
        expect(password).to_have_value(text)
    name.fill("manager")
    password.press("Enter")
    expect(password).to_have_count(0)
    assert page.request.get(SESSION).json()["username"] == "manager"


@in_italian
@on_a_desk
def test_form_that_outlived_its_session_loses_nothing(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    page = new_page()
    sign_in_to_admin(page, demo)
    title, save, notice = fill_in_a_page(page), page.locator("[name=_save]"), page.locator("#signed-out")
    expect(notice).not_to_be_visible()
    page.context.clear_cookies(name="sessionid")

    save.click()
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("Quello che hai scritto è ancora qui")
    expect(notice.get_by_role("link")).to_be_focused()
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    sign_in_to_admin(opened.value, demo)
    opened.value.close()

    expect(page.locator("#id_title_it")).to_have_value(title)
    save.click()
    expect(page.locator(".messagelist .success")).to_contain_text(title)


@in_italian
@on_a_desk
def test_without_the_script_the_form_would_be_lost(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    """The control, and what docs/access.md says of it."""
    page = new_page()
    page.route(re.compile("still-in"), lambda route: route.abort())
    sign_in_to_admin(page, demo)
    fill_in_a_page(page)
    page.context.clear_cookies(name="sessionid")

    page.locator("[name=_save]").click()
    expect(page).to_have_url(re.compile("/admin/login/"))


@in_italian
@on_a_desk
def test_whoever_types_is_not_idle(demo: Demo, new_page: Callable[[], Page], language: str, width: str) -> None:
    page = new_page()
    page.clock.install()
    sign_in_to_admin(page, demo)
    fill_in_a_page(page)
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url))
    page.clock.fast_forward(50_000)
    page.locator("#id_body_it").press_sequentially("No.")
    assert told == []
    page.clock.fast_forward(20_000)
    with page.expect_response(lambda answer: answer.url.endswith(SESSION)) as answered:
        page.locator("#id_body_it").press_sequentially("Sì.")
    assert answered.value.json()["username"] == "manager"
    assert [one for one in told if one.endswith(SESSION)] == [answered.value.url]
