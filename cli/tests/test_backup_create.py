"""`azione backup create` and `list`: whole or not at all, and what a whole one holds."""

import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli.tests.backup_lab import KEY_FINGERPRINT, MIGRATIONS, RESERVATIONS, Lab, kill_at, wait_until

from azione.backups.durable import locked

STEPS = ("look", "database", "media", "settings", "erasures", "read", "finish")
FILES = ("database.dump", "media.tar", "settings.env", "erasures.jsonl")
SLOW_DUMP = """#!/bin/sh
# pg_dump that has begun and does not end by itself; it says when it has ended.
trap 'touch {ended}; exit 1' TERM
touch {begun}
while :; do sleep 0.1; done
"""


def test_backup_holds_database_posters_settings_and_erasures(lab: Lab) -> None:
    (lab.directory / "env").write_text("SITE_URL=https://teatro.example\nTHEATRE_NAME='Teatro Nuovo'\nSMTP_USER=\n")
    name = lab.create("--note", "before the premiere")
    folder = lab.backups / name
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d{6}Z", name)
    assert {path.name for path in folder.iterdir()} == {*FILES, "manifest.json", "SHA256SUMS", "checks.json"}
    with tarfile.open(folder / "media.tar") as archive:
        [poster] = [member for member in archive if member.isfile()]
        assert poster.name == "./posters/locandiera.webp"
        assert archive.extractfile(poster).read() == lab.poster.read_bytes()
    assert (folder / "settings.env").read_text().splitlines()[1:] == [
        "COMPOSE_PROJECT_NAME=teatro",
        "SITE_URL=https://teatro.example",
        'THEATRE_NAME="Teatro Nuovo"',
    ]
    assert json.loads((folder / "erasures.jsonl").read_text()) == {"v": 1, "type": "summary", "erasures": 0}
    assert lab.lying_about() == []


def test_manifest_says_what_a_restore_has_to_know(lab: Lab) -> None:
    lab.reserve(2)
    name = lab.create()
    manifest = lab.manifest(name)
    assert manifest["migrations"] == list(MIGRATIONS)
    assert manifest["rows"] == {
        "public.django_migrations": 3,
        "public.programme_show": 1,
        "public.reservations_reservation": RESERVATIONS + 2,
    }
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$", manifest["made_at"])
    assert (manifest["azionelab"], manifest["postgresql_major"]) == ("0.1.0", 18)
    assert manifest["secret_key_fingerprint"] == KEY_FINGERPRINT
    assert len(bytes.fromhex(manifest["salt"])) == 16
    assert manifest["salt"] != lab.manifest(lab.create())["salt"]
    for file, told in manifest["files"].items():
        content = (lab.backups / name / file).read_bytes()
        assert (told["size"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=lab.backups / name, check=False)
    assert done.returncode == 0


def test_only_its_owner_reads_the_data_and_the_backend_reads_the_rest(lab: Lab) -> None:
    old = os.umask(0o077)
    try:
        folder = lab.backups / lab.create()
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.iterdir()]}
    assert modes.pop(folder.name) == 0o755
    assert {modes.pop(name) for name in ("manifest.json", "SHA256SUMS", "checks.json")} == {0o644}
    assert set(modes.values()) == {0o600}


def test_rows_are_counted_in_the_snapshot_of_the_dump(lab: Lab) -> None:
    """Reservations that come while pg_dump runs are neither in the dump nor in the counts."""
    real = shutil.which("pg_dump", path=lab.tools)
    slow = f'#!/bin/sh\npsql -h \'{lab.socket}\' -U postgres -d {lab.database} -qc "{_RESERVE}"\nexec {real} "$@"\n'
    with lab.program("postgres", "pg_dump", slow):
        name = lab.create()
    assert lab.guests() == RESERVATIONS + 1
    assert lab.manifest(name)["rows"]["public.reservations_reservation"] == RESERVATIONS
    assert lab.azione("verify", name, "--drill").returncode == 0


