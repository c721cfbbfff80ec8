"""The closed list of what can go wrong, and the one table that says what each code means outside.

A service raises `DomainError(Code.…)`; `exception_handler` turns it into a problem document (RFC 9457), `commands`
into the last line of a command and its exit code. Nobody else builds an error.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple


class ExitCode(IntEnum):
    DONE = 0
    BUG = 1
    USAGE = 2
    REFUSED = 3
    PARTLY_DONE = 4
    ENVIRONMENT = 5


class Code(StrEnum):
    VALIDATION_FAILED = "validation_failed"
    MALFORMED_REQUEST = "malformed_request"
    SIGN_IN_FAILED = "sign_in_failed"
    NOT_AUTHENTICATED = "not_authenticated"
    DEVICE_REVOKED = "device_revoked"
    DEVICE_EXPIRED = "device_expired"
    PERMISSION_DENIED = "permission_denied"
    NOT_FOUND = "not_found"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 (a code, not a secret)
    PAIRING_CODE_INVALID = "pairing_code_invalid"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_ACCEPTABLE = "not_acceptable"
    CAPACITY_EXCEEDED = "capacity_exceeded"
    CAPACITY_BELOW_RESERVED = "capacity_below_reserved"
    PERFORMANCE_CLOSED = "performance_closed"
    PERFORMANCE_NOT_YET_OPEN = "performance_not_yet_open"
    PERFORMANCE_CANCELLED = "performance_cancelled"
    PERFORMANCE_STARTED = "performance_started"
    TOO_MANY_RESERVATIONS = "too_many_reservations"
    RESERVATION_CANCELLED = "reservation_cancelled"
    RESERVATION_NOT_CONFIRMED = "reservation_not_confirmed"
    PAYLOAD_TOO_LARGE = "payload_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    TOO_MANY_REQUESTS = "too_many_requests"
    INTERNAL_ERROR = "internal_error"
    BUSY = "busy"
    EMAIL_UNAVAILABLE = "email_unavailable"
    FILE_REFUSED = "file_refused"


class Meaning(NamedTuple):
    status: int
    exit_code: ExitCode
    title: str


_REFUSED = ExitCode.REFUSED
MEANINGS: dict[Code, Meaning] = {
    Code.VALIDATION_FAILED: Meaning(400, ExitCode.USAGE, "Some of the values cannot be used"),
    Code.MALFORMED_REQUEST: Meaning(400, ExitCode.USAGE, "The request cannot be read"),
    Code.SIGN_IN_FAILED: Meaning(400, _REFUSED, "The name or the password is wrong"),
    Code.NOT_AUTHENTICATED: Meaning(401, _REFUSED, "Sign in first"),
    Code.DEVICE_REVOKED: Meaning(401, _REFUSED, "This device was sent away from the door"),
    Code.DEVICE_EXPIRED: Meaning(401, _REFUSED, "The performance this device was paired for is over"),
    Code.PERMISSION_DENIED: Meaning(403, _REFUSED, "This account may not do that"),
    Code.NOT_FOUND: Meaning(404, ExitCode.USAGE, "There is nothing here"),
    Code.TOKEN_INVALID: Meaning(404, _REFUSED, "The link is not valid, or no longer"),
    Code.PAIRING_CODE_INVALID: Meaning(404, _REFUSED, "The pairing code is not valid, or no longer"),
    Code.METHOD_NOT_ALLOWED: Meaning(405, ExitCode.USAGE, "This cannot be done here"),
    Code.NOT_ACCEPTABLE: Meaning(406, ExitCode.USAGE, "The answer cannot be given in that format"),
    Code.CAPACITY_EXCEEDED: Meaning(409, _REFUSED, "There are not that many seats left"),
    Code.CAPACITY_BELOW_RESERVED: Meaning(409, _REFUSED, "More seats than that are already reserved"),
    Code.PERFORMANCE_CLOSED: Meaning(409, _REFUSED, "Booking for this performance is closed"),
    Code.PERFORMANCE_NOT_YET_OPEN: Meaning(409, _REFUSED, "Booking for this performance is not open yet"),
    Code.PERFORMANCE_CANCELLED: Meaning(409, _REFUSED, "The performance is cancelled"),
    Code.PERFORMANCE_STARTED: Meaning(409, _REFUSED, "The doors are open; ask at the door"),
    Code.TOO_MANY_RESERVATIONS: Meaning(409, _REFUSED, "This address already holds as many reservations as allowed"),
    Code.RESERVATION_CANCELLED: Meaning(409, _REFUSED, "The reservation is cancelled"),
    Code.RESERVATION_NOT_CONFIRMED: Meaning(409, _REFUSED, "The reservation is not confirmed"),
    Code.PAYLOAD_TOO_LARGE: Meaning(413, ExitCode.USAGE, "The request is too large"),
    Code.UNSUPPORTED_MEDIA_TYPE: Meaning(415, ExitCode.USAGE, "Send JSON"),
    Code.IDEMPOTENCY_KEY_REUSED: Meaning(422, _REFUSED, "This Idempotency-Key was used for another request"),
    Code.TOO_MANY_REQUESTS: Meaning(429, _REFUSED, "Too many requests; try again later"),
    Code.INTERNAL_ERROR: Meaning(500, ExitCode.BUG, "Something went wrong on our side"),
    Code.BUSY: Meaning(503, ExitCode.ENVIRONMENT, "Too many people at once; try again in a moment"),
    Code.EMAIL_UNAVAILABLE: Meaning(503, ExitCode.ENVIRONMENT, "The mail server does not answer"),
    Code.FILE_REFUSED: Meaning(422, _REFUSED, "A file cannot be used"),
}


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One value that cannot be used. `code` is for programs, `message` for people who read English."""

    field: str
    code: str
    message: str
    line: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}


class DomainError(Exception):
    """A rule of the house says no. `extra` members stand in the problem document beside the usual ones."""

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        **extra: int | str,
    ) -> None:
        self.code = code
        self.meaning = MEANINGS[code]
        self.detail = detail or f"{self.meaning.title}."
        self.errors = tuple(errors)
        self.extra = extra
        super().__init__(self.code, self.detail)

    def as_problem(self) -> dict[str, Any]:
        """The body of an RFC 9457 problem document."""
        return {
            "type": f"urn:azionelab:problem:{self.code}",
            "title": self.meaning.title,
            "status": self.meaning.status,
            "code": str(self.code),
            "detail": self.detail,
            "errors": [error.as_dict() for error in self.errors],
            **self.extra,
        }


def validation_failed(*errors: FieldError) -> DomainError:
    return DomainError(Code.VALIDATION_FAILED, errors=errors)
