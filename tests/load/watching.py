"""What the machine and the database did while clients were busy: processor time by container, and every statement."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection

from load.stage import Stage

SERVICES = ("nginx", "backend", "postgres", "bare")
_DOCKER = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


class _Docker(HTTPConnection):
    def connect(self) -> None:
        if not _DOCKER.startswith("unix://"):
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(_DOCKER.removeprefix("unix://"))


def _cpu_seconds(container: str) -> float:
    """Since the container was started; by the engine's own count."""
    address = _DOCKER.partition("://")[2] if _DOCKER.startswith("tcp://") else "localhost"
    connection = _Docker(address)
    try:
        connection.request("GET", f"/containers/{container}/stats?stream=false&one-shot=true")
        usage = json.load(connection.getresponse())["cpu_stats"]["cpu_usage"]["total_usage"]
    finally:
        connection.close()
    return float(usage) / 1e9


@dataclass
class Cpu:
    """Seconds of one core by service, and by `mail` for the mail server."""

    seconds: dict[str, float] = field(default_factory=dict)


@contextmanager
def cpu_of(stage: Stage) -> Iterator[Cpu]:
    """Filled in at the end."""
    containers = {service: stage.lab.containers(service)[0] for service in SERVICES}

    def read() -> dict[str, float]:
        times = stage.mail_server.cpu_times()
        # The engine takes most of a second to answer for each.
        with ThreadPoolExecutor(len(containers)) as pool:
            seconds = dict(zip(containers, pool.map(_cpu_seconds, containers.values()), strict=True))
        return seconds | {"mail": times.user + times.system}

    before, found = read(), Cpu()
    yield found
    found.seconds = {name: value - before[name] for name, value in read().items()}


@dataclass(frozen=True)
class Statement:
    """`ended` in seconds, to a millisecond; `milliseconds` is what the server needed."""

    backend: str
    ended: float
    milliseconds: float
    sql: str


@dataclass
class Record:
    statements: list[Statement] = field(default_factory=list)

    def held_locks(self, locking: str) -> list[float]:
        """How long each transaction held what the statement that has `locking` in it locked, in milliseconds.

        From the end of that statement to the end of the COMMIT, by the log's clock.
        """
        since: dict[str, float] = {}
        held = []
        for statement in self.statements:
            if locking in statement.sql:
                since[statement.backend] = statement.ended
            elif statement.sql.upper().startswith(("COMMIT", "ROLLBACK")) and statement.backend in since:
                held.append(1000 * (statement.ended - since.pop(statement.backend)))
        return held


_LINE = re.compile(
    r"^watched (?P<backend>\d+) (?P<ended>[\d.]+) LOG:  duration: (?P<ms>[\d.]+) ms  "
    r"(?:statement|execute [^:]*): (?P<sql>.*)$"
)
_PREFIX = {"log_line_prefix": "'watched %p %n '"}
_ALL = {"log_min_duration_statement": "0"} | _PREFIX
_SOME = {"log_transaction_sample_rate": "0.25"} | _PREFIX


@contextmanager
def statements_of(stage: Stage) -> Iterator[Record]:
    """Every statement of the site meanwhile, from PostgreSQL's log; filled in at the end.

    Writing the log takes time of its own, so nothing else is measured in such a run.
    """
    with _logged(stage, _ALL) as record:
        yield record


@contextmanager
def sample_of(stage: Stage) -> Iterator[Record]:
    """The same of every fourth transaction: the others do not wait for the log."""
    with _logged(stage, _SOME) as record:
        yield record


@contextmanager
def _logged(stage: Stage, settings: Mapping[str, str]) -> Iterator[Record]:
    record = Record()
    _alter(stage, [f"ALTER SYSTEM SET {name} = {value}" for name, value in settings.items()])
    already = len(stage.lab.log_text("postgres").splitlines())
    try:
        yield record
    finally:
        _alter(stage, [f"ALTER SYSTEM RESET {name}" for name in settings])
    lines = stage.lab.log_text("postgres").splitlines()[already:]
    record.statements = [found for line in lines if (found := _read(line)) and "ALTER SYSTEM" not in found.sql]


def _alter(stage: Stage, changes: Sequence[str]) -> None:
    for change in changes:
        stage.lab.psql(change)
    stage.lab.psql("SELECT pg_reload_conf()")


def _read(line: str) -> Statement | None:
    found = _LINE.match(line)
    if found is None:
        return None
    return Statement(found["backend"], float(found["ended"]), float(found["ms"]), found["sql"].strip())
