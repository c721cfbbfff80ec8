"""The guest list's files, made from the golden transcript."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from azione.guest_lists import GuestList, as_csv, as_text, neutralise, read_guest_list

TRANSCRIPT = Path(__file__).parents[2] / "contracts" / "jsonl" / "export_guests.jsonl"


@pytest.fixture
def guests() -> GuestList:
    *records, summary = map(json.loads, TRANSCRIPT.read_text().splitlines())
    return read_guest_list(records, summary)


def test_csv_is_what_excel_in_italy_opens_into_columns(guests: GuestList) -> None:
    assert as_csv(guests).decode("utf-8").split("\r\n") == [
        '\ufeff"Name";"Seats";"Admitted";"Reference";"Phone";"Notes";"Already in"',
        '"Zoë Àlvarez";1;1;"ALVARE";"";"";1',
        '"Anna Bianchi";2;2;"BIANCH";"050123456";"Prima fila, / se si può";2',
        '"Gianni D\'Angelo";2;0;"DANGEL";"";"\'=1+1";0',
        '"Maria De Luca";4;2;"DELUCA";"\'+393331234567";"Due in carrozzina";2',
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
    listed = replace(guests, rows=((hostile, 1, 0, "ALVARE", "", hostile),))
    rows = csv.reader(io.StringIO(as_csv(listed).decode("utf-8-sig"), newline=""), delimiter=delimiter)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_text_shows_nothing_that_moves_the_cursor(guests: GuestList) -> None:
    hostile = "Anna\x1b[2J\u202eBianchi\x07"
    shown = as_text(replace(guests, rows=((hostile, 1, 0, "ALVARE", "", "a\nb"),)))
    assert "Anna\ufffd[2J\ufffdBianchi\ufffd" in shown
    assert "a b" in shown


def test_wide_letters_keep_the_columns_straight(guests: GuestList) -> None:
    shown = as_text(replace(guests, rows=(("小林", 1, 0, "KOBAYA", "", ""), ("Anna", 1, 0, "ANNAAA", "", ""))))
    first, second = shown.splitlines()[4:6]
    assert first.index("KOBAYA") + 2 == second.index("ANNAAA")  # two letters that are two columns wide