_RESERVE = "INSERT INTO reservations_reservation (name, seats) VALUES ('While it runs', 2)"


def test_secrets_are_in_no_file_of_a_backup(lab: Lab) -> None:
    secrets = {
        "SECRET_KEY": "s3cr3t-key",
        "SMTP_PASSWORD": "s3cr3t-mail",
        "DATABASE_URL": "postgresql://azionelab:s3cr3t-url@db/azionelab",
        "API_TOKEN": "s3cr3t-token",
    }
    (lab.directory / "env").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
    folder = lab.backups / lab.create()
    assert all(b"s3cr3t" not in path.read_bytes() for path in folder.iterdir())
    left_out = [line for line in (folder / "settings.env").read_text().splitlines() if line.startswith("# left out")]
    assert left_out == [f"# left out: {name}" for name in sorted(secrets)]


def test_settings_come_from_the_container_where_env_is_out_of_reach(lab: Lab) -> None:
    text = (lab.backups / lab.create() / "settings.env").read_text()
    assert "SITE_URL=https://teatro.example\n" in text
    assert 'THEATRE_NAME="Teatro dell\'Azione"\n' in text
    assert "SECRETS_DIR" not in text


# Broken off


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_leaves_no_backup_and_the_older_ones(lab: Lab, step: str) -> None:
    older = lab.create()
    before = {path.name: path.read_bytes() for path in (lab.backups / older).iterdir()}
    assert kill_at(lab, step, "create") == -signal.SIGKILL
    assert lab.names() == [older]
    assert {path.name: path.read_bytes() for path in (lab.backups / older).iterdir()} == before
    newer = lab.create()
    assert lab.names() == [newer, older]
    assert lab.lying_about() == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("step", ["database", "read"])
def test_stopped_at_any_step_it_tidies_up_at_once(lab: Lab, step: str, number: int, code: int) -> None:
    assert kill_at(lab, step, "create", number=number) == code
    assert lab.names() == []
    assert lab.lying_about() == []


def test_killed_azione_leaves_nothing_running_in_the_containers(lab: Lab) -> None:
    begun, ended = lab.directory / "begun", lab.directory / "ended"
    with lab.program("postgres", "pg_dump", SLOW_DUMP.format(begun=begun, ended=ended)):
        process = lab.start("create", "--json")
        wait_until(begun.exists)
        process.kill()
        process.communicate()
        wait_until(ended.exists)
    assert lab.names() == []


def test_failed_dump_is_told_in_its_own_words_and_leaves_nothing(lab: Lab) -> None:
    with lab.program("postgres", "pg_dump", "#!/bin/sh\necho 'pg_dump: error: the disk has a hole' >&2\nexit 1\n"):
        done = lab.azione("create")
    assert (done.returncode, lab.names(), lab.lying_about()) == (5, [], [])
    assert "The Compose stack did not do what was needed." in done.stderr
    assert "pg_dump: error: the disk has a hole" in done.stderr


def test_dump_that_cannot_be_read_back_is_no_backup(lab: Lab) -> None:
    """pg_dump says that all is well, and what it wrote lacks its end."""
    real = shutil.which("pg_dump", path=lab.tools)
    with lab.program("postgres", "pg_dump", f'#!/bin/sh\n{real} "$@" | head -c 3000\n'):
        done = lab.azione("create")
    assert (done.returncode, lab.names(), lab.lying_about()) == (5, [], [])
    assert "pg_restore: error" in done.stderr


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
def test_too_small_a_disk_is_told_before_anything_is_written(lab: Lab) -> None:
    with small_disk(lab.backups, 20):
        done = lab.azione("create")
        assert (done.returncode, done.stdout, lab.names()) == (9, "", [])
        assert re.search(r"backups has 2\d MB free, and a backup may need \d\d MB", done.stderr)
        assert sorted(path.name for path in lab.backups.iterdir()) == [".lock"]
        assert lab.azione("create", "--dry-run").returncode == 9


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
@pytest.mark.parametrize("program", ["pg_dump", "tar"])
def test_disk_that_fills_up_meanwhile_leaves_no_half_backup(lab: Lab, program: str) -> None:
    """Somebody else fills the disk up: what was measured before no longer holds."""
    service = "postgres" if program == "pg_dump" else "backend"
    endless = "#!/bin/sh\nexec head -c 300000000 /dev/zero\n"
    with small_disk(lab.backups, 120):
        older = lab.create()
        with lab.program(service, program, endless):
            done = lab.azione("create")
        assert (done.returncode, lab.names(), lab.lying_about()) == (9, [older], [])
        assert "The disk of the backups is full. No half backup is left there." in done.stderr
        assert lab.azione("verify", older).returncode == 0
        assert lab.azione("create").returncode == 0


