"""The calendar entry of a confirmed reservation (RFC 5545)."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event

from azionelab.core.clock import theatre_time
from azionelab.core.languages import text_in
from azionelab.reservations.models import Reservation


def reservation_calendar(reservation: Reservation) -> bytes:
    """One event with a UID that stays the same for good, so that a later version replaces it."""
    performance, language = reservation.performance, reservation.language
    show, venue = performance.show, performance.venue
    event = Event()
    event.add("uid", f"reservation-{reservation.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", 0)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", theatre_time(performance.starts_at))
    event.add("dtend", theatre_time(performance.starts_at + timedelta(minutes=show.duration_minutes)))
    event.add("summary", text_in(language, show, "title"))
    event.add("location", f"{venue.name}, {venue.address}")
    event.add("description", _description(reservation))
    calendar = Calendar()
    calendar.add("prodid", "-//AzioneLab//reservations//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _description(reservation: Reservation) -> str:
    """What the guest needs at the door; never the ticket, as calendars are shared and synchronised."""
    doors = theatre_time(reservation.performance.doors_open_at)
    if reservation.language == "en":
        return f"Reference {reservation.reference}, seats: {reservation.seats}. Doors open at {doors:%H:%M}."
    return f"Codice {reservation.reference}, posti: {reservation.seats}. Apertura porte alle {doors:%H:%M}."
