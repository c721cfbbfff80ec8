"""Guests who have reserved and confirmed by the real API and the real mails, and stand at the door with their codes."""

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import zxingcpp
from PIL import Image

from browser.running_demo import Theatre
from browser.steps import link_in

PATIENCE = 30
PHONE = "+39 050 7654321"


@dataclass(frozen=True)
class Party:
    """One confirmed reservation; `code` is what its QR code says."""

    reference: str
    name: str
    email: str
    phone: str
    seats: int
    code: str

    @property
    def ticket(self) -> str:
        """The ticket token alone."""
        return self.code.rpartition("#")[2]


def confirmed_parties(theatre: Theatre, performance_id: int, sizes: Sequence[int]) -> list[Party]:
    """Reserves and confirms a party of each size, in the order given."""
    return [_confirmed_party(theatre, performance_id, seats) for seats in sizes]


def call(url: str, *, body: dict[str, Any] | None = None, method: str = "POST", **headers: str) -> bytes:
    """One request to a theatre; an answer of 400 or more is an error."""
    data = None if body is None else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()} | {"Content-Type": "application/json"}
    with urlopen(Request(url, data=data, headers=names, method=method), timeout=PATIENCE) as answer:
        return bytes(answer.read())


def call_json(url: str) -> Any:
    return json.loads(call(url, method="GET"))


def _confirmed_party(theatre: Theatre, performance_id: int, seats: int) -> Party:
    api, email = f"{theatre.url}/api/v1", f"{uuid4().hex}@example.org"
    # A surname that nothing else on a page or in a database could hold by chance.
    name = f"Ottavia Quagliarella{''.join(letter for letter in email[:12] if letter.isalpha())}"
    body = {"name": name, "email": email, "phone": PHONE, "seats": seats, "language": "it", "privacy_accepted": True}
    address = f"{api}/performances/{performance_id}/reservations/"
    reserved = json.loads(call(address, body=body, Idempotency_Key=str(uuid4())))
    mail = theatre.mails.wait_for(email, "Conferma la prenotazione")
    authorization = "Reservation " + link_in(mail.get_body(("plain",)).get_content()).rpartition("#")[2]
    call(f"{api}/reservation/confirm/", Authorization=authorization)
    picture = call(f"{api}/reservation/ticket.png", method="GET", Authorization=authorization)
    code = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))[0].text
    assert re.fullmatch(re.escape(theatre.url) + r"/t#[A-Z2-7]{26}", code)
    return Party(reserved["reference"], name, email, PHONE, seats, code)
