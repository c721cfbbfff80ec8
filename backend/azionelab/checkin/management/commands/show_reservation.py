"""`show_reservation REFERENCE`: all that is known of one, but for what opens it."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.lookups import KnownReservation, look_up
from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of


class Command(JsonLinesCommand):
    help = "Tells all that is known of a reservation: its guest, its times, its mails, who of it is in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="the six letters on the ticket")

    def run(self, **options: Any) -> dict[str, Any]:
        known = look_up(options["reference"])
        self.record(**_members(known))
        return {"reference": known.reservation.reference}


_OWN = (
    *("reference", "name", "seats", "email", "phone", "notes", "language"),
    *("created_at", "hold_expires_at", "confirmed_at", "cancelled_at", "erased_at"),
)


def _members(known: KnownReservation) -> dict[str, Any]:
    reservation = known.reservation
    return {
        **{name: getattr(reservation, name) for name in _OWN},
        "status": reservation.current_status,
        "performance": members_of(reservation.performance),
        "admitted": sum(checkin.seats for checkin in known.checkins),
        "checkins": [
            {"seats": checkin.seats, "at": checkin.admitted_at, "device": checkin.scan.device}
            for checkin in known.checkins
        ],
        "emails": [
            {
                **{name: getattr(email, name) for name in ("kind", "state", "created_at", "sent_at", "failed_at")},
                **{"attempts": email.attempts, "error": email.error},
            }
            for email in known.emails
        ],
    }
