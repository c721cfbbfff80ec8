"""Changing a Performance that may already have reservations; the admin, the season file and the commands come here.

Whoever holds seats is told of a cancellation, of another time or another room, in the transaction that writes it: by
one mail for each reservation, which leaves later. The Performance is locked for that, and so is whoever reserves: a
guest is either told, or reserves knowing it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone, translation

from azionelab.core.clock import theatre_time
from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import Code, DomainError, FieldError, validation_failed
from azionelab.programme.models import Performance, Show, Venue
from azionelab.reservations import capacity
from azionelab.reservations.models import EmailKind, EmailState, OutboundEmail, Reservation, Status, WalkIn
from azionelab.reservations.whereabouts import Whereabouts

MOST_SEATS = 100_000
# What makes up how many there are to reserve.
SEATS = ("capacity", "additional_seats", "manually_occupied")
# Farther away is a year that was mistyped, and guests would be told of it.
FARTHEST_MOVE = timedelta(days=2 * 365)
# What a guest must know of at once; what else changes is on the reservation's page.
TOLD = frozenset({"cancelled_at", "starts_at", "venue", "venue_id"})
_MOVES = TOLD - {"cancelled_at"}
# What is to be written to a locked performance at the database's time.
Wanted = Callable[[Performance, datetime], dict[str, Any]]
_NOTICES = (EmailKind.PERFORMANCE_CANCELLED, EmailKind.PERFORMANCE_MOVED)


class Action(StrEnum):
    CANCELLED = "cancelled"
    MOVED = "moved"
    RESTORED = "restored"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became of a performance: where it was, who holds seats of it, and the mails written to tell them."""

    performance: Performance
    before: Whereabouts
    capacity_before: int
    bookable_before: int
    action: Action
    guests: Sequence[Reservation] = ()
    emails: Sequence[OutboundEmail] = ()


# Services -----------------------------------------------------------------------------------------------------------


def cancel_performance(*, performance_id: int, tell: bool = True, dry_run: bool = False) -> Change:
    """Cancels a performance; one that is cancelled already stays as it is, and nobody is told again.

    Nobody can reserve or confirm any more, and tickets are refused at the door. Without `tell` no mail is written.

    Locks: the Performance, its live reservations. Raises `not_found` and `performance_started` (it is over).
    """
    return _change(performance_id, _cancelling, tell=tell, dry_run=dry_run)


def move_performance(
    *,
    performance_id: int,
    starts_at: datetime,
    venue: Venue | None = None,
    seats: int | None = None,
    tell: bool = True,
    dry_run: bool = False,
) -> Change:
    """Moves a performance to another time, into another venue, or both; reservations and tickets stay valid.

    The doors and the times of booking move along, but booking that is open stays open. `seats` is the new capacity;
    left out, it is the other venue's, and without another venue what it was.

    Locks: the Performance, its live reservations. Raises `not_found`, `validation_failed` (a time in the past, or what
    a constraint refuses), `performance_cancelled`, `performance_started` (it is over, or somebody is in) and
    `capacity_below_reserved`.
    """

    def moving(performance: Performance, now: datetime) -> dict[str, Any]:
        return _moving(performance, now, starts_at=starts_at, venue=venue or performance.venue, seats=seats)

    return _change(performance_id, moving, tell=tell, dry_run=dry_run)


def change_seats(*, performance_id: int, seats: Mapping[str, int], dry_run: bool = False) -> Change:
    """Sets how many seats there are: of `seats`, capacity, additional_seats and manually_occupied may be named.

    Nobody is told. Never fewer than are taken; of one that is oversold already, never fewer than it has.

    Locks: the Performance. Raises `not_found`, `validation_failed` (a number that cannot be), `performance_started` (it
    is over) and `capacity_below_reserved`.
    """

    def changing(performance: Performance, now: datetime) -> dict[str, Any]:
        _check_not_over(performance, now)
        _check_numbers({name: getattr(performance, name) for name in SEATS} | dict(seats))
        return {name: value for name, value in seats.items() if getattr(performance, name) != value}

    return _change(performance_id, changing, tell=False, dry_run=dry_run)


