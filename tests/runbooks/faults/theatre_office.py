"""What happens to a theatre's reservations, mails and accounts: a dead mail server, too few chairs, wrong passwords."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

from demo.mailsink import MailSink
from lab.stacks import Lab, bridge_gateway
from lab.staff import Session
from runbooks.admin import Browser, sign_in_to_admin
from runbooks.evenings import Evening, Guest, make_evening, remove_accounts, theatre_today
from runbooks.scenes import House, Scene, before, scene

# As confirmations-do-not-arrive, oversold and the others write what the reader has of their own.
REFERENCE, OTHER_REFERENCE = "K7M2QX", "K9P4TW"


# Mails ---------------------------------------------------------------------------------------------------------------


@scene("confirmations-do-not-arrive")
def mail_server_dead(house: House) -> Iterator[Scene]:
    """Nobody listens there any more; two guests reserve on the site meanwhile, and one of them waits too long."""
    with house.shared_stack() as host:
        lab = host.lab
        evening = make_evening(lab, in_days=3)
        lab.sink.stop()
        elena = _reserve_on_the_site(lab, evening, "Elena Gatti", "elena@example.org", 2)
        dario = _reserve_on_the_site(lab, evening, "Dario Fabbri", "dario@example.org", 1)
        _reserve_on_the_site(lab, evening, "Lucia Moretti", "lucia.moretti@example.org", 3)
        # An hour later.
        past = "SET hold_expires_at = now() - interval '1 minute', created_at = now() - interval '61 minutes'"
        lab.psql(f"UPDATE reservations_reservation {past} WHERE reference = '{dario}';")
        values = {"REFERENCE": elena, "EXPIRED": dario, "DAY": theatre_today(lab)}
        try:
            yield Scene(host, values, {REFERENCE: elena, OTHER_REFERENCE: dario})
        finally:
            start_mail_server(Scene(host))


def _reserve_on_the_site(lab: Lab, evening: Evening, name: str, email: str, seats: int) -> str:
    """Through nginx, as a browser does; no mail leaves."""
    body = {"name": name, "email": email, "seats": seats, "language": "it", "privacy_accepted": True}
    path = f"/api/v1/performances/{evening.id}/reservations/"
    answer = lab.request("POST", path, body=body, headers={"Idempotency-Key": str(uuid4())})
    assert (answer.status, answer.json["email"]["state"]) == (HTTPStatus.CREATED, "queued"), answer.text
    return str(answer.json["reference"])


@before("the mail server comes back")
def start_mail_server(scene: Scene) -> None:
    """Where it was; the mails that came before are still there."""
    lab = scene.lab
    try:
        lab.sink = MailSink(lab.directory / "mail", host=bridge_gateway(), port=lab.sink.port)
    except OSError:
        return  # it is there already
    lab.sink.start()


# Seats ---------------------------------------------------------------------------------------------------------------


@scene("oversold")
def too_many_for_the_chairs(house: House) -> Iterator[Scene]:
    """Tonight a manager gave away the seats of guests who had not come; next week's room will have fewer chairs."""
    with house.shared_stack() as host:
        lab = host.lab
        guests = [
            Guest("Nina Ferri", 2, "nina@example.org"),
            Guest("Ugo Marini", 3, "ugo@example.org"),
            Guest("Olga Sala", 1, "olga@example.org", "050 654321"),
        ]
        tonight = make_evening(lab, guests, capacity=6)
        smaller = make_evening(lab, guests, in_days=6, capacity=8)
        other = make_evening(lab, in_days=7)
        _give_away_the_seats_of_others(lab, tonight, 2)
        olga, nina = tonight.references["Olga Sala"], smaller.references["Nina Ferri"]
        values = {"PERFORMANCE": str(tonight.id), "SMALLER": str(smaller.id), "OTHER": str(other.id)}
        yield Scene(host, values | {"REFERENCE": olga, "PARTY": nina}, {REFERENCE: olga, OTHER_REFERENCE: nina})


def _give_away_the_seats_of_others(lab: Lab, evening: Evening, seats: int) -> None:
    """What a manager may do at the door, with a reason, once nobody else is waiting."""
    session = Session(lab)
    assert session.sign_in("manager", lab.password).status == HTTPStatus.OK
    given = {"kind": "walk_in", "seats": seats, "reason": "Seats were left free", "device": "The manager, left door"}
    scan = {"scan_id": str(uuid4()), "scanned_at": datetime.now().astimezone().isoformat(), **given}
    answer = session.request("POST", f"/api/v1/door/performances/{evening.id}/scans/", scan)
    assert answer.status == HTTPStatus.OK, answer.text
    assert answer.json["outcome"] == "admitted", answer.text


# Cancelled and moved -------------------------------------------------------------------------------------------------


class ChangedEvenings(Scene):
    """Two performances with guests: one that will be cancelled, one that will be moved."""

    cancelled: Evening
    moved: Evening


