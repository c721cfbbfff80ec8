"""The backend under gunicorn as in production: its own processes, with the configuration of the stack."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.conftest import ENVIRONMENT, ROOT

CONFIGURATION = ROOT / "infra" / "docker" / "gunicorn.conf.py"
STOPS_WITHIN = 40


@dataclass
class WebServer:
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """On a connection of its own, as nginx asks. `X_Forwarded_For=…` is the header X-Forwarded-For."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers={"Host": "theatre.test"} | named)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def send(self, request: bytes) -> bytes:
        """Bytes as they are, and all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPS_WITHIN)

    def log_lines(self) -> list[dict[str, Any]]:
        """Each must be the house's JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def web_server(folder: Path, *options: str, **env: str) -> Iterator[WebServer]:
    """A home that is not there, and a folder to be in where nothing may be made (root could all the same)."""
    log = folder / "stderr.log"
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as stderr:
        os.set_inheritable(listener.fileno(), True)
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION)),
                *("--bind", f"fd://{listener.fileno()}", *options, "azionelab.project.wsgi:application"),
            ],
            cwd=ROOT / "backend",
            env=os.environ | ENVIRONMENT | {"HOME": "/nonexistent", "WEB_THREADS": "2"} | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            pass_fds=[listener.fileno()],
        )
        port = listener.getsockname()[1]
        # Its own alone from now on, as in production.
        listener.close()
        try:
            yield WebServer(port, process, log)
        finally:
            process.terminate()
            process.wait(STOPS_WITHIN)


def with_database(url: str, name: str) -> str:
    """The same server's database of that name, for another process's DATABASE_URL."""
    return make_conninfo(**conninfo_to_dict(url) | {"dbname": name})
