"""What search engines read: schema.org's words for what plays (https://schema.org/TheaterEvent)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models.fields.files import FieldFile

from azionelab.company.models import Company
from azionelab.core.clock import theatre_time
from azionelab.core.languages import text_in
from azionelab.core.pictures import PictureField, share_name
from azionelab.programme.models import BookingState, Performance, Show, Venue
from azionelab.reservations.selectors import BookablePerformance
from azionelab.website.addresses import absolute, in_language

SCHEMA = "https://schema.org"
_AVAILABILITY = {
    BookingState.OPEN: "InStock",
    BookingState.NOT_YET: "PreOrder",
    BookingState.SOLD_OUT: "SoldOut",
    BookingState.CLOSED: "OutOfStock",
}

Thing = dict[str, Any]


def theatre_group(company: Company, language: str) -> Thing:
    """The company itself; of its box office what has been filled in."""
    known = {
        "description": text_in(language, company, "tagline"),
        "address": company.address,
        "email": company.email,
        "telephone": company.phone,
    }
    said = {name: value for name, value in known.items() if value}
    return {"@type": "TheaterGroup", "name": settings.THEATRE_NAME, "url": in_language(language, ""), **said}


def theatre_event(bookable: BookablePerformance, language: str, share_url: str) -> Thing:
    """One performance: when, where, whether it takes place, whether there are seats. It is free of charge."""
    performance, show = bookable.performance, bookable.performance.show
    starts_at = theatre_time(performance.starts_at)
    group = {"@type": "TheaterGroup", "name": settings.THEATRE_NAME, "url": in_language(language, "")}
    event = {
        "@type": "TheaterEvent",
        "name": text_in(language, show, "title"),
        "url": in_language(language, f"performances/{performance.pk}"),
        "startDate": starts_at.isoformat(),
        "endDate": theatre_time(performance.starts_at + timedelta(minutes=show.duration_minutes)).isoformat(),
        "doorTime": theatre_time(performance.doors_open_at).isoformat(),
        "eventStatus": f"{SCHEMA}/{_event_status(performance)}",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "location": place(performance.venue),
        "isAccessibleForFree": True,
        "maximumAttendeeCapacity": bookable.performance.bookable,
        "organizer": group,
        "performer": group,
        "workPerformed": {"@type": "Play", "name": text_in(language, show, "title"), "author": _author(show)},
    }
    if performance.announced and performance.announced.starts_at != performance.starts_at:
        event["previousStartDate"] = theatre_time(performance.announced.starts_at).isoformat()
    if share_url:
        event["image"] = [share_url]
    if bookable.state != BookingState.CANCELLED:
        event["offers"] = _offer(bookable, language)
    return event


def _event_status(performance: Performance) -> str:
    if performance.cancelled_at is not None:
        return "EventCancelled"
    # Another room alone is no other time: its address says where.
    moved = performance.announced and performance.announced.starts_at != performance.starts_at
    return "EventRescheduled" if moved else "EventScheduled"


def _offer(bookable: BookablePerformance, language: str) -> Thing:
    performance = bookable.performance
    few = bookable.state == BookingState.OPEN and bookable.is_few
    return {
        "@type": "Offer",
        "price": 0,
        "priceCurrency": "EUR",
        "availability": f"{SCHEMA}/{'LimitedAvailability' if few else _AVAILABILITY[bookable.state]}",
        "url": in_language(language, f"performances/{performance.pk}"),
        "validFrom": theatre_time(performance.booking_opens_at).isoformat(),
    }


def play(show: Show, language: str, description: str, share_url: str) -> Thing:
    """The work, for a show that has no date to come."""
    work = {
        "@type": "Play",
        "name": text_in(language, show, "title"),
        "author": _author(show),
        "description": description,
        "url": in_language(language, f"shows/{show.slug}"),
    }
    return work | ({"image": [share_url]} if share_url else {})


def _author(show: Show) -> Thing:
    return {"@type": "Person", "name": show.author}


def place(venue: Venue) -> Thing:
    known = {"hasMap": venue.map_url}
    said = {name: value for name, value in known.items() if value}
    return {"@type": "PerformingArtsTheater", "name": venue.name, "address": venue.address, **said}


def document(things: list[Mapping[str, Any]]) -> Thing:
    return {"@context": SCHEMA, "@graph": list(things)}


def share_address(file: FieldFile) -> str:
    """Of the picture that chats show; empty where there is none, or none yet (`tidy_pictures`)."""
    field = file.field
    has_sizes = file and isinstance(field, PictureField) and getattr(file.instance, field.widths_field)
    return absolute(file.storage.url(share_name(str(file.name)))) if has_sizes else ""
