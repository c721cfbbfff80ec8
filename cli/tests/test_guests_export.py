"""`azione guests export` as people run it: a subprocess against a real backend on PostgreSQL."""

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cli.tests.conftest import Azione, Theatre, cli_env, run_azione, spare_database, write_demo


@pytest.fixture
def full(theatre: Theatre) -> str:
    """The performance with guests."""
    return str(theatre.performances["full"])


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
    assert [(row["Name"], row["Seats"], row["Admitted"]) for row in rows] == [
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


@pytest.mark.parametrize("name", ["gone/ospiti.csv", ".", "/dev/null", "file/ospiti.csv", "x" * 300, "circle"])
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


@pytest.mark.parametrize("kind", ["csv", "table"])
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
