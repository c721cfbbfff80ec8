"""`door_stats [PERFORMANCE] [--follow]`: how the evening goes, once or again and again."""

import os
import select
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from azionelab.checkin.attendance import DoorStats, door_stats, performance_at_the_door
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.database import is_busy
from azionelab.programme.naming import members_of

MOST_SECONDS = 3600.0
_NO_DATABASE = "The database does not answer; trying again."


class Command(JsonLinesCommand):
    help = "Tells who is inside, who is still to come and which phone let in how many."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("performance", nargs="?", default="", help="as elsewhere; without it tonight's")
        parser.add_argument(
            "--follow", action="store_true", help="a record every few seconds, until standard input is closed"
        )
        parser.add_argument("--every", type=_seconds, default=3.0, metavar="SECONDS", help="with --follow: how often")

    def run(self, **options: Any) -> dict[str, Any]:
        performance = performance_at_the_door(options["performance"])
        self.record(**_members(door_stats(performance.pk)))
        records = 1
        while options["follow"] and not _is_closed_within(options["every"]):
            self._tell_again(performance.pk)
            records += 1
        return {"performance": members_of(performance), "records": records}

    def _tell_again(self, performance_id: int) -> None:
        """A database that is gone for a moment is a record as well: whoever follows sees it, and waits."""
        try:
            self.record(**_members(door_stats(performance_id)))
        except DatabaseError as error:
            if not is_busy(error):
                raise
            connection.close()
            self.record(trouble=_NO_DATABASE, made_at=timezone.now().replace(microsecond=0))


def _seconds(written: str) -> float:
    try:
        seconds = float(written)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MOST_SECONDS:
        raise ArgumentTypeError(f"{written!r} is no number of seconds between 0 and {MOST_SECONDS:.0f}")
    return seconds


def _is_closed_within(seconds: float) -> bool:
    """Waits so long; True as soon as standard input is closed. What comes over it meanwhile means nothing."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        readable, _writable, _broken = select.select([sys.stdin], [], [], left)
        if readable and not os.read(sys.stdin.fileno(), 4096):
            return True
    return False


def _members(stats: DoorStats) -> dict[str, Any]:
    attendance = stats.attendance
    return {
        "performance": members_of(stats.performance),
        "expected": stats.expected,
        "inside": attendance.inside,
        "admitted": attendance.admitted,
        "to_come": stats.to_come,
        "walk_ins": attendance.walk_ins,
        "left": stats.left,
        "conflicts": attendance.conflicts,
        "phones": [asdict(phone) for phone in stats.phones],
        "arrivals": [asdict(arrivals) for arrivals in stats.arrivals],
        "made_at": stats.made_at.replace(microsecond=0),
    }
