"""Which formats there are, and which one a file's name asks for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    JSON = "json"
    HTML = "html"
    TABLE = "table"


class Language(StrEnum):
    """Of what is printed and pinned to the door; the company is Italian."""

    IT = "it"
    EN = "en"


# Bytes that would only upset a terminal.
BINARY = frozenset({Format.XLSX, Format.PDF})
IN_WORDS = frozenset({Format.XLSX, Format.PDF, Format.HTML})
_BY_ENDING = {
    "": Format.TABLE,
    ".txt": Format.TABLE,
    ".htm": Format.HTML,
    **{f".{kind.value}": kind for kind in Format if kind is not Format.TABLE},
}


def format_of(name: str) -> Format | None:
    """What a file's name asks for by its ending; None where no format ends so."""
    return _BY_ENDING.get(PurePath(name).suffix.lower())
