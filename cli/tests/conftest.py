"""A real theatre for the CLI: a database of its own, filled by the backend's services, announced by a demo.json.

`azione` runs as a subprocess, and so does manage.py behind it. This process needs Django only to start PostgreSQL the
way the backend's tests do.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.conftest import ENVIRONMENT, pytest_configure

__all__ = ["pytest_configure"]  # whichever conftest comes first starts the one server of this run

ROOT = Path(__file__).resolve().parents[2]
MANAGE = ROOT / "backend" / "manage.py"
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
    directory = tmp_path_factory.mktemp("demo")
    with spare_database() as url:
        env = ENVIRONMENT | {"DATABASE_URL": url, "MEDIA_ROOT": str(directory / "media")}
        run_backend(env, str(MANAGE), "migrate", "--verbosity", "0")
        performances = json.loads(run_backend(env, str(CLI_TESTS / "populate.py")))
        write_demo(directory, env)
        yield Theatre(directory, env, performances)


class spare_database:  # noqa: N801 (used as `with spare_database() as url`)
    """A database of this worker's own in the server of this run; gone afterwards."""

    def __init__(self, suffix: str = "") -> None:
        self._server = os.environ["DATABASE_URL"]
        self._name = f"azione_cli_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}{suffix}"

    def __enter__(self) -> str:
        self._run(f'DROP DATABASE IF EXISTS "{self._name}"', f'CREATE DATABASE "{self._name}"')
        return make_conninfo(**conninfo_to_dict(self._server) | {"dbname": self._name})

    def __exit__(self, *_: object) -> None:
        self._run(f'DROP DATABASE "{self._name}" WITH (FORCE)')

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


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
