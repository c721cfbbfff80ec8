"""The door as an installed app: starts without a network, takes a new version when asked, breaks no policy."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.door_server import DoorServer
from browser.running_demo import Demo
from browser.steps import show_tonight, sign_in
from browser.violations import Violations
from browser.words import Words
from lab.waiting import wait_for

INSTALL_SECONDS = 60
MISSING = """async (paths) => {
  const kept = await Promise.all(paths.map((path) => caches.match(path, { ignoreVary: true })));
  return paths.filter((_, index) => !kept[index]);
}"""
SCOPES = """async () => (await navigator.serviceWorker.getRegistrations())
  .filter((one) => one.active?.state === 'activated')
  .map((one) => new URL(one.scope).pathname).sort()"""


@pytest.fixture
def width() -> str:
    return "phone"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DoorServer]:
    server = DoorServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def phone(context: BrowserContext, server: DoorServer, language: str) -> Page:
    """A phone that has opened the door once and has everything in it."""
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "language", "value": language, "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}/door/{language}/")
    install(page, server)
    return page


def install(page: Page, server: DoorServer) -> None:
    """Waits for every file of both languages: a worker that calls its state normal may still be fetching."""
    wait_for("installed app", lambda: not page.evaluate(MISSING, server.prefetched()) or None, INSTALL_SECONDS)
    expected = ["/door/", "/door/en/", "/door/it/"]
    wait_for("worker", lambda: page.evaluate(SCOPES) == expected or None, INSTALL_SECONDS)


def expect_app(page: Page, words: Words) -> None:
    expect(page.locator("html")).to_have_attribute("lang", words.language)
    expect(page.get_by_role("link", name=words("door.shell.home"), exact=True)).to_be_visible()
    expect(page.get_by_role("heading").first).to_be_visible()


def test_door_opens_without_a_network(phone: Page, server: DoorServer, language: str) -> None:
    words = Words(language)
    server.stop()
    phone.context.set_offline(True)

    phone.reload()
    expect_app(phone, words)
    for path in ("performances/1", "sign-in", "nothing-here"):
        phone.goto(f"{server.url}/door/{language}/{path}")
        expect_app(phone, words)
    other = "en" if language == "it" else "it"
    phone.locator(f"a[hreflang={other}]").click()
    expect_app(phone, Words(other))


@pytest.mark.parametrize("path", ["", "pair#ABCDE-FGHJK", "t#" + "A" * 26])
def test_address_without_a_language_opens_without_a_network(
    phone: Page, server: DoorServer, language: str, path: str
) -> None:
    server.stop()
    phone.context.set_offline(True)
    told: list[str] = []
    phone.on("framenavigated", lambda frame: told.append(frame.url))

    phone.goto(f"{server.url}/door/{path}")

    expect_app(phone, Words(language))
    assert told[0] == f"{server.url}/door/{language}/{path}"


def test_without_its_worker_the_door_needs_the_network(browser: Browser, server: DoorServer) -> None:
    """The control: what the tests above see comes from the worker, not from the browser's own cache."""
    with browser.new_context(service_workers="block") as context:
        page = context.new_page()
        page.goto(f"{server.url}/door/it/")
        expect_app(page, Words("it"))
        server.stop()

        with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
            page.reload()


def test_new_version_waits_to_be_asked_for(phone: Page, server: DoorServer, language: str) -> None:
    words = Words(language)
    phone.reload()
    phone.evaluate("window.sameVisit = true")
    server.publish(language, mark="second")

    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    update = phone.get_by_role("button", name=words("door.update.take"))
    expect(update).to_be_visible(timeout=20_000)
    assert phone.evaluate("window.sameVisit") is True
    update.click()
    expect(phone.locator('meta[name="version"]')).to_have_attribute("content", "second")
    expect_app(phone, words)


def test_app_that_lost_its_files_says_so(phone: Page, server: DoorServer, language: str) -> None:
    """A browser short of room clears a file, and the server has a newer version by now."""
    phone.reload()
    lost = phone.evaluate(
        """async () => {
          const loaded = new Set(performance.getEntriesByType('resource').map((entry) => entry.name));
          const lost = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              if (request.url.includes('/chunk-') && !loaded.has(request.url)) {
                await cache.delete(request);
                lost.push(new URL(request.url).pathname);
              }
            }
          }
          return lost;
        }"""
    )
    assert lost
    for path in lost:
        (server.dist / "door" / "browser" / path.removeprefix("/door/")).unlink(missing_ok=True)
    phone.context.new_cdp_session(phone).send("Network.clearBrowserCache")

    phone.evaluate("history.pushState({}, '', 'nothing-here'); dispatchEvent(new PopStateEvent('popstate'))")

    expect(phone.get_by_role("button", name=Words(language)("door.update.reload"))).to_be_visible(timeout=20_000)


def test_manifest_is_of_the_language(phone: Page, server: DoorServer, language: str) -> None:
    link = phone.locator('link[rel="manifest"]').get_attribute("href")
    manifest = phone.request.get(f"{server.url}/door/{language}/{link}").json()

    assert (manifest["lang"], manifest["start_url"], manifest["scope"]) == (language, f"/door/{language}/", "/door/")
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert phone.request.get(f"{server.url}/door/{language}/{icon['src']}").ok
    errors = phone.context.new_cdp_session(phone).send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A window without a profile of its own installs nothing; that is all Chromium may find.
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


def test_no_page_breaks_the_policy(demo: Demo, new_page: Callable[[], Page], language: str) -> None:
    """Which `new_page` looks at in the end; here are the pages that other tests do not come by."""
    page, words = new_page(), Words(language)
    page.goto(f"/door/{language}/sign-in")
    sign_in(page, words, demo)
    performance = show_tonight(demo, language)["id"]
    paths = ["", "pair", "t#" + "A" * 26, "nothing-here", f"performances/{performance}"]
    for path in [*paths, f"performances/{performance}/exchange", f"performances/{performance}/ready"]:
        page.goto(f"/door/{language}/{path}")
        expect(page.get_by_role("heading").first).to_be_visible()
        page.wait_for_load_state("networkidle")

    # Angular still asks for its styles where the policy lets them through.
    assert page.evaluate("document.adoptedStyleSheets.length") > 0
    assert page.evaluate("[...document.querySelectorAll('style')].map((one) => one.textContent).join('')") == ""


@pytest.mark.parametrize(
    ("breach", "directive"),
    [
        (
            "document.head.append(Object.assign(document.createElement('style'), {textContent: 'b {}'}))",
            "style-src-elem",
        ),
        ("document.body.setAttribute('style', 'color: red')", "style-src-attr"),
        (
            "document.body.append(Object.assign(document.createElement('img'), {src: 'https://example.org/'}))",
            "img-src",
        ),
        ("try { document.body.innerHTML = '<b>' } catch {}", "require-trusted-types-for"),
        ("navigator.serviceWorker.register('/door/it/main.js').catch(() => null)", "require-trusted-types-for"),
    ],
)
def test_breach_of_the_policy_is_seen(context: BrowserContext, server: DoorServer, breach: str, directive: str) -> None:
    """The control: the collector of the test above misses nothing."""
    violations = Violations(context)
    page = context.new_page()
    page.goto(f"{server.url}/door/it/")
    expect_app(page, Words("it"))
    assert violations.found == []

    page.evaluate(f"() => {{ {breach} }}")

    # Playwright hands over what a page told it while it is asked for something.
    wait_for("violation", lambda: page.evaluate("true") and violations.found or None, 30)
    assert [found.partition(":")[0] for found in violations.found] == [directive]
