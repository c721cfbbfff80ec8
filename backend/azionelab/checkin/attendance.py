"""How the evening goes: who is inside, who is still to come, which phone let in how many, and who came when."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone

from azionelab.checkin.door_list import NO_DEVICE, DeviceOverview, devices_of, walk_ins_by_device
from azionelab.checkin.models import CheckIn, Conflict, DoorDevice, Scan, Settlement
from azionelab.checkin.record import taken_back, what_happened
from azionelab.checkin.selectors import COUNTS_AS_INSIDE, Attendance, attendance_of, expected_by_performance
from azionelab.core.clock import day_bounds, theatre_today
from azionelab.core.database import snapshot
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.programme.naming import HOW_TO_NAME, TONIGHT, performance_named
from azionelab.programme.selectors import performances
from azionelab.reservations import capacity
from azionelab.reservations.models import Status, WalkIn

BEAT = timedelta(minutes=5)
# Three hours: whatever came before or after belongs to no evening's curve.
MOST_BEATS = 36


@dataclass(frozen=True, kw_only=True)
class PhoneStats:
    """Seats by one phone; number 0 is whoever was let in without one: by somebody signed in, or from paper."""

    number: int
    name: str
    admitted: int
    walk_ins: int
    walk_in_allowance: int = 0
    last_seen_at: datetime | None = None
    revoked_at: datetime | None = None
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """The seats that came in during the five minutes from `at` on."""

    at: datetime
    seats: int


@dataclass(frozen=True, kw_only=True)
class DoorStats:
    """A performance's door as of `made_at`, in seats. `to_come` are those of confirmed reservations."""

    performance: Performance
    made_at: datetime
    expected: int
    to_come: int
    left: int
    attendance: Attendance
    phones: list[PhoneStats]
    arrivals: list[Arrivals]


def performance_at_the_door(name: str) -> Performance:
    """The performance of that name; without one, tonight's, or of tonight's the one whose door is at work now.

    Raises as `performance_named`.
    """
    if name:
        return performance_named(name)
    try:
        return performance_named(TONIGHT)
    except DomainError as unclear:
        now = timezone.now()
        open_now = [one for one in _tonight() if one.doors_open_at <= now < DoorDevice(performance=one).valid_until]
        if unclear.code == Code.NOT_FOUND:
            raise DomainError(Code.NOT_FOUND, f"Nothing plays tonight. {HOW_TO_NAME}") from None
        if len(open_now) != 1:
            raise
        return open_now[0]


def _tonight() -> QuerySet[Performance]:
    since, until = day_bounds(theatre_today())
    return performances(since=since, until=until).filter(cancelled_at=None)


def door_stats(performance_id: int) -> DoorStats:
    """Raises `not_found`. A dozen statements on one snapshot, however many have reserved."""
    with snapshot():
        performance = performances().annotate(made_at=Now()).filter(pk=performance_id).first()
        if performance is None:
            raise DomainError(Code.NOT_FOUND, "This performance is not there any more.")
        attendance = attendance_of(performance_id)
        expected = expected_by_performance([performance_id]).get(performance_id, 0)
        return DoorStats(
            performance=performance,
            made_at=performance.made_at,
            expected=expected,
            to_come=max(expected - _expected_who_came(performance_id), 0),
            left=capacity.seats_left(performance, capacity.tally(performance_id).taken),
            attendance=attendance,
            phones=_phones(performance_id, attendance),
            arrivals=_arrivals(performance_id, performance.made_at),
        )


def _expected_who_came(performance_id: int) -> int:
    """Not those whose reservation was cancelled after they had come in: nobody expects them any more."""
    came = CheckIn.objects.filter(reservation__performance_id=performance_id, reservation__status=Status.CONFIRMED)
    return int(came.aggregate(seats=Sum("seats"))["seats"] or 0)


