"""The guest list as files: one module a format, imported when somebody wants that format. Nothing here prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azione.guest_files.formats import Format, Language

if TYPE_CHECKING:
    from azione.guest_lists import GuestList


def content_of(guests: GuestList, kind: Format, language: Language) -> bytes:
    """The file, whole. The same list makes the same file, to the byte, whenever and wherever it is made."""
    match kind:
        case Format.CSV:
            from azione.guest_files.csv_file import as_csv

            return as_csv(guests)
        case Format.JSON:
            from azione.guest_files.json_file import as_json

            return as_json(guests)
        case Format.XLSX:
            from azione.guest_files.xlsx_file import as_xlsx

            return as_xlsx(guests, language)
        case Format.PDF:
            from azione.guest_files.pdf_file import as_pdf

            return as_pdf(guests, language)
        case Format.HTML:
            from azione.guest_files.html_file import as_html

            return as_html(guests, language)
        case Format.TABLE:
            from azione.guest_lists import as_text

            return as_text(guests).encode("utf-8", "replace")
