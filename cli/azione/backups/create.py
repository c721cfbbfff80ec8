"""Making a backup: everything into a folder that counts for nothing, read back whole, and only then given its name.

Killed or out of room at any moment, nothing is left but that folder, which the next one removes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from azione.backups import layout
from azione.backups.contents import Count, Moved, NewFile, digest_of, new_file, open_ordinary, pump
from azione.backups.durable import FOLDER, remove_folder, remove_unfinished, sync_directory, write_beside
from azione.backups.installation import Installation, describe, list_erasures
from azione.backups.manifest import DATABASE, ERASURES, MEDIA, ORDINARY, SEALED, SETTINGS, File, Manifest
from azione.backups.media import CHANGED_MEANWHILE, TRIES, Extent, Media, PassingArchive
from azione.backups.refusals import in_words
from azione.backups.settings_file import settings_text
from azione.backups.steps import Steps, counted_from
from azione.failures import Failure
from azione.processes import ProgramFailed, running
from azione.stack import Site

STEPS = ("look", "database", "media", "settings", "erasures", "read", "finish")
# Beside the data itself: the manifest, and what else goes on on that disk meanwhile.
MARGIN = 64 << 20


@dataclass(frozen=True, kw_only=True)
class Order:
    """What kind of backup is to be made, and where."""

    directory: Path
    recipients: Sequence[str] = ()
    note: str = ""
    kind: str = ORDINARY


@dataclass(frozen=True)
class Size:
    """What there is to save, and the room for it."""

    database: int
    media: Extent
    free: int

    @property
    def needed(self) -> int:
        return self.database + self.media.size + MARGIN


@dataclass
class _Making:
    """One backup under way."""

    site: Site
    order: Order
    folder: Path
    files: dict[str, File] = field(default_factory=dict)

    @contextmanager
    def writing(self, content: str) -> Iterator[NewFile]:
        name = f"{content}{SEALED}" if self.order.recipients else content
        with new_file(self.folder / name, self.order.recipients) as file:
            yield file
        self.files[name] = file.described()

    def forget(self, content: str) -> None:
        """So that it can be written anew."""
        for path in self.folder.glob(f"{content}*"):
            self.files.pop(path.name, None)
            path.unlink()


def measure(site: Site, directory: Path) -> Size:
    """Raises Failure where it would not fit. A dump is smaller than its database, as a rule by far."""
    media = Media(site.backend, site.media).measure()
    size = Size(site.postgres.size(site.postgres.database), media, _free(directory))
    if size.free < size.needed:
        raise Failure(
            "no_space", f"{directory} has {in_mb(size.free)} free, and a backup may need {in_mb(size.needed)}."
        )
    return size


def _free(directory: Path) -> int:
    try:
        return shutil.disk_usage(directory).free
    except OSError as error:
        raise Failure("backups_unusable", f"{directory}: {error.strerror}.") from None


def in_mb(number: int) -> str:
    return f"{number / 1e6:.0f} MB" if number >= 1e7 else f"{number / 1e6:.1f} MB"  # noqa: PLR2004


def create(site: Site, order: Order, steps: Steps) -> layout.Backup:
    """Makes one; the caller holds the lock of its folder. Raises Failure, and leaves nothing then."""
    with in_words():
        steps.begin("look")
        remove_leftovers(order.directory)
        size = measure(site, order.directory)
        salt = secrets.token_hex(16)
        installation = describe(site, salt)
        now = datetime.now().astimezone().replace(microsecond=0)
        name = layout.new_name(order.directory, now)
        making = _Making(site, order, order.directory / f"{layout.PARTIAL}{name}")
        making.folder.mkdir(mode=FOLDER)
        try:
            manifest = _fill(making, steps, size, name, now, (salt, installation))
            steps.begin("finish")
            return _put_in_place(making, manifest)
        except BaseException:
            with suppress(OSError):
                shutil.rmtree(making.folder)
            raise


def _fill(
    making: _Making, steps: Steps, size: Size, name: str, now: datetime, secret: tuple[str, Installation]
) -> Manifest:
    site, order = making.site, making.order
    salt, installation = secret
    version = site.postgres.version
    rows, migrations = _dump(making, steps.begin("database", total=size.database))
    # After the database: a row whose picture is missing would be worse than a picture without a row.
    generation = Media(site.backend, site.media).generation()
    media = _pack(making, steps.begin("media", total=size.media.size))
    steps.begin("settings")
    with making.writing(SETTINGS) as file:
        file.write(settings_text(site).encode())
    steps.begin("erasures")
    with making.writing(ERASURES) as file:
        file.write(list_erasures(site.manage()))
    _read_back(making, steps.begin("read", total=sum(file.size for file in making.files.values())))
    return Manifest(
        name=name,
        made_at=now,
        azionelab=installation.version,
        postgresql=version.text,
        postgresql_major=version.major,
        migrations=tuple(migrations),
        rows=rows,
        database_bytes=size.database,
        media_files=media.files,
        media_bytes=media.size,
        media_generation=generation,
        salt=salt,
        secret_key_fingerprint=installation.secret_key_fingerprint,
        files=making.files,
        site=site.settings.get("SITE_URL", ""),
        project=site.name,
        kind=order.kind,
        note=order.note,
        encrypted_to=tuple(order.recipients),
    )


def _dump(making: _Making, moved: Moved) -> tuple[dict[str, int], list[str]]:
    """The rows of every table and the migrations, of the same moment as the dump. Where it will not be readable
    here, it is read through on its way."""
    postgres = making.site.postgres
    with postgres.snapshot() as snapshot:
        with (
            running(postgres.dump_command(snapshot.name), name="pg_dump") as process,
            making.writing(DATABASE) as file,
            _reading_through(making) as sinks,
        ):
            assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
            pump(process.stdout, file, *sinks, moved=moved)
        return snapshot.count_rows(), snapshot.migrations()


@contextmanager
def _reading_through(making: _Making) -> Iterator[list[IO[bytes]]]:
    if not making.order.recipients:
        yield []
        return
    with running(making.site.postgres.read_through_command(), name="pg_restore", reads=True) as process:
        assert process.stdin is not None  # noqa: S101 (a pipe was asked for)
        yield [process.stdin]


def _pack(making: _Making, moved: Moved) -> Extent:
    """The archive of the pictures. One that was uploaded or thrown away meanwhile makes it begin anew."""
    for is_last in (number == TRIES for number in range(1, TRIES + 1)):
        try:
            return _pack_once(making, moved)
        except ProgramFailed as failed:
            if failed.returncode != CHANGED_MEANWHILE or is_last:
                raise
            making.forget(MEDIA)
    raise AssertionError("the last try returns or raises")


def _pack_once(making: _Making, moved: Moved) -> Extent:
    command = Media(making.site.backend, making.site.media).pack_command()
    passing = PassingArchive()
    with running(command, name="tar") as process, making.writing(MEDIA) as file, passing.reading() as sink:
        assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
        pump(process.stdout, sink, file, moved=moved)
    return passing.extent


def _read_back(making: _Making, moved: Moved) -> None:
    """Every byte from the disk, and the dump by pg_restore to its end. Raises Failure."""
    before = 0
    for name, file in making.files.items():
        count = _read_one(making, name, counted_from(before, moved))
        if (count.size, count.sha256) != (file.size, file.sha256):
            where = f"{making.order.directory}: {name}"
            raise Failure("backups_unusable", f"{where} did not come back as it was written. Is that disk well?")
        before += file.size


def _read_one(making: _Making, name: str, moved: Moved) -> Count:
    if name != DATABASE:
        return digest_of(making.folder / name, moved)
    count = Count()
    with (
        open_ordinary(making.folder / name) as source,
        running(making.site.postgres.read_through_command(), name="pg_restore", reads=True) as process,
    ):
        assert process.stdin is not None  # noqa: S101 (a pipe was asked for)
        pump(source, count, process.stdin, moved=moved)
    return count


def _put_in_place(making: _Making, manifest: Manifest) -> layout.Backup:
    """The manifest last; then the name, which makes it a backup."""
    folder = making.folder
    text = manifest.as_text()
    digest = hashlib.sha256(text.encode()).hexdigest()
    beside = making.order.directory
    write_beside(folder / layout.SUMS, layout.sums_of(manifest, digest), beside=beside)
    write_beside(
        folder / layout.CHECKS, layout.Checks(verified_at=datetime.now().astimezone()).as_text(), beside=beside
    )
    write_beside(folder / layout.MANIFEST, text, beside=beside)
    folder.chmod(FOLDER)
    sync_directory(folder)
    final = folder.with_name(manifest.name)
    os.rename(folder, final)  # noqa: PTH104 (it must not be there yet)
    sync_directory(beside)
    return layout.read_backup(final)


def remove_leftovers(directory: Path) -> None:
    """What was being made, or removed, when an azione was killed."""
    remove_unfinished(directory)
    for folder in [*directory.glob(f"{layout.PARTIAL}*"), *directory.glob(f"{layout.DELETING}*")]:
        remove_folder(folder, first=layout.DELETING)
