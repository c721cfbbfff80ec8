"""`azione performances cancel` and `move` against a real backend on PostgreSQL: in pipes, on a terminal, by JSON."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cli.tests.conftest import Theatre, run_azione, run_backend, write_demo
from cli.tests.terminals import open_terminal, plain, screen
from cli.tests.transcripts import transcript

from azione.performance_changes import read_change, read_seats
from tests.postbox import Postbox

NOBODY_IS_IN = """
import django
django.setup()
from azionelab.reservations.models import Reservation
Reservation.objects.update(admitted_since=None)
Reservation.objects.filter(name__startswith="Maria").update(email="")
"""
PLACE = "La locandiera, Thu 5 Dec 2041, 20:30, La Cantina"


@pytest.fixture
def full(evening: Theatre) -> str:
    """Five reservations, nobody in yet; Maria has no e-mail."""
    run_backend(evening.env, "-c", NOBODY_IS_IN)
    return str(evening.performances["full"])


Performances = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def postbox(evening: Theatre) -> Iterator[Postbox]:
    """The mail server that this theatre sends over."""
    with Postbox() as box:
        write_demo(evening.directory, evening.env | {"SMTP_PORT": str(box.port)})
        yield box


@pytest.fixture
def performances(evening: Theatre, tmp_path: Path) -> Performances:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_azione("performances", *arguments, cwd=tmp_path, AZIONE_DEMO_DIR=str(evening.directory))

    return run


# In a pipe


def test_dry_run_names_the_guests_and_changes_nothing(performances: Performances, full: str) -> None:
    done = performances("cancel", full, "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:3] == ["La locandiera", "Thu 5 Dec 2041, 20:30, La Cantina", ""]
    told = [(line.split("  ")[0], line.split()[-1]) for line in lines[4:9]]
    assert told[1] == ("Maria De Luca", "+393331234567")
    assert told[2][1].endswith("…@example.org")
    assert lines[-2] == "5 reservations, 10 seats; 4 guests to be told by e-mail; 1 guest without e-mail to call"
    assert lines[-1] == f"{PLACE}, would be cancelled; 4 guests told by e-mail."
    assert performances("cancel", full, "--dry-run").stdout == done.stdout


def test_without_a_yes_nothing_happens(performances: Performances, full: str) -> None:
    done = performances("cancel", full)
    assert (done.returncode, done.stdout) == (2, "")
    assert "add --yes" in done.stderr


def test_cancelled_once(performances: Performances, full: str, postbox: Postbox) -> None:
    done = performances("cancel", full, "--yes", "--rate=6000")
    assert done.stdout.startswith(f"{PLACE}, is cancelled; 4 guests told by e-mail.\n")
    assert (done.returncode, len(postbox.mails)) == (0, 4)
    assert "No e-mail reaches these guests; call them:" in done.stdout
    assert "Maria De Luca" in done.stdout
    again = performances("cancel", full, "--yes")
    assert again.returncode == 0
    assert again.stdout == f"{PLACE}, is cancelled already: nothing was changed, and nobody was told.\n"
    refused = performances("move", full, "--to", "2041-12-07 20:30", "--yes")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "Error: This performance is cancelled; it cannot be moved." in refused.stderr


def test_dead_mail_server_leaves_the_mails_waiting(performances: Performances, full: str) -> None:
    done = performances("cancel", full, "--yes", "--rate=6000")
    assert done.returncode == 4
    assert f"{PLACE}, is cancelled; 0 guests told by e-mail.\n" in done.stdout
    assert "4 e-mails wait to be sent: azione emails send --all\n" in done.stdout


@pytest.mark.usefixtures("postbox")
def test_moved(performances: Performances, full: str) -> None:
    move = ("move", full, "--rate=6000", "--to", "2041-12-06 21:00", "--capacity", "30")
    done = performances(*move, "--dry-run")
    place = "Fri 6 Dec 2041, 21:00, La Cantina, 30 seats"
    assert f"Thu 5 Dec 2041, 20:30, La Cantina → {place}" in done.stdout
    done = performances(*move, "--yes")
    assert done.stdout.startswith(f"{PLACE}, is moved to {place}; 4 guests told by e-mail.\n")
    again = performances(*move, "--yes")
    assert "is there already: nothing was changed" in again.stdout


def test_chairs_are_put_in_once(performances: Performances, full: str) -> None:
    seats = ("seats", full, "--additional-seats", "4")
    dry = performances(*seats, "--dry-run")
    sentence = f"{PLACE}: 20 → 24 can be reserved (capacity 20, 4 additional); 10 taken, 14 left"
    assert dry.stdout == f"This would change the seats of {sentence}.\n"
    assert performances(*seats, "--yes").stdout == f"Changed the seats of {sentence}.\n"
    assert performances(*seats, "--yes").stdout.endswith("10 taken, 14 left: nothing was changed.\n")


def test_json_is_the_protocol(performances: Performances, full: str) -> None:
    done = performances("cancel", full, "--yes", "--no-tell", "--json")
    *records, summary = map(json.loads, done.stdout.splitlines())
    assert [record["told"] for record in records if record["type"] == "record"] == [False] * 5
    assert (summary["type"], summary["action"], summary["told"]) == ("summary", "cancelled", 0)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("cancel", "99999"), 2, "There is no performance '99999'."),
        (("cancel", "locandiera@2041-12-05"), 2, "means more than one performance"),
        (("cancel", ""), 2, "names no performance"),
        (("cancel", "\x1b[31m@2041-12-05"), 2, "names no performance"),
        (("move", "FULL", "--to", "domani"), 2, "'domani' is not a day and a time. Write it as 2026-12-05 20:30."),
        (("move", "FULL", "--to", "--dry"), 2, "is not a day and a time"),
        (("move", "FULL", "--to", "2020-01-01 20:30"), 2, "That time is in the past."),
        (("move", "FULL", "--to", "2206-12-06 20:30"), 2, "That is more than 2 years later. Look at the year."),
        (("move", "FULL", "--to", "9999-12-31 23:59"), 2, "That is more than 2 years later. Look at the year."),
        (("move", "FULL", "--to", "2041-12-05 16:30"), 2, "already has a performance in this venue at this time"),
        (("move", "FULL", "--to", "2041-12-06 16:30", "--venue", "la scala"), 2, "There is no venue 'la scala'."),
        (("move", "FULL", "--to", "2041-12-06 16:30", "--capacity", "9" * 30), 2, "Use a number from 1 to 100000."),
        (("move", "FULL", "--to", "2041-12-06 16:30", "--capacity", "9"), 3, "10 seats are already reserved"),
        (("move", "FULL"), 2, "--to"),
        (("seats", "FULL"), 2, "Say how many"),
        (("seats", "FULL", "--capacity", "9"), 3, "10 seats are already reserved; that is 1 more than you would leave"),
        (("seats", "FULL", "--manually-occupied", "99"), 2, "You cannot take out more seats than there are."),
        (("seats", "FULL", "--capacity", "9" * 30), 2, "Use a number from 1 to 100000."),
    ],
)
def test_worst_inputs(
    performances: Performances, full: str, arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    done = performances(*(full if argument == "FULL" else argument for argument in arguments), "--yes")
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr


def test_people_inside_do_not_move(performances: Performances, evening: Theatre) -> None:
    done = performances("move", str(evening.performances["full"]), "--to", "2041-12-06 21:00", "--yes")
    assert (done.returncode, done.stdout) == (3, "")
    assert "It is too late for that." in done.stderr
    assert "People are inside already" in done.stderr


# On a terminal


@pytest.mark.usefixtures("postbox")
def test_question_names_performance_guests_site_and_database(evening: Theatre, full: str) -> None:
    terminal = open_terminal(evening, "performances", "cancel", full, NO_COLOR="1")
    terminal.expect_exact("[y/N]")
    asked = plain(terminal.before)
    question = f"Cancel {PLACE}, and tell 4 guests by e-mail; 1 guest you must call yourself"
    assert f"{question}, on http://theatre.test (database azione_cli_" in asked
    assert "Piero Pending" in asked
    terminal.sendline("n")
    assert "Nothing was changed." in plain(screen(terminal))
    assert terminal.exitstatus == 3
    terminal = open_terminal(evening, "performances", "cancel", full, "--no-tell", NO_COLOR="1")
    terminal.expect_exact("[y/N]")
    assert "and write to NONE of the guests of 5 reservations" in plain(terminal.before)
    terminal.send("\x03")
    assert "Traceback" not in plain(screen(terminal))
    assert terminal.exitstatus == 130
    terminal = open_terminal(
        evening, "performances", "move", full, "--to", "2041-12-06 21:00", "--rate=6000", NO_COLOR="1"
    )
    terminal.expect_exact("[y/N]")
    terminal.sendline("y")
    assert "is moved to Fri 6 Dec 2041, 21:00, La Cantina; 4 guests told by e-mail." in plain(screen(terminal))
    assert terminal.exitstatus == 0
    assert transcript("move_performance")[1]["action"] == "moved"


# What the commands say


@pytest.mark.parametrize("name", ["cancel_performance", "cancel_performance.dry_run", "cancel_performance.silent"])
def test_cancel_transcripts(name: str) -> None:
    records, summary = transcript(name)
    change = read_change(records, summary)
    assert (change.action, change.occasion) == ("cancelled", PLACE)
    assert [row[3] for row in change.uncalled] == ["call +393331234567"]
    assert change.told == (0 if name.endswith("silent") else 4)
    assert change.preview.rows[0] == (
        "Zoë Àlvarez",
        "1",
        "ALVARE",
        "is not told" if name.endswith("silent") else "z…@example.org",
    )


def test_other_transcripts() -> None:
    moved = read_change(*transcript("move_performance"))
    assert (moved.action, moved.new_place) == ("moved", "Fri 6 Dec 2041, 21:00, Teatro Verdi, 30 seats")
    assert read_change(*transcript("move_performance.dry_run")).told == 4
    assert read_change(*transcript("cancel_performance.unchanged")).is_nothing
    for name, code in (
        ("cancel_performance.unknown", "not_found"),
        ("move_performance.past", "validation_failed"),
        ("move_performance.small", "capacity_below_reserved"),
    ):
        assert transcript(name)[1]["code"] == code
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_change(*transcript("revoke_device"))


def test_transcripts_of_seats() -> None:
    put_in = read_seats(*transcript("change_seats"))
    assert put_in.told(is_done=True) == (
        f"Changed the seats of {PLACE}: 20 → 24 can be reserved (capacity 20, 4 additional); 10 taken, 14 left."
    )
    taken_out = read_seats(*transcript("change_seats.dry_run"))
    assert "20 → 18 can be reserved (capacity 20, 2 manually occupied)" in taken_out.question
    assert not read_seats(*transcript("change_seats.unchanged")).question
    assert "; 10 taken, OVERSOLD by 7" in replace(put_in, bookable=3).question
    assert transcript("change_seats.small")[1]["code"] == "capacity_below_reserved"
    assert transcript("change_seats.nothing")[1]["code"] == "validation_failed"
