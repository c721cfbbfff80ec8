"""Brings CheckIns, Conflicts and WalkIns in line with the scans, by the rules of `record`.

They are worked out anew for each reservation that something happened to, and for everybody at that door who had none.
What is as it should be is left alone, so that a second look changes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from azionelab.checkin.models import CheckIn, Conflict, DecidedBy, Scan, ScanKind
from azionelab.checkin.record import Evening, Fact, Party, Standing, hold_true, is_admission, taken_back, what_happened
from azionelab.programme.models import Performance
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation, Status, WalkIn

T = TypeVar("T")
CHUNK = 1_000


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Conflicts that a person must look at now, the seats they are about, and those that turned out to be none."""

    conflicts_opened: int = 0
    seats_in_conflict: int = 0
    conflicts_gone: int = 0


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def derive(*, performance: Performance, reservation_ids: Iterable[int]) -> Changes:
    """Works out who stands how, for these reservations and for all at this door who had none.

    The caller holds the lock of `performance` and has read it under that lock. Locks: the Reservations, by id.
    """
    ids = sorted({*reservation_ids, *_with_exceptions(performance.pk)})
    parties = _lock_parties(ids)
    facts = _facts(performance.pk, set(ids))
    standings = hold_true(evening_of(performance), parties, facts)
    _write_checkins(performance.pk, ids, standings)
    _write_walk_ins(performance.pk, standings)
    return _write_conflicts(performance.pk, ids, standings)


def evening_of(performance: Performance) -> Evening:
    """One statement."""
    held = capacity.held_by_performance([performance.pk]).get(performance.pk, capacity.Held())
    return Evening(
        performance_id=performance.pk,
        cancelled_at=performance.cancelled_at,
        room=capacity.seats_left(performance, held.confirmed),
    )


def party_of(reservation: Reservation) -> Party:
    return Party(
        reservation_id=reservation.pk,
        performance_id=reservation.performance_id,
        seats=reservation.seats,
        is_confirmed=reservation.status == Status.CONFIRMED,
        cancelled_at=reservation.cancelled_at if reservation.status == Status.CANCELLED else None,
        was_confirmed=reservation.confirmed_at is not None,
    )


def _with_exceptions(performance_id: int) -> list[int]:
    """Parties that came with more than their seats: the surplus shares the room with those who had none."""
    exceptions = Scan.objects.filter(performance_id=performance_id, override=True, kind=ScanKind.TICKET)
    return [pk for pk in exceptions.order_by().values_list("reservation_id", flat=True) if pk is not None]


def _lock_parties(ids: Sequence[int]) -> list[Party]:
    rows = Reservation.objects.select_for_update(no_key=True).order_by("pk")
    return [party_of(reservation) for chunk in chunks(ids) for reservation in rows.filter(pk__in=chunk)]


def _facts(performance_id: int, ids: set[int]) -> list[Fact]:
    scans = _scans(performance_id, sorted(ids))
    undone = taken_back(scans)
    return [
        _fact(scan)
        for scan in what_happened(scans)
        if is_admission(scan)
        and (scan.performance_id, scan.scan_id) not in undone
        and (scan.reservation_id is None or scan.reservation_id in ids)
    ]


def _scans(performance_id: int, ids: Sequence[int]) -> list[Scan]:
    """All that the facts follow from, also what a device says of a scan that the server put to another party."""
    here = (
        Scan.objects.filter(performance_id=performance_id)
        .order_by()
        .select_related("door_device")
        .defer("reason", "device", "door_device__name", "door_device__token_digest")
    )
    without_party = Q(kind__in=(ScanKind.WALK_IN, ScanKind.UNDO)) | Q(reservation=None, seats_admitted__gt=0)
    scans: list[Scan] = list(here.filter(without_party))
    for chunk in chunks(ids):
        scans += here.filter(reservation_id__in=chunk, kind=ScanKind.TICKET)
    by_server = [scan.scan_id for scan in scans if scan.decided_by == DecidedBy.SERVER and is_admission(scan)]
    for scan_ids in chunks(by_server):
        scans += here.filter(scan_id__in=scan_ids, decided_by=DecidedBy.DEVICE)
    return scans


def _fact(scan: Scan) -> Fact:
    by_device = scan.decided_by == DecidedBy.DEVICE
    return Fact(
        scan_pk=scan.pk,
        scan_id=scan.scan_id,
        kind=ScanKind(scan.kind),
        reservation_id=scan.reservation_id,
        performance_id=scan.performance_id,
        seats=scan.seats_admitted,
        happened_at=scan.happened_at,
        override=scan.override,
        revoked_at=scan.sent_away_at,
        device_id=scan.door_device_id,
        allowance=scan.door_device.walk_in_allowance if by_device and scan.door_device else None,
    )


