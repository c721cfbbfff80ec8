"""The public site for everyone: small screens, large letters, fingers, no JavaScript, a slow line, other sites."""

import gzip
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Route, expect

from browser.running_demo import Demo
from browser.site_pages import SHOW, open_page, public_pages
from browser.steps import show_tonight, sign_in_to_admin
from browser.words import Words

on_a_phone = pytest.mark.parametrize("width", ["phone"], indirect=True)
in_italian = pytest.mark.parametrize("language", ["it"], indirect=True)
MOST_BYTES = 200_000

# What is cut off, or runs out of its box; what only screen readers get is meant to be.
LOST = """() => {
  const lost = document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['the page'] : [];
  for (const element of document.querySelectorAll('main *, header *, footer *')) {
    const style = getComputedStyle(element);
    if (element.closest('.azione-hidden, dialog:not([open])') || style.clipPath.startsWith('inset')) continue;
    const box = element.getBoundingClientRect();
    if (box.width && box.right > document.documentElement.clientWidth + 1) lost.push(element.outerHTML.slice(0, 120));
    const cuts = style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
    if (cuts && element.textContent.trim()) lost.push('cut: ' + element.outerHTML.slice(0, 120));
  }
  return lost;
}"""
# Links within a text are excepted (WCAG 2.2, 2.5.8), and so is what Material lays over its own larger target.
SMALL = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary, [role=button]')]
  .filter((element) => element.offsetParent && !element.closest('.azione-hidden, .azione-skip-link, .azione-prose, p'))
  .filter((element) => getComputedStyle(element).display !== 'inline')
  .map((element) => [element, (element.closest('mat-form-field, mat-checkbox') ?? element).getBoundingClientRect()])
  .filter(([element, box]) => box.width && (box.height < 43.5 || box.width < 43.5))
  .map(([element, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${element.outerHTML.slice(0, 120)}`)
"""


@on_a_phone
def test_narrow_screens_and_large_letters_lose_nothing(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    page = new_page()
    settings = page.context.new_cdp_session(page)
    for pixels, letters in ((320, 16), (390, 24), (1280, 32)):
        page.set_viewport_size({"width": pixels, "height": 800})
        settings.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
        for name, path in public_pages(demo, language).items():
            open_page(page, f"/{language}/{path}")
            assert page.evaluate(LOST) == [], f"{name}, {pixels} px wide, letters of {letters} px"


def test_targets_are_large_enough_for_a_finger(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    page = new_page()
    for name, path in public_pages(demo, language).items():
        open_page(page, f"/{language}/{path}")
        assert page.evaluate(SMALL) == [], name


@pytest.fixture
def without_scripts(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, base_url=demo.url, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("it", "Per prenotare qui serve JavaScript"), ("en", "To reserve here your browser needs")],
)
def test_without_javascript_the_show_is_there_and_the_box_office(
    demo: Demo, without_scripts: Page, language: str, sentence: str
) -> None:
    page = without_scripts
    page.goto(f"/{language}/shows/{SHOW}")
    expect(page.get_by_role("heading", level=1, name="Macbeth")).to_be_visible()
    expect(page.get_by_role("img")).to_be_visible()
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_text("Lungarno della Filanda 14")).to_be_visible()
    page.get_by_role("link", name=re.compile("La Cantina|:|[0-9]")).first.click()
    expect(page).to_have_url(re.compile(r"/performances/\d+$"))


@on_a_phone
@in_italian
@pytest.mark.parametrize("missing", ["all of them", "those of this page"])
def test_when_the_scripts_do_not_load_the_page_says_whom_to_ask(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str, missing: str
) -> None:
    """What the server wrote stays, also where the application has begun and the code for this page does not come."""
    page, path = new_page(), f"/it/shows/{SHOW}"
    in_page = "" if missing == "all of them" else page.request.get(path).text()
    page.route("**/*.js", lambda route: route.continue_() if name_of(route) in in_page else route.abort())
    page.goto(path)
    expect(page.get_by_role("heading", level=1, name="Macbeth")).to_be_visible()
    expect(page.get_by_text("Ricarica la pagina, oppure rivolgiti alla biglietteria")).to_be_visible()
    expect(page.get_by_text("biglietteria@azionelab.example")).to_be_visible()


def name_of(route: Route) -> str:
    return route.request.url.rpartition("/")[2]


def slow_down(page: Page) -> CDPSession:
    """A bad mobile line: 400 kbit/s, 400 ms."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    line = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    session.send("Network.emulateNetworkConditions", line)
    return session


@in_italian
@pytest.mark.parametrize("path", ["", "season", f"shows/{SHOW}", "venues/cantina", "pages/chi-siamo"])
def test_nothing_jumps_on_a_slow_line(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str, path: str
) -> None:
    page = new_page()
    page.add_init_script(
        "window.jumped = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())"
        " if (!entry.hadRecentInput) window.jumped += entry.value }).observe({type: 'layout-shift', buffered: true})"
    )
    slow_down(page)
    open_page(page, f"/it/{path}")
    assert page.evaluate("window.jumped") < 0.02


@on_a_phone
@in_italian
def test_first_visit_to_the_season_is_light_and_asks_nobody_else(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    page, sizes, hosts, asked = new_page(), {}, set(), []

    def note(response) -> None:
        address = urlsplit(response.url)
        hosts.add(address.netloc)
        if address.path.endswith((".js", ".css")):
            sizes[address.path] = len(gzip.compress(response.body()))
        if "/api/" in address.path:
            asked.append(address.path)

    page.on("response", note)
    open_page(page, "/it/season")
    assert sum(sizes.values()) < MOST_BYTES, sizes
    assert hosts == {urlsplit(demo.url).netloc}
    assert asked == []  # what the page begins with came with it


@on_a_phone
def test_choices_of_the_season_stand_in_the_address(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    page, words = new_page(), Words(language)
    open_page(page, f"/{language}/season")
    everything = page.locator("azione-performance-row").count()
    page.get_by_role("navigation", name=words("site.season.venue")).get_by_role("link", name="La Cantina").click()
    expect(page).to_have_url(re.compile(r"venue=cantina"))
    assert 0 < page.locator("azione-performance-row").count() < everything
    expect(page.get_by_role("status").filter(has_text=words.pattern("site.season.count"))).to_be_attached()
    page.get_by_role("link", name=words("site.season.calendar"), exact=True).click()
    expect(page.get_by_role("table").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name=words("site.season.calendar"), exact=True)).to_have_attribute(
        "aria-current", "true"
    )
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/performances/\d+$"))
    # What a phone's "share" sends on, and what a search engine files the page under.
    here = urlsplit(page.url).path
    expect(page.locator("link[rel=canonical]")).to_have_attribute("href", f"{demo.url}{here}")
    for other, path in (("en", f"/en{here[3:]}"), ("it", f"/it{here[3:]}"), ("x-default", here[3:])):
        expect(page.locator(f"link[hreflang={other}]")).to_have_attribute("href", f"{demo.url}{path}")
    page.go_back()
    expect(page).to_have_url(re.compile("view=calendar"))


@on_a_phone
def test_language_is_the_browsers_then_the_guests(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    page = new_page()
    other = {"it": "en", "en": "it"}[language]
    page.goto("/season")
    expect(page).to_have_url(re.compile(f"/{language}/season$"))
    page.locator(f'a[hreflang="{other}"]').click()
    expect(page).to_have_url(re.compile(f"/{other}/season$"))
    expect(page.locator("html")).to_have_attribute("lang", other)
    page.goto("/season")
    expect(page).to_have_url(re.compile(f"/{other}/season$"))


@in_italian
def test_gallery_opens_goes_round_and_gives_the_focus_back(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    page, words = new_page(), Words(language)
    open_page(page, f"/it/shows/{SHOW}")
    first = page.locator("azione-gallery li button").first
    first.press("Enter")
    dialog = page.get_by_role("dialog", name=words("shared.gallery.label"))
    expect(dialog.get_by_role("img", name=re.compile("Macbeth tiene alta la corona"))).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name=re.compile("candela"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(first).to_be_focused()


@on_a_phone
@in_italian
def test_menu_opens_behind_its_button_and_closes_with_escape(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    page, words = new_page(), Words(language)
    open_page(page, "/it/")
    toggle = page.get_by_role("button", name=words("site.shell.menu"))
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.click()
    menu = page.get_by_role("navigation", name=words("site.shell.site"))
    expect(menu.get_by_role("link")).to_have_count(5)
    page.keyboard.press("Escape")
    expect(menu).not_to_be_visible()
    expect(toggle).to_be_focused()
    toggle.click()
    menu.get_by_role("link", name="Chi siamo").click()
    expect(page.get_by_role("heading", level=1, name="Chi siamo")).to_be_focused()
    expect(menu).not_to_be_visible()


@in_italian
@pytest.mark.parametrize("width", ["desktop"], indirect=True)
def test_manager_writes_a_page_looks_at_the_draft_and_publishes_it(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    manager, guest = new_page(), new_page()
    slug = f"pagina-{uuid4().hex[:6]}"
    sign_in_to_admin(manager, demo)
    manager.goto("/admin/company/page/add/")
    manager.locator("#id_title_it").fill("Il cappello")
    manager.locator("#id_body_it").fill("Gira **all'uscita**.")
    manager.locator("#id_slug").fill(slug)
    manager.locator("#id_in_menu").uncheck()
    manager.locator("[name=_continue]").click()
    link = manager.locator(f'a[href*="/it/pages/{slug}#preview="]').get_attribute("href")
    assert link

    guest.goto(f"/it/pages/{slug}")
    expect(guest.get_by_role("heading", level=1, name="Non possiamo mostrare questa pagina")).to_be_visible()
    guest.goto("about:blank")
    guest.goto(link)
    expect(guest.get_by_role("heading", level=1, name="Il cappello")).to_be_visible()
    expect(guest.get_by_text("È una bozza")).to_be_visible()

    manager.locator("#id_status").select_option("published")
    manager.locator("[name=_save]").click()
    expect(manager.locator(".messagelist .success")).to_contain_text("Il cappello")
    guest.goto(f"/it/pages/{slug}")
    expect(guest.get_by_text("all'uscita")).to_be_visible()
    expect(guest.get_by_text("È una bozza")).to_have_count(0)


@in_italian
@pytest.mark.parametrize("width", ["desktop"], indirect=True)
def test_click_on_a_picture_sets_what_must_be_seen(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    manager = new_page()
    sign_in_to_admin(manager, demo)
    manager.goto("/admin/programme/show/")
    manager.get_by_role("link", name="Macbeth").click()
    preview = manager.locator(".picture-preview").first
    preview.scroll_into_view_if_needed()
    box = preview.bounding_box()
    assert box
    manager.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75)
    expect(manager.locator("#id_poster_focus_x")).to_have_value(re.compile("2[456]"))
    expect(manager.locator("#id_poster_focus_y")).to_have_value(re.compile("7[456]"))


@on_a_phone
def test_without_the_api_the_bare_page_says_so(
    demo: Demo, new_page: Callable[[], Page], language: str, width: str
) -> None:
    """As nginx serves it where the backend is away: the page of the build, with nothing in it."""
    page = new_page()

    def bare(route: Route) -> None:
        text = route.fetch().text()
        route.fulfill(body=re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.DOTALL))

    page.route(re.compile(f"/{language}/season$"), bare)
    page.route("**/api/v1/**", lambda route: route.fulfill(status=503, body=""))
    page.goto(f"/{language}/season")
    expect(page.locator("azione-problem-panel").first).to_be_visible()
    assert show_tonight(demo, language)
