"""The demo that the browser tests start, and what its people can reach of it."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, MAIL_SECONDS, STOP_SECONDS = 120, 15, 30
T = TypeVar("T")


def wait_for(what: str, look: Callable[[], T | None], seconds: float) -> T:
    """Polls until `look` finds something, and fails with words after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.05)
    pytest.fail(f"no {what} within {seconds} seconds")


def zone_where_it_is_noon() -> str:
    """Whenever the tests run, tonight's performances are still to come."""
    offset = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


@dataclass(frozen=True)
class Demo:
    """A running demo of the tests' own."""

    url: str
    directory: Path
    password: str

    def azione(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the installed command as a manager would, beside this demo."""
        return subprocess.run(
            [str(ROOT / ".venv" / "bin" / "azione"), *arguments],
            env=os.environ | {"AZIONE_DEMO_DIR": str(self.directory)},
            capture_output=True,
            text=True,
            check=False,
        )

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What the SMTP server received for an address, oldest first."""
        mails = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted((self.directory / "mail").glob("*.eml"))
        ]
        return [mail for mail in mails if address in str(mail["To"])]

    def wait_for_mail(self, address: str, subject: str) -> EmailMessage:
        def look() -> EmailMessage | None:
            return next((mail for mail in self.mails_to(address) if str(mail["Subject"]).startswith(subject)), None)

        return wait_for(f"mail {subject!r} to {address}", look, MAIL_SECONDS)

    def log_text(self) -> str:
        logs = [*self.directory.glob("log/*"), *self.directory.glob("postgres/*.log")]
        assert {"web.log", "access.log", "postgres.log"} <= {path.name for path in logs}
        return "".join(path.read_text(errors="replace") for path in logs)
