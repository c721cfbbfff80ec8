"""Replicas that start together each bring the database up to date."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.conftest import ENVIRONMENT

MANAGE = Path(__file__).parents[2] / "manage.py"


@pytest.fixture
def empty_database() -> Iterator[str]:
    server = os.environ["DATABASE_URL"]
    name = f"migrated_by_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.concurrency
def test_two_that_migrate_at_once_both_end_well(empty_database: str) -> None:
    command = [sys.executable, str(MANAGE), "migrate", "--no-input", "--verbosity", "0"]
    environment = os.environ | ENVIRONMENT | {"DATABASE_URL": empty_database}
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = [(one.communicate(timeout=300)[1][-600:], one.returncode) for one in both]
    assert [code for _words, code in ended] == [0, 0], ended
    check = [*command[:3], "--check"]
    assert subprocess.run(check, env=environment, check=False).returncode == 0
