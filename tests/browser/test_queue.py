"""Thirty parties before one phone’s camera: in the middle the network goes, the page is loaded anew, it comes back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserType, expect

from browser.camera.videos import launch_flags, nobody, scene, write_film
from browser.parties import Party, call_json, confirmed_parties
from browser.people import WIDTHS
from browser.phones import WORDS, Phone, admissions, admitted_by_reference, conflicts
from browser.running_demo import Demo
from lab.waiting import wait_for

SIZES = [1, 2, 2, 3, 1, 2, 4, 1, 2, 1] * 3
HELD_UP, BETWEEN = 1.2, 0.4  # seconds
LIGHTS = ("clean", "blurred", "tilted", "dim", "inverted")
LONGEST = 180


@pytest.fixture
def performance(demo: Demo) -> int:
    """Tonight's roomiest."""
    rows = [row for row in call_json(f"{demo.url}/api/v1/performances/") if row["booking"]["state"] == "open"]
    tonight = [row for row in rows if row["starts_at"][:10] == rows[0]["starts_at"][:10]]
    return int(max(tonight, key=lambda row: row["seats"]["left"])["id"])


@pytest.fixture
def queue(demo: Demo, performance: int) -> list[Party]:
    return confirmed_parties(demo, performance, SIZES)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_film(tmp_path / "queue.mjpeg", [(nobody(), 1)])


def let_them_queue(film: Path, queue: list[Party]) -> None:
    """Everybody's code in turn, some out of focus, askew, in the dark or inverted; then from the beginning."""
    scenes = []
    for index, party in enumerate(queue):
        scenes += [(scene(party.code, LIGHTS[index % len(LIGHTS)]), HELD_UP), (nobody(), BETWEEN)]
    write_film(film, scenes)


@pytest.fixture
def phone(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], demo: Demo, performance: int, film: Path
) -> Iterator[Phone]:
    """A phone whose camera sees the queue."""
    flags = [*browser_type_launch_args["args"], *launch_flags(film)]
    browser = browser_type.launch(**browser_type_launch_args | {"args": flags})
    context = browser.new_context(viewport=WIDTHS["phone"], locale="it-IT", base_url=demo.url)
    context.set_default_timeout(15_000)
    yield Phone(page=context.new_page(), demo=demo, name="Marta, porta sinistra", performance_id=performance)
    browser.close()


def test_thirty_parties_come_in_once_each_whatever_the_network_does(
    demo: Demo, queue: list[Party], phone: Phone, film: Path
) -> None:
    everybody = sum(SIZES)
    already = sum(admitted_by_reference(demo, phone.performance_id).values())
    phone.pair()
    phone.wait_until_it_opens_without_a_network()
    phone.page.get_by_role("switch", name=WORDS("door.allAtOnce.label")).check()
    # The camera of the page that is loaded now sees them.
    let_them_queue(film, queue)
    phone.page.reload()

    def let_in(seats: int) -> None:
        """Lets the camera work until so many of the queue are in; who is held up again is told so and goes on."""

        def look() -> bool | None:
            if phone.answer.get_attribute("data-tone") == "stop":
                phone.page.keyboard.press("Escape")
            shown = phone.page.locator("azione-live-counts .admitted strong").inner_text()
            return int(shown) - already >= seats or None

        wait_for(f"{seats} seats in", look, LONGEST)

    let_in(sum(SIZES[:8]))
    phone.lose_network()
    let_in(sum(SIZES[:14]))
    expect(phone.strip).to_contain_text(WORDS("door.status.offline"))
    phone.page.reload()
    let_in(sum(SIZES[:22]))
    phone.find_network()
    let_in(everybody)
    phone.expect_waiting(0)

    ours = {party.reference: party.seats for party in queue}
    assert admitted_by_reference(demo, phone.performance_id).items() >= ours.items()
    recorded = [reference for reference, _, _ in admissions(demo, phone.performance_id) if reference in ours]
    assert sorted(recorded) == sorted(ours)
    assert not [row for row in conflicts(demo, phone.performance_id) if row[0] in ours]

    # Every device counts the same people.
    phone.expect_admitted(already + everybody)
    with phone.page.context.browser.new_context(viewport=WIDTHS["phone"], locale="it-IT", base_url=demo.url) as context:
        other = Phone(context.new_page(), demo, "Ugo, porta destra", phone.performance_id)
        other.pair()
        other.expect_admitted(already + everybody)
