"""`move_performance PERFORMANCE --to "2026-12-06 21:00"`: another time, another venue; whoever holds seats is told."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from azionelab.core.clock import read_theatre_moment
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import FieldError, validation_failed
from azionelab.programme.naming import performance_named
from azionelab.programme.venues import venue_named
from azionelab.reservations.management.telling import add_telling, report
from azionelab.reservations.performances import move_performance


class Command(JsonLinesCommand):
    help = "Moves a performance to another time or venue and tells whoever holds seats; tickets stay valid."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_telling(parser)
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")
        parser.add_argument("--to", required=True, help="the new start on the theatre's clock: 2026-12-06 21:00")
        parser.add_argument("--venue", help="the slug of another venue")
        parser.add_argument("--capacity", type=int, help="its seats from now on")

    def run(self, **options: Any) -> dict[str, Any]:
        performance = performance_named(options["performance"])
        change = move_performance(
            performance_id=performance.pk,
            starts_at=_read_start(options["to"]),
            venue=venue_named(options["venue"]) if options["venue"] is not None else None,
            seats=options["capacity"],
            tell=options["tell"],
            dry_run=options["dry_run"],
        )
        return report(self, change, **options)


def _read_start(text: str) -> datetime:
    try:
        return read_theatre_moment(text)
    except ValueError as error:
        raise validation_failed(FieldError(field="to", code="invalid", message=str(error))) from None
