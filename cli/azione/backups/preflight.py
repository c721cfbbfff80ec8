"""What is looked at before anything is touched: whether this backup can be restored here at all."""

from __future__ import annotations

from dataclasses import dataclass

from azione.backups.create import MARGIN, in_mb
from azione.backups.installation import Installation, describe
from azione.backups.layout import Backup
from azione.backups.media import Media, Room, read_room
from azione.backups.refusals import in_words
from azione.failures import Failure
from azione.postgres import Place, Version
from azione.processes import ProgramFailed, run
from azione.stack import Site

RESERVATIONS = "public.reservations_reservation"
_MOST_NAMED = 3
# PostgreSQL writes what it restores into its log as well, and stops altogether where there is no room for that.
LOGGED_TWICE = 2


@dataclass(frozen=True)
class Situation:
    """The installation as it is now. `rows` is None where the live database cannot be read."""

    installation: Installation
    postgresql: Version
    rows: dict[str, int] | None
    database_room: Room
    media_room: Room
    backups_room: Room
    # Of the live data, which a safety backup holds.
    live_bytes: int

    @property
    def reservations(self) -> int | None:
        return None if self.rows is None else self.rows.get(RESERVATIONS, 0)


def look(site: Site, backup: Backup) -> Situation:
    """Changes nothing. Raises Failure where the stack does not answer."""
    with in_words():
        version = site.postgres.version
        rows = _count(site)
        installation = describe(site, backup.manifest.salt)
        media = Media(site.backend, site.media)
        media.generation()
        rooms = read_room(site.postgres.place, _data_folder(site)), media.room(), read_room(Place(), str(site.backups))
        live_bytes = site.postgres.size(site.postgres.database) + media.measure().size
        return Situation(installation, version, rows, *rooms, live_bytes)


def _count(site: Site) -> dict[str, int] | None:
    try:
        return site.postgres.count_rows(site.postgres.database)
    except (ProgramFailed, Failure):
        return None


def _data_folder(site: Site) -> str:
    return run(site.postgres.place.command("printenv", "PGDATA"), name="printenv").strip()


def check_fits(backup: Backup, situation: Situation, *, accept_other_key: bool) -> None:
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


OTHER_KEY = (
    "It was made under another SECRET_KEY. Put the old one back (make secret NAME=SECRET_KEY), or add "
    "--accept-other-secret-key: then everybody of the staff signs in anew, phones are paired with the door anew, and "
    "guests erased before the backup are no longer remembered. Links and QR codes of guests go on working."
)


def check_room(backup: Backup, situation: Situation, *, with_safety: bool) -> None:
    """Raises Failure unless it fits beside what is there, on each disk, whatever else of it is on the same one."""
    manifest = backup.manifest
    needs = [
        ("database", situation.database_room, LOGGED_TWICE * manifest.database_bytes),
        ("pictures", situation.media_room, manifest.media_bytes),
        *([("backups", situation.backups_room, situation.live_bytes)] if with_safety else []),
    ]
    for name, room, _needed in needs:
        needed = sum(size for _name, other, size in needs if other.disk == room.disk) + MARGIN
        if room.free < needed:
            raise Failure(
                "no_space", f"The disk of the {name} has {in_mb(room.free)} free, and {in_mb(needed)} are needed."
            )
