"""The file that a phone writes when its network never comes back: JSON Lines, signed line by line.

The last member of each line is `mac`: 16 bytes of HMAC-SHA256, under the device's key, over the mac before it and the
line as it stands without it. So a line that was changed, left out or moved is found by its number.
"""

import base64
import hmac
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from rest_framework.exceptions import ValidationError

from azionelab.checkin import tokens
from azionelab.checkin.answers import doorkeeper_of
from azionelab.checkin.imported_files import Account, read_text, refuse
from azionelab.checkin.models import DoorDevice
from azionelab.checkin.offline_scans import OfflineScan, OfflineScanSerializer, offline_scan
from azionelab.checkin.selectors import device_with_id
from azionelab.core.exception_handler import field_errors

VERSION = 1
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
    device = _find_device(_parse(lines[0], 1))
    records = list(verified(lines, tokens.device_key(device.pk)))
    header = records[0]
    if header.get("performance") != device.performance_id:
        refuse("wrong_performance", f"{device.name} stood at the door of another performance.", 1)
    scans = read_scans(records)
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


def _find_device(header: dict[str, Any]) -> DoorDevice:
    if header.get("type") != "header" or header.get("v") != VERSION:
        refuse("unreadable", "This is not the beginning of a file that a phone exported.", 1)
    try:
        device = device_with_id(UUID(str(header.get("device"))))
    except ValueError:
        device = None
    if device is None:
        refuse("unknown_device", "No phone of this theatre has written this file.", 1)
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
        if not hmac.compare_digest(base64.urlsafe_b64encode(mac).rstrip(b"="), signed["mac"]):
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
