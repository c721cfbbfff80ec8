"""An operator's commands, killed at their worst moment. What is checked besides is put into `Scene.found`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from faults.history import Verdict
from faults.nemesis import SECONDS_TO_END, Fault, Scene, sitting_on, try_psql
from lab.checkouts import copy_checkout, migration
from lab.kills import kill_in_backend
from lab.stacks import AZIONE, COMPOSE_LABEL, ROOT, Lab
from lab.waiting import wait_for

# What `make upgrade` does in a checkout that is set up.
UPGRADE = ("env", "PYTHONPATH=infra", ".venv/bin/python", "-m", "stack", "upgrade")
UPGRADE_SECONDS = 240
HALF_DONE = "CREATE TABLE half_done (id integer); SELECT pg_sleep(60)"
# Before the exchange: what is live stays so.
RESTORE_STEPS = ("maintenance", "restore", "rules")
ON_THE_LIST = 3


@contextmanager
def _kill_migration(scene: Scene) -> Iterator[None]:
    """The process that migrates, in the middle of it: `make upgrade` puts everything back by itself."""
    with changed_checkout() as checkout, migration(checkout, HALF_DONE):
        lab = replace(scene.lab, checkout=checkout)
        upgrade = lab.start(*UPGRADE)
        try:
            wait_for("migration", lambda: _is_migrating(lab) or None, UPGRADE_SECONDS)
            lab.docker("kill", "--signal", "KILL", *_commands_running(lab))
        finally:
            said, errors = upgrade.communicate(timeout=UPGRADE_SECONDS)
    if "everything is as it was before it; nothing is lost" not in errors:
        scene.found.append(f"make upgrade ended with {upgrade.returncode}: {said[-300:]}{errors[-300:]}")
    if scene.lab.psql("SELECT to_regclass('half_done') IS NULL") != "t":
        scene.found.append("half of the migration is in the database")
    _drop_what_was_half_done(scene.lab)
    yield


@contextmanager
def changed_checkout() -> Iterator[Path]:
    """A copy of this one; it is set up already."""
    with TemporaryDirectory(prefix="azione-checkout-") as folder:
        copy_checkout(Path(folder))
        (Path(folder) / ".venv").symlink_to(ROOT / ".venv")
        yield Path(folder)


def _is_migrating(lab: Lab) -> bool:
    sleeping = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
    return try_psql(lab, sleeping) == "1"


def _commands_running(lab: Lab) -> list[str]:
    """The containers of `docker compose run`."""
    labels = (f"{COMPOSE_LABEL}={lab.name}", "com.docker.compose.oneoff=True")
    return lab.docker("ps", "--quiet", *(word for label in labels for word in ("--filter", f"label={label}"))).split()


def _drop_what_was_half_done(lab: Lab) -> None:
    for name in lab.psql("SELECT datname FROM pg_database WHERE datname LIKE '%half_done%'").split():
        lab.psql(f'DROP DATABASE "{name}"', database="postgres")


@contextmanager
def _kill_restore(scene: Scene) -> Iterator[None]:
    """Of a backup that has none of these guests: nothing of it may come in the place of what they were told."""
    lab = scene.lab
    made = lab.azione("backup", "create", "--json")
    assert made.returncode == 0, made.stderr
    wanted = scene.chance.choice(RESTORE_STEPS)
    process = lab.start(str(AZIONE), "backup", "restore", "latest", "--yes", "--json")
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("step") == wanted:
            process.kill()
            break
    else:
        scene.found.append(f"azione backup restore never came to {wanted}")
    process.communicate()
    yield


@contextmanager
def _kill_reconcile(scene: Scene) -> Iterator[None]:
    """While it waits for one guest's row, the others' behind it: nothing of the list is recorded. Then all is, once."""
    lab, performance_id = scene.lab, scene.hot
    wait_for("guests on the list", lambda: _confirmed(scene, performance_id) >= ON_THE_LIST or None, SECONDS_TO_END)
    path = lab.directory / "list.csv"
    references = _write_ticked_list(lab, performance_id, path)
    command = (str(AZIONE), "checkin", "reconcile", str(path), "--yes", "--json")
    with sitting_on(lab, f"reservations_reservation WHERE reference = '{references[-1]}'"):
        process = lab.start(*command)
        wait_for("wait for the row", lambda: _waits(lab) or None, SECONDS_TO_END)
        process.kill()
        kill_in_backend(lab, "reconcile_scans")
        process.communicate()
    wait_for("end of its transaction", lambda: not _waits(lab) or None, SECONDS_TO_END)
    _expect_recorded(scene, references, 0)
    for _time in range(2):
        done = lab.run(*command)
        if done.returncode != 0:
            scene.found.append(f"azione checkin reconcile ended with {done.returncode}: {done.stdout}{done.stderr}")
    _expect_recorded(scene, references, len(references))
    yield


def _confirmed(scene: Scene, performance_id: int) -> int:
    done = scene.crowd.history.of("confirm", Verdict.DONE)
    return sum(one.told["performance"]["id"] == performance_id for one in done)


def _write_ticked_list(lab: Lab, performance_id: int, path: Path) -> list[str]:
    """Everybody came; their references, in the order of their rows."""
    done = lab.azione("guests", "export", str(performance_id), "--format", "csv")
    assert done.returncode == 0, done.stderr
    reader = csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff")), delimiter=";")
    rows = [row for row in reader if row["Reference"]]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames or (), delimiter=";")
        writer.writeheader()
        writer.writerows({**row, "Admitted": "x"} for row in rows)
    quoted = ", ".join(f"'{_reference(row)}'" for row in rows)
    return lab.psql(f"SELECT reference FROM reservations_reservation WHERE reference IN ({quoted}) ORDER BY id").split()


def _reference(row: dict[str, str]) -> str:
    return row["Reference"].removeprefix("'")


def _waits(lab: Lab) -> bool:
    waiting = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%reservation%'"
    return try_psql(lab, waiting) != "f"


def _expect_recorded(scene: Scene, references: list[str], wanted: int) -> None:
    quoted = ", ".join(f"'{reference}'" for reference in references)
    recorded = scene.lab.psql(
        "SELECT count(*) FROM checkin_scan s JOIN reservations_reservation r ON r.id = s.reservation_id"
        f" WHERE s.decided_by = 'device' AND r.reference IN ({quoted})"
    )
    if int(recorded) != wanted:
        scene.found.append(f"{recorded} lines of the paper list are recorded, not {wanted}")


DEEDS = (
    Fault("migrate", "kill -9 of the migration of make upgrade", _kill_migration, "operator", may_repeat_mail=True),
    Fault("restore", "kill -9 of azione backup restore", _kill_restore, "operator", may_repeat_mail=True),
    Fault("reconcile", "kill -9 of azione checkin reconcile", _kill_reconcile, "operator"),
)
