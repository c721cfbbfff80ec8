"""Files that are written whole or not at all, and that only their owner can read."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from azione.failures import Failure, ReaderGone

STDOUT = "-"


def path_named(name: str) -> Path:
    """`~` is home. Not Path.expanduser, which raises where `~somebody` is nobody: then it is a name like any other."""
    return Path(os.path.expanduser(name))  # noqa: PTH111


def write_file(path: Path, content: bytes) -> None:
    """Writes beside the file's place and renames: whoever looks sees the old file or the new one. Raises Failure."""
    unfinished: str | None = None
    try:
        # realpath and not resolve, which raises at links in a circle up to Python 3.12 and not from 3.13 on.
        place = Path(os.path.realpath(path))
        _check_is_replaceable(path, place)
        # mkstemp makes it 0600 from the first byte on.
        descriptor, unfinished = tempfile.mkstemp(prefix=f".{place.name[:50]}.", suffix=".new", dir=place.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, place)  # noqa: PTH105 (a plain string here)
    except FileNotFoundError:
        raise Failure("not_written", f"{path}: there is no folder {path.parent}.") from None
    except OSError as error:
        raise Failure("not_written", f"{path}: {error.strerror or error}.") from None
    finally:
        if unfinished is not None:
            with contextlib.suppress(OSError):
                os.unlink(unfinished)  # noqa: PTH108 (gone already where it was renamed)


def _check_is_replaceable(path: Path, place: Path) -> None:
    """Renaming onto /dev/null, say, would replace the device itself."""
    if place.is_symlink():
        raise Failure("not_written", f"{path}: its links go round in a circle.")
    if place.is_dir():
        raise Failure("not_written", f"{path} is a directory: name a file in it.")
    if place.exists() and not place.is_file():
        raise Failure("not_written", f"{path} is no ordinary file: use --output - and a pipe.")


def write_stdout(content: bytes) -> None:
    """Raises ReaderGone when the reader has left; `main` tells of a full disk."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise ReaderGone from None
