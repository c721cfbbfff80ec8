"""`azione emails …`: what it makes of the backend's transcripts, and in pipes and on a terminal."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cli.tests.conftest import Azione, Theatre, run_azione, write_demo
from cli.tests.terminals import lines_of, open_terminal, screen
from cli.tests.transcripts import transcript

from azione.emails import read_due, read_emails, read_run, read_sending
from azione.health import read_diagnosis
from tests.postbox import Postbox


def test_list_says_why_in_words() -> None:
    shown = read_emails(*transcript("list_emails"))
    assert [(row[0], row[2], row[5], row[7]) for row in shown.rows] == [
        ("DELUCA", "ticket", "waiting, again 19:45", ""),
        ("ALVARE", "ticket", "refused", "address refused"),
    ]
    assert shown.totals == "1 waiting, 1 refused"


def test_what_is_due_is_counted_and_masked() -> None:
    due = read_due(*transcript("send_emails.dry_run"))
    assert due.mails == "2 mails"
    assert due.rows[0] == ("DELUCA", "g…@example.org", "ticket")
    assert due.listing(60).totals == "2 mails; about 1 minute at 60 a minute"


def test_what_is_left_alone_is_told_with_the_line_that_sends_it() -> None:
    due = read_due(*transcript("send_emails.left_alone"))
    assert due.nothing == "No mail is due."
    assert due.beside == [
        "1 mail waits for its next try, at 19:45. Now: azione emails send --all",
        "Of a mailing, 1 mail not sent yet. To go on: azione emails resend ALVARE",
    ]


def test_run_tells_how_far_it_came() -> None:
    run = read_run(*transcript("resend_emails.dry_run"))
    assert (run.mails, run.rows[-1]) == ("5 mails", ("PENDNG", "g…@example.org", "please confirm"))
    over = read_run(*transcript("resend_emails.done_before"))
    assert over.nothing.startswith("5 mails went out since Thu 5 Dec 2041, 19:45: nothing to send.")


def test_sending_tells_what_was_refused() -> None:
    whole = read_sending(*transcript("send_emails"))
    assert (whole.is_whole, whole.totals) == (True, "2 mails sent")
    refused = read_sending(*transcript("send_emails.refused"))
    assert (refused.is_whole, refused.totals) == (False, "0 mails sent, 1 refused")
    assert refused.listing.rows == [("DELUCA", "g…@example.org", "refused", "address refused")]
    assert read_sending(*transcript("resend_emails")).totals == "5 mails sent"


@pytest.mark.parametrize("name", ["resend_emails.nobody_said", "resend_emails.unknown", "send_emails.dead_server"])
def test_refusals_are_no_sendings(name: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_sending(*transcript(name))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["resend", "--yes"], "Say whose: references, --performance, --state or --since."),
        (["resend", "--since", "domani", "--yes"], "'domani' is no day like 2026-12-05"),
        (["resend", "--performance", "amleto@2041-12-05", "--yes"], "There is no performance 'amleto@2041-12-05'."),
        (["send", "--rate", "0", "--yes"], "is no number of mails a minute"),
        (["send", "--rate", "nan", "--yes"], "is no number of mails a minute"),
        (["list", "--since", "2041-02-30"], "'2041-02-30' is no day like 2026-12-05"),
    ],
)
def test_worst_inputs(azione: Azione, arguments: list[str], sentence: str) -> None:
    done = azione("emails", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_check_is_read_as_the_doctor_is() -> None:
    found = read_diagnosis(*transcript("check_email.dead_server"))
    rows = [one for _group, rows in found.by_group(quiet=True) for one in rows]
    assert [one.message for one in rows] == ["The mail server 127.0.0.1:9 does not answer: nobody listens there."]


@pytest.fixture
def theatre_with_mail(theatre: Theatre, tmp_path: Path) -> Iterator[tuple[Theatre, Postbox]]:
    """The common theatre with a mail server that works."""
    with Postbox() as box:
        write_demo(tmp_path, theatre.env | {"SMTP_PORT": str(box.port), "DNS_RESOLVER": "127.0.0.1:9"})
        yield Theatre(tmp_path, theatre.env, theatre.performances), box


def test_question_names_how_many_site_and_database(theatre_with_mail: tuple[Theatre, Postbox]) -> None:
    theatre, box = theatre_with_mail
    terminal = open_terminal(theatre, "emails", "resend", f"--performance={theatre.performances['full']}")
    terminal.expect(r"Send \d mails, on http://theatre.test\s+\(database azione_cli_")
    terminal.expect_exact("[y/N] ")
    lines = lines_of(terminal.before)
    assert max(map(len, lines)) <= 80
    terminal.sendline("n")
    assert "Nothing was changed." in screen(terminal)
    assert terminal.exitstatus == 3
    assert box.mails == []


def test_all_is_also_what_waits_for_its_next_try(evening: Theatre, tmp_path: Path) -> None:
    with psycopg.connect(evening.env["DATABASE_URL"]) as connection:
        connection.execute("UPDATE reservations_outboundemail SET next_attempt_at = now() + interval '1 hour'")
    with Postbox() as box:
        write_demo(tmp_path, evening.env | {"SMTP_PORT": str(box.port)})
        _send_due_and_all(box, {"cwd": tmp_path, "AZIONE_DEMO_DIR": str(tmp_path)})


def _send_due_and_all(box: Postbox, where: dict[str, Any]) -> None:
    told = run_azione("emails", "send", "--yes", **where)
    assert (told.returncode, told.stderr, box.mails) == (0, "", [])
    waiting = re.fullmatch(
        r"No mail is due\.\n(\d+) mails wait for their next try, at \d\d:\d\d\. Now: azione emails send --all\n",
        told.stdout,
    )
    assert waiting is not None, told.stdout
    sent = run_azione("emails", "send", "--all", "--yes", "--rate=6000", **where)
    assert (sent.returncode, len(box.mails)) == (0, int(waiting[1]))
    done = run_azione("emails", "send", "--yes", **where)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No mail is due.\n", "")


def test_check_asks_before_it_writes_to_anybody(theatre_with_mail: tuple[Theatre, Postbox], tmp_path: Path) -> None:
    theatre, box = theatre_with_mail
    where = {"cwd": tmp_path, "AZIONE_DEMO_DIR": str(theatre.directory)}
    alone = run_azione("emails", "check", "prova@example.org", **where)
    assert (alone.returncode, "add --yes" in alone.stderr, box.mails) == (2, True, [])
    looked = run_azione("emails", "check", **where)
    assert (looked.returncode, "No mail was sent." in looked.stdout, box.mails) == (4, True, [])
    sent = run_azione("emails", "check", "prova@example.org", "--yes", **where)
    assert sent.returncode == 4
    assert "It took a mail to prova@example.org" in sent.stdout
    assert [str(mail["To"]) for mail in box.mails] == ["prova@example.org"]


def test_check_needs_no_database_but_says_what_is_wrong_with_mail(theatre: Theatre, tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": "postgresql://nobody@/nothing?host=%2Fnonexistent", "DNS_RESOLVER": "127.0.0.1:9"}
    write_demo(tmp_path, theatre.env | nowhere)
    done = run_azione("emails", "check", cwd=tmp_path, AZIONE_DEMO_DIR=str(tmp_path))
    assert done.returncode == 5
    assert "nobody listens there" in done.stdout
