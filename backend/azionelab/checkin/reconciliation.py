"""What was decided without a network comes in: the batches of a phone, its exported files, ticked paper lists.

Nothing is decided here. A scan is put on record as it happened, once, and `derivation` says what follows from it, so
neither the order of delivery nor a second one makes a difference. Whoever delivers holds the Performance's lock, and
so cannot meet another who delivers the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from azionelab.checkin.answers import Doorkeeper, ScanAnswer
from azionelab.checkin.derivation import Changes, chunks, derive
from azionelab.checkin.models import Conflict, DecidedBy, Outcome, Scan, Settlement
from azionelab.checkin.offline_scans import OfflineScan, is_clock_wrong
from azionelab.checkin.record import what_happened
from azionelab.checkin.selectors import NOBODY, admissions_of, conflict_with_id
from azionelab.checkin.tokens import without_tokens
from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation
from azionelab.reservations.selectors import read_reference, referred_to, ticket_owners

Told = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What one doorkeeper recorded, in the order in which it did."""

    doorkeeper: Doorkeeper
    scans: Sequence[OfflineScan]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One Scan for each one delivered; `new` holds the ids of those that nobody had delivered before."""

    scans: list[Scan]
    new: set[int]
    changes: Changes


@atomic_with_retry
def record_offline_scans(
    *, performance_id: int, scans: Sequence[OfflineScan], doorkeeper: Doorkeeper
) -> list[ScanAnswer]:
    """Puts a phone's scans on record and says of each what became of it; doing it again changes nothing.

    A scan that the rules would have refused is a `conflict`: those people are inside.

    Locks: the Performance, the Reservations by id. Raises `not_found`, and `idempotency_key_reused` for a `scan_id`
    that belongs to another device's scan.
    """
    performance = capacity.lock_performance(performance_id)
    recorded = record(performance, [Delivery(doorkeeper=doorkeeper, scans=scans)])
    return _answers(recorded)


def record(performance: Performance, deliveries: Sequence[Delivery], told: Told = lambda _done: None) -> Recorded:
    """Records what is not there yet and works out what follows. The caller holds the lock of `performance`.

    `told` hears now and then how many scans are recorded. Locks: the Reservations, by id. Raises
    `idempotency_key_reused`.
    """
    delivered = [(delivery.doorkeeper, scan) for delivery in deliveries for scan in delivery.scans]
    known = _known_scans([scan.scan_id for _doorkeeper, scan in delivered])
    new: dict[UUID, tuple[Doorkeeper, OfflineScan]] = {}
    for doorkeeper, scan in delivered:
        there = known.get(scan.scan_id, [])
        _check_is_same(performance, doorkeeper, scan, there)
        if not any(one.decided_by == DecidedBy.DEVICE for one in there):
            new.setdefault(scan.scan_id, (doorkeeper, scan))
    rows = _build_rows(performance, list(new.values()))
    made: list[Scan] = []
    for chunk in chunks(rows):
        made += Scan.objects.bulk_create(chunk)
        told(len(delivered) - len(rows) + len(made))
    changes = derive(performance=performance, reservation_ids=_touched(performance, made, known))
    by_scan_id = {row.scan_id: row for row in made}
    happened = {scan_id: what_happened(rows)[0] for scan_id, rows in known.items()} | by_scan_id
    return Recorded(
        scans=[happened[scan.scan_id] for _doorkeeper, scan in delivered],
        new={row.pk for row in made},
        changes=changes,
    )


def _known_scans(scan_ids: Sequence[UUID]) -> dict[UUID, list[Scan]]:
    known: dict[UUID, list[Scan]] = {}
    for chunk in chunks(scan_ids):
        for scan in Scan.objects.filter(scan_id__in=chunk).order_by():
            known.setdefault(scan.scan_id, []).append(scan)
    return known


def _check_is_same(performance: Performance, doorkeeper: Doorkeeper, scan: OfflineScan, there: Sequence[Scan]) -> None:
    """No phone writes another's account of what happened."""
    device_id = doorkeeper.device.pk if doorkeeper.device else None
    for one in there:
        if (one.performance_id, one.door_device_id, one.kind) != (performance.pk, device_id, scan.kind):
            raise DomainError(Code.IDEMPOTENCY_KEY_REUSED, f"{scan.scan_id} was used for another scan.")


# Rows ---------------------------------------------------------------------------------------------------------------


def _build_rows(performance: Performance, scans: Sequence[tuple[Doorkeeper, OfflineScan]]) -> list[Scan]:
    received_at = timezone.now()
    owners = _owners(scans)
    targets = _targets(performance, [scan for _doorkeeper, scan in scans], owners)
    return [
        _build_row(performance, doorkeeper, scan, owners.get(scan.scan_id) or targets.get(scan.scan_id), received_at)
        for doorkeeper, scan in scans
    ]


