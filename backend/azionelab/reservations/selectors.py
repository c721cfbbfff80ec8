"""Reading reservations, and performances with their seats. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import BookingState, Performance
from azionelab.programme.naming import describe
from azionelab.programme.selectors import published_performance, published_performances
from azionelab.reservations import capacity
from azionelab.reservations.models import OutboundEmail, Reservation, ReservationToken, Status
from azionelab.reservations.tokens import TokenPair

# A pending row whose hold has passed is expired, whatever it still says.
CURRENT_STATUS = Case(
    When(status=Status.PENDING, hold_expires_at__lte=Now(), then=Value(Status.EXPIRED)),
    default=F("status"),
    output_field=CharField(),
)


# A shell's list of references ends with what was played lately, and where nobody would read on.
REMEMBERED, MOST_OFFERED = timedelta(days=2), 100
HOW_TO_REFER = "A reference is the six letters on the ticket; look for the guest by name, e-mail or phone."


@dataclass(frozen=True, kw_only=True)
class BookablePerformance:
    """A Performance as guests see it at one moment."""

    performance: Performance
    state: BookingState
    left: int

    @property
    def is_few(self) -> bool:
        """Whether there are so few seats left that guests are told how many."""
        return self.state == BookingState.OPEN and capacity.is_few(self.performance, self.left)


@dataclass(frozen=True, kw_only=True)
class ReservationPage:
    """All that a reservation's own page shows, and what its guest may do next."""

    reservation: Reservation
    status: Status
    email_state: str | None
    bookable: BookablePerformance
    can_confirm: bool
    can_change_seats: bool
    can_cancel: bool
    can_resend: bool
    max_seats: int


def _bookable(performance: Performance, taken: int, now: datetime) -> BookablePerformance:
    return BookablePerformance(
        performance=performance,
        state=capacity.booking_state(performance, taken=taken, now=now),
        left=capacity.seats_left(performance, taken),
    )


