"""Letting people in while the network is there. Every live scan comes through `register_scan`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from azionelab.checkin.answers import Doorkeeper, ScanAnswer
from azionelab.checkin.derivation import derive, party_of
from azionelab.checkin.models import CheckIn, Conflict, Outcome, Scan, ScanKind
from azionelab.checkin.offline_scans import is_clock_wrong
from azionelab.checkin.record import Decision, Evening, decide, is_admission, taken_back, what_happened
from azionelab.checkin.selectors import NOBODY, Admission, admission_of, attendance_of
from azionelab.checkin.tokens import without_tokens
from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.programme.selectors import performance_with_id
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation
from azionelab.reservations.selectors import reservation_id_for_reference, reservation_id_for_ticket
from azionelab.reservations.tokens import ticket_digest


@dataclass(frozen=True, kw_only=True)
class ScanRequest:
    """One attempt. A ticket comes by exactly one of `ticket` (a token, or the whole link of a QR code) and
    `reference`; a walk-in by `seats`; an undo by the scan that it `undoes` and a `reason`."""

    scan_id: UUID
    scanned_at: datetime
    kind: str = ScanKind.TICKET
    ticket: str = ""
    reference: str = ""
    seats: int | None = None
    reason: str = ""
    undoes: UUID | None = None
    clock_offset_ms: int | None = None
    sequence: int | None = None


class _AnsweredMeanwhileError(Exception):
    """The device's own account of this very scan came in while its reservation was waited for."""


class _NeedsPerformanceError(Exception):
    """What stands at this reservation must be worked out anew first, which takes the Performance's lock."""


def register_scan(*, performance_id: int, request: ScanRequest, doorkeeper: Doorkeeper) -> ScanAnswer:
    """Decides one scan and records it, once for each `scan_id`; asking again gives the first answer as a `replay`.

    A refusal is an outcome, not an error. Never admits more seats than the party has, nor gives away more than are
    left, unless a manager says why.

    Locks: for a ticket, the Reservation; for a walk-in, an undo, a manager's exception, or a reservation that has a
    Conflict or had an exception, the Performance first. Raises `not_found` for an unknown performance and
    `idempotency_key_reused` for a `scan_id` that belongs to another scan.
    """
    performance = _performance_of(performance_id, doorkeeper)
    known = _accounts(request)
    replay = _find_replay(performance, request, known)
    if replay is not None:
        return replay
    try:
        # An undo that came before its scan: only the whole record says what the two come to.
        return _decide_and_record(performance, request, doorkeeper, is_plain=not known)
    except (IntegrityError, _AnsweredMeanwhileError):
        # The same scan arrived on another connection at the same moment.
        replay = _find_replay(performance, request, _accounts(request))
        if replay is None:
            raise
        return replay


def _performance_of(performance_id: int, doorkeeper: Doorkeeper) -> Performance:
    """A phone stands at one door, and came with its performance. Raises `not_found`."""
    device = doorkeeper.device
    if device is not None and device.performance_id == performance_id:
        return device.performance
    return performance_with_id(performance_id)


def _accounts(request: ScanRequest) -> list[Scan]:
    """What the record holds of this scan: the accounts of it, and what takes it back."""
    ours = Q(scan_id=request.scan_id) | Q(undoes=request.scan_id)
    return list(Scan.objects.select_related("reservation").filter(ours))


def _find_replay(performance: Performance, request: ScanRequest, known: Iterable[Scan]) -> ScanAnswer | None:
    scans = [scan for scan in known if scan.scan_id == request.scan_id]
    if not scans:
        return None
    [scan] = what_happened(scans)
    asked_for = _find_reservation_id(request)
    is_same = scan.performance_id == performance.pk and scan.kind == request.kind
    if not is_same or asked_for not in (None, scan.reservation_id):
        raise DomainError(Code.IDEMPOTENCY_KEY_REUSED, "This scan_id was used for another scan.")
    conflict = Conflict.objects.select_related("first_scan").filter(scan=scan).first()
    return ScanAnswer(
        outcome=Outcome.REPLAY,
        replayed_outcome=Outcome.CONFLICT if conflict else Outcome(scan.outcome),
        scan=scan,
        reservation=scan.reservation,
        admission=admission_of(scan.reservation_id) if scan.reservation_id else NOBODY,
        conflict=conflict,
    )


