"""`azione guests export` as people run it: a subprocess against a real backend on PostgreSQL."""

import csv
import io
import json
import os
import re
import resource
import stat
import subprocess
import sys
from pathlib import Path, PurePath

import openpyxl
import pytest
from cli.tests.conftest import (
    Azione,
    Theatre,
    cli_env,
    run_azione,
    spare_database,
    write_demo,
)
from cli.tests.terminals import open_terminal, plain, screen

from azione.guest_files.formats import Format


def test_table_in_a_pipe_is_aligned_text(azione: Azione, full: str) -> None:
    done = azione("guests", "export", full)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["La locandiera", "Thu 5 Dec 2041, 20:30, La Cantina"]
    assert [line[:15] for line in lines[4:8]] == [
        "Zoë Àlvarez    ",
        "Anna Bianchi   ",
        "Gianni D'Angelo",
        "Maria De Luca  ",
    ]
    assert lines[-1].startswith("4 reservations, 9 seats, 5 admitted; made ")
    assert "\x1b" not in done.stdout


def test_csv_on_stdout_is_nothing_but_csv(azione: Azione, full: str) -> None:
    done = azione("guests", "export", full, "--format", "csv", "--output", "-")
    assert (done.returncode, done.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert [row["Name"] for row in rows[4:]] == ["", "Reservations", "Total", "Performance", "Made at"]
    assert [(row["Name"], row["Seats"], row["Admitted"]) for row in rows[:4]] == [
        ("Zoë Àlvarez", "1", "1"),
        ("Anna Bianchi", "2", "2"),
        ("Gianni D'Angelo", "2", "0"),
        ("Maria De Luca", "4", "2"),
    ]
    assert rows[2]["Notes"] == "'=HYPERLINK(1)"


def test_file_is_private_and_said_to_be_there(azione: Azione, full: str, tmp_path: Path) -> None:
    done = azione("guests", "export", full, "--output", "ospiti.csv")
    written = tmp_path / "ospiti.csv"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "ospiti.csv: La locandiera, Thu 5 Dec 2041, 20:30, La Cantina: 4 reservations, 9 seats, 5 admitted.\n"
    )
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert written.read_bytes().startswith(b'\xef\xbb\xbf"Name";')
    assert [path.name for path in tmp_path.iterdir()] == ["ospiti.csv"]


STARTS = {
    "ospiti.csv": b"\xef\xbb\xbf",
    "ospiti.xlsx": b"PK",
    "ospiti.PDF": b"%PDF-",
    "ospiti.json": b"{\n",
    "ospiti.html": b"<!DOCTYPE html>",
    "ospiti.txt": b"La locandiera\n",
}


