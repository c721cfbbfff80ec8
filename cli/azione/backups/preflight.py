"""What is looked at before anything is touched: whether this backup can be restored here at all."""

from __future__ import annotations

from dataclasses import dataclass

from azione.backups.create import MARGIN, in_mb
from azione.backups.installation import Installation, describe
from azione.backups.layout import Backup
from azione.backups.media import Media
from azione.failures import Failure
from azione.postgres import Version
from azione.processes import ProgramFailed, run
from azione.stack import Site

RESERVATIONS = "public.reservations_reservation"
_MOST_NAMED = 3


@dataclass(frozen=True)
class Situation:
    """The installation as it is now. `rows` is None where the live database cannot be read."""

    installation: Installation
    postgresql: Version
    rows: dict[str, int] | None
    database_room: int
    media_room: int

    @property
    def reservations(self) -> int | None:
        return None if self.rows is None else self.rows.get(RESERVATIONS, 0)


def look(site: Site, backup: Backup) -> Situation:
    """Changes nothing. Raises Failure where the stack does not answer."""
    try:
        version = site.postgres.version
        rows = _count(site)
        installation = describe(site.manage(), backup.manifest.salt)
        media = Media(site.backend, site.media)
        media.generation()
        return Situation(installation, version, rows, _database_room(site), media.room())
    except ProgramFailed as failed:
        raise failed.as_failure() from None


def _count(site: Site) -> dict[str, int] | None:
    try:
        return site.postgres.count_rows(site.postgres.database)
    except (ProgramFailed, Failure):
        return None


def _database_room(site: Site) -> int:
    script = 'df --output=avail --block-size=1 "$PGDATA" | tail -n 1'
    return int(run(site.postgres.place.command("sh", "-c", script), name="df"))


def check_fits(site: Site, backup: Backup, situation: Situation, *, accept_other_key: bool) -> None:
    """Raises Failure unless the backup can be restored here."""
    manifest = backup.manifest
    unknown = sorted(set(manifest.migrations) - situation.installation.known)
    if unknown:
        named = ", ".join(unknown[:_MOST_NAMED])
        raise Failure(
            "backup_incompatible",
            f"It was made by AzioneLab {manifest.azionelab}, and this is {situation.installation.version}, which does "
            f"not know what became of the data ({named}). Bring this one up to that version first: make upgrade.",
        )
    if manifest.postgresql_major > situation.postgresql.major:
        raise Failure(
            "backup_incompatible",
            f"It comes from PostgreSQL {manifest.postgresql}, and this is {situation.postgresql.text}, which is older.",
        )
    if manifest.secret_key_fingerprint != situation.installation.secret_key_fingerprint and not accept_other_key:
        raise Failure("backup_incompatible", OTHER_KEY)
    _check_room(manifest.database_bytes, situation.database_room, "The disk of the database")
    _check_room(manifest.media_bytes, situation.media_room, "The disk of the posters")


OTHER_KEY = (
    "It was made under another SECRET_KEY. Put the old one back (make secret NAME=SECRET_KEY), or add "
    "--accept-other-secret-key: then everybody of the staff signs in anew, phones are paired with the door anew, and "
    "guests erased before the backup are no longer remembered. Links and QR codes of guests go on working."
)


def _check_room(needed: int, free: int, where: str) -> None:
    if free < needed + MARGIN:
        raise Failure("no_space", f"{where} has {in_mb(free)} free, and {in_mb(needed + MARGIN)} are needed.")
