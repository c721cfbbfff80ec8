"""What lies in the folder of the backups, and what of it counts.

    2026-11-29T204501Z/   one backup: manifest.json, SHA256SUMS, the files they name, and checks.json
    .partial-NAME/        one that is being made, or never came to its end
    .deleting-NAME/       one that is going

SHA256SUMS is for eyes and for `sha256sum --check`, and guards the manifest itself. checks.json is what verifying and
drilling came to later: the manifest never changes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from azione.backups.durable import write_beside
from azione.backups.manifest import Manifest, read_manifest
from azione.failures import Failure

MANIFEST, SUMS, CHECKS = "manifest.json", "SHA256SUMS", "checks.json"
PARTIAL, DELETING = ".partial-", ".deleting-"
LATEST = "latest"
# A manifest is some kilobytes; what is larger is none.
_MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class Checks:
    """When it was last found whole, last restored on trial, or found damaged, and how."""

    verified_at: datetime | None = None
    drilled_at: datetime | None = None
    damaged_at: datetime | None = None
    damage: str = ""

    def as_text(self) -> str:
        times = {name: when.isoformat() for name, when in self._times().items() if when is not None}
        members = times | ({"damage": self.damage} if self.damage else {})
        return json.dumps(members | {"sha256": _digest(members)}, ensure_ascii=False, indent=2) + "\n"

    def _times(self) -> dict[str, datetime | None]:
        return {"verified_at": self.verified_at, "drilled_at": self.drilled_at, "damaged_at": self.damaged_at}


@dataclass(frozen=True)
class Backup:
    """A complete one. `checks` is None where somebody else wrote into that file."""

    folder: Path
    manifest: Manifest
    checks: Checks | None

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def is_known_good(self) -> bool:
        return bool(self.checks and self.checks.verified_at and not self.checks.damaged_at)

    @property
    def is_known_damaged(self) -> bool:
        return bool(self.checks and self.checks.damaged_at)

    def note(self, **changes: datetime | str | None) -> None:
        """Writes down what a check came to. Raises OSError where the folder cannot be written to."""
        checks = replace(self.checks or Checks(), **changes)  # type: ignore[arg-type]
        write_beside(self.folder / CHECKS, checks.as_text(), beside=self.folder.parent)


@dataclass(frozen=True)
class Shelf:
    """All that lies in one folder of backups: the complete ones, the newest first, and what is none and why."""

    backups: tuple[Backup, ...]
    strangers: tuple[tuple[str, str], ...]

    def find(self, name: str) -> Backup:
        """By its name; `latest` is the newest that is no safety backup and not known to be damaged. Raises Failure."""
        if name == LATEST:
            for backup in self.backups:
                if not backup.manifest.is_safety and not backup.is_known_damaged:
                    return backup
            raise Failure("not_found", "There is no backup yet: azione backup create makes one.")
        for backup in self.backups:
            if backup.name == name:
                return backup
        for stranger, why in self.strangers:
            if stranger == name:
                raise Failure("backup_damaged", f"{name}: {why}.")
        known = ", ".join([LATEST, *(backup.name for backup in self.backups[:3])])
        raise Failure("not_found", f"There is no backup {name[:100]!r}. There is: {known}; azione backup list has all.")


def read_shelf(directory: Path) -> Shelf:
    """Raises Failure where the folder cannot be read."""
    backups: list[Backup] = []
    strangers: list[tuple[str, str]] = []
    for folder in _folders(directory):
        try:
            backups.append(read_backup(folder))
        except (OSError, ValueError) as error:
            strangers.append((folder.name, _why(error)))
    backups.sort(key=lambda backup: (backup.manifest.made_at, backup.name), reverse=True)
    return Shelf(tuple(backups), tuple(sorted(strangers)))


def _folders(directory: Path) -> Iterator[Path]:
    try:
        entries = sorted(directory.iterdir())
    except OSError as error:
        raise Failure("backups_unusable", f"{directory}: {error.strerror}.") from None
    return (entry for entry in entries if not entry.name.startswith(".") and entry.is_dir() and not entry.is_symlink())


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"it has no {Path(str(error.filename)).name}"
    if isinstance(error, OSError):
        return f"it cannot be read ({error.strerror})"
    return f"its {MANIFEST} is damaged: {error}"


def read_backup(folder: Path) -> Backup:
    """Raises OSError or ValueError unless it has a manifest that is whole."""
    text = _read(folder / MANIFEST)
    manifest = read_manifest(text)
    digest = hashlib.sha256(text).hexdigest()
    if _read(folder / SUMS).decode(errors="replace") != sums_of(manifest, digest):
        raise ValueError(f"it and {SUMS} do not agree")
    return Backup(folder, manifest, _read_checks(folder))


def sums_of(manifest: Manifest, digest: str) -> str:
    """As sha256sum writes and reads it."""
    lines = [(file.sha256, name) for name, file in manifest.files.items()]
    return "".join(f"{sha256}  {name}\n" for sha256, name in [*lines, (digest, MANIFEST)])


def _read(path: Path) -> bytes:
    """Not through a link, whose end can be changed elsewhere, and not from a pipe that never says anything."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        return file.read(_MOST_BYTES)


def _read_checks(folder: Path) -> Checks | None:
    try:
        text = _read(folder / CHECKS)
        members = json.loads(text)
        damage = str(members.pop("damage", ""))
        del members["sha256"]
        checks = Checks(**{name: datetime.fromisoformat(when) for name, when in members.items()}, damage=damage)
        return checks if checks.as_text().encode() == text else None
    except FileNotFoundError:
        return Checks()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _digest(members: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(members, sort_keys=True).encode()).hexdigest()


def new_name(directory: Path, now: datetime) -> str:
    """The moment in UTC, as no folder there is called yet."""
    stamp = f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    names = [stamp, *(f"{stamp}-{number}" for number in range(2, 1000))]
    return next(name for name in names if not (directory / name).exists())
