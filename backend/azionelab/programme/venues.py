"""Venues named as people name them: by the slug, or by a part of it that means one venue only."""

from azionelab.core.errors import FieldError, validation_failed
from azionelab.programme.models import Venue

FIELD = "venue"
MOST_CANDIDATES = 20


def venue_named(name: str) -> Venue:
    """Raises `validation_failed`: its errors, code `ambiguous`, are the venues there are, or those it may mean."""
    wanted = name.strip().casefold()
    venues = list(Venue.objects.order_by("slug"))
    found = [venue for venue in venues if venue.slug == wanted] or [venue for venue in venues if wanted in venue.slug]
    if len(found) == 1:
        return found[0]
    said = f"{name!r} means more than one venue. Use the slug of one." if found else f"There is no venue {name!r}."
    candidates = (found or venues)[:MOST_CANDIDATES]
    shown = [FieldError(field=FIELD, code="ambiguous", message=f"{row.slug}: {row.name}") for row in candidates]
    raise validation_failed(FieldError(field=FIELD, code="unknown", message=said), *shown)
