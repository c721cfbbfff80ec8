"""`renew_reservation REFERENCE`: new links and a new QR code, and the old ones open nothing."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.reservations import box_office
from azionelab.reservations.management.booking import add_reference, report
from azionelab.reservations.selectors import reservation_named


class Command(JsonLinesCommand):
    help = "Makes the links and QR codes of a reservation worthless, and sends its guest new ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_reference(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        reservation = reservation_named(options["reference"])
        done = box_office.renew(reservation_id=reservation.pk, dry_run=options["dry_run"])
        record, summary = report(done, dry_run=options["dry_run"])
        self.record(**record)
        return summary | {"links_revoked": done.links_revoked}
