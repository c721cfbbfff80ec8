"""The file that a phone writes when its network never comes back: JSON Lines, signed line by line.

The last member of each line is `mac`: 16 bytes of HMAC-SHA256, under the device's key, over the mac before it and the
line as it stands without it. So a line that was changed, left out or moved is found by its number.
"""

import hmac
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.exceptions import ValidationError

from azionelab.checkin import tokens
from azionelab.checkin.answers import doorkeeper_of
from azionelab.checkin.imported_files import Account, RefusedFileError, read_text, refuse
from azionelab.checkin.models import DEVICE_NAME_MAX, DoorDevice
from azionelab.checkin.offline_scans import OfflineScan, OfflineScanSerializer, offline_scan
from azionelab.checkin.selectors import device_with_id
from azionelab.core.errors import DomainError
from azionelab.core.exception_handler import field_errors
from azionelab.programme.selectors import performance_with_id

VERSION = 1
UNKNOWN_DEVICE = "No phone of this theatre has written this file."
MAC_BYTES = 16
_SIGNED = re.compile(rb'(?P<body>\{.*),"mac":"(?P<mac>[A-Za-z0-9_-]{22})"\}', re.DOTALL)


def is_export(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read_export(name: str, content: bytes) -> Account:
    """Raises `RefusedFileError`."""
    read_text(content)
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    device_id = _read_device_id(_parse(lines[0], 1))
    device = device_with_id(device_id)
    if device is None:
        _check_was_ours(lines[0], device_id)
    records = list(verified(lines, tokens.device_key(device_id)))
    header, scans = records[0], read_scans(records)
    if device is None:
        device = _lost_device(device_id, header, scans)
    if header.get("performance") != device.performance_id:
        refuse("wrong_performance", f"{device.name} stood at the door of another performance.", 1)
    return Account(
        file=name,
        kind="export",
        performance_id=device.performance_id,
        doorkeeper=doorkeeper_of(device),
        scans=scans,
        lines={scan.scan_id: line for line, scan in enumerate(scans, start=2)},
    )


def _parse(line: bytes, number: int) -> dict[str, Any]:
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        refuse("cut_short", "This line ends too early, or is not what a phone wrote.", number)
    return members


def _read_device_id(header: dict[str, Any]) -> UUID:
    if header.get("type") != "header" or header.get("v") != VERSION:
        refuse("unreadable", "This is not the beginning of a file that a phone exported.", 1)
    try:
        return UUID(str(header.get("device")))
    except ValueError:
        refuse("unknown_device", UNKNOWN_DEVICE, 1)


def _check_was_ours(line: bytes, device_id: UUID) -> None:
    """A phone's key follows from its id: whoever signs with it was paired here, whatever the database remembers."""
    try:
        list(verified([line], tokens.device_key(device_id)))
    except RefusedFileError:
        refuse("unknown_device", UNKNOWN_DEVICE, 1)


def _lost_device(device_id: UUID, header: dict[str, Any], scans: list[OfflineScan]) -> DoorDevice:
    """The phone as its file tells of it, not saved: the database was restored from before its pairing."""
    try:
        performance = performance_with_id(header["performance"])
    except DomainError:
        refuse("wrong_performance", "This theatre has no such performance.", 1)
    device = DoorDevice(pk=device_id, performance=performance, name=str(header["name"])[:DEVICE_NAME_MAX])
    device.paired_at = min((scan.happened_at for scan in scans), default=timezone.now())
    return device


def verified(lines: list[bytes], key: bytes) -> Iterator[dict[str, Any]]:
    """What the lines say, each as signed with `key`; raises `RefusedFileError` at the first that is not."""
    before = b""
    for number, line in enumerate(lines, start=1):
        signed = _SIGNED.fullmatch(line)
        if signed is None:
            _parse(line, number)
            refuse("altered", "This line is not signed.", number)
        mac = hmac.digest(key, before + signed["body"] + b"}", "sha256")[:MAC_BYTES]
        if not hmac.compare_digest(tokens.text(mac).encode(), signed["mac"]):
            refuse("altered", "This line was changed, or one before it was left out or moved.", number)
        before = mac
        yield _parse(line, number)


def read_scans(records: list[dict[str, Any]]) -> list[OfflineScan]:
    """The scans between the first record and the last; raises `RefusedFileError`."""
    header, *inner = records
    end = inner.pop() if inner and inner[-1].get("type") == "end" else None
    if end is None or not len(inner) == end.get("scans") == header.get("scans"):
        promised = header.get("scans")
        refuse("cut_short", f"The file ends here; it should hold {promised} scans and a last line.", len(records))
    # One for all of them: making its fields takes longer than reading a scan.
    serializer = OfflineScanSerializer()
    return [_read_scan(serializer, members, number) for number, members in enumerate(inner, start=2)]


def _read_scan(serializer: OfflineScanSerializer, members: dict[str, Any], number: int) -> OfflineScan:
    if members.get("type") != "scan":
        refuse("unreadable", "This line is no scan.", number)
    try:
        return offline_scan(serializer.run_validation(members))
    except ValidationError as error:
        first = next(field_errors(error.detail))
        refuse("unreadable", f"This scan cannot be read: {first.field}: {first.message}", number)
