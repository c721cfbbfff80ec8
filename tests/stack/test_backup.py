"""`azione backup` on the real stack: what it holds, that nothing of it stays in a container, and what a kill leaves.

The cases are many more in cli/tests/test_backup_*.py, where only Docker is played.
"""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lab.crowds import back_up, count_rows, manifest_of, reserve_many, summary_of
from lab.guests import come_all_the_way
from lab.stacks import AZIONE, Lab, new_lab
from lab.waiting import wait_for

SECONDS = 120
RESERVATIONS = "public.reservations_reservation"
POSTER = "SELECT poster FROM programme_show WHERE poster <> '' ORDER BY id LIMIT 1;"


@pytest.fixture(scope="module")
def theatre() -> Iterator[Lab]:
    with new_lab("backup") as lab:
        lab.up()
        lab.seed()
        reserve_many(lab, 20)
        yield lab
        # Whatever was begun in a container has ended there, and PostgreSQL never had to start over.
        assert programs_in(lab, "postgres") <= {"postgres", "init", "tini", "docker-init"}
        assert "terminating any other active server processes" not in lab.log_text("postgres")


def programs_in(lab: Lab, service: str) -> set[str]:
    """The names of what runs in a container, but for health checks."""
    (container,) = lab.containers(service)
    rows = lab.docker("top", container, "-eo", "pid,comm").splitlines()[1:]
    return {row.split(maxsplit=1)[1] for row in rows} - {"pg_isready"}


def start(lab: Lab, *arguments: str) -> subprocess.Popen[str]:
    return lab.start(str(AZIONE), "backup", *arguments, "--json")


def send_at(lab: Lab, number: int, step: str, *arguments: str) -> int:
    """Sends azione a signal as soon as it says that it is at `step`; its exit code."""
    process = start(lab, *arguments)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("step") == step:
            process.send_signal(number)
            break
    process.communicate(timeout=SECONDS)
    return process.returncode


def names(lab: Lab) -> list[str]:
    done = lab.azione("backup", "list", "--json")
    return [line["name"] for line in map(json.loads, done.stdout.splitlines()) if line["type"] == "record"]


def databases(lab: Lab) -> set[str]:
    return set(lab.psql("SELECT datname FROM pg_database WHERE NOT datistemplate").split()) - {"postgres"}


def test_backup_holds_what_the_database_and_the_posters_hold(theatre: Lab) -> None:
    come_all_the_way(theatre)
    name = back_up(theatre, "--note", "before the premiere")
    told = manifest_of(theatre, name)
    assert told["rows"] == count_rows(theatre)
    assert told["rows"][RESERVATIONS] > 20
    assert (told["postgresql_major"], told["project"]) == (18, theatre.name)
    folder = theatre.backups / name
    assert f"SITE_URL={theatre.url}" in (folder / "settings.env").read_text()
    listed = subprocess.run(
        ["tar", "--list", "--file", folder / "media.tar"], capture_output=True, text=True, check=True
    )
    posters = theatre.psql("SELECT count(*) FROM programme_show WHERE poster <> ''")
    assert int(posters) > 5
    assert listed.stdout.count(".webp") + listed.stdout.count(".jpg") + listed.stdout.count(".png") >= int(posters)
    for secret in theatre.data.rglob("secrets/*/*"):
        value = secret.read_bytes().strip()
        assert all(value not in path.read_bytes() for path in folder.iterdir()), secret.name


def test_settings_of_a_backup_start_a_stack(theatre: Lab) -> None:
    """A new host's .env: Compose makes of it what it makes of the one that was backed up."""
    settings = theatre.backups / back_up(theatre) / "settings.env"
    told = theatre.run("docker", "compose", "config", COMPOSE_ENV_FILES=str(settings))
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == theatre.compose("config")


def test_status_and_doctor_see_it(theatre: Lab) -> None:
    back_up(theatre)
    status = theatre.azione("status")
    assert "Last backup:" in status.stdout
    assert "less than a minute ago" in status.stdout.partition("Last backup:")[2].splitlines()[0]
    doctor = theatre.azione("doctor", "files")
    assert (doctor.returncode, "No backup has been restored on trial yet." in doctor.stdout) == (4, True)
    assert theatre.azione("backup", "verify", "latest", "--drill").returncode == 0
    assert theatre.azione("doctor", "files").returncode == 0


