"""`show_show SHOW`: what a show is, and its performances with their seats."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.models import Show
from azionelab.programme.shows import show_named
from azionelab.reservations.overview import performances_of, seats_of, with_seats


class Command(JsonLinesCommand):
    help = "Tells what a show is, and its performances with their seats."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("show", help="its slug, or a part of it")

    def run(self, **options: Any) -> dict[str, Any]:
        show = show_named(options["show"])
        for row in with_seats(performances_of(show)):
            self.record(**seats_of(row))
        return {"show": _members(show)}


def _members(show: Show) -> dict[str, Any]:
    published = show.status == Show.Status.PUBLISHED
    return {
        "slug": show.slug,
        "state": show.status,
        "title": show.title_it,
        "title_en": show.title_en,
        "subtitle": show.subtitle_it,
        "author": show.author,
        "duration_minutes": show.duration_minutes,
        "age_advice": show.age_advice_it,
        "content_warnings": show.content_warnings_it,
        "spoken_language": show.spoken_language_it,
        "poster": show.poster.name or "",
        "without_english": [name for name in _IN_ENGLISH if getattr(show, f"{name}_it") and not _english(show, name)],
        "url": f"{settings.SITE_URL}/it/shows/{show.slug}" if published else None,
    }


# What a guest who reads English would miss; a title may be the same in both.
_IN_ENGLISH = ("synopsis", "credits", "age_advice", "content_warnings", "spoken_language", "poster_alt")


def _english(show: Show, name: str) -> str:
    return str(getattr(show, f"{name}_en"))
