"""Performances with their seats, for the house: drafts too, and everything that holds a seat told apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from azionelab.programme.models import BookingState, Performance, Show
from azionelab.programme.naming import members_of
from azionelab.reservations import capacity
from azionelab.reservations.capacity import Held


@dataclass(frozen=True, kw_only=True)
class SeatedPerformance:
    """A Performance as it stands at one moment, in seats."""

    performance: Performance
    state: BookingState
    held: Held

    @property
    def left(self) -> int:
        return capacity.seats_left(self.performance, self.held.taken)


def with_seats(performances: Iterable[Performance], *, now: datetime | None = None) -> list[SeatedPerformance]:
    """One statement beside that for the performances, however many they are."""
    rows = list(performances)
    held = capacity.held_by_performance(row.pk for row in rows)
    now = now or timezone.now()
    return [_seated(row, held.get(row.pk, Held()), now) for row in rows]


def _seated(performance: Performance, held: Held, now: datetime) -> SeatedPerformance:
    state = capacity.booking_state(performance, taken=held.taken, now=now)
    return SeatedPerformance(performance=performance, state=state, held=held)


def performances_of(show: Show) -> QuerySet[Performance]:
    return show.performances.select_related("show", "venue").order_by("starts_at", "id")


def seats_of(row: SeatedPerformance) -> dict[str, Any]:
    """A performance with its seats, as the records of management commands have it."""
    performance = row.performance
    return {
        **members_of(performance),
        "draft": performance.show.status == Show.Status.DRAFT,
        "booking": row.state,
        "bookable": performance.bookable,
        "taken": row.held.taken,
        "left": row.left,
    }
