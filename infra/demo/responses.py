"""Small WSGI answers, shared by the frontend and the mailbox."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment

from demo.policies import policy

Headers = dict[str, str]

HARMLESS_IMAGES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
# What no page or file of the demo may do without.
COMMON_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}

mimetypes.add_type("application/wasm", ".wasm")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


def send(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    body: bytes,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Headers,
) -> Iterable[bytes]:
    lines = COMMON_HEADERS | {"Content-Length": str(len(body))} | headers
    start_response(f"{status.value} {status.phrase}", list(lines.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def send_text(
    environ: WSGIEnvironment, start_response: StartResponse, text: str, *, status: HTTPStatus
) -> Iterable[bytes]:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    return send(environ, start_response, f"{text}\n".encode(), status=status, headers=headers)


def send_redirect(
    environ: WSGIEnvironment, start_response: StartResponse, target: str, *, vary: str = ""
) -> Iterable[bytes]:
    """302 to `target`, a path or address that came decoded from WSGI, with the request's query string."""
    location = quote(target.encode("latin-1", "replace"), safe="/:[]@!$&'()*+,;=~")
    if environ.get("QUERY_STRING"):
        location += "?" + quote(environ["QUERY_STRING"], safe="/:?@!$&'()*+,;=~%")
    headers = {"Location": location, "Cache-Control": "no-cache"} | ({"Vary": vary} if vary else {})
    return send(environ, start_response, b"", status=HTTPStatus.FOUND, headers=headers)


def find_file(root: Path, relative: str) -> Path | None:
    """The regular file `relative` names inside `root`; None if there is none or it lies outside."""
    if "\0" in relative or "\\" in relative:
        return None
    root = root.resolve()
    path = (root / relative.lstrip("/")).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def send_file(environ: WSGIEnvironment, start_response: StartResponse, root: Path, relative: str) -> Iterable[bytes]:
    """An uploaded image. Nothing else is served as what it claims to be: an upload never becomes a page."""
    path = find_file(root, relative)
    content_type = HARMLESS_IMAGES.get(path.suffix.lower()) if path else None
    if path is None or content_type is None:
        return send_text(environ, start_response, "Not found.", status=HTTPStatus.NOT_FOUND)
    headers = {
        "Content-Type": content_type,
        "Cache-Control": "public, max-age=3600",
        "Content-Security-Policy": policy("media_policy"),
    }
    return send(environ, start_response, path.read_bytes(), headers=headers)