def bookable_performances(
    *,
    show: str | None = None,
    venue: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[BookablePerformance]:
    """Published performances in order of time, each with its seats. Two statements, however many there are."""
    performances = list(published_performances(show=show, venue=venue, since=since, until=until))
    taken = capacity.taken_by_performance([performance.pk for performance in performances])
    now = timezone.now()
    return [_bookable(performance, taken.get(performance.pk, 0), now) for performance in performances]


def bookable_performance(performance_id: int) -> BookablePerformance:
    """Raises `not_found`."""
    performance = published_performance(performance_id)
    counted = capacity.tally(performance.pk)
    return _bookable(performance, counted.taken, counted.now)


def reservation_id_for(token: str) -> int:
    """The reservation that a reservation token opens; raises `token_invalid`."""
    row = (
        _working_tokens()
        .filter(reservation_digest=TokenPair.read(token).reservation_digest)
        .values_list("reservation_id", flat=True)
        .first()
    )
    if row is None:
        raise DomainError(Code.TOKEN_INVALID)
    return row


def _working_tokens() -> QuerySet[ReservationToken]:
    """Also without those of a mail that left in the very moment in which its reservation was erased."""
    return ReservationToken.objects.filter(revoked_at=None, reservation__erased_at=None)


def reservation_id_for_ticket(ticket_digest: bytes) -> int | None:
    """The reservation that a ticket opens the door for, or None."""
    return _working_tokens().filter(ticket_digest=ticket_digest).values_list("reservation_id", flat=True).first()


def reservation_id_for_reference(reference: str) -> int | None:
    return Reservation.objects.filter(reference=read_reference(reference)).values_list("pk", flat=True).first()


def read_reference(written: str) -> str:
    """A reference as somebody typed it, in the one spelling that the database has."""
    return "".join(written.split()).upper()


def reservation_named(written: str) -> Reservation:
    """The reservation of a reference as somebody said it, with its performance, show and venue; raises `not_found`."""
    reference = read_reference(written)
    rows = with_current_status().select_related("performance__show", "performance__venue")
    reservation = rows.filter(reference=reference).first() if _may_be_reference(reference) else None
    if reservation is None:
        raise _no_reservation(written)
    return reservation


def references_named(written: Sequence[str]) -> tuple[str, ...]:
    """As the database spells them, each once; raises `not_found` for the first that no reservation has."""
    spelled = {read_reference(one): one for one in written}
    known = referred_to([one for one in spelled if _may_be_reference(one)])
    for reference, one in spelled.items():
        if reference not in known:
            raise _no_reservation(one)
    return tuple(spelled)


def _may_be_reference(reference: str) -> bool:
    """Nothing else can be one; some of it the database would not even read."""
    return reference.isascii() and reference.isalnum()


def _no_reservation(written: str) -> DomainError:
    return DomainError(Code.NOT_FOUND, f"There is no reservation {written!r}. {HOW_TO_REFER}")


def references_starting(prefix: str) -> list[tuple[str, str]]:
    """References of performances to come, and of the last days, each with what it is for; no names. One statement."""
    rows = (
        Reservation.objects.select_related("performance__show", "performance__venue")
        .filter(reference__startswith=read_reference(prefix), performance__starts_at__gt=Now() - REMEMBERED)
        .order_by("performance__starts_at", "reference")[:MOST_OFFERED]
    )
    return [(row.reference, describe(row.performance)) for row in rows]


def ticket_owners(ticket_digests: Sequence[bytes]) -> dict[bytes, tuple[int, datetime | None]]:
    """The reservation of each known ticket, and since when the ticket is good no more. One statement."""
    rows = ReservationToken.objects.filter(ticket_digest__in=ticket_digests)
    columns = rows.values_list("ticket_digest", "reservation_id", "revoked_at")
    return {bytes(digest): (reservation_id, revoked_at) for digest, reservation_id, revoked_at in columns}


class Referred(NamedTuple):
    """What a reference means, by ids."""

    reservation_id: int
    performance_id: int


def referred_to(references: Sequence[str]) -> dict[str, Referred]:
    """By reference, as it is written in the database; unknown ones are not in it. One statement."""
    rows = Reservation.objects.filter(reference__in=references).values_list("reference", "pk", "performance_id")
    return {reference: Referred(reservation_id, performance_id) for reference, reservation_id, performance_id in rows}


def with_current_status() -> QuerySet[Reservation]:
    """Reservations annotated with `current_status` and the state of their newest mail as `email_state`."""
    newest_email = OutboundEmail.objects.filter(reservation=OuterRef("pk")).order_by("-id")
    return Reservation.objects.annotate(  # type: ignore[no-redef] # the model declares them for its readers
        current_status=CURRENT_STATUS, email_state=Subquery(newest_email.values("state")[:1])
    )


def reservation_page(reservation_id: int) -> ReservationPage:
    """Two statements: the reservation with all it belongs to, and the tally of its performance without it.

    Raises `not_found` where it was deleted since its token was looked up.
    """
    rows = with_current_status().select_related("performance__show", "performance__venue")
    reservation = rows.filter(pk=reservation_id).first()
    if reservation is None:
        raise DomainError(Code.NOT_FOUND)
    performance = reservation.performance
    others = capacity.tally(performance.pk, email=reservation.email, leave_out=reservation.pk)
    status = Status(reservation.current_status)
    holds = status in (Status.PENDING, Status.CONFIRMED)
    bookable = _bookable(performance, others.taken + (reservation.seats if holds else 0), others.now)
    open_for_changes = (
        holds
        and performance.cancelled_at is None
        and reservation.admitted_since is None
        and others.now < performance.doors_open_at
    )
    booking_open = bookable.state in (BookingState.OPEN, BookingState.SOLD_OUT)
    room = capacity.seats_left(performance, others.taken)
    most = min(performance.max_seats_per_reservation, room) if booking_open else reservation.seats
    return ReservationPage(
        reservation=reservation,
        status=status,
        email_state=reservation.email_state,
        bookable=bookable,
        can_confirm=booking_open
        and (status == Status.PENDING or (status == Status.EXPIRED and _can_come_back(reservation, others, room))),
        can_change_seats=open_for_changes,
        can_cancel=open_for_changes,
        can_resend=holds and performance.cancelled_at is None,
        max_seats=max(most, reservation.seats if holds else 0),
    )


def _can_come_back(reservation: Reservation, others: capacity.Tally, room: int) -> bool:
    """Whether a lapsed hold may still be confirmed, as `services.confirm` will decide it."""
    return room >= reservation.seats and others.reservations_of_guest < settings.MAX_ACTIVE_RESERVATIONS


def live_reservations_of(email: str) -> Sequence[Reservation]:
    """The reservations of an address that still hold seats for a performance to come."""
    if not email:
        return []  # guests without one are not one guest
    return list(
        Reservation.objects.filter(
            capacity.HOLDS_SEATS,
            email=email,
            performance__starts_at__gt=Now(),
            performance__cancelled_at__isnull=True,
        ).order_by("performance__starts_at", "id")
    )


def guest_list(performance_id: int) -> QuerySet[Reservation]:
    """The confirmed reservations of a performance, in no particular order."""
    return Reservation.objects.filter(Q(performance_id=performance_id), status=Status.CONFIRMED)
