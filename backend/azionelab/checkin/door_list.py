"""The door list: all that a phone needs to work without a network, as of one moment.

It holds digests of tickets, references, short names and counts. Names in full, e-mail addresses, phone numbers, notes
and anything that opens a door or a reservation stay on the server, since phones get lost.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from azionelab.checkin.models import CheckIn, Conflict, DecidedBy, DoorDevice, Outcome, Scan
from azionelab.checkin.selectors import attendance_of, staff_who_may_scan
from azionelab.core.database import snapshot
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.programme.selectors import performances
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation, ReservationToken, Status, WalkIn
from azionelab.reservations.selectors import CURRENT_STATUS
from azionelab.reservations.surnames import short_name

LAST_SCANS = 20
# The number under which people count who were let in by a session, or from paper.
NO_DEVICE = 0


class StatusAtDoor(models.TextChoices):
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    CANCELLED = "cancelled"


_AT_DOOR = {Status.CONFIRMED: StatusAtDoor.CONFIRMED, Status.CANCELLED: StatusAtDoor.CANCELLED}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """In seats, but for `conflicts`. `inside` counts everybody; `left` can still be given to those without a seat."""

    expected: int
    admitted: int
    walk_ins: int
    inside: int
    left: int
    conflicts: int


@dataclass(frozen=True, kw_only=True)
class DeviceCounts:
    """What one device let in, as far as its scan number `sequence`."""

    number: int
    name: str
    admitted: int
    walk_ins: int
    sequence: int
    revoked: bool


@dataclass(kw_only=True)
class ListedReservation:
    """`slot` is the reservation's own number at this door; some are missing where reservations have gone."""

    slot: int
    reference: str
    name: str
    seats: int
    status: StatusAtDoor
    digests: list[bytes] = field(default_factory=list)
    admitted_by: Counter[int] = field(default_factory=Counter)
    first_admitted_at: datetime | None = None
    first_device: str | None = None

    @property
    def admitted(self) -> int:
        return self.admitted_by.total()


@dataclass(frozen=True, kw_only=True)
class ListedScan:
    """One of the last scans, as it happened: of a scan decided twice, what the device decided."""

    scan_id: UUID
    kind: str
    at: datetime
    outcome: str
    device: str
    device_number: int
    reference: str | None
    name: str | None
    seats_admitted: int
    undone: bool
    conflict: bool


@dataclass(frozen=True, kw_only=True)
class DoorList:
    """A performance's door as of `made_at`."""

    performance: Performance
    made_at: datetime
    valid_until: datetime
    counts: Counts
    devices: list[DeviceCounts]
    reservations: list[ListedReservation]
    last_scans: list[ListedScan]


def door_list(performance_id: int) -> DoorList:
    """Raises `not_found`. Ten statements on one snapshot, however many have reserved."""
    with snapshot():
        performance = performances().annotate(made_at=Now()).filter(pk=performance_id).first()
        if performance is None:
            raise DomainError(Code.NOT_FOUND)
        listed = _listed_reservations(performance_id)
        walk_ins = walk_ins_by_device(performance_id)
        reservations = list(listed.values())
        return DoorList(
            performance=performance,
            made_at=performance.made_at,
            valid_until=DoorDevice(performance=performance).valid_until,
            counts=_counts(performance, reservations),
            devices=_device_counts(performance_id, reservations, walk_ins),
            reservations=reservations,
            last_scans=_last_scans(performance_id),
        )


@dataclass(frozen=True, kw_only=True)
class DeviceOverview:
    """A device for those who look after the door; `admitted` and `walk_ins` are seats.

    `has_lost_its_staff`: it was paired by somebody's account, which has no right to the door any more.
    """

    device: DoorDevice
    admitted: int
    walk_ins: int
    has_lost_its_staff: bool = False

    @property
    def ended(self) -> bool:
        device = self.device
        return device.revoked_at is not None or self.has_lost_its_staff or device.valid_until <= timezone.now()


def devices_of(performance_id: int) -> list[DeviceOverview]:
    """Those that were ever paired with this door, by number. Two statements, three where staff signed in on some."""
    walk_ins = walk_ins_by_device(performance_id)
    devices = list(
        DoorDevice.objects.filter(performance_id=performance_id)
        .select_related("performance__show", "performance__venue", "staff")
        .annotate(admitted=Coalesce(Sum("scans__checkin__seats"), 0))
        .order_by("number")
    )
    welcome = staff_who_may_scan(device.staff_id for device in devices if device.staff_id is not None)
    return [
        DeviceOverview(
            device=device,
            admitted=device.admitted,
            walk_ins=walk_ins[device.number],
            has_lost_its_staff=device.staff_id is not None and device.staff_id not in welcome,
        )
        for device in devices
    ]