def _write_checkins(performance_id: int, ids: Sequence[int], standings: Sequence[Standing]) -> None:
    wanted = {
        standing.fact.scan_pk: (standing.fact.reservation_id, standing.as_guests, standing.fact.happened_at)
        for standing in standings
        if standing.as_guests
    }
    there: dict[int, tuple[int | None, int, datetime]] = {}
    for chunk in chunks(ids):
        # A guest of another evening may be among them, who is in there.
        rows = CheckIn.objects.filter(reservation_id__in=chunk, scan__performance_id=performance_id).order_by()
        there |= {
            scan: (reservation, seats, at)
            for scan, reservation, seats, at in rows.values_list("scan_id", "reservation_id", "seats", "admitted_at")
        }
    changed = [pk for pk in {*wanted, *there} if wanted.get(pk) != there.get(pk)]
    for chunk in chunks(changed):
        CheckIn.objects.filter(scan_id__in=[pk for pk in chunk if pk in there]).delete()
    new = [_checkin(pk, *wanted[pk]) for pk in sorted(changed) if pk in wanted]
    CheckIn.objects.bulk_create(new, batch_size=CHUNK)
    _write_admitted_since({(wanted.get(pk) or there[pk])[0] for pk in changed})


def _checkin(scan_pk: int, reservation_id: int | None, seats: int, admitted_at: datetime) -> CheckIn:
    assert reservation_id is not None  # noqa: S101 (who stands as a guest has a reservation)
    return CheckIn(scan_id=scan_pk, reservation_id=reservation_id, seats=seats, admitted_at=admitted_at)


def _write_admitted_since(ids: Iterable[int | None]) -> None:
    """From then on nobody changes the party from home; once all is taken back they may again."""
    first = CheckIn.objects.filter(reservation=OuterRef("pk")).order_by("admitted_at", "id").values("admitted_at")[:1]
    for chunk in chunks(sorted(pk for pk in ids if pk is not None)):
        Reservation.objects.filter(pk__in=chunk).update(admitted_since=Subquery(first))


def _write_walk_ins(performance_id: int, standings: Sequence[Standing]) -> None:
    wanted = {
        standing.fact.scan_id: (standing.as_walk_ins, standing.fact.happened_at)
        for standing in standings
        if standing.as_walk_ins
    }
    rows = WalkIn.objects.filter(performance_id=performance_id).order_by()
    there: dict[UUID, tuple[int, datetime]] = {
        scan_id: (seats, at) for scan_id, seats, at in rows.values_list("scan_id", "seats", "admitted_at")
    }
    changed = [scan_id for scan_id in {*wanted, *there} if wanted.get(scan_id) != there.get(scan_id)]
    for chunk in chunks([scan_id for scan_id in changed if scan_id in there]):
        WalkIn.objects.filter(scan_id__in=chunk).delete()
    new = [
        WalkIn(performance_id=performance_id, scan_id=scan_id, seats=wanted[scan_id][0], admitted_at=wanted[scan_id][1])
        for scan_id in sorted(changed)
        if scan_id in wanted
    ]
    WalkIn.objects.bulk_create(new, batch_size=CHUNK)


def _write_conflicts(performance_id: int, ids: Sequence[int], standings: Sequence[Standing]) -> Changes:
    """One that is as it was keeps what a person said of it; one with other seats or another rule waits again."""
    wanted = {standing.fact.scan_pk: standing for standing in standings if standing.in_conflict}
    there = {conflict.scan_id: conflict for conflict in _conflicts(performance_id, ids)}
    gone = [pk for pk in there if pk not in wanted]
    for chunk in chunks(gone):
        Conflict.objects.filter(scan_id__in=chunk).delete()
    reopened = [there[pk] for pk in wanted.keys() & there.keys() if _update_conflict(there[pk], wanted[pk])]
    new = [_conflict(performance_id, wanted[pk]) for pk in sorted(wanted) if pk not in there]
    Conflict.objects.bulk_create(new, batch_size=CHUNK)
    opened = [*new, *reopened]
    seats = sum(conflict.seats for conflict in opened)
    return Changes(conflicts_opened=len(opened), seats_in_conflict=seats, conflicts_gone=len(gone))


def _conflicts(performance_id: int, ids: Sequence[int]) -> Iterator[Conflict]:
    here = Conflict.objects.filter(performance_id=performance_id).order_by()
    yield from here.filter(reservation__isnull=True)
    for chunk in chunks(ids):
        yield from here.filter(reservation_id__in=chunk)


def _conflict(performance_id: int, standing: Standing) -> Conflict:
    return Conflict(
        scan_id=standing.fact.scan_pk,
        performance_id=performance_id,
        reservation_id=standing.fact.reservation_id,
        seats=standing.in_conflict,
        rule=str(standing.rule),
        first_scan_id=standing.first.scan_pk if standing.first else None,
    )


def _update_conflict(conflict: Conflict, standing: Standing) -> bool:
    """Whether it waits for a person again."""
    first = standing.first.scan_pk if standing.first else None
    if (conflict.seats, conflict.rule, conflict.first_scan_id) == (standing.in_conflict, standing.rule, first):
        return False
    is_another = (conflict.seats, conflict.rule) != (standing.in_conflict, standing.rule)
    conflict.seats, conflict.rule, conflict.first_scan_id = standing.in_conflict, str(standing.rule), first
    was_settled = bool(conflict.settlement)
    if is_another:
        conflict.settlement, conflict.settled_at, conflict.settled_by, conflict.note = "", None, None, ""
    conflict.save(update_fields=["seats", "rule", "first_scan", "settlement", "settled_at", "settled_by", "note"])
    return is_another and was_settled
