"""Backups as people are told of them: lists, facts and sentences. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from azione.backups.create import Size, in_mb
from azione.backups.layout import Backup, Shelf
from azione.backups.preflight import RESERVATIONS
from azione.backups.prune import Verdict
from azione.backups.restore import Outcome, Plan
from azione.backups.rollback import Way
from azione.listings import Listing
from azione.wording import count, moment, short_moment

_NOTES = 5
Facts = Sequence[tuple[str, str]]


def as_record(backup: Backup) -> dict[str, Any]:
    manifest, checks = backup.manifest, backup.checks
    return {
        "name": backup.name,
        "path": str(backup.folder),
        "made_at": manifest.made_at.isoformat(),
        "kind": manifest.kind,
        "note": manifest.note,
        "bytes": manifest.size,
        "reservations": manifest.rows.get(RESERVATIONS),
        "version": manifest.azionelab,
        "postgresql": manifest.postgresql,
        "encrypted": manifest.is_encrypted,
        "verified_at": _iso(checks.verified_at if checks else None),
        "drilled_at": _iso(checks.drilled_at if checks else None),
        "damaged": checks.damage if checks else "checks.json is not what azione wrote",
    }


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def shelf_listing(shelf: Shelf, directory: str) -> Listing:
    rest = "; ".join(f"{name}: {why}" for name, why in shelf.strangers)
    return Listing(
        title=f"Backups in {directory}",
        headings=("Name", "Made", "Size", "Reservations", "Verified", "Drilled", "Notes"),
        rows=[_row(backup) for backup in shelf.backups],
        empty="There is none yet: azione backup create makes one.",
        totals=f"No backups are: {rest}." if rest else "",
        right=(2, 3),
        wraps=(6,),
        optional=(5, 6),
        spare=(5, 3, 2, 1),
        style=_style,
    )


def _row(backup: Backup) -> tuple[str, ...]:
    manifest, checks = backup.manifest, backup.checks
    notes = [
        *(["DAMAGED"] if backup.is_known_damaged or checks is None else []),
        *(["encrypted"] if manifest.is_encrypted else []),
        *(["safety backup"] if manifest.is_safety else []),
        *([manifest.note] if manifest.note else []),
    ]
    return (
        backup.name,
        short_moment(manifest.made_at),
        in_mb(manifest.size),
        str(manifest.rows.get(RESERVATIONS, "")),
        short_moment(checks.verified_at) if checks and checks.verified_at else "no",
        short_moment(checks.drilled_at) if checks and checks.drilled_at else "",
        ", ".join(notes),
    )


def _style(row: Sequence[str], column: int) -> str:
    if "DAMAGED" in row[-1]:
        return "bold red"
    return "cyan" if column == 0 else "yellow" if row[column] == "no" else ""


def created(backup: Backup) -> str:
    manifest = backup.manifest
    sealed = ", encrypted" if manifest.is_encrypted else ""
    return f"{backup.name}: {in_mb(manifest.size)}{sealed}, read back and found whole, in {backup.folder}."


def would_create(size: Size, directory: str) -> str:
    return (
        f"A backup would hold a database of {in_mb(size.database)} and {_picture_files(size.media.files)} "
        f"({in_mb(size.media.size)}); {directory} has {in_mb(size.free)} free."
    )


def verified(backup: Backup, *, was_noted: bool, was_drilled: bool) -> str:
    what = "was restored on trial, and all of it was well" if was_drilled else "is whole, to the byte"
    return f"{backup.name} {what}." + ("" if was_noted else " That could not be noted in its folder.")


def plan_facts(plan: Plan, site: str, project: str) -> Facts:
    manifest, situation = plan.source.backup.manifest, plan.situation
    now = situation.reservations
    reservations = count(manifest.rows.get(RESERVATIONS, 0), "reservation")
    return [
        ("Backup", f"{plan.source.backup.name}, made {moment(manifest.made_at)}, of {manifest.site or 'unknown'}"),
        ("It holds", f"{reservations}, {_picture_files(manifest.media_files)}"),
        ("Made by", f"AzioneLab {manifest.azionelab}, PostgreSQL {manifest.postgresql}"),
        ("Target", f"{project}, {site}"),
        ("It has now", "a database that cannot be read" if now is None else count(now, "reservation")),
    ]


def _picture_files(number: int) -> str:
    """A picture is a file for each of its sizes."""
    return count(number, "picture file")


def plan_question(plan: Plan, project: str) -> str:
    made = moment(plan.source.backup.manifest.made_at)
    return (
        f"All data of {project} is replaced by that of {made}. What came since is kept aside, and guests do not see it."
    )


def restored(plan: Plan, outcome: Outcome) -> str:
    rows = plan.source.backup.manifest.rows
    parts = [f"{plan.source.backup.name} is live, with {count(rows.get(RESERVATIONS, 0), 'reservation')}."]
    parts += _erased_again(outcome)
    if outcome.kept:
        parts.append(
            f"What was live before is kept as {outcome.kept}: azione backup restore --rollback brings it back."
        )
    if outcome.safety:
        parts.append(f"The safety backup is {outcome.safety}.")
    return " ".join(parts)


def restored_when(way: Way) -> str:
    return f"{way.restored.backup}, restored {way.restored.begun_at[:16].replace('T', ' ')}"


def rolled_back(way: Way, outcome: Outcome) -> str:
    parts = [f"What was live before {restored_when(way)}, is live again.", *_erased_again(outcome)]
    if outcome.kept:
        parts.append(f"What was live until now is kept as {outcome.kept}.")
    return " ".join(parts)


def _erased_again(outcome: Outcome) -> list[str]:
    number = outcome.erased_again
    were = "was" if number == 1 else "were"
    return [f"{count(number, 'erasure')} asked for since then {were} done again."] if number else []


def prune_listing(verdicts: Sequence[Verdict]) -> Listing:
    return Listing(
        headings=("Name", "Made", "Size", ""),
        rows=[
            (
                one.backup.name,
                short_moment(one.backup.manifest.made_at),
                in_mb(one.backup.manifest.size),
                f"stays: {one.reason}" if one.reason else "goes",
            )
            for one in verdicts
        ],
        empty="There is no backup.",
        right=(2,),
        style=lambda row, column: "yellow" if row[3] == "goes" else "",
    )
