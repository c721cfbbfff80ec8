"""The season back to the file that `seed_season` reads: seeding what this writes changes nothing.

What a performance has by default is left out. Everything stands in the order in which it came to be, so that two
exports differ only where the season does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from azionelab.core.clock import theatre_time
from azionelab.core.database import snapshot
from azionelab.core.languages import CODES
from azionelab.core.pictures import digest, is_picture
from azionelab.programme.defaults import usual_times
from azionelab.programme.models import Performance, Show, Venue
from azionelab.programme.season_text import Bare, Value, in_plain_letters, mapping_lines

_FIRST_TEXTS, _LAST_TEXTS = ("age_advice", "content_warnings", "spoken_language"), ("synopsis", "credits")
_TIMES = ("doors_open", "booking_opens", "booking_closes")


@dataclass(frozen=True, kw_only=True)
class ExportedSeason:
    """`posters` by their names in the file; `left_out` are the shows whose poster is lost, or not fit for the file."""

    text: str
    posters: dict[str, bytes]
    left_out: list[str]
    venues: int
    shows: int
    performances: int


def export_season() -> ExportedSeason:
    """All venues, shows and performances, also drafts and what has been played. Three statements on one snapshot."""
    with snapshot():
        venues = list(Venue.objects.order_by("pk"))
        shows = list(Show.objects.order_by("pk"))
        performances = list(Performance.objects.select_related("venue").order_by("starts_at", "venue__slug"))
    posters: dict[str, bytes] = {}
    left_out: list[str] = []
    named = {show.pk: _poster(show, posters, left_out) for show in shows}
    playing: dict[int, list[Performance]] = {show.pk: [] for show in shows}
    for performance in performances:
        playing[performance.show_id].append(performance)
    season = {
        "venues": {venue.slug: _venue(venue) for venue in venues},
        "shows": {show.slug: _show(show, named[show.pk], playing[show.pk]) for show in shows},
    }
    return ExportedSeason(
        text="\n".join([*_remarks(), *mapping_lines(season)]) + "\n",
        posters=posters,
        left_out=left_out,
        venues=len(venues),
        shows=len(shows),
        performances=len(performances),
    )


def _remarks() -> Iterator[str]:
    theatre = " ".join(in_plain_letters(settings.THEATRE_NAME).split())
    yield f"# The season of {theatre}, written by `azione shows export`; `azione shows seed` reads it."
    yield "# docs/season-file.md says what may stand here. Times are the theatre's. The posters are beside this file."
    yield ""


def _venue(venue: Venue) -> dict[str, Value]:
    texts = {name: _in_languages(venue, name) for name in ("directions", "access")}
    return {
        "name": in_plain_letters(venue.name),
        "address": in_plain_letters(venue.address),
        **({"map": venue.map_url} if venue.map_url else {}),
        "capacity": Bare(venue.capacity),
        "step_free_access": Bare("yes" if venue.step_free_access else "no"),
        **{name: text for name, text in texts.items() if text},
    }


def _show(show: Show, poster: str, performances: list[Performance]) -> dict[str, Value]:
    def texts(*names: str) -> dict[str, Value]:
        said = {name: _in_languages(show, name) for name in names}
        return {name: text for name, text in said.items() if text}

    return {
        **({} if show.status == Show.Status.PUBLISHED else {"status": str(show.status)}),
        **texts("title", "subtitle"),
        "author": in_plain_letters(show.author),
        "duration": Bare(show.duration_minutes),
        **texts(*_FIRST_TEXTS),
        **texts(*_LAST_TEXTS),
        **({"poster": poster} if poster else {}),
        **texts("poster_alt"),
        **({"performances": [_performance(row) for row in performances]} if performances else {}),
    }


def _performance(row: Performance) -> dict[str, Value]:
    said: dict[str, Value] = {"venue": row.venue.slug, "starts": _moment(row.starts_at)}
    usual = usual_times(row.starts_at)
    for name in _TIMES:
        moment = getattr(row, f"{name}_at")
        if moment != getattr(usual, f"{name}_at"):
            said[name] = _moment(moment)
    usual_numbers = {
        "capacity": row.venue.capacity,
        "manually_occupied": 0,
        "additional_seats": 0,
        "max_seats_per_reservation": 6,
    }
    for name, number in usual_numbers.items():
        if getattr(row, name) != number:
            said[name] = Bare(getattr(row, name))
    if row.cancelled_at is not None:
        said["cancelled"] = Bare("yes")
    note = _in_languages(row, "note")
    return said | ({"note": note} if note else {})


def _in_languages(row: Venue | Show | Performance, name: str) -> Value:
    """The text alone where there is only the Italian one, in one line."""
    texts = {language: in_plain_letters(getattr(row, f"{name}_{language}")) for language in CODES}
    said: dict[str, Value] = {language: text for language, text in texts.items() if text}
    italian = texts["it"]
    return italian if list(said) == ["it"] and "\n" not in italian else said


def _moment(moment: datetime) -> Bare:
    local = theatre_time(moment)
    seconds = f":{local:%S}" if local.second else ""
    return Bare(f"{local:%Y-%m-%d %H:%M}{seconds}{' again' if local.fold else ''}")


def _poster(show: Show, posters: dict[str, bytes], left_out: list[str]) -> str:
    """The poster's name in the file. It tells the content, so no export writes over the posters of another."""
    if not show.poster.name:
        return ""
    try:
        with default_storage.open(show.poster.name) as file:
            content: Any = file.read()
    except OSError:
        content = b""
    if not is_picture(content) or not show.poster_alt_it.strip():
        left_out.append(show.slug)
        return ""
    name = f"posters/{show.slug}-{digest(content)}{PurePosixPath(show.poster.name).suffix.lower()}"
    posters[name] = content
    return name
