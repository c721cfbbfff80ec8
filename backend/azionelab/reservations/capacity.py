"""How many seats are taken and left: the one place that counts them.

Taken are the seats of live reservations and those given at the door to people without one.
The rows are the truth; there is no counter to drift. Whoever is about to take seats locks the Performance first and
counts second, in a statement of its own: a sum inside the locking SELECT would read a snapshot older than the wait
for the lock. Holds end by comparison with the database's clock, which `Now()` reads at the start of each statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    CharField,
    Count,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Now

from azionelab.core.compiled import Compiled, Given
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import BookingState, Performance
from azionelab.reservations.models import Reservation, Status, WalkIn

FEW_SEATS = 5
# No row has this number.
NOBODY = 0
HOLDS_SEATS = Q(status=Status.CONFIRMED) | Q(status=Status.PENDING, hold_expires_at__gt=Now())


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a Performance's reservations and walk-ins hold at `now`, the database's time."""

    taken: int
    reservations_of_guest: int
    # As far as the rows tell; `next_slot` knows of those that have gone.
    highest_slot: int
    now: datetime

    def next_slot(self, performance: Performance) -> int:
        """The slot for one more reservation of the locked `performance`."""
        return max(self.highest_slot + 1, performance.gone_slots)


def lock_performance(performance_id: int) -> Performance:
    """Locks one Performance, with show and venue, until the transaction ends; raises `not_found`.

    FOR NO KEY UPDATE, as a plain FOR UPDATE would make every insert that refers to the row wait as well.
    """
    # Whoever waited while it moved to another venue joins the old one and finds nothing; the second look is right.
    performance = _lock(performance_id) or _lock(performance_id)
    if performance is None:
        raise DomainError(Code.NOT_FOUND)
    return performance


def _lock(performance_id: int) -> Performance | None:
    rows = Performance.objects.select_for_update(of=("self",), no_key=True).select_related("show", "venue")
    return next(iter(rows.filter(pk=performance_id).order_by()), None)


def tally(performance_id: int, *, email: str = "", leave_out: int | None = None) -> Tally:
    """Counts taken seats (without reservation `leave_out`) and the live reservations of `email`. One statement."""
    row = _TALLY(performance=performance_id, email=email, leave_out=leave_out or NOBODY)
    if row is None:
        raise DomainError(Code.NOT_FOUND)
    return Tally(**dict(zip(_TALLIED, row, strict=True)))


def _all_that_is_tallied() -> QuerySet[Any, Any]:
    """In one statement, as two would see two moments."""
    of_performance = {"performance": OuterRef("pk")}
    held = Reservation.objects.filter(HOLDS_SEATS, **of_performance).exclude(pk=Given("leave_out", BigIntegerField()))
    of_guest = held.filter(email=Given("email", CharField())).exclude(email="")
    walk_ins = WalkIn.objects.filter(**of_performance)
    slots = Reservation.objects.filter(**of_performance).order_by("-slot").values("slot")
    return (
        Performance.objects.filter(pk=Given("performance", BigIntegerField()))
        .order_by()
        .annotate(
            taken=Coalesce(_total(held, Sum("seats")), 0) + Coalesce(_total(walk_ins, Sum("seats")), 0),
            reservations_of_guest=Coalesce(_total(of_guest, Count("*")), 0),
            highest_slot=Coalesce(Subquery(slots[:1]), -1),
            now=Now(),
        )
        .values_list(*_TALLIED)
    )


_TALLIED = ("taken", "reservations_of_guest", "highest_slot", "now")
_TALLY = Compiled(_all_that_is_tallied)


def _total(rows: QuerySet[Any, Any], total: Aggregate) -> Subquery:
    return Subquery(rows.order_by().values("performance").values(total=total))


def seats_left(performance: Performance, taken: int) -> int:
    return max(performance.bookable - taken, 0)


def is_few(performance: Performance, left: int) -> bool:
    """From here on the number is worth telling; in a large house, from a tenth of it."""
    return left <= max(FEW_SEATS, performance.bookable / 10)


