"""`list_conflicts [PERFORMANCE]`: people who are inside and whom the rules would have refused."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.models import Conflict
from azionelab.checkin.selectors import conflicts
from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of, performance_named


class Command(JsonLinesCommand):
    help = "Lists the conflicts that wait for a person, the oldest first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("performance", nargs="?", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD; else all")
        parser.add_argument("--all", action="store_true", help="those that are settled as well")

    def run(self, **options: Any) -> dict[str, Any]:
        performance = performance_named(options["performance"]) if options["performance"] else None
        found = conflicts(performance_id=performance.pk if performance else None, settled=options["all"])
        for conflict in found:
            self.record(**conflict_members(conflict))
        waiting = [conflict for conflict in found if not conflict.settlement]
        return {
            "performance": members_of(performance) if performance else None,
            "conflicts": len(found),
            "waiting": len(waiting),
            "seats_waiting": sum(conflict.seats for conflict in waiting),
        }


def conflict_members(conflict: Conflict) -> dict[str, Any]:
    reservation, first = conflict.reservation, conflict.first_scan
    return {
        "conflict": conflict.pk,
        "performance": members_of(conflict.performance),
        "rule": conflict.rule,
        "seats": conflict.seats,
        "reservation": reservation and {name: getattr(reservation, name) for name in ("reference", "name", "seats")},
        "device": conflict.scan.device,
        "at": conflict.scan.happened_at.replace(microsecond=0),
        "clock_corrected": conflict.scan.clock_corrected,
        "first_device": first and first.device,
        "first_at": first and first.happened_at.replace(microsecond=0),
        "settlement": conflict.settlement or None,
        "note": conflict.note,
    }
