"""What a phone recorded by itself, as it arrives: in a batch, in an exported file, or from a ticked paper list."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from azionelab.checkin.models import REASON_MAX, Outcome, ScanKind
from azionelab.reservations.serializers import MOST_SEATS

# A phone whose clock is further off than this has none.
MOST_OFFSET_MS = 20 * 365 * 86_400_000
# From here on a clock counts as wrong, and its times are marked.
WRONG_CLOCK_MS = 5_000
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_DIGEST_BYTES = 32
_LARGEST_INTEGER = 2**31 - 1
# What only the server says, of a scan that it has already or that collides with another.
_ANSWERS_ONLY = (Outcome.REPLAY, Outcome.CONFLICT)


def is_clock_wrong(offset_ms: int | None) -> bool:
    return abs(offset_ms or 0) >= WRONG_CLOCK_MS


@dataclass(frozen=True, kw_only=True)
class OfflineScan:
    """One attempt as its device decided it. `seats_admitted` people went in, whatever the rules say of it later."""

    scan_id: UUID
    kind: ScanKind
    outcome: Outcome
    seats_admitted: int
    scanned_at: datetime
    ticket_digest: bytes | None = None
    reference: str = ""
    seats: int | None = None
    reason: str = ""
    undoes: UUID | None = None
    override: bool = False
    clock_offset_ms: int | None = None
    sequence: int | None = None

    @property
    def happened_at(self) -> datetime:
        """By the server's clock, as far as the phone knew it."""
        return self.scanned_at + timedelta(milliseconds=self.clock_offset_ms or 0)


class DigestField(serializers.CharField):
    """SHA-256 as base64url without padding."""

    default_error_messages = {"digest": "This is not a SHA-256 digest in base64url."}

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != _DIGEST_BYTES:
            self.fail("digest")
        return raw


class OfflineScanSerializer(serializers.Serializer[Any]):
    """A ticket by its digest or by its reference (neither, where the phone could read none), a walk-in, or an undo."""

    scan_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ScanKind.choices)
    ticket_digest = DigestField(max_length=44, required=False, allow_null=True)
    reference = serializers.CharField(max_length=20, required=False, allow_null=True, allow_blank=True)
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS, required=False, allow_null=True)
    outcome = serializers.ChoiceField(choices=[value for value in Outcome.choices if value[0] not in _ANSWERS_ONLY])
    seats_admitted = serializers.IntegerField(min_value=0, max_value=MOST_SEATS)
    reason = serializers.CharField(max_length=REASON_MAX, required=False, allow_blank=True)
    undoes = serializers.UUIDField(required=False, allow_null=True)
    override = serializers.BooleanField(required=False, default=False)
    scanned_at = serializers.DateTimeField()
    clock_offset_ms = serializers.IntegerField(
        min_value=-MOST_OFFSET_MS, max_value=MOST_OFFSET_MS, required=False, allow_null=True
    )
    sequence = serializers.IntegerField(min_value=0, max_value=_LARGEST_INTEGER)

    def validate_scanned_at(self, value: datetime) -> datetime:
        if not _EARLIEST <= value < _LATEST:
            raise serializers.ValidationError("No scan was made then.", code="out_of_range")
        return value

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        for field, message in _misfits(values):
            raise serializers.ValidationError({field: ErrorDetail(message, code="invalid")})
        return values


def _misfits(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Members that contradict each other; nothing of a scan is worth keeping then."""
    kind, outcome = values["kind"], values["outcome"]
    is_undo = kind == ScanKind.UNDO
    names_ticket = bool(values.get("ticket_digest")) + bool(values.get("reference"))
    rules = (
        ("seats_admitted", (outcome == Outcome.ADMITTED) == (values["seats_admitted"] > 0), "It contradicts outcome."),
        ("outcome", not is_undo or outcome in (Outcome.UNDONE, Outcome.UNKNOWN), "An undo has no such outcome."),
        ("outcome", is_undo or outcome != Outcome.UNDONE, "Only an undo has this outcome."),
        ("undoes", is_undo == bool(values.get("undoes")), "An undo names the scan that it takes back; others none."),
        ("ticket_digest", names_ticket <= (kind == ScanKind.TICKET), "Name a ticket once, and only for a ticket."),
        ("reason", not (is_undo or values["override"]) or bool(values.get("reason")), "Say why."),
        ("override", not values["override"] or outcome == Outcome.ADMITTED, "Nobody was let in."),
    )
    return [(field, message) for field, holds, message in rules if not holds]


def offline_scan(values: dict[str, Any]) -> OfflineScan:
    """From validated members."""
    known = {name: value for name, value in values.items() if name != "reference"}
    return OfflineScan(
        **known | {"kind": ScanKind(values["kind"]), "outcome": Outcome(values["outcome"])},
        reference=values.get("reference") or "",
    )
