"""`settle_conflict CONFLICT came-in|counted-twice`: what a person found out about a conflict."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.management.commands.list_conflicts import conflict_members
from azionelab.checkin.models import REASON_MAX, Settlement
from azionelab.checkin.reconciliation import settle_conflict
from azionelab.checkin.selectors import conflict_with_id
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import FieldError, validation_failed

SETTLEMENTS = {value.replace("_", "-"): Settlement(value) for value in Settlement.values}


class Command(JsonLinesCommand):
    help = "Settles a conflict: those people all came in, or the same people were counted twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        parser.add_argument("conflict", type=int, help="its number")
        parser.add_argument("settlement", choices=list(SETTLEMENTS))
        parser.add_argument("--note", default="", help="how you know")

    def run(self, **options: Any) -> dict[str, Any]:
        note = " ".join(options["note"].split())
        if len(note) > REASON_MAX or not note.isprintable():
            message = f"Write at most {REASON_MAX} letters."
            raise validation_failed(FieldError(field="note", code="too_long", message=message))
        settlement = SETTLEMENTS[options["settlement"]]
        if not options["dry_run"]:
            settle_conflict(conflict_id=options["conflict"], settlement=settlement, note=note)
        self.record(**conflict_members(conflict_with_id(options["conflict"])))
        return {"dry_run": options["dry_run"], "settlement": str(settlement)}
