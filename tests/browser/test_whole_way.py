"""The main job, as its people do it: a guest reserves and confirms, a volunteer lets them in, the manager exports."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from browser.running_demo import PATIENCE_SECONDS, Theatre
from browser.steps import (
    choose,
    decode_from_screenshot,
    fill_form,
    link_in,
    scan,
    show_tonight,
    sign_in_at_the_door,
    sign_in_to_admin,
)
from browser.words import Words
from lab.waiting import wait_for

# The door opens a moment before it is written down; whoever leaves the page in that moment chooses it once more.
DOOR_IS_KEPT = """async () => {
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => done(opening.result);
    });
    const keys = database.objectStoreNames.contains('session')
      ? await new Promise((done) => {
          const asking = database.transaction('session').objectStore('session').getAllKeys();
          asking.onsuccess = () => done(asking.result);
        })
      : [];
    database.close();
    if (keys.includes('current')) return true;
  }
  return false;
}"""


def test_guest_reserves_confirms_and_is_let_in(
    theatre: Theatre, new_page: Callable[[], Page], language: str, width: str, tmp_path: Path
) -> None:
    words, guest, door = Words(language), new_page(), new_page()
    name, email = "Ersilia Zanzottera", f"zanzottera-{uuid4().hex[:8]}@example.org"

    # The guest chooses a show and reserves three seats.
    performance = show_tonight(theatre, language)
    title = str(performance["show"]["title"])
    choose(guest, words, performance)
    fill_form(guest, words, name=name, email=email, seats=3)
    guest.get_by_role("button", name=words("site.form.submit", 3)).click()
    expect(guest.get_by_role("heading", level=1, name=words("site.sent.heading"))).to_be_visible()
    expect(guest.get_by_text(email)).to_be_visible()

    # The mail that was really sent, its link, and a click: opening the page does nothing.
    mail = theatre.mails.wait_for(email, {"it": "Conferma la prenotazione", "en": "Please confirm"}[language])
    guest.goto(link_in(mail.get_body(("plain",)).get_content()))
    expect(guest.get_by_role("heading", level=1, name=words("site.confirm.heading"))).to_be_visible()
    assert len(theatre.mails.to(email)) == 1
    guest.get_by_role("button", name=words("site.confirm.button"), exact=True).click()

    # The ticket: on the page and in the mail.
    expect(guest.get_by_role("heading", level=1, name=words("site.ticket.heading"))).to_be_visible()
    expect(guest.locator(".ticket img")).to_be_visible()
    code = decode_from_screenshot(guest, tmp_path / "ticket.png")
    assert re.fullmatch(re.escape(theatre.url) + r"/t#[A-Z2-7]{26}", code)
    theatre.mails.wait_for(email, {"it": "Il tuo biglietto", "en": "Your ticket"}[language])
    reference = guest.locator(".ticket .reference").inner_text()

    # The door: two come, then one, then nobody more. It reads her name in short.
    sign_in_at_the_door(door, words, theatre, title)
    for seats, heading in (
        (2, words("door.answer.admitted.some", 2)),
        (1, words("door.answer.admitted.one")),
        (1, words("door.answer.already.title")),
    ):
        scan(door, words, code, seats)
        expect(door.get_by_role("heading", level=2, name=heading)).to_be_visible()
        expect(door.locator("azione-answer").get_by_text(reference)).to_be_visible()
        expect(door.get_by_text("Zanzottera")).to_have_count(0)
        door.keyboard.press("Escape")
        expect(door.locator("azione-answer").get_by_text(reference)).to_have_count(0)

    # The manager's list shows it.
    exported = theatre.azione("guests", "export", str(performance["id"]), "--format", "csv", "--output", "-")
    assert exported.returncode == 0, exported.stderr
    rows = list(csv.reader(io.StringIO(exported.stdout.lstrip("\ufeff")), delimiter=";"))
    row = next(row for row in rows if reference in row)
    assert any("Zanzottera" in cell for cell in row)
    assert row.count("3") >= 2, row  # seats and admitted


def test_ticket_link_opened_by_staff_goes_straight_to_the_answer(
    theatre: Theatre, new_page: Callable[[], Page], language: str, width: str, tmp_path: Path
) -> None:
    words, guest, door = Words(language), new_page(), new_page()
    email = f"zanzottera-{uuid4().hex[:8]}@example.org"
    performance = show_tonight(theatre, language)
    choose(guest, words, performance)
    fill_form(guest, words, name="Ersilia Zanzottera", email=email, seats=1)
    guest.get_by_role("button", name=words("site.form.submit", 1)).click()
    mail = theatre.mails.wait_for(email, {"it": "Conferma", "en": "Please"}[language])
    guest.goto(link_in(mail.get_body(("plain",)).get_content()))
    guest.get_by_role("button", name=words("site.confirm.button"), exact=True).click()
    code = decode_from_screenshot(guest, tmp_path / "ticket.png")

    # A guest who opens the code sees what it is, and nothing of whose it is.
    guest.goto(code)
    expect(guest.get_by_role("heading", level=1)).to_be_visible()
    expect(guest.get_by_text("Zanzottera")).to_have_count(0)

    sign_in_at_the_door(door, words, theatre, str(performance["show"]["title"]))
    expect(door.get_by_label(words("door.scan.label"))).to_be_visible()
    wait_for("door on the phone", lambda: door.evaluate(DOOR_IS_KEPT) or None, PATIENCE_SECONDS)
    door.goto("about:blank")
    door.goto(code)
    expect(door.get_by_role("heading", level=2, name=words("door.answer.admitted.one"))).to_be_visible()

    # So it does for a manager who has signed in to the admin only; the performance is still to be chosen.
    manager = new_page()
    sign_in_to_admin(manager, theatre)
    manager.goto(code)
    expect(manager).to_have_url(re.compile(f"/door/{language}/"))
