"""Where a season's file and its posters come from: a folder here, or what was sent from another machine."""

import posixpath
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from azionelab.core.pictures import MAX_PICTURE_BYTES


class OutsideError(Exception):
    """A poster that is not in the folder of the file."""


class SeasonFile(Protocol):
    @property
    def name(self) -> str: ...

    def content(self) -> bytes:
        """Raises OSError."""

    def poster(self, name: str) -> bytes:
        """Its content, of which the end may lack where it is too large. Raises OutsideError and FileNotFoundError."""


@dataclass(frozen=True)
class SeasonOnDisk:
    """Its posters are beside it; a link that leads out of the folder is no poster."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def content(self) -> bytes:
        return self.path.read_bytes()

    def poster(self, name: str) -> bytes:
        folder = self.path.parent.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise OutsideError
        if not path.is_file():
            raise FileNotFoundError(name)
        with path.open("rb") as file:
            return file.read(MAX_PICTURE_BYTES + 1)


@dataclass(frozen=True)
class SentSeason:
    """`posters` by their names in the file."""

    name: str
    text: bytes
    posters: dict[str, bytes] = field(default_factory=dict)

    def content(self) -> bytes:
        return self.text

    def poster(self, name: str) -> bytes:
        inside = posixpath.normpath(posixpath.join("/folder", name))
        if not inside.startswith("/folder/"):
            raise OutsideError
        if name not in self.posters:
            raise FileNotFoundError(name)
        return self.posters[name]
