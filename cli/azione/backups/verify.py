"""Whether a backup is still what was written: every byte, no file more and no file less."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from azione.backups.contents import Moved, digest_of
from azione.backups.layout import CHECKS, MANIFEST, SUMS, Backup
from azione.backups.steps import Steps, counted_from
from azione.failures import Failure

STEPS = ("check",)


def verify(backup: Backup, steps: Steps) -> bool:
    """Raises Failure, with all that is wrong. Whether that could be noted is the answer: a folder may be read-only."""
    problems = list(find_damage(backup, steps.begin("check", total=backup.manifest.size)))
    now = datetime.now().astimezone()
    if problems:
        with suppress(OSError):
            backup.note(damaged_at=now, damage=problems[0])
        raise Failure("backup_damaged", f"{backup.name}: {'; '.join(problems)}.")
    try:
        backup.note(verified_at=now, damaged_at=None, damage="")
    except OSError:
        return False
    return True


def find_damage(backup: Backup, moved: Moved) -> Iterator[str]:
    """What is wrong with it, a phrase each. The manifest and its checksum were compared when it was read."""
    try:
        entries = {entry.name: entry for entry in os.scandir(backup.folder)}
    except OSError as error:
        yield f"it cannot be read ({error.strerror})"
        return
    files = backup.manifest.files
    before = 0
    for name, file in files.items():
        if name not in entries:
            yield f"{name} is missing"
            continue
        yield from _compare(backup.folder / name, file.size, file.sha256, counted_from(before, moved))
        before += file.size
    for name in sorted(entries.keys() - {*files, MANIFEST, SUMS, CHECKS}):
        yield f"{name} is no part of it"
    if backup.checks is None:
        yield f"{CHECKS} is not what azione wrote (where all else is well: remove that file, and verify again)"


def _compare(path: Path, size: int, sha256: str, moved: Moved) -> Iterator[str]:
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            yield f"{path.name} is no ordinary file"
        elif status.st_size != size:
            yield f"{path.name} has {status.st_size} bytes instead of {size}"
        elif digest_of(path, moved).sha256 != sha256:
            yield f"{path.name} has changed"
    except OSError as error:
        yield f"{path.name} cannot be read ({error.strerror})"
