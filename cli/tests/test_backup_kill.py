"""A restore that is killed at any step, and what a power cut at its worst leaves: the next one ends it well."""

import os
import signal
from pathlib import Path

import pytest
from cli.tests.backup_lab import RESERVATIONS, Lab, kill_at, steps_of, wait_until

CREATE = ("look", "database", "media", "settings", "erasures", "read", "finish")
FILL = ("restore", "count", "migrate", "rules")
RESTORE = (
    *("check", "look", "maintenance"),
    *(f"safety.{step}" for step in CREATE),
    *(*FILL, "remember", "unpack", "exchange", "smoke", "tidy"),
)
ROLLBACK = ("look", "maintenance", "remember", "exchange", "smoke", "tidy")
OLD, NEW = 150_000, 14
# What runs in the worst moment: azione dies, and with it the shell that exchanges.
POWER_CUT = 'kill -9 $(sed "s/.*process //" {lock}); kill -9 0'


@pytest.fixture
def backup(lab: Lab) -> str:
    name = lab.create()
    lab.reserve(5)
    lab.poster.write_bytes(b"another poster")
    return name


def state(lab: Lab) -> tuple[int, int]:
    """What guests get to see: the reservations and the poster, which belong together."""
    return lab.guests(), lab.poster.stat().st_size


BEFORE, AFTER = (RESERVATIONS + 5, NEW), (RESERVATIONS, OLD)


def assert_ended_well(lab: Lab, kept: int) -> None:
    assert not lab.is_in_maintenance
    assert len([name for name in lab.databases() if name]) == kept
    assert [name for name in lab.databases() if "_restoring_" in name] == []
    assert not list(lab.media.glob(".restoring-*"))
    assert [name for name in lab.lying_about() if name != ".restored.json"] == []


def test_steps_are_those_that_are_killed_here(lab: Lab, backup: str) -> None:
    lab.know_migrations("programme.0002_gone_slots")
    assert tuple(steps_of(lab, "restore", backup, "--yes")) == RESTORE
    assert tuple(steps_of(lab, "restore", "--rollback", "--yes")) == (*ROLLBACK[:3], "migrate", *ROLLBACK[3:])


@pytest.mark.parametrize("step", RESTORE)
def test_restore_killed_at_any_step_and_run_again(lab: Lab, backup: str, step: str) -> None:
    assert kill_at(lab, step, "restore", backup, "--yes") == -signal.SIGKILL
    # The exchange went on without azione; all else is where it was.
    assert state(lab) in (BEFORE, AFTER)
    if step not in ("exchange", "smoke", "tidy"):
        assert state(lab) == BEFORE
    wait_until(lambda: not lab.is_in_maintenance)
    done = lab.azione("restore", backup, "--yes")
    assert done.returncode == 0, done.stderr
    assert state(lab) == AFTER
    assert_ended_well(lab, kept=1)
    assert backup in lab.names()


@pytest.mark.parametrize("step", ["restore", "unpack", "exchange", "smoke"])
def test_restore_killed_and_then_rolled_back(lab: Lab, backup: str, step: str) -> None:
    kill_at(lab, step, "restore", backup, "--yes")
    was = state(lab)
    assert was in (BEFORE, AFTER)
    done = lab.azione("restore", "--rollback", "--yes")
    assert (done.returncode, state(lab)) == (0 if was == AFTER else 3, BEFORE), done.stderr
    assert_ended_well(lab, kept=1 if was == AFTER else 0)


