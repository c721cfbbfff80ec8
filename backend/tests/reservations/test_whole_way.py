"""From reserving to being let in, through the API and a real SMTP server."""

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from azionelab.programme.models import Performance
from tests.cast import make_staff, reserve_body
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_guest_reserves_confirms_and_is_let_in(tonight: Performance, postbox: Postbox) -> None:
    guest, door = APIClient(), APIClient()
    door.force_login(make_staff())

    reserved = guest.post(
        f"/api/v1/performances/{tonight.pk}/reservations/",
        reserve_body(seats=3),
        format="json",
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert reserved.status_code == 201, reserved.content
    assert reserved.json()["email"] == {"state": "sent"}

    link = {"Authorization": f"Reservation {postbox.token()}"}
    page = guest.get("/api/v1/reservation/", headers=link).json()
    assert (page["status"], page["actions"]["confirm"]) == ("pending", True)
    confirmed = guest.post("/api/v1/reservation/confirm/", headers=link)
    assert confirmed.json()["status"] == "confirmed"
    assert [mail["Subject"].split(":")[0] for mail in postbox.mails] == ["Conferma la prenotazione", "Il tuo biglietto"]

    ticket = postbox.text().split("/reservation#")[1][:26]
    from azionelab.reservations.tokens import TokenPair

    code = TokenPair.read(ticket).ticket_token
    outcomes = []
    for seats in (2, 1, 1):
        scan = {
            "scan_id": str(uuid4()),
            "ticket": f"http://theatre.test/t#{code}",
            "seats": seats,
            "scanned_at": "2026-01-01T20:00:00+01:00",
            "device": "porta",
        }
        answer = door.post(f"/api/v1/door/performances/{tonight.pk}/scans/", scan, format="json")
        outcomes.append((answer.json()["outcome"], answer.json()["reservation"]["admitted"]))
    assert outcomes == [("admitted", 2), ("admitted", 3), ("already_admitted", 3)]
