"""Every verb at its worst: a dead database, names that mean nothing, are empty, huge, or no text at all.

`LINES` has one line for each verb that would work; a verb that is not in it fails the first test.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.tests.conftest import ROOT, SEASON, Theatre, cli_env, run_azione, write_demo
from cli.tests.test_help import verbs

NOWHERE = "postgresql://nobody@/nothing?host=%2Fnonexistent"
# PERFORMANCE and REFERENCE stand for one that is there. What writes has --yes, or it would only ask.
LINES: dict[str, list[str]] = {
    "shows seed": [str(SEASON), "--yes"],
    "shows list": [],
    "shows show": ["la-locandiera"],
    "shows export": ["-"],
    "performances list": [],
    "performances show": ["PERFORMANCE"],
    "performances cancel": ["PERFORMANCE", "--yes"],
    "performances move": ["PERFORMANCE", "--to=2041-12-06 21:00", "--yes"],
    "performances seats": ["PERFORMANCE", "--additional-seats=1", "--yes"],
    "reservations find": ["rossi"],
    "reservations show": ["REFERENCE"],
    "reservations create": ["PERFORMANCE", "--seats=1", "--name=Anna Rossi", "--no-email", "--yes"],
    "reservations confirm": ["REFERENCE", "--yes"],
    "reservations change": ["REFERENCE", "--seats=1", "--yes"],
    "reservations cancel": ["REFERENCE", "--yes"],
    "reservations move": ["REFERENCE", "next", "--yes"],
    "reservations renew": ["REFERENCE", "--yes"],
    "guests export": ["PERFORMANCE"],
    "pictures tidy": ["--yes"],
    "emails list": [],
    "emails send": ["--yes"],
    "emails resend": ["REFERENCE", "--yes"],
    "door pair": ["PERFORMANCE"],
    "door devices": ["PERFORMANCE"],
    "door revoke": ["PERFORMANCE", "1", "--yes"],
    "checkin stats": ["PERFORMANCE"],
    "checkin list": ["PERFORMANCE"],
    "checkin reconcile": [str(ROOT / "contracts" / "door" / "export.jsonl"), "--yes"],
    "checkin conflicts": [],
    "checkin settle": ["1", "came-in", "--yes"],
    "privacy report": ["anna@example.org"],
    "privacy erase": ["anna@example.org", "--yes"],
    "privacy sweep": ["--yes"],
    "users create": ["lucia", "--group=door", "--generate", "--yes"],
    "users password": ["lucia", "--generate", "--yes"],
    "users close": ["lucia", "--yes"],
    "users open": ["lucia", "--yes"],
    "users list": [],
}
# They talk to nobody, or say more of a dead database in tests of their own (`test_health.py`, `test_emails.py`,
# `test_backup_*.py`).
BACKUPS = {"backup create", "backup list", "backup verify", "backup restore", "backup prune"}
WITHOUT_DATABASE = {"completion", "status", "doctor", "emails check"} | BACKUPS
NAMED = ("PERFORMANCE", "REFERENCE")
# All of them for one verb a kind; they go through the same two functions of the backend.
THOROUGHLY = {"guests export", "reservations show"}

WORST = {
    "unknown": b"999999999",
    "no name at all": b"no such thing",
    "empty": b"",
    "huge": b"9" * 100_000,
    "not UTF-8": b"\xff\xfe\x80",
    "a line break and a colour": b"a\nb\x1b[31m",
    "a null of another world": "\u202e\u0000".encode()[:3],
    "an option's twin": b"--nonsense",
    "injected": b"1'; DROP TABLE x; --",
}


WORST_CASES = [
    (verb, name)
    for verb, line in LINES.items()
    if set(NAMED) & set(line)
    for name in (WORST if verb in THOROUGHLY else ("huge", "not UTF-8"))
]


def words(verb: str, name: str) -> list[str]:
    return [*verb.split(), *(name if word in NAMED else word for word in LINES[verb])]


def assert_told(done: subprocess.CompletedProcess[str], *exit_codes: int) -> None:
    """One sentence on stderr that starts as every failure does, and nothing of what the program is made of."""
    assert done.returncode in exit_codes, done.stdout + done.stderr
    assert done.stderr.startswith("Error: "), done.stderr
    for leak in ("Traceback", "psycopg", "django", "Errno", "\x1b", "OperationalError"):
        assert leak not in done.stdout + done.stderr


def test_every_verb_is_looked_at() -> None:
    assert {path for path, _command in verbs()} == LINES.keys() | WITHOUT_DATABASE


@pytest.mark.parametrize("verb", LINES)
def test_dead_database_is_one_sentence(theatre: Theatre, tmp_path: Path, verb: str) -> None:
    write_demo(tmp_path, theatre.env | {"DATABASE_URL": NOWHERE})
    done = run_azione(*words(verb, "1"), cwd=tmp_path, AZIONE_DEMO_DIR=str(tmp_path))
    assert_told(done, 5)
    assert "database does not answer" in done.stderr


@pytest.mark.parametrize("verb", LINES)
def test_dead_database_is_one_line_of_json(theatre: Theatre, tmp_path: Path, verb: str) -> None:
    write_demo(tmp_path, theatre.env | {"DATABASE_URL": NOWHERE})
    done = run_azione(*words(verb, "1"), "--json", cwd=tmp_path, AZIONE_DEMO_DIR=str(tmp_path))
    last = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, done.stderr, last["type"], last["code"]) == (5, "", "error", "busy")


@pytest.mark.parametrize(("verb", "name"), WORST_CASES)
def test_name_that_means_nothing_is_told_with_what_to_do(
    theatre: Theatre, tmp_path: Path, verb: str, name: str
) -> None:
    env = cli_env(AZIONE_DEMO_DIR=str(theatre.directory))
    line = [os.fsencode(word) if word != "WORST" else WORST[name] for word in words(verb, "WORST")]
    command = [os.fsencode(sys.executable), b"-m", b"azione", *line]
    ran = subprocess.run(command, cwd=tmp_path, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    done = subprocess.CompletedProcess(ran.args, ran.returncode, ran.stdout.decode(), ran.stderr.decode())
    assert_told(done, 2)
    assert len(done.stderr) < 2000
