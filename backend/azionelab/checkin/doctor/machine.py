"""Files and disks of the machine the backend runs on."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from azionelab.core.backups import backups as known_backups
from azionelab.core.clock import theatre_time
from azionelab.core.findings import GIGABYTE, Finding, failure, ok, warning

LEAST_FREE, ENOUGH_FREE = 0.5 * GIGABYTE, 2 * GIGABYTE
# A night's backup, and two hours for it to be late.
BACKUP_LASTS = timedelta(hours=26)
# A month, and some days for it to be late.
TRIAL_LASTS = timedelta(days=35)
MOST_OPEN = 0o640
_HOW_TO_TRY = "It takes minutes, beside the running site: azione backup verify latest --drill."
_MAKE_ROOM = "Make room: old backups and logs first."


def disk() -> Iterator[Finding]:
    """Where pictures and backups are; each disk once."""
    places = [("pictures", Path(settings.MEDIA_ROOT))]
    if settings.BACKUP_DIR:
        places.append(("backups", Path(settings.BACKUP_DIR)))
    by_disk: dict[int, tuple[list[str], Path]] = {}
    for name, wanted in places:
        place = _nearest(wanted)
        by_disk.setdefault(place.stat().st_dev, ([], place))[0].append(name)
    for names, place in by_disk.values():
        yield _free(" and ".join(names), place)
    media = _nearest(Path(settings.MEDIA_ROOT))
    if not os.access(media, os.W_OK | os.X_OK):
        yield failure(f"Posters cannot be written to {media}.", "Give the backend's user that folder.")


def database_disk() -> Iterator[Finding]:
    """The disk of a database on this machine; PostgreSQL tells its folder only to some."""
    host = connection.settings_dict["HOST"] or ""
    if not (host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/")):
        yield ok("The database is on another machine, whose disk is not seen from here.")
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('data_directory') WHERE pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')"
        )
        row = cursor.fetchone()
    if row is None or not Path(row[0]).is_dir():
        yield ok("PostgreSQL does not tell where its files are; its disk is not looked at.")
        return
    yield _free("the database", Path(row[0]))


def _nearest(place: Path) -> Path:
    """The folder itself, or the one it would be made in."""
    return next(folder for folder in (place, *place.resolve().parents) if folder.is_dir())


def _free(what: str, place: Path) -> Finding:
    free = shutil.disk_usage(place).free
    message = f"Disk of {what}: {free / GIGABYTE:.1f} GB free."
    if free < LEAST_FREE:
        return failure(message, f"{_MAKE_ROOM} Once it is full nobody can reserve.")
    return warning(message, _MAKE_ROOM) if free < ENOUGH_FREE else ok(message)


def backups() -> Iterator[Finding]:
    if not settings.BACKUP_DIR:
        yield warning("No place for backups is set.", "Set BACKUP_DIR; on a demo there is nothing to back up.")
        return
    try:
        shelf = known_backups()
    except OSError as error:
        yield failure(f"The backups cannot be read: {error.strerror}.", "See whether BACKUP_DIR is there and readable.")
        return
    whole = [one for one in shelf if not one.is_damaged]
    for one in shelf[: shelf.index(whole[0]) if whole else None]:
        message = f"The backup of {theatre_time(one.made_at):%Y-%m-%d %H:%M} was found damaged."
        yield failure(message, "Make another one now; see whether that disk is failing.")
    if not whole:
        yield failure("There is no backup yet.", "Make one now, and see why the nightly one did not.")
        return
    yield _age(whole[0].made_at)
    yield _trial(max((one.drilled_at for one in whole if one.drilled_at is not None), default=None))


def _age(made_at: datetime) -> Finding:
    message = f"The last backup was made {theatre_time(made_at):%Y-%m-%d %H:%M}."
    age = timezone.now() - made_at
    if age > BACKUP_LASTS:
        return warning(f"{message[:-1]}, {_long(age)} ago.", "See why the nightly backup did not run; make one now.")
    if age < -timedelta(minutes=5):
        return warning(f"{message[:-1]}, which is yet to come.", "Set the clock of the machine that makes backups.")
    return ok(message)


def _trial(drilled_at: datetime | None) -> Finding:
    """A backup counts once it was restored; any of them shows that all that is needed is in it."""
    if drilled_at is None:
        return warning("No backup has been restored on trial yet.", _HOW_TO_TRY)
    message = f"A backup was last restored on trial {theatre_time(drilled_at):%Y-%m-%d %H:%M}."
    age = timezone.now() - drilled_at
    return ok(message) if age <= TRIAL_LASTS else warning(f"{message[:-1]}, {_long(age)} ago.", _HOW_TO_TRY)


def _long(age: timedelta) -> str:
    return f"{age.days} days" if age.days > 1 else f"{age.total_seconds() // 3600:.0f} hours"


def secret_files() -> Iterator[Finding]:
    """The files that hold secrets: those that hold one setting, and .env where there is one."""
    named = [(name, Path(path)) for name, path in settings.SECRET_FILES.items()]
    dotenv = {(folder / ".env").resolve() for folder in (Path.cwd(), settings.BASE_DIR.parent)}
    looked_at = [*named, *((".env", path) for path in sorted(dotenv) if path.is_file())]
    wrong = [finding for name, path in looked_at if (finding := _too_open(name, path)) is not None]
    yield from wrong
    if not wrong:
        yield ok("Files with secrets can be read by their owner alone." if looked_at else "No secret stands in a file.")


def _too_open(name: str, path: Path) -> Finding | None:
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if mode & ~MOST_OPEN:
        return failure(f"{name}: {path} is open to others (mode {mode:04o}).", f"chmod 640 {path}")
    if status.st_uid not in (0, os.geteuid()):
        return failure(f"{name}: {path} belongs to another user.", f"chown it to root, or to user {os.geteuid()}.")
    return None
