"""Ticked paper lists: the CSV of the guest list, marked by hand."""

from typing import Any

import pytest

from azionelab.checkin.imported_files import NamedFile
from azionelab.checkin.imports import Report, reconcile_files
from azionelab.checkin.models import CheckIn, Conflict, Scan
from azionelab.checkin.selectors import attendance_of
from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.backstage import let_in
from tests.cast import make_performance, reserve_and_confirm

pytestmark = pytest.mark.django_db
HEADINGS = "Name;Seats;Admitted;Reference;Phone;Notes;Already in"


@pytest.fixture
def anna(tonight: Performance) -> Reservation:
    return reserve_and_confirm(tonight, 4, name="Anna Bianchi")


@pytest.fixture
def bruno(tonight: Performance) -> Reservation:
    return reserve_and_confirm(tonight, 2, name="Bruno Verdi")


def row(reservation: Reservation, written: object = "", already: int = 0, notes: str = "") -> str:
    return f'"{reservation.name}";{reservation.seats};{written};"{reservation.reference}";"";"{notes}";{already}'


def paper(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\r\n".join([headings, *rows, ""]).encode("utf-8-sig")


def take_in(content: bytes, **options: Any) -> Report:
    return reconcile_files(files=[NamedFile(name="lista.csv", content=content)], **options)


def refused(content: bytes, **options: Any) -> list[tuple[str, int | None]]:
    before = Scan.objects.count()
    with pytest.raises(DomainError, match="file_refused") as error:
        take_in(content, **options)
    assert Scan.objects.count() == before
    return [(one.code, one.line) for one in error.value.errors]


@pytest.mark.parametrize("mark", ["x", "X", " x ", "✓", "sì", "SI", "yes", "ok"])
def test_mark_lets_in_all_that_were_left(anna: Reservation, mark: str) -> None:
    let_in(anna, 1)
    [file] = take_in(paper(row(anna, mark, already=1))).files
    assert (file.kind, file.admitted, attendance_of(anna.performance_id).admitted) == ("paper", 3, 4)


@pytest.mark.parametrize(("written", "came_in"), [("", 0), ("1", 0), ("2", 1), ("4", 3)])
def test_number_says_how_many_are_in_by_now(anna: Reservation, written: str, came_in: int) -> None:
    let_in(anna, 1)
    [file] = take_in(paper(row(anna, written, already=1))).files
    assert (file.scans, file.admitted) == (int(came_in > 0), came_in)


def test_scan_of_a_paper_list_says_where_it_is_from(tonight: Performance, anna: Reservation) -> None:
    take_in(paper(row(anna, "x")), list_name="Lista di Ugo")
    scan = Scan.objects.get()
    assert (scan.device, scan.door_device, scan.decided_by) == ("Lista di Ugo", None, "device")
    assert scan.happened_at == tonight.starts_at


def test_same_list_again_changes_nothing(anna: Reservation, bruno: Reservation) -> None:
    content = paper(row(anna, "x"), row(bruno))
    assert [take_in(content).files[0].new for _ in range(2)] == [1, 0]
    assert take_in(paper(row(anna), row(bruno, "x"))).files[0].new == 1
    assert attendance_of(anna.performance_id).admitted == 6


def test_same_list_that_says_something_else_is_refused_with_its_line(anna: Reservation, bruno: Reservation) -> None:
    take_in(paper(row(anna, 2), row(bruno, 1)))
    assert refused(paper(row(anna, 2), row(bruno, 2))) == [("changed", 3)]
    take_in(paper(row(anna, 2), row(bruno, 1)), list_name="Un'altra lista")
    assert attendance_of(anna.performance_id).inside == 6


@pytest.mark.parametrize("written", [("1", "3"), ("3", "1")])
def test_two_files_of_one_list_that_disagree_are_refused_in_either_order(
    anna: Reservation, written: tuple[str, str]
) -> None:
    files = [NamedFile(name=f"{number}.csv", content=paper(row(anna, number))) for number in written]
    with pytest.raises(DomainError, match="file_refused") as error:
        reconcile_files(files=files)
    assert [(one.field, one.code, one.line) for one in error.value.errors] == [(files[1].name, "changed", 2)]
    assert not Scan.objects.exists()


def test_number_may_have_zeros_before_it(anna: Reservation) -> None:
    assert take_in(paper(row(anna, "0" * 5000 + "2"))).files[0].admitted == 2


def test_more_than_the_party_is_a_conflict(anna: Reservation) -> None:
    report = take_in(paper(row(anna, 6)))
    [file] = report.files
    assert (file.admitted, file.conflicts, Conflict.objects.get().seats) == (4, 1, 2)
    assert (file.seats_in_conflict, report.conflicts_opened, report.seats_in_conflict) == (2, 1, 2)
    again = take_in(paper(row(anna, 6)))
    assert (again.files[0].seats_in_conflict, again.seats_in_conflict) == (0, 0)


@pytest.mark.parametrize(("seats", "most"), [(1, 12), (2, 14), (40, 90)])
def test_number_far_above_the_party_is_a_slip_of_the_hand(anna: Reservation, seats: int, most: int) -> None:
    Reservation.objects.filter(pk=anna.pk).update(seats=seats)
    anna.seats = seats
    assert refused(paper(row(anna, most + 1))) == [("too_many", 2)]
    assert take_in(paper(row(anna, most))).seats_in_conflict == most - seats


def test_party_that_had_come_with_far_more_may_stand_on_a_list(anna: Reservation) -> None:
    """A manager let them in, and the list was made afterwards."""
    assert take_in(paper(row(anna, already=30))).files[0].scans == 0
    assert take_in(paper(row(anna, 31, already=30))).files[0].scans == 1


def test_who_was_scanned_and_ticked_is_a_conflict_of_the_two(anna: Reservation) -> None:
    take_in(paper(row(anna, "x")))
    let_in(anna)
    take_in(paper(row(anna, "x")), list_name="Lista di Ugo")
    assert {conflict.scan.device for conflict in Conflict.objects.all()} <= {"Lista di Ugo", "Paper list"}
    assert CheckIn.objects.filter(reservation=anna).count() == 1


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_spreadsheet_may_have_written_it_again(anna: Reservation, delimiter: str) -> None:
    text = paper(row(anna, "x", notes="prima fila")).decode("utf-8-sig").replace(";", delimiter).replace("\r\n", "\n")
    assert take_in(text.encode()).files[0].admitted == 4


def test_columns_may_stand_in_another_order_and_empty_rows_between(anna: Reservation) -> None:
    content = paper(f"0;{anna.reference};x;4", ";;;", headings="already in;Reference;ADMITTED; Seats ")
    assert take_in(content).files[0].admitted == 4


def test_notes_of_several_lines_do_not_move_the_line_numbers(anna: Reservation, bruno: Reservation) -> None:
    content = paper(row(anna, "x", notes="una\r\ndue\r\ntre"), row(bruno, "boh"))
    assert refused(content) == [("unreadable", 5)]


def test_row_of_another_performance_is_refused(anna: Reservation) -> None:
    elsewhere = reserve_and_confirm(make_performance(), 1)
    assert refused(paper(row(anna), row(elsewhere, "x"))) == [("wrong_performance", 3)]


def test_guest_who_was_moved_since_it_was_printed_may_stand_on_it_unticked(
    anna: Reservation, bruno: Reservation
) -> None:
    moved = reserve_and_confirm(make_performance(), 1)
    assert take_in(paper(row(moved), row(anna, "x"), row(bruno))).files[0].admitted == 4
    assert refused(paper(row(anna), row(bruno), row(moved, "x"))) == [("wrong_performance", 4)]


def test_row_that_nobody_reserved_is_refused(anna: Reservation) -> None:
    stranger = Reservation(name="Zoe", seats=1, reference="NOBODY")
    assert refused(paper(row(anna, "x"), row(stranger))) == [("unknown_reference", 3)]


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (lambda text: text[:-4], "cut_short", 3),
        (lambda text: text.replace('"Bruno', '"Bru"no'), "cut_short", 3),
        (lambda text: text.rpartition('"')[0], "cut_short", 3),
        (lambda text: text.replace(";Already in", ""), "unreadable", 1),
        (lambda text: text.replace(";2;;", ";2;-1;"), "unreadable", 3),
        (lambda text: text.replace(";2;;", ";2;9999999999999;"), "unreadable", 3),
        (lambda text: text.replace(";2;;", ";due;;"), "unreadable", 3),
        (lambda text: text.replace(";4;;", ";4;1;").replace(";0\r\n", ";2\r\n"), "too_few", 2),
        (lambda text: text.replace(";2;;", ";2;" + "9" * 5000 + ";"), "unreadable", 3),
        (lambda text: text.replace("Bruno", "Bru\0no"), "not_utf8", 3),
        (lambda text: text[:-2], "cut_short", 3),
        (lambda text: text + text.split("\r\n")[1] + "\r\n", "twice", 4),
        (lambda text: text.split("\r\n")[0] + "\r\n", "empty", None),
    ],
)
def test_list_that_cannot_be_right_is_refused(
    anna: Reservation, bruno: Reservation, change: Any, code: str, line: int | None
) -> None:
    text = paper(row(anna), row(bruno)).decode("utf-8-sig")
    assert refused(change(text).encode()) == [(code, line)]


