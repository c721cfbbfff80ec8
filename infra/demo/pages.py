"""What nginx does with the pages that the backend writes: a nonce in each, and the policy that goes with it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from demo import policies

# Stands in the page where the nonce of the answer belongs.
NONCE_PLACEHOLDER = b"__CSP_NONCE__"
# What is so of the page as it leaves here, and not of the one that came.
_OWN = {"cache-control", "content-length", "content-security-policy", "etag", "permissions-policy", "x-frame-options"}


def send_page(backend: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The backend's answer to the request, which must be for a page of the site."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
        begun.append((status, headers))
        return begun.append

    # As nginx asks: where the nonce belongs cannot be seen in a page that is compressed.
    plain = {name: value for name, value in environ.items() if name != "HTTP_ACCEPT_ENCODING"}
    content = _whole(backend(plain, start))
    nonce = secrets.token_hex(16)
    content = content.replace(NONCE_PLACEHOLDER, nonce.encode())
    status, headers = begun[-1]
    kept = [(name, value) for name, value in headers if name.lower() not in _OWN]
    kept += [
        ("Content-Length", str(len(content))),
        ("Cache-Control", "no-cache" if status.startswith("200") else "no-store"),
    ]
    start_response(status, [*kept, *_permissions(environ, nonce)])
    return [content]


def _whole(answer: Iterable[bytes]) -> bytes:
    try:
        return b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close:
            close()


def _permissions(environ: WSGIEnvironment, nonce: str) -> list[tuple[str, str]]:
    may_be_framed = "/embed/" in environ.get("PATH_INFO", "")
    policy = policies.policy("embed_policy" if may_be_framed else "site_policy", nonce=nonce)
    return [
        ("Content-Security-Policy", policy),
        ("Permissions-Policy", policies.policy("no_devices")),
        *([] if may_be_framed else [("X-Frame-Options", "DENY")]),
    ]
