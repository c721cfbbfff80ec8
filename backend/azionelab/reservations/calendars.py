"""The calendar entry of a reservation (RFC 5545), as a message that a calendar can follow (RFC 5546).

PUBLISH says what is so, CANCEL that it is off; both name the same UID, and the higher SEQUENCE wins (RFC 5546, 2.1.4).
Not REQUEST: that invites an ATTENDEE to answer, so guests would be asked to accept a ticket they asked for, and their
answers would go to a mailbox that nobody reads. Both methods want an ORGANIZER (3.2.1, 3.2.5), and calendars believe a
CANCEL only of the one who published.
"""

from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress

from azionelab.core.clock import theatre_time
from azionelab.core.languages import text_in
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation, Status


def reservation_calendar(reservation: Reservation) -> bytes:
    """One event with a UID that stays the same for good, so that a later version replaces it."""
    performance, language = reservation.performance, reservation.language
    event = Event()
    event.add("uid", f"reservation-{reservation.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", reservation.calendar_sequence)
    event.add("status", "CANCELLED" if is_off(reservation) else "CONFIRMED")
    event.add("organizer", _organizer())
    event.add("dtstamp", timezone.now())
    add_whereabouts(event, performance, language)
    event.add("description", _description(reservation))
    calendar = Calendar()
    calendar.add("prodid", "-//AzioneLab//reservations//")
    calendar.add("version", "2.0")
    calendar.add("method", calendar_method(reservation))
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def add_whereabouts(event: Event, performance: Performance, language: str) -> None:
    """What plays, when and where: the same in a guest's entry and in the season's calendar."""
    show, venue = performance.show, performance.venue
    event.add("dtstart", theatre_time(performance.starts_at))
    event.add("dtend", theatre_time(performance.starts_at + timedelta(minutes=show.duration_minutes)))
    event.add("summary", text_in(language, show, "title"))
    event.add("location", f"{venue.name}, {venue.address}")


def calendar_method(reservation: Reservation) -> str:
    return "CANCEL" if is_off(reservation) else "PUBLISH"


def is_off(reservation: Reservation) -> bool:
    """Whether the guest has no reason to come any more."""
    return reservation.status == Status.CANCELLED or reservation.performance.cancelled_at is not None


def _organizer() -> vCalAddress:
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = settings.THEATRE_NAME
    return organizer


def _description(reservation: Reservation) -> str:
    """What the guest needs at the door; never the ticket, as calendars are shared and synchronised."""
    doors = theatre_time(reservation.performance.doors_open_at)
    if reservation.language == "en":
        return f"Reference {reservation.reference}, seats: {reservation.seats}. Doors open at {doors:%H:%M}."
    return f"Codice {reservation.reference}, posti: {reservation.seats}. Apertura porte alle {doors:%H:%M}."
