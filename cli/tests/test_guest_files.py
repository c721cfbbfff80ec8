"""The guest list's files, each opened by a library that did not write it."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from zipfile import ZipFile

import openpyxl
import pypdfium2
import pytest
from cli.tests.guests import HOSTILE, a_guest
from cli.tests.transcripts import transcript
from openpyxl.worksheet.worksheet import Worksheet

from azione.guest_files import content_of
from azione.guest_files.formats import Format, Language, format_of
from azione.guest_files.lettering import BOLD, REGULAR, Style, readable, register, width_of, wrapped
from azione.guest_lists import GuestList, read_guest_list

PAPER_WIDTH = 595


@pytest.fixture
def guests() -> GuestList:
    return read_guest_list(*transcript("export_guests"))


def made(guests: GuestList, kind: str, language: str = "it") -> bytes:
    return content_of(guests, Format(kind), Language(language))


def sheet_of(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def pages_of(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]


class Page(HTMLParser):
    """What a browser would read: the tags, the texts, and how many boxes each row has."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.boxes: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.boxes.append("")
        box = dict(attrs).get("class")
        if box in ("box", "box in"):
            self.boxes[-1] += "x" if box == "box in" else "-"

    def handle_data(self, data: str) -> None:
        self.text += data


# All formats


@pytest.mark.parametrize("kind", list(Format))
@pytest.mark.parametrize("language", list(Language))
def test_same_list_makes_the_same_file_to_the_byte(guests: GuestList, kind: Format, language: Language) -> None:
    assert content_of(guests, kind, language) == content_of(guests, kind, language)


@pytest.mark.parametrize("kind", list(Format))
def test_hostile_names_end_no_file(guests: GuestList, kind: Format) -> None:
    crowd = tuple(a_guest(name, given_name=name[:40], notes=name, phone=name[:25]) for name in HOSTILE)
    assert content_of(replace(guests, guests=crowd, title=HOSTILE[2]), kind, Language.IT)


@pytest.mark.parametrize("kind", list(Format))
def test_nobody_makes_a_file_too(guests: GuestList, kind: Format) -> None:
    nobody = replace(guests, guests=(), reservations=0, seats=0, admitted=0)
    assert content_of(nobody, kind, Language.EN)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", Format.CSV),
        ("A.XLSX", Format.XLSX),
        ("/tmp/x.y/a.pdf", Format.PDF),  # noqa: S108 (only a name)
        ("a.json", Format.JSON),
        ("a.htm", Format.HTML),
        ("a.html", Format.HTML),
        ("a.txt", Format.TABLE),
        ("a", Format.TABLE),
        ("a.table", None),
        ("a.xls", None),
        ("a.csv.gz", None),
    ],
)
def test_ending_says_the_format(name: str, kind: Format | None) -> None:
    assert format_of(name) is kind


# JSON


def test_json_is_one_document_with_everything(guests: GuestList) -> None:
    document = json.loads(made(guests, "json"))
    assert document["performance"]["slug"] == "la-locandiera"
    assert document["made_at"] == "2041-12-05T19:45:00+01:00"
    assert document["totals"] == {"reservations": 4, "seats": 9, "admitted": 5}
    assert [guest["surname"] for guest in document["guests"]] == ["Àlvarez", "Bianchi", "D'Angelo", "De Luca"]
    assert document["guests"][1]["notes"] == "Prima fila,\nse si può"


# XLSX


def test_xlsx_has_the_list_and_below_it_the_totals(guests: GuestList) -> None:
    assert [list(row) for row in sheet_of(made(guests, "xlsx")).iter_rows(values_only=True)] == [
        ["Cognome", "Nome", "Posti", "Entrati", "Codice", "Telefono", "Note", "Già entrati"],
        ["Àlvarez", "Zoë", 1, 1, "ALVARE", None, None, 1],
        ["Bianchi", "Anna", 2, 2, "BIANCH", "050123456", "Prima fila, / se si può", 2],
        ["D'Angelo", "Gianni", 2, 0, "DANGEL", None, "=1+1", 0],
        ["De Luca", "Maria", 4, 2, "DELUCA", "+393331234567", "Due in carrozzina", 2],
        [None] * 8,
        ["Prenotazioni", 4, None, None, None, None, None, None],
        ["Totale", None, 9, 5, None, None, None, 5],
        ["Replica", "La locandiera, giovedì 5 dicembre 2041, ore 20:30, La Cantina", *[None] * 6],
        ["Fatta il", "giovedì 5 dicembre 2041, ore 19:45", *[None] * 6],
    ]


def test_xlsx_in_english(guests: GuestList) -> None:
    sheet = sheet_of(made(guests, "xlsx", "en"))
    assert [cell.value for cell in sheet[1]][2:5] == ["Seats", "Admitted", "Reference"]
    assert [sheet.cell(row, 1).value for row in range(7, 11)] == ["Reservations", "Total", "Performance", "Made at"]


