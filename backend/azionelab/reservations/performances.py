"""Changing a Performance that may already have reservations; the admin and the season file come through here."""

from collections.abc import Mapping
from typing import Any

from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation, Status


@atomic_with_retry
def update_performance(*, performance_id: int, changes: Mapping[str, Any]) -> Performance:
    """Writes `changes` (field name to value) unless they take away seats that are already taken.

    Locks: the Performance. Raises `not_found` and `capacity_below_reserved` (with `short_by`, in seats).
    """
    performance = _lock_and_check(performance_id, changes)
    performance.save(update_fields=list(changes))
    if "booking_closes_at" in changes:
        _end_holds_with_booking(performance)
    return performance


def _end_holds_with_booking(performance: Performance) -> None:
    """No hold outlasts booking: its seats could be neither confirmed nor sold."""
    closes = performance.booking_closes_at
    pending = Reservation.objects.filter(performance=performance, status=Status.PENDING, hold_expires_at__gt=closes)
    pending.update(hold_expires_at=closes)


@atomic_with_retry
def check_changes(*, performance_id: int, changes: Mapping[str, Any]) -> None:
    """Raises what `update_performance` would raise, and writes nothing.

    Locks: the Performance, until the caller's transaction ends: what passes here is still true when it is written
    there. A form thus hears of a refusal while it can still show it beside the field.
    """
    _lock_and_check(performance_id, changes)


def _lock_and_check(performance_id: int, changes: Mapping[str, Any]) -> Performance:
    try:
        performance = Performance.objects.select_for_update(no_key=True).get(pk=performance_id)
    except Performance.DoesNotExist:
        raise DomainError(Code.NOT_FOUND) from None
    before = performance.bookable
    for field, value in changes.items():
        setattr(performance, field, value)
    taken = capacity.tally(performance_id).taken
    # More may be taken than there were: a manager let people in. That is no reason to refuse other changes.
    if performance.bookable < min(taken, before):
        raise DomainError(
            Code.CAPACITY_BELOW_RESERVED,
            f"{taken} seats are already reserved; that is {taken - performance.bookable} more than you would leave.",
            short_by=taken - performance.bookable,
        )
    return performance
