"""The guest list as a page to print: one file, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from azione.columns import printable
from azione.guest_files.formats import Language
from azione.guest_files.words import Words, words_in
from azione.guest_lists import Guest, GuestList

# Whoever reserved more than this gets a line to write on: a school class would fill the page with boxes.
MOST_BOXES = 20

_STYLE = """\
@page { size: A4; margin: 12mm 12mm 16mm;
  @bottom-right { content: %(page)s; font: 9pt sans-serif; }
  @bottom-left { content: %(totals)s; font: 9pt sans-serif; } }
:root { color-scheme: light; }
body { margin: 1rem auto; max-width: 186mm; background: #fff; color: #000; font: 10.5pt/1.3 sans-serif; }
table { width: 100%%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: 1.6mm 2mm 1.6mm 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { font-size: 9pt; border-bottom: .5mm solid #000; }
thead .occasion { padding-bottom: 2.5mm; border: 0; font-weight: normal; }
.occasion strong { display: block; font-size: 15pt; }
tbody td { border-bottom: .2mm solid #777; }
tr { break-inside: avoid; }
col.boxes { width: 25mm; } col.seats { width: 15mm; } col.reference { width: 25mm; } col.notes { width: 55mm; }
th.seats, td.seats { text-align: right; padding-right: 4mm; }
td.reference { font-family: monospace; font-size: 11pt; }
td.notes { font-size: 9pt; }
.given { font-weight: normal; }
.box { display: inline-block; box-sizing: border-box; width: 3.6mm; height: 3.6mm; margin: 0 .9mm .5mm 0;
  border: .3mm solid #000; vertical-align: middle; }
.in::before { content: "\\00d7"; display: block; font: bold 5.4mm/3mm sans-serif; text-align: center; margin: 0 -1mm; }
.line { display: block; height: 5mm; border-bottom: .3mm solid #000; }
@media print { body { margin: 0; max-width: none; } }
"""


def as_html(guests: GuestList, language: Language) -> bytes:
    """A table whose head browsers repeat on each page; they number the pages where they can (`@page`)."""
    words = words_in(language)
    return "\n".join(_lines(guests, words)).encode("utf-8", "replace")


def _lines(guests: GuestList, words: Words) -> Iterator[str]:
    heading, place = _safe(words.heading(guests)), _safe(words.place(guests))
    totals, made = _safe(words.totals(guests)), _safe(words.made(guests))
    yield "<!DOCTYPE html>"
    yield f'<html lang="{words.language.value}">'
    yield '<head><meta charset="utf-8">'
    # Nothing here needs it; it holds even if a guest's name ever got through as markup.
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{heading}, {place}</title>"
    yield f"<style>\n{_style(guests, words)}</style></head>"
    yield "<body><table>"
    yield '<colgroup><col class="boxes"><col><col class="seats"><col class="reference"><col class="notes"></colgroup>'
    above = f"<strong>{heading}</strong>{place}<br>{totals}. {made}."
    yield f'<thead><tr><th class="occasion" colspan="5">{above}</th></tr>'
    yield (
        f'<tr><th scope="col">{words.admitted}</th><th scope="col">{words.full_name}</th>'
        f'<th scope="col" class="seats">{words.seats}</th><th scope="col">{words.reference}</th>'
        f'<th scope="col">{words.notes}</th></tr></thead>'
    )
    yield "<tbody>"
    for guest in guests.guests:
        yield _row(guest, words)
    if not guests.guests:
        yield f'<tr><td colspan="5">{words.empty}</td></tr>'
    yield "</tbody></table>"
    yield f"<p><strong>{words.total}: {totals}.</strong> {words.boxes} {words.secrecy}</p>"
    yield "</body></html>\n"


def _row(guest: Guest, words: Words) -> str:
    # bdi: a name in Arabic letters must not turn its neighbours round.
    given = f' <span class="given"><bdi>{_safe(guest.given_name)}</bdi></span>' if guest.given_name else ""
    return (
        f"<tr><td>{_boxes(guest, words)}</td>"
        f"<td><strong><bdi>{_safe(guest.surname)}</bdi></strong>{given}</td>"
        f'<td class="seats">{guest.seats}</td><td class="reference">{_safe(guest.reference)}</td>'
        f'<td class="notes"><bdi>{_safe(guest.remark)}</bdi></td></tr>'
    )


def _boxes(guest: Guest, words: Words) -> str:
    said = words.admitted_of.format(admitted=guest.admitted, seats=guest.seats)
    if guest.seats > MOST_BOXES:
        return f'{said}<span class="line"></span>'
    inside = min(guest.admitted, guest.seats)
    boxes = '<span class="box in"></span>' * inside + '<span class="box"></span>' * (guest.seats - inside)
    return f'<span role="img" aria-label="{words.admitted}: {said}">{boxes}</span>'


def _style(guests: GuestList, words: Words) -> str:
    before, _page, rest = words.page.partition("{page}")
    between, _pages, after = rest.partition("{pages}")
    page = f"{_css(before)} counter(page) {_css(between)} counter(pages) {_css(after)}"
    return _STYLE % {"page": page, "totals": _css(words.totals(guests))}


def _css(text: str) -> str:
    """Only ever words of ours and numbers: nothing in them ends a string."""
    return f'"{text}"'


def _safe(text: str) -> str:
    return escape(printable(text))
