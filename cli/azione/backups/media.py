"""The pictures: a folder that a link leads to, so that a restore exchanges all of them at once.

`/srv/media/current` is a link to a generation beside it. What is restored becomes another generation; then the link is
turned. All of it runs in the backend's container, whose files they are.
"""

from __future__ import annotations

import os
import tarfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from azione.backups.contents import Moved, pump
from azione.failures import Failure
from azione.postgres import Place
from azione.processes import CHUNK, ProgramFailed, guarded, run, running

# A picture that is uploaded meanwhile makes tar end with 1; its row is in no dump yet.
TRIES = 3
CHANGED_MEANWHILE = 1
UNFINISHED = ".restoring-"
_MEASURE = 'cd "$1"/ && find . -type f -printf "%s\\n"'
# Where its files belong to others, or somebody uploads nothing for years, these still hold.
_PACK = ("tar", "--create", "--file=-", "--sort=name", "--numeric-owner", "--directory")
_UNPACK = ("tar", "--extract", "--file=-", "--no-same-owner", "--directory")
_TURN = 'cd "$1" && ln -sfn "$2" "$3.new" && mv -T "$3.new" "$3" && sync .'


@dataclass(frozen=True)
class Room:
    """A disk as `df` calls it, and the bytes that are free on it."""

    disk: str
    free: int


def read_room(place: Place, folder: str) -> Room:
    """Raises ProgramFailed."""
    said = run(place.command("df", "--output=source,avail", "--block-size=1", folder), name="df")
    disk, free = said.splitlines()[-1].rsplit(maxsplit=1)
    return Room(disk, int(free))


@dataclass(frozen=True)
class Extent:
    files: int
    size: int


@dataclass(frozen=True)
class Media:
    """`link` is what the site reads through."""

    place: Place
    link: PurePosixPath

    def _sh(self, script: str, *words: str) -> str:
        return run(self.place.command("sh", "-c", script, "sh", *words), name="sh")

    def generation(self) -> str:
        """What the link leads to. Raises Failure where it is no link to a folder beside it."""
        try:
            name = self._sh('readlink "$1"', str(self.link)).rstrip("\n")
        except ProgramFailed:
            name = ""
        if not name or "/" in name:
            raise Failure("stack_failed", f"{self.link} in the backend is no link to a folder beside it.")
        return name

    def generations(self) -> list[str]:
        folders = self._sh('cd "$1" && find . -mindepth 1 -maxdepth 1 -type d -printf "%f\\n"', str(self.link.parent))
        return sorted(folders.splitlines())

    def measure(self, generation: str = "") -> Extent:
        folder = self.link.parent / generation if generation else self.link
        sizes = self._sh(_MEASURE, str(folder)).split()
        return Extent(len(sizes), sum(map(int, sizes)))

    def room(self) -> Room:
        """What is free where pictures are kept."""
        return read_room(self.place, str(self.link.parent))

    def pack_command(self) -> list[str]:
        return self.place.command(*guarded(*_PACK, f"{self.link}/", "."))

    def unpack(self, source: IO[bytes], generation: str, *, moved: Moved) -> None:
        """A new generation, which nothing leads to yet; whole under its name, or not under it. Raises ProgramFailed."""
        unfinished = str(self.link.parent / f"{UNFINISHED}{generation}")
        self._sh('rm -rf "$1" && mkdir -m 0755 "$1"', unfinished)
        with running(self.place.command(*_UNPACK, unfinished), name="tar", reads=True) as process:
            assert process.stdin is not None  # noqa: S101 (a pipe was asked for)
            pump(source, process.stdin, moved=moved)
        self._sh('sync --file-system "$1" && mv -T "$1" "$2"', unfinished, str(self.link.parent / generation))

    def turn_command(self, generation: str) -> list[str]:
        """Leads the link to a generation, in one moment. Doing it again does no harm."""
        return self.place.command("sh", "-c", _TURN, "sh", str(self.link.parent), generation, self.link.name)

    def turn(self, generation: str) -> None:
        run(self.turn_command(generation), name="sh")

    def remove(self, generations: Sequence[str]) -> None:
        if generations:
            folders = [str(self.link.parent / name) for name in generations]
            self._sh('rm -rf -- "$@"', *folders)


def read_through(source: IO[bytes]) -> Extent:
    """Reads an archive to its end. Raises ValueError unless it is whole, and holds nothing but files and folders."""
    files = size = 0
    try:
        with tarfile.open(fileobj=source, mode="r|", errorlevel=2) as archive:
            for member in archive:
                path = PurePosixPath(member.name)
                if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
                    raise ValueError(f"{member.name[:100]} has no place among pictures")
                if member.isfile():
                    files, size = files + 1, size + member.size
    except (tarfile.TarError, EOFError) as error:
        raise ValueError(f"it is no whole archive ({error})") from None
    return Extent(files, size)


class PassingArchive:
    """Reads an archive through that is written at the same time: `extent` is what was in it."""

    def __init__(self) -> None:
        self.extent = Extent(0, 0)
        self._problem: Exception | None = None

    @contextmanager
    def reading(self) -> Iterator[IO[bytes]]:
        """What the archive is written to as well. Raises Failure at the end of the block unless it is whole."""
        reader, writer = os.pipe()
        thread = threading.Thread(target=self._read, args=(reader,), daemon=True)
        thread.start()
        try:
            with os.fdopen(writer, "wb") as sink:
                yield sink
        finally:
            thread.join()
        if self._problem is not None:
            raise Failure("stack_failed", f"The archive of the pictures is none: {self._problem}.")

    def _read(self, reader: int) -> None:
        with os.fdopen(reader, "rb") as source:
            try:
                self.extent = read_through(source)
            except (ValueError, OSError) as error:
                self._problem = error
            # Whoever writes must not wait for ever, whatever it is that comes.
            while source.read(CHUNK):
                pass
