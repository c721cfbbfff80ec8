"""What staff do for a guest on the phone or at the counter: reserve, confirm, change, renew, cancel, move.

Staff's rules are fewer than a guest's. Booking is open to them until the performance begins, and neither the size of a
party nor an address's reservations are counted; but no seat is ever sold twice, and a party of whom somebody is in
stays as it is. Each service can be tried out (`dry_run`): all that it wrote is taken back, and no mail leaves.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Now

from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import Code, DomainError, FieldError, validation_failed
from azionelab.programme.models import Performance
from azionelab.reservations import capacity, services
from azionelab.reservations.guests import GuestDetails
from azionelab.reservations.models import (
    EmailKind,
    EmailState,
    OutboundEmail,
    Reservation,
    ReservationToken,
    Status,
)
from azionelab.reservations.tokens import new_reference

# What a change of one of them asks of the performance: that it is still to come.
_OF_THE_EVENING = frozenset({"seats", "email"})


@dataclass(frozen=True, kw_only=True)
class Done:
    """A reservation as it is now, what became of it (field: before), and the mail that tells its guest."""

    reservation: Reservation
    email: OutboundEmail | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    # Links, each with its QR code, that open nothing any more.
    links_revoked: int = 0


def reserve(
    *,
    performance_id: int,
    guest: GuestDetails,
    seats: int,
    idempotency_key: UUID,
    hold: bool = False,
    dry_run: bool = False,
) -> Reservation:
    """Reserves for a guest: confirmed at once, with the ticket's mail where there is an address.

    With `hold` the seats are held, and the guest is asked by mail to confirm. The same key and request again give the
    reservation that is already there.

    Locks: the Performance. Raises `not_found`, `performance_cancelled`, `performance_started`, `capacity_exceeded`,
    `idempotency_key_reused`; with `hold` also `validation_failed` (no address), `performance_not_yet_open` and
    `performance_closed`, as the guest could not confirm.
    """
    if hold and not guest.email:
        message = "Without an address nobody can be asked to confirm."
        raise validation_failed(FieldError(field="hold", code="invalid", message=message))
    request_digest = services.digest_request(performance=performance_id, seats=seats, hold=hold, **asdict(guest))
    values: dict[str, Any] = {"seats": seats, "idempotency_key": idempotency_key, "request_digest": request_digest}

    def insert(reference: str) -> services.Written:
        return _insert(performance_id, guest, hold=hold, dry_run=dry_run, reference=reference, **values)

    if dry_run:
        earlier = services.find_earlier(idempotency_key, request_digest)
        return earlier or insert(new_reference())[0]
    return services.write_once(idempotency_key, request_digest, insert)


@atomic_with_retry
def _insert(
    performance_id: int, guest: GuestDetails, *, hold: bool, dry_run: bool, seats: int, **values: Any
) -> services.Written:
    performance = capacity.lock_performance(performance_id)
    counted = capacity.tally(performance_id)
    _check_open(performance, counted, guest_confirms=hold)
    capacity.check_seats(performance, counted.taken, seats)
    if not hold:
        values |= {"status": Status.CONFIRMED, "confirmed_at": counted.now, "hold_expires_at": counted.now}
    reservation = services.add_reservation(performance, counted, guest, seats=seats, **values)
    email = services.write_email(reservation, services.present_kind(reservation))
    if dry_run:
        transaction.set_rollback(True)
    return reservation, email


def confirm(*, reservation_id: int, dry_run: bool = False) -> Done:
    """Confirms for a guest, until the performance begins, and sends the ticket; after the hold while seats are there.

    Locks: the Performance, the Reservation. Raises `reservation_cancelled`, `reservation_not_confirmed` (nobody knows
    any more whose it was), `performance_cancelled`, `performance_started`, `capacity_exceeded`, `not_found`.
    """
    reservation, email = services.write_confirmation(reservation_id, by_staff=True, dry_run=dry_run)
    return _done(reservation, email, dry_run=dry_run)


def cancel(*, reservation_id: int, tell: bool = True, dry_run: bool = False) -> Done:
    """Cancels, until somebody of the party is in; tells the guest unless `tell` is off. Twice changes nothing.

    Locks: the Reservation. Raises `performance_started` (somebody is in), `not_found`.
    """
    reservation, email = services.write_cancellation(reservation_id, by_staff=True, tell=tell, dry_run=dry_run)
    return _done(reservation, email, dry_run=dry_run)


def change(*, reservation_id: int, changes: Mapping[str, Any], dry_run: bool = False) -> Done:
    """Writes `changes` (of seats, name, email, phone, notes, language), each value through its reader already.

    To another address all that was sent before opens nothing any more, and the ticket, or the mail that asks to
    confirm, is sent there. With more or fewer seats the ticket stays the same.

    Locks: the Performance, the Reservation. Raises `not_found`, `reservation_cancelled`, `reservation_not_confirmed`
    (the hold has passed), `validation_failed` (its guest was erased); for seats and the address also
    `performance_cancelled` and `performance_started` (or somebody is in), and `capacity_exceeded`.
    """
    reservation, email, before = _change(reservation_id, changes, dry_run=dry_run)
    return _done(reservation, email, before, dry_run=dry_run)


@atomic_with_retry
def _change(
    reservation_id: int, changes: Mapping[str, Any], *, dry_run: bool
) -> tuple[Reservation, OutboundEmail | None, dict[str, Any]]:
    performance, reservation = services.lock_both(reservation_id)
    others = capacity.tally(performance.pk, leave_out=reservation.pk)
    _check_changeable(reservation, others)
    before = {name: getattr(reservation, name) for name in changes if getattr(reservation, name) != changes[name]}
    if before.keys() & _OF_THE_EVENING:
        capacity.check_open_to_staff(performance, others.now)
        _check_nobody_is_in(reservation)
    if changes.get("seats", 0) > reservation.seats:
        capacity.check_seats(performance, others.taken, changes["seats"])
    for name in before:
        setattr(reservation, name, changes[name])
    reservation.save(update_fields=list(before))
    email = _send_anew(reservation)[0] if "email" in before else None
    if dry_run:
        transaction.set_rollback(True)
    return reservation, email, before


def renew(*, reservation_id: int, dry_run: bool = False) -> Done:
    """For a link or a QR code that others have: all that was sent opens nothing any more, and new ones are sent.

    Also once some of the party are in. Locks: the Performance, the Reservation. Raises `not_found`,
    `validation_failed` (no address to send to, or its guest was erased), `reservation_cancelled`,
    `reservation_not_confirmed` (the hold has passed), `performance_cancelled`, `performance_started`.
    """
    reservation, email, revoked = _renew(reservation_id, dry_run=dry_run)
    done = _done(reservation, email, dry_run=dry_run)
    return replace(done, links_revoked=revoked)


@atomic_with_retry
def _renew(reservation_id: int, *, dry_run: bool) -> tuple[Reservation, OutboundEmail | None, int]:
    performance, reservation = services.lock_both(reservation_id)
    counted = capacity.tally(performance.pk)
    _check_changeable(reservation, counted)
    capacity.check_open_to_staff(performance, counted.now)
    if not reservation.email:
        message = "It has no e-mail address: there is no link to take back, and none can be sent."
        raise validation_failed(FieldError(field="reference", code="no_email", message=message))
    email, revoked = _send_anew(reservation)
    if dry_run:
        transaction.set_rollback(True)
    return reservation, email, revoked


def _send_anew(reservation: Reservation) -> tuple[OutboundEmail | None, int]:
    """The mail with new links, and how many were revoked: what was sent before may be in a stranger's hands."""
    links = ReservationToken.objects.filter(reservation=reservation, revoked_at=None)
    revoked = links.update(revoked_at=Now())
    _waiting(reservation).filter(kind__in=(EmailKind.CONFIRM, EmailKind.TICKET)).update(state=EmailState.WITHDRAWN)
    return services.write_email(reservation, services.present_kind(reservation)), revoked


