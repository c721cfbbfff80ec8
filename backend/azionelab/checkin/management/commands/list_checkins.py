"""`list_checkins PERFORMANCE [--all]`: who came in, when, by which phone."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from azionelab.checkin.attendance import Attempt, attempts
from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of, performance_named


class Command(JsonLinesCommand):
    help = "Lists who came in, in the order in which they came."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")
        parser.add_argument("--all", action="store_true", help="what was refused or taken back as well")

    def run(self, **options: Any) -> dict[str, Any]:
        performance = performance_named(options["performance"])
        made_at = timezone.now().replace(microsecond=0)
        listed = attempts(performance.pk, refused=options["all"])
        for attempt in listed:
            self.record(**_members(attempt))
        return {
            "performance": members_of(performance),
            "attempts": len(listed),
            "inside": sum(attempt.inside for attempt in listed),
            "all": options["all"],
            "made_at": made_at,
        }


def _members(attempt: Attempt) -> dict[str, Any]:
    scan, conflict = attempt.scan, attempt.conflict
    reservation = scan.reservation
    return {
        "at": scan.happened_at.replace(microsecond=0),
        "kind": scan.kind,
        "outcome": scan.outcome,
        "seats": scan.seats_admitted,
        "inside": attempt.inside,
        "undone": attempt.is_undone,
        "reservation": reservation and {name: getattr(reservation, name) for name in ("reference", "name", "seats")},
        "device": scan.device,
        "device_number": scan.door_device.number if scan.door_device else None,
        "decided_by": scan.decided_by,
        "clock_corrected": scan.clock_corrected,
        "exception": scan.override,
        "reason": scan.reason,
        "conflict": conflict
        and {"conflict": conflict.pk, "rule": conflict.rule, "settlement": conflict.settlement or None},
    }