def test_xlsx_prints_with_its_headings_and_pages_numbered(guests: GuestList) -> None:
    sheet = sheet_of(made(guests, "xlsx"))
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:H5", "$1:$1")
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.oddHeader.left.text == "La locandiera\ngiovedì 5 dicembre 2041, ore 20:30, La Cantina"
    assert sheet.oddFooter.right.text == "Pagina &P di &N"
    assert sheet.oddFooter.left.text.startswith("4 prenotazioni, 9 posti, 5 già entrati. Fatta giovedì 5 dicembre 2041")
    assert sheet.column_dimensions["A"].width > 15


def test_xlsx_has_neither_formulas_nor_links_nor_traces_of_the_machine(guests: GuestList) -> None:
    names = (*HOSTILE, "http://x.test", "mailto:a@x.test", "internal:Sheet1!A1", "{=1+1}")
    content = made(replace(guests, guests=tuple(a_guest(name, notes=name) for name in names)), "xlsx")
    sheet = sheet_of(content)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s", "n"}
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    # What was written stays a text when somebody edits it.
    assert (sheet["A2"].value, sheet["A2"].number_format, sheet["A2"].quotePrefix) == ("=HYPERLINK(1)", "@", True)
    with ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "external" in name.lower() or "hyperlink" in name.lower()]
        core = parts.read("docProps/core.xml").decode()
    assert re.findall("<dc:creator>(.*?)</dc:creator>", core) in ([], [""])
    assert "2041-12-05T18:45:00Z" in core


def test_xlsx_header_takes_a_title_with_codes_in_it(guests: GuestList) -> None:
    show = {**guests.performance, "show": "&L12 arrabbiati & C." + "x" * 300}
    sheet = sheet_of(made(replace(guests, performance=show), "xlsx"))
    assert sheet.oddHeader.left.text.startswith("&&L12 arrabbiati && C.")
    assert len(str(sheet.HeaderFooter.oddHeader)) < 255


def test_ticked_xlsx_saved_as_csv_has_what_reconcile_looks_for(guests: GuestList) -> None:
    """The other half, reading such a file, is tested beside `checkin reconcile`."""
    first, *_rows = sheet_of(made(guests, "xlsx")).iter_rows(values_only=True)
    assert {"Posti", "Entrati", "Codice", "Già entrati"} <= set(first)


# PDF


def test_pdf_has_header_totals_and_page_number(guests: GuestList) -> None:
    [page] = pages_of(made(guests, "pdf"))
    for expected in (
        "La locandiera\ngiovedì 5 dicembre 2041, ore 20:30, La Cantina",
        "Cognome e nome",
        "Àlvarez Zoë",
        "D'Angelo Gianni",
        "De Luca Maria",
        "DELUCA",
        "Due in carrozzina",
        "Totale: 4 prenotazioni, 9 posti, 5 già entrati.",
        "Fatta giovedì 5 dicembre 2041, ore 19:45.",
        "Pagina 1 di 1",
    ):
        assert expected in page
    assert "+39333" not in page


def test_pdf_in_english(guests: GuestList) -> None:
    [page] = pages_of(made(replace(guests, performance=guests.performance | {"cancelled": True}), "pdf", "en"))
    assert "La locandiera (CANCELLED)\nThursday 5 December 2041, 20:30, La Cantina" in page
    assert "Surname and name" in page
    assert "Page 1 of 1" in page


def test_pdf_repeats_its_header_and_splits_no_row(guests: GuestList) -> None:
    crowd = tuple(
        a_guest(f"Rossi{number}", given_name=f"Ada{number}", notes=f"nota{number} " * (number % 60))
        for number in range(400)
    )
    pages = pages_of(made(replace(guests, guests=crowd), "pdf"))
    for number, page in enumerate(pages, start=1):
        assert page.startswith("La locandiera\n")
        assert "Codice" in page
        assert f"Pagina {number} di {len(pages)}" in page
    notes = [set(re.findall(r"nota(\d+)", page)) for page in pages]
    names = [set(re.findall(r"Rossi(\d+)\b", page)) for page in pages]
    assert sum(map(len, names)) == 400
    assert all(noted <= named for noted, named in zip(notes, names, strict=True))


def test_pdf_draws_a_box_a_seat_and_crosses_who_is_in(guests: GuestList) -> None:
    def dark(seats: int, admitted: int) -> int:
        """How many dark pixels the column of the boxes has."""
        content = made(replace(guests, guests=(a_guest(seats=seats, admitted=admitted),)), "pdf")
        with pypdfium2.PdfDocument(content) as document:
            image = document[0].render(scale=2).to_pil().convert("L").crop((60, 176, 216, 300))
        return sum(image.histogram()[:128])

    one, two, three = dark(1, 0), dark(2, 0), dark(3, 0)
    assert two > one
    assert abs((three - two) - (two - one)) <= 4
    crossed = dark(3, 1)
    assert crossed > three
    assert abs((dark(3, 2) - crossed) - (crossed - three)) <= 8


def test_pdf_gives_a_school_class_a_line_instead_of_boxes(guests: GuestList) -> None:
    [page] = pages_of(made(replace(guests, guests=(a_guest("Classe 3B", seats=45, admitted=12),)), "pdf"))
    assert "12 di 45" in page


