"""The server comes back from a backup older than a phone’s pairing: the door goes on, and nothing is lost."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser.parties import call_json, confirmed_parties
from browser.people import WIDTHS
from browser.phones import WORDS, Phone, admitted_by_reference, conflicts, database
from browser.running_demo import Demo

NAME = "Bruna, porta di mezzo"


@pytest.fixture
def performance(demo: Demo) -> int:
    rows = [row for row in call_json(f"{demo.url}/api/v1/performances/") if row["booking"]["state"] == "open"]
    return int(rows[0]["id"])


@pytest.fixture
def phone(browser: Browser, demo: Demo, performance: int) -> Iterator[Phone]:
    context = browser.new_context(viewport=WIDTHS["phone"], locale="it-IT", base_url=demo.url)
    context.set_default_timeout(15_000)
    yield Phone(page=context.new_page(), demo=demo, name=NAME, performance_id=performance)
    context.close()


def forget_device(demo: Demo, name: str) -> None:
    """What a backup from before the pairing does not have: the phone, and all that it ever told the server."""
    theirs = "SELECT s.id FROM checkin_scan s JOIN checkin_doordevice d ON d.id = s.door_device_id WHERE d.name = %s"
    phones = "SELECT id FROM checkin_doordevice WHERE name = %s"
    with database(demo) as connection:
        # As a restore does: scans are append-only for everybody else.
        connection.execute("SET session_replication_role = replica")
        for table in ("checkin_checkin", "checkin_conflict"):
            connection.execute(f"DELETE FROM {table} WHERE scan_id IN ({theirs})", (name,))
        connection.execute(f"DELETE FROM checkin_scan WHERE id IN ({theirs})", (name,))
        connection.execute(f"DELETE FROM checkin_pairingcode WHERE device_id IN ({phones})", (name,))
        connection.execute("DELETE FROM checkin_doordevice WHERE name = %s", (name,))


def test_phone_that_the_server_has_forgotten_goes_on_and_tells_it_everything_anew(
    demo: Demo, performance: int, phone: Phone
) -> None:
    before, after = confirmed_parties(demo, performance, [1, 1])
    phone.pair()
    phone.admit(before)
    assert admitted_by_reference(demo, performance)[before.reference] == 1

    forget_device(demo, NAME)
    assert before.reference not in admitted_by_reference(demo, performance)
    phone.admit(after)
    phone.expect_waiting(1)
    expect(phone.strip).to_contain_text(WORDS("door.status.unknown"))
    phone.page.reload()
    expect(phone.box).to_be_visible()
    phone.scan(before.code)
    expect(phone.answer).to_have_attribute("data-tone", "stop")
    phone.dismiss()
    phone.expect_waiting(2)
    expect(phone.strip).to_contain_text(WORDS("door.status.unknown"))

    phone.strip.get_by_role("button").click()
    expect(phone.page.get_by_text(WORDS("door.sheet.unknown"), exact=True)).to_be_visible()
    expect(phone.page.get_by_role("button", name=WORDS("door.export.button", 2))).to_be_visible()
    phone.page.get_by_role("link", name=WORDS("door.sheet.unknown.pair")).click()
    made = demo.azione("door", "pair", str(performance), "--json")
    phone.page.get_by_label(WORDS("door.pair.codeLabel")).fill(json.loads(made.stdout.splitlines()[0])["code"])
    phone.page.get_by_role("button", name=WORDS("door.pair.submit")).click()
    expect(phone.box).to_be_visible()
    phone.expect_waiting(0)
    admitted = admitted_by_reference(demo, performance)
    assert (admitted[before.reference], admitted[after.reference]) == (1, 1)
    assert not [row for row in conflicts(demo, performance) if row[0] in (before.reference, after.reference)]
