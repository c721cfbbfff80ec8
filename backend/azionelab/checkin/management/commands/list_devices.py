"""`list_devices PERFORMANCE`: the phones at a door, and what each has done."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from azionelab.checkin.door_list import DeviceOverview, devices_of
from azionelab.checkin.models import DoorDevice
from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of, performance_named


class Command(JsonLinesCommand):
    help = "Lists the phones that were paired with the door of a performance, with the seats each let in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("performance", help="an id, `next`, `tonight`, or SHOW@YYYY-MM-DD")

    def run(self, **options: Any) -> dict[str, Any]:
        performance = performance_named(options["performance"])
        listed = devices_of(performance.pk)
        for row in listed:
            self.record(**_members(row))
        return {
            "performance": members_of(performance),
            "devices": len(listed),
            "valid_until": DoorDevice(performance=performance).valid_until,
            "made_at": timezone.now().replace(microsecond=0),
        }


def _members(row: DeviceOverview) -> dict[str, Any]:
    device = row.device
    return {
        "number": device.number,
        "name": device.name,
        "staff": device.staff.get_username() if device.staff else None,
        "admitted": row.admitted,
        "walk_ins": row.walk_ins,
        "walk_in_allowance": device.walk_in_allowance,
        "paired_at": device.paired_at,
        "last_seen_at": device.last_seen_at,
        "revoked_at": device.revoked_at,
    }
