"""Writing so that it is there after a power cut, and locking so that one azione at a time does."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from azione.failures import Failure

PUBLIC, PRIVATE, FOLDER = 0o644, 0o600, 0o755
LOCK = ".lock"
_UNFINISHED = ".new-"


def sync_directory(directory: Path) -> None:
    """What was created, renamed or removed in it stays so."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems do it by themselves and refuse to be asked.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def write_beside(path: Path, content: str, *, beside: Path, mode: int = PUBLIC) -> None:
    """Writes `path` whole or not at all. Until then it lies in `beside`, where nobody takes it for anything."""
    descriptor, unfinished = tempfile.mkstemp(prefix=_UNFINISHED, dir=beside)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(unfinished, path)  # noqa: PTH105 (a plain string here)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)  # noqa: PTH108
        raise
    sync_directory(path.parent)


def remove_unfinished(directory: Path) -> None:
    """What `write_beside` could not bring to its end."""
    for path in directory.glob(f"{_UNFINISHED}*"):
        path.unlink(missing_ok=True)


def remove_folder(folder: Path, *, first: str) -> None:
    """Gone from every list at once, under a name that begins with `first`, and then from the disk."""
    condemned = folder.with_name(f"{first}{folder.name.lstrip('.')}")
    if folder != condemned:
        folder.rename(condemned)
        sync_directory(folder.parent)
    shutil.rmtree(condemned)
    sync_directory(folder.parent)


@contextmanager
def locked(directory: Path, doing: str) -> Iterator[None]:
    """The only azione that writes here. The lock ends with this process, however it ends. Raises Failure."""
    try:
        descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PUBLIC)
    except OSError as error:
        raise Failure("backups_unusable", f"{directory}: {error.strerror}.") from None
    with os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure("backup_locked", _who(file.read(200))) from None
        except OSError as error:
            raise Failure("backups_unusable", f"{directory}: {error.strerror}.") from None
        file.truncate(0)
        file.write(f"azione backup {doing}, process {os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            # A signal can come between the making of such a file and whoever would remove it.
            with suppress(OSError):
                remove_unfinished(directory)


def _who(written: str) -> str:
    return written.strip() and f"It is {written.strip()}."
