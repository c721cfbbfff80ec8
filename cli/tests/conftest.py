"""A real theatre for the CLI: a database of its own, filled by the backend's services, announced by a demo.json.

`azione` runs as a subprocess, and so does manage.py behind it. This process needs Django only to start PostgreSQL the
way the backend's tests do.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.conftest import ENVIRONMENT, pytest_configure

if TYPE_CHECKING:
    from cli.tests.backup_lab import Lab

__all__ = ["pytest_configure"]  # whichever conftest comes first starts the one server of this run

ROOT = Path(__file__).resolve().parents[2]
MANAGE = ROOT / "backend" / "manage.py"
SEASON = ROOT / "backend" / "tests" / "commands" / "season.yaml"
CLI_TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Theatre:
    """A running AzioneLab, as `azione` finds it: `directory` holds its demo.json."""

    directory: Path
    env: dict[str, str]
    performances: dict[str, int]

    @property
    def database_url(self) -> str:
        return self.env["DATABASE_URL"]


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """Shared by all tests, which only read from it."""
    directory = tmp_path_factory.mktemp("demo")
    with spare_database() as url:
        env = ENVIRONMENT | {"DATABASE_URL": url, "MEDIA_ROOT": str(directory / "media")}
        run_backend(env, str(MANAGE), "migrate", "--verbosity", "0")
        with spare_database("_blank", copy_of=""):
            performances = populate(env)
            write_demo(directory, env)
            yield Theatre(directory, env, performances)


@pytest.fixture
def blank_theatre(theatre: Theatre, tmp_path: Path) -> Iterator[Theatre]:
    """One of this test's own, in which nothing plays yet."""
    with own_theatre(theatre, tmp_path / "demo", populated=False) as own:
        yield own


@pytest.fixture
def evening(theatre: Theatre, tmp_path: Path) -> Iterator[Theatre]:
    """One of this test's own, as the shared one is: people come in, reserve and are moved."""
    with own_theatre(theatre, tmp_path / "demo") as own:
        yield own


@pytest.fixture
def full(theatre: Theatre) -> str:
    """The shared theatre's performance with guests."""
    return str(theatre.performances["full"])


@contextmanager
def own_theatre(theatre: Theatre, directory: Path, *, populated: bool = True) -> Iterator[Theatre]:
    """One to write to, of the same cast or of nobody; a worker has one of them at a time."""
    directory.mkdir(exist_ok=True)
    with spare_database("_own", copy_of="_blank") as url:
        env = theatre.env | {"DATABASE_URL": url, "MEDIA_ROOT": str(directory / "media")}
        performances = populate(env) if populated else {}
        write_demo(directory, env)
        yield Theatre(directory, env, performances)


def populate(env: dict[str, str]) -> dict[str, int]:
    """The ids of the performances, by what they are for."""
    return dict(json.loads(run_backend(env, str(CLI_TESTS / "populate.py"))))


@contextmanager
def spare_database(suffix: str = "", *, copy_of: str | None = None) -> Iterator[str]:
    """A database of this worker's own in the server of this run, or a copy of such a one; gone afterwards."""
    server, name = os.environ["DATABASE_URL"], database_name(suffix)
    template = "template1" if copy_of is None else database_name(copy_of)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield make_conninfo(**conninfo_to_dict(server) | {"dbname": name})
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def database_name(suffix: str) -> str:
    return f"azione_cli_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}{suffix}"


def run_backend(env: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        env=os.environ | env | {"PYTHONPATH": str(ROOT / "backend")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_demo(directory: Path, env: dict[str, str], **changes: object) -> Path:
    """What `make demo` leaves for azione, by this live process."""
    path = directory / "demo.json"
    content = {"url": "http://localhost:8000", "env": env, "python": sys.executable, "manage": str(MANAGE)}
    path.write_text(json.dumps(content | {"pid": os.getpid()} | changes))
    path.chmod(0o600)
    return path


def cli_env(**more: str) -> dict[str, str]:
    """Nothing of this process's settings; no Docker on the PATH, so that no real stack is ever found."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT / "cli"), "PATH": "/nonexistent", "PYTHONUTF8": "1"} | more


@pytest.fixture
def lab(tmp_path: Path) -> Iterator["Lab"]:
    """A stack whose backups a test may spoil; only `docker` is played."""
    from cli.tests.backup_lab import make_lab

    with make_lab(tmp_path) as made:
        yield made


Azione = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def azione(theatre: Theatre, tmp_path: Path) -> Azione:
    """Runs `azione` against the theatre, from an empty directory."""

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return run_azione(*arguments, cwd=tmp_path, AZIONE_DEMO_DIR=str(theatre.directory), **env)

    return run


def run_azione(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "azione", *arguments],
        cwd=cwd,
        env=cli_env(**env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    # Not text=True, which would turn CRLF into LF.
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
