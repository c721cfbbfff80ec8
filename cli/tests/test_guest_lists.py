"""The guest list's table and its CSV, made from the golden transcript."""

import csv
import io
from dataclasses import replace

import pytest
from cli.tests.guests import a_guest
from cli.tests.transcripts import transcript

from azione.guest_files.csv_file import as_csv, neutralise
from azione.guest_lists import GuestList, as_text, read_guest_list


@pytest.fixture
def guests() -> GuestList:
    return read_guest_list(*transcript("export_guests"))


def test_csv_is_what_excel_in_italy_opens_into_columns(guests: GuestList) -> None:
    assert as_csv(guests).decode("utf-8").split("\r\n") == [
        '\ufeff"Name";"Seats";"Admitted";"Reference";"Phone";"Notes";"Already in"',
        '"Zoë Àlvarez";1;1;"ALVARE";"";"";1',
        '"Anna Bianchi";2;2;"BIANCH";"050123456";"Prima fila, / se si può";2',
        '"Gianni D\'Angelo";2;0;"DANGEL";"";"\'=1+1";0',
        '"Maria De Luca";4;2;"DELUCA";"\'+393331234567";"Due in carrozzina";2',
        '"";"";"";"";"";"";""',
        '"Reservations";4;"";"";"";"";""',
        '"Total";9;5;"";"";"";5',
        '"Performance";"La locandiera, Thu 5 Dec 2041, 20:30, La Cantina";"";"";"";"";""',
        '"Made at";"2041-12-05 19:45";"";"";"";"";""',
        "",
    ]


def test_table_as_text(guests: GuestList) -> None:
    assert as_text(guests).splitlines() == [
        "La locandiera",
        "Thu 5 Dec 2041, 20:30, La Cantina",
        "",
        "Name             Seats  Admitted  Reference  Phone          Notes",
        "Zoë Àlvarez          1         1  ALVARE",
        "Anna Bianchi         2         2  BIANCH     050123456      Prima fila, / se si può",
        "Gianni D'Angelo      2         0  DANGEL                    =1+1",
        "Maria De Luca        4         2  DELUCA     +393331234567  Due in carrozzina",
        "",
        "4 reservations, 9 seats, 5 admitted; made Thu 5 Dec 2041, 19:45",
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "22E222",
        "+39 333",
        "-2",
        "@SUM(A1)",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "−1",
        "\t=1",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        " \t =1",
        '=HYPERLINK("http://x.test";"y")',
    ],
)
def test_formula_becomes_text(cell: str) -> None:
    text = neutralise(cell)
    assert text.startswith("'")
    assert text.replace("'", "") == cell


@pytest.mark.parametrize("cell", ["", "Anna", "D'Angelo", "1-2", "a=b", "due + due", "'già citato", "«=»", " x"])
def test_ordinary_cell_stays_as_it_is(cell: str) -> None:
    assert neutralise(cell) == cell


def test_formula_inside_a_cell_is_text_too() -> None:
    assert neutralise("due posti,=1+1; @x, grazie") == "due posti,'=1+1;' @x, grazie"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_no_cell_breaks_out_whatever_separator_the_reader_guesses(guests: GuestList, delimiter: str) -> None:
    hostile = 'x";=1+1,=2+2\t=3+3;"'
    listed = replace(guests, guests=(a_guest(name=hostile, notes=hostile),))
    rows = csv.reader(io.StringIO(as_csv(listed).decode("utf-8-sig"), newline=""), delimiter=delimiter)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_text_shows_nothing_that_moves_the_cursor(guests: GuestList) -> None:
    hostile = "Anna\x1b[2J\u202eBianchi\x07"
    shown = as_text(replace(guests, guests=(a_guest(name=hostile, notes="a\nb"),)))
    assert "Anna\ufffd[2J\ufffdBianchi\ufffd" in shown
    assert "a / b" in shown


def test_wide_letters_keep_the_columns_straight(guests: GuestList) -> None:
    two = (a_guest(name="小林", reference="KOBAYA"), a_guest(name="Anna", reference="ANNAAA"))
    shown = as_text(replace(guests, guests=two))
    first, second = shown.splitlines()[4:6]
    assert first.index("KOBAYA") + 2 == second.index("ANNAAA")  # two letters that are two columns wide
