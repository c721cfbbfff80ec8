"""`reconcile_scans`: files that phones exported, and ticked paper lists, as they come over standard input.

The first line says what follows, `{"files": [{"name": "marta.jsonl", "size": 1234}, …]}`; then come the files, one
behind the other. So it makes no difference on which machine they are.
"""

import json
import sys
from argparse import ArgumentParser
from typing import IO, Any

from azionelab.checkin.imported_files import MOST_BYTES, NamedFile
from azionelab.checkin.imports import PAPER_LIST, FileReport, reconcile_files
from azionelab.checkin.models import DEVICE_NAME_MAX
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import Code, DomainError, FieldError, validation_failed
from azionelab.programme.naming import members_of

MOST_FILES = 100
_FIRST_LINE_MAX = 100_000


class Command(JsonLinesCommand):
    help = "Takes in scans that were made without a network: files of phones, ticked paper lists (standard input)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        parser.add_argument("--list", default=PAPER_LIST, help="what a ticked paper list is called")

    def run(self, **options: Any) -> dict[str, Any]:
        report = reconcile_files(
            files=_read_files(sys.stdin.buffer),
            list_name=_list_name(options["list"]),
            dry_run=options["dry_run"],
            told=self.progress,
        )
        for file in report.files:
            self.record(**_members(file))
        return {
            "dry_run": options["dry_run"],
            **{name: sum(getattr(file, name) for file in report.files) for name in _COUNTED},
            "conflicts_opened": report.conflicts_opened,
            "seats_in_conflict": report.seats_in_conflict,
            "conflicts_gone": report.conflicts_gone,
        }


_COUNTED = ("scans", "new", "admitted", "walk_ins", "refused", "undone")


def _members(file: FileReport) -> dict[str, Any]:
    described = {"file": file.file, "kind": file.kind, "device": file.device}
    counts = {name: getattr(file, name) for name in (*_COUNTED, "conflicts", "seats_in_conflict")}
    return described | {"performance": members_of(file.performance)} | counts


def _list_name(written: str) -> str:
    name = " ".join(written.split())
    if not 0 < len(name) <= DEVICE_NAME_MAX or not name.isprintable():
        message = f"Give the list a name of at most {DEVICE_NAME_MAX} letters."
        raise validation_failed(FieldError(field="list", code="invalid", message=message))
    return name


def _read_files(stdin: IO[bytes]) -> list[NamedFile]:
    """Raises `malformed_request` unless all that was announced is there, and nothing more."""
    try:
        announced = [
            (str(file["name"]), int(file["size"])) for file in json.loads(stdin.readline(_FIRST_LINE_MAX))["files"]
        ]
    except (ValueError, TypeError, KeyError):
        raise DomainError(Code.MALFORMED_REQUEST, "Standard input does not begin with the list of files.") from None
    if not 0 < len(announced) <= MOST_FILES or any(size < 0 for _name, size in announced):
        raise DomainError(Code.MALFORMED_REQUEST, f"Send between 1 and {MOST_FILES} files at once.")
    files = [NamedFile(name=name, content=_read(stdin, size)) for name, size in announced]
    if stdin.read(1):
        raise DomainError(Code.MALFORMED_REQUEST, "More came over standard input than was announced.")
    return files


def _read(stdin: IO[bytes], size: int) -> bytes:
    """What is too large is read to its end as well, so that the sender is not cut off, but not kept."""
    content = stdin.read(min(size, MOST_BYTES + 1))
    left = size - len(content)
    while left > 0:
        passed = len(stdin.read(min(left, 1_000_000)))
        if not passed:
            raise DomainError(Code.MALFORMED_REQUEST, "Standard input ended before the last file did.")
        left -= passed
    return content
