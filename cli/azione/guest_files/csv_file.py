"""The guest list for any spreadsheet, and for `azione checkin reconcile` once somebody ticked it."""

from __future__ import annotations

import csv
import io
import re

from azione.guest_lists import HEADINGS, GuestList

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
# A reference that a spreadsheet would read as a number, and write back as 2.2E+223.
_EXPONENT = re.compile(r"\d+E\d+")


def as_csv(guests: GuestList) -> bytes:
    """One row a reservation; below an empty row, which sorting and filtering stop at, the totals. Texts are in quotes.

    Ticked, it comes back: what changed in `Admitted` are those who came in.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=DELIMITER, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([*HEADINGS, ALREADY_IN])
    for guest in guests.guests:
        texts = (neutralise(text) for text in (guest.reference, guest.phone, guest.remark))
        writer.writerow([neutralise(guest.name), guest.seats, guest.admitted, *texts, guest.admitted])
    writer.writerows(_below(guests))
    return buffer.getvalue().encode(ENCODING, "replace")


def _below(guests: GuestList) -> list[list[str | int]]:
    """Rows without a reference, by whose first words `azione checkin reconcile` passes them over."""
    return [
        [""] * 7,
        ["Reservations", guests.reservations, "", "", "", "", ""],
        ["Total", guests.seats, guests.admitted, "", "", "", guests.admitted],
        ["Performance", neutralise(f"{guests.title}, {guests.place}"), "", "", "", "", ""],
        ["Made at", f"{guests.made_at:%Y-%m-%d %H:%M}", "", "", "", "", ""],
    ]


def neutralise(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets the quote that makes it text."""
    inside = _INNER_FORMULA.sub("'", cell)
    return f"'{inside}" if _FORMULA.match(cell) or _EXPONENT.fullmatch(cell) else inside
