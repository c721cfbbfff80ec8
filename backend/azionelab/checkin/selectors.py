"""Reading the door: who has come in, and what is on tonight."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from azionelab.checkin.models import CheckIn, Conflict, DoorDevice, Scan, Settlement
from azionelab.checkin.tokens import device_token, device_token_digest
from azionelab.core.clock import day_bounds, theatre_today
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import BookingState, Performance
from azionelab.programme.selectors import performance_with_id, performances
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation, Status, WalkIn
from azionelab.reservations.selectors import guest_list
from azionelab.reservations.surnames import name_parts, surname_sort_key


@dataclass(frozen=True, kw_only=True)
class DoorPerformance:
    """A performance as the door sees it, in seats; `admitted` are those who had reserved, `inside` is everybody."""

    performance: Performance
    expected: int
    admitted: int
    inside: int


@dataclass(frozen=True, kw_only=True)
class BoxOffice:
    """Where a performance stands, in seats, for the manager; `admitted` are those who had reserved."""

    confirmed: int
    pending: int
    walk_ins: int
    left: int
    admitted: int
    inside: int
    state: BookingState


@dataclass(frozen=True, kw_only=True)
class Admission:
    """The admissions of one reservation so far; `is_answered`: the scan that was asked for is among its scans."""

    seats: int
    first_at: datetime | None
    first_device: str | None
    has_conflict: bool = False
    has_exception: bool = False
    is_answered: bool = False


# What opens a door to staff, with a session or on a phone that they signed in on.
MAY_SCAN = "checkin.add_scan"
# Conflicts whose people count as inside: all but those whom a person found to have been counted twice.
COUNTS_AS_INSIDE = Q(settlement__in=("", Settlement.CAME_IN))
NOBODY = Admission(seats=0, first_at=None, first_device=None)


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """Who is inside, in seats; only `conflicts` are counted one by one, those that nobody has settled yet."""

    admitted: int = 0
    walk_ins: int = 0
    in_conflict: int = 0
    conflicts: int = 0

    @property
    def inside(self) -> int:
        """Everybody who came in, but for those whom a person found to have been counted twice."""
        return self.admitted + self.walk_ins + self.in_conflict


@dataclass(frozen=True, kw_only=True)
class ListedGuest:
    """A confirmed reservation on the manager's list; `seats` and `admitted` are seats.

    `surname` is what the list is sorted by, `given_name` the rest of the name.
    """

    reference: str
    name: str
    surname: str
    given_name: str
    seats: int
    admitted: int
    phone: str
    notes: str


def device_for_token(token: str) -> DoorDevice | None:
    """The device with its performance and its staff, whether it is still welcome or not. One statement.

    Without the venue, as each scan begins here and does not need it. Not one whose token was made under another
    SECRET_KEY: whoever knew that key and the rows could have made it.
    """
    try:
        token_digest = device_token_digest(token)
    except DomainError:
        return None  # not a token at all
    devices = DoorDevice.objects.select_related("performance__show", "staff")
    device = devices.filter(token_digest=token_digest).first()
    if device is None or device_token_digest(device_token(device.pk, device.claim)) != token_digest:
        return None
    return device


def device_with_id(device_id: UUID) -> DoorDevice | None:
    """The device with its performance and its staff, whether it is still welcome or not. One statement."""
    devices = DoorDevice.objects.select_related("performance__show", "performance__venue", "staff")
    return devices.filter(pk=device_id).first()


def staff_who_may_scan(staff_ids: Iterable[int]) -> set[int]:
    """Those of these accounts that have the right to the door today. At most one statement."""
    ids = set(staff_ids)
    if not ids:
        return set()
    allowed = User.objects.with_perm(MAY_SCAN, backend="django.contrib.auth.backends.ModelBackend")
    return set(allowed.filter(pk__in=ids).values_list("pk", flat=True))


def admission_of(reservation_id: int, scan_id: UUID | None = None) -> Admission:
    """One statement."""
    return admissions_of([reservation_id], scan_id).get(reservation_id, NOBODY)


def admissions_of(reservation_ids: Sequence[int], scan_id: UUID | None = None) -> dict[int, Admission]:
    """Of those reservations to which something has happened. One statement."""
    # A manager's exception may stand as nobody of the party today, and as some of it once the party grows.
    stands = Q(checkin__isnull=False) | Q(conflict__isnull=False) | Q(override=True) | Q(scan_id=scan_id)
    rows = (
        Scan.objects.filter(stands, reservation_id__in=reservation_ids)
        .order_by("checkin__admitted_at", "checkin__id")
        .values_list(
            "reservation_id", "checkin__seats", "checkin__admitted_at", "device", "conflict__id", "override", "scan_id"
        )
    )
    by_reservation: dict[int, list[_AdmissionRow]] = {}
    for row in map(_AdmissionRow._make, rows):
        by_reservation.setdefault(row.reservation_id, []).append(row)
    return {reservation_id: _admission(own, scan_id) for reservation_id, own in by_reservation.items()}


class _AdmissionRow(NamedTuple):
    reservation_id: int
    seats: int | None
    at: datetime | None
    device: str
    conflict: int | None
    override: bool
    scan_id: UUID


def _admission(rows: Sequence[_AdmissionRow], scan_id: UUID | None) -> Admission:
    """`rows` in the order in which they came in; rows without an admission last."""
    admitted = [row for row in rows if row.seats]
    return Admission(
        seats=sum(row.seats or 0 for row in admitted),
        first_at=admitted[0].at if admitted else None,
        first_device=admitted[0].device if admitted else None,
        has_conflict=any(row.conflict for row in rows),
        has_exception=any(row.override for row in rows),
        is_answered=any(row.scan_id == scan_id for row in rows),
    )


def attendance_by_performance(performance_ids: Iterable[int]) -> dict[int, Attendance]:
    """Who is inside each of these performances; one where nobody came is not in it. One statement."""
    ids = list(performance_ids)
    zero = Value(0)
    admitted = (
        CheckIn.objects.filter(reservation__performance_id__in=ids)
        .order_by()
        .values_list("reservation__performance_id")
        .annotate(a=Sum("seats"), w=zero, c=zero, n=zero)
    )
    walk_ins = (
        WalkIn.objects.filter(performance_id__in=ids)
        .order_by()
        .values_list("performance_id")
        .annotate(a=zero, w=Sum("seats"), c=zero, n=zero)
    )
    conflicts = (
        Conflict.objects.filter(performance_id__in=ids)
        .order_by()
        .values_list("performance_id")
        .annotate(
            a=zero,
            w=zero,
            c=Coalesce(Sum("seats", filter=COUNTS_AS_INSIDE), 0),
            n=Count("id", filter=Q(settled_at__isnull=True)),
        )
    )
    sums: dict[int, tuple[int, ...]] = {}
    for performance_id, *row in admitted.union(walk_ins, conflicts, all=True):
        before = sums.get(performance_id, (0, 0, 0, 0))
        sums[performance_id] = tuple(one + other for one, other in zip(before, row, strict=True))
    return {
        performance_id: Attendance(admitted=a, walk_ins=w, in_conflict=c, conflicts=n)
        for performance_id, (a, w, c, n) in sums.items()
    }


def attendance_of(performance_id: int) -> Attendance:
    """One statement."""
    return attendance_by_performance([performance_id]).get(performance_id, Attendance())


def admitted_by_reservation(performance_id: int) -> dict[int, int]:
    rows = (
        CheckIn.objects.filter(reservation__performance_id=performance_id)
        .order_by()
        .values_list("reservation_id")
        .annotate(Sum("seats"))
    )
    return dict(rows)


def conflicts(*, performance_id: int | None = None, settled: bool = False) -> list[Conflict]:
    """With all that tells a person what it is about, the oldest first; only those that wait, unless `settled`."""
    rows = _conflicts()
    if performance_id is not None:
        rows = rows.filter(performance_id=performance_id)
    return list(rows if settled else rows.filter(settled_at__isnull=True))


def conflict_with_id(conflict_id: int) -> Conflict:
    """Raises `not_found`."""
    conflict = _conflicts().filter(pk=conflict_id).first()
    if conflict is None:
        message = f"There is no conflict {conflict_id}; it may have turned out to be none."
        raise DomainError(Code.NOT_FOUND, message)
    return conflict


def _conflicts() -> QuerySet[Conflict]:
    return Conflict.objects.select_related(
        "performance__show", "performance__venue", "reservation", "scan", "first_scan", "settled_by"
    ).order_by("performance__starts_at", "scan__happened_at", "id")


def expected_by_performance(performance_ids: Iterable[int]) -> dict[int, int]:
    rows = (
        Reservation.objects.filter(Q(performance_id__in=performance_ids), status=Status.CONFIRMED)
        .order_by()
        .values_list("performance_id")
        .annotate(expected=Coalesce(Sum("seats"), 0))
    )
    return dict(rows)


def performances_tonight() -> list[DoorPerformance]:
    """The performances of the theatre's day, which ends at five in the morning. Three statements."""
    since, until = day_bounds(theatre_today())
    return _at_the_door(list(performances(since=since, until=until)))


