"""Writing so that it is there after a power cut, and locking so that one azione at a time does."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from azione.failures import Failure

PUBLIC, PRIVATE, FOLDER = 0o644, 0o600, 0o755
LOCK = ".lock"
_UNFINISHED = ".new-"
# The locks of this process, by their descriptors.
_held: list[int] = []


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
    """The only azione that writes here. Raises Failure.

    The lock ends with this process, however it ends, and with those that it gave its `held_locks`.
    """
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
        _held.append(descriptor)
        try:
            yield
        finally:
            _held.remove(descriptor)
            # A signal can come between the making of such a file and whoever would remove it.
            with suppress(OSError):
                remove_unfinished(directory)


def held_locks() -> tuple[int, ...]:
    """For Popen's `pass_fds`: a program that has them holds the locks until it ends, though azione is killed before."""
    return tuple(_held)


def _who(written: str) -> str:
    """Lest somebody finds no such process, takes the lock for a left-over and removes it."""
    who = written.strip()
    if (named := re.search(r"process ([0-9]{1,9})$", who)) and not _is_alive(int(named[1])):
        return f"It was {who}, which has ended; the exchange it began goes on without it, for some seconds."
    return who and f"It is {who}."


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        # Somebody else's.
        return True
    return True