def _listed_reservations(performance_id: int) -> dict[int, ListedReservation]:
    """By id, in the order of their slots. Three statements."""
    rows = (
        Reservation.objects.filter(performance_id=performance_id)
        .annotate(current=CURRENT_STATUS)
        .order_by("slot")
        .values_list("id", "slot", "reference", "name", "seats", "current")
    )
    listed = {
        pk: ListedReservation(
            slot=slot,
            reference=reference,
            name=short_name(name),
            seats=seats,
            status=_AT_DOOR.get(Status(status), StatusAtDoor.NOT_CONFIRMED),
        )
        for pk, slot, reference, name, seats, status in rows
    }
    _add_digests(performance_id, listed)
    _add_admissions(performance_id, listed)
    return listed


def _add_digests(performance_id: int, listed: dict[int, ListedReservation]) -> None:
    digests = ReservationToken.objects.filter(
        reservation__performance_id=performance_id, reservation__erased_at=None, revoked_at=None
    )
    for reservation_id, ticket_digest in digests.order_by("id").values_list("reservation_id", "ticket_digest"):
        listed[reservation_id].digests.append(bytes(ticket_digest))


def _add_admissions(performance_id: int, listed: dict[int, ListedReservation]) -> None:
    rows = (
        CheckIn.objects.filter(reservation__performance_id=performance_id)
        .order_by("admitted_at", "id")
        .values_list("reservation_id", "seats", "admitted_at", "scan__device", "scan__door_device__number")
    )
    for reservation_id, seats, admitted_at, device, number in rows:
        row = listed[reservation_id]
        row.admitted_by[number or NO_DEVICE] += seats
        if row.first_admitted_at is None:
            row.first_admitted_at, row.first_device = admitted_at, device


def walk_ins_by_device(performance_id: int) -> Counter[int]:
    """Seats by the number of the device that gave them."""
    scan = Scan.objects.filter(scan_id=OuterRef("scan_id")).order_by("id")
    rows = (
        WalkIn.objects.filter(performance_id=performance_id)
        .annotate(number=Subquery(scan.values("door_device__number")[:1]))
        .order_by()
        .values_list("number", "seats")
    )
    seats_by: Counter[int] = Counter()
    for number, seats in rows:
        seats_by[number or NO_DEVICE] += seats
    return seats_by


def _counts(performance: Performance, reservations: Sequence[ListedReservation]) -> Counts:
    """Two statements: who is inside, and the seats taken."""
    attendance = attendance_of(performance.pk)
    return Counts(
        expected=sum(row.seats for row in reservations if row.status == StatusAtDoor.CONFIRMED),
        admitted=attendance.admitted,
        walk_ins=attendance.walk_ins,
        inside=attendance.inside,
        left=capacity.seats_left(performance, capacity.tally(performance.pk).taken),
        conflicts=attendance.conflicts,
    )


def _device_counts(
    performance_id: int, reservations: Sequence[ListedReservation], walk_ins: Counter[int]
) -> list[DeviceCounts]:
    """One statement. First the row of those without a device."""
    admitted: Counter[int] = Counter()
    for row in reservations:
        admitted.update(row.admitted_by)
    rows = (
        DoorDevice.objects.filter(performance_id=performance_id)
        .order_by("number")
        .values_list("number", "name", "revoked_at")
        .annotate(sequence=Coalesce(Max("scans__sequence"), 0))
    )
    return [
        DeviceCounts(
            number=number,
            name=name,
            admitted=admitted[number],
            walk_ins=walk_ins[number],
            sequence=sequence,
            revoked=revoked_at is not None,
        )
        for number, name, revoked_at, sequence in [(NO_DEVICE, "", None, 0), *rows]
    ]


def _last_scans(performance_id: int) -> list[ListedScan]:
    """One statement."""
    same = Scan.objects.filter(scan_id=OuterRef("scan_id"))
    sent_away = Q(decided_by=DecidedBy.DEVICE, happened_at__gt=F("door_device__revoked_at"))
    undos = Scan.objects.filter(performance_id=performance_id, outcome=Outcome.UNDONE)
    # `record.taken_back`, for one scan.
    taken_back = undos.filter(~sent_away | Q(door_device__revoked_at=None), undoes=OuterRef("scan_id"))
    rows = (
        Scan.objects.filter(performance_id=performance_id)
        .exclude(Q(decided_by=DecidedBy.SERVER) & Exists(same.filter(decided_by=DecidedBy.DEVICE)))
        .annotate(
            undone=Exists(taken_back),
            in_conflict=Exists(Conflict.objects.filter(scan__scan_id=OuterRef("scan_id"))),
            reference=F("reservation__reference"),
            full_name=F("reservation__name"),
            device_number=Coalesce("door_device__number", NO_DEVICE),
        )
        .order_by("-happened_at", "-id")
        .values(
            *("scan_id", "kind", "outcome", "device", "seats_admitted", "reference", "device_number", "undone"),
            "full_name",
            "happened_at",
            "in_conflict",
        )[:LAST_SCANS]
    )
    return [_listed_scan(**row) for row in rows]


def _listed_scan(*, full_name: str | None, happened_at: datetime, in_conflict: bool, **row: Any) -> ListedScan:
    return ListedScan(
        at=happened_at, conflict=in_conflict, name=None if full_name is None else short_name(full_name), **row
    )
