"""The guest list for Excel and LibreOffice: to sort, to tick, to print; ticked and saved as CSV it comes back."""

from __future__ import annotations

import io
from datetime import UTC
from typing import Any

import xlsxwriter

from azione.columns import printable
from azione.guest_files.formats import Language
from azione.guest_files.words import Words, words_in
from azione.guest_lists import Guest, GuestList

_A4 = 9
# In characters: surname, given name, seats, admitted, reference, phone, notes, already in.
_WIDTHS = (22, 20, 8, 9, 12, 18, 48, 13)
_LAST = len(_WIDTHS) - 1
_MOST_IN_A_CELL = 32_000
_MOST_IN_A_MARGIN = 100


def as_xlsx(guests: GuestList, language: Language) -> bytes:
    """Without formulas and links: every text is written as text, and stays one when somebody edits it.

    The headings stand in the first row and the totals below an empty one, so that a saved CSV can be reconciled.
    """
    words = words_in(language)
    file = io.BytesIO()
    # In memory, since it would otherwise leave guests' names in temporary files for a while.
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties(
        {
            "title": printable(f"{words.heading(guests)}, {words.place(guests)}"),
            "created": guests.made_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    book.set_custom_property("Language", language.value)
    sheet = book.add_worksheet(words.guests)
    _set_up_page(sheet, guests, words)
    _write_rows(book, sheet, guests, words)
    book.close()
    return file.getvalue()


def _set_up_page(sheet: Any, guests: GuestList, words: Words) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.9, bottom=0.8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    heading, place = _in_margin(words.heading(guests)), _in_margin(words.place(guests))
    sheet.set_header(f'&L&"-,Bold"{heading}\n&"-,Regular"{place}')
    page = words.page.format(page="&P", pages="&N")
    sheet.set_footer(f"&L{_in_margin(f'{words.totals(guests)}. {words.made(guests)}')}&R{page}")
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(guests.guests), 1), _LAST)
    # Telephone numbers and references are texts on purpose.
    sheet.ignore_errors({"number_stored_as_text": f"A1:H{len(guests.guests) + 6}"})


def _in_margin(text: str) -> str:
    """An ampersand begins a code in headers and footers, whose length is limited as well."""
    shown = printable(text)
    if len(shown) > _MOST_IN_A_MARGIN:
        shown = f"{shown[: _MOST_IN_A_MARGIN - 1]}…"
    return shown.replace("&", "&&")


def _write_rows(book: Any, sheet: Any, guests: GuestList, words: Words) -> None:
    shape = {"valign": "top", "bottom": 4}
    # The format of text, and the quote that keeps it text: `=1+1` would otherwise be a formula after the next edit.
    text = book.add_format({**shape, "num_format": "@", "quote_prefix": True, "text_wrap": True})
    number = book.add_format(shape)
    bold = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
    headings = (words.surname, words.given_name, words.seats, words.admitted, words.reference)
    for column, heading in enumerate((*headings, words.phone, words.notes, words.already_in)):
        sheet.set_column(column, column, _WIDTHS[column])
        sheet.write_string(0, column, heading, bold)
    for row, guest in enumerate(guests.guests, start=1):
        for column, cell in enumerate(_cells(guest)):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell, number)
            elif not cell:
                sheet.write_blank(row, column, None, text)
            else:
                sheet.write_string(row, column, cell, text)
    _write_below(book, sheet, guests, words)


def _cells(guest: Guest) -> tuple[str | int, ...]:
    reference, phone, remark = map(_text, (guest.reference, guest.phone, guest.remark))
    names = (_text(guest.surname), _text(guest.given_name))
    return (*names, guest.seats, guest.admitted, reference, phone, remark, guest.admitted)


def _text(cell: str) -> str:
    return printable(cell)[:_MOST_IN_A_CELL]


def _write_below(book: Any, sheet: Any, guests: GuestList, words: Words) -> None:
    """Rows without a reference, by whose first words `azione checkin reconcile` passes them over."""
    bold = book.add_format({"bold": True})
    text = book.add_format({"num_format": "@", "quote_prefix": True})
    row = len(guests.guests) + 2
    for offset, label in enumerate((words.reservations, words.total, words.performance, words.made_at)):
        sheet.write_string(row + offset, 0, label, bold)
    sheet.write_number(row, 1, guests.reservations, book.add_format({"bold": True, "align": "left"}))
    for column, seats in ((2, guests.seats), (3, guests.admitted), (_LAST, guests.admitted)):
        sheet.write_number(row + 1, column, seats, bold)
    sheet.write_string(row + 2, 1, _text(f"{words.heading(guests)}, {words.place(guests)}"), text)
    sheet.write_string(row + 3, 1, words.moment(guests.made_at), text)
