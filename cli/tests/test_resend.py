"""Two hundred guests get their ticket again over a mail server that refuses and hangs, by a run that is interrupted."""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from cli.tests.conftest import CLI_TESTS, Theatre, run_azione, run_backend, write_demo
from cli.tests.populate_mailing import GUESTS
from cli.tests.terminals import lines_of, open_terminal, screen

from tests.postbox import Postbox

REFUSED_EVERY = 10
FAST = ("--rate", "6000")


class BadDay(Postbox):
    """Refuses every tenth mail, in turn for now and for good; says nothing to the mails named in `hangs_at`."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.hangs_at: set[int] = set()
        self.is_hanging = threading.Event()
        self.reached: dict[int, threading.Event] = {}

    def reaches(self, number: int) -> threading.Event:
        """Set when so many mails are in."""
        return self.reached.setdefault(number, threading.Event())

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.asked += 1
        if self.asked % REFUSED_EVERY == 0:
            return "550 5.1.1 unknown" if self.asked % (2 * REFUSED_EVERY) == 0 else "450 4.2.1 not now"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if len(self.mails) in self.hangs_at:
            self.hangs_at.remove(len(self.mails))
            self.is_hanging.set()
            await asyncio.Event().wait()
        answer = await super().handle_DATA(server, session, envelope)
        if len(self.mails) in self.reached:
            self.reached[len(self.mails)].set()
        return answer

    def counts(self) -> Counter[str]:
        return Counter(str(mail["To"]) for mail in self.mails)


@pytest.fixture
def bad_day() -> Iterator[BadDay]:
    with BadDay() as box:
        yield box


@pytest.fixture
def house(blank_theatre: Theatre, bad_day: BadDay) -> Theatre:
    env = blank_theatre.env | {"SMTP_PORT": str(bad_day.port), "SMTP_TIMEOUT": "1"}
    write_demo(blank_theatre.directory, env)
    return Theatre(
        blank_theatre.directory, env, {"full": int(run_backend(env, str(CLI_TESTS / "populate_mailing.py")))}
    )


def test_every_guest_has_exactly_one_mail(house: Theatre, bad_day: BadDay, tmp_path: Path) -> None:
    performance = str(house.performances["full"])
    resend = ("emails", "resend", f"--performance={performance}", *FAST)

    # The first time, Ctrl-C stops it between two mails.
    forty = bad_day.reaches(40)
    terminal = open_terminal(house, *resend)
    terminal.expect_exact("200 mails, 180 of them not shown")
    terminal.expect(r"Send 200 mails, on http://theatre.test\s+\(database ")
    terminal.expect_exact("[y/N] ")
    terminal.sendline("y")
    assert forty.wait(60)
    terminal.sendintr()
    lines = "\n".join(lines_of(screen(terminal)))
    assert terminal.exitstatus == 130
    assert "Stopping after this one" in lines
    assert re.search(r"^\d+ mails sent", lines, re.MULTILINE)
    assert lines.endswith("\nStopped.")
    assert f"To go on: azione emails resend --performance={performance}" in lines
    assert 40 <= len(bad_day.mails) < GUESTS

    # The second time the server hangs, and meanwhile the backend's command is killed: nobody can say goodbye.
    bad_day.hangs_at.add(len(bad_day.mails) + 20)
    terminal = open_terminal(house, *resend, "--yes")
    assert bad_day.is_hanging.wait(60)
    [backend] = [child for child in psutil.Process(terminal.pid).children() if "resend_emails" in child.cmdline()]
    backend.kill()
    assert "Traceback" not in screen(terminal)
    assert terminal.exitstatus == 1
    let_leases_run_out(house)

    # The third time it hangs once more, and that is waited for; what is refused is tried by the next ones.
    bad_day.hangs_at.add(len(bad_day.mails) + 20)
    codes = []
    while not codes or (codes[-1] == 4 and len(codes) < 20):
        done = run_azione(*resend, "--yes", cwd=tmp_path, AZIONE_DEMO_DIR=str(house.directory))
        codes.append(done.returncode)
        assert "Traceback" not in done.stderr
    assert codes == [4] * (len(codes) - 1) + [0]
    assert not bad_day.hangs_at
    assert bad_day.counts() == {f"guest{number}@example.org": 1 for number in range(GUESTS)}
    assert len({mail["Message-ID"] for mail in bad_day.mails}) == GUESTS


def let_leases_run_out(house: Theatre) -> None:
    """As if so much time had passed as a lease is long."""
    with psycopg.connect(house.database_url) as connection:
        connection.execute("UPDATE reservations_outboundemail SET lease_expires_at = now() WHERE state = 'queued'")


def test_what_failed_stands_in_a_table_with_the_command_to_try_next(
    house: Theatre, bad_day: BadDay, tmp_path: Path
) -> None:
    done = run_azione(
        *("emails", "resend", "000001", "000002", "000003", "000004", "000005", "000006", "000007", "000008", "000009"),
        *("000010", "--yes", *FAST),
        cwd=tmp_path,
        AZIONE_DEMO_DIR=str(house.directory),
    )
    assert done.returncode == 4
    assert re.search(r"000010 +g…@example\.org +waiting +address refused", done.stdout)
    assert "9 mails sent, 1 still to send." in done.stdout
    assert "To go on: azione emails resend 000001 000002" in done.stdout
    assert len(bad_day.mails) == 9


def test_again_begins_anew(house: Theatre, bad_day: BadDay, tmp_path: Path) -> None:
    for words, mails, said in (
        (["000001"], 1, "1 mail sent."),
        (["000001"], 1, "1 mail went out since"),
        (["000001", "--again"], 2, "1 mail sent."),
    ):
        done = run_azione(
            *("emails", "resend", *words, "--yes", *FAST), cwd=tmp_path, AZIONE_DEMO_DIR=str(house.directory)
        )
        assert (done.returncode, len(bad_day.mails)) == (0, mails), done.stdout + done.stderr
        assert said in done.stdout


def test_dead_mail_server_is_told_and_nothing_is_lost(house: Theatre, tmp_path: Path) -> None:
    write_demo(house.directory, house.env | {"SMTP_PORT": "9"})
    where = {"cwd": tmp_path, "AZIONE_DEMO_DIR": str(house.directory)}
    done = run_azione("emails", "resend", f"--performance={house.performances['full']}", "--yes", *FAST, **where)
    assert done.returncode == 5
    line = f"azione emails resend --performance={house.performances['full']} --rate=6000"
    assert re.fullmatch(
        r"Error: The mail server took nothing\. The 200 mails that were to leave wait\. Why: azione emails check\n"
        rf"It came to \d of 200\. To go on: {line}\n",
        done.stderr,
    )
    listed = run_azione("emails", "list", **where)
    assert "200 waiting" in listed.stdout
    assert re.search(r"waiting, of a mailing +\d +mail server not there", listed.stdout)


def test_stopped_mailing_is_told_wherever_one_looks(house: Theatre, tmp_path: Path) -> None:
    """Nothing else sends its mails: who closed the laptop half-way must hear of it the day after."""
    write_demo(house.directory, house.env | {"SMTP_PORT": "9"})
    where = {"cwd": tmp_path, "AZIONE_DEMO_DIR": str(house.directory)}
    run_azione("emails", "resend", f"--performance={house.performances['full']}", "--yes", *FAST, **where)
    line = f"azione emails resend --performance={house.performances['full']}"
    due = run_azione("emails", "send", "--yes", **where)
    assert due.stdout.endswith(f"Of a mailing, 200 mails not sent yet. To go on: {line}\n")
    assert f"200 mails not sent yet. To go on: {line}\n" in run_azione("status", **where).stdout
    assert f"Go on: {line}" in run_azione("doctor", "mail", **where).stdout
