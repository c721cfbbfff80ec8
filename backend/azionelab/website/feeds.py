"""Calendars that a guest's own calendar follows: all of the season, or one show."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from icalendar import Calendar, Event, Timezone

from azionelab.core.api import PUBLIC_CACHE
from azionelab.core.languages import text_in
from azionelab.programme.selectors import published_show
from azionelab.reservations.calendars import add_whereabouts
from azionelab.reservations.selectors import BookablePerformance, bookable_performances
from azionelab.website import words
from azionelab.website.addresses import in_language

# So that who follows it still sees last week's; older ones are history.
_KEPT = timedelta(days=30)
# What calendars are asked to wait before they look again (RFC 7986, 5.7).
_LOOK_AGAIN = timedelta(hours=1)


def season(request: HttpRequest, language: str) -> HttpResponse:
    rows = bookable_performances(since=timezone.now() - _KEPT)
    return _answer(settings.THEATRE_NAME, rows, language, f"{settings.SITE_URL}/{language}/season")


def show(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """Raises `not_found`."""
    title = text_in(language, published_show(slug), "title")
    rows = bookable_performances(show=slug, since=timezone.now() - _KEPT)
    return _answer(f"{title} · {settings.THEATRE_NAME}", rows, language, in_language(language, f"shows/{slug}"))


def _answer(name: str, rows: Iterable[BookablePerformance], language: str, address: str) -> HttpResponse:
    calendar = Calendar()
    calendar.add("prodid", "-//AzioneLab//season//")
    calendar.add("version", "2.0")
    for key in ("name", "x-wr-calname"):
        calendar.add(key, name)
    calendar.add("url", address)
    calendar.add("refresh-interval", _LOOK_AGAIN, {"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    with translation.override(language):
        for row in rows:
            calendar.add_component(_event(row, language))
    # A calendar has to have something in it, also where nothing plays (RFC 5545, 3.6).
    calendar.add_component(Timezone.from_tzid(settings.TIME_ZONE))
    headers = {"Cache-Control": PUBLIC_CACHE}
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


def _event(row: BookablePerformance, language: str) -> Event:
    performance = row.performance
    event = Event()
    event.add("uid", f"performance-{performance.pk}@{urlsplit(settings.SITE_URL).hostname}")
    # Not to the second, so that who asks again within the hour hears that nothing has changed.
    event.add("dtstamp", timezone.now().replace(minute=0, second=0, microsecond=0))
    event.add("status", "CANCELLED" if performance.cancelled_at else "CONFIRMED")
    add_whereabouts(event, performance, language)
    address = in_language(language, f"performances/{performance.pk}")
    event.add("url", address)
    event.add("description", f"{words.standing(row)}. {address}")
    return event
