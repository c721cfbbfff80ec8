"""What somebody who looks for trouble says: how bad it is, what was found, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

GIGABYTE = 1_000_000_000
MOST_NAMES = 5


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line for a person. `advice` says what to do, and is empty where all is well."""

    level: Level
    message: str
    advice: str = ""


def ok(message: str) -> Finding:
    return Finding(level=Level.OK, message=message)


def warning(message: str, advice: str) -> Finding:
    return Finding(level=Level.WARNING, message=message, advice=advice)


def failure(message: str, advice: str) -> Finding:
    return Finding(level=Level.FAILURE, message=message, advice=advice)


def some(names: Iterable[str]) -> str:
    """The first few, and how many more there are."""
    listed = list(names)
    more = len(listed) - MOST_NAMES
    return ", ".join(listed[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
