"""The guest list as a model, and its files. Nothing here prints."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azione import listings
from azione.listings import Listing
from azione.wording import count, moment, read_occasion

HEADINGS = ("Name", "Seats", "Admitted", "Reference", "Phone", "Notes")
# What was so when the list was made: `azione checkin reconcile` tells by it what was ticked since.
ALREADY_IN = "Already in"
# Excel in an Italian Windows opens a CSV file into columns only at semicolons, and reads UTF-8 only behind a BOM.
DELIMITER = ";"
ENCODING = "utf-8-sig"
# What a spreadsheet takes for the start of a formula, in full width too, also behind spaces and invisible characters.
_START = r"[\s\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠﹣−﹢﹦﹫]"
_FORMULA = re.compile(rf"{_START}|[\t\r\n]")
# A spreadsheet of another country splits at commas, and would find a cell of its own inside a guest's notes.
_INNER_FORMULA = re.compile(rf"(?<=[,;\t])(?={_START})")


@dataclass(frozen=True)
class GuestList:
    """A performance's confirmed reservations, in the order of a paper list."""

    title: str
    place: str
    rows: tuple[tuple[str, int, int, str, str, str], ...]
    reservations: int
    seats: int
    admitted: int
    made_at: datetime

    @property
    def totals(self) -> str:
        return f"{count(self.reservations, 'reservation')}, {count(self.seats, 'seat')}, {self.admitted} admitted"

    @property
    def made(self) -> str:
        return f"made {moment(self.made_at)}"


def read_guest_list(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> GuestList:
    """From what `export_guests` says; raises KeyError, TypeError or ValueError when it says something else."""
    occasion = read_occasion(summary["performance"])
    return GuestList(
        title=occasion.title,
        place=occasion.place,
        rows=tuple(_row(record) for record in records),
        reservations=int(summary["reservations"]),
        seats=int(summary["seats"]),
        admitted=int(summary["admitted"]),
        made_at=datetime.fromisoformat(summary["made_at"]),
    )


def _row(record: dict[str, Any]) -> tuple[str, int, int, str, str, str]:
    notes = " / ".join(line.strip() for line in str(record["notes"]).splitlines() if line.strip())
    seats, admitted = int(record["seats"]), int(record["admitted"])
    return str(record["name"]), seats, admitted, str(record["reference"]), str(record["phone"]), notes


def as_csv(guests: GuestList) -> bytes:
    """One row a reservation and no totals, so that it can be sorted and filtered. Every text stands in quotes.

    Ticked, it comes back: what changed in `Admitted` are those who came in.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=DELIMITER, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([*HEADINGS, ALREADY_IN])
    for row in guests.rows:
        admitted = row[2]
        writer.writerow([*(neutralise(cell) if isinstance(cell, str) else cell for cell in row), admitted])
    return buffer.getvalue().encode(ENCODING, "replace")


def neutralise(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets the quote that makes it text."""
    inside = _INNER_FORMULA.sub("'", cell)
    return f"'{inside}" if _FORMULA.match(cell) else inside


def as_listing(guests: GuestList) -> Listing:
    return Listing(
        title=guests.title,
        subtitle=guests.place,
        headings=HEADINGS,
        rows=[tuple(str(cell) for cell in row) for row in guests.rows],
        empty="Nobody has a confirmed reservation yet.",
        totals=f"{guests.totals}; {guests.made}",
        right=(1, 2),
        wraps=(0, 5),
        optional=(4, 5),
        style=_style,
    )


def _style(row: Sequence[str], column: int) -> str:
    if column == 2:
        admitted, seats = int(row[2]), int(row[1])
        return "dim" if admitted == 0 else "green" if admitted >= seats else "yellow"
    return "cyan" if column == 3 else ""


def as_text(guests: GuestList) -> str:
    """Aligned columns for a file, a pipe or a printer."""
    return listings.as_text(as_listing(guests))