def _waiting(reservation: Reservation) -> QuerySet[OutboundEmail]:
    """Its mails that can still be called back: one that is being sent at this moment cannot."""
    queued = OutboundEmail.objects.filter(reservation=reservation, state=EmailState.QUEUED)
    return queued.exclude(lease_expires_at__gt=Now())


def move(*, reservation_id: int, performance_id: int, dry_run: bool = False) -> Done:
    """Moves a reservation to another performance: its reference and its QR code stay, and open the other door.

    Also away from a performance that was cancelled. The ticket, or the mail that asks to confirm, is sent anew.

    Locks: both Performances in the order of their ids, then the Reservation. Raises `not_found`,
    `reservation_cancelled`, `reservation_not_confirmed` (the hold has passed), `validation_failed` (its guest was
    erased), `performance_cancelled`, `performance_started` (or somebody is in), `capacity_exceeded`, `busy`; for one
    that is not confirmed yet also `performance_not_yet_open` and `performance_closed`.
    """
    reservation, email, before = _move(reservation_id, performance_id, dry_run=dry_run)
    return _done(reservation, email, before, dry_run=dry_run)


@atomic_with_retry
def _move(
    reservation_id: int, performance_id: int, *, dry_run: bool
) -> tuple[Reservation, OutboundEmail | None, dict[str, Any]]:
    old, new, reservation = _lock_all(reservation_id, performance_id)
    counted = capacity.tally(new.pk, leave_out=reservation.pk)
    _check_changeable(reservation, counted)
    if old == new:
        return reservation, None, {}
    _check_nobody_is_in(reservation)
    is_held = reservation.status == Status.PENDING
    _check_open(new, counted, guest_confirms=is_held)
    capacity.check_seats(new, counted.taken, reservation.seats)
    # Phones at the old door call it by its slot there: none is ever given again.
    Performance.objects.filter(pk=old.pk).update(gone_slots=Greatest(F("gone_slots"), reservation.slot + 1))
    reservation.performance, reservation.slot = new, counted.next_slot(new)
    reservation.hold_expires_at = min(reservation.hold_expires_at, new.booking_closes_at)
    reservation.calendar_sequence += 1
    reservation.save(update_fields=["performance", "slot", "hold_expires_at", "calendar_sequence"])
    # Whatever waits is about the old evening.
    _waiting(reservation).update(state=EmailState.WITHDRAWN)
    email = services.write_email(reservation, services.present_kind(reservation))
    if dry_run:
        transaction.set_rollback(True)
    return reservation, email, {"performance": old}


