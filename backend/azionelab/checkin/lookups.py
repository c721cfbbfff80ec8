"""What staff look up of reservations: who may be meant, and all that is known of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery, Sum, Window
from django.db.models.functions import Coalesce

from azionelab.checkin.models import CheckIn
from azionelab.reservations.models import OutboundEmail, Reservation
from azionelab.reservations.search import matching
from azionelab.reservations.selectors import reservation_named

MOST_FOUND = 50


@dataclass(frozen=True, kw_only=True)
class Found:
    """A reservation that may be meant, with the seats of it that are in."""

    reservation: Reservation
    admitted: int


@dataclass(frozen=True, kw_only=True)
class Search:
    """The first of those that may be meant, and how many there are."""

    found: Sequence[Found]
    total: int


@dataclass(frozen=True, kw_only=True)
class KnownReservation:
    """A reservation with all that happened to it, in the order in which it did."""

    reservation: Reservation
    emails: Sequence[OutboundEmail]
    checkins: Sequence[CheckIn]


def find(text: str, *, performance_id: int | None = None, past: bool = False, most: int = MOST_FOUND) -> Search:
    """One statement. Raises `validation_failed` for what cannot be looked for."""
    seats = CheckIn.objects.filter(reservation=OuterRef("pk")).order_by().values("reservation")
    rows = matching(text, performance_id=performance_id, past=past).annotate(
        admitted=Coalesce(Subquery(seats.values(seats=Sum("seats"))), 0), total=Window(Count("pk"))
    )
    found = list(rows[:most])
    return Search(
        found=[Found(reservation=row, admitted=row.admitted) for row in found],
        total=found[0].total if found else 0,
    )


def look_up(reference: str) -> KnownReservation:
    """Three statements. Raises `not_found`."""
    reservation = reservation_named(reference)
    checkins = CheckIn.objects.filter(reservation=reservation).select_related("scan__door_device")
    return KnownReservation(
        reservation=reservation,
        emails=list(OutboundEmail.objects.filter(reservation=reservation).order_by("id")),
        checkins=list(checkins.order_by("admitted_at", "id")),
    )
