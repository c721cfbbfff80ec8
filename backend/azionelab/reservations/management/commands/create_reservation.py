"""`create_reservation PERFORMANCE --seats 2 --name …`: for a guest on the phone or at the counter."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID, uuid4

from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import performance_named
from azionelab.reservations import box_office, services
from azionelab.reservations.guests import GuestDetails
from azionelab.reservations.management.booking import (
    add_guest,
    members_of_email,
    members_of_reservation,
    read_values,
)
from azionelab.reservations.models import OutboundEmail, Reservation


class Command(JsonLinesCommand):
    help = "Reserves for a guest: confirmed at once, with the ticket's mail; with --hold the guest is asked to confirm."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_guest(parser, is_new=True)
        parser.add_argument("--hold", action="store_true", help="hold the seats and ask the guest by mail to confirm")
        parser.add_argument("--key", type=UUID, help="the same key and request again make no second reservation")
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")

    def run(self, **options: Any) -> dict[str, Any]:
        dry_run = options["dry_run"]
        performance = performance_named(options["performance"])
        values = read_values(options)
        seats = values.pop("seats")
        reservation = box_office.reserve(
            performance_id=performance.pk,
            guest=GuestDetails(**values),
            seats=seats,
            idempotency_key=options["key"] or uuid4(),
            hold=options["hold"],
            dry_run=dry_run,
        )
        # What a dry run drew is given to somebody else.
        is_there = Reservation.objects.filter(pk=reservation.pk).exists()
        self.record(**members_of_reservation(reservation) | {"reference": reservation.reference if is_there else None})
        email = OutboundEmail.objects.filter(reservation=reservation).order_by("id").first() if is_there else None
        if email is None and reservation.email:
            email = OutboundEmail(kind=services.present_kind(reservation))
        return {"email": members_of_email(email, dry_run=dry_run)}
