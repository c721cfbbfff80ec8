"""Stamps: what a finished step was made from, so that it is done again only when that has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path


def fingerprint(files: Iterable[Path], *facts: object) -> str:
    """A hash of the files' names and contents and of whatever else the step depends on.

    Contents and not times: a checkout or a clone changes every time and nothing else.
    """
    digest = hashlib.sha256(repr(facts).encode())
    for path in sorted(files):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"\0{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def files_under(folder: Path, *, without: frozenset[str]) -> list[Path]:
    """Every file below `folder`, not entering folders named in `without`."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in without]
        found += [Path(place) / name for name in names]
    return found


def is_stamped(stamp: Path, value: str) -> bool:
    try:
        return stamp.read_text() == value
    except OSError:
        return False


def write_stamp(stamp: Path, value: str) -> None:
    """Written last and in one piece, so that a stamp always tells of a finished step."""
    temporary = stamp.with_name(stamp.name + ".new")
    temporary.write_text(value)
    temporary.replace(stamp)
