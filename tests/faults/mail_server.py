"""A mail server that can be told to misbehave: it stays on its port, whatever it does there."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
from dataclasses import dataclass
from email import message_from_bytes, policy
from enum import StrEnum
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.mailsink import MailSink
from lab.postbox import token_in


class Mood(StrEnum):
    WELL = "well"
    # Nobody listens.
    REFUSING = "refusing"
    # Takes the connection and never says a word.
    HANGING = "hanging"
    DEFERRING = "deferring"
    REJECTING = "rejecting"


@dataclass(frozen=True)
class Mail:
    """One that was taken: whose, which, and the reservation token in its link, if it has one."""

    email: str
    subject: str
    token: str

    @property
    def token_digest(self) -> str:
        """SHA-256 of the token's bytes, as the database has it."""
        return hashlib.sha256(base64.b32decode(self.token + "======")).hexdigest() if self.token else ""


class UnrulyMailServer(MailSink):
    """It keeps mails in memory. `delay` in seconds passes between what it has kept and its saying so."""

    def __init__(self, *, host: str) -> None:
        super().__init__(Path(), host=host)
        self._host = host
        self.mood = Mood.WELL
        self.delay = 0.0
        self._taken: list[Mail] = []
        self._tokens: dict[str, str] = {}

    def start(self) -> None:
        self._thread.start()

    def behave(self, mood: Mood) -> None:
        if Mood.REFUSING in (mood, self.mood) and mood is not self.mood:
            change = self._close if mood is Mood.REFUSING else self._open
            asyncio.run_coroutine_threadsafe(change(), self._loop).result(10)
        self.mood = mood

    def taken(self, whose: str = "") -> list[Mail]:
        """Those to addresses that begin so."""
        return [mail for mail in list(self._taken) if mail.email.startswith(whose)]

    def token_for(self, email: str) -> str | None:
        """Of the first mail with a link to this address, once there is one."""
        return self._tokens.get(email)

    def _run(self) -> None:
        self._loop.run_until_complete(self._open(self._socket))
        try:
            self._loop.run_forever()
        finally:
            self._server.close()

    async def _open(self, listening: socket.socket | None = None) -> None:
        listening = listening or socket.create_server((self._host, self.port))
        self._server = await self._loop.create_server(self._session, sock=listening)

    async def _close(self) -> None:
        # Only the door: whoever is inside is served.
        self._server.close()

    def _session(self) -> SMTP:
        if self.mood is Mood.HANGING:
            return _Silent(self, loop=self._loop)
        return SMTP(self, data_size_limit=10_000_000, enable_SMTPUTF8=False, loop=self._loop)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's hook)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mood is Mood.DEFERRING:
            return "451 4.7.1 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.mood is Mood.REJECTING:
            return "554 5.7.1 Not today"
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.delay)
        return answer

    def _keep(self, content: bytes) -> None:
        mail = _read(content)
        self._taken.append(mail)
        if mail.token:
            self._tokens.setdefault(mail.email, mail.token)


class _Silent(SMTP):
    async def _handle_client(self) -> None:
        await asyncio.sleep(3600)


def _read(content: bytes) -> Mail:
    message = message_from_bytes(content, policy=policy.default)
    return Mail(message["To"].addresses[0].addr_spec, str(message["Subject"]), token_in(content) or "")
