"""Which backups may go: of each of the last days, weeks and months that have any, the newest stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from azione.backups.durable import remove_folder
from azione.backups.layout import DELETING, Backup
from azione.failures import Failure

# A safety backup is wanted soon after a restore, or never.
SAFETY_DAYS = 30


@dataclass(frozen=True)
class Keeping:
    """How many days, weeks and months with a backup keep one."""

    daily: int
    weekly: int
    monthly: int


@dataclass(frozen=True)
class Verdict:
    """`reason` says why it stays; nothing where it goes."""

    backup: Backup
    reason: str


def judge(backups: Sequence[Backup], keeping: Keeping, now: datetime) -> list[Verdict]:
    """On all of them, the newest first, as they are given. Never the last good one goes, and never the only one."""
    reasons: dict[str, str] = {}
    counted = [one for one in backups if not one.manifest.is_safety and not one.is_known_damaged]
    for name, number, span in (
        ("day", keeping.daily, lambda day: f"{day:%Y-%m-%d}"),
        ("week", keeping.weekly, lambda day: f"{day:%G-%V}"),
        ("month", keeping.monthly, lambda day: f"{day:%Y-%m}"),
    ):
        for one in _newest_of_each(counted, span)[:number]:
            reasons.setdefault(one.name, f"the newest of its {name}")
    for one in backups:
        if one.manifest.is_safety and now - one.manifest.made_at < timedelta(days=SAFETY_DAYS):
            reasons.setdefault(one.name, f"a safety backup of the last {SAFETY_DAYS} days")
    good = next((one for one in [*counted, *backups] if one.is_known_good), None)
    if good is not None:
        reasons.setdefault(good.name, "the last that was verified")
    if backups and not reasons:
        reasons[(counted or backups)[0].name] = "the last one there is"
    return [Verdict(one, reasons.get(one.name, "")) for one in backups]


def _newest_of_each(backups: Sequence[Backup], span: Callable[[datetime], str]) -> list[Backup]:
    newest: dict[str, Backup] = {}
    for one in backups:
        newest.setdefault(span(one.manifest.made_at), one)
    return list(newest.values())


def remove(backup: Backup) -> None:
    """Raises Failure. Cut off in between, it is on no list any more, and the next run removes the rest."""
    try:
        remove_folder(backup.folder, first=DELETING)
    except OSError as error:
        raise Failure("backups_unusable", f"{backup.folder}: {error.strerror}.") from None
