"""`change_reservation REFERENCE --seats 3`: what a guest asks for on the phone."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import FieldError, validation_failed
from azionelab.reservations import box_office
from azionelab.reservations.management.booking import add_guest, add_reference, read_values, report
from azionelab.reservations.selectors import reservation_named


class Command(JsonLinesCommand):
    help = "Changes a reservation's seats, or what it says of its guest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_guest(parser, is_new=False)
        add_reference(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        reservation = reservation_named(options["reference"])
        changes = read_values(options)
        if not changes:
            message = "Say what changes: --seats, --name, --email, --phone, --notes or --language."
            raise validation_failed(FieldError(field="", code="blank", message=message))
        done = box_office.change(reservation_id=reservation.pk, changes=changes, dry_run=options["dry_run"])
        record, summary = report(done, dry_run=options["dry_run"])
        self.record(**record)
        return summary | {"changed": sorted(done.before)}
