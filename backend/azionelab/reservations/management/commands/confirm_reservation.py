"""`confirm_reservation REFERENCE`: for a guest who cannot, also after the hold while there are seats."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.reservations import box_office
from azionelab.reservations.management.booking import add_reference, report
from azionelab.reservations.models import Status
from azionelab.reservations.selectors import reservation_named


class Command(JsonLinesCommand):
    help = "Confirms a reservation, until its performance begins, and sends its ticket."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_reference(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        reservation = reservation_named(options["reference"])
        done = box_office.confirm(reservation_id=reservation.pk, dry_run=options["dry_run"])
        record, summary = report(done, dry_run=options["dry_run"])
        self.record(**record)
        return summary | {"changed": reservation.status != Status.CONFIRMED}