def door_performance(performance_id: int) -> DoorPerformance:
    """One performance, whenever it is. Raises `not_found`. Three statements."""
    return _at_the_door([performance_with_id(performance_id)])[0]


def _at_the_door(tonight: Sequence[Performance]) -> list[DoorPerformance]:
    ids = [performance.pk for performance in tonight]
    expected, attendance = expected_by_performance(ids), attendance_by_performance(ids)
    return [
        DoorPerformance(
            performance=performance,
            expected=expected.get(performance.pk, 0),
            admitted=attendance.get(performance.pk, Attendance()).admitted,
            inside=attendance.get(performance.pk, Attendance()).inside,
        )
        for performance in tonight
    ]


def box_office(performances: Sequence[Performance]) -> dict[int, BoxOffice]:
    """Where each of these performances stands. Two statements, however many there are."""
    ids = [performance.pk for performance in performances]
    held, attendance = capacity.held_by_performance(ids), attendance_by_performance(ids)
    now = timezone.now()
    return {
        performance.pk: _stand(
            performance,
            held.get(performance.pk, capacity.Held()),
            attendance.get(performance.pk, Attendance()),
            now,
        )
        for performance in performances
    }


def _stand(performance: Performance, held: capacity.Held, attendance: Attendance, now: datetime) -> BoxOffice:
    return BoxOffice(
        confirmed=held.confirmed,
        pending=held.pending,
        walk_ins=held.walk_ins,
        left=capacity.seats_left(performance, held.taken),
        admitted=attendance.admitted,
        inside=attendance.inside,
        state=capacity.booking_state(performance, taken=held.taken, now=now),
    )


def guests_by_surname(performance_id: int) -> list[ListedGuest]:
    """The confirmed reservations of a performance as a paper list has them. Two statements, however many there are."""
    admitted = admitted_by_reservation(performance_id)
    columns = ("reference", "name", "seats", "phone", "notes")
    guests = []
    for row in guest_list(performance_id).values("pk", *columns):
        surname, given_name = name_parts(row["name"])
        inside = admitted.get(row.pop("pk"), 0)
        guests.append(ListedGuest(surname=surname, given_name=given_name, admitted=inside, **row))
    return sorted(guests, key=lambda guest: (surname_sort_key(guest.name), guest.reference))
