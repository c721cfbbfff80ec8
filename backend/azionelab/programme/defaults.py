"""What a performance's times are when nobody says otherwise."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from azionelab.core.clock import theatre_time

DOORS_BEFORE_START = timedelta(minutes=30)
BOOKING_BEFORE_START = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Times:
    doors_open_at: datetime
    booking_opens_at: datetime
    booking_closes_at: datetime


def usual_times(starts_at: datetime) -> Times:
    """Doors half an hour before; booking from the same hour 30 days earlier until the start.

    Days are subtracted on the theatre's clock: across a change to summer time 20:30 stays 20:30.
    """
    return Times(
        doors_open_at=starts_at - DOORS_BEFORE_START,
        booking_opens_at=theatre_time(starts_at) - BOOKING_BEFORE_START,
        booking_closes_at=starts_at,
    )