@atomic_with_retry
def update_performance(*, performance_id: int, changes: Mapping[str, Any]) -> Change:
    """Writes `changes` (field name to value) unless they take away seats that are already taken; tells the guests.

    Locks: the Performance, its live reservations. Raises `not_found`, `capacity_below_reserved` (with `short_by`, in
    seats) and `performance_started` (somebody is in, and it would be moved).
    """
    performance, _now = _lock(performance_id)
    return _write(performance, changes, tell=True)


@atomic_with_retry
def check_changes(*, performance_id: int, changes: Mapping[str, Any]) -> None:
    """Raises what `update_performance` would raise, and writes nothing.

    Locks: the Performance, until the caller's transaction ends: what passes here is still true when it is written
    there. A form thus hears of a refusal while it can still show it beside the field.
    """
    performance, _now = _lock(performance_id)
    _check(performance, changes)


def guests_of(performance: Performance) -> list[Reservation]:
    """The reservations that hold seats, in the order in which they were made: who is told of a change."""
    live = Reservation.objects.filter(capacity.HOLDS_SEATS, performance=performance).order_by("created_at", "id")
    guests = list(live)
    for guest in guests:
        guest.performance = performance
    return guests


def count_reachable(performance_id: int) -> int:
    """How many guests a change would be told to."""
    return Reservation.objects.filter(capacity.HOLDS_SEATS, ~Q(email=""), performance_id=performance_id).count()


# What is to change --------------------------------------------------------------------------------------------------


@atomic_with_retry
def _change(performance_id: int, wanted: Wanted, *, tell: bool, dry_run: bool) -> Change:
    performance, now = _lock(performance_id)
    change = _write(performance, wanted(performance, now), tell=tell)
    if dry_run:
        transaction.set_rollback(True)
    return change


def _cancelling(performance: Performance, now: datetime) -> dict[str, Any]:
    if performance.cancelled_at is not None:
        return {}
    _check_not_over(performance, now)
    return {"cancelled_at": now}


def _moving(
    performance: Performance, now: datetime, *, starts_at: datetime, venue: Venue, seats: int | None
) -> dict[str, Any]:
    if performance.cancelled_at is not None:
        raise DomainError(Code.PERFORMANCE_CANCELLED, "This performance is cancelled; it cannot be moved.")
    _check_not_over(performance, now)
    if starts_at <= now:
        raise validation_failed(FieldError(field="to", code="past", message="That time is in the past."))
    if starts_at - performance.starts_at > FARTHEST_MOVE:
        message = f"That is more than {FARTHEST_MOVE.days // 365} years later. Look at the year."
        raise validation_failed(FieldError(field="to", code="too_late", message=message))
    if seats is None:
        seats = performance.capacity if venue == performance.venue else venue.capacity
    if not 1 <= seats <= MOST_SEATS:
        message = f"Use a number from 1 to {MOST_SEATS}."
        raise validation_failed(FieldError(field="capacity", code="invalid", message=message))
    wanted = _moved_times(performance, starts_at, now) | {"starts_at": starts_at, "venue": venue, "capacity": seats}
    return {name: value for name, value in wanted.items() if getattr(performance, name) != value}


def _check_numbers(seats: Mapping[str, int]) -> None:
    for name, value in seats.items():
        least = 1 if name == "capacity" else 0
        if not least <= value <= MOST_SEATS:
            message = f"Use a number from {least} to {MOST_SEATS}."
            raise validation_failed(FieldError(field=name, code="invalid", message=message))
    if seats["manually_occupied"] > seats["capacity"] + seats["additional_seats"]:
        message = "You cannot take out more seats than there are."
        raise validation_failed(FieldError(field="manually_occupied", code="invalid", message=message))


