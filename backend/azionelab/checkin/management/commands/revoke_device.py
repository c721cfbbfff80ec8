"""`revoke_device PERFORMANCE DEVICE`: sends a phone away from a door."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.devices import device_named, revoke
from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of, performance_named


class Command(JsonLinesCommand):
    help = "Sends a phone away from the door of a performance; what it has recorded it can still hand in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")
        parser.add_argument("device", help="its number at this door, or its name")

    def run(self, **options: Any) -> dict[str, Any]:
        performance = performance_named(options["performance"])
        device = device_named(performance, options["device"])
        revoked = device.revoked_at is None if options["dry_run"] else revoke(device_id=device.pk)
        self.record(number=device.number, name=device.name, action="revoked" if revoked else "unchanged")
        return {"performance": members_of(performance), "revoked": int(revoked)}
