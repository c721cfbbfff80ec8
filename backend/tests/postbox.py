"""A real SMTP server for tests, which can be told to misbehave."""

import asyncio
import email
import email.policy
import re
import socket
import ssl
import threading
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP


class Postbox:
    """Keeps every mail; `answer` is what it says to DATA, `answer_rcpt` what it says to an address.

    `wrapped_in`: the TLS that it speaks from the first byte.
    """

    wrapped_in: ssl.SSLContext | None = None

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.answer_rcpt = "250 OK"
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._is_serving = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Postbox":
        self._thread.start()
        self._is_serving.wait()
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def make_protocol(self) -> SMTP:
        return SMTP(self, loop=self._loop)

    def _serve(self) -> None:
        serving = self._loop.create_server(self.make_protocol, sock=self._socket, ssl=self.wrapped_in)
        server = self._loop.run_until_complete(serving)
        self._loop.call_soon(self._is_serving.set)
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(server.wait_closed())
        self._loop.close()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.answer_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_rcpt

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer

    def text(self, index: int = -1) -> str:
        body = self.mails[index].get_body(("plain",))
        assert body is not None
        return body.get_content()

    def token(self, index: int = -1) -> str:
        """The reservation token in a mail's link."""
        found = re.search(r"/reservation#([A-Z2-7]{26})", self.text(index))
        assert found is not None, self.text(index)
        return found[1]