def test_drill_on_the_stack_finds_all_well_and_leaves_nothing(theatre: Lab) -> None:
    name = back_up(theatre)
    before = count_rows(theatre)
    done = theatre.azione("backup", "verify", name, "--drill")
    assert (done.returncode, done.stdout) == (0, f"{name} was restored on trial, and all of it was well.\n"), (
        done.stderr
    )
    assert count_rows(theatre) == before
    assert databases(theatre) == {"azionelab"}
    assert json.loads((theatre.backups / name / "checks.json").read_text())["drilled_at"]


def test_restore_and_rollback_on_the_stack(theatre: Lab) -> None:
    """With guests who came since: they are gone, and come back with the rollback."""
    before = count_rows(theatre)
    name = back_up(theatre)
    late = come_all_the_way(theatre)
    after = count_rows(theatre)

    restored = summary_of(theatre, "restore", name, "--yes")

    assert count_rows(theatre) == before
    assert theatre.get("/api/v1/reservation/", Authorization=f"Reservation {late.token}").status == 404
    assert manifest_of(theatre, restored["safety"])["rows"] == after
    come_all_the_way(theatre)
    assert summary_of(theatre, "restore", "--rollback", "--yes")["kept"] in databases(theatre)
    assert count_rows(theatre) == after
    assert theatre.get("/api/v1/reservation/", Authorization=f"Reservation {late.token}").status == 200
    assert theatre.get("/api/v1/shows/").status == 200


def test_restored_posters_are_served(theatre: Lab) -> None:
    poster = f"/media/{theatre.psql(POSTER)}"
    picture = theatre.get(poster).body
    assert len(picture) > 1000
    name = back_up(theatre)
    theatre.compose("exec", "-T", "backend", "sh", "-c", f"rm /srv/media/current/{theatre.psql(POSTER)}")
    assert theatre.get(poster).status == 404
    summary_of(theatre, "restore", name, "--yes")
    assert theatre.get(poster).body == picture


def test_erased_guest_stays_erased(theatre: Lab) -> None:
    guest = come_all_the_way(theatre)
    name = back_up(theatre)
    assert theatre.azione("privacy", "erase", guest.email, "--yes").returncode == 0
    assert summary_of(theatre, "restore", name, "--yes")["erased_again"] == 1
    assert theatre.psql(f"SELECT count(*) FROM reservations_reservation WHERE email = '{guest.email}'") == "0"
    assert theatre.get("/api/v1/reservation/", Authorization=f"Reservation {guest.token}").status == 404


def test_guests_see_the_maintenance_page_while_a_restore_goes_on(theatre: Lab) -> None:
    name = back_up(theatre)
    process = start(theatre, "restore", name, "--yes")
    assert process.stdout is not None
    seen = {}
    for line in process.stdout:
        step = json.loads(line).get("step")
        if step in ("look", "restore"):
            answer = theatre.get("/api/v1/shows/")
            seen[step] = (answer.status, answer.headers["Retry-After"] is not None)
    process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert seen == {"look": (200, False), "restore": (503, True)}
    assert theatre.get("/api/v1/shows/").status == 200