def _lock_all(reservation_id: int, performance_id: int) -> tuple[Performance, Performance, Reservation]:
    """Raises `busy` where somebody else moves it at this moment."""
    unlocked = Reservation.objects.filter(pk=reservation_id).values_list("performance_id", flat=True).first()
    if unlocked is None:
        raise DomainError(Code.NOT_FOUND)
    locked = {pk: capacity.lock_performance(pk) for pk in sorted({unlocked, performance_id})}
    # Not `no_key`, as the row changes its key (performance and slot): nobody may write a scan of it meanwhile.
    reservation = Reservation.objects.select_for_update().filter(pk=reservation_id).first()
    if reservation is None:
        raise DomainError(Code.NOT_FOUND)
    if reservation.performance_id != unlocked:
        raise DomainError(Code.BUSY, "It was moved to another performance in this moment. Try again.")
    reservation.performance = locked[unlocked]
    return locked[unlocked], locked[performance_id], reservation


def _check_changeable(reservation: Reservation, counted: capacity.Tally) -> None:
    if reservation.erased_at is not None:
        message = "Its guest's personal data were erased; nothing of it changes any more."
        raise validation_failed(FieldError(field="reference", code="erased", message=message))
    services.check_live(reservation, counted.now)


def _check_nobody_is_in(reservation: Reservation) -> None:
    if reservation.admitted_since is not None:
        raise DomainError(Code.PERFORMANCE_STARTED, "Somebody of this party is already in.")


def _check_open(performance: Performance, counted: capacity.Tally, *, guest_confirms: bool) -> None:
    """To staff; and to guests as well where one must still confirm."""
    capacity.check_open_to_staff(performance, counted.now)
    if guest_confirms:
        capacity.check_booking_open(performance, counted.now)


def _done(
    reservation: Reservation,
    email: OutboundEmail | None,
    before: Mapping[str, Any] | None = None,
    *,
    dry_run: bool,
) -> Done:
    """Sends the mail, once the transaction is over."""
    if not dry_run:
        services.deliver(email)
    return Done(reservation=reservation, email=email, before=before or {})
