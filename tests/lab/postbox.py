"""The mails that a test's SMTP server has taken, read from the files it keeps."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from lab.waiting import wait_for

MAIL_SECONDS = 30
_TOKEN = re.compile(r"/reservation#([A-Z2-7]{26})\b")


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


@dataclass(frozen=True)
class Links:
    """Reservation tokens by the address they were sent to, where mails come by the thousand: each is read once."""

    directory: Path
    _seen: set[str] = field(default_factory=set)
    _tokens: dict[str, str] = field(default_factory=dict)

    def token_for(self, address: str) -> str | None:
        """Of the first mail with a link to `address`, once it is there."""
        if address not in self._tokens:
            self._read_new()
        return self._tokens.get(address)

    def _read_new(self) -> None:
        for path in self.directory.glob("*.eml"):
            if path.name not in self._seen:
                self._seen.add(path.name)
                self._read(path.read_bytes())

    def _read(self, content: bytes) -> None:
        token = token_in(content)
        if token:
            addressees = message_from_bytes(content, policy=policy.default)["To"].addresses
            self._tokens.setdefault(addressees[0].addr_spec, token)


def token_in(content: bytes) -> str | None:
    """The reservation token in the link of a mail, if it has one."""
    body = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    link = _TOKEN.search(str(body.get_content())) if body else None
    return link[1] if link else None
