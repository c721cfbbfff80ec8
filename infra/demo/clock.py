"""The theatre's day, as `azionelab.core.clock` has it; the demo must know it before Django's settings can be read."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT_ENDS = time(5, 0)


def theatre_today(now: datetime | None = None) -> date:
    """The day ends at five in the morning. `backend/tests/core/test_clock.py` holds both to the same answers."""
    zone = ZoneInfo(os.environ.get("TIME_ZONE") or "Europe/Rome")
    here = (now or datetime.now(UTC)).astimezone(zone)
    return here.date() - timedelta(days=1) if here.time() < NIGHT_ENDS else here.date()
