"""`cancel_performance PERFORMANCE`: it does not take place, and whoever holds seats is told."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import performance_named
from azionelab.reservations.management.telling import add_telling, report
from azionelab.reservations.performances import cancel_performance


class Command(JsonLinesCommand):
    help = "Cancels a performance and tells whoever holds seats; one that is cancelled already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_telling(parser)
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")

    def run(self, **options: Any) -> dict[str, Any]:
        performance = performance_named(options["performance"])
        change = cancel_performance(performance_id=performance.pk, tell=options["tell"], dry_run=options["dry_run"])
        return report(self, change, **options)
