"""Fills a migrated database with two hundred guests who have had their ticket; runs in a process of its own.

Prints the id of their performance.
"""

import sys
from datetime import timedelta
from uuid import uuid4

import django

django.setup()

from django.utils import timezone  # noqa: E402

from azionelab.reservations.models import OutboundEmail, Reservation, Status  # noqa: E402
from tests.cast import make_performance  # noqa: E402

GUESTS = 200


def main() -> None:
    performance, now = make_performance(capacity=GUESTS), timezone.now()
    reservations = Reservation.objects.bulk_create(
        Reservation(
            performance=performance,
            slot=number,
            reference=f"{number:06}",
            status=Status.CONFIRMED,
            seats=1,
            name=f"Ospite {number}",
            email=f"guest{number}@example.org",
            language="it" if number % 2 else "en",
            privacy_accepted_at=now,
            created_at=now,
            hold_expires_at=now,
            confirmed_at=now,
            idempotency_key=uuid4(),
            request_digest=b"",
        )
        for number in range(GUESTS)
    )
    yesterday = now - timedelta(days=1)
    OutboundEmail.objects.bulk_create(
        OutboundEmail(reservation=row, kind="ticket", state="sent", sent_at=yesterday) for row in reservations
    )
    sys.stdout.write(str(performance.pk))


if __name__ == "__main__":
    main()
