"""`azione users …` against a real backend: accounts that are made, listed, and given passwords nobody sees."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import psycopg
import pytest
from cli.tests.conftest import Theatre, cli_env
from cli.tests.terminals import open_terminal, plain, screen
from cli.tests.transcripts import transcript

from azione.accounts import read_accounts
from azione.backend import Answer
from azione.commands.users import closing_question, closing_told

Users = Callable[..., subprocess.CompletedProcess[str]]
GOOD = "sipario-e-quinte"


@pytest.fixture
def users(blank_theatre: Theatre, tmp_path: Path) -> Users:
    def run(*arguments: str, typed: bytes = b"") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "azione", "users", *arguments],
            cwd=tmp_path,
            env=cli_env(AZIONE_DEMO_DIR=str(blank_theatre.directory)),
            input=typed,
            capture_output=True,
            check=False,
            timeout=120,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def names(theatre: Theatre) -> list[str]:
    with psycopg.connect(theatre.database_url) as connection:
        return [name for (name,) in connection.execute("SELECT username FROM auth_user ORDER BY username")]


def ended(terminal: pexpect.spawn) -> tuple[int, str]:
    """The exit code, and what was last written."""
    said = plain(screen(terminal))
    return terminal.exitstatus, said


def test_account_is_made_from_a_script_and_listed(users: Users, blank_theatre: Theatre) -> None:
    made = users("create", "lucia", "--group", "door", "--password-stdin", "--yes", typed=f"{GOOD}\n".encode())
    assert (made.returncode, made.stdout, made.stderr) == (0, "The account lucia (door) was made.\n", "")
    listed = users("list").stdout.splitlines()
    assert listed[0].split() == ["Name", "Group", "Last", "sign-in"]
    assert listed[1].split() == ["lucia", "door", "never"]
    assert listed[-1] == "1 account"


def test_list_of_nobody_says_what_to_do(users: Users) -> None:
    assert users("list").stdout == "There is no account yet: azione users create NAME --group managers\n"


def test_password_that_is_made_up_is_shown_once(users: Users) -> None:
    made = users("create", "lucia", "--group", "managers", "--generate", "--yes")
    assert made.returncode == 0, made.stderr
    [password] = re.findall(r"^Password: +([a-z2-9]{4}(?:-[a-z2-9]{4}){3})$", made.stdout, re.MULTILINE)
    again = users("password", "lucia", "--generate", "--yes", "--json")
    record = json.loads(again.stdout.splitlines()[0])
    assert (again.returncode, record["username"], record["password"] == password) == (0, "lucia", False)


def test_dry_run_makes_nothing_and_makes_nothing_up(users: Users, blank_theatre: Theatre) -> None:
    for arguments in (["--generate"], [], ["--password-stdin"]):
        dry = users("create", "lucia", "--group", "door", "--dry-run", *arguments, typed=f"{GOOD}\n".encode())
        assert (dry.returncode, dry.stdout) == (0, "The account lucia (door) would be made.\n"), dry.stderr
    assert names(blank_theatre) == []
    weak = users("create", "lucia", "--group", "door", "--dry-run", "--password-stdin", typed=b"abc\n")
    assert weak.returncode == 2


@pytest.mark.parametrize("name", ["", " ", "anna bianchi", "x" * 200, "a\x1b[31mb", "-", "\udcff"])
def test_name_that_cannot_be_one(users: Users, blank_theatre: Theatre, name: str) -> None:
    done = users("create", "--group", "door", "--generate", "--yes", "--", name)
    if name == "-":
        assert done.returncode == 0
        return
    assert (done.returncode, names(blank_theatre)) == (2, [])
    assert "A name has between 1 and 150 letters" in done.stderr
    assert "\x1b" not in done.stderr


def test_name_that_is_taken_or_looks_so(users: Users, blank_theatre: Theatre) -> None:
    assert users("create", "lucia", "--group", "door", "--generate", "--yes").returncode == 0
    for name in ("lucia", "Lucia", "LUCÌA", "ｌｕｃｉａ"):
        done = users("create", name, "--group", "door", "--generate", "--yes")
        assert (done.returncode, "There is an account 'lucia' already" in done.stderr) == (2, True)
    unknown = users("password", "Lucia", "--generate", "--yes")
    assert (unknown.returncode, "Did you mean 'lucia'?" in unknown.stderr) == (2, True)
    assert names(blank_theatre) == ["lucia"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (b"", "There is no password on standard input."),
        (b"\n", "There is no password on standard input."),
        (b"abc\n", "This password is too short. It must contain at least 8 characters."),
        (b"lucia.lucia\n", "The password is too similar to the username."),
        (b"one-line-of-it\nand-another\n", "Standard input holds more than one line."),
        (b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n", "It is not written in UTF-8."),
        (b"x" * 201, "A password has at most 200 letters"),
        (b"x" * 20_000, "A password has at most 200 letters"),
        (b"sipario\x00quinte", "without control characters"),
    ],
)
def test_password_that_cannot_be_one(users: Users, blank_theatre: Theatre, typed: bytes, said: str) -> None:
    done = users("create", "lucia.lucia", "--group", "door", "--password-stdin", "--yes", typed=typed)
    assert (done.returncode, names(blank_theatre)) == (2, [])
    assert said in " ".join(done.stderr.split())


def test_script_is_told_what_to_add(users: Users) -> None:
    for arguments, missing in (([], "--yes"), (["--yes"], "--password-stdin"), (["--json", "--yes"], "--generate")):
        done = users("create", "lucia", "--group", "door", *arguments)
        assert done.returncode == 2
        assert missing in done.stdout + done.stderr
    both = users("create", "lucia", "--group", "door", "--generate", "--password-stdin", "--yes")
    assert (both.returncode, "Either --generate or --password-stdin" in both.stderr) == (2, True)
    assert users("create", "lucia", "--group", "ushers", "--generate", "--yes").returncode == 2


def test_account_is_closed_and_opened_again(users: Users) -> None:
    users("create", "lucia", "--group", "door", "--generate", "--yes")
    for arguments, said in (
        (("close", "--dry-run"), "would be closed"),
        (("open", "--yes"), "is open already"),
        (("close", "--yes"), "is closed"),
        (("close", "--yes"), "is closed already"),
        (("open", "--dry-run"), "would be open again"),
    ):
        done = users(*arguments, "lucia")
        assert (done.returncode, done.stdout, done.stderr) == (0, f"The account lucia {said}.\n", "")
    assert "closed: may not sign in" in users("list").stdout
    assert users("open", "lucia", "--yes").stdout == "The account lucia is open again.\n"
    assert "closed" not in users("list").stdout


def test_closing_says_how_many_phones_go_with_it() -> None:
    answer = Answer(*transcript("close_account"))
    assert closing_question(answer) == "Close the account marta, sign marta out everywhere, and send 1 phone away"
    assert closing_told(answer, is_done=True) == "The account marta is closed, and 1 phone sent away."
    assert closing_told(answer, is_done=False) == "The account marta would be closed, and 1 phone sent away."


# On a terminal


CREATE = ("create", "lucia", "--group", "door")


def agree(terminal: pexpect.spawn) -> None:
    terminal.expect(r"Make the account lucia \(door\), on .*database")
    terminal.expect_exact("[y/N] ")
    terminal.sendline("y")


def type_secret(terminal: pexpect.spawn, prompt: str, typed: str) -> None:
    terminal.expect_exact(f"{prompt}: ")
    terminal.waitnoecho()
    terminal.sendline(typed)


def test_password_is_typed_twice_and_not_shown(blank_theatre: Theatre) -> None:
    terminal = open_terminal(blank_theatre, "users", *CREATE)
    terminal.logfile_read = shown = io.StringIO()
    agree(terminal)
    type_secret(terminal, "New password", GOOD)
    type_secret(terminal, "Again", "another-of-them")
    terminal.expect_exact("The two are not the same. Once more.")
    type_secret(terminal, "New password", GOOD)
    type_secret(terminal, "Again", GOOD)
    status, said = ended(terminal)
    assert (status, said.endswith("✓ The account lucia (door) was made.")) == (0, True)
    assert "New password: " in shown.getvalue()
    assert GOOD not in shown.getvalue()
    assert names(blank_theatre) == ["lucia"]


def test_three_times_not_the_same_changes_nothing(blank_theatre: Theatre) -> None:
    terminal = open_terminal(blank_theatre, "users", *CREATE)
    agree(terminal)
    for number in range(3):
        type_secret(terminal, "New password", GOOD)
        type_secret(terminal, "Again", f"{GOOD}{number}")
    status, said = ended(terminal)
    assert (status, "Nothing was changed." in said, names(blank_theatre)) == (3, True, [])


def test_password_that_is_too_short_is_refused(blank_theatre: Theatre) -> None:
    terminal = open_terminal(blank_theatre, "users", *CREATE)
    agree(terminal)
    type_secret(terminal, "New password", "abc")
    type_secret(terminal, "Again", "abc")
    status, said = ended(terminal)
    assert (status, "This password is too short." in said, names(blank_theatre)) == (2, True, [])


@pytest.mark.parametrize(("key", "status"), [("\x03", 130), ("\x04", 3)])
@pytest.mark.parametrize("prompt", ["New password", "Again"])
def test_leaving_the_prompt_changes_nothing(blank_theatre: Theatre, key: str, status: int, prompt: str) -> None:
    terminal = open_terminal(blank_theatre, "users", *CREATE)
    agree(terminal)
    if prompt == "Again":
        type_secret(terminal, "New password", GOOD)
    terminal.expect_exact(f"{prompt}: ")
    terminal.waitnoecho()
    terminal.send(key)
    code, said = ended(terminal)
    assert (code, "Traceback" in said, names(blank_theatre)) == (status, False, [])


def test_no_is_asked_before_any_password(blank_theatre: Theatre) -> None:
    terminal = open_terminal(blank_theatre, "users", *CREATE)
    terminal.expect_exact("[y/N] ")
    terminal.sendline("n")
    status, said = ended(terminal)
    assert (status, "New password" in said, names(blank_theatre)) == (3, False, [])


def test_unknown_name_is_told_before_any_password(blank_theatre: Theatre) -> None:
    status, said = ended(open_terminal(blank_theatre, "users", "password", "nobody"))
    assert (status, "There is no account 'nobody'." in said) == (2, True)


# The model


def test_list_says_who_may_not_sign_in() -> None:
    assert read_accounts(*transcript("list_accounts")).rows == [
        ("marta", "door", "Thu 5 Dec 2041, 20:30", ""),
        ("Zoë", "managers", "never", "closed: may not sign in"),
    ]
    records, summary = transcript("list_accounts")
    records[0] |= {"shut_until": "2041-12-05T20:45:00+01:00", "is_superuser": True, "groups": []}
    [shut, _other] = read_accounts(records, summary).rows
    assert shut[1] == "none"
    assert shut[3] == "superuser: may do everything; too many wrong passwords: shut until 20:45"
