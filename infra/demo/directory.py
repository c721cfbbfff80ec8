"""The demo's directory (`.demo/`): recognised by its marker, owned by one demo at a time."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from demo.options import DemoError
from demo.processes import Lock

MARKER = ".azione-demo"
_MARKER_TEXT = "AzioneLab keeps the data of `make demo` here; `make demo-reset` deletes this directory.\n"
NEEDED_BYTES = 300_000_000


def open_directory(directory: Path) -> Lock:
    """Make or recognise the demo's directory and lock it; raises DemoError with one sentence."""
    check_can_be_used(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # Others may pass through (root's PostgreSQL runs as another user) but not look around.
        directory.chmod(0o711)
        for private in ("mail", "log"):
            (directory / private).mkdir(mode=0o700, exist_ok=True)
        (directory / MARKER).write_text(_MARKER_TEXT)
        lock = Lock(directory / "lock")
        is_free = lock.acquire()
    except OSError as error:
        raise DemoError(f"The demo cannot write to {directory}: {error.strerror}.") from error
    if not is_free:
        raise DemoError(_already_runs(directory, lock))
    return lock


def check_can_be_used(directory: Path) -> None:
    """Everything that can be wrong with the directory, found out without making or changing it."""
    check_is_ours(directory)
    if (directory / "lock").exists():
        lock = Lock(directory / "lock")
        if not lock.acquire():
            raise DemoError(_already_runs(directory, lock))
        lock.release()
    check_disk(directory)


def _already_runs(directory: Path, lock: Lock) -> str:
    return (
        f"A demo already runs in {directory} (process {lock.holder()}): "
        "stop it first, or give this one another AZIONE_DEMO_DIR."
    )


def check_is_ours(directory: Path) -> None:
    """Refuse what the demo did not make: it writes, and `make demo-reset` deletes, only in its own place."""
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise DemoError(f"{directory} is not a directory: move it away, or choose another AZIONE_DEMO_DIR.")
    if not directory.exists():
        return
    if directory.stat().st_uid != os.geteuid():
        raise DemoError(f"{directory} belongs to another user: choose another AZIONE_DEMO_DIR.")
    if not (directory / MARKER).is_file() and any(directory.iterdir()):
        raise DemoError(
            f"{directory} was not made by make demo, or is half-made: move it away, or choose another AZIONE_DEMO_DIR."
        )


def check_disk(directory: Path) -> None:
    place = next(path for path in (directory, *directory.parents) if path.exists())
    problem = disk_problem(shutil.disk_usage(place).free, place)
    if problem:
        raise DemoError(problem)


def disk_problem(free: int, place: Path) -> str | None:
    if free >= NEEDED_BYTES:
        return None
    return (
        f"The demo needs {NEEDED_BYTES // 1_000_000} MB of disk and {place} has {free // 1_000_000} MB left: "
        "make room first, or put AZIONE_DEMO_DIR on another disk."
    )


def write_private(path: Path, text: str) -> None:
    """Readable by its owner only, from the first byte on, and never seen half-written."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
        file.write(text)
    temporary.replace(path)


def ensure_secret_key(directory: Path) -> Path:
    """Django's key, made once: sessions and links outlive a restart of the demo."""
    path = directory / "secret-key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48) + "\n")
    return path


def reset(directory: Path) -> str:
    """Delete the demo's data; returns what was done, raises DemoError where that would be wrong."""
    if not directory.exists() and not directory.is_symlink():
        return f"There is nothing to delete: {directory} does not exist."
    check_is_ours(directory)
    if not (directory / MARKER).is_file():
        return f"There is nothing to delete in {directory}."
    lock = Lock(directory / "lock")
    if not lock.acquire():
        raise DemoError(f"The demo in {directory} is running (process {lock.holder()}): stop it first.")
    try:
        _delete(directory)
    except OSError as error:
        raise DemoError(f"{error.filename or directory} could not be deleted: {error.strerror}.") from error
    finally:
        lock.release()
    return f"Deleted {directory}; the next make demo starts afresh."


def _delete(directory: Path) -> None:
    """The marker goes last, so that an interrupted reset can be repeated."""
    for entry in directory.iterdir():
        if entry.name == MARKER:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    shutil.rmtree(directory)
