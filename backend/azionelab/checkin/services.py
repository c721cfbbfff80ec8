"""Letting people in. Every scan comes through `register_scan`: live, by reference, and later replayed."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from azionelab.checkin.models import CheckIn, Outcome, Scan
from azionelab.checkin.selectors import Admission, admission_of
from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.programme.selectors import performance_with_id
from azionelab.reservations.models import Reservation, Status
from azionelab.reservations.selectors import reservation_id_for_reference, reservation_id_for_ticket
from azionelab.reservations.tokens import ticket_digest


@dataclass(frozen=True, kw_only=True)
class ScanRequest:
    """One attempt: exactly one of `ticket` (a token, or the whole link of a QR code) and `reference` is given."""

    scan_id: UUID
    scanned_at: datetime
    device: str
    ticket: str = ""
    reference: str = ""
    seats: int | None = None


@dataclass(frozen=True, kw_only=True)
class ScanAnswer:
    """What the door is told. `admission` is the state after the scan."""

    outcome: Outcome
    scan: Scan
    reservation: Reservation | None
    admission: Admission

    @property
    def replayed_outcome(self) -> str | None:
        return self.scan.outcome if self.outcome == Outcome.REPLAY else None


_NOBODY = Admission(seats=0, first_at=None, first_device=None)


def register_scan(*, performance_id: int, request: ScanRequest, staff_id: int | None) -> ScanAnswer:
    """Decides one scan and records it, once for each `scan_id`; asking again gives the first answer as a `replay`.

    Never admits more seats than the party has. A refusal is an outcome, not an error.

    Locks: the Reservation. Raises `not_found` for an unknown performance and `idempotency_key_reused` for a `scan_id`
    that belongs to another scan.
    """
    performance = performance_with_id(performance_id)
    replay = _find_replay(performance, request)
    if replay is not None:
        return replay
    try:
        return _decide_and_record(performance, request, staff_id)
    except IntegrityError:
        # The same scan arrived on another connection at the same moment.
        replay = _find_replay(performance, request)
        if replay is None:
            raise
        return replay


def _find_replay(performance: Performance, request: ScanRequest) -> ScanAnswer | None:
    scan = Scan.objects.select_related("reservation").filter(scan_id=request.scan_id).first()
    if scan is None:
        return None
    asked_for = _find_reservation_id(request)
    if scan.performance_id != performance.pk or asked_for not in (None, scan.reservation_id):
        raise DomainError(Code.IDEMPOTENCY_KEY_REUSED, "This scan_id was used for another scan.")
    admission = admission_of(scan.reservation_id) if scan.reservation_id else _NOBODY
    return ScanAnswer(outcome=Outcome.REPLAY, scan=scan, reservation=scan.reservation, admission=admission)


@atomic_with_retry
def _decide_and_record(performance: Performance, request: ScanRequest, staff_id: int | None) -> ScanAnswer:
    reservation = _lock_reservation(_find_reservation_id(request))
    before = admission_of(reservation.pk) if reservation else _NOBODY
    outcome, seats = _decide(performance, reservation, before.seats, request.seats)
    scan = Scan.objects.create(
        scan_id=request.scan_id,
        performance=performance,
        reservation=reservation,
        outcome=outcome,
        seats_asked=request.seats,
        seats_admitted=seats,
        scanned_at=request.scanned_at,
        happened_at=timezone.now(),
        device=request.device,
        staff_id=staff_id,
    )
    after = _admit(reservation, scan, before) if reservation and outcome == Outcome.ADMITTED else before
    return ScanAnswer(outcome=outcome, scan=scan, reservation=reservation, admission=after)


def _find_reservation_id(request: ScanRequest) -> int | None:
    if request.reference:
        return reservation_id_for_reference(request.reference)
    try:
        return reservation_id_for_ticket(ticket_digest(_token_in(request.ticket)))
    except DomainError:
        return None  # not a token at all: to the door that is an unknown ticket


def _token_in(scanned: str) -> str:
    """The token of a QR code's link, or what was scanned when it is no link."""
    return urlsplit(scanned).fragment if "#" in scanned else scanned


def _lock_reservation(reservation_id: int | None) -> Reservation | None:
    if reservation_id is None:
        return None
    return Reservation.objects.select_for_update(no_key=True).get(pk=reservation_id)


def _decide(
    performance: Performance, reservation: Reservation | None, admitted: int, asked: int | None
) -> tuple[Outcome, int]:
    """The rules of the door, in the order in which they are told: the outcome and how many seats go in."""
    if reservation is None:
        return Outcome.UNKNOWN, 0
    if reservation.performance_id != performance.pk:
        return Outcome.WRONG_PERFORMANCE, 0
    if reservation.status == Status.CANCELLED or performance.cancelled_at is not None:
        return Outcome.CANCELLED, 0
    if reservation.status != Status.CONFIRMED:
        return Outcome.NOT_CONFIRMED, 0
    left = reservation.seats - admitted
    if left <= 0:
        return Outcome.ALREADY_ADMITTED, 0
    seats = left if asked is None else asked
    return (Outcome.OVER_PARTY, 0) if seats > left else (Outcome.ADMITTED, seats)


def _admit(reservation: Reservation, scan: Scan, before: Admission) -> Admission:
    # The server's time: a phone's clock may be wrong, and it is kept in the scan.
    CheckIn.objects.create(reservation=reservation, scan=scan, seats=scan.seats_admitted, admitted_at=scan.received_at)
    if reservation.admitted_since is None:
        Reservation.objects.filter(pk=reservation.pk).update(admitted_since=scan.received_at)
    return Admission(
        seats=before.seats + scan.seats_admitted,
        first_at=before.first_at or scan.received_at,
        first_device=before.first_device or scan.device,
    )
