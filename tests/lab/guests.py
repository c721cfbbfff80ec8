"""Guests of a stack, by the API and the mails: they reserve, confirm and stand at the door with their code."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import zxingcpp
from PIL import Image

from lab.http import Answer
from lab.stacks import Lab

# In a mail the link has the guest's language, in the code on a ticket it has none.
LINK = re.compile(r"(https?://[^/\s]+)/(?:it|en)/reservation#([A-Z2-7]{26})\b")
TICKET = re.compile(r"(https?://[^/\s]+)/t#([A-Z2-7]{26})")
NAME = "Ersilia Zanzottera"


def open_performances(lab: Lab, seats: int) -> list[dict[str, Any]]:
    """Those in which so many can still be reserved, the next one first."""
    rows = lab.get("/api/v1/performances/").json
    return [row for row in rows if row["booking"]["state"] == "open" and row["seats"]["left"] >= seats]


def open_performance(lab: Lab, seats: int) -> dict[str, Any]:
    return open_performances(lab, seats)[0]


def new_address() -> str:
    return f"guest-{uuid4().hex[:12]}@example.org"


def reserve(
    lab: Lab,
    performance_id: int,
    email: str,
    *,
    seats: int = 1,
    key: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """As the form does; `key` is that of an earlier attempt, if this is another one."""
    return lab.request(
        "POST",
        f"/api/v1/performances/{performance_id}/reservations/",
        body={"name": NAME, "email": email, "seats": seats, "language": "en", "privacy_accepted": True},
        headers={"Idempotency-Key": key or str(uuid4()), **(headers or {})},
    )


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: EmailMessage) -> tuple[str, str]:
    """The site that the mail's link leads to, and the reservation token in it."""
    found = LINK.search(text_of(mail))
    assert found, text_of(mail)
    return found[1], found[2]


def as_guest(lab: Lab, method: str, path: str, token: str) -> Answer:
    """`path` below /api/v1/reservation/."""
    headers = {"Authorization": f"Reservation {token}"}
    body = {} if method == "POST" else None
    return lab.request(method, f"/api/v1/reservation/{path}", body=body, headers=headers)


def ticket_in(picture: bytes) -> tuple[str, str]:
    """The site and the ticket token that a QR code says."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    found = TICKET.fullmatch(code.text)
    assert found, code.text
    return found[1], found[2]


@dataclass(frozen=True)
class Confirmed:
    """A reservation and everything that its guest was given."""

    performance_id: int
    reference: str
    email: str
    token: str
    ticket: str
    seats: int


def come_all_the_way(lab: Lab, *, seats: int = 1) -> Confirmed:
    """Reserves, reads the mail, confirms and gets the code; fails where any of it does not work."""
    performance_id, email = open_performance(lab, seats)["id"], new_address()
    reserved = reserve(lab, performance_id, email, seats=seats)
    assert reserved.status == 201, reserved.text
    site, token = link_in(lab.mails.wait_for(email, "Please confirm"))
    assert site == lab.url
    confirmed = as_guest(lab, "POST", "confirm/", token)
    assert confirmed.status == 200, confirmed.text
    assert confirmed.json["status"] == "confirmed"
    site, ticket = ticket_in(as_guest(lab, "GET", "ticket.png", token).body)
    assert site == lab.url
    return Confirmed(performance_id, reserved.json["reference"], email, token, ticket, seats)
