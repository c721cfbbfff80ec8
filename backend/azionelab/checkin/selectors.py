"""Reading the door: who has come in, and what is on tonight."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from azionelab.checkin.models import CheckIn, DoorDevice
from azionelab.checkin.tokens import device_token_digest
from azionelab.core.clock import day_bounds, theatre_today
from azionelab.core.errors import DomainError
from azionelab.programme.models import BookingState, Performance
from azionelab.programme.selectors import performance_with_id, performances
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation, Status
from azionelab.reservations.selectors import guest_list
from azionelab.reservations.surnames import surname_sort_key


@dataclass(frozen=True, kw_only=True)
class DoorPerformance:
    """A performance as the door sees it; `expected` and `admitted` are seats."""

    performance: Performance
    expected: int
    admitted: int


@dataclass(frozen=True, kw_only=True)
class BoxOffice:
    """Where a performance stands, in seats, for the manager."""

    confirmed: int
    pending: int
    left: int
    admitted: int
    state: BookingState


@dataclass(frozen=True, kw_only=True)
class Admission:
    """The admissions of one reservation so far."""

    seats: int
    first_at: datetime | None
    first_device: str | None


@dataclass(frozen=True, kw_only=True)
class ListedGuest:
    """A confirmed reservation on the manager's list; `seats` and `admitted` are seats."""

    reference: str
    name: str
    seats: int
    admitted: int
    phone: str
    notes: str


def device_for_token(token: str) -> DoorDevice | None:
    """The device with its performance and its staff, whether it is still welcome or not. One statement."""
    try:
        token_digest = device_token_digest(token)
    except DomainError:
        return None  # not a token at all
    devices = DoorDevice.objects.select_related("performance__show", "performance__venue", "staff")
    return devices.filter(token_digest=token_digest).first()


def admission_of(reservation_id: int) -> Admission:
    """One statement."""
    checkins = list(
        CheckIn.objects.filter(reservation_id=reservation_id)
        .order_by("admitted_at", "id")
        .values_list("seats", "admitted_at", "scan__device")
    )
    first = checkins[0] if checkins else (0, None, None)
    return Admission(seats=sum(row[0] for row in checkins), first_at=first[1], first_device=first[2])


def admitted_by_performance(performance_ids: Iterable[int]) -> dict[int, int]:
    rows = (
        CheckIn.objects.filter(reservation__performance_id__in=performance_ids)
        .order_by()
        .values_list("reservation__performance_id")
        .annotate(Sum("seats"))
    )
    return dict(rows)


def admitted_by_reservation(performance_id: int) -> dict[int, int]:
    rows = (
        CheckIn.objects.filter(reservation__performance_id=performance_id)
        .order_by()
        .values_list("reservation_id")
        .annotate(Sum("seats"))
    )
    return dict(rows)


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
    expected, admitted = expected_by_performance(ids), admitted_by_performance(ids)
    return [
        DoorPerformance(
            performance=performance,
            expected=expected.get(performance.pk, 0),
            admitted=admitted.get(performance.pk, 0),
        )
        for performance in tonight
    ]


def box_office(performances: Sequence[Performance]) -> dict[int, BoxOffice]:
    """Where each of these performances stands. Two statements, however many there are."""
    ids = [performance.pk for performance in performances]
    held, admitted = capacity.held_by_performance(ids), admitted_by_performance(ids)
    now = timezone.now()
    return {
        performance.pk: _stand(performance, held.get(performance.pk, capacity.Held()), admitted, now)
        for performance in performances
    }


def _stand(performance: Performance, held: capacity.Held, admitted: dict[int, int], now: datetime) -> BoxOffice:
    return BoxOffice(
        confirmed=held.confirmed,
        pending=held.pending,
        left=capacity.seats_left(performance, held.taken),
        admitted=admitted.get(performance.pk, 0),
        state=capacity.booking_state(performance, taken=held.taken, now=now),
    )


def guests_by_surname(performance_id: int) -> list[ListedGuest]:
    """The confirmed reservations of a performance as a paper list has them. Two statements, however many there are."""
    admitted = admitted_by_reservation(performance_id)
    columns = ("reference", "name", "seats", "phone", "notes")
    guests = [
        ListedGuest(admitted=admitted.get(row.pop("pk"), 0), **row)
        for row in guest_list(performance_id).values("pk", *columns)
    ]
    return sorted(guests, key=lambda guest: (surname_sort_key(guest.name), guest.reference))
