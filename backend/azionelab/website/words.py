"""What the pages say of a performance, in the language that is active. The frontend's words are the same."""

from datetime import datetime

from django.utils.translation import gettext

from azionelab.core.clock import day_in_words, theatre_time
from azionelab.programme.models import BookingState, Performance
from azionelab.reservations.selectors import BookablePerformance


def when(performance: Performance) -> str:
    """`Friday 4 December at 20:30`."""
    return _day_and_time(performance.starts_at)


def _day_and_time(moment: datetime) -> str:
    return gettext("%(day)s at %(time)s") % {"day": day_in_words(moment), "time": f"{theatre_time(moment):%H:%M}"}


def where(performance: Performance) -> str:
    return f"{performance.venue.name}, {performance.venue.address}"


def standing(bookable: BookablePerformance) -> str:
    """Whether there are seats, and whether it is where it was announced."""
    return ". ".join(filter(None, (seats(bookable), moved(bookable.performance))))


def seats(bookable: BookablePerformance) -> str:
    if bookable.state == BookingState.OPEN:
        if not bookable.is_few:
            return gettext("Seats available")
        return gettext("Last seat") if bookable.left == 1 else gettext("Last %(n)d seats") % {"n": bookable.left}
    if bookable.state == BookingState.NOT_YET:
        return gettext("Reservations from %(day)s") % {"day": day_in_words(bookable.performance.booking_opens_at)}
    return {
        BookingState.SOLD_OUT: gettext("Fully booked"),
        BookingState.CLOSED: gettext("Reservations closed"),
        BookingState.CANCELLED: gettext("Cancelled"),
    }[bookable.state]


def moved(performance: Performance) -> str:
    """`Moved: it was on Friday 4 December at 20:30, La Cantina`, of the parts that are others now."""
    announced = performance.announced
    if announced is None:
        return ""
    if announced.starts_at == performance.starts_at:
        return gettext("Another venue: it was at %(venue)s") % {"venue": announced.venue.name}
    day = _day_and_time(announced.starts_at)
    if announced.venue == performance.venue:
        return gettext("Moved: it was on %(when)s") % {"when": day}
    return gettext("Moved: it was on %(when)s, %(venue)s") % {"when": day, "venue": announced.venue.name}
