"""The guest list on A4, to print and to tick with a pen."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from azione.guest_files.formats import Language
from azione.guest_files.html_file import MOST_BOXES
from azione.guest_files.lettering import BOLD, REGULAR, Line, Style, clipped, readable, register, width_of, wrapped
from azione.guest_files.words import Words, words_in
from azione.guest_lists import Guest, GuestList

# In points, as everything in a PDF.
_WIDTH, _HEIGHT = A4
_MARGIN = 34.0
_TOP, _BOTTOM = _HEIGHT - 86.0, 62.0
_RIGHT = _WIDTH - _MARGIN
# Where the columns begin: boxes, name, seats (flush right), reference, notes.
_BOXES, _NAME, _SEATS, _REFERENCE, _NOTES = _MARGIN, 110.0, 322.0, 334.0, 400.0
_NAME_WIDTH, _NOTES_WIDTH = 178.0, _RIGHT - _NOTES
_BOX, _PITCH, _IN_A_LINE = 10.0, 13.5, 5
_LEADING, _PADDING = 12.5, 4.5
_NAMES, _SMALL, _TITLE = 10.0, 8.5, 15.0
# Longer notes than any guest can send end in an ellipsis: a row must fit on a page.
_MOST_LINES = 40
_STRONG, _PLAIN = Style(BOLD, _NAMES), Style(REGULAR, _NAMES)
_NOTE, _HEADING = Style(REGULAR, _SMALL), Style(BOLD, _SMALL)


@dataclass(frozen=True)
class _Row:
    """A reservation as it will stand there; `boxes` is how many lines of boxes it takes."""

    guest: Guest
    names: list[Line]
    notes: list[Line]
    boxes: int

    @property
    def height(self) -> float:
        lines = max(len(self.names), len(self.notes)) * _LEADING
        return max(lines, self.boxes * _PITCH) + 2 * _PADDING


def as_pdf(guests: GuestList, language: Language) -> bytes:
    """Header, headings, totals and `page n of m` on each page; no row stands on two."""
    register()
    words = words_in(language)
    pages = _pages([_row(guest) for guest in guests.guests])
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1, lang=language.value, initialFontName=REGULAR)
    _describe(canvas, guests, words)
    for number, rows in enumerate(pages, start=1):
        _draw_frame(canvas, guests, words, words.page.format(page=number, pages=len(pages)))
        _draw_rows(canvas, rows, words)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _describe(canvas: Canvas, guests: GuestList, words: Words) -> None:
    """What the file tells of itself; nothing of the machine, or of the moment, that it was made on."""
    canvas.setTitle(readable(f"{words.heading(guests)}, {words.place(guests)}"))
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("")
    canvas.setProducer("")
    made = guests.made_at.astimezone(UTC)
    canvas.setDateFormatter(lambda *_now: f"D:{made:%Y%m%d%H%M%S}Z")


def _row(guest: Guest) -> _Row:
    names = wrapped([(guest.surname, _STRONG), (guest.given_name, _PLAIN)], _NAME_WIDTH, _MOST_LINES)
    notes = wrapped([(guest.remark, _NOTE)], _NOTES_WIDTH, _MOST_LINES)
    boxes = 2 if guest.seats > MOST_BOXES else -(-guest.seats // _IN_A_LINE)
    return _Row(guest, names, notes, max(boxes, 1))


def _pages(rows: Sequence[_Row]) -> list[list[_Row]]:
    """At least one, also for nobody."""
    pages: list[list[_Row]] = [[]]
    left = _TOP - _BOTTOM
    for row in rows:
        if row.height > left and pages[-1]:
            pages.append([])
            left = _TOP - _BOTTOM
        pages[-1].append(row)
        left -= row.height
    return pages


def _draw_frame(canvas: Canvas, guests: GuestList, words: Words, page: str) -> None:
    """All that is the same on each page but its number."""
    title, room = Style(BOLD, _TITLE), _RIGHT - _MARGIN
    _write(canvas, _MARGIN, _HEIGHT - 46, clipped(words.heading(guests), title, room), title)
    _write(canvas, _MARGIN, _HEIGHT - 61, clipped(words.place(guests), _PLAIN, room), _PLAIN)
    baseline = _TOP + 4
    for place, heading in ((_BOXES, words.admitted), (_NAME, words.full_name), (_REFERENCE, words.reference)):
        _write(canvas, place, baseline, heading, _HEADING)
    _write(canvas, _NOTES, baseline, words.notes, _HEADING)
    _write(canvas, _SEATS - width_of(words.seats, _HEADING), baseline, words.seats, _HEADING)
    _rule(canvas, _TOP, 1.0)
    _rule(canvas, _BOTTOM - 8, 0.4)
    counted = f"{words.total}: {words.totals(guests)}."
    _write(canvas, _MARGIN, _BOTTOM - 20, counted, _HEADING)
    _write(canvas, _RIGHT - width_of(page, _HEADING), _BOTTOM - 20, page, _HEADING)
    _write(canvas, _MARGIN, _BOTTOM - 31, f"{words.made(guests)}. {words.secrecy}", _NOTE)
    _write(canvas, _MARGIN, _BOTTOM - 42, words.boxes, _NOTE)


def _draw_rows(canvas: Canvas, rows: Sequence[_Row], words: Words) -> None:
    top = _TOP
    if not rows:
        _write(canvas, _MARGIN, top - 20, words.empty, _PLAIN)
    for row in rows:
        baseline = top - _PADDING - _NAMES
        _draw_boxes(canvas, row.guest, top - _PADDING - _BOX - 1, words)
        _draw_lines(canvas, _NAME, baseline, row.names)
        _draw_lines(canvas, _NOTES, baseline, row.notes)
        seats = str(row.guest.seats)
        _write(canvas, _SEATS - width_of(seats, _PLAIN), baseline, seats, _PLAIN)
        _write(canvas, _REFERENCE, baseline, clipped(row.guest.reference, _PLAIN, _NOTES - _REFERENCE - 4), _PLAIN)
        top -= row.height
        _rule(canvas, top, 0.4)


def _draw_lines(canvas: Canvas, left: float, baseline: float, lines: Sequence[Line]) -> None:
    for number, line in enumerate(lines):
        at = left
        for text, style in line:
            _write(canvas, at, baseline - number * _LEADING, text, style)
            at += width_of(text, style)


def _draw_boxes(canvas: Canvas, guest: Guest, bottom: float, words: Words) -> None:
    """One a seat; whoever is in already has a cross. A large party gets a line to write on."""
    if guest.seats > MOST_BOXES:
        said = words.admitted_of.format(admitted=guest.admitted, seats=guest.seats)
        _write(canvas, _BOXES, bottom + 2, clipped(said, _NOTE, _NAME - _BOXES - 4), _NOTE)
        canvas.setLineWidth(0.8)
        canvas.line(_BOXES, bottom - _PITCH, _NAME - 10, bottom - _PITCH)
        return
    canvas.setLineWidth(0.8)
    for seat in range(guest.seats):
        down, across = divmod(seat, _IN_A_LINE)
        x, y = _BOXES + across * _PITCH, bottom - down * _PITCH
        canvas.rect(x, y, _BOX, _BOX)
        if seat < guest.admitted:
            canvas.line(x, y, x + _BOX, y + _BOX)
            canvas.line(x, y + _BOX, x + _BOX, y)


def _rule(canvas: Canvas, y: float, width: float) -> None:
    canvas.setLineWidth(width)
    canvas.line(_MARGIN, y, _RIGHT, y)


def _write(canvas: Any, x: float, y: float, text: str, style: Style) -> None:
    canvas.setFont(style.font, style.size)
    canvas.drawString(x, y, readable(text))
