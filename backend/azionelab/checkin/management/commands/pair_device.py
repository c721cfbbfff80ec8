"""`pair_device PERFORMANCE`: a code by which one phone comes to a door. It is a secret for ten minutes."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.devices import CODE_LIVES, MOST_WALK_INS, check_may_invite, make_pairing_code
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import FieldError, validation_failed
from azionelab.programme.naming import members_of, performance_named
from azionelab.reservations import qr


class Command(JsonLinesCommand):
    help = "Makes a code that pairs one phone with the door of a performance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")
        parser.add_argument("--walk-ins", type=int, default=0, help="seats it may give without a reservation")

    def run(self, **options: Any) -> dict[str, Any]:
        performance, walk_ins = performance_named(options["performance"]), options["walk_ins"]
        if not 0 <= walk_ins <= MOST_WALK_INS:
            message = f"Use a number from 0 to {MOST_WALK_INS}."
            raise validation_failed(FieldError(field="walk-ins", code="invalid", message=message))
        summary = {"performance": members_of(performance), "walk_ins": walk_ins}
        if options["dry_run"]:
            check_may_invite(performance)
            return summary | {"codes": 0, "minutes": CODE_LIVES.seconds // 60}
        made = make_pairing_code(performance_id=performance.pk, made_by_id=None, walk_in_allowance=walk_ins)
        self.record(
            code=made.shown_code, url=made.url, qr=qr.rows(made.url), expires_at=made.expires_at.replace(microsecond=0)
        )
        return summary | {"codes": 1, "minutes": CODE_LIVES.seconds // 60}
