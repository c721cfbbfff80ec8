"""One stored mail, whatever is in it: nothing here raises for a mail that somebody wrote badly or with ill will."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Mail:
    """One stored mail: the name of its file and its parsed content."""

    name: str
    message: EmailMessage
    received: datetime

    @property
    def leaves(self) -> list[EmailMessage]:
        """Every part that is not a container, in a fixed order: a part's address is its place in it."""
        return [part for part in self.message.walk() if not part.is_multipart()]

    def header(self, name: str) -> str:
        try:
            return str(self.message.get(name, ""))
        except Exception:  # noqa: BLE001 - whatever a broken header makes the parser raise
            return ""

    def body(self, kind: str) -> str | None:
        part = self.message.get_body((kind,))
        return None if part is None else text_of(part)  # type: ignore[arg-type]


def file_name(part: EmailMessage, number: int) -> str:
    """The attachment's own name without folders and control characters."""
    given = (part.get_filename() or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in given if letter.isprintable()).strip(". ") or f"part-{number}"


def content_of(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def text_of(part: EmailMessage) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        return content_of(part).decode(charset, "replace")
    except LookupError:
        return content_of(part).decode("utf-8", "replace")


def sent_at(mail: Mail, zone: ZoneInfo) -> datetime:
    """The mail's own date where it has a usable one, else when it came in."""
    try:
        date = parsedate_to_datetime(mail.header("Date"))
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(zone)
    except (ValueError, TypeError, OverflowError):
        return mail.received.astimezone(zone)
