"""Random evenings at a door: parties, phones, what the phones recorded, and what the database says of it in the end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import strategies as st

from azionelab.checkin.answers import Doorkeeper
from azionelab.checkin.derivation import derive
from azionelab.checkin.models import CheckIn, Conflict, DecidedBy, DoorDevice, Outcome, Scan, ScanKind
from azionelab.checkin.offline_scans import OfflineScan
from azionelab.checkin.reconciliation import record_offline_scans
from azionelab.checkin.selectors import attendance_of
from azionelab.programme.models import Performance
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation, Status, WalkIn
from tests.cast import make_performance

# Some minutes either side of now: a phone's clock may be ahead of the server's.
MINUTES = st.integers(-30, 30)
SEATS = st.integers(1, 5)
PARTIES, DEVICES = 3, 3
ALLOWANCE = 4
ELSEWHERE, NOBODY = "ELSE22", "NOBODY"


@dataclass(frozen=True)
class PlannedParty:
    seats: int
    status: str
    cancelled_minute: int


@dataclass(frozen=True)
class PlannedScan:
    """One record of one phone. `target` is a party, or beyond them another evening's guest or nobody's ticket."""

    device: int
    kind: str
    target: int
    seats: int
    is_let_in: bool
    minute: int
    offset_seconds: int
    is_exception: bool
    number: int
    undoes: int


@dataclass(frozen=True)
class Plan:
    parties: list[PlannedParty]
    bookable: int
    cancelled_minute: int | None
    revoked_minutes: list[int | None]
    scans: list[PlannedScan]


parties = st.builds(
    PlannedParty,
    seats=st.integers(1, 4),
    status=st.sampled_from([Status.CONFIRMED] * 4 + [Status.PENDING, Status.CANCELLED]),
    cancelled_minute=MINUTES,
)
scans = st.builds(
    PlannedScan,
    device=st.integers(0, DEVICES - 1),
    kind=st.sampled_from([ScanKind.TICKET] * 5 + [ScanKind.WALK_IN] * 2 + [ScanKind.UNDO] * 2),
    target=st.integers(0, PARTIES + 1),
    seats=SEATS,
    is_let_in=st.sampled_from([True] * 5 + [False]),
    minute=MINUTES,
    offset_seconds=st.sampled_from([0, 0, 3, -7, 3600]),
    is_exception=st.sampled_from([False] * 4 + [True]),
    number=st.integers(0, 2**64),
    undoes=st.integers(0, 15),
)
plans = st.builds(
    Plan,
    parties=st.lists(parties, min_size=PARTIES, max_size=PARTIES),
    bookable=st.integers(4, 14),
    cancelled_minute=st.none() | st.none() | st.none() | MINUTES,
    revoked_minutes=st.lists(st.none() | st.none() | MINUTES, min_size=DEVICES, max_size=DEVICES),
    scans=st.lists(scans, min_size=1, max_size=14, unique_by=lambda scan: scan.number),
)


class Evening:
    """A plan in the database. Two of its phones are volunteers', the last is a manager's."""

    def __init__(self, plan: Plan) -> None:
        self.now = timezone.now().astimezone(UTC)
        self.performance = make_performance(starts_at=self.now, capacity=plan.bookable)
        if plan.cancelled_minute is not None:
            Performance.objects.filter(pk=self.performance.pk).update(cancelled_at=self.at(plan.cancelled_minute))
        self.references = [self._plant(f"PARTY{number}", party) for number, party in enumerate(plan.parties)]
        elsewhere = make_performance(starts_at=self.now + timedelta(days=1))
        _plant_reservation(elsewhere, ELSEWHERE, 4, Status.CONFIRMED, self.now, None)
        self.references += [ELSEWHERE, NOBODY]
        self.keepers = [self._pair(number, minute) for number, minute in enumerate(plan.revoked_minutes)]
        self.scans = [self._scan(plan, scan) for scan in plan.scans]

    def at(self, minute: int) -> datetime:
        return self.now + timedelta(minutes=minute)

    def _plant(self, reference: str, party: PlannedParty) -> str:
        cancelled_at = self.at(party.cancelled_minute) if party.status == Status.CANCELLED else None
        _plant_reservation(self.performance, reference, party.seats, party.status, self.now, cancelled_at)
        return reference

    def _pair(self, number: int, revoked_minute: int | None) -> Doorkeeper:
        device = DoorDevice.objects.create(
            performance=self.performance,
            number=number + 1,
            name=f"porta {number}",
            token_digest=number.to_bytes(32, "big"),
            claim=UUID(int=number),
            walk_in_allowance=ALLOWANCE,
            revoked_at=None if revoked_minute is None else self.at(revoked_minute),
        )
        # One of them says of some scans that they were before it came.
        device.paired_at = self.at(-30 if number else -10)
        device.save(update_fields=["paired_at"])
        return Doorkeeper(name=device.name, device=device, may_manage=number == DEVICES - 1)

    def _scan(self, plan: Plan, scan: PlannedScan) -> tuple[int, OfflineScan]:
        is_undo = scan.kind == ScanKind.UNDO
        outcome = Outcome.UNDONE if is_undo else Outcome.ADMITTED
        if not scan.is_let_in:
            outcome = Outcome.UNKNOWN
        target = plan.scans[scan.undoes % len(plan.scans)]
        return scan.device, OfflineScan(
            scan_id=UUID(int=scan.number),
            kind=ScanKind(scan.kind),
            outcome=outcome,
            seats_admitted=scan.seats if outcome == Outcome.ADMITTED else 0,
            seats=scan.seats,
            reference=self.references[scan.target] if scan.kind == ScanKind.TICKET else "",
            reason="perché sì" if is_undo or scan.is_exception else "",
            override=scan.is_exception and outcome == Outcome.ADMITTED,
            undoes=UUID(int=target.number) if is_undo else None,
            scanned_at=self.at(scan.minute),
            clock_offset_ms=scan.offset_seconds * 1000,
            sequence=1,
        )

    def deliver(self, chosen: list[int]) -> None:
        """A batch of each phone, with those of the chosen scans that are its own."""
        for number, keeper in enumerate(self.keepers):
            own = [self.scans[index][1] for index in chosen if self.scans[index][0] == number]
            if own:
                record_offline_scans(performance_id=self.performance.pk, scans=own, doorkeeper=keeper)

    def derive_anew(self) -> None:
        """As if nothing had ever been worked out."""
        for model in (CheckIn, Conflict, WalkIn):
            model.objects.all().delete()
        Reservation.objects.update(admitted_since=None)
        performance = capacity.lock_performance(self.performance.pk)
        derive(performance=performance, reservation_ids=Reservation.objects.values_list("pk", flat=True))


def _plant_reservation(
    performance: Performance, reference: str, seats: int, status: str, now: datetime, cancelled_at: datetime | None
) -> Reservation:
    return Reservation.objects.create(
        performance=performance,
        slot=performance.reservations.count(),
        reference=reference,
        status=status,
        seats=seats,
        name="Anna Bianchi",
        email="anna@example.org",
        language="it",
        privacy_accepted_at=now,
        created_at=now,
        hold_expires_at=now,
        confirmed_at=None if status == Status.PENDING else now,
        cancelled_at=cancelled_at,
        request_digest=b"",
    )


def state() -> dict[str, set[object]]:
    """All that was worked out, without the numbers of the rows."""
    checkins = CheckIn.objects.values_list("scan__scan_id", "scan__decided_by", "reservation__reference", "seats")
    conflicts = Conflict.objects.values_list(
        "scan__scan_id", "reservation__reference", "seats", "rule", "first_scan__scan_id", "settlement"
    )
    return {
        "check-ins": {(*row, at) for row, at in zip(checkins, _times(CheckIn), strict=True)},
        "conflicts": set(conflicts),
        "walk-ins": set(WalkIn.objects.values_list("scan_id", "seats", "admitted_at")),
        "somebody in since": set(Reservation.objects.values_list("reference", "admitted_since")),
        "attendance": {attendance_of(pk) for pk in Performance.objects.values_list("pk", flat=True)},
    }


def _times(model: type[CheckIn]) -> list[datetime]:
    return list(model.objects.values_list("admitted_at", flat=True))


def people_let_in() -> int:
    """Counted by hand from the record: what each door did last, less what was taken back."""
    undos = Scan.objects.filter(kind=ScanKind.UNDO, outcome=Outcome.UNDONE)
    # A phone that was sent away takes nobody out any more.
    after = undos.filter(decided_by=DecidedBy.DEVICE, happened_at__gt=F("door_device__revoked_at"))
    taken_back = {scan.undoes for scan in undos.exclude(pk__in=after.values("pk"))}
    by_device = set(Scan.objects.filter(decided_by=DecidedBy.DEVICE).values_list("scan_id", flat=True))
    return sum(
        scan.seats_admitted
        for scan in Scan.objects.all()
        if scan.scan_id not in taken_back and (scan.decided_by == DecidedBy.DEVICE or scan.scan_id not in by_device)
    )


def assert_nobody_is_lost(evening: Evening) -> None:
    assert attendance_of(evening.performance.pk).inside == people_let_in()


def assert_no_phone_gave_more_than_it_was_allowed() -> None:
    """Of what it decided alone; the rest waits for a person."""
    alone = Scan.objects.filter(decided_by=DecidedBy.DEVICE, kind=ScanKind.WALK_IN, override=False)
    for device in DoorDevice.objects.all():
        own = alone.filter(door_device=device).values("scan_id")
        given = WalkIn.objects.filter(scan_id__in=own).aggregate(seats=Sum("seats"))["seats"]
        assert (given or 0) <= ALLOWANCE


def assert_no_party_is_larger_than_itself() -> None:
    for reservation in Reservation.objects.annotate(admitted=Sum("checkins__seats")):
        assert (reservation.admitted or 0) <= reservation.seats
