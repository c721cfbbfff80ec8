"""`make upgrade` and `make rollback` in a checkout of the test's own, watched by one who keeps asking for pages."""

import fcntl
import http.client
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.checkouts import MIGRATIONS, copy_checkout, write_migration
from lab.stacks import ROOT, Lab, new_lab
from lab.waiting import wait_for

PATHS = ("/it/", "/api/v1/shows/")
SWITCH_SECONDS = 120
ONLY_THE_PAGE = {"200", "503 with Retry-After 30"}
BACKEND = Path("backend") / "azionelab"


@dataclass
class Watcher:
    """What a guest saw who asked for each page again and again."""

    lab: Lab
    seen: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def watch(self, path: str) -> None:
        # A pause between two looks leaves the machine to what is looked at.
        while not self.stopped.wait(0.03):
            try:
                answer = self.lab.get(path)
            except (OSError, http.client.HTTPException) as error:
                self.seen.append(f"{path} {type(error).__name__}")
                continue
            page = f"{answer.status}"
            if answer.status == 503:
                # The maintenance page says 30; who meets a backend that is not there is told another number.
                page += f" with Retry-After {answer.headers['Retry-After']}"
            self.seen.append(page)


@contextmanager
def watched(lab: Lab) -> Iterator[Watcher]:
    watcher = Watcher(lab)
    threads = [threading.Thread(target=watcher.watch, args=(path,)) for path in PATHS]
    for thread in threads:
        thread.start()
    try:
        yield watcher
    finally:
        watcher.stopped.set()
        for thread in threads:
            thread.join()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout's files as they are now, in a folder that a test may change."""
    copy = tmp_path_factory.mktemp("checkout") / "azionelab"
    copy_checkout(copy)
    return copy


@pytest.fixture(scope="module")
def lab(checkout: Path) -> Iterator[Lab]:
    with new_lab("upgrade", checkout=checkout) as lab:
        lab.up()
        lab.seed()
        yield lab


def remove_migrations(checkout: Path) -> None:
    for path in (checkout / MIGRATIONS).glob("*_of_the_test.py"):
        path.unlink()


def set_version(checkout: Path, version: str) -> None:
    (checkout / BACKEND / "__init__.py").write_text(f'"""The backend of AzioneLab."""\n\n__version__ = "{version}"\n')


def running_version(lab: Lab) -> str:
    return lab.compose(
        "exec", "-T", "backend", "python", "-c", "import azionelab; print(azionelab.__version__)"
    ).strip()


def databases(lab: Lab) -> list[str]:
    return lab.psql("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1", database="postgres").split()


def reserve(lab: Lab) -> str:
    """A guest's reservation; its reference."""
    made = lab.azione("reservations", "create", "next", "--seats", "1", "--name", "Anna Rossi", "--no-email", "--yes")
    assert made.returncode == 0, made.stderr
    return lab.psql("SELECT reference FROM reservations_reservation ORDER BY id DESC LIMIT 1")


def test_upgrade_answers_all_the_time_but_for_its_page(lab: Lab, checkout: Path) -> None:
    reference = reserve(lab)
    before = lab.inspect("nginx")[0]["Id"]
    set_version(checkout, "7.0.0")
    write_migration(checkout, "CREATE TABLE of_the_test (id integer)")
    with watched(lab) as watcher:
        done = lab.make("upgrade")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(watcher.seen) == ONLY_THE_PAGE
    assert running_version(lab) == "7.0.0"
    assert lab.psql("SELECT count(*) FROM of_the_test") == "0"
    assert reference in lab.psql("SELECT reference FROM reservations_reservation")
    assert databases(lab) == ["azionelab", "postgres"]
    assert lab.inspect("nginx")[0]["Id"] == before
    assert [path for path in lab.backups.iterdir() if (path / "manifest.json").is_file()]
    lab.wait_until_healthy()


def test_up_does_not_upgrade(lab: Lab, checkout: Path) -> None:
    """Only `make upgrade` has a backup, and a way back."""
    set_version(checkout, "7.0.1")
    done = lab.make("up")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Keeping the version that runs" in done.stdout
    assert running_version(lab) == "7.0.0"


