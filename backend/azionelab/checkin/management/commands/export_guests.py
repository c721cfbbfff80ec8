"""`export_guests PERFORMANCE`: who comes tonight, by surname."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from azionelab.checkin.selectors import guests_by_surname
from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of, performance_named


class Command(JsonLinesCommand):
    help = "Lists the confirmed reservations of a performance by surname, with the seats already admitted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")

    def run(self, **options: Any) -> dict[str, Any]:
        performance = performance_named(options["performance"])
        made_at = timezone.now()
        guests = guests_by_surname(performance.pk)
        for guest in guests:
            self.record(**asdict(guest))
        return {
            "performance": members_of(performance),
            "reservations": len(guests),
            "seats": sum(guest.seats for guest in guests),
            "admitted": sum(guest.admitted for guest in guests),
            "made_at": made_at.replace(microsecond=0),
        }
