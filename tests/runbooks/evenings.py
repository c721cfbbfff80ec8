"""Performances with guests for the runbooks of the theatre: made by the site's own services, told by its own mails."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lab.stacks import Lab

SHOW, VENUE = "La locandiera", "La Cantina"
# In a shell of the backend: what a manager does in the admin, and what guests do on the phone, without 20 commands.
_MAKE = """
import json, uuid
from datetime import datetime, timedelta
from azionelab.core.clock import theatre_today, theatre_zone
from azionelab.programme.defaults import usual_times
from azionelab.programme.models import Performance, Show, Venue
from azionelab.reservations import box_office
from azionelab.reservations.guests import GuestDetails
wanted = json.loads({wanted!r})
show, venue = Show.objects.get(slug="la-locandiera"), Venue.objects.get(slug="cantina")
day = theatre_today() + timedelta(days=wanted["in_days"])
# Each document its own performance; two of a show never begin at the same minute in the same room.
minutes = Performance.objects.filter(show=show, venue=venue).count()
starts = datetime.combine(day, datetime.min.time(), theatre_zone()) + timedelta(hours=20, minutes=minutes)
times = usual_times(starts)
performance = Performance.objects.create(
    show=show, venue=venue, starts_at=starts, doors_open_at=times.doors_open_at,
    booking_opens_at=times.booking_opens_at, booking_closes_at=times.booking_closes_at, capacity=wanted["capacity"],
)
references = {{}}
for name, seats, email, phone in wanted["guests"]:
    guest = GuestDetails(name=name, email=email, phone=phone, notes="", language="it")
    made = box_office.reserve(performance_id=performance.pk, guest=guest, seats=seats, idempotency_key=uuid.uuid4())
    references[name] = made.reference
told = {{"id": performance.pk, "starts_at": starts.isoformat(), "references": references}}
print("made:", json.dumps(told))
"""


@dataclass(frozen=True)
class Guest:
    """Without an address the reference is the ticket."""

    name: str
    seats: int
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Evening:
    """A performance of the show, with the reference of each guest by name."""

    id: int
    starts_at: datetime
    references: dict[str, str]

    @property
    def when(self) -> str:
        """As azione writes it."""
        return f"{self.starts_at:%a} {self.starts_at.day} {self.starts_at:%b %Y, %H:%M}"

    @property
    def day(self) -> date:
        return self.starts_at.date()


def make_evening(lab: Lab, guests: Sequence[Guest] = (), *, in_days: int = 0, capacity: int = 20) -> Evening:
    """Tonight, or in so many days, at La Cantina; the guests' tickets have left by e-mail where there is an address."""
    rows = [(guest.name, guest.seats, guest.email, guest.phone) for guest in guests]
    wanted = json.dumps({"in_days": in_days, "capacity": capacity, "guests": rows})
    told = json.loads(run_inside(lab, _MAKE.format(wanted=wanted)))
    return Evening(told["id"], datetime.fromisoformat(told["starts_at"]), told["references"])


def theatre_today(lab: Lab) -> str:
    """The theatre's day, which ends at five in the morning, as azione reads it."""
    return run_inside(lab, "from azionelab.core.clock import theatre_today\nprint('made:', theatre_today())\n")


def run_inside(lab: Lab, script: str) -> str:
    """Runs Python in a shell of the backend; what its line `made: …` says."""
    output = lab.manage("shell", stdin=script)
    found = re.search(r"^made: (.*)$", output, re.MULTILINE)
    assert found, output
    return found[1]


def remove_accounts(lab: Lab, *names: str) -> None:
    script = (
        "from django.contrib.auth.models import User\n"
        f"print('made:', User.objects.filter(username__in={names!r}).delete()[0])\n"
    )
    run_inside(lab, script)
