"""`remember_erasures`: takes in what `list_erasures` printed, from standard input, in front of a sweep.

A list that was cut short or edited is refused with its line: whoever was erased after it would come back.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import FieldError, validation_failed
from azionelab.reservations.privacy import DIGEST_BYTES, add_erasures

_LINE_MAX = 1_000


class Command(JsonLinesCommand):
    help = "Remembers erasures of another database (the lines of `list_erasures`, on standard input)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        lines = iter(lambda: sys.stdin.buffer.readline(_LINE_MAX), b"")
        read = read_erasures(lines)
        return {"read": len(read), "remembered": add_erasures(read, dry_run=options["dry_run"])}


def read_erasures(lines: Iterable[bytes]) -> dict[bytes, datetime]:
    """The latest erasure of each digest; raises `validation_failed` unless whole lists are there, one or several."""
    found: dict[bytes, datetime] = {}
    number, since_summary, is_whole = 0, 0, False
    for number, line in enumerate(lines, 1):  # noqa: B007 (the last number is needed below)
        try:
            kind, digest, value = _read_line(line)
            is_whole = kind == "summary"
            if is_whole and value != since_summary:
                raise ValueError
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            raise _refused(number, "This is no line of list_erasures, or lines before it are missing.") from None
        since_summary = 0 if is_whole else since_summary + 1
        if not is_whole:
            found[digest] = max(value, found.get(digest, value))
    if not is_whole:
        raise _refused(number + 1, "The list is cut short: it must end with its summary.")
    return found


def _read_line(line: bytes) -> tuple[str, bytes, Any]:
    """A record's digest and time, or a summary's count."""
    members = json.loads(line)
    if members["v"] != 1 or members["type"] not in ("record", "summary"):
        raise ValueError
    if members["type"] == "summary":
        return "summary", b"", int(members["erasures"])
    digest, erased_at = bytes.fromhex(members["digest"]), datetime.fromisoformat(members["erased_at"])
    if len(digest) != DIGEST_BYTES or erased_at.tzinfo is None:
        raise ValueError
    return "record", digest, erased_at


def _refused(line: int, message: str) -> Exception:
    return validation_failed(FieldError(field="erasures", code="invalid", message=message, line=line))
