"""A ticked paper list: the CSV of the guest list, with a mark or a number in its column `Admitted`.

The guest list's XLSX, saved as CSV by a spreadsheet, is one as well: in Italian unless somebody asked for English.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5

from azionelab.checkin.answers import Doorkeeper
from azionelab.checkin.imported_files import Account, read_text, refuse
from azionelab.checkin.models import Outcome, ScanKind
from azionelab.checkin.offline_scans import OfflineScan
from azionelab.programme.models import Performance
from azionelab.programme.selectors import performance_with_id
from azionelab.reservations.selectors import read_reference, referred_to
from azionelab.reservations.serializers import MOST_SEATS

SEATS, ADMITTED, REFERENCE, ALREADY_IN = "seats", "admitted", "reference", "already in"
IN_ITALIAN = {"posti": SEATS, "entrati": ADMITTED, "codice": REFERENCE, "già entrati": ALREADY_IN}
# What the lines below the guests begin with. They have no reference.
BELOW = frozenset(
    {"reservations", "total", "performance", "made at"} | {"prenotazioni", "totale", "replica", "fatta il"}
)
MARKS = frozenset({"x", "✓", "✔", "si", "sì", "yes", "ok"})
DELIMITERS = ";,\t"
# A family may bring cousins. Beyond twice the party and ten it is another number, or one digit too many.
MOST_TIMES, MOST_MORE = 2, 10
# The same row of the same list is the same scan, however often it comes in.
_NAMESPACE = UUID("8a5d8f0e-6c39-5b9d-9a51-9f8a1d0b7c42")


@dataclass(frozen=True, kw_only=True)
class _Row:
    line: int
    reference: str
    came_in: int


def read_paper(name: str, content: bytes, list_name: str) -> Account:
    """Raises `RefusedFileError`."""
    text = read_text(content)
    if not text.endswith(("\n", "\r")):
        # A spreadsheet ends every line; without it nobody knows whether this number is whole.
        refuse("cut_short", "The last line has no end: the file was cut. Save it again.", len(text.splitlines()))
    rows = list(_rows(text))
    if not rows:
        refuse("empty", "There are no guests in this file.")
    performance = _performance_of(rows)
    scans, lines = [], {}
    for row in rows:
        if row.came_in:
            scan = _scan(performance, list_name, row)
            scans.append(scan)
            lines[scan.scan_id] = row.line
    return Account(
        file=name,
        kind="paper",
        performance_id=performance.pk,
        doorkeeper=Doorkeeper(name=list_name),
        scans=scans,
        lines=lines,
    )


def _rows(text: str) -> Iterator[_Row]:
    seen: dict[str, int] = {}
    lines = _cells(text)
    _first, headings = next(lines)
    places = _places(headings)
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(headings):
            refuse("cut_short", f"This row has {len(cells)} of {len(headings)} columns.", line)
        if not cells[places[REFERENCE]].strip() and cells[0].strip().casefold() in BELOW:
            continue
        row = _row(line, {heading: cells[place].strip() for heading, place in places.items()})
        if row.reference in seen:
            refuse("twice", f"{row.reference} stands in line {seen[row.reference]} already.", line)
        seen[row.reference] = line
        yield row


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins."""
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            refuse("cut_short", "A quotation mark is open here, and the file ends.", line)
        yield line, cells
        line = reader.line_num + 1


def _places(headings: list[str]) -> dict[str, int]:
    written = [heading.strip().casefold() for heading in headings]
    names = [IN_ITALIAN.get(name, name) for name in written]
    for wanted in (SEATS, ADMITTED, REFERENCE, ALREADY_IN):
        if names.count(wanted) != 1:
            refuse("unreadable", f"There is no column “{wanted.capitalize()}”: export the guest list again.", 1)
    return {wanted: names.index(wanted) for wanted in (SEATS, ADMITTED, REFERENCE, ALREADY_IN)}


def _row(line: int, cells: dict[str, str]) -> _Row:
    already, seats = _number(line, cells, ALREADY_IN), _number(line, cells, SEATS)
    written = cells[ADMITTED].casefold()
    if not written:
        inside = already
    elif written in MARKS:
        inside = max(seats, already)
    else:
        inside = _number(line, cells, ADMITTED)
    if inside < already:
        refuse("too_few", f"{already} were in already when this list was made; it cannot take them back.", line)
    if inside - already > MOST_TIMES * seats + MOST_MORE:
        refuse("too_many", f"{inside} cannot be right for a party of {seats}: correct it, and try again.", line)
    # The quote is the guest list's own: without it a spreadsheet takes 22E222 for a number.
    reference = read_reference(cells[REFERENCE].removeprefix("'"))
    return _Row(line=line, reference=reference, came_in=inside - already)


def _number(line: int, cells: dict[str, str], heading: str) -> int:
    text = cells[heading]
    number = text.lstrip("0") or "0"
    is_number = text.isascii() and text.isdigit() and len(number) <= len(str(MOST_SEATS))
    if not is_number or int(number) > MOST_SEATS:
        refuse("unreadable", f"{heading.capitalize()}: {text[:40]!r} is neither a number nor a mark.", line)
    return int(number)


def _performance_of(rows: list[_Row]) -> Performance:
    """That of most rows; raises `RefusedFileError` with the first that is of another.

    A guest who was moved to another evening after the list was printed may stand on it, where nobody ticked them.
    """
    known = {name: one.performance_id for name, one in referred_to([row.reference for row in rows]).items()}
    for row in rows:
        if row.reference not in known:
            refuse("unknown_reference", f"There is no reservation {row.reference[:20]!r}.", row.line)
    # Of as many of each, the first one's.
    [(performance_id, _rows)] = Counter(known[row.reference] for row in rows).most_common(1)
    for row in rows:
        if known[row.reference] != performance_id and row.came_in:
            refuse("wrong_performance", f"{row.reference} is of another performance than the other rows.", row.line)
    return performance_with_id(performance_id)


def _scan(performance: Performance, list_name: str, row: _Row) -> OfflineScan:
    return OfflineScan(
        scan_id=uuid5(_NAMESPACE, f"{performance.pk}/{list_name}/{row.reference}"),
        kind=ScanKind.TICKET,
        outcome=Outcome.ADMITTED,
        reference=row.reference,
        seats=row.came_in,
        seats_admitted=row.came_in,
        # Paper does not tell the time.
        scanned_at=performance.starts_at,
    )