def check_seats(performance: Performance, taken: int, wanted: int) -> None:
    """Raises `capacity_exceeded`, with what is left, unless `wanted` seats fit."""
    left = seats_left(performance, taken)
    if wanted > left:
        said = "No seats are left." if not left else f"Seats left: {left}."
        raise DomainError(Code.CAPACITY_EXCEEDED, said, seats_left=left)


def taken_by_performance(performance_ids: Iterable[int]) -> dict[int, int]:
    """Taken seats of many performances in one statement; those of which none is taken are not in it."""
    return {performance_id: held.taken for performance_id, held in held_by_performance(performance_ids).items()}


@dataclass(frozen=True, kw_only=True)
class Held:
    """Seats of one Performance by what holds them."""

    confirmed: int = 0
    pending: int = 0
    walk_ins: int = 0

    @property
    def taken(self) -> int:
        return self.confirmed + self.pending + self.walk_ins

    def __add__(self, other: "Held") -> "Held":
        return Held(
            confirmed=self.confirmed + other.confirmed,
            pending=self.pending + other.pending,
            walk_ins=self.walk_ins + other.walk_ins,
        )


def held_by_performance(performance_ids: Iterable[int]) -> dict[int, Held]:
    """Taken seats of many performances, split, in one statement; those of which none is taken are not in it."""
    ids = list(performance_ids)
    held: dict[int, Held] = {}
    for performance_id, confirmed, pending, walk_ins in _reserved(ids).union(_given_at_the_door(ids), all=True):
        row = Held(confirmed=confirmed, pending=pending, walk_ins=walk_ins)
        held[performance_id] = held.get(performance_id, Held()) + row
    return held


def _reserved(performance_ids: list[int]) -> QuerySet[Any, Any]:
    return (
        Reservation.objects.filter(HOLDS_SEATS, performance_id__in=performance_ids)
        .order_by()
        .values_list("performance_id")
        .annotate(
            confirmed=Coalesce(Sum("seats", filter=Q(status=Status.CONFIRMED)), 0),
            pending=Coalesce(Sum("seats", filter=Q(status=Status.PENDING)), 0),
            walk_ins=Value(0),
        )
    )


def _given_at_the_door(performance_ids: list[int]) -> QuerySet[Any, Any]:
    return (
        WalkIn.objects.filter(performance_id__in=performance_ids)
        .order_by()
        .values_list("performance_id")
        .annotate(confirmed=Value(0), pending=Value(0), walk_ins=Sum("seats"))
    )


def booking_state(performance: Performance, *, taken: int, now: datetime) -> BookingState:
    if performance.cancelled_at is not None:
        return BookingState.CANCELLED
    if now < performance.booking_opens_at:
        return BookingState.NOT_YET
    if now >= performance.booking_closes_at:
        return BookingState.CLOSED
    return BookingState.OPEN if seats_left(performance, taken) else BookingState.SOLD_OUT


def check_booking_open(performance: Performance, now: datetime) -> None:
    """Raises `performance_cancelled`, `performance_not_yet_open` or `performance_closed`."""
    refusals = {
        BookingState.CANCELLED: Code.PERFORMANCE_CANCELLED,
        BookingState.NOT_YET: Code.PERFORMANCE_NOT_YET_OPEN,
        BookingState.CLOSED: Code.PERFORMANCE_CLOSED,
    }
    code = refusals.get(booking_state(performance, taken=0, now=now))
    if code is not None:
        raise DomainError(code)


def check_open_to_staff(performance: Performance, now: datetime) -> None:
    """Staff reserve for a guest on the phone until it begins. Raises `performance_cancelled`, `performance_started`."""
    if performance.cancelled_at is not None:
        raise DomainError(Code.PERFORMANCE_CANCELLED)
    if now >= performance.starts_at:
        raise DomainError(Code.PERFORMANCE_STARTED, "This performance has begun.")
