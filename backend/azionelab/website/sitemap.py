"""`sitemap.xml` and `robots.txt`: what there is to find, in both languages, and what is nobody's to look for."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from azionelab.company.models import PRIVACY
from azionelab.company.selectors import published_pages
from azionelab.core.api import PUBLIC_CACHE
from azionelab.core.languages import CODES
from azionelab.programme.selectors import published_performances, published_shows, venues
from azionelab.website.addresses import in_every_language, in_language
from azionelab.website.answers import still_on_since

# Pages of one person, and what is no page.
_NOT_TO_LOOK_FOR = ("/admin/", "/door/", "/*/reservation", "/*/find-reservation", "/*/t$", "/*/embed/")


def sitemap(request: HttpRequest) -> HttpResponse:
    entries = [(in_language(code, path), in_every_language(path)) for path in _paths() for code in CODES]
    content = render_to_string("website/sitemap.xml", {"entries": entries})
    return HttpResponse(content, content_type="application/xml; charset=utf-8", headers={"Cache-Control": PUBLIC_CACHE})


def _paths() -> Iterator[str]:
    yield from ("", "season", "archive", PRIVACY)
    for page in published_pages().exclude(slug=PRIVACY):
        yield f"pages/{page.slug}"
    for venue in venues():
        yield f"venues/{venue.slug}"
    for show in published_shows():
        yield f"shows/{show.slug}"
    for performance in published_performances(since=still_on_since()):
        yield f"performances/{performance.pk}"


def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_TO_LOOK_FOR)]
    content = "\n".join([*lines, "", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""])
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers={"Cache-Control": PUBLIC_CACHE})