def test_file_that_a_signal_left_half_written_goes_with_the_lock(lab: Lab) -> None:
    with locked(lab.backups, "create"):
        (lab.backups / ".new-0000").write_text("{")
    assert lab.lying_about() == []


# Two at a time


def test_second_azione_is_told_who_is_at_work(lab: Lab) -> None:
    name = lab.create()
    begun, ended = lab.directory / "begun", lab.directory / "ended"
    with lab.program("postgres", "pg_dump", SLOW_DUMP.format(begun=begun, ended=ended)):
        process = lab.start("create")
        wait_until(begun.exists)
        for verb in (["create"], ["verify", name], ["restore", name, "--yes"], ["prune", "--yes"]):
            done = lab.azione(*verb)
            assert (done.returncode, done.stdout) == (8, ""), verb
            assert f"It is azione backup create, process {process.pid}." in done.stderr
        assert lab.names() == [name]
        process.terminate()
        process.communicate()
    assert lab.azione("create").returncode == 0


def test_two_backups_in_one_second_have_two_names(lab: Lab) -> None:
    for folder in ("2026-11-29T204501Z", "2026-11-29T204501Z-2"):
        (lab.backups / folder).mkdir()
    from datetime import UTC, datetime

    from azione.backups.layout import new_name

    assert new_name(lab.backups, datetime(2026, 11, 29, 20, 45, 1, tzinfo=UTC)) == "2026-11-29T204501Z-3"


# What stands in the way


def test_poster_that_changes_while_it_is_packed_makes_it_begin_anew(lab: Lab) -> None:
    real = shutil.which("tar")
    once = f'#!/bin/sh\n{real} "$@"\n[ -e {lab.directory}/again ] || {{ touch {lab.directory}/again; exit 1; }}\n'
    with lab.program("backend", "tar", once):
        name = lab.create()
    assert (lab.directory / "again").exists()
    assert lab.azione("verify", name, "--drill").returncode == 0


@pytest.mark.parametrize(
    ("service", "sentence"),
    [
        ("postgres", "PostgreSQL of the Compose project teatro does not run: make up starts it."),
        ("backend", "The backend of the Compose project teatro does not run: make up starts it."),
    ],
)
def test_stack_that_does_not_run_is_one_sentence(lab: Lab, service: str, sentence: str) -> None:
    with lab.stopped(service):
        done = lab.azione("create")
        assert (done.returncode, done.stdout) == (5, "")
        assert sentence in done.stderr
        assert lab.azione("list").returncode == 0


def test_external_database_is_left_to_its_provider(lab: Lab) -> None:
    with lab.without("postgres"):
        for verb in (["create"], ["restore", "latest", "--yes"], ["verify", "latest", "--drill"]):
            done = lab.azione(*verb)
            assert (done.returncode, done.stdout) == (5, "")
            assert done.stderr == (
                "Error: The database is not in this stack: take and restore backups with the tools of its provider.\n"
            )


