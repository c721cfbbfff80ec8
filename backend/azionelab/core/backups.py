"""What there is to restore from, as far as it can be seen from here.

BACKUP_DIR holds a folder for each backup. A folder counts once its `manifest.json` is there, which whoever makes the
backup writes last, in one go; it has at least `made_at`, ISO 8601 with an offset.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

MANIFEST = "manifest.json"


def newest_backup() -> datetime | None:
    """When the newest complete backup was made; None where there is none, or no BACKUP_DIR. Raises OSError."""
    directory = settings.BACKUP_DIR
    return max(_made_at(Path(directory)), default=None) if directory else None


def _made_at(directory: Path) -> Iterator[datetime]:
    for folder in directory.iterdir():
        made_at = _read(folder / MANIFEST) if folder.is_dir() else None
        if made_at is not None:
            yield made_at


def _read(manifest: Path) -> datetime | None:
    """None for a backup that is not complete, or whose manifest tells no time: nobody should count on such a one."""
    try:
        made_at = datetime.fromisoformat(json.loads(manifest.read_bytes())["made_at"])
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        return None
    return made_at if made_at.tzinfo is not None else None
