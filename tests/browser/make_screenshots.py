"""Every page of the site as people see it, for `make screenshots`: on a phone and a desk, in both languages and themes.

They go into build/screenshots/, one a page; the two that README shows go where it shows them.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from browser.running_demo import ROOT, Demo
from browser.site_pages import open_page, public_pages
from browser.steps import fill_form, link_in, show_tonight
from browser.words import Words

FOLDER = ROOT / "build" / "screenshots"
IN_README = {
    "home-desktop-en-light": ROOT / "docs" / "images" / "home.webp",
    "show-phone-it-dark": ROOT / "docs" / "images" / "show-on-a-phone.webp",
}
SCHEMES = ("light", "dark")
SHOW_EVERYTHING = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
    scrollTo(0, y);
    await frame();
  }
  scrollTo(0, 0);
  // A picture that never came into view (another one of a gallery, say) is not waited for.
  const seen = [...document.images].filter((image) => image.currentSrc && image.offsetParent);
  const loaded = Promise.all(seen.map((image) => image.decode().catch(() => {})));
  await Promise.race([loaded, new Promise((done) => setTimeout(done, 5000))]);
}"""


@pytest.fixture(scope="session", autouse=True)
def folder() -> Iterator[Path]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    yield FOLDER
    print(f"\n{len(list(FOLDER.glob('*.png')))} screenshots are in {FOLDER.relative_to(ROOT)}/.")


def look(page: Page, name: str, width: str, language: str) -> None:
    """The whole page in both themes, with its pictures, which load as they come into view."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(SHOW_EVERYTHING)
        path = FOLDER / f"{name}-{width}-{language}-{scheme}.png"
        page.screenshot(path=path, full_page=True)
        if path.stem in IN_README:
            show_in_readme(path, IN_README[path.stem])


def show_in_readme(path: Path, target: Path) -> None:
    """The first screen or so: a page has many, and a README little room."""
    with Image.open(path) as image:
        height = min(image.height, image.width * (2 if image.width < 800 else 1))
        image.convert("RGB").crop((0, 0, image.width, height)).save(target, "WEBP", quality=82, method=6)


def test_pages_that_anybody_can_open(demo: Demo, new_page: Callable[[], Page], language: str, width: str) -> None:
    page = new_page()
    for name, path in public_pages(demo, language).items():
        open_page(page, f"/{language}/{path}")
        look(page, name, width, language)


def test_pages_of_a_reservation(demo: Demo, new_page: Callable[[], Page], language: str, width: str) -> None:
    page, words = new_page(), Words(language)
    email = f"foto-{uuid4().hex[:8]}@example.org"
    open_page(page, f"/{language}/performances/{show_tonight(demo, language)['id']}")
    page.get_by_role("button", name=words("site.form.submit", 1)).click()
    look(page, "reserve-problems", width, language)
    fill_form(page, words, name="Ersilia Zanzottera", email=email, seats=2)
    look(page, "reserve-filled-in", width, language)
    page.get_by_role("button", name=words("site.form.submit", 2)).click()
    expect(page.get_by_role("heading", level=1, name=words("site.sent.heading"))).to_be_visible()
    look(page, "sent", width, language)
    mail = demo.mails.wait_for(email, {"it": "Conferma la prenotazione", "en": "Please confirm"}[language])
    page.goto(link_in(mail.get_body(("plain",)).get_content()))
    expect(page.get_by_role("heading", level=1, name=words("site.confirm.heading"))).to_be_visible()
    look(page, "confirm", width, language)
    page.get_by_role("button", name=words("site.confirm.button"), exact=True).click()
    expect(page.locator(".ticket img")).to_be_visible()
    look(page, "reservation", width, language)


@pytest.mark.parametrize("width", ["phone"], indirect=True)
def test_frame_for_other_sites(demo: Demo, new_page: Callable[[], Page], language: str, width: str) -> None:
    page = new_page()
    page.goto(f"/{language}/embed/performances/{show_tonight(demo, language)['id']}")
    look(page, "embed", width, language)


@pytest.mark.parametrize("width", ["phone"], indirect=True)
def test_before_the_scripts_are_there(demo: Demo, new_page: Callable[[], Page], language: str, width: str) -> None:
    page = new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"/{language}/shows/macbeth")
    expect(page.locator(".azione-no-script")).to_be_visible()
    look(page, "without-scripts", width, language)
