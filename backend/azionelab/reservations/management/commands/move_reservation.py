"""`move_reservation REFERENCE PERFORMANCE`: the same reservation and ticket, for another evening."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import performance_named
from azionelab.reservations import box_office
from azionelab.reservations.management.booking import add_reference, report
from azionelab.reservations.selectors import reservation_named


class Command(JsonLinesCommand):
    help = "Moves a reservation to another performance and sends its ticket anew; the one the guest has stays good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_reference(parser)
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")

    def run(self, **options: Any) -> dict[str, Any]:
        reservation = reservation_named(options["reference"])
        performance = performance_named(options["performance"])
        done = box_office.move(reservation_id=reservation.pk, performance_id=performance.pk, dry_run=options["dry_run"])
        record, summary = report(done, dry_run=options["dry_run"])
        self.record(**record)
        return summary | {"changed": bool(done.before)}
