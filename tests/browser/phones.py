"""Volunteers' phones at a door: paired by a code of `azione door pair`, with and without a network."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from playwright.sync_api import Page, expect

from browser.parties import Party, call
from browser.running_demo import Demo
from browser.words import Words
from lab.waiting import wait_for

WORDS = Words("it")
# Every file that the worker keeps is there: only then does the app open without a network.
_EVERYTHING_IS_KEPT = """async () => {
  const manifest = await (await fetch('ngsw.json')).json();
  const wanted = manifest.assetGroups.flatMap((group) => group.urls);
  const kept = new Set();
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) kept.add(new URL(request.url).pathname);
  }
  return wanted.every((url) => kept.has(url));
}"""


@dataclass
class Phone:
    """One volunteer's phone, in Italian, 390 pixels wide."""

    page: Page
    demo: Demo
    name: str
    performance_id: int

    def pair(self, *options: str) -> None:
        """Opens the link of a fresh pairing code and waits until the phone could work alone."""
        answer = self.demo.azione("door", "pair", str(self.performance_id), *options, "--json")
        assert answer.returncode == 0, answer.stderr
        self.page.goto(json.loads(answer.stdout.splitlines()[0])["url"])
        self.page.locator("azione-name-field input").fill(self.name)
        self.page.get_by_role("button", name=WORDS("door.pair.submit")).click()
        expect(self.box).to_be_visible()
        expect(self.strip).to_contain_text("lista delle")

    def wait_until_it_opens_without_a_network(self) -> None:
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
        wait_for("worker with every file", lambda: self.page.evaluate(_EVERYTHING_IS_KEPT) or None, 60)

    @property
    def box(self) -> Any:
        return self.page.get_by_label(WORDS("door.scan.label"))

    @property
    def strip(self) -> Any:
        return self.page.locator("azione-status-strip")

    @property
    def answer(self) -> Any:
        return self.page.locator("azione-answer")

    def lose_network(self) -> None:
        self.page.context.set_offline(True)

    def find_network(self) -> None:
        self.page.context.set_offline(False)

    def scan(self, code: str) -> None:
        """As a keyboard-wedge scanner does."""
        self.box.fill(code)
        self.box.press("Enter")

    def admit(self, party: Party) -> None:
        """The whole party, by as many taps as the page asks for."""
        self.scan(party.code)
        if party.seats > 1:
            self.page.locator("azione-party-question .all").click()
        expect(self.answer).to_have_attribute("data-tone", "go")
        self.page.keyboard.press("Escape")
        expect(self.answer).not_to_have_attribute("data-tone", re.compile("."))

    def dismiss(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.answer).not_to_have_attribute("data-tone", re.compile("."))

    def expect_waiting(self, scans: int) -> None:
        if scans:
            expect(self.strip.locator(".waiting")).to_have_text(WORDS("door.status.waiting", scans))
        else:
            expect(self.strip.locator(".waiting")).to_have_count(0, timeout=30_000)

    def expect_admitted(self, seats: int) -> None:
        """What this phone's own count says."""
        expect(self.page.locator("azione-live-counts .admitted strong")).to_have_text(str(seats), timeout=30_000)

    def open_exchange(self, step: str) -> None:
        """By the strip, as a volunteer would; `step` is `show` or `read`."""
        self.strip.get_by_role("button").click()
        self.page.get_by_role("link", name=WORDS("door.exchange.heading")).click()
        expect(self.page.get_by_role("heading", level=1, name=WORDS("door.exchange.heading"))).to_be_visible()
        self.page.locator(".steps button").nth(0 if step == "show" else 1).click()

    def close_exchange(self) -> None:
        self.page.get_by_role("link", name=WORDS("door.exchange.back")).click()
        expect(self.box).to_be_visible()

    def read_exchange_text(self, text: str) -> None:
        """The way without a camera: the code's text."""
        field = self.page.get_by_label(WORDS("door.exchange.typed.label"))
        if not field.is_visible():
            self.page.get_by_text(WORDS("door.exchange.typed.summary")).click()
        field.fill(text)
        self.page.get_by_role("button", name=WORDS("door.exchange.typed.send"), exact=True).click()


def list_over_the_network(demo: Demo, performance_id: int) -> str:
    """The door list as the server sends it to a phone, letter by letter."""
    made = json.loads(demo.azione("door", "pair", str(performance_id), "--json").stdout.splitlines()[0])
    api = f"{demo.url}/api/v1/door"
    body = {"code": made["code"], "name": "Ada", "claim": str(uuid4())}
    token = json.loads(call(f"{api}/pairings/", body=body))["token"]
    address = f"{api}/performances/{performance_id}/list/"
    return call(address, method="GET", Authorization=f"Door {token}").decode()


@contextmanager
def database(demo: Demo) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """The demo's own database, to see what was really written."""
    settings = json.loads((demo.directory / "demo.json").read_text())["env"]
    with psycopg.connect(settings["DATABASE_URL"]) as connection:
        yield connection


def admitted_by_reference(demo: Demo, performance_id: int) -> dict[str, int]:
    """Seats that count as admitted, by reference."""
    return dict(
        _rows(
            demo,
            "SELECT r.reference, sum(c.seats)::int FROM checkin_checkin c"
            " JOIN reservations_reservation r ON r.id = c.reservation_id"
            " WHERE r.performance_id = %s GROUP BY r.reference",
            performance_id,
        )
    )


def admissions(demo: Demo, performance_id: int) -> list[tuple[str, str, int]]:
    """Every recorded admission: reference, device and seats, one row for each scan_id, in their order."""
    return _rows(
        demo,
        "SELECT DISTINCT ON (s.happened_at, s.scan_id) r.reference, s.device, s.seats_admitted FROM checkin_scan s"
        " JOIN reservations_reservation r ON r.id = s.reservation_id"
        " WHERE s.performance_id = %s AND s.outcome = 'admitted' ORDER BY s.happened_at, s.scan_id, s.decided_by",
        performance_id,
    )


def conflicts(demo: Demo, performance_id: int) -> list[tuple[str, str, str | None, int]]:
    """Reference, the device whose scan is in conflict, the device that was first, seats."""
    return _rows(
        demo,
        "SELECT r.reference, s.device, f.device, c.seats FROM checkin_conflict c"
        " JOIN checkin_scan s ON s.id = c.scan_id LEFT JOIN checkin_scan f ON f.id = c.first_scan_id"
        " LEFT JOIN reservations_reservation r ON r.id = c.reservation_id WHERE c.performance_id = %s ORDER BY c.id",
        performance_id,
    )


def _rows(demo: Demo, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with database(demo) as connection:
        return connection.execute(sql, values).fetchall()


MakePhone = Callable[..., Phone]
