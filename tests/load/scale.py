"""How much of everything is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CLIENTS = 16
ARRIVALS_A_SECOND = 50


@dataclass(frozen=True)
class Scale:
    """How much of everything: `FULL` for the report, `SHORT` to see that all of it works."""

    read_seconds: int
    # Reservations and scans of one measurement.
    number: int
    ways: int
    arrivals: int
    watched: int
    guests: int
    seats: int
    night_seconds: float
    tables: Sequence[int]
    programmes: Sequence[int]
    crowds: Sequence[int]


FULL = Scale(8, 1_000, 300, 1_000, 200, 500, 100, 10, (10, 1_000, 100_000), (5, 5_000), (1, 2, 4, 8, 16, 32, 64))
SHORT = Scale(1, 64, 16, 40, 32, 60, 20, 3, (200,), (50,), (8,))
