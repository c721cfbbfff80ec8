"""A performance in a small frame on another site: no script, one link that opens the reservation here.

Which sites may do that the operator says by name (EMBED_ORIGINS); nginx puts it into the frame's policy.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from azionelab.core.api import PUBLIC_CACHE
from azionelab.core.languages import text_in
from azionelab.programme.api import poster_shape
from azionelab.programme.models import BookingState
from azionelab.reservations.selectors import bookable_performance
from azionelab.website import words
from azionelab.website.addresses import in_language


def performance(request: HttpRequest, language: str, performance_id: int) -> HttpResponse:
    """Raises `not_found`."""
    bookable = bookable_performance(performance_id)
    row = bookable.performance
    with translation.override(language):
        context = {
            "language": language,
            "title": text_in(language, row.show, "title"),
            "poster": poster_shape(row.show, language),
            "when": words.when(row),
            "where": row.venue.name,
            "standing": words.standing(bookable),
            "is_open": bookable.state == BookingState.OPEN,
            "address": in_language(language, f"performances/{performance_id}"),
        }
        content = render_to_string("website/embed.html", context)
    return HttpResponse(content, headers={"Cache-Control": PUBLIC_CACHE})
