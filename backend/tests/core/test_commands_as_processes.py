"""Management commands as processes: what the pipes and the exit code say when nothing goes well."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENT

MANAGE = Path(__file__).parents[2] / "manage.py"
NO_DATABASE = {"DATABASE_URL": "postgresql://nobody@/nothing?host=%2Fnowhere"}


def manage(*arguments: str, stdout: int = subprocess.PIPE, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(MANAGE), *arguments],
        env=os.environ | ENVIRONMENT | NO_DATABASE | env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )


def test_no_database_is_an_error_line_and_exit_5() -> None:
    done = manage("export_guests", "7")
    (line,) = done.stdout.splitlines()
    assert (json.loads(line)["code"], done.returncode) == ("busy", 5)
    assert json.loads(done.stderr.splitlines()[0])["error"] == "OperationalError"


def test_wrong_usage_is_an_error_line_and_exit_2() -> None:
    done = manage("export_guests")
    (line,) = done.stdout.splitlines()
    assert (json.loads(line)["type"], done.returncode, done.stderr) == ("error", 2, b"")


def test_lines_are_utf8_in_any_locale() -> None:
    done = manage("list_emails", "--since", "Niccolò è qui", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    [problem] = json.loads(done.stdout.decode("utf-8"))["errors"]
    assert "Niccolò è qui" in problem["message"]


def test_argument_that_is_no_text_does_not_break_the_line() -> None:
    done = subprocess.run(
        [os.fsencode(sys.executable), os.fsencode(MANAGE), b"export_guests", b"\xff@2041-12-05"],
        env=os.environ | ENVIRONMENT | NO_DATABASE,
        capture_output=True,
        check=False,
    )
    assert (json.loads(done.stdout)["code"], done.returncode) == ("validation_failed", 2)


def test_closed_pipe_is_quiet() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = manage("export_guests", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (5, b"")


@pytest.mark.parametrize("command", [("export_guests", "7"), ("migrate",), ("no_such_command",), ("check",)])
@pytest.mark.parametrize(
    ("name", "value"), [("SITE_URL", "theatre.example"), ("HOLD_MINUTES", "\u00e8 un'ora\n"), ("SECRET_KEY", "short")]
)
def test_bad_setting_is_an_error_line_that_names_it_and_exit_5(command: tuple[str], name: str, value: str) -> None:
    done = manage(*command, **{name: value})
    assert (done.returncode, done.stderr) == (5, b"")
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert (told["v"], told["type"], told["code"], told["errors"]) == (1, "error", "internal_error", [])
    assert told["detail"].startswith(name)
    assert "\n" not in told["detail"]


def test_bad_setting_and_nobody_to_tell() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = manage("export_guests", "7", stdout=writing, SITE_URL="x")
    os.close(writing)
    assert (done.returncode, done.stderr) == (5, b"")
