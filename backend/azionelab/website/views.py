"""The site's pages, its calendars, and what search engines ask for. All of it is public and the same for everybody."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from rest_framework.renderers import JSONRenderer

from azionelab.core.api import PUBLIC_CACHE
from azionelab.core.errors import Code, DomainError
from azionelab.website import answers, pages, shell, structured_data
from azionelab.website.addresses import in_every_language, in_language
from azionelab.website.site_page import SitePage

Builder = Callable[..., SitePage]
LOCALES = {"it": "it_IT", "en": "en_GB"}
# What would end a <script> or begin another one; in JSON each may be written as a number (RFC 8259, 7).
_IN_SCRIPTS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def site_page(request: HttpRequest, language: str, build: Builder, **names: Any) -> HttpResponse:
    """The page that `build` makes; a page that says so where it finds nothing."""
    with translation.override(language):
        try:
            page = build(language, **names)
        except DomainError as error:
            if error.code is not Code.NOT_FOUND:
                raise
            page = pages.not_found(request.path.removeprefix(f"/{language}/"))
        return _rendered(page, language)


def private_page(request: HttpRequest, language: str, **names: Any) -> HttpResponse:
    with translation.override(language):
        path = request.path.removeprefix(f"/{language}/")
        return _rendered(pages.private(path), language)


def no_page(request: HttpRequest, language: str, path: str) -> HttpResponse:
    """There is none, unless somebody wrote a slash too much."""
    if path.endswith("/"):
        return HttpResponsePermanentRedirect(f"/{language}/{path.rstrip('/')}")
    with translation.override(language):
        return _rendered(pages.not_found(path), language)


def _rendered(page: SitePage, language: str) -> HttpResponse:
    theatre = answers.theatre(language)
    context = {
        "page": page,
        "language": language,
        "theatre": theatre["theatre/"],
        "title": f"{page.heading} · {settings.THEATRE_NAME}" if page.heading else settings.THEATRE_NAME,
        "canonical": in_language(language, page.path),
        "in_every_language": in_every_language(page.path),
        "locale": LOCALES[language],
        "other_locales": [locale for code, locale in LOCALES.items() if code != language],
        "structured": _json(structured_data.document(list(page.structured))) if page.structured else "",
        "answers": _json({**theatre, **page.answers}),
        "html": mark_safe(page.html),  # noqa: S308 (cleaned where it was made)
        "share": page.share_url,
    }
    content = shell.fill(
        language,
        head=render_to_string("website/head.html", context),
        page=render_to_string("website/page.html", context),
        answers=render_to_string("website/answers.html", context),
    )
    cache = PUBLIC_CACHE if page.status == 200 else "no-store"
    return HttpResponse(content, status=page.status, headers={"Cache-Control": cache})


def _json(data: Any) -> SafeString:
    return mark_safe(JSONRenderer().render(data).decode().translate(_IN_SCRIPTS))  # noqa: S308
