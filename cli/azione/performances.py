"""Performances with their seats, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from azione.listings import Listing
from azione.wording import Occasion, count, moment, read_occasion, short_moment

HEADINGS = ("ID", "Show", "When", "Venue", "Booking", "Taken", "Left")
SHOW_COLUMN = 1
BOOKING = {
    "open": "open",
    "not_yet": "not yet",
    "closed": "closed",
    "sold_out": "sold out",
    "cancelled": "CANCELLED",
}
OVERSOLD = "OVERSOLD"
STYLES = {"open": "green", "sold out": "yellow", "CANCELLED": "bold red", OVERSOLD: "bold red"}

Facts = list[tuple[str, str]]


def read_performances(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Listing:
    """From what `list_performances` says; raises KeyError, TypeError or ValueError when it says something else."""
    taken, bookable = int(summary["taken"]), int(summary["bookable"])
    return Listing(
        headings=HEADINGS,
        rows=[row(record) for record in records],
        empty="Nothing plays then." if summary["since"] or summary["until"] else "Nothing plays.",
        totals=f"{count(len(records), 'performance')}, {taken} of {count(bookable, 'seat')} taken" if records else "",
        right=(0, 5, 6),
        wraps=(1, 3),
        # Of an evening that is like another in all else, the ID tells more.
        spare=(3,),
        style=style,
    )


def row(record: dict[str, Any]) -> tuple[str, ...]:
    draft = " (draft)" if record["draft"] else ""
    cancelled = bool(record["cancelled"])
    taken, bookable = int(record["taken"]), int(record["bookable"])
    booking = BOOKING.get(record["booking"], str(record["booking"]))
    return (
        str(int(record["id"])),
        f"{record['show']}{draft}",
        short_moment(datetime.fromisoformat(record["starts_at"])),
        str(record["venue"]),
        OVERSOLD if taken > bookable and not cancelled else booking,
        f"{taken}/{bookable}",
        "" if cancelled else str(int(record["left"])),
    )


def style(cells: Sequence[str], column: int) -> str:
    if column == HEADINGS.index("Booking"):
        return STYLES.get(cells[column], "dim")
    return "dim" if BOOKING["cancelled"] in cells else ""


def read_performance(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> tuple[Occasion, Facts]:
    """All of one, from what `show_performance` says; raises as `read_performances` does."""
    [said] = records
    made_at = moment(datetime.fromisoformat(summary["made_at"]))
    return read_occasion(said), [*_when(said), *_seats(said), *_around(said), ("Made", made_at)]


def _when(said: dict[str, Any]) -> Facts:
    cancelled = said["cancelled_at"]
    booking = BOOKING.get(said["booking"], str(said["booking"]))
    return [
        ("ID", str(int(said["id"]))),
        ("Show", f"{said['slug']}{' (draft: guests do not see it)' if said['draft'] else ''}"),
        ("Venue", str(said["venue"])),
        ("Starts", _moment(said["starts_at"])),
        ("Doors open", _moment(said["doors_open_at"])),
        ("Booking", f"{booking}; from {_moment(said['booking_opens_at'])} to {_moment(said['booking_closes_at'])}"),
        ("Cancelled", _moment(cancelled) if cancelled else ""),
    ]


def _seats(said: dict[str, Any]) -> Facts:
    additional, occupied = int(said["additional_seats"]), int(said["manually_occupied"])
    parts = [f"capacity {int(said['capacity'])}"]
    parts += [f"{additional} additional"] if additional else []
    parts += [f"{occupied} manually occupied"] if occupied else []
    over = int(said["confirmed"]) + int(said["pending"]) + int(said["walk_ins"]) - int(said["bookable"])
    confirmed = f"{int(said['confirmed'])}, in {count(int(said['reservations']), 'reservation')}"
    return [
        ("Bookable", f"{count(int(said['bookable']), 'seat')} ({', '.join(parts)})"),
        ("Confirmed", confirmed),
        ("Held", f"{int(said['pending'])}, not confirmed yet"),
        ("Walk-ins", str(int(said["walk_ins"]))),
        ("Left", f"0: {OVERSOLD} by {over}" if over > 0 else str(int(said["left"]))),
        ("At most", f"{count(int(said['max_seats_per_reservation']), 'seat')} a reservation"),
    ]


def _around(said: dict[str, Any]) -> Facts:
    mails, phones, conflicts = said["mails"], said["phones"], int(said["conflicts"])
    failed = f", {int(mails['failed'])} failed" if int(mails["failed"]) else ""
    unsettled = f"; {count(conflicts, 'conflict')} to settle" if conflicts else ""
    return [
        ("Mails", f"{int(mails['waiting'])} waiting{failed}"),
        ("Phones", f"{int(phones['at_work'])} at the door, {int(phones['paired'])} paired in all"),
        ("Inside", f"{int(said['inside'])}{unsettled}"),
        ("Note", _one_line(said["note_it"])),
        ("Note (en)", _one_line(said["note_en"])),
    ]


def _moment(said: str) -> str:
    return moment(datetime.fromisoformat(said))


def _one_line(said: str) -> str:
    return " / ".join(part.strip() for part in str(said).splitlines() if part.strip())
