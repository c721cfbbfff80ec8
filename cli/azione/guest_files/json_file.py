"""The guest list for programs: one JSON document."""

from __future__ import annotations

import json
from dataclasses import asdict

from azione.guest_lists import GuestList


def as_json(guests: GuestList) -> bytes:
    """Nothing is shortened or neutralised: this is for programs, not for eyes."""
    document = {
        "performance": guests.performance,
        "made_at": guests.made_at.isoformat(),
        "totals": {"reservations": guests.reservations, "seats": guests.seats, "admitted": guests.admitted},
        "guests": [asdict(guest) for guest in guests.guests],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
