"""`change_seats PERFORMANCE --additional 4`: how many seats there are to reserve."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import FieldError, validation_failed
from azionelab.programme.naming import members_of, performance_named
from azionelab.reservations import capacity
from azionelab.reservations.performances import SEATS, Change, change_seats

_OPTIONS = {
    "capacity": "the room's seats",
    "additional_seats": "extra seats put in, in all",
    "manually_occupied": "seats taken out of booking, in all",
}


class Command(JsonLinesCommand):
    help = "Sets how many seats of a performance can be reserved, never fewer than are taken; nobody is told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        for name, words in _OPTIONS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=int, help=words)
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")

    def run(self, **options: Any) -> dict[str, Any]:
        performance = performance_named(options["performance"])
        seats = {name: options[name] for name in SEATS if options[name] is not None}
        if not seats:
            message = "Say how many: --capacity, --additional-seats or --manually-occupied."
            raise validation_failed(FieldError(field="", code="blank", message=message))
        change = change_seats(performance_id=performance.pk, seats=seats, dry_run=options["dry_run"])
        return {"action": str(change.action), **_members_of(change)}


def _members_of(change: Change) -> dict[str, Any]:
    performance = change.performance
    return {
        "performance": members_of(performance),
        **{name: getattr(performance, name) for name in SEATS},
        "bookable": performance.bookable,
        "bookable_before": change.bookable_before,
        "taken": capacity.taken_by_performance([performance.pk]).get(performance.pk, 0),
    }
