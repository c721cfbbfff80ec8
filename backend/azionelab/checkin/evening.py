"""One performance with all that hangs on it: seats, mails, phones at its door, and who came."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.db.models.functions import Now

from azionelab.checkin.door_list import devices_of
from azionelab.checkin.selectors import Attendance, attendance_of
from azionelab.core.database import snapshot
from azionelab.core.errors import Code, DomainError
from azionelab.programme.selectors import performances
from azionelab.reservations.models import EmailState, OutboundEmail, Reservation, Status
from azionelab.reservations.overview import SeatedPerformance, with_seats


@dataclass(frozen=True, kw_only=True)
class Evening:
    """As of `made_at`. `reservations` are the confirmed ones; phones at work are those that may still scan."""

    seats: SeatedPerformance
    reservations: int
    mails_waiting: int
    mails_failed: int
    phones_paired: int
    phones_at_work: int
    attendance: Attendance
    made_at: datetime


def evening_of(performance_id: int) -> Evening:
    """Raises `not_found`. Some ten statements on one snapshot, however many have reserved."""
    with snapshot():
        performance = performances().annotate(made_at=Now()).filter(pk=performance_id).first()
        if performance is None:
            raise DomainError(Code.NOT_FOUND, "This performance is not there any more.")
        [seats] = with_seats([performance], now=performance.made_at)
        phones = devices_of(performance_id)
        return Evening(
            seats=seats,
            reservations=Reservation.objects.filter(performance_id=performance_id, status=Status.CONFIRMED).count(),
            **_mails(performance_id),
            phones_paired=len(phones),
            phones_at_work=sum(not phone.ended for phone in phones),
            attendance=attendance_of(performance_id),
            made_at=performance.made_at,
        )


def _mails(performance_id: int) -> dict[str, int]:
    mails = OutboundEmail.objects.filter(reservation__performance_id=performance_id)
    return mails.aggregate(
        mails_waiting=Count("pk", filter=Q(state=EmailState.QUEUED)),
        mails_failed=Count("pk", filter=Q(state=EmailState.FAILED)),
    )
