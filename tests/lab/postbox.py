"""The mails that a test's SMTP server has taken, read from the files it keeps."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from lab.waiting import wait_for

MAIL_SECONDS = 30


@dataclass(frozen=True)
class Postbox:
    directory: Path

    def all(self) -> list[EmailMessage]:
        """Oldest first."""
        paths = sorted(self.directory.glob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.all() if address in str(mail["To"])]

    def wait_for(self, address: str, subject: str = "") -> EmailMessage:
        """The first mail to `address` whose subject begins so."""

        def look() -> EmailMessage | None:
            return next((mail for mail in self.to(address) if str(mail["Subject"]).startswith(subject)), None)

        return wait_for(f"mail {subject!r} to {address}", look, MAIL_SECONDS)
