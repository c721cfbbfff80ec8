"""The built frontend as the demo serves it: a folder for each application and language, and the way to them."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from demo import policies
from demo.pages import send_page
from demo.responses import find_file, send, send_redirect, send_text

LANGUAGES = ("it", "en")
# The paths that letters and QR codes hold; the browser keeps the #fragment across the redirect.
_WITHOUT_LANGUAGE = {"/": "/{}/", "/t": "/{}/t", "/reservation": "/{}/reservation"}
_DOOR_WITHOUT_LANGUAGE = {
    "/door": "/door/{}/",
    "/door/": "/door/{}/",
    "/door/t": "/door/{}/t",
    "/door/pair": "/door/{}/pair",
}
# As people write and print them.
_PAGE_WITHOUT_LANGUAGE = re.compile(
    r"^/(season|archive|privacy|find-reservation|(shows|venues|pages)/[\w-]+|performances/\d+)$"
)
_CALENDAR = re.compile(r"^/(it|en)/(season|shows/[\w-]+)\.ics$")
_LOCALE_FOLDER = re.compile(r"^/(door/)?(it|en)(/.*)?$")
# The builder's names: main-ABCD1234.js, media/roboto-ABCD1234.woff2, chunk-aB3_-x9Z.js
_HASHED = re.compile(r"-[A-Z0-9]{8}\.\w+$|^chunk-[\w-]{8}\.js$")
# The worker for the door's addresses without a language lies in the folder of one and reaches further.
_WORKER_SCOPES = {"links-worker.js": "/door/"}
PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Frontend:
    """`backend` writes the site's pages, around the page of the build."""

    def __init__(self, dist: Path, backend: WSGIApplication) -> None:
        self._dist = dist
        self._backend = backend

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
        """The response to a path of the frontend, or None where the backend is to answer."""
        path = environ.get("PATH_INFO", "/")
        target = _WITHOUT_LANGUAGE.get(path) or _DOOR_WITHOUT_LANGUAGE.get(path)
        if _PAGE_WITHOUT_LANGUAGE.match(path):
            target = "/{}" + path
        if target:
            language = choose_language(environ.get("HTTP_COOKIE", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
            return send_redirect(environ, start_response, target.format(language), vary="Cookie, Accept-Language")
        match = _LOCALE_FOLDER.match(path)
        if not match or _CALENDAR.match(path):
            return None
        door, language, rest = match.groups()
        if not rest:
            return send_redirect(environ, start_response, path + "/")
        application = "door" if door else "site"
        if application == "site" and "." not in rest.rpartition("/")[2]:
            return send_page(self._backend, environ, start_response)
        folder = self._dist / application / "browser" / language
        return _send_from(environ, start_response, folder, rest.lstrip("/"), application)


def _send_from(
    environ: WSGIEnvironment, start_response: StartResponse, folder: Path, relative: str, application: str
) -> Iterable[bytes]:
    path = find_file(folder, relative) if relative else None
    if path is None:
        if "." in relative.rpartition("/")[2]:
            return send_text(environ, start_response, "Not found.", status=HTTPStatus.NOT_FOUND)
        # A deep link: the application's router reads the rest of the path.
        path = find_file(folder, "index.csr.html") or find_file(folder, "index.html")
    if path is None:
        problem = "The frontend is not built: stop the demo and run make demo again."
        return send_text(environ, start_response, problem, status=HTTPStatus.SERVICE_UNAVAILABLE)
    # The door's page stays as it was built: its service worker knows it by its hash.
    return send(environ, start_response, path.read_bytes(), headers=_headers(path) | _permissions(application))


def _permissions(application: str) -> dict[str, str]:
    """What this application's files may do; the scripts too, for a worker lives under the policy that it came with."""
    is_door = application == "door"
    return {
        "Content-Security-Policy": policies.policy("door_policy" if is_door else "bare_policy"),
        "Permissions-Policy": policies.policy("door_devices" if is_door else "no_devices"),
    }


def _headers(path: Path) -> dict[str, str]:
    if path.suffix == ".html":
        return PAGE_HEADERS
    is_hashed = _HASHED.search(path.name) is not None
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    headers = {
        "Content-Type": content_type,
        "Cache-Control": "public, max-age=31536000, immutable" if is_hashed else "no-cache",
    }
    if path.name in _WORKER_SCOPES:
        headers["Service-Worker-Allowed"] = _WORKER_SCOPES[path.name]
    return headers


def choose_language(cookie: str, accept: str) -> str:
    """The language chosen on the site, else the browser's first that exists here, else Italian."""
    try:
        chosen = SimpleCookie(cookie).get("language")
    except CookieError:
        chosen = None
    if chosen and chosen.value in LANGUAGES:
        return chosen.value
    wanted: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            wanted.append((-_quality(quality), position, language))
    return next((language for weight, _, language in sorted(wanted) if weight < 0), LANGUAGES[0])


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
