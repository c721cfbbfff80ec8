"""Who scans, and what they are told: the words between the door's services and its API."""

from dataclasses import dataclass, replace
from typing import Self

from azionelab.checkin.models import Conflict, DoorDevice, Outcome, Scan
from azionelab.checkin.selectors import NOBODY, Admission
from azionelab.reservations.models import Reservation

MAY_MANAGE = "programme.change_performance"


@dataclass(frozen=True, kw_only=True)
class Doorkeeper:
    """Whoever scans: a paired phone, or somebody who signed in. `name` is where they stand."""

    name: str
    device: DoorDevice | None = None
    staff_id: int | None = None
    may_manage: bool = False


def doorkeeper_of(device: DoorDevice) -> Doorkeeper:
    return Doorkeeper(
        name=device.name,
        device=device,
        staff_id=device.staff_id,
        may_manage=device.staff is not None and device.staff.has_perm(MAY_MANAGE),
    )


@dataclass(frozen=True, kw_only=True)
class ScanAnswer:
    """What the door is told. `admission` is the state after the scan."""

    outcome: Outcome
    scan: Scan
    replayed_outcome: Outcome | None = None
    reservation: Reservation | None = None
    admission: Admission = NOBODY
    seats_left: int | None = None
    conflict: Conflict | None = None

    def without_reservation(self) -> Self:
        """For a device that has nothing more to read here."""
        return replace(self, reservation=None, admission=NOBODY, conflict=None, seats_left=None)
