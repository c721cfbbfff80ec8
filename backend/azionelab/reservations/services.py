"""What changes a reservation: reserve, confirm, change its seats, cancel, send its mail again.

The web, the admin and the commands all come through here. Whatever takes seats locks the Performance first, then the
Reservation, and counts after that (`capacity`). Each service sends the mail it wrote once its transaction is over.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models.functions import Now

from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import Code, DomainError, FieldError, validation_failed
from azionelab.programme.models import Performance, Show
from azionelab.reservations import capacity, delivery, dispatch
from azionelab.reservations.guests import GuestDetails
from azionelab.reservations.models import EmailKind, EmailState, OutboundEmail, Reservation, Status
from azionelab.reservations.selectors import live_reservations_of, with_current_status
from azionelab.reservations.tokens import new_reference

# A reservation, perhaps with what its query added.
Found = TypeVar("Found", bound=Reservation)
# What a transaction wrote, and the mail to try once it is over.
Written = tuple[Reservation, OutboundEmail | None]
REFERENCE_ATTEMPTS = 5
RESEND_INTERVAL = timedelta(seconds=60)
MAX_RESENT_AT_ONCE = 8


# Reserve ------------------------------------------------------------------------------------------------------------


def reserve(*, performance_id: int, guest: GuestDetails, seats: int, idempotency_key: UUID) -> Reservation:
    """Holds `seats` for a guest and asks them by mail to confirm.

    The same key and request again give the reservation that is already there.

    Locks: the Performance. Raises `not_found`, `performance_cancelled`, `performance_not_yet_open`,
    `performance_closed`, `validation_failed` (seats), `too_many_reservations`, `capacity_exceeded`,
    `idempotency_key_reused`.
    """
    request_digest = digest_request(performance=performance_id, seats=seats, **asdict(guest))

    def insert(reference: str) -> Written:
        return _insert_reservation(
            performance_id=performance_id,
            guest=guest,
            seats=seats,
            reference=reference,
            idempotency_key=idempotency_key,
            request_digest=request_digest,
        )

    return write_once(idempotency_key, request_digest, insert)


def digest_request(**request: object) -> bytes:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).digest()


def write_once(idempotency_key: UUID, request_digest: bytes, insert: Callable[[str], Written]) -> Reservation:
    """What `insert` makes with a free reference, its mail tried once; or what the same key had made before.

    Read like `selectors.with_current_status`. Nobody looks for the key first: it is new nearly always, and the
    database refuses it a second time.
    """
    try:
        reservation, email = _with_free_reference(insert)
    except (DomainError, IntegrityError, OperationalError):
        # What an earlier request with this key was answered is the answer, whatever is so by now: sold out, or so busy
        # that the performance's turn never came.
        earlier = find_earlier(idempotency_key, request_digest)
        if earlier is not None:
            return earlier
        raise
    deliver(email)
    reservation.current_status, reservation.email_state = reservation.status, email.state if email else None
    return reservation


def deliver(email: OutboundEmail | None) -> None:
    """Tries the mail that a service wrote, if it wrote one, once its transaction is over."""
    if email is not None:
        dispatch.deliver_soon(email)


def find_earlier(idempotency_key: UUID, request_digest: bytes) -> Reservation | None:
    """Raises `idempotency_key_reused`."""
    earlier = with_current_status().filter(idempotency_key=idempotency_key).first()
    if earlier is not None and bytes(earlier.request_digest) != request_digest:
        raise DomainError(Code.IDEMPOTENCY_KEY_REUSED)
    return earlier


def _with_free_reference(insert: Callable[[str], Written]) -> Written:
    """A reference that is taken (one try in a few thousand on a busy season) is drawn again."""
    for attempt in range(1, REFERENCE_ATTEMPTS + 1):
        try:
            return insert(new_reference())
        except IntegrityError as error:
            constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
            if "reference" not in (constraint or "") or attempt == REFERENCE_ATTEMPTS:
                raise
    raise AssertionError("unreachable")


@atomic_with_retry
def _insert_reservation(
    *,
    performance_id: int,
    guest: GuestDetails,
    seats: int,
    reference: str,
    idempotency_key: UUID,
    request_digest: bytes,
) -> Written:
    performance = capacity.lock_performance(performance_id)
    if performance.show.status != Show.Status.PUBLISHED:
        raise DomainError(Code.NOT_FOUND)
    counted = capacity.tally(performance_id, email=guest.email)
    capacity.check_booking_open(performance, counted.now)
    _check_party_size(performance, seats)
    capacity.check_seats(performance, counted.taken, seats)
    _check_reservations_of_guest(counted)
    reservation = add_reservation(
        performance,
        counted,
        guest,
        seats=seats,
        reference=reference,
        idempotency_key=idempotency_key,
        request_digest=request_digest,
    )
    return reservation, delivery.write(reservation, EmailKind.CONFIRM)


def add_reservation(
    performance: Performance, counted: capacity.Tally, guest: GuestDetails, **values: Any
) -> Reservation:
    """A row of the locked performance, held until its guest confirms, unless `values` say otherwise."""
    hold_ends = counted.now + timedelta(minutes=settings.HOLD_MINUTES)
    made: dict[str, Any] = {
        **asdict(guest),
        "slot": counted.next_slot(performance),
        "privacy_accepted_at": counted.now,
        "created_at": counted.now,
        # Past the end of booking its seats could be neither confirmed nor sold.
        "hold_expires_at": min(hold_ends, performance.booking_closes_at),
    }
    return Reservation.objects.create(performance=performance, **made | values)


def _check_reservations_of_guest(counted: capacity.Tally) -> None:
    if counted.reservations_of_guest >= settings.MAX_ACTIVE_RESERVATIONS:
        raise DomainError(Code.TOO_MANY_RESERVATIONS)


def _check_party_size(performance: Performance, seats: int) -> None:
    most = performance.max_seats_per_reservation
    if seats > most:
        message = f"At most {most} seats in one reservation."
        raise validation_failed(FieldError(field="seats", code="max_value", message=message))


# Confirm, change, cancel --------------------------------------------------------------------------------------------


def confirm(*, reservation_id: int) -> Reservation:
    """Confirms a reservation and sends its ticket; doing it twice changes and sends nothing more.

    After the hold it is still possible while the seats are there. The Performance is locked in any case: a hold that
    ran out between the check and the commit would otherwise be sold to somebody else in that moment.

    Locks: the Performance, the Reservation. Raises `reservation_cancelled`, `performance_cancelled`,
    `performance_closed`, `capacity_exceeded`, `not_found` and `reservation_not_confirmed` (nobody knows any more whose
    it was) and, after the hold, `too_many_reservations`.
    """
    try:
        reservation, email = write_confirmation(reservation_id)
    except DomainError:
        _mark_expired(reservation_id)
        raise
    deliver(email)
    return reservation


@atomic_with_retry
def write_confirmation(reservation_id: int, *, by_staff: bool = False, dry_run: bool = False) -> Written:
    """Staff confirm until the performance begins, and however many reservations an address has."""
    performance, reservation = lock_both(reservation_id)
    if reservation.status == Status.CONFIRMED:
        return reservation, None
    if reservation.status == Status.CANCELLED:
        raise DomainError(Code.RESERVATION_CANCELLED)
    if reservation.erased_at is not None:
        raise DomainError(Code.RESERVATION_NOT_CONFIRMED)
    others = capacity.tally(performance.pk, email=reservation.email, leave_out=reservation.pk)
    check_open = capacity.check_open_to_staff if by_staff else capacity.check_booking_open
    check_open(performance, others.now)
    capacity.check_seats(performance, others.taken, reservation.seats)
    if not by_staff and reservation.hold_expires_at <= others.now:
        _check_reservations_of_guest(others)
    reservation.status = Status.CONFIRMED
    reservation.confirmed_at = others.now
    reservation.save(update_fields=["status", "confirmed_at"])
    return _written(reservation, write_email(reservation, EmailKind.TICKET), dry_run=dry_run)


def write_email(reservation: Reservation, kind: EmailKind) -> OutboundEmail | None:
    """A guest on the phone who has no address gets none: the reference is the ticket."""
    return delivery.write(reservation, kind) if reservation.email else None


@atomic_with_retry
def change_seats(*, reservation_id: int, seats: int) -> Reservation:
    """Changes the number of seats of a live reservation, in place; its QR code stays the same.

    Locks: the Performance, the Reservation. Raises `validation_failed` (seats), `reservation_cancelled`,
    `reservation_not_confirmed` (the hold has passed), `performance_cancelled`, `performance_started`,
    `performance_closed` and `capacity_exceeded` (more seats than before).
    """
    performance, reservation = lock_both(reservation_id)
    others = capacity.tally(performance.pk, leave_out=reservation.pk)
    check_live(reservation, others.now)
    _check_before_doors(performance, reservation, others)
    if seats > reservation.seats:
        capacity.check_booking_open(performance, others.now)
        _check_party_size(performance, seats)
        capacity.check_seats(performance, others.taken, seats)
    reservation.seats = seats
    reservation.save(update_fields=["seats"])
    return reservation


def cancel(*, reservation_id: int) -> Reservation:
    """Cancels for the guest, until the doors open; the seats are free at once. Doing it twice changes nothing.

    Not once somebody of the party is in: their seat would be sold again.

    Locks: the Reservation. Raises `performance_started`.
    """
    reservation, _email = write_cancellation(reservation_id)
    return reservation


def cancel_by_staff(*, reservation_id: int, tell: bool = True) -> Reservation:
    """Cancels for staff, at any time until somebody of the party is in, and tells the guest unless `tell` is off.

    Locks: the Reservation. Raises `performance_started`.
    """
    reservation, email = write_cancellation(reservation_id, by_staff=True, tell=tell)
    deliver(email)
    return reservation


@atomic_with_retry
def write_cancellation(
    reservation_id: int, *, by_staff: bool = False, tell: bool = False, dry_run: bool = False
) -> Written:
    """What `cancel` and `cancel_by_staff` write; a dry run is taken back."""
    reservation, now = _lock_one(reservation_id)
    if reservation.status == Status.CANCELLED:
        return reservation, None
    if reservation.admitted_since is not None:
        raise DomainError(Code.PERFORMANCE_STARTED, "Somebody of this party is already in.")
    if not by_staff and now >= reservation.performance.doors_open_at:
        raise DomainError(Code.PERFORMANCE_STARTED)
    is_told = tell and _loses_seats(reservation, now)
    reservation.status = Status.CANCELLED
    reservation.cancelled_at = now
    reservation.save(update_fields=["status", "cancelled_at"])
    email = write_email(reservation, EmailKind.RESERVATION_CANCELLED) if is_told else None
    return _written(reservation, email, dry_run=dry_run)


def _written(reservation: Reservation, email: OutboundEmail | None, *, dry_run: bool) -> Written:
    if dry_run:
        transaction.set_rollback(True)
    return reservation, email


def _loses_seats(reservation: Reservation, now: datetime) -> bool:
    """Whether a guest would miss them: not once the hold has passed, the performance is off or has begun."""
    performance = reservation.performance
    holds = reservation.status == Status.CONFIRMED or (
        reservation.status == Status.PENDING and reservation.hold_expires_at > now
    )
    is_to_come = performance.cancelled_at is None and performance.starts_at > now
    return bool(reservation.email) and holds and is_to_come


def lock_both(reservation_id: int) -> tuple[Performance, Reservation]:
    """Performance first, Reservation second: the one order in which anybody locks them.

    Raises `not_found`, and `busy` where staff moved it to another performance in this very moment.
    """
    unlocked = _still_there(Reservation.objects.filter(pk=reservation_id).first())
    performance = capacity.lock_performance(unlocked.performance_id)
    reservation = _still_there(Reservation.objects.select_for_update(no_key=True).filter(pk=reservation_id).first())
    if reservation.performance_id != performance.pk:
        raise DomainError(Code.BUSY, "It was moved to another performance in this moment. Try again.")
    reservation.performance = performance
    return performance, reservation


def _lock_one(reservation_id: int) -> tuple[Reservation, datetime]:
    """Locks the Reservation, and reads it with its performance, and the time, afterwards.

    In one statement whoever waited while staff moved it would join the old performance, and find nothing.
    """
    locked = _still_there(Reservation.objects.select_for_update(no_key=True).filter(pk=reservation_id).first())
    rows = Reservation.objects.select_related("performance__show", "performance__venue").annotate(now=Now())
    reservation = rows.get(pk=locked.pk)
    return reservation, reservation.now


def _still_there(reservation: Found | None) -> Found:
    """Raises `not_found`: what nobody confirmed is deleted after a while, perhaps in this moment."""
    if reservation is None:
        raise DomainError(Code.NOT_FOUND)
    return reservation


def check_live(reservation: Reservation, now: datetime) -> None:
    """Raises `reservation_cancelled`, and `reservation_not_confirmed` once the hold has passed."""
    if reservation.status == Status.CANCELLED:
        raise DomainError(Code.RESERVATION_CANCELLED)
    if reservation.status != Status.CONFIRMED and reservation.hold_expires_at <= now:
        raise DomainError(Code.RESERVATION_NOT_CONFIRMED)


def _check_before_doors(performance: Performance, reservation: Reservation, counted: capacity.Tally) -> None:
    if performance.cancelled_at is not None:
        raise DomainError(Code.PERFORMANCE_CANCELLED)
    if counted.now >= performance.doors_open_at or reservation.admitted_since is not None:
        raise DomainError(Code.PERFORMANCE_STARTED)


def _mark_expired(reservation_id: int) -> None:
    """Writes down that a hold has passed; it frees nothing, as the hold had already stopped counting."""
    Reservation.objects.filter(pk=reservation_id, status=Status.PENDING, hold_expires_at__lte=Now()).update(
        status=Status.EXPIRED
    )


# Send again ---------------------------------------------------------------------------------------------------------


def resend(*, reservation_id: int) -> OutboundEmail:
    """Sends the mail of a live reservation again, with new links; the old ones keep working.

    Locks: the Reservation. Raises `reservation_cancelled`, `reservation_not_confirmed` (the hold has passed),
    `validation_failed` (it has no address) and `too_many_requests` within a minute of the last one.
    """
    email = _queue_again(reservation_id)
    dispatch.deliver_soon(email)
    return email


def present_kind(reservation: Reservation) -> EmailKind:
    """The mail that a live reservation's guest needs now."""
    return EmailKind.TICKET if reservation.status == Status.CONFIRMED else EmailKind.CONFIRM