@contextmanager
def locked_table(lab: Lab) -> Iterator[None]:
    """Somebody keeps a table to themselves: pg_dump has begun, and waits."""
    command = ["docker", "compose", "exec", "-T", "postgres", "psql", "-qU", "postgres", "-d", "azionelab"]
    with subprocess.Popen(
        command, cwd=lab.checkout, env=lab.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdin.write("BEGIN; LOCK TABLE django_session;\n\\echo held\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.stdin.close()
            holder.wait()


def dumps(lab: Lab) -> int:
    return int(lab.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('pg_dump', 'pg_restore')"))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_broken_off_azione_leaves_no_dump_running(theatre: Lab, number: int) -> None:
    before = names(theatre)
    with locked_table(theatre):
        process = start(theatre, "create")
        wait_for("pg_dump", lambda: dumps(theatre) or None, SECONDS)
        os.kill(process.pid, number)
        process.communicate(timeout=SECONDS)
        wait_for("end of pg_dump", lambda: True if dumps(theatre) == 0 else None, SECONDS)
    assert names(theatre) == before
    assert back_up(theatre) == names(theatre)[0]


@pytest.mark.parametrize("step", ["restore", "exchange", "smoke"])
def test_killed_restore_leaves_a_working_site_and_ends_well_when_run_again(theatre: Lab, step: str) -> None:
    before = count_rows(theatre)
    name = back_up(theatre)
    come_all_the_way(theatre)
    after = count_rows(theatre)

    assert send_at(theatre, signal.SIGKILL, step, "restore", name, "--yes") == -signal.SIGKILL

    # An exchange that has begun goes on, and keeps the lock until it is done.
    wait_for("the lock", lambda: _is_free(theatre) or None, SECONDS)
    # The page is lifted with azione, and behind it is one or the other, whole.
    wait_for("the site", lambda: True if theatre.get("/api/v1/shows/").status == 200 else None, SECONDS)
    left = count_rows(theatre)
    assert left in ((after, before) if step in ("exchange", "smoke", "tidy") else (after,))
    summary_of(theatre, "restore", name, "--yes")
    assert count_rows(theatre) == before
    assert {name for name in databases(theatre) if "_restoring_" in name} == set()
    come_all_the_way(theatre)


def _is_free(lab: Lab) -> bool:
    with (lab.backups / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_postgresql_that_dies_while_it_restores_is_told_and_harmless(theatre: Lab) -> None:
    before = count_rows(theatre)
    name = back_up(theatre)
    process = start(theatre, "restore", name, "--yes")
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("step") == "restore":
            theatre.compose("restart", "--timeout", "0", "postgres")
            break
    output = process.communicate(timeout=SECONDS)[0]
    theatre.wait_until_healthy("postgres", "backend")
    if process.returncode != 0:
        assert (process.returncode, json.loads(output.splitlines()[-1])["code"]) == (5, "stack_failed")
    summary_of(theatre, "restore", name, "--yes")
    assert count_rows(theatre) == before


def test_full_disk_of_the_database_is_found_before_anything_is_touched(theatre: Lab) -> None:
    """The manifest says how much it takes; here it says too much, which is the same as too small a disk."""
    name = back_up(theatre)
    folder = theatre.backups / name
    told = manifest_of(theatre, name)
    free = int(
        theatre.compose("exec", "-T", "postgres", "df", "--output=avail", "-B1", "/var/lib/postgresql").split()[-1]
    )
    rewrite(folder, told | {"database_bytes": free})
    before = names(theatre)
    done = theatre.azione("backup", "restore", name, "--yes")
    assert (done.returncode, "The disk of the database has" in done.stderr) == (9, True)
    assert names(theatre) == before
    assert theatre.azione("backup", "verify", name, "--drill").returncode == 9


def rewrite(place: Path, told: dict[str, Any]) -> None:
    """Another manifest, with the checksums to match."""
    text = json.dumps(told)
    (place / "manifest.json").write_text(text)
    sums = [line for line in (place / "SHA256SUMS").read_text().splitlines() if not line.endswith("manifest.json")]
    sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  manifest.json")
    (place / "SHA256SUMS").write_text("\n".join(sums) + "\n")


def test_backend_cannot_change_a_backup(theatre: Lab) -> None:
    """Its folder is read-only in there, and the data in it is nobody's but the operator's."""
    name = back_up(theatre)
    shell = ("exec", "-T", "backend", "sh", "-c")
    done = theatre.run("docker", "compose", *shell, f"cat /srv/backups/{name}/manifest.json >/dev/null && echo read")
    assert done.stdout == "read\n"
    for command in (
        f"rm /srv/backups/{name}/manifest.json",
        f"cat /srv/backups/{name}/database.dump",
        "touch /srv/backups/x",
    ):
        assert theatre.run("docker", "compose", *shell, command).returncode != 0, command


def test_prune_on_the_stack_drops_what_restores_replaced(theatre: Lab) -> None:
    name = back_up(theatre)
    summary_of(theatre, "restore", name, "--yes")
    assert len(databases(theatre)) > 1
    summary_of(theatre, "prune", "--keep-replaced", "0", "--yes")
    assert databases(theatre) == {"azionelab"}
    folders = theatre.compose("exec", "-T", "backend", "ls", "/srv/media").split()
    assert len(folders) == 2
    assert "current" in folders
    assert theatre.get("/api/v1/shows/").status == 200
