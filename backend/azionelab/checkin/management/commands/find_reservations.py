"""`find_reservations TEXT`: by reference, name, e-mail or phone, as a guest on the phone says it."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.lookups import find
from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of, performance_named


class Command(JsonLinesCommand):
    help = "Finds reservations by reference, name, e-mail or phone; of performances to come, unless --all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--performance", help="only this one's: an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")
        parser.add_argument("--all", action="store_true", help="also of what has been played")
        parser.add_argument("text")

    def run(self, **options: Any) -> dict[str, Any]:
        name = options["performance"]
        performance = performance_named(name) if name is not None else None
        search = find(options["text"], performance_id=performance.pk if performance else None, past=options["all"])
        for one in search.found:
            reservation = one.reservation
            self.record(
                reference=reservation.reference,
                name=reservation.name,
                seats=reservation.seats,
                status=reservation.current_status,
                admitted=one.admitted,
                performance=members_of(reservation.performance),
            )
        return {"found": search.total, "all": options["all"], "performance": performance and members_of(performance)}
