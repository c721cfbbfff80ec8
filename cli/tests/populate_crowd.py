"""Fills a migrated database with one performance of 5,000 reservations; runs in a process of its own, with Django.

Prints the id of the performance.
"""

import sys

import django

django.setup()

from azionelab.reservations.models import Reservation  # noqa: E402
from tests.cast import make_performance  # noqa: E402
from tests.commands.test_export_guests import fill  # noqa: E402


def main() -> None:
    performance = make_performance(capacity=6_000)
    fill(performance, 5_000)
    Reservation.objects.update(phone="+393331234567", notes="Prima fila, vicino al corridoio se si può; due sedie")
    sys.stdout.write(str(performance.pk))


if __name__ == "__main__":
    main()
