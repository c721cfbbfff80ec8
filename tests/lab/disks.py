"""A disk that is really full: one of its own, in a file, with the database or the backups on it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.stacks import COMPOSE_LABEL, Lab

# As much as a first start asks for, and some more; it is a sparse file, which takes what is written to it.
DISK_BYTES = 6_000_000_000
# Less than this nothing can be written any more.
_LAST_BYTES = 1 << 12


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A file system in a file beside `place`, where it is mounted. It takes root."""
    image = place.with_suffix(".img")
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)
    _run("mkfs.ext4", "-q", "-m", "0", str(image))
    _run("mount", "-o", "loop", str(image), str(place))
    try:
        yield place
    finally:
        _run("umount", str(place))
        image.unlink()
        place.rmdir()


def put_database_on(lab: Lab, disk: Path) -> None:
    """Before the first start: the volume of the database is a folder of this disk."""
    folder = disk / "database"
    folder.mkdir()
    labels = (f"{COMPOSE_LABEL}={lab.name}", "com.docker.compose.volume=database")
    options = ("type=none", "o=bind", f"device={folder}")
    lab.docker(
        *("volume", "create"),
        *(word for label in labels for word in ("--label", label)),
        *(word for option in options for word in ("--opt", option)),
        f"{lab.name}_database",
    )


def fill_up(film: Path) -> None:
    """With one large file, until nothing fits any more."""
    piece = DISK_BYTES
    while piece >= _LAST_BYTES:
        try:
            take(film, piece)
        except OSError:
            piece //= 2


def take(path: Path, size: int) -> None:
    """So much more room. Raises OSError where there is not so much."""
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        os.posix_fallocate(file.fileno(), file.tell(), size)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