@pytest.mark.parametrize("name", STARTS)
def test_name_says_the_format_and_the_file_is_private(azione: Azione, full: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("yesterday")
    (tmp_path / name).chmod(0o644)
    done = azione("guests", "export", full, "--output", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / name).read_bytes().startswith(STARTS[name])
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("kind", list(Format))
def test_every_format_goes_through_a_pipe(theatre: Theatre, full: str, kind: Format) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "azione", "guests", "export", full, "--format", kind, "--output", "-"],
        env=cli_env(AZIONE_DEMO_DIR=str(theatre.directory)),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    starts = {**{PurePath(name).suffix.lower().lstrip("."): start for name, start in STARTS.items()}, "table": b"La"}
    assert done.stdout.startswith(starts[kind])


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_terminal_gets_no_binary_file(theatre: Theatre, full: str, kind: str) -> None:
    terminal = open_terminal(theatre, "guests", "export", full, "--format", kind)
    assert f"A terminal cannot show a {kind}: add --output FILE" in plain(screen(terminal))
    assert terminal.exitstatus == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--output", "ospiti.xls"), "ospiti.xls: no format's name ends so. Add --format, with one of csv, xlsx, pdf"),
        (
            ("--output", "ospiti.csv", "--language", "en"),
            "--language is for html, pdf, xlsx: a csv is the same",
        ),
        (("--format", "ods"), "'ods' is not one of"),
        (("--output", ""), "--output needs the name of a file"),
        (("--json", "--format", "json"), "One JSON document is --format json."),
    ],
)
def test_what_cannot_be_written_is_said_at_once(
    azione: Azione, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = azione("guests", "export", "no such performance", *arguments)
    assert done.returncode == 2
    assert said in " ".join((done.stdout + done.stderr).split())
    assert list(tmp_path.iterdir()) == []


def test_paper_is_italian_unless_somebody_asks(azione: Azione, full: str, tmp_path: Path) -> None:
    assert azione("guests", "export", full, "--output", "it.html").returncode == 0
    assert azione("guests", "export", full, "--output", "en.html", "--language", "en").returncode == 0
    assert "Cognome e nome" in (tmp_path / "it.html").read_text()
    assert "Surname and name" in (tmp_path / "en.html").read_text()


@pytest.mark.parametrize("name", ["ospiti.csv", "ospiti.pdf", "ospiti.xlsx"])
def test_disk_that_fills_up_half_way_leaves_the_older_file(
    theatre: Theatre, full: str, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("yesterday")
    done = subprocess.run(
        [sys.executable, "-m", "azione", "guests", "export", full, "--output", name],
        cwd=tmp_path,
        env=cli_env(AZIONE_DEMO_DIR=str(theatre.directory)),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),  # noqa: PLW1509
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5
    assert done.stderr.startswith("Error: The file could not be written; nothing was left behind.\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "yesterday")]


def test_xlsx_ticked_and_saved_as_csv_is_reconciled(evening: Theatre, tmp_path: Path) -> None:
    full = str(evening.performances["full"])
    where = {"cwd": tmp_path, "AZIONE_DEMO_DIR": str(evening.directory)}
    assert run_azione("guests", "export", full, "--output", "ospiti.xlsx", **where).returncode == 0
    sheet = openpyxl.load_workbook(tmp_path / "ospiti.xlsx").active
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "De Luca":
            row[3].value = "x"
    with (tmp_path / "spuntata.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=";").writerows(sheet.iter_rows(values_only=True))
    done = run_azione("checkin", "reconcile", "spuntata.csv", "--list", "Carta", "--yes", **where)
    assert (done.returncode, done.stderr) == (0, "")
    table = run_azione("guests", "export", full, **where).stdout
    assert re.search(r"Maria De Luca +4 +4 ", table)
    assert "4 reservations, 9 seats, 7 admitted" in table


def test_json_is_the_backend_s_own_lines(azione: Azione, full: str) -> None:
    done = azione("guests", "export", full, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["type"] for line in lines] == ["record"] * 4 + ["summary"]
    assert (done.returncode, done.stderr) == (0, "")


def test_ambiguous_name_lists_the_candidates(azione: Azione, theatre: Theatre) -> None:
    done = azione("guests", "export", "locandiera@2041-12-05")
    full, matinee = theatre.performances["full"], theatre.performances["matinee"]
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "Error: 'locandiera@2041-12-05' means more than one performance. Use the id of the one you mean.",
        f"  {matinee}: La locandiera, 2041-12-05 16:30, La Cantina",
        f"  {full}: La locandiera, 2041-12-05 20:30, La Cantina",
    ]


def test_name_that_looks_like_an_option_is_a_name(azione: Azione) -> None:
    done = azione("guests", "export", "--", "--help")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'--help' names no performance." in done.stderr


def test_failure_with_json_is_one_error_line(azione: Azione) -> None:
    done = azione("guests", "export", "--json", "amleto@2041-12-05")
    assert (done.returncode, done.stderr) == (2, "")
    assert [json.loads(line)["code"] for line in done.stdout.splitlines()] == ["not_found"]


def test_performance_without_guests(azione: Azione) -> None:
    done = azione("guests", "export", "cyrano@2041-12-06")
    assert done.returncode == 0
    assert "0 reservations, 0 seats, 0 admitted" in done.stdout


@pytest.mark.parametrize(
    "name", ["gone/ospiti.csv", ".", "/dev/null", "file/ospiti.csv", "x" * 300, "circle", "~no such user/ospiti.csv"]
)
def test_place_that_cannot_be_written_is_one_sentence(azione: Azione, full: str, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "circle").symlink_to("circle")
    before = sorted(tmp_path.iterdir())
    done = azione("guests", "export", full, "--format", "csv", "--output", name)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("Error: The file could not be written; nothing was left behind.\n")
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116


def test_failure_leaves_an_older_file_as_it_was(azione: Azione, tmp_path: Path) -> None:
    (tmp_path / "ospiti.csv").write_text("yesterday")
    assert azione("guests", "export", "99999", "--output", "ospiti.csv").returncode == 2
    assert (tmp_path / "ospiti.csv").read_text() == "yesterday"


@pytest.mark.parametrize("kind", list(Format))
def test_full_disk_on_stdout_is_one_sentence(theatre: Theatre, full: str, kind: str) -> None:
    with open("/dev/full", "wb") as full_disk:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "azione", "guests", "export", full, "--format", kind],
            env=cli_env(AZIONE_DEMO_DIR=str(theatre.directory)),
            stdout=full_disk,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 5
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_reader_that_leaves_is_no_failure_to_talk_about(theatre: Theatre, full: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "azione", "guests", "export", full, "--json"],
        env=cli_env(AZIONE_DEMO_DIR=str(theatre.directory)),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (5, "")


def test_no_database_is_the_environment_and_verbose_shows_the_log(theatre: Theatre, tmp_path: Path) -> None:
    write_demo(tmp_path, theatre.env | {"DATABASE_URL": "postgresql://nobody@/nothing?host=%2Fnowhere"})
    command = ("guests", "export", "next", "--target", str(tmp_path))
    quiet, verbose = run_azione(*command, cwd=tmp_path), run_azione(*command, "--verbose", cwd=tmp_path)
    assert (quiet.returncode, quiet.stdout) == (verbose.returncode, verbose.stdout) == (5, "")
    assert "The database does not answer." in quiet.stderr
    assert "OperationalError" not in quiet.stderr
    assert json.loads(verbose.stderr.splitlines()[0])["error"] == "OperationalError"


def test_database_without_tables_is_the_environment(theatre: Theatre, tmp_path: Path) -> None:
    with spare_database("_empty") as url:
        write_demo(tmp_path, theatre.env | {"DATABASE_URL": url})
        done = run_azione("guests", "export", "next", "--target", str(tmp_path), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (5, "")
    assert "migrate" in done.stderr


def test_backend_that_does_not_start_is_told_with_its_last_words(theatre: Theatre, tmp_path: Path) -> None:
    write_demo(tmp_path, theatre.env | {"DJANGO_SETTINGS_MODULE": "azionelab.nowhere"})
    done = run_azione("guests", "export", "next", "--target", str(tmp_path), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "No module named 'azionelab.nowhere'" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
