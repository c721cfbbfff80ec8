"""Calendars to follow, the site's map, and the frame for other sites."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from azionelab.company.models import Page
from azionelab.programme.models import Show
from tests.cast import make_performance, make_show, make_venue

pytestmark = pytest.mark.django_db


def events(path: str) -> list[object]:
    response = Client().get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_season_is_a_calendar_in_both_languages() -> None:
    performance = make_performance()
    [italian], [english] = events("/it/season.ics"), events("/en/season.ics")
    assert (str(italian["summary"]), str(english["summary"])) == ("La locandiera", "The Mistress of the Inn")
    assert italian["uid"] == english["uid"] == f"performance-{performance.pk}@theatre.test"
    assert italian.decoded("dtstart") == performance.starts_at.replace(microsecond=0)
    assert italian.decoded("dtend") - italian.decoded("dtstart") == timedelta(minutes=110)
    assert str(italian["location"]) == "La Cantina, Via del Teatro 1, Pisa"
    assert f"http://theatre.test/it/performances/{performance.pk}" in str(italian["description"])


def test_cancelled_and_moved_ones_say_so() -> None:
    make_performance(cancelled_at=timezone.now())
    make_performance(moved_from_at=timezone.now(), moved_from_venue=make_venue(name="Oratorio"))
    cancelled, moved = sorted(events("/it/season.ics"), key=lambda event: str(event["status"]))
    assert (cancelled["status"], moved["status"]) == ("CANCELLED", "CONFIRMED")
    assert "Annullato" in str(cancelled["description"])
    assert "Spostato" in str(moved["description"])


def test_show_has_its_own_and_drafts_none() -> None:
    mine, other = make_performance(), make_performance()
    make_performance(show=mine.show, starts_in=-timedelta(days=5))
    make_performance(show=mine.show, starts_in=-timedelta(days=50))
    assert len(events(f"/it/shows/{mine.show.slug}.ics")) == 2
    assert len(events("/it/season.ics")) == 3
    other.show.status = Show.Status.DRAFT
    other.show.save()
    assert Client().get(f"/it/shows/{other.show.slug}.ics").status_code == 404
    assert len(events("/it/season.ics")) == 2


def test_map_of_the_site_names_what_there_is_in_both_languages() -> None:
    performance = make_performance()
    make_show(slug="bozza", status=Show.Status.DRAFT)
    for slug, status in (("chi-siamo", "published"), ("privacy", "published"), ("presto", "draft")):
        Page.objects.create(slug=slug, title_it=slug, body_it=".", status=status)
    response = Client().get("/sitemap.xml")
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    urls = ET.fromstring(response.content).findall("s:url", names)
    found = [url.findtext("s:loc", "", names) for url in urls]
    paths = ["", "season", "archive", "privacy", "pages/chi-siamo", f"venues/{performance.venue.slug}"]
    paths += [f"shows/{performance.show.slug}", f"performances/{performance.pk}"]
    assert found == [f"http://theatre.test/{language}/{path}" for path in paths for language in ("it", "en")]
    for url in urls:
        assert [link.get("hreflang") for link in url.findall("x:link", names)] == ["it", "en", "x-default"]
    assert all(Client().get(address.removeprefix("http://theatre.test")).status_code == 200 for address in found)


def test_robots_are_told_what_is_nobodys_to_look_for() -> None:
    text = Client().get("/robots.txt").content.decode()
    assert "Sitemap: http://theatre.test/sitemap.xml" in text
    assert {"Disallow: /admin/", "Disallow: /*/reservation"} <= set(text.splitlines())


def test_frame_shows_one_performance_and_leads_here() -> None:
    performance = make_performance(capacity=3)
    text = Client().get(f"/it/embed/performances/{performance.pk}").content.decode()
    assert "<h1>La locandiera</h1>" in text
    assert "Ultimi 3 posti" in text
    assert (
        f'href="http://theatre.test/it/performances/{performance.pk}" target="_blank" rel="noopener">Prenota<' in text
    )
    assert "<script" not in text
    assert re.findall(r' (?:style|on\w+)="', text) == []
    assert ">Reserve<" in Client().get(f"/en/embed/performances/{performance.pk}").content.decode()


def test_frame_says_what_cannot_be_reserved() -> None:
    performance = make_performance(cancelled_at=timezone.now())
    text = Client().get(f"/it/embed/performances/{performance.pk}").content.decode()
    assert "Annullato" in text
    assert ">Prenota<" not in text
    assert Client().get("/it/embed/performances/999999").status_code == 404


def test_calendar_without_dates_is_one_all_the_same() -> None:
    """A calendar has to have something in it (RFC 5545, 3.6): strict readers refuse an empty one."""
    calendar = Calendar.from_ical(Client().get("/it/season.ics").content)
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]
