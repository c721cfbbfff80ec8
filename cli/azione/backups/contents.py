"""The files of a backup, as streams: written with their checksums, sealed where that is wanted, and read again.

Nothing here holds more than a piece of a file at a time.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from azione.backups.durable import PRIVATE
from azione.backups.encryption import open_command, seal_command
from azione.backups.manifest import File
from azione.failures import Failure
from azione.processes import CHUNK, ProgramFailed, running

Moved = Callable[[int], None]


class Sink(Protocol):
    def write(self, piece: bytes, /) -> Any: ...


@dataclass
class Count:
    """How much went by, and its checksum."""

    size: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def write(self, piece: bytes) -> None:
        self.size += len(piece)
        self._hash.update(piece)

    @property
    def sha256(self) -> str:
        return str(self._hash.hexdigest())


@dataclass
class NewFile:
    """A file that is being written: what was put in, and what lies on the disk."""

    sink: Sink
    stored: Count
    content: Count = field(default_factory=Count)

    def write(self, piece: bytes) -> None:
        self.sink.write(piece)
        self.content.write(piece)

    def described(self) -> File:
        return File(self.stored.size, self.stored.sha256, self.content.size, self.content.sha256)


@contextmanager
def new_file(path: Path, recipients: Sequence[str]) -> Iterator[NewFile]:
    """A file that was not there, encrypted to the recipients if there are any; on the disk at the end of the block."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
    with os.fdopen(descriptor, "wb", buffering=0) as file, ExitStack() as stack:
        stored = Count()
        sink: Sink = _ToDisk(file, stored)
        if recipients:
            sink = stack.enter_context(_through(seal_command(recipients), sink))
        yield NewFile(sink, stored)
        stack.close()
        os.fsync(file.fileno())


@dataclass(frozen=True)
class _ToDisk:
    """Writes whole pieces to a file that has no buffer, and counts them."""

    file: IO[bytes]
    count: Count

    def write(self, piece: bytes) -> None:
        rest = memoryview(piece)
        while rest:
            rest = rest[self.file.write(rest) :]
        self.count.write(piece)


@contextmanager
def _through(command: Sequence[str], out: Sink) -> Iterator[IO[bytes]]:
    """A program's input; what it makes of it goes to `out`, beside the writing, as each side may wait for the other."""
    failed: list[BaseException] = []

    def drain(source: IO[bytes]) -> None:
        try:
            while piece := source.read(CHUNK):
                out.write(piece)
        except (OSError, ValueError) as error:
            failed.append(error)
            # Then the program, and whoever feeds it, learns that nobody reads any more.
            with suppress(OSError):
                source.close()

    with running(command, name="age", reads=True) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 (pipes were asked for)
        drainer = threading.Thread(target=drain, args=(process.stdout,), daemon=True)
        drainer.start()
        try:
            yield process.stdin
            process.stdin.close()
        except BrokenPipeError:
            drainer.join()
            if failed:
                raise failed[0] from None
            raise
        drainer.join()
        if failed:
            raise failed[0]


def pump(source: IO[bytes], *sinks: Sink, moved: Moved = lambda number: None) -> int:
    """All of the source, to each sink; `moved` hears how much it was so far."""
    done = 0
    while piece := source.read(CHUNK):
        for sink in sinks:
            sink.write(piece)
        done += len(piece)
        moved(done)
    return done


@contextmanager
def open_file(path: Path, expected: File, identity: str, *, moved: Moved = lambda number: None) -> Iterator[IO[bytes]]:
    """The content of a file of a backup. At the end of the block all of it was read, and was what was expected.

    Raises Failure for a file that is another, or cannot be opened with this identity.
    """
    is_sealed = expected.sha256 != expected.content_sha256
    with ExitStack() as stack:
        raw = stack.enter_context(open_ordinary(path))
        plain: IO[bytes] = raw
        if is_sealed:
            try:
                process = stack.enter_context(running(open_command(identity), name="age", stdin=raw))
            except ProgramFailed as failed:
                raise failed.as_failure() from None
            assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
            plain = process.stdout
        reader = _CheckedReader(plain, moved)
        yield reader  # type: ignore[misc]
        # Whoever read it need not have read its end.
        pump(reader)  # type: ignore[arg-type]
        _close(stack, path.name)
        if (reader.count.size, reader.count.sha256) != (expected.content_size, expected.content_sha256):
            raise Failure("backup_damaged", f"{path.name} is not what was written.")


def _close(stack: ExitStack, name: str) -> None:
    try:
        stack.close()
    except ProgramFailed as failed:
        if "no identity matched" in failed.said:
            raise Failure("usage", "--identity: that is not the private key this backup is encrypted to.") from None
        raise Failure("backup_damaged", f"{name} cannot be decrypted: {failed.said}.") from None


class _CheckedReader:
    """Counts what is read through it."""

    def __init__(self, source: IO[bytes], moved: Moved) -> None:
        self._source = source
        self._moved = moved
        self.count = Count()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.count.write(piece)
        if piece:
            self._moved(self.count.size)
        return piece


@contextmanager
def open_ordinary(path: Path) -> Iterator[IO[bytes]]:
    """From its beginning, and from the disk as far as that can be had: what was just written lies in memory as well."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        with suppress(OSError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        yield file


def digest_of(path: Path, moved: Moved = lambda number: None) -> Count:
    count = Count()
    with open_ordinary(path) as file:
        pump(file, count, moved=moved)
    return count