def _decide_and_record(
    performance: Performance, request: ScanRequest, doorkeeper: Doorkeeper, *, is_plain: bool
) -> ScanAnswer:
    if request.kind == ScanKind.WALK_IN:
        return _give_seats(performance.pk, request, doorkeeper)
    if request.kind == ScanKind.UNDO:
        return _take_back(performance.pk, request, doorkeeper)
    if is_plain and not _may_exceed(request, doorkeeper):
        try:
            return _scan_ticket(performance, request, doorkeeper)
        except _NeedsPerformanceError:
            pass
    return _scan_ticket_alone(performance.pk, request, doorkeeper)


def _may_exceed(request: ScanRequest, doorkeeper: Doorkeeper) -> bool:
    """A manager who says why may let in more than the rules allow."""
    return doorkeeper.may_manage and bool(request.reason)


# Tickets ------------------------------------------------------------------------------------------------------------


@atomic_with_retry
def _scan_ticket(performance: Performance, request: ScanRequest, doorkeeper: Doorkeeper) -> ScanAnswer:
    reservation = _lock_reservation(_find_reservation_id(request))
    before = _admission_before(reservation, request)
    if before.has_conflict or before.has_exception:
        raise _NeedsPerformanceError
    decision = _decide(performance, reservation, before.seats, request, may_exceed=False)
    scan = _record(performance, request, doorkeeper, decision, reservation)
    after = _admit(reservation, scan, before) if reservation and decision.seats else before
    return ScanAnswer(outcome=decision.outcome, scan=scan, reservation=reservation, admission=after)


@atomic_with_retry
def _scan_ticket_alone(performance_id: int, request: ScanRequest, doorkeeper: Doorkeeper) -> ScanAnswer:
    """With the Performance locked as well: what the reservation holds is worked out anew, before and after."""
    performance = capacity.lock_performance(performance_id)
    reservation_id = _find_reservation_id(request)
    ours = [] if reservation_id is None else [reservation_id]
    derive(performance=performance, reservation_ids=ours)
    reservation = _lock_reservation(reservation_id)
    before = _admission_before(reservation, request)
    may_exceed = _may_exceed(request, doorkeeper)
    decision = _decide(performance, reservation, before.seats, request, may_exceed=may_exceed)
    if decision.override and attendance_of(performance.pk).inside + decision.seats > performance.bookable:
        decision = Decision(outcome=Outcome.NO_SEATS_LEFT)
    scan = _record(performance, request, doorkeeper, decision, reservation)
    derive(performance=performance, reservation_ids=ours)
    after = admission_of(reservation.pk) if reservation else NOBODY
    return ScanAnswer(outcome=decision.outcome, scan=scan, reservation=reservation, admission=after)


def _find_reservation_id(request: ScanRequest) -> int | None:
    if request.kind != ScanKind.TICKET:
        return None
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
    """None also where it was deleted since it was found: nobody had ever confirmed it."""
    if reservation_id is None:
        return None
    return Reservation.objects.select_for_update(no_key=True).filter(pk=reservation_id).first()


def _admission_before(reservation: Reservation | None, request: ScanRequest) -> Admission:
    if reservation is None:
        return NOBODY
    before = admission_of(reservation.pk, request.scan_id)
    if before.is_answered:
        raise _AnsweredMeanwhileError
    return before


def _decide(
    performance: Performance, reservation: Reservation | None, admitted: int, request: ScanRequest, *, may_exceed: bool
) -> Decision:
    party = party_of(reservation) if reservation else None
    evening = Evening(performance_id=performance.pk, cancelled_at=performance.cancelled_at)
    return decide(party, evening, admitted=admitted, asked=request.seats, may_exceed=may_exceed)


def _admit(reservation: Reservation, scan: Scan, before: Admission) -> Admission:
    """What `derive` would come to, in fewer statements: what fits in what is left of a party fits in any order."""
    at = scan.happened_at
    CheckIn.objects.create(reservation=reservation, scan=scan, seats=scan.seats_admitted, admitted_at=at)
    is_first = before.first_at is None or at < before.first_at
    if is_first:
        Reservation.objects.filter(pk=reservation.pk).update(admitted_since=at)
    return replace(
        before,
        seats=before.seats + scan.seats_admitted,
        first_at=at if is_first else before.first_at,
        first_device=scan.device if is_first else before.first_device,
    )


# Walk-ins -----------------------------------------------------------------------------------------------------------