def _moved_times(performance: Performance, starts_at: datetime, now: datetime) -> dict[str, datetime]:
    """All as long before the start as they were; but who can reserve, or confirm, today can still do it."""
    by = starts_at - performance.starts_at
    opened = performance.booking_opens_at
    opens = _shifted_by_the_clock(opened, performance.starts_at, starts_at)
    return {
        "doors_open_at": performance.doors_open_at + by,
        "booking_opens_at": min(opens, opened) if opened <= now else opens,
        "booking_closes_at": performance.booking_closes_at + by,
    }


def _shifted_by_the_clock(moment: datetime, start: datetime, new_start: datetime) -> datetime:
    """By as much on the theatre's clock: across a change to summer time, booking that opens at noon opens at noon."""
    by = theatre_time(new_start).replace(tzinfo=None) - theatre_time(start).replace(tzinfo=None)
    return theatre_time(moment) + by


def _check_not_over(performance: Performance, now: datetime) -> None:
    if _ends_at(performance) <= now:
        raise DomainError(Code.PERFORMANCE_STARTED, "This performance is over.")


def _ends_at(performance: Performance) -> datetime:
    return performance.starts_at + timedelta(minutes=performance.show.duration_minutes)


# Writing it ---------------------------------------------------------------------------------------------------------


def _lock(performance_id: int) -> tuple[Performance, datetime]:
    """The Performance with its show and venue, locked, and the database's time after the wait for the lock."""
    performance = capacity.lock_performance(performance_id)
    now: datetime = Performance.objects.filter(pk=performance_id).values_list(Now(), flat=True).get()
    return performance, now


def _write(performance: Performance, changes: Mapping[str, Any], *, tell: bool) -> Change:
    before, capacity_before, bookable_before = Whereabouts.of(performance), performance.capacity, performance.bookable
    announced = performance.starts_at, performance.venue
    _check(performance, changes)
    _save(performance, {**_first_announced(performance, *announced), **changes})
    if "booking_closes_at" in changes:
        _end_holds_with_booking(performance)
    now = Whereabouts.of(performance)
    if now != before:
        live = Reservation.objects.filter(capacity.HOLDS_SEATS, performance=performance)
        live.update(calendar_sequence=F("calendar_sequence") + 1)
    guests = guests_of(performance)
    emails: list[OutboundEmail] = []
    # Of what has been and gone nobody is told: a manager puts the record straight.
    if tell and now != before and _ends_at(performance) > timezone.now():
        emails = _write_notices(guests, before=before, now=now)
    return Change(
        performance=performance,
        before=before,
        capacity_before=capacity_before,
        bookable_before=bookable_before,
        action=_action(before, now, changes),
        guests=guests,
        emails=emails,
    )


def _first_announced(performance: Performance, starts_at: datetime, venue: Venue) -> dict[str, Any]:
    """Of what was moved after guests could read it: what they may have in their diaries, until it is so again."""
    if (performance.starts_at, performance.venue) == (starts_at, venue) or performance.show.status == Show.Status.DRAFT:
        return {}
    if performance.announced is not None:
        starts_at, venue = performance.announced.starts_at, performance.announced.venue
    is_back = (performance.starts_at, performance.venue) == (starts_at, venue)
    return {"moved_from_at": None if is_back else starts_at, "moved_from_venue": None if is_back else venue}


def _save(performance: Performance, changes: Mapping[str, Any]) -> None:
    if not changes:
        return
    for name, value in changes.items():
        setattr(performance, name, value)
    try:
        performance.save(update_fields=list(changes))
    except IntegrityError:
        # Another one came to that very place since the constraints were looked at.
        message = "This show already has a performance in this venue at this time."
        raise validation_failed(FieldError(field="to", code="invalid", message=message)) from None