def test_pdf_shows_the_letters_of_europe_and_marks_what_it_lacks(guests: GuestList) -> None:
    european = ("Đurđa Łoś-Ñandú", "Þórður", "Ștefan Ţepeș", "Çağrı İnce", "Παπαδόπουλος", "Шевченко", "D’Angelo")
    crowd = tuple(a_guest(name) for name in (*european, "小林 一茶", "Bruno \U0001f600", "Ana A\u0301"))
    [page] = pages_of(made(replace(guests, guests=crowd), "pdf"))
    for name in (*european, "Bruno \ufffd", "\ufffd\ufffd \ufffd\ufffd", "Ana Á"):
        assert name in page


def test_pdf_keeps_everything_on_the_paper(guests: GuestList) -> None:
    crowd = tuple(a_guest(name, given_name=name, notes=name * 30, seats=seats) for seats, name in enumerate(HOSTILE, 1))
    performance = guests.performance | {"show": "W" * 300, "venue": "M" * 300}
    with pypdfium2.PdfDocument(made(replace(guests, guests=crowd, performance=performance), "pdf")) as document:
        for page in document:
            text = page.get_textpage()
            boxes = [text.get_charbox(index) for index in range(text.count_chars())]
            assert all(left >= 0 and right <= PAPER_WIDTH and bottom >= 0 for left, bottom, right, _top in boxes)


def test_pdf_tells_title_and_language_and_nothing_of_the_machine(guests: GuestList) -> None:
    content = made(guests, "pdf")
    with pypdfium2.PdfDocument(content) as document:
        facts = document.get_metadata_dict(skip_empty=True)
    when = "D:20411205184500Z"
    title = "La locandiera, giovedì 5 dicembre 2041, ore 20:30, La Cantina"
    assert facts == {"Title": title, "CreationDate": when, "ModDate": when}
    assert re.search(rb"/Lang\s*\(it\)", content)
    assert b"/home" not in content
    assert b"/URI" not in content


def test_line_breaks_between_words_and_inside_long_ones() -> None:
    register()
    style = Style(REGULAR, 10)
    lines = wrapped([("uno due tre " + "x" * 40, style)], 80, 40)
    shown = ["".join(text for text, _style in line) for line in lines]
    assert shown[0] == "uno due tre"
    assert set("".join(shown[1:])) == {"x"}
    assert len("".join(shown[1:])) == 40
    assert all(width_of(line, style) <= 80 for line in shown)
    assert wrapped([("a " * 500, style)], 80, 3)[2][-1][0].endswith("…")


def test_both_fonts_have_the_same_letters() -> None:
    register()
    letters = "".join(map(chr, range(0x20, 0x2200)))
    from reportlab.pdfbase import pdfmetrics

    plain, bold = (pdfmetrics.getFont(name).face.charToGlyph for name in (REGULAR, BOLD))
    assert set(plain) == set(bold)
    assert readable(letters)


# HTML


def test_html_is_one_page_that_asks_for_nothing(guests: GuestList) -> None:
    crowd = (*guests.guests, *(a_guest(name, given_name=name, notes=name) for name in HOSTILE))
    page = Page(made(replace(guests, guests=crowd), "html"))
    tags = {tag for tag, _attributes in page.tags}
    assert not tags & {"script", "img", "link", "iframe", "a", "object", "base", "form"}
    assert not [name for _tag, attributes in page.tags for name in attributes if name in ("src", "href", "style")]
    assert "url(" not in page.text
    assert ("html", {"lang": "it"}) in page.tags
    assert "default-src 'none'" in str([attributes for tag, attributes in page.tags if tag == "meta"])
    assert "<script>alert(1)</script>" in page.text
    assert page.tags[-1][0] == "strong"
    assert "\x1b" not in page.text
    assert "\u202e" not in page.text


def test_html_has_a_box_a_seat_and_crosses_who_is_in(guests: GuestList) -> None:
    crowd = (*guests.guests, a_guest("Classe 3B", seats=45, admitted=12))
    page = Page(made(replace(guests, guests=crowd), "html"))
    assert page.boxes == ["", "", "x", "xx", "--", "xx--", ""]
    assert "12 di 45" in page.text


def test_html_says_everything_in_the_reader_s_language(guests: GuestList) -> None:
    italian, english = Page(made(guests, "html")).text, Page(made(guests, "html", "en")).text
    for expected in ("giovedì 5 dicembre 2041, ore 20:30", "Codice", "9 posti", "Fatta giovedì 5 dicembre", "Pagina "):
        assert expected in italian
    for expected in ("Thursday 5 December 2041, 20:30", "Reference", "9 seats", "Made on Thursday", "Page "):
        assert expected in english


# CSV


def test_csv_totals_stand_behind_an_empty_row(guests: GuestList) -> None:
    rows = list(csv.reader(io.StringIO(made(guests, "csv").decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[5] == [""] * 7
    assert [row[:3] for row in rows[6:8]] == [["Reservations", "4", ""], ["Total", "9", "5"]]
    assert {len(row) for row in rows} == {7}