def test_rollback_refuses_where_the_old_program_does_not_know_the_database(lab: Lab) -> None:
    done = lab.make("rollback")
    assert done.returncode == 2  # make's own, for a recipe that failed
    assert "does not know 1 migrations of the database (programme." in done.stderr
    assert running_version(lab) == "7.0.0"
    lab.wait_until_healthy()


def test_rollback_goes_back_where_the_database_has_not_changed(lab: Lab, checkout: Path) -> None:
    set_version(checkout, "7.1.0")
    assert lab.make("upgrade").returncode == 0
    assert running_version(lab) == "7.1.0"
    done = lab.make("rollback")
    assert done.returncode == 0, done.stdout + done.stderr
    assert running_version(lab) == "7.0.0"
    lab.wait_until_healthy()
    again = lab.make("rollback")
    assert (again.returncode, "There is no version before this one" in again.stderr) == (2, True)
    assert running_version(lab) == "7.0.0"


def test_upgrade_to_what_runs_already_keeps_the_way_back(lab: Lab, checkout: Path) -> None:
    set_version(checkout, "7.2.0")
    assert lab.make("upgrade").returncode == 0
    assert lab.make("upgrade").returncode == 0
    done = lab.make("rollback")
    assert done.returncode == 0, done.stdout + done.stderr
    assert running_version(lab) == "7.0.0"
    lab.wait_until_healthy()