@atomic_with_retry
def _give_seats(performance_id: int, request: ScanRequest, doorkeeper: Doorkeeper) -> ScanAnswer:
    performance = capacity.lock_performance(performance_id)
    _check_unanswered(request)
    derive(performance=performance, reservation_ids=())
    # Counted after the lock, in a statement of its own, as whoever reserves does.
    left = capacity.seats_left(performance, capacity.tally(performance.pk).taken)
    empty = performance.bookable - attendance_of(performance.pk).inside
    # A conflict's people sit on seats too, whatever their reservations say.
    left = min(left, max(empty, 0))
    decision = _decide_walk_in(performance, request, doorkeeper, left, empty)
    scan = _record(performance, request, doorkeeper, decision)
    derive(performance=performance, reservation_ids=())
    return ScanAnswer(outcome=decision.outcome, scan=scan, seats_left=max(left - decision.seats, 0))


def _decide_walk_in(
    performance: Performance, request: ScanRequest, doorkeeper: Doorkeeper, left: int, empty: int
) -> Decision:
    """`left` seats are nobody's; on `empty` ones nobody sits yet."""
    seats = request.seats or 0
    if performance.cancelled_at is not None:
        return Decision(outcome=Outcome.CANCELLED)
    if _may_exceed(request, doorkeeper):
        # A manager also gives away the seats of those who have not come.
        if seats > empty:
            return Decision(outcome=Outcome.NO_SEATS_LEFT)
        return Decision(outcome=Outcome.ADMITTED, seats=seats, override=seats > left)
    if seats > _allowance_left(performance, doorkeeper):
        return Decision(outcome=Outcome.NOT_ALLOWED)
    if seats > left:
        return Decision(outcome=Outcome.NO_SEATS_LEFT)
    return Decision(outcome=Outcome.ADMITTED, seats=seats)


def _allowance_left(performance: Performance, doorkeeper: Doorkeeper) -> int:
    """Of what a manager trusts this device with; what it gave without a network counts too."""
    if doorkeeper.device is None or not doorkeeper.device.walk_in_allowance:
        return 0
    scans = [
        *Scan.objects.filter(door_device=doorkeeper.device, kind=ScanKind.WALK_IN, override=False),
        *Scan.objects.filter(performance=performance, kind=ScanKind.UNDO).select_related("door_device"),
    ]
    undone = taken_back(scans)
    given = sum(
        scan.seats_admitted
        for scan in what_happened(scans)
        if is_admission(scan) and (scan.performance_id, scan.scan_id) not in undone
    )
    return doorkeeper.device.walk_in_allowance - given


# Undo ---------------------------------------------------------------------------------------------------------------


@atomic_with_retry
def _take_back(performance_id: int, request: ScanRequest, doorkeeper: Doorkeeper) -> ScanAnswer:
    performance = capacity.lock_performance(performance_id)
    _check_unanswered(request)
    target = _admission_to_undo(performance, request)
    reservation = target.reservation if target else None
    decision = Decision(outcome=Outcome.UNDONE if target else Outcome.UNKNOWN)
    scan = _record(performance, request, doorkeeper, decision, reservation)
    derive(performance=performance, reservation_ids=[reservation.pk] if reservation else ())
    after = admission_of(reservation.pk) if reservation else NOBODY
    return ScanAnswer(outcome=decision.outcome, scan=scan, reservation=reservation, admission=after)


def _admission_to_undo(performance: Performance, request: ScanRequest) -> Scan | None:
    if request.undoes is None:
        return None
    scans = Scan.objects.filter(performance=performance, scan_id=request.undoes).select_related("reservation")
    return next((scan for scan in what_happened(scans) if is_admission(scan)), None)


# The record ---------------------------------------------------------------------------------------------------------


def _check_unanswered(request: ScanRequest) -> None:
    """Under the Performance's lock, which whoever delivers this scan's other account holds as well."""
    if Scan.objects.filter(scan_id=request.scan_id).exists():
        raise _AnsweredMeanwhileError


def _record(
    performance: Performance,
    request: ScanRequest,
    doorkeeper: Doorkeeper,
    decision: Decision,
    reservation: Reservation | None = None,
) -> Scan:
    return Scan.objects.create(
        scan_id=request.scan_id,
        kind=request.kind,
        performance=performance,
        reservation=reservation,
        outcome=decision.outcome,
        seats_asked=request.seats,
        seats_admitted=decision.seats,
        override=decision.override,
        reason=without_tokens(request.reason),
        undoes=request.undoes,
        scanned_at=request.scanned_at,
        clock_offset_ms=request.clock_offset_ms,
        clock_corrected=is_clock_wrong(request.clock_offset_ms),
        happened_at=timezone.now(),
        device=doorkeeper.name,
        door_device=doorkeeper.device,
        sequence=request.sequence,
        staff_id=doorkeeper.staff_id,
    )
