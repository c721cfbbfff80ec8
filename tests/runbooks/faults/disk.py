"""A disk that is really full: one of its own, with the database and the backups on it, as on a host with but one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.stacks import COMPOSE_LABEL, Lab
from lab.waiting import wait_for
from runbooks.scenes import House, Scene, scene

# As much as a first start asks for, and some more; it is a sparse file, which takes what is written to it.
DISK_BYTES = 6_000_000_000
# Less than this nothing can be written any more.
_LAST_BYTES = 1 << 12
PANIC_SECONDS = 60


@contextmanager
def small_disk(house: House) -> Iterator[Path]:
    """A file system in a file; where it is mounted."""
    image, place = house.folder / "disk.img", house.folder / "disk"
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


def fill(film: Path) -> None:
    """With one large file, until nothing fits any more."""
    piece = DISK_BYTES
    while piece >= _LAST_BYTES:
        try:
            _take(film, piece)
        except OSError:
            piece //= 2


def _take(path: Path, size: int) -> None:
    """So much more room. Raises OSError where there is not so much."""
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        os.posix_fallocate(file.fileno(), file.tell(), size)


@scene("disk-full")
def disk_full(house: House) -> Iterator[Scene]:
    """Somebody put a film on the host; then the database wrote, and fell."""
    with small_disk(house) as disk, house.own_stack("disk", BACKUP_DIR=str(disk / "backups")) as host:
        lab = host.lab
        put_database_on(lab, disk)
        lab.up()
        lab.seed()
        for note in ("one", "two", "three"):
            assert lab.azione("backup", "create", "--note", note).returncode == 0
        # Once the film is gone there is enough room to start, though not for a first start.
        _take(disk / "films" / "archive.tar", DISK_BYTES // 2)
        fill(disk / "films" / "rehearsal.mp4")
        _write_until_it_falls(lab)
        lab.compose("kill", "nginx")
        yield Scene(
            host,
            values={"BACKUPS": str(disk / "backups"), "FILE": str(disk / "films" / "rehearsal.mp4")},
            words={"/home/films/rehearsal.mp4": str(disk / "films" / "rehearsal.mp4"), "/home": str(disk)},
        )


def _write_until_it_falls(lab: Lab) -> None:
    """PostgreSQL stops rather than lose a write that it has no room for."""

    def has_fallen() -> bool | None:
        write = ("-c", "SELECT pg_logical_emit_message(true, 'a', 'b')", "-c", "SELECT pg_switch_wal()")
        lab.run("docker", "compose", "exec", "-T", "postgres", "psql", "--username", "postgres", *write)
        return lab.inspect("postgres")[0]["State"]["Restarting"] or None

    wait_for("end of the database", has_fallen, PANIC_SECONDS)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
