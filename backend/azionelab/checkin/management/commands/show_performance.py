"""`show_performance PERFORMANCE`: all that is known of one evening, in one look."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.evening import Evening, evening_of
from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import performance_named
from azionelab.reservations.overview import seats_of


class Command(JsonLinesCommand):
    help = "Tells all that is known of a performance: times, seats, mails that wait, phones at the door, who came."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")

    def run(self, **options: Any) -> dict[str, Any]:
        evening = evening_of(performance_named(options["performance"]).pk)
        self.record(**_members(evening))
        return {"made_at": evening.made_at.replace(microsecond=0)}


def _members(evening: Evening) -> dict[str, Any]:
    performance, held, attendance = evening.seats.performance, evening.seats.held, evening.attendance
    return {
        **seats_of(evening.seats),
        **{name: getattr(performance, name) for name in _OWN},
        "confirmed": held.confirmed,
        "pending": held.pending,
        "walk_ins": held.walk_ins,
        "reservations": evening.reservations,
        "mails": {"waiting": evening.mails_waiting, "failed": evening.mails_failed},
        "phones": {"at_work": evening.phones_at_work, "paired": evening.phones_paired},
        "inside": attendance.inside,
        "conflicts": attendance.conflicts,
    }


_OWN = (
    "doors_open_at",
    "booking_opens_at",
    "booking_closes_at",
    "cancelled_at",
    "capacity",
    "manually_occupied",
    "additional_seats",
    "max_seats_per_reservation",
    "note_it",
    "note_en",
)
