"""Fills the database of a stack: run inside its backend's container, told what to make by a line of JSON at a time.

    {"performances": 20, "capacity": 1000}               prints their ids
    {"reservations": 100000, "performance_ids": [1, 2]}  prints [reservation token, ticket token] of each, confirmed

Each is answered by one line of JSON.
"""

import json
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from azionelab.programme.models import Performance, Show, Venue  # noqa: E402
from azionelab.reservations.models import Reservation, ReservationToken, Status  # noqa: E402
from azionelab.reservations.tokens import REFERENCE_ALPHABET, REFERENCE_LETTERS, TokenPair  # noqa: E402

AT_ONCE = 5_000


def make_performances(number: int, capacity: int) -> list[int]:
    """In a show and a room of their own, a minute apart, from tomorrow on."""
    now = timezone.now()
    made = Performance.objects.count()
    show = Show.objects.create(
        slug=f"load-{made}", title_it="Prova di carico", title_en="Load", status="published", duration_minutes=90
    )
    venue = Venue.objects.create(
        slug=f"load-{made}", name=f"Sala {made}", address="Via del Teatro 1", capacity=capacity
    )
    rows = []
    for index in range(number):
        starts_at = now + timedelta(days=1, minutes=index)
        rows.append(
            Performance(
                show=show,
                venue=venue,
                starts_at=starts_at,
                doors_open_at=starts_at - timedelta(minutes=30),
                booking_opens_at=now - timedelta(days=1),
                booking_closes_at=starts_at - timedelta(minutes=30),
                capacity=capacity,
            )
        )
    return [row.pk for row in Performance.objects.bulk_create(rows, batch_size=AT_ONCE)]


def make_reservations(number: int, performance_ids: list[int]) -> list[tuple[str, str]]:
    """One seat each, spread evenly over the performances."""
    now, first = timezone.now(), Reservation.objects.count()
    tokens: list[tuple[str, str]] = []
    for begin in range(0, number, AT_ONCE):
        batch = range(begin, min(begin + AT_ONCE, number))
        rows = Reservation.objects.bulk_create(
            Reservation(
                performance_id=performance_ids[index % len(performance_ids)],
                slot=first + index,
                reference=_reference(first + index),
                status=Status.CONFIRMED,
                seats=1,
                name=f"Ospite {index}",
                email=f"guest-{first + index}@example.org",
                language="it",
                privacy_accepted_at=now,
                created_at=now,
                hold_expires_at=now,
                confirmed_at=now,
                request_digest=b"\0" * 32,
            )
            for index in batch
        )
        pairs = [TokenPair.mint() for _ in rows]
        ReservationToken.objects.bulk_create(
            ReservationToken(
                reservation=row, reservation_digest=pair.reservation_digest, ticket_digest=pair.ticket_digest
            )
            for row, pair in zip(rows, pairs, strict=True)
        )
        tokens += [(pair.reservation_token, pair.ticket_token) for pair in pairs]
    return tokens


def _reference(number: int) -> str:
    """One that no guest can draw: among a hundred thousand of these somebody would have."""
    letters = "0"
    while len(letters) < REFERENCE_LETTERS:
        number, letter = divmod(number, len(REFERENCE_ALPHABET))
        letters += REFERENCE_ALPHABET[letter]
    return letters


def main(order: dict[str, Any]) -> None:
    if "performances" in order:
        made: list[Any] = list(make_performances(order["performances"], order["capacity"]))
    else:
        made = list(make_reservations(order["reservations"], order["performance_ids"]))
    print(json.dumps(made), flush=True)  # noqa: T201 (whoever started it reads it)


for line in sys.stdin:
    main(json.loads(line))