def test_one_make_at_a_time(lab: Lab) -> None:
    with (lab.data / ".stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for verb in ("up", "upgrade", "rollback", "down"):
            refused = lab.make(verb)
            assert (refused.returncode, "Another make is at work" in refused.stderr) == (2, True), verb
        assert lab.make("watch").returncode == 0
    assert lab.get("/it/").status == 200


@pytest.mark.parametrize("damage", ["settings", "migration", "backend"])
def test_failed_upgrade_leaves_everything_as_it_was(lab: Lab, checkout: Path, damage: str) -> None:
    set_version(checkout, "8.0.0")
    break_checkout(checkout, damage)
    reference = reserve(lab)
    try:
        with watched(lab) as watcher:
            done = lab.make("upgrade")
    finally:
        mend_checkout(checkout)
    assert done.returncode == 2
    assert "everything is as it was before it; nothing is lost" in done.stderr
    assert set(watcher.seen) <= ONLY_THE_PAGE
    assert running_version(lab) == "7.0.0"
    assert reference in lab.psql("SELECT reference FROM reservations_reservation")
    assert lab.psql("SELECT to_regclass('half_done') IS NULL") == "t"
    assert lab.psql("SELECT count(*) FROM django_migrations WHERE name LIKE '%_of_the_test'") == "1"
    lab.wait_until_healthy()
    assert reserve(lab)
    for name in databases(lab):
        if "half_done" in name:
            lab.psql(f'DROP DATABASE "{name}"', database="postgres")


def break_checkout(checkout: Path, damage: str) -> None:
    """A setting that the new version cannot bear; a migration that fails half-way; a program that does not answer."""
    settings = checkout / BACKEND / "project" / "settings.py"
    urls = checkout / BACKEND / "project" / "urls.py"
    if damage == "settings":
        settings.write_text(settings.read_text() + '\nraise ImproperlyConfigured("CURTAIN is not set.")\n')
    elif damage == "migration":
        write_migration(checkout, "CREATE TABLE half_done (id integer)")
        write_migration(checkout, "SELECT 1 / 0")
    else:
        write_migration(checkout, "CREATE TABLE half_done (id integer)")
        urls.write_text(urls.read_text() + "\nurlpatterns = []\n")


def mend_checkout(checkout: Path) -> None:
    for name in ("settings.py", "urls.py"):
        shutil.copy(ROOT / BACKEND / "project" / name, checkout / BACKEND / "project" / name)
    remove_migrations(checkout)
    write_migration(checkout, "CREATE TABLE of_the_test (id integer)")


def upgrade_until(lab: Lab, checkout: Path, happened: Callable[[], object], number: signal.Signals) -> str:
    """Ends `make upgrade` with a signal, to all that belongs to it, once something has happened; what it said."""
    process = subprocess.Popen(
        ["make", "--no-print-directory", "upgrade"],
        cwd=checkout,
        env=lab.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for("the moment to end it", lambda: happened() or None, SWITCH_SECONDS)
    finally:
        os.killpg(process.pid, number)
        said, _ = process.communicate(timeout=SWITCH_SECONDS)
    return said


def is_migrating(lab: Lab) -> bool:
    sleeping = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND datname = 'azionelab'"
    return bool(lab.psql(sleeping, database="postgres"))


def running_backends(lab: Lab) -> str:
    """Without the one that was made to migrate."""
    labels = ("project=" + lab.name, "service=backend", "oneoff=False")
    filters = [word for label in labels for word in ("--filter", f"label=com.docker.compose.{label}")]
    return lab.docker("ps", "--quiet", *filters)


@contextmanager
def long_migration(checkout: Path) -> Iterator[None]:
    """Long enough to be ended in, and held up by nothing but the database."""
    write_migration(checkout, "CREATE TABLE half_done (id integer); SELECT pg_sleep(60)")
    try:
        yield
    finally:
        remove_migrations(checkout)
        write_migration(checkout, "CREATE TABLE of_the_test (id integer)")


def test_upgrade_that_was_killed_is_put_back(lab: Lab, checkout: Path) -> None:
    set_version(checkout, "9.0.0")
    reference = reserve(lab)
    with long_migration(checkout):
        upgrade_until(lab, checkout, lambda: is_migrating(lab), signal.SIGKILL)

    refused = lab.make("up")
    assert refused.returncode == 2
    assert "make rollback puts back what was before it" in refused.stderr
    # Nobody may come in on a half-migrated database.
    assert lab.make("watch").returncode == 0
    assert running_backends(lab) == ""
    done = lab.make("rollback")
    assert done.returncode == 0, done.stdout + done.stderr
    assert running_version(lab) == "7.0.0"
    assert reference in lab.psql("SELECT reference FROM reservations_reservation")
    assert lab.psql("SELECT to_regclass('half_done') IS NULL") == "t"
    lab.wait_until_healthy()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_upgrade_that_is_interrupted_puts_everything_back_behind_its_page(
    lab: Lab, checkout: Path, number: signal.Signals
) -> None:
    """Ctrl-C reaches all that was started from the terminal; so does the end of its window."""
    set_version(checkout, "9.0.1")
    with long_migration(checkout), watched(lab) as watcher:
        said = upgrade_until(lab, checkout, lambda: is_migrating(lab), number)
    assert "everything is as it was before it; nothing is lost" in said
    assert set(watcher.seen) == ONLY_THE_PAGE
    assert running_version(lab) == "7.0.0"
    assert lab.psql("SELECT to_regclass('half_done') IS NULL") == "t"
    lab.wait_until_healthy()


def test_upgrade_that_was_killed_while_it_built_is_put_back(lab: Lab, checkout: Path) -> None:
    set_version(checkout, "9.0.2")
    upgrade_until(lab, checkout, (lab.data / "upgrade.json").exists, signal.SIGKILL)
    assert lab.get("/it/").status == 200
    assert "make rollback puts back" in lab.make("up").stderr
    done = lab.make("rollback")
    assert done.returncode == 0, done.stdout + done.stderr
    assert running_version(lab) == "7.0.0"
    assert lab.make("up").returncode == 0
    assert running_version(lab) == "7.0.0"
    lab.wait_until_healthy()


def test_upgrade_without_room_for_a_backup_changes_nothing(lab: Lab, checkout: Path) -> None:
    set_version(checkout, "9.1.0")
    images = [lab.docker("image", "inspect", "--format", "{{.Id}}", lab.image("backend"))]
    lab.backups.rename(lab.backups.with_name("elsewhere"))
    lab.backups.write_text("not a folder")
    try:
        done = lab.make("upgrade")
    finally:
        lab.backups.unlink()
        lab.backups.with_name("elsewhere").rename(lab.backups)
    assert done.returncode == 2
    assert "No backup could be made, so nothing was changed" in done.stderr
    assert images == [lab.docker("image", "inspect", "--format", "{{.Id}}", lab.image("backend"))]
    assert running_version(lab) == "7.0.0"
