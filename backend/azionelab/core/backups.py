"""What there is to restore from, as far as it can be seen from here.

BACKUP_DIR holds a folder for each backup. A folder counts once its `manifest.json` is there, which whoever makes the
backup writes last, in one go; it has at least `made_at`, ISO 8601 with an offset. What begins with a dot is being made,
or is going. Beside the manifest, `checks.json` has when it was last restored on trial (`drilled_at`) or found damaged
(`damaged_at`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

MANIFEST, CHECKS = "manifest.json", "checks.json"


@dataclass(frozen=True, kw_only=True)
class Backup:
    made_at: datetime
    drilled_at: datetime | None
    is_damaged: bool


def backups() -> list[Backup]:
    """The complete ones, the newest first; none without BACKUP_DIR. Raises OSError."""
    directory = settings.BACKUP_DIR
    return sorted(_read_all(Path(directory)), key=lambda one: one.made_at, reverse=True) if directory else []


def newest_backup() -> datetime | None:
    """When the newest that is not known to be damaged was made; None where there is none. Raises OSError."""
    return next((one.made_at for one in backups() if not one.is_damaged), None)


def _read_all(directory: Path) -> Iterator[Backup]:
    for folder in directory.iterdir():
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        made_at = _moment(_members(folder / MANIFEST), "made_at")
        if made_at is not None:
            checks = _members(folder / CHECKS)
            is_damaged = _moment(checks, "damaged_at") is not None
            yield Backup(made_at=made_at, drilled_at=_moment(checks, "drilled_at"), is_damaged=is_damaged)


def _members(path: Path) -> dict[str, object]:
    """Nothing where the file is not there, or holds something else."""
    try:
        members = json.loads(path.read_bytes())
    except (FileNotFoundError, PermissionError, ValueError):
        return {}
    return members if isinstance(members, dict) else {}


def _moment(members: dict[str, object], name: str) -> datetime | None:
    """None as well for a time without its offset: nobody should count on such a one."""
    try:
        moment = datetime.fromisoformat(str(members[name]))
    except (KeyError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None
