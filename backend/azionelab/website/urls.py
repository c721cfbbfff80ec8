"""The site's addresses. `app.routes.ts` has the same; a test holds the two together."""

from typing import Any

from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from azionelab.core.languages import CODES
from azionelab.website import embeds, feeds, pages, sitemap, views


class LanguageConverter:
    regex = "|".join(CODES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LanguageConverter, "language")


def _page(address: str, build: views.Builder) -> Any:
    return path(f"<language:language>/{address}", require_safe(views.site_page), {"build": build})


def _private(address: str) -> Any:
    return path(f"<language:language>/{address}", require_safe(views.private_page))


urlpatterns = [
    path("robots.txt", require_safe(sitemap.robots)),
    path("sitemap.xml", require_safe(sitemap.sitemap)),
    path("<language:language>/season.ics", require_safe(feeds.season)),
    path("<language:language>/shows/<slug:slug>.ics", require_safe(feeds.show)),
    path("<language:language>/embed/performances/<int:performance_id>", require_safe(embeds.performance)),
    _page("", pages.home),
    _page("season", pages.season),
    _page("archive", pages.archive),
    _page("shows/<slug:slug>", pages.show),
    _page("venues/<slug:slug>", pages.venue),
    _page("pages/<slug:slug>", pages.page),
    _page("performances/<int:performance_id>", pages.performance),
    _page("privacy", pages.privacy),
    _private("performances/<int:performance_id>/sent"),
    _private("reservation"),
    _private("find-reservation"),
    _private("t"),
    path("<language:language>/<path:path>", require_safe(views.no_page)),
]
