"""Reading the door: who has come in, and what is on tonight."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from azionelab.checkin.models import CheckIn
from azionelab.core.clock import day_bounds, theatre_today
from azionelab.programme.models import Performance
from azionelab.programme.selectors import published_performances
from azionelab.reservations.models import Reservation, Status


@dataclass(frozen=True, kw_only=True)
class DoorPerformance:
    """A performance as the door sees it; `expected` and `admitted` are seats."""

    performance: Performance
    expected: int
    admitted: int


@dataclass(frozen=True, kw_only=True)
class Admission:
    """The admissions of one reservation so far."""

    seats: int
    first_at: datetime | None
    first_device: str | None


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
    performances = list(published_performances(since=since, until=until))
    ids = [performance.pk for performance in performances]
    expected, admitted = expected_by_performance(ids), admitted_by_performance(ids)
    return [
        DoorPerformance(
            performance=performance,
            expected=expected.get(performance.pk, 0),
            admitted=admitted.get(performance.pk, 0),
        )
        for performance in performances
    ]
