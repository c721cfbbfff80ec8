"""The built door on a server of the test's own, which can go away and come back with another version."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from browser.running_demo import ROOT
from demo.frontend import LANGUAGES, Frontend
from demo.responses import send_text


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *values: object) -> None:  # noqa: A002
        """The test's output is for the test."""


def _no_backend(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    return send_text(environ, start_response, "No backend.", status=HTTPStatus.SERVICE_UNAVAILABLE)


class DoorServer:
    """Serves a copy of the built door as the demo does; nothing answers for the API."""

    def __init__(self, directory: Path) -> None:
        self.dist = directory / "dist"
        shutil.copytree(ROOT / "frontend" / "dist" / "door", self.dist / "door")
        self._frontend = Frontend(self.dist, _no_backend)
        self._server: _Server | None = None
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self._port}"

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self._port, self._answer, _Server, _QuietHandler)  # type: ignore[assignment]
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def folder(self, language: str) -> Path:
        return self.dist / "door" / "browser" / language

    def prefetched(self) -> list[str]:
        """The paths of every file that a phone must hold, in both languages."""
        paths: list[str] = []
        for language in LANGUAGES:
            manifest = self._manifest(language)
            paths += [path for group in manifest["assetGroups"] for path in group["urls"]]
            assert {group["installMode"] for group in manifest["assetGroups"]} == {"prefetch"}
        return paths

    def publish(self, language: str, *, mark: str) -> None:
        """A new version of the app, as another build would make it: the page differs, and the worker's list says so."""
        page = self.folder(language) / "index.html"
        page.write_text(page.read_text().replace("<head>", f'<head><meta name="version" content="{mark}" />'))
        manifest = self._manifest(language)
        manifest["timestamp"] += 1
        manifest["hashTable"][f"/door/{language}/index.html"] = hashlib.sha1(page.read_bytes()).hexdigest()
        (self.folder(language) / "ngsw.json").write_text(json.dumps(manifest))

    def _manifest(self, language: str) -> dict:
        return json.loads((self.folder(language) / "ngsw.json").read_text())

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        body = self._frontend.answer(environ, start_response)
        if body is None:
            body = _no_backend(environ, start_response)
        return list(body)
