"""The stack under load: the real one, with a mail server beside it and a yardstick next to its backend."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import psutil

from lab.stacks import Lab, bridge_gateway, new_lab
from lab.staff import pair_phone
from lab.waiting import wait_for
from load.sink import Mailbag, mail_server

HERE = Path(__file__).parent
COMPOSE_FILES = "infra/docker/compose.yml:tests/load/compose.yml"
START_SECONDS = 60
WITHDRAW = """
UPDATE reservations_outboundemail SET state = 'withdrawn', lease_expires_at = NULL, server_failed_at = NULL
 WHERE state = 'queued'
"""


@dataclass(frozen=True)
class Stage:
    lab: Lab
    mailbag: Mailbag
    mail_server: psutil.Process
    bare_url: str
    filler: Popen[str]

    @property
    def url(self) -> str:
        return self.lab.url

    def fill(self, **order: Any) -> Any:
        """What fill.py made."""
        assert self.filler.stdin is not None
        assert self.filler.stdout is not None
        self.filler.stdin.write(json.dumps(order) + "\n")
        self.filler.stdin.flush()
        return json.loads(self.filler.stdout.readline())

    def add_performances(self, number: int, *, capacity: int) -> list[int]:
        made: list[int] = self.fill(performances=number, capacity=capacity)
        return made

    def add_reservations(self, number: int, performance_ids: list[int]) -> list[tuple[str, str]]:
        """Confirmed ones; the reservation token and the ticket token of each."""
        made = [
            (reservation, ticket)
            for reservation, ticket in self.fill(reservations=number, performance_ids=performance_ids)
        ]
        self.lab.psql("VACUUM ANALYZE")
        return made

    def door_token(self, performance_id: int) -> str:
        return pair_phone(self.lab, performance_id).token

    def add_static_file(self, size: int) -> str:
        """A file of so many bytes that do not compress among those that nginx serves by itself; its path."""
        name = f"load-{size}.bin"
        write = f"head -c {size} /dev/urandom > /srv/frontend/current/static/{name}"
        volume = f"{self.lab.name}_frontend:/srv/frontend"
        self.lab.docker(
            "run",
            "--rm",
            "--user",
            "101",
            "--volume",
            volume,
            "--entrypoint",
            "sh",
            self.lab.image("frontend"),
            "-euc",
            write,
        )
        return f"/static/{name}"

    @contextmanager
    def silent_mail_server(self) -> Iterator[None]:
        """It takes connections and says nothing. The mails that wait in the end are withdrawn: none leaves later."""
        self.mail_server.suspend()
        try:
            yield
        finally:
            self.mail_server.resume()
            self.lab.psql(WITHDRAW)


@contextmanager
def new_stage(**settings: str) -> Iterator[Stage]:
    """It limits nobody, as all clients come from one address; everything else is as in production."""
    port = _free_port()
    with ExitStack() as stack:
        wanted = {"UNLIMITED_NETWORKS": "0.0.0.0/0", "MAX_ACTIVE_RESERVATIONS": "1000", "BARE_PORT": str(port)}
        lab = stack.enter_context(new_lab("load", COMPOSE_FILE=COMPOSE_FILES, **wanted, **settings))
        folder = lab.directory / "mail-under-load"
        smtp_port, pid = stack.enter_context(mail_server(folder, bridge_gateway()))
        lab.set(SMTP_PORT=str(smtp_port))
        lab.up()
        lab.seed()
        lab.compose("up", "--detach", "bare")
        filler = stack.enter_context(_filler(lab))
        stage = Stage(lab, Mailbag(folder), psutil.Process(pid), f"http://127.0.0.1:{port}", filler)
        wait_for("bare view", lambda: _answers(port), START_SECONDS)
        yield stage


@contextmanager
def _filler(lab: Lab) -> Iterator[Popen[str]]:
    """fill.py in the backend's container, until its input ends."""
    command = ("docker", "compose", "exec", "-T", "backend", "python", "-c", (HERE / "fill.py").read_text())
    # What it dies of is for whoever runs this to read.
    filler = lab.start(*command, stdin=PIPE, stderr=None)
    try:
        yield filler
    finally:
        filler.communicate()


def _answers(port: int) -> bool | None:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0 or None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port
