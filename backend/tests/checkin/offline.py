"""What a phone recorded by itself, as a test writes it down."""

import base64
from typing import Any
from uuid import uuid4

from django.utils import timezone

from azionelab.checkin.models import Outcome, ScanKind
from azionelab.checkin.offline_scans import OfflineScan


def offline(**members: Any) -> OfflineScan:
    """A ticket that let one person in, unless told otherwise."""
    values = {
        "scan_id": uuid4(),
        "kind": "ticket",
        "outcome": "admitted",
        "seats_admitted": 1,
        "scanned_at": timezone.now(),
        "sequence": 1,
    } | members
    return OfflineScan(**values | {"kind": ScanKind(values["kind"]), "outcome": Outcome(values["outcome"])})


def as_sent(scan: OfflineScan) -> dict[str, Any]:
    """As the phone sends it in a batch and writes it into its file."""
    sent: dict[str, Any] = {"scan_id": str(scan.scan_id), "kind": str(scan.kind)}
    if scan.ticket_digest:
        sent["ticket_digest"] = base64.urlsafe_b64encode(scan.ticket_digest).decode().rstrip("=")
    if scan.reference:
        sent["reference"] = scan.reference
    sent |= {"seats": scan.seats, "outcome": str(scan.outcome), "seats_admitted": scan.seats_admitted}
    if scan.reason:
        sent["reason"] = scan.reason
    if scan.override:
        sent["override"] = True
    if scan.undoes:
        sent["undoes"] = str(scan.undoes)
    clock = {"scanned_at": scan.scanned_at.isoformat(), "clock_offset_ms": scan.clock_offset_ms}
    return sent | clock | {"sequence": scan.sequence}
