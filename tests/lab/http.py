"""One request at a time to a stack, to its own port and under any name: what a client really sends and gets."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Client:
    """Asks `url` at `address`; `authority` is the certificate to trust where it is https. `patience` is in seconds."""

    url: str
    address: str = "127.0.0.1"
    authority: str | None = None
    patience: float = PATIENCE_SECONDS

    def request(self, method: str, path: str, *, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """`body` is sent as JSON unless it is bytes. Redirects are not followed."""
        sent = {"Host": urlsplit(self.url).netloc, **(headers or {})}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = self._connect()
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        site = urlsplit(self.url)
        if site.scheme == "http":
            return http.client.HTTPConnection(self.address, site.port or 80, timeout=self.patience)
        connection = _NamedConnection(self.address, site.port or 443, timeout=self.patience)
        connection.name = site.hostname or ""
        connection.trust = ssl.create_default_context(cafile=self.authority)
        return connection


class _NamedConnection(http.client.HTTPConnection):
    """TLS to an address, with the certificate checked for the site's name."""

    name: str
    trust: ssl.SSLContext

    def connect(self) -> None:
        super().connect()
        self.sock = self.trust.wrap_socket(self.sock, server_hostname=self.name)
