"""`azione privacy …` against a real backend on PostgreSQL: in pipes, on a terminal, by JSON, and after a restore."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.tests.conftest import (
    MANAGE,
    ROOT,
    Azione,
    Theatre,
    run_azione,
    run_backend,
    spare_database,
    write_demo,
)
from cli.tests.terminals import open_terminal, plain, screen
from cli.tests.transcripts import transcript

from azione.privacy import question, read_document, read_erasure, swept, told

RENAME = """
import sys, django
django.setup()
from azionelab.reservations.models import Reservation
Reservation.objects.filter(name=sys.argv[1]).update(email=sys.argv[2])
"""
MAKE_OLD = """
import datetime, django
django.setup()
from azionelab.reservations.models import Reservation
long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
Reservation.objects.filter(name="Piero Pending").update(created_at=long_ago, hold_expires_at=long_ago)
"""
COUNT = """
import sys, django
django.setup()
from azionelab.reservations.models import Reservation
print(Reservation.objects.filter(email=sys.argv[1]).count())
"""
MARIA = "maria@example.org"


@pytest.fixture
def night(evening: Theatre) -> Theatre:
    """What is erased is gone. Maria De Luca, with four seats, is `MARIA`."""
    run_backend(evening.env, "-c", RENAME, "Maria De Luca", MARIA)
    run_backend(evening.env, "-c", RENAME, "Gianni D'Angelo", "gianni@example.org")
    return evening


Privacy = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def privacy(night: Theatre, tmp_path: Path) -> Privacy:
    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return run_azione("privacy", *arguments, cwd=tmp_path, AZIONE_DEMO_DIR=str(night.directory), **env)

    return run


# What is held


def test_report_is_one_document(privacy: Privacy, tmp_path: Path) -> None:
    done = privacy("report", " MARIA@example.org")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    [reservation] = document["reservations"]
    assert document["summary"] == f"Held of {MARIA}: 1 reservation."
    assert (reservation["name"], reservation["phone"]) == ("Maria De Luca", "+393331234567")
    assert [checkin["seats"] for checkin in reservation["check_ins"]] == [2]
    assert [email["kind"] for email in reservation["emails"]] == ["confirm", "ticket"]

    written = privacy("report", MARIA, "--output", "maria.json")
    assert (written.returncode, written.stdout) == (0, f"maria.json: Held of {MARIA}: 1 reservation.\n")
    file = tmp_path / "maria.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["reservations"] == document["reservations"]

    lines = [json.loads(line) for line in privacy("report", MARIA, "--json").stdout.splitlines()]
    assert [line["type"] for line in lines] == ["record", "summary"]


def test_report_of_nobody_says_so(azione: Azione) -> None:
    done = azione("privacy", "report", "nobody@example.org")
    document = json.loads(done.stdout)
    assert (done.returncode, document["reservations"], document["staff_accounts"]) == (0, [], [])
    assert document["summary"] == "Nothing is held of nobody@example.org."


def test_report_that_cannot_be_written_leaves_nothing(privacy: Privacy, tmp_path: Path) -> None:
    done = privacy("report", MARIA, "--output", "nowhere/maria.json")
    assert (done.returncode, done.stdout) == (5, "")
    assert "nothing was left behind" in done.stderr
    both = privacy("report", MARIA, "--output", "maria.json", "--json")
    assert (both.returncode, list(tmp_path.glob("*.json"))) == (2, [])


@pytest.mark.parametrize(
    "email",
    [
        "",
        "maria",
        "maria@",
        f"{'a' * 300}@example.org",
        "maria@example.org\x1b[2J",
        os.fsdecode(b"mar\xeda@example.org"),
    ],
)
def test_what_is_no_address_is_refused_in_one_sentence(azione: Azione, email: str) -> None:
    for verb in (["report"], ["erase", "--yes"]):
        done = azione("privacy", *verb, "--", email)
        assert (done.returncode, done.stdout) == (2, "")
        assert "email: " in done.stderr
        assert "Traceback" not in done.stderr
        assert "\x1b[2J" not in done.stderr


def test_database_that_is_gone_is_said_in_one_sentence(night: Theatre, privacy: Privacy, tmp_path: Path) -> None:
    write_demo(night.directory, night.env | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"})
    for verb in (["report", MARIA], ["erase", MARIA, "--yes"], ["sweep", "--yes"]):
        done = privacy(*verb)
        assert (done.returncode, done.stdout) == (5, "")
        assert "The database does not answer." in done.stderr
        assert "Traceback" not in done.stderr
    assert list(tmp_path.glob("*.json")) == []


# Erasing


def test_erasing_shows_what_and_asks(night: Theatre, privacy: Privacy) -> None:
    nobody = privacy("erase", MARIA)
    assert (nobody.returncode, "add --yes" in nobody.stderr) == (2, True)
    dry = privacy("erase", "gianni@example.org", "--dry-run")
    assert dry.stdout.splitlines()[-1] == (
        "gianni@example.org would be erased from 1 reservation, 1 of these cancelled, 2 mails withdrawn."
    )
    assert "to be cancelled: its seats are free then" in dry.stdout

    terminal = open_terminal(night, "privacy", "erase", "gianni@example.org", columns=200)
    terminal.expect_exact("La locandiera, Thu 5 Dec 2041, 20:30, La Cantina")
    terminal.expect_exact(
        "Erase gianni@example.org from 1 reservation, and cancel 1 of these, for good, on http://theatre"
    )
    terminal.expect_exact("[y/N] ")
    terminal.sendline("n")
    assert "Nothing was changed." in plain(screen(terminal))
    assert terminal.exitstatus == 3
    assert json.loads(privacy("report", "gianni@example.org").stdout)["reservations"]

    terminal = open_terminal(night, "privacy", "erase", "gianni@example.org", columns=200)
    terminal.expect_exact("[y/N] ")
    terminal.sendline("y")
    assert "gianni@example.org was erased from 1 reservation" in plain(screen(terminal))
    assert terminal.exitstatus == 0


def test_interrupted_question_changes_nothing(night: Theatre, privacy: Privacy) -> None:
    terminal = open_terminal(night, "privacy", "erase", MARIA)
    terminal.expect_exact("[y/N] ")
    terminal.sendintr()
    output = screen(terminal)
    assert (terminal.exitstatus, "Traceback" in output) == (130, False)
    assert json.loads(privacy("report", MARIA).stdout)["reservations"]


def test_erased_guest_is_on_the_list_without_a_name(night: Theatre, privacy: Privacy, tmp_path: Path) -> None:
    # Maria is in with two of four: she stays in.
    done = privacy("erase", "Maria@Example.org", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{MARIA} was erased from 1 reservation, 2 mails withdrawn.\n"
    full = str(night.performances["full"])
    listed = run_azione("guests", "export", full, cwd=tmp_path, AZIONE_DEMO_DIR=str(night.directory)).stdout
    assert re.search(r"(?m)^— +4 +2 ", listed)
    assert "Maria" not in listed
    assert "4 reservations, 9 seats, 5 admitted" in listed
    document = json.loads(privacy("report", MARIA).stdout)
    assert (document["reservations"], document["erased_at"] is not None) == ([], True)
    again = privacy("erase", MARIA, "--yes")
    assert (again.returncode, again.stdout) == (0, f"There is nothing to erase of {MARIA}.\n")
    on_terminal = open_terminal(night, "privacy", "erase", MARIA, columns=200)
    assert "There is nothing to erase" in plain(screen(on_terminal))


# Sweeping


def test_sweep_is_one_line(night: Theatre, privacy: Privacy) -> None:
    run_backend(night.env, "-c", MAKE_OLD)
    dry = privacy("sweep", "--dry-run")
    assert dry.stdout.splitlines() == [
        "Kept: reservations never confirmed for 24 hours, guests until 30 days after the performance.",
        "This would sweep: 1 reservation never confirmed deleted.",
    ]
    done = privacy("sweep", "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Swept: 1 reservation never confirmed deleted.\n", "")
    again = privacy("sweep", "--yes")
    assert (again.returncode, again.stdout) == (0, "Nothing is to be swept.\n")
    lines = privacy("sweep", "--yes", "--json").stdout.splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["summary"]


def test_periods_that_cannot_be_are_refused_with_their_name(night: Theatre, privacy: Privacy) -> None:
    write_demo(night.directory, night.env | {"GUESTS_KEPT_DAYS": "0"})
    done = privacy("sweep", "--yes")
    assert (done.returncode, done.stdout) == (5, "")
    assert "GUESTS_KEPT_DAYS is '0'; it must be a whole number from 1 to 3650." in done.stderr


def test_restored_backup_is_erased_again(night: Theatre, privacy: Privacy, tmp_path: Path) -> None:
    """The backup is older than the erasure; its digest is carried over, then the sweep does the rest."""
    with spare_database("_backup", copy_of="_own") as backup:
        assert privacy("erase", "gianni@example.org", "--yes").returncode == 0
        listed = run_backend(night.env, str(MANAGE), "list_erasures")
        assert "gianni" not in listed
        restored = night.env | {"DATABASE_URL": backup}
        write_demo(night.directory, restored)
        assert len(json.loads(privacy("report", "gianni@example.org").stdout)["reservations"]) == 1
        assert privacy("sweep", "--yes").stdout == "Nothing is to be swept.\n"
        subprocess.run(
            [sys.executable, str(MANAGE), "remember_erasures"],
            env=os.environ | restored | {"PYTHONPATH": str(ROOT / "backend")},
            input=listed.encode(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        done = privacy("sweep", "--yes")
        assert done.stdout == "Swept: 1 reservation erased again, 1 of these cancelled.\n"
        assert run_backend(restored, "-c", COUNT, "gianni@example.org") == "0\n"
        assert run_backend(restored, "-c", COUNT, MARIA) == "1\n"


# The models, on the golden transcripts


def test_document_is_read_from_its_transcript() -> None:
    document = read_document(*transcript("report_person"))
    assert [row["reference"] for row in document["reservations"]] == ["DELUCA", "FIRST2"]
    assert document["staff_accounts"][0]["username"] == "maria"
    assert document["summary"] == "Held of maria@example.org: 2 reservations and 1 staff account."
    assert document["erased_at"] == "2040-05-01T12:00:00+02:00"
    assert read_document(*transcript("report_person.nobody"))["summary"] == "Nothing is held of nobody@example.org."


def test_erasure_is_read_from_its_transcripts() -> None:
    dry, nobody = transcript("erase_person.dry_run"), transcript("erase_person.nobody")
    shown = read_erasure(*dry)
    assert shown.rows[0][0::3] == ("DELUCA", "to be cancelled: its seats are free then")
    assert shown.rows[1][0::3] == ("FIRST2", "")
    assert shown.totals == "Staff accounts stay; delete them in the admin: maria"
    assert question(*dry) == "Erase maria@example.org from 2 reservations, and cancel 1 of these, for good"
    assert question(*nobody) == ""
    assert told(*transcript("erase_person"), is_done=True) == (
        "maria@example.org was erased from 2 reservations, 1 of these cancelled, 1 link revoked, 4 mails withdrawn."
    )


def test_sweep_is_read_from_its_transcripts() -> None:
    words = "1 reservation never confirmed deleted, 1 guest of a past performance erased"
    assert swept(*transcript("sweep_privacy.dry_run")) == swept(*transcript("sweep_privacy")) == words
    assert swept(*transcript("sweep_privacy.nothing")) == ""
