"""What every file that comes in by hand has in common: it is read whole, or refused with a line and a reason."""

from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from azionelab.checkin.answers import Doorkeeper
from azionelab.checkin.offline_scans import OfflineScan
from azionelab.core.errors import Code, DomainError, FieldError

# Ten thousand scans are four megabytes.
MOST_BYTES = 20_000_000


@dataclass(frozen=True, kw_only=True)
class NamedFile:
    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Account:
    """What one file says: `lines` tells where each scan stands in it."""

    file: str
    kind: str
    performance_id: int
    doorkeeper: Doorkeeper
    scans: list[OfflineScan] = field(default_factory=list)
    lines: dict[UUID, int] = field(default_factory=dict)


class RefusedFileError(Exception):
    """`line` counts from 1; None where it is the file as a whole."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(code, message)
        self.code, self.message, self.line = code, message, line

    def as_field_error(self, name: str) -> FieldError:
        return FieldError(field=name, code=self.code, message=self.message, line=self.line)


def refuse(code: str, message: str, line: int | None = None) -> NoReturn:
    raise RefusedFileError(code, message, line)


def refuse_all(errors: list[FieldError]) -> DomainError:
    return DomainError(Code.FILE_REFUSED, "Nothing was brought in.", errors=errors)


def read_text(content: bytes) -> str:
    """Raises `RefusedFileError` for what is empty, too big, or not UTF-8, with the line where that is so."""
    if not content.strip():
        refuse("empty", "There is nothing in this file.")
    if len(content) > MOST_BYTES:
        refuse("too_large", f"This file is larger than {MOST_BYTES // 1_000_000} MB: it is no evening's list.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        refuse("not_utf8", "This is not UTF-8 text. Save it as “CSV UTF-8”, or export it again.", line)
    if "\0" in text:
        refuse("not_utf8", "This is no text file.", text.count("\n", 0, text.index("\0")) + 1)
    return text