def test_list_that_a_spreadsheet_wrote_in_its_own_letters_is_refused(anna: Reservation) -> None:
    assert refused(paper(row(anna, "sì")).decode("utf-8-sig").encode("cp1252")) == [("not_utf8", 2)]


ITALIAN = "Cognome;Nome;Posti;Entrati;Codice;Telefono;Note;Già entrati"


def italian(reservation: Reservation, written: object = "", already: int = 0) -> str:
    """As a spreadsheet writes it: no more quotation marks than it needs."""
    return f"Bianchi;Anna;{reservation.seats};{written};{reservation.reference};;;{already}"


def test_italian_xlsx_saved_as_csv_comes_back(anna: Reservation) -> None:
    below = (";;;;;;;", "Prenotazioni;;1;;;;;", "Totale;;4;0;;;;0", "Replica;Il Cirano;;;;;;", "Fatta il;oggi;;;;;;")
    [file] = take_in(paper(italian(anna, "x"), *below, headings=ITALIAN)).files
    assert file.admitted == 4


@pytest.mark.parametrize("place", [0, 1, 2])
def test_totals_are_no_guests_wherever_sorting_put_them(anna: Reservation, bruno: Reservation, place: int) -> None:
    rows = [row(anna, "x"), row(bruno, "x")]
    rows.insert(place, "Total;6;0;;;;0")
    assert take_in(paper(*rows, ";;;;;;", "Made at;2041-12-05 19:45;;;;;")).files[0].admitted == 6


def test_somebody_added_by_hand_is_refused_and_not_passed_over(anna: Reservation) -> None:
    assert refused(paper(row(anna, "x"), "Zio Mario;2;x;;;;0")) == [("unknown_reference", 3)]


def test_guest_called_total_is_a_guest(anna: Reservation) -> None:
    anna.name = "Total"
    assert take_in(paper(row(anna, "x"))).files[0].admitted == 4


def test_reference_that_looks_like_a_number_is_marked_as_text(anna: Reservation) -> None:
    Reservation.objects.filter(pk=anna.pk).update(reference="22E222")
    anna.reference = "'22E222"
    assert take_in(paper(row(anna, "x"))).files[0].admitted == 4