def test_backend_with_its_database_elsewhere_is_found_out(lab: Lab) -> None:
    """DATABASE_URL is set, and the stack has a PostgreSQL of its own all the same: what is done there helps nobody."""
    name = lab.create()
    lab.answers_for = "theatre_at_a_provider"
    lab.know_migrations()
    for verb in (["create"], ["restore", name, "--yes"], ["verify", name, "--drill"]):
        done = lab.azione(*verb)
        assert (done.returncode, "with the tools of its provider" in done.stderr) == (5, True), verb
    assert lab.names() == [name]


def test_backups_of_a_stack_that_was_taken_down_are_found_by_its_settings(lab: Lab) -> None:
    name = lab.create()
    (lab.directory / "bin" / "ids").write_text("")
    (lab.directory / "env").write_text(f"BACKUP_DIR={lab.backups}\n")
    done = lab.azione("list", AZIONE_ENV="env")
    assert (done.returncode, name in done.stdout) == (0, True)
    assert lab.azione("verify", name, AZIONE_ENV="env").returncode == 0
    made = lab.azione("create", AZIONE_ENV="env")
    assert (made.returncode, "teatro is on this host: make up starts it." in made.stderr) == (5, True)


def test_demo_has_no_backups(lab: Lab) -> None:
    done = lab.azione("create", "--target", "demo")
    assert (done.returncode, done.stdout) == (5, "")
    assert "A demo has none: copy its folder while it is stopped." in done.stderr


def test_host_without_docker_is_told_so(lab: Lab) -> None:
    done = lab.azione("create", PATH="/nonexistent")
    assert (done.returncode, "There is no docker command on this machine." in done.stderr) == (5, True)
    listed = lab.azione("list", "--directory", str(lab.backups), PATH="/nonexistent")
    assert (listed.returncode, listed.stderr) == (0, "")


def test_folder_that_is_not_there_or_closed_is_told_with_its_name(lab: Lab) -> None:
    lab.backups.rename(lab.directory / "elsewhere")
    done = lab.azione("create")
    assert (done.returncode, f"{lab.backups}: No such file or directory." in done.stderr) == (5, True)
    named = lab.azione("list", "--directory", "nowhere")
    assert (named.returncode, "--directory: there is no folder nowhere." in named.stderr) == (2, True)


# Listing


def test_list_has_the_newest_first_and_names_what_is_none(lab: Lab) -> None:
    first = lab.create("--note", "before the premiere")
    second = lab.create()
    (lab.backups / "notes").mkdir()
    (lab.backups / first / "SHA256SUMS").write_text("0" * 64 + "  manifest.json\n")
    done = lab.azione("list")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(rf"(?m)^{second} +.* 40 ", done.stdout)
    assert "No backups are: " in done.stdout
    assert "notes: it has no manifest.json" in done.stdout
    assert f"{first}: its manifest.json is damaged: it and SHA256SUMS do not agree" in done.stdout
    records = [json.loads(line) for line in lab.azione("list", "--json").stdout.splitlines()]
    assert [record.get("name") for record in records] == [second, None]
    assert set(records[-1]["others"]) == {first, "notes"}


def test_json_tells_each_step_and_ends_with_a_summary(lab: Lab) -> None:
    lines = [json.loads(line) for line in lab.azione("create", "--json").stdout.splitlines()]
    assert [line["step"] for line in lines[:-1]] == list(STEPS)
    assert all(line["type"] == "progress" and line["done"] < line["total"] == len(STEPS) for line in lines[:-1])
    assert (lines[-1]["type"], lines[-1]["name"]) == ("summary", lab.names()[0])
    failed = lab.azione("verify", "nothing", "--json")
    assert (failed.returncode, failed.stderr) == (2, "")
    assert json.loads(failed.stdout.splitlines()[-1])["code"] == "not_found"


def test_dry_run_says_what_would_be_saved_and_writes_nothing(lab: Lab) -> None:
    done = lab.azione("create", "--dry-run")
    assert done.returncode == 0
    assert re.search(r"a database of [\d.]+ MB and 1 picture file \(0\.1 MB\)", done.stdout)
    assert list(lab.backups.iterdir()) == []
