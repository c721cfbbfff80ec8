"""The guest list as a model, and as a table to read. Its files are made in `guest_files`. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azione import listings
from azione.listings import Listing
from azione.wording import count, moment, read_occasion

HEADINGS = ("Name", "Seats", "Admitted", "Reference", "Phone", "Notes")


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A confirmed reservation. `seats` and `admitted` are seats; `surname` is what the list is sorted by."""

    name: str
    surname: str
    given_name: str
    seats: int
    admitted: int
    reference: str
    phone: str
    notes: str

    @property
    def remark(self) -> str:
        """The notes in one line."""
        return " / ".join(line.strip() for line in self.notes.splitlines() if line.strip())


@dataclass(frozen=True, kw_only=True)
class GuestList:
    """A performance's confirmed reservations, in the order of a paper list. `performance` is as the backend has it."""

    performance: dict[str, Any]
    title: str
    place: str
    starts_at: datetime
    guests: tuple[Guest, ...]
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
    performance = summary["performance"]
    occasion = read_occasion(performance)
    return GuestList(
        performance={**performance, "show": str(performance["show"]), "venue": str(performance["venue"])},
        title=occasion.title,
        place=occasion.place,
        starts_at=datetime.fromisoformat(performance["starts_at"]),
        guests=tuple(_guest(record) for record in records),
        reservations=int(summary["reservations"]),
        seats=int(summary["seats"]),
        admitted=int(summary["admitted"]),
        made_at=datetime.fromisoformat(summary["made_at"]),
    )


def _guest(record: dict[str, Any]) -> Guest:
    texts = ("name", "surname", "given_name", "reference", "phone", "notes")
    seats, admitted = int(record["seats"]), int(record["admitted"])
    return Guest(seats=seats, admitted=admitted, **{member: str(record[member]) for member in texts})


def as_listing(guests: GuestList) -> Listing:
    return Listing(
        title=guests.title,
        subtitle=guests.place,
        headings=HEADINGS,
        rows=[
            (guest.name, str(guest.seats), str(guest.admitted), guest.reference, guest.phone, guest.remark)
            for guest in guests.guests
        ],
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
