"""How numbers, moments and performances are said. Nothing here prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


def count(number: int, thing: str, things: str = "") -> str:
    """`1 seat`, `2 seats`."""
    return f"1 {thing}" if number == 1 else f"{number} {things or f'{thing}s'}"


def moment(when: datetime) -> str:
    """In the theatre's time, which is what the backend writes."""
    return f"{when:%a} {when.day} {when:%b %Y, %H:%M}"


def short_day(when: datetime) -> str:
    """For a column: `5 Dec`, with the year where it is another than this machine's."""
    year = "" if when.year == datetime.now(when.tzinfo).year else f" {when.year}"
    return f"{when.day} {when:%b}{year}"


def short_moment(when: datetime) -> str:
    """For a column: `Sat 5 Dec, 20:30`, with the year as `short_day` has it."""
    return f"{when:%a} {short_day(when)}, {when:%H:%M}"


@dataclass(frozen=True)
class Occasion:
    """A performance as it stands above a list, or in a sentence."""

    title: str
    place: str

    @property
    def sentence(self) -> str:
        return f"{self.title}, {self.place}"


def in_short(performance: dict[str, Any]) -> str:
    """For a column: `La locandiera, Sat 5 Dec, 20:30`; raises as `read_occasion` does."""
    cancelled = ", CANCELLED" if performance["cancelled"] else ""
    return f"{performance['show']}, {short_moment(datetime.fromisoformat(performance['starts_at']))}{cancelled}"


def read_occasion(performance: dict[str, Any]) -> Occasion:
    """From a performance as summaries have it; raises KeyError, TypeError or ValueError when it is something else."""
    cancelled = ", CANCELLED" if performance["cancelled"] else ""
    starts_at = datetime.fromisoformat(performance["starts_at"])
    return Occasion(f"{performance['show']}{cancelled}", f"{moment(starts_at)}, {performance['venue']}")
