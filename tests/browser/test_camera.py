"""The door's camera in a real browser: films of real tickets, held up in every way that guests hold them up."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from browser.camera.videos import VARIANTS, launch_flags, nobody, scene, write_film
from browser.parties import confirmed_parties
from browser.people import WIDTHS
from browser.running_demo import Demo
from browser.steps import show_tonight, sign_in_at_the_door
from browser.words import Words

SHOWN, BETWEEN = 2, 2  # seconds; a success stays for one and a half
WORDS = Words("it")
ALLOWED = "--use-fake-ui-for-media-stream"

Open = Callable[..., Page]


@pytest.fixture
def open_door(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], demo: Demo) -> Iterator[Open]:
    """A phone of its own for each film, for the film is a flag of the launch."""
    browsers: list[Browser] = []

    def open_page(film: Path, *, is_allowed: bool = True) -> Page:
        flags = [flag for flag in launch_flags(film) if is_allowed or flag != ALLOWED]
        launch = browser_type_launch_args | {"args": [*browser_type_launch_args["args"], *flags]}
        browsers.append(browser_type.launch(**launch))
        # Without the worker, whose cache would have the decoder where a test takes it away.
        context = browsers[-1].new_context(
            viewport=WIDTHS["phone"], locale="it-IT", base_url=demo.url, service_workers="block"
        )
        return context.new_page()

    yield open_page
    for browser in browsers:
        browser.close()


@pytest.fixture
def tonight(demo: Demo) -> int:
    return int(show_tonight(demo, "it")["id"])


@pytest.fixture
def a_poster(tmp_path: Path) -> Path:
    """Somebody else's QR code, held up for ever."""
    return write_film(tmp_path / "poster.mjpeg", [(scene("https://example.org/menu"), 1)])


def go_to_the_door(page: Page, demo: Demo) -> None:
    sign_in_at_the_door(page, WORDS, demo, str(show_tonight(demo, "it")["show"]["title"]))


def test_camera_reads_codes_however_they_are_held_up(demo: Demo, open_door: Open, tonight: int, tmp_path: Path) -> None:
    parties = dict(zip(VARIANTS, confirmed_parties(demo, tonight, [1] * len(VARIANTS)), strict=True))
    scenes = [(nobody(), BETWEEN)]
    for variant, party in parties.items():
        scenes += [(scene(party.code, variant), SHOWN), (nobody(), BETWEEN)]
    door = open_door(write_film(tmp_path / "queue.mjpeg", scenes))
    go_to_the_door(door, demo)
    for variant, party in parties.items():
        expect(door.locator("azione-scan-log"), variant).to_contain_text(party.reference, timeout=60_000)


def test_camera_that_is_not_allowed_says_so_and_starts_once_it_is(demo: Demo, open_door: Open, a_poster: Path) -> None:
    door = open_door(a_poster, is_allowed=False)
    go_to_the_door(door, demo)
    denied, foreign = door.get_by_text(WORDS("door.camera.denied.title")), WORDS("door.answer.foreign.title")
    expect(denied).to_be_visible()

    door.context.grant_permissions(["camera"])
    expect(door.get_by_text(foreign).first).to_be_visible()

    door.context.clear_permissions()
    expect(denied).to_be_attached()


def test_decoder_that_does_not_load_says_so_and_loads_at_a_touch(demo: Demo, open_door: Open, a_poster: Path) -> None:
    door = open_door(a_poster)
    door.route("**/*.wasm", lambda route: route.abort())
    go_to_the_door(door, demo)
    expect(door.get_by_text(WORDS("door.camera.decoder.title"))).to_be_visible()
    # The rest of the door works on.
    expect(door.get_by_label(WORDS("door.scan.label"))).to_be_enabled()

    door.unroute("**/*.wasm")
    # At once, for the page may have tried again by itself and taken the button away.
    door.evaluate(
        "name => [...document.querySelectorAll('azione-camera button')].find(b => b.innerText.includes(name))?.click()",
        WORDS("door.camera.retry"),
    )
    expect(door.get_by_text(WORDS("door.answer.foreign.title")).first).to_be_visible()


def test_camera_that_is_taken_away_comes_back_by_itself(demo: Demo, open_door: Open, tmp_path: Path) -> None:
    door = open_door(write_film(tmp_path / "nobody.mjpeg", [(nobody(), 1)]))
    go_to_the_door(door, demo)
    aim = door.get_by_text(WORDS("door.camera.aim"))
    expect(aim).to_be_visible()

    stopped = door.locator("video").evaluate_handle("video => video.srcObject")
    stopped.evaluate("stream => stream.getTracks().forEach(track => track.stop())")
    door.wait_for_function(
        "stopped => document.querySelector('video').srcObject?.active && !stopped.active", arg=stopped
    )
    expect(aim).to_be_visible()
