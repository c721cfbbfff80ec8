"""A real SMTP server, on loopback where nothing else is asked for, that keeps every mail as an .eml file."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_MAX_BYTES = 10_000_000


class MailSink:
    """Runs in a thread of its own; `port` is taken from the moment the object exists."""

    def __init__(self, directory: Path, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._directory = directory
        self._numbers = itertools.count(1)
        self._socket = socket.create_server((host, port))
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="mail-sink", daemon=True)

    def start(self) -> None:
        directory = self._directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for unfinished in directory.glob(".*.part"):
            unfinished.unlink()
        # aiosmtpd logs envelopes, that is, guests' addresses.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        def session() -> SMTP:
            return SMTP(self, data_size_limit=_MAX_BYTES, enable_SMTPUTF8=False, loop=self._loop)

        server = self._loop.run_until_complete(self._loop.create_server(session, sock=self._socket))
        try:
            self._loop.run_forever()
        finally:
            server.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook: answer 250 only once the file is in its place."""
        try:
            self._keep(envelope.original_content or b"")
        except OSError:
            return "452 4.3.1 The mail could not be stored"
        return "250 2.0.0 Stored"

    def _keep(self, content: bytes) -> None:
        """Named by time and number, so that names sort as the mails came; renamed when whole."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{next(self._numbers):06d}.eml"
        unfinished = self._directory / f".{name}.part"
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(content)
        unfinished.rename(self._directory / name)