@atomic_with_retry
def _queue_again(reservation_id: int) -> OutboundEmail:
    reservation, now = _lock_one(reservation_id)
    if reservation.status == Status.CANCELLED:
        raise DomainError(Code.RESERVATION_CANCELLED)
    has_lapsed = reservation.status != Status.CONFIRMED and reservation.hold_expires_at <= now
    if has_lapsed or reservation.erased_at is not None:
        raise DomainError(Code.RESERVATION_NOT_CONFIRMED)
    if not reservation.email:
        raise validation_failed(FieldError(field="email", code="blank", message="The reservation has no address."))
    kind = present_kind(reservation)
    newest = OutboundEmail.objects.filter(reservation=reservation).order_by("-id").first()
    if newest is not None and newest.state == EmailState.QUEUED and newest.kind == kind:
        newest.reservation = reservation  # nothing has left yet: one mail is enough
        return newest
    if newest is not None:
        wait = (newest.sent_at or newest.created_at) + RESEND_INTERVAL - now
        if wait > timedelta(0):
            raise DomainError(Code.TOO_MANY_REQUESTS, retry_after=int(wait.total_seconds()) + 1)
    return delivery.write(reservation, kind)


def resend_all(*, email: str) -> None:
    """Sends every live reservation of an address again. Says nothing: whoever asks may not be its owner."""
    for reservation in live_reservations_of(email)[:MAX_RESENT_AT_ONCE]:
        try:
            queued = _queue_again(reservation.pk)
        except DomainError:
            continue
        dispatch.deliver_soon(queued)
