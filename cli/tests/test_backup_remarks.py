"""What somebody is told though the exchanged data is live: what could not be tidied up, and whom nobody remembers."""

import json

import pytest
from cli.tests.backup_lab import RESERVATIONS, Lab, refusing_to_drop

UNREAD = "Who was erased since, as {} has it, could not be read: see whom you promised it since."


@pytest.fixture
def backup(lab: Lab) -> str:
    """One of before five more guests came."""
    name = lab.create()
    lab.reserve(5)
    return name


# What could not be tidied up


def test_older_databases_that_do_not_go_are_no_failure_of_the_restore(lab: Lab, backup: str) -> None:
    first = lab.summary("restore", backup, "--yes")["kept"]
    lab.reserve(1)
    with lab.program("postgres", "psql", refusing_to_drop(lab, "_before_restore_")):
        done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, lab.guests()) == (0, RESERVATIONS), done.stderr
    assert "What earlier restores replaced is still there (psql: is in use): azione backup prune" in done.stderr
    assert (first.removeprefix(lab.database) in lab.databases(), lab.lying_about()) == (True, [".restored.json"])
    assert lab.azione("restore", "--rollback", "--yes").returncode == 0
    assert lab.guests() == RESERVATIONS + 1
    assert lab.azione("prune", "--keep-replaced", "0", "--yes").returncode == 0
    assert lab.databases() == [""]


def test_databases_that_cannot_be_listed_in_the_end_are_no_failure_of_the_restore(lab: Lab, backup: str) -> None:
    """PostgreSQL is gone once the site was tried, for as long as azione tidies up."""
    lost = f"""#!/bin/sh
[ ! -e {lab.backups}/.restored.json ] || {{ echo "server closed the connection" >&2; exit 2; }}
exec {lab.tools}/psql "$@"
"""
    with lab.program("postgres", "psql", lost):
        done = lab.azione("restore", backup, "--yes", "--json")
    summary = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, lab.guests()) == (0, RESERVATIONS), done.stdout
    assert [one.partition(" (")[0] for one in summary["remarks"]] == ["What earlier restores replaced is still there"]
    assert lab.azione("restore", "--rollback", "--yes").returncode == 0


def test_end_that_cannot_be_written_down_is_no_failure_of_the_restore(lab: Lab, backup: str) -> None:
    """And nothing that a way back needs goes meanwhile."""
    in_its_place = lab.backups / ".restored.json"
    in_its_place.mkdir()
    done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, lab.guests()) == (0, RESERVATIONS), done.stderr
    assert "That it is done could not be written down" in done.stderr
    in_its_place.rmdir()
    settled = lab.azione("create")
    assert (settled.returncode, "it was brought to its end." in settled.stderr) == (0, True)
    assert lab.azione("restore", "--rollback", "--yes").returncode == 0
    assert lab.guests() == RESERVATIONS + 5
    assert lab.poster.exists()


# Who was erased since the restore that is taken back


def forget_erasures(lab: Lab) -> None:
    """The restored database is the very thing that is broken."""
    lab.answer("list_erasures", {"type": "error", "code": "busy", "title": "The database is not there."})


def test_erasures_done_again_by_a_rollback_are_told(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    lab.erased("dd")
    lab.answer("remember_erasures", {"type": "summary", "read": 1, "remembered": 1})
    done = lab.azione("restore", "--rollback", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "is live again. 1 erasure asked for since then was done again. What was live until now" in done.stdout


def test_rollback_from_what_cannot_say_who_was_erased_tells_so(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    forget_erasures(lab)
    done = lab.azione("restore", "--rollback", "--yes")
    assert (done.returncode, lab.guests()) == (0, RESERVATIONS + 5), done.stderr
    assert UNREAD.format("the restored database") in done.stderr


def test_rollback_from_what_cannot_say_it_reads_the_backups_since(lab: Lab, backup: str) -> None:
    lab.erased("aa")
    lab.create()
    lab.erased()
    assert lab.azione("restore", backup, "--yes").returncode == 0
    lab.erased("ee")
    newer = lab.create()
    forget_erasures(lab)
    lab.answer("remember_erasures", {"type": "summary", "read": 1, "remembered": 1})
    summary = lab.summary("restore", "--rollback", "--yes")
    remembered = (lab.directory / "bin" / "remembered").read_text()
    assert ("ee" * 32 in remembered, summary["erased_again"]) == (True, 1)
    assert summary["remarks"] == [UNREAD.format("the restored database")]
    assert newer in lab.names()


def test_newer_list_that_a_rollback_cannot_read_is_told(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    newer = lab.create()
    (lab.backups / newer / "erasures.jsonl").write_text("{}")
    assert lab.azione("restore", "--rollback", "--dry-run").returncode == 0
    forget_erasures(lab)
    summary = lab.summary("restore", "--rollback", "--yes")
    assert summary["remarks"] == [UNREAD.format("the restored database"), UNREAD.format(newer)]