@pytest.mark.parametrize("step", ["restore", "unpack", "exchange", "smoke"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_restore_stopped_at_any_step_is_undone_at_once(
    lab: Lab, backup: str, step: str, number: int, code: int
) -> None:
    assert kill_at(lab, step, "restore", backup, "--yes", number=number) == code
    assert state(lab) == BEFORE
    assert [name for name in lab.databases() if "_restoring_" in name or "_before_" in name] == []
    assert (lab.lying_about(), lab.is_in_maintenance) == ([], False)


@pytest.mark.parametrize("step", ROLLBACK)
def test_rollback_killed_at_any_step_and_run_again(lab: Lab, backup: str, step: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    assert kill_at(lab, step, "restore", "--rollback", "--yes") == -signal.SIGKILL
    assert state(lab) in (BEFORE, AFTER)
    done = lab.azione("restore", "--rollback", "--yes")
    # Where it had come to its end there is nothing more to go back to.
    assert done.returncode in ((0, 3) if step in ("exchange", "smoke", "tidy") else (0,)), done.stderr
    assert state(lab) == BEFORE
    assert_ended_well(lab, kept=1)


HELD_UP = """#!/bin/sh
case "$*" in *"--dbname postgres"*) ;; *) exec {tools}/psql "$@" ;; esac
script=$(cat)
case $script in
*RENAME*) : >{reached}; read -r _ <{gate} ;;
esac
printf '%s' "$script" | exec {tools}/psql "$@"
"""


def kill_held_up(lab: Lab, backup: str, gate: Path) -> int:
    """A restore whose exchange has begun and waits at the gate; which process it was."""
    reached = lab.directory / "reached"
    with lab.program("postgres", "psql", HELD_UP.format(tools=lab.tools, reached=reached, gate=gate)):
        process = lab.start("restore", backup, "--yes")
        wait_until(reached.exists)
        process.kill()
        process.communicate(timeout=60)
    return process.pid


def test_exchange_that_goes_on_without_azione_keeps_others_out(lab: Lab, backup: str) -> None:
    gate = lab.directory / "gate"
    os.mkfifo(gate)
    # Both its ends, so that nobody waits for the other one; the exchange does not outlive them.
    with os.fdopen(os.open(gate, os.O_RDWR), "wb", buffering=0) as opener:
        killed = kill_held_up(lab, backup, gate)
        for words in (["create"], ["restore", backup, "--yes"], ["restore", "--rollback", "--yes"], ["prune", "--yes"]):
            refused = lab.azione(*words)
            assert refused.returncode == 8, refused.stdout + refused.stderr
            assert f"It was azione backup restore, process {killed}, which has ended; the exchange" in refused.stderr
        assert state(lab) == BEFORE
        opener.write(b"go on\n")
        wait_until(lambda: not lab.is_locked)
    assert state(lab) == AFTER
    done = lab.azione("create")
    assert done.returncode == 0, done.stderr
    assert f"An earlier restore of {backup} had exchanged the live data; it was brought to its end." in done.stderr
    assert state(lab) == AFTER
    assert_ended_well(lab, kept=1)
    assert lab.azione("restore", "--rollback", "--yes").returncode == 0
    assert state(lab) == BEFORE


def cut_off(lab: Lab, *arguments: str) -> None:
    """By a power cut of the lab's: nothing of it goes on."""
    process = lab.start(*arguments)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    wait_until(lambda: not lab.is_locked)


@pytest.fixture
def cut_between(lab: Lab, backup: str) -> str:
    """The power fails when the databases are exchanged and the posters are not."""
    cut = POWER_CUT.format(lock=lab.backups / ".lock")
    with lab.program("backend", "ln", f"#!/bin/sh\n{cut}\n"):
        cut_off(lab, "restore", backup, "--yes")
    assert state(lab) == (RESERVATIONS, NEW)
    return backup


def test_power_cut_between_database_and_posters_is_mended_by_the_next_backup(lab: Lab, cut_between: str) -> None:
    done = lab.azione("create")
    assert done.returncode == 0, done.stderr
    assert f"An earlier restore of {cut_between} had exchanged the live data; it was brought to its end." in done.stderr
    assert state(lab) == AFTER
    assert lab.azione("restore", "--rollback", "--yes").returncode == 0
    assert state(lab) == BEFORE


@pytest.mark.parametrize("again", ["restore", "rollback"])
def test_power_cut_between_database_and_posters_and_run_again(lab: Lab, cut_between: str, again: str) -> None:
    done = lab.azione("restore", *(["--rollback"] if again == "rollback" else [cut_between]), "--yes")
    assert done.returncode == 0, done.stderr
    assert state(lab) == (BEFORE if again == "rollback" else AFTER)
    assert_ended_well(lab, kept=1)


def closing_and_cut(lab: Lab) -> str:
    """psql that comes as far as closing the databases to everybody, and no further."""
    cut = POWER_CUT.format(lock=lab.backups / ".lock")
    return f"""#!/bin/sh
case "$*" in *"--dbname postgres"*) ;; *) exec {lab.tools}/psql "$@" ;; esac
script=$(cat)
case $script in
*RENAME*) printf '%s' "$script" | sed '/^BEGIN/,$d' | {lab.tools}/psql "$@"; {cut} ;;
*) printf '%s' "$script" | exec {lab.tools}/psql "$@" ;;
esac
"""


@pytest.mark.parametrize("again", ["create", "restore", "rollback"])
def test_power_cut_while_nobody_is_let_into_the_database(lab: Lab, backup: str, again: str) -> None:
    with lab.program("postgres", "psql", closing_and_cut(lab)):
        cut_off(lab, "restore", backup, "--yes")
    assert lab.sql(f"SELECT datallowconn FROM pg_database WHERE datname = '{lab.database}'", "postgres") == [(False,)]
    words = {
        "create": ["create"],
        "restore": ["restore", backup, "--yes"],
        "rollback": ["restore", "--rollback", "--yes"],
    }
    done = lab.azione(*words[again])
    assert done.returncode == (3 if again == "rollback" else 0), done.stderr
    assert "did not come to the exchange; what it had made was cleared away." in done.stderr
    assert state(lab) == (AFTER if again == "restore" else BEFORE)
    assert_ended_well(lab, kept=1 if again == "restore" else 0)


def test_exchange_that_fails_is_taken_back_and_everybody_let_in(lab: Lab, backup: str) -> None:
    """psql ends after it has closed the databases, with azione alive."""
    failing = closing_and_cut(lab).replace(POWER_CUT.format(lock=lab.backups / ".lock"), "exit 3")
    with lab.program("postgres", "psql", failing):
        done = lab.azione("restore", backup, "--yes")
    assert done.returncode == 5, done.stderr
    assert lab.azione("create").returncode == 0
    assert state(lab) == BEFORE
    assert_ended_well(lab, kept=0)


def test_killed_undo_is_brought_to_its_end(lab: Lab, backup: str) -> None:
    """The site does not work on the restored data, and azione is killed while it goes back."""
    lab.break_site("/readyz answers 503")
    seen = lab.directory / "turned"
    second = f'[ -e {seen} ] && {{ {POWER_CUT.format(lock=lab.backups / ".lock")}; }}; touch {seen}; exec /bin/ln "$@"'
    with lab.program("backend", "ln", f"#!/bin/sh\n{second}\n"):
        cut_off(lab, "restore", backup, "--yes")
    assert state(lab) == (RESERVATIONS + 5, OLD)
    lab.break_site("")
    done = lab.azione("create")
    assert (done.returncode, "did not work out; what was there before is back." in done.stderr) == (0, True)
    assert state(lab) == BEFORE
    assert lab.azione("restore", backup, "--yes").returncode == 0
    assert state(lab) == AFTER
