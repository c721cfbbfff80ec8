"""A backup's data in a database beside the live one: restored, counted, brought up to this version, checked.

A drill ends there and drops it; a restore puts it into the live one's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from azione.backups.contents import open_file, pump
from azione.backups.installation import find_wrongs, migrate
from azione.backups.layout import Backup
from azione.backups.manifest import DATABASE, MEDIA, SETTINGS
from azione.backups.media import read_through
from azione.backups.steps import Steps
from azione.failures import Failure
from azione.processes import ProgramFailed, running
from azione.stack import Site

STEPS = ("restore", "count", "migrate", "rules")
DRILLING, RESTORING = "_drill_", "_restoring_"
# Of what is wrong with the data, as much as helps a person.
_MOST_SAID = 5


@dataclass(frozen=True)
class Source:
    """A backup to be read, and the file with the private key if it is encrypted."""

    backup: Backup
    identity: str = ""

    def check_identity(self) -> None:
        """Raises Failure unless it can be read: the smallest file is tried."""
        manifest = self.backup.manifest
        name = manifest.file_named(SETTINGS)
        if manifest.is_encrypted:
            with open_file(self.backup.folder / name, manifest.files[name], self.identity):
                pass


def fill(
    site: Site, source: Source, database: str, known: frozenset[str], steps: Steps, *, accept_wrongs: bool = False
) -> list[str]:
    """Makes `database` anew from the backup. Raises Failure where anything about it is not as it should be.

    `known` are the migrations of the program that is to work with it. What breaks a rule of the house is the answer,
    where that is accepted.
    """
    site.postgres.create(database)
    load(site, source, database, steps)
    steps.begin("count")
    compare_counts(source.backup.manifest.rows, site.postgres.count_rows(database))
    steps.begin("migrate")
    if known - set(source.backup.manifest.migrations):
        migrate(site.manage(database))
    steps.begin("rules")
    wrongs = find_wrongs(site.manage(database))
    if wrongs and not accept_wrongs:
        raise Failure("data_wrong", in_short(wrongs))
    return wrongs


def load(site: Site, source: Source, database: str, steps: Steps) -> None:
    """All of the dump, or nothing. Raises Failure."""
    manifest = source.backup.manifest
    name = manifest.file_named(DATABASE)
    file = manifest.files[name]
    moved = steps.begin("restore", total=file.content_size)
    try:
        with (
            open_file(source.backup.folder / name, file, source.identity, moved=moved) as dump,
            running(site.postgres.restore_command(database), name="pg_restore", reads=True) as process,
        ):
            assert process.stdin is not None  # noqa: S101 (a pipe was asked for)
            pump(dump, process.stdin)
    except ProgramFailed as failed:
        raise failed.as_failure() from None


def compare_counts(told: Mapping[str, int], found: Mapping[str, int]) -> None:
    """Raises Failure unless each table has as many rows as it had."""
    different = sorted(name for name in {*told, *found} if told.get(name) != found.get(name))
    if different:
        cases = [f"{name} has {found.get(name, 'no')} rows, not {told.get(name, 'no')}" for name in different]
        raise Failure("backup_damaged", f"{in_short(cases)}.")


def read_media(source: Source) -> None:
    """The archive of the pictures, to its end. Raises Failure."""
    manifest = source.backup.manifest
    name = manifest.file_named(MEDIA)
    with open_file(source.backup.folder / name, manifest.files[name], source.identity) as archive:
        try:
            extent = read_through(archive)
        except ValueError as error:
            raise Failure("backup_damaged", f"{name}: {error}.") from None
    if (extent.files, extent.size) != (manifest.media_files, manifest.media_bytes):
        raise Failure("backup_damaged", f"{name} holds {extent.files} files instead of {manifest.media_files}.")


def in_short(cases: list[str]) -> str:
    rest = f"; and {len(cases) - _MOST_SAID} more" if len(cases) > _MOST_SAID else ""
    return "; ".join(cases[:_MOST_SAID]) + rest
