"""Fills a migrated database with the fixed cast of the CLI's tests; runs in a process of its own, with Django.

Prints the ids of the performances as JSON.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import django

django.setup()

from azionelab.checkin.answers import Doorkeeper  # noqa: E402
from azionelab.checkin.services import ScanRequest, register_scan  # noqa: E402
from azionelab.reservations.models import Reservation  # noqa: E402
from tests.cast import make_performance, make_show, make_venue, reserve, reserve_and_confirm  # noqa: E402

# Name, seats, admitted, phone, notes; two of them are what a prankster would write.
GUESTS = [
    ("Zoë Àlvarez", 1, 1, "", ""),
    ("Maria De Luca", 4, 2, "+39 333 1234567", "una sedia a rotelle"),
    ("Gianni D'Angelo", 2, 0, "", "=HYPERLINK(1)"),
    ("Anna Bianchi", 2, 2, "", "prima fila\nse si può"),
]


def main() -> None:
    cantina = make_venue(name="La Cantina", slug="cantina")
    # A start of its own years ahead: no date of a test run can come near it.
    start = datetime(2041, 12, 5, 19, 30, tzinfo=UTC)
    locandiera = make_show(slug="la-locandiera", title_it="La locandiera")
    full = make_performance(show=locandiera, venue=cantina, starts_at=start, capacity=20)
    matinee = make_performance(show=locandiera, venue=cantina, starts_at=start - timedelta(hours=4))
    # Booking is open from now on, so that guests can reserve years ahead.
    type(full).objects.update(booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC))
    cirano = make_show(slug="cyrano", title_it="Cyrano de Bergerac")
    empty = make_performance(show=cirano, venue=cantina, starts_at=start + timedelta(days=1))
    for name, seats, admitted, phone, notes in GUESTS:
        reservation = reserve_and_confirm(full, seats, name=name, phone=phone.replace(" ", ""), notes=notes)
        if admitted:
            let_in(reservation, admitted)
    reserve(full, 1, name="Piero Pending")
    json.dump({"full": full.pk, "matinee": matinee.pk, "empty": empty.pk}, sys.stdout)


def let_in(reservation: Reservation, seats: int) -> None:
    request = ScanRequest(
        scan_id=uuid4(),
        reference=reservation.reference,
        seats=seats,
        scanned_at=datetime.now(UTC),
    )
    doorkeeper = Doorkeeper(name="porta")
    register_scan(performance_id=reservation.performance_id, request=request, doorkeeper=doorkeeper)


if __name__ == "__main__":
    main()
