"""`cancel_reservation REFERENCE`: its seats are free at once, and its guest is told."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.reservations import box_office
from azionelab.reservations.management.booking import add_reference, report
from azionelab.reservations.management.telling import add_telling
from azionelab.reservations.models import Status
from azionelab.reservations.selectors import reservation_named


class Command(JsonLinesCommand):
    help = "Cancels a reservation, until somebody of the party is in, and tells the guest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_telling(parser)
        add_reference(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        reservation = reservation_named(options["reference"])
        done = box_office.cancel(reservation_id=reservation.pk, tell=options["tell"], dry_run=options["dry_run"])
        record, summary = report(done, dry_run=options["dry_run"])
        self.record(**record)
        return summary | {"changed": reservation.status != Status.CANCELLED}
