"""A mail server that takes mails only from whoever knows its password."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from lab.stacks import bridge_gateway


@dataclass
class LockedMailServer:
    """What it takes, it keeps in `folder`, as demo.mailsink does. Its password may change while it runs."""

    folder: Path
    user: str
    password: str

    def __call__(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: object) -> AuthResult:
        """aiosmtpd's hook for a name and a password."""
        assert isinstance(given, LoginPassword)
        is_known = (given.login.decode(), given.password.decode()) == (self.user, self.password)
        return AuthResult(success=is_known, handled=False)

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not session.authenticated:
            return "530 5.7.0 Who are you?"
        unfinished = self.folder / f".{uuid4().hex}.part"
        unfinished.write_bytes(envelope.original_content or b"")
        unfinished.rename(self.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}.eml")
        return "250 2.0.0 Taken"

    @contextmanager
    def running(self) -> Iterator[int]:
        """Its port."""
        host = bridge_gateway()
        with socket.create_server((host, 0)) as free:
            port = int(free.getsockname()[1])
        controller = Controller(self, hostname=host, port=port, authenticator=self, auth_require_tls=False)
        controller.start()
        try:
            yield port
        finally:
            controller.stop()