def _build_row(
    performance: Performance,
    doorkeeper: Doorkeeper,
    scan: OfflineScan,
    reservation_id: int | None,
    received_at: datetime,
) -> Scan:
    happened_at = _happened_at(doorkeeper, scan)
    return Scan(
        scan_id=scan.scan_id,
        decided_by=DecidedBy.DEVICE,
        kind=scan.kind,
        performance=performance,
        reservation_id=reservation_id,
        outcome=scan.outcome,
        seats_asked=scan.seats,
        seats_admitted=scan.seats_admitted,
        # Only a manager makes exceptions; from anybody else it is for a person to look at.
        override=scan.override and doorkeeper.may_manage,
        reason=without_tokens(scan.reason),
        undoes=scan.undoes,
        scanned_at=scan.scanned_at,
        clock_offset_ms=scan.clock_offset_ms,
        clock_corrected=is_clock_wrong(scan.clock_offset_ms) or happened_at != scan.happened_at,
        happened_at=happened_at,
        received_at=received_at,
        device=doorkeeper.name,
        door_device=doorkeeper.device,
        sequence=scan.sequence,
        staff_id=doorkeeper.staff_id,
    )


def _happened_at(doorkeeper: Doorkeeper, scan: OfflineScan) -> datetime:
    """No phone did anything at a door before it was paired with it, whatever its clock says."""
    return scan.happened_at if doorkeeper.device is None else max(scan.happened_at, doorkeeper.device.paired_at)


def _owners(scans: Sequence[tuple[Doorkeeper, OfflineScan]]) -> dict[UUID, int]:
    """The reservation of each ticket. One whose links were withdrawn later was good when it was scanned."""
    by_digest: dict[bytes, tuple[int, datetime | None]] = {}
    for digests in chunks([scan.ticket_digest for _doorkeeper, scan in scans if scan.ticket_digest]):
        by_digest |= ticket_owners(digests)
    by_reference: dict[str, int] = {}
    for references in chunks([read_reference(scan.reference) for _doorkeeper, scan in scans if scan.reference]):
        by_reference |= {reference: one.reservation_id for reference, one in referred_to(references).items()}
    owners: dict[UUID, int] = {}
    for doorkeeper, scan in scans:
        owner, revoked_at = by_digest.get(scan.ticket_digest or b"", (None, None))
        if revoked_at is not None and revoked_at <= _happened_at(doorkeeper, scan):
            owner = None
        owner = owner or by_reference.get(read_reference(scan.reference))
        if owner is not None:
            owners[scan.scan_id] = owner
    return owners


def _targets(performance: Performance, scans: Sequence[OfflineScan], owners: dict[UUID, int]) -> dict[UUID, int]:
    """The reservation that each undo is about, where its scan is known by now."""
    undone = {scan.scan_id: scan.undoes for scan in scans if scan.undoes is not None}
    known = dict(owners)
    for chunk in chunks(list(undone.values())):
        rows = Scan.objects.filter(performance=performance, scan_id__in=chunk, reservation__isnull=False).order_by()
        known |= {scan_id: pk for scan_id, pk in rows.values_list("scan_id", "reservation_id") if pk is not None}
    return {undo: known[target] for undo, target in undone.items() if target in known}


def _touched(performance: Performance, made: Iterable[Scan], known: dict[UUID, list[Scan]]) -> set[int]:
    """The reservations that something new is known of, also those that the server had put a scan to."""
    made = list(made)
    before = [one.reservation_id for scan in made for one in known.get(scan.scan_id, ())]
    return {pk for pk in [*(scan.reservation_id for scan in made), *before] if pk is not None}


# Answers ------------------------------------------------------------------------------------------------------------


def _answers(recorded: Recorded) -> list[ScanAnswer]:
    ids = [scan.reservation_id for scan in recorded.scans if scan.reservation_id is not None]
    reservations = Reservation.objects.in_bulk(ids)
    admissions = admissions_of(ids)
    conflicts = _conflicts(recorded.scans)
    answers: list[ScanAnswer] = []
    told: set[UUID] = set()
    for scan in recorded.scans:
        conflict = conflicts.get(scan.pk)
        outcome = Outcome.CONFLICT if conflict else Outcome(scan.outcome)
        is_replay = scan.pk not in recorded.new or scan.scan_id in told
        told.add(scan.scan_id)
        answers.append(
            ScanAnswer(
                outcome=Outcome.REPLAY if is_replay else outcome,
                replayed_outcome=outcome if is_replay else None,
                scan=scan,
                reservation=reservations.get(scan.reservation_id or 0),
                admission=admissions.get(scan.reservation_id or 0, NOBODY),
                conflict=conflict,
            )
        )
    return answers


def _conflicts(scans: Sequence[Scan]) -> dict[int, Conflict]:
    found: dict[int, Conflict] = {}
    for chunk in chunks(scans):
        rows = Conflict.objects.select_related("first_scan").filter(scan__in=chunk)
        found |= {conflict.scan_id: conflict for conflict in rows}
    return found


# A person decides ---------------------------------------------------------------------------------------------------


@atomic_with_retry
def settle_conflict(
    *, conflict_id: int, settlement: Settlement, note: str = "", staff_id: int | None = None
) -> Conflict:
    """Writes down what a person found out; settling again with other words replaces them.

    Locks: the Performance, so that nobody works the conflict out anew meanwhile. Raises `not_found`.
    """
    capacity.lock_performance(conflict_with_id(conflict_id).performance_id)
    conflict = conflict_with_id(conflict_id)
    conflict.settlement, conflict.note = settlement, note
    conflict.settled_at, conflict.settled_by_id = timezone.now(), staff_id
    conflict.save(update_fields=["settlement", "note", "settled_at", "settled_by"])
    return conflict
