"""The demo's one web application: what nginx does in production, around the real backend.

Only the demo imports this module, so the mailbox exists nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from whitenoise import WhiteNoise

from azionelab.project.wsgi import application as backend
from demo import policies
from demo.frontend import Frontend
from demo.mailbox import Mailbox
from demo.options import ROOT
from demo.responses import send_file, send_redirect

_DIRECTORY = Path(os.environ["AZIONE_DEMO_DIR"])
_SITE = os.environ["SITE_URL"]


class DemoSite:
    """Sends each request to the frontend, the mailbox, the pictures or the backend."""

    def __init__(self, *, site_url: str, directory: Path, dist: Path, api: WSGIApplication) -> None:
        self._site_url = site_url
        self._netloc = urlsplit(site_url).netloc
        self._media = directory / "media"
        self._frontend = Frontend(dist, api)
        self._mailbox = Mailbox(directory / "mail", time_zone=os.environ.get("TIME_ZONE") or "Europe/Rome")
        self._api = api

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # As nginx does: a client cannot choose the address its attempts are counted under.
        environ["HTTP_X_FORWARDED_FOR"] = environ.get("REMOTE_ADDR", "")
        environ.pop("HTTP_X_FORWARDED_PROTO", None)
        path = environ.get("PATH_INFO", "/")
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            answer = self._answer_reading(environ, start_response, path)
            if answer is not None:
                return answer
        return self._api(environ, _with_policy(path, start_response))

    def _answer_reading(
        self, environ: WSGIEnvironment, start_response: StartResponse, path: str
    ) -> Iterable[bytes] | None:
        if environ.get("HTTP_HOST") != self._netloc:
            # 127.0.0.1 would be another site to the browser; and a stranger's name reads no mailbox.
            return send_redirect(environ, start_response, self._site_url + path)
        if path.startswith("/demo/mailbox"):
            return self._mailbox(environ, start_response)
        if path.startswith("/media/"):
            return send_file(environ, start_response, self._media, path.removeprefix("/media/"))
        return self._frontend.answer(environ, start_response)


def _with_policy(path: str, start_response: StartResponse) -> StartResponse:
    """The policy that nginx puts on the backend's answers."""
    policy = policies.policy("admin_policy" if path.startswith("/admin/") else "bare_policy")

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
        return start_response(status, [*headers, ("Content-Security-Policy", policy)], *error)

    return start


_with_static = WhiteNoise(backend, root=_DIRECTORY / "static", prefix="/static/", max_age=3600, charset="utf-8")
application = DemoSite(site_url=_SITE, directory=_DIRECTORY, dist=ROOT / "frontend" / "dist", api=_with_static)