def _action(before: Whereabouts, now: Whereabouts, changes: Mapping[str, Any]) -> Action:
    if before.cancelled != now.cancelled:
        return Action.CANCELLED if now.cancelled else Action.RESTORED
    if before != now:
        return Action.MOVED
    return Action.UPDATED if changes else Action.UNCHANGED


def _check(performance: Performance, changes: Mapping[str, Any]) -> None:
    """Sets the changes on the locked row, unless a rule says no."""
    bookable = performance.bookable
    for field, value in changes.items():
        setattr(performance, field, value)
    if changes.keys() & _MOVES:
        _check_nobody_is_in(performance.pk)
        _check_constraints(performance)
    taken = capacity.tally(performance.pk).taken
    # More may be taken than there were: a manager let people in. That is no reason to refuse other changes.
    if performance.bookable < min(taken, bookable):
        raise DomainError(
            Code.CAPACITY_BELOW_RESERVED,
            f"{taken} seats are already reserved; that is {taken - performance.bookable} more than you would leave.",
            short_by=taken - performance.bookable,
        )


def _check_nobody_is_in(performance_id: int) -> None:
    """Locks the reservations: whoever scans one of them at this moment comes before this, or after."""
    live = Reservation.objects.filter(performance_id=performance_id, status__in=(Status.PENDING, Status.CONFIRMED))
    rows = live.select_for_update(no_key=True).order_by("id").values_list("admitted_since", flat=True)
    if any(rows) or WalkIn.objects.filter(performance_id=performance_id).exists():
        raise DomainError(Code.PERFORMANCE_STARTED, "People are inside already; this performance cannot be moved.")


def _check_constraints(performance: Performance) -> None:
    try:
        # A DomainError is for programs and the operator; a form has its own words, in the manager's language.
        with translation.override("en"):
            performance.validate_constraints()
    except ValidationError as error:
        messages = error.messages
        raise validation_failed(*(FieldError(field="to", code="invalid", message=said) for said in messages)) from None


def _end_holds_with_booking(performance: Performance) -> None:
    """No hold outlasts booking: its seats could be neither confirmed nor sold."""
    closes = performance.booking_closes_at
    pending = Reservation.objects.filter(performance=performance, status=Status.PENDING, hold_expires_at__gt=closes)
    pending.update(hold_expires_at=closes)


# Who is told --------------------------------------------------------------------------------------------------------


def _write_notices(guests: Iterable[Reservation], *, before: Whereabouts, now: Whereabouts) -> list[OutboundEmail]:
    """One mail for each guest with an address who has not heard what is so now.

    A notice that has not left is withdrawn: the new one tells the newest truth, and what changed since the guest last
    heard. Where all is as they had heard, there is nothing to tell.
    """
    reachable = [guest for guest in guests if guest.email]
    heard = _withdraw_notices([guest.pk for guest in reachable])
    kind = EmailKind.PERFORMANCE_CANCELLED if now.cancelled else EmailKind.PERFORMANCE_MOVED
    news = [(guest, heard.get(guest.pk, before)) for guest in reachable]
    return OutboundEmail.objects.bulk_create(
        OutboundEmail(reservation=guest, kind=kind, about=known.as_json())
        for guest, known in news
        if known != now and not (known.cancelled and now.cancelled)
    )


def _withdraw_notices(reservation_ids: Sequence[int]) -> dict[int, Whereabouts]:
    """What those guests had heard before the notices that are still waiting, of which none will leave any more.

    One that is being sent at this moment cannot be called back. Should it fail, the newer one stands in for it
    (`delivery`).
    """
    waiting = OutboundEmail.objects.filter(
        reservation_id__in=reservation_ids, kind__in=_NOTICES, state=EmailState.QUEUED
    ).order_by("-id")
    heard = {email.reservation_id: Whereabouts.read(email.about) for email in waiting if email.about}
    waiting.exclude(lease_expires_at__gt=Now()).update(state=EmailState.WITHDRAWN)
    return heard