def _phones(performance_id: int, attendance: Attendance) -> list[PhoneStats]:
    """By number; last whoever came in without a phone, if anybody did."""
    phones = [_phone(row) for row in devices_of(performance_id)]
    admitted = attendance.admitted - sum(phone.admitted for phone in phones)
    walk_ins = walk_ins_by_device(performance_id)[NO_DEVICE]
    if admitted or walk_ins:
        phones.append(PhoneStats(number=NO_DEVICE, name="", admitted=admitted, walk_ins=walk_ins))
    return phones


def _phone(row: DeviceOverview) -> PhoneStats:
    device = row.device
    return PhoneStats(
        number=device.number,
        name=device.name,
        admitted=row.admitted,
        walk_ins=row.walk_ins,
        walk_in_allowance=device.walk_in_allowance,
        last_seen_at=device.last_seen_at,
        revoked_at=device.revoked_at,
        ended=row.ended,
    )


def _arrivals(performance_id: int, now: datetime) -> list[Arrivals]:
    """Five minutes after five minutes, also those in which nobody came, up to now or the last who came. One statement.

    An evening that is long over ends with its last guest, and not with a row of nothing.
    """
    seats: Counter[datetime] = Counter()
    for at, number in _who_came_when(performance_id):
        seats[_beat(at)] += number
    if not seats:
        return []
    last = max(seats)
    end = _beat(now) if last < now <= last + MOST_BEATS * BEAT else last
    start = max(min(seats), end - (MOST_BEATS - 1) * BEAT)
    beats = range((end - start) // BEAT + 1)
    return [Arrivals(at=start + number * BEAT, seats=seats[start + number * BEAT]) for number in beats]


def _beat(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // BEAT.seconds * BEAT.seconds, tz=moment.tzinfo)


def _who_came_when(performance_id: int) -> Iterable[tuple[datetime, int]]:
    """Everybody who counts as inside."""
    admitted = CheckIn.objects.filter(reservation__performance_id=performance_id).order_by()
    walk_ins = WalkIn.objects.filter(performance_id=performance_id).order_by()
    conflicts = Conflict.objects.filter(COUNTS_AS_INSIDE, performance_id=performance_id).order_by()
    return admitted.values_list("admitted_at", "seats").union(
        walk_ins.values_list("admitted_at", "seats"),
        conflicts.values_list(F("scan__happened_at"), "seats"),
        all=True,
    )


# Attempt by attempt -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A scan as it stands today. `inside` are the seats that came in by it and count."""

    scan: Scan
    inside: int
    is_undone: bool
    conflict: Conflict | None


def attempts(performance_id: int, *, refused: bool = False) -> list[Attempt]:
    """Who is inside by which scan, in the order in which they came; with `refused`, every scan that was ever made.

    Of a scan decided twice, what the device decided. Four statements, however many there are.
    """
    rows = (
        Scan.objects.filter(performance_id=performance_id)
        .select_related("reservation", "checkin", "conflict", "door_device")
        .order_by("id")
    )
    scans = list(rows)
    undone = taken_back(scans)
    walk_ins = dict(WalkIn.objects.filter(performance_id=performance_id).values_list("scan_id", "seats"))
    found = [_attempt(scan, undone, walk_ins) for scan in what_happened(scans)]
    found.sort(key=lambda one: (one.scan.happened_at, one.scan.pk))
    return found if refused else [one for one in found if one.inside]


def _attempt(scan: Scan, undone: set[tuple[int, UUID]], walk_ins: dict[UUID, int]) -> Attempt:
    conflict = getattr(scan, "conflict", None)
    counted = conflict.seats if conflict is not None and conflict.settlement != Settlement.COUNTED_TWICE else 0
    checkin = getattr(scan, "checkin", None)
    inside = (checkin.seats if checkin is not None else 0) + walk_ins.get(scan.scan_id, 0) + counted
    is_undone = (scan.performance_id, scan.scan_id) in undone
    return Attempt(scan=scan, inside=inside, is_undone=is_undone, conflict=conflict)