@scene("cancel-or-move")
def an_actor_is_ill(house: House) -> Iterator[Scene]:
    with house.shared_stack() as host:
        guests = [
            Guest("Rita Valli", 2, "rita@example.org"),
            Guest("Sandro Testa", 4, phone="333 7654321"),
            Guest("Tina Orsi", 1, "tina@example.org"),
        ]
        cancelled = make_evening(host.lab, guests, in_days=11)
        moved = make_evening(host.lab, [Guest("Vera Lippi", 3, "vera@example.org")], in_days=12)
        tina = cancelled.references["Tina Orsi"]
        new_day = moved.day + timedelta(days=7)
        values = {
            "CANCELLED": str(cancelled.id),
            "MOVED": str(moved.id),
            "REFERENCE": tina,
            "OTHER": str(moved.id),
            "DAY": new_day.isoformat(),
            "OLD_DAY": moved.day.isoformat(),
            "OLD_HOUR": f"{moved.starts_at:%H:%M}",
        }
        made = ChangedEvenings(host, values, {REFERENCE: tina})
        made.cancelled, made.moved = cancelled, moved
        yield made


@before("the guests read their mails")
def guests_were_told(scene: ChangedEvenings) -> None:
    """Everybody with an address, once, of the right thing; Tina had her seats moved, and a new ticket."""
    told = {name: [str(mail["Subject"]) for mail in scene.lab.mails.to(f"{name}@example.org")] for name in _TOLD}
    assert {name: [subject.split(":")[0] for subject in subjects] for name, subjects in told.items()} == _TOLD, told


@before("the manager takes the tick away")
def restore_the_performance(scene: ChangedEvenings) -> None:
    """In the admin, on the performance's page; the mails are only written there."""
    browser = sign_in_to_admin(scene.lab, "manager", scene.lab.password)
    page = f"/admin/programme/performance/{scene.cancelled.id}/change/"
    saved = browser.submit(page, {"cancelled": None})
    assert saved.status == HTTPStatus.FOUND, saved.text


# What a mail about each of them is called, up to the colon.
_TOLD = {
    "rita": ["Il tuo biglietto", "Replica annullata"],
    "tina": ["Il tuo biglietto", "Replica annullata", "Il tuo biglietto", "Replica spostata"],
    "vera": ["Il tuo biglietto", "Replica spostata"],
}


# Accounts ------------------------------------------------------------------------------------------------------------

_NEW_PASSWORDS = {"giulia": "quattro-gatti-sul-palco", "agnese": "tre-civette-sul-comò"}


@scene("admin-locked-out")
def ten_wrong_passwords(house: House) -> Iterator[Scene]:
    """Typed at the admin's own sign-in, until it shuts."""
    with house.shared_stack() as host:
        lab = host.lab
        lab.add_account("giulia", "managers")
        browser = Browser(lab)
        answers = [browser.sign_in_to_admin("giulia", "sbagliata").status for _attempt in range(10)]
        assert answers == [HTTPStatus.OK] * 9 + [HTTPStatus.TOO_MANY_REQUESTS]
        # The right one does not open it any more.
        assert browser.sign_in_to_admin("giulia", lab.password).status == HTTPStatus.TOO_MANY_REQUESTS
        try:
            yield Scene(host)
        finally:
            remove_accounts(lab, *_NEW_PASSWORDS)


@before("both sign in")
def sign_in_with_new_passwords(scene: Scene) -> None:
    stranger = Browser(scene.lab)
    stranger.sign_in_to_admin("giulia", scene.lab.password)
    assert not stranger.is_signed_in
    for name, password in _NEW_PASSWORDS.items():
        assert sign_in_to_admin(scene.lab, name, password).is_signed_in


# A person ------------------------------------------------------------------------------------------------------------


class Forgetting(Scene):
    """A guest who has been at the theatre, and has seats for another evening."""

    backup: str


@scene("erase-a-person")
def guest_with_a_past(house: House) -> Iterator[Scene]:
    """There is a backup of the day on which this person was still known."""
    with house.shared_stack() as host:
        lab = host.lab
        played = make_evening(lab, [Guest("Bruno Conti", 2, "bruno.conti@example.org")], in_days=1)
        make_evening(lab, [Guest("Bruno Conti", 1, "bruno.conti@example.org")], in_days=5)
        names = ("starts_at", "doors_open_at", "booking_opens_at", "booking_closes_at")
        ago = ", ".join(f"{name} = {name} - interval '4 days'" for name in names)
        lab.psql(f"UPDATE programme_performance SET {ago} WHERE id = {played.id};")
        made = lab.azione("backup", "create", "--json")
        assert made.returncode == 0, made.stderr
        scene = Forgetting(host)
        [scene.backup] = [line["name"] for line in map(json.loads, made.stdout.splitlines()) if "name" in line]
        yield scene


@before("a backup from before the erasure is restored")
def restore_what_was_before(scene: Forgetting) -> None:
    """In it, the person is still known."""
    done = scene.lab.azione("backup", "restore", scene.backup, "--yes")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert re.search(r"1 erasure", done.stdout + done.stderr), done.stdout + done.stderr
