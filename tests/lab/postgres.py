"""A PostgreSQL elsewhere, as a provider runs it: on another machine by all that the stack can see, and TLS only."""

import contextlib
import secrets
import select
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lab.certificates import Authority
from lab.stacks import bridge_gateway
from lab.waiting import wait_for

START_SECONDS = 60
IMAGE = "postgres:18"
# What a client sends first to ask for an encrypted connection (PostgreSQL's protocol, "Message Formats").
WANTS_TLS, WANTS_GSS = bytes.fromhex("0000000804d2162f"), bytes.fromhex("0000000804d21630")


class TlsFront(socketserver.ThreadingTCPServer):
    """Speaks TLS in front of a server that may not have it built in; who does not ask for TLS is sent away."""

    daemon_threads = True

    def __init__(self, host: str, server: tuple[str, int], certificate: Path, key: Path) -> None:
        self.server_behind = server
        self.encrypted_connections = 0
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate, key)
        super().__init__((host, 0), _Connection)


class _Connection(socketserver.BaseRequestHandler):
    server: TlsFront

    def handle(self) -> None:
        # Whoever goes away in the middle has gone away.
        with contextlib.suppress(OSError):
            while (wanted := self.request.recv(8)) == WANTS_GSS:
                self.request.sendall(b"N")
            if wanted != WANTS_TLS:
                return
            self.request.sendall(b"S")
            with (
                self.server.context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection(self.server.server_behind) as behind,
            ):
                self.server.encrypted_connections += 1
                _pass_on(client, behind)


def _pass_on(client: ssl.SSLSocket, behind: socket.socket) -> None:
    """Until one of them ends."""
    other: dict[socket.socket, socket.socket] = {client: behind, behind: client}
    while True:
        ready = [client] if client.pending() else select.select([client, behind], [], [])[0]
        for one in ready:
            data = one.recv(65536)
            if not data:
                return
            other[one].sendall(data)


@dataclass(frozen=True)
class Elsewhere:
    """`url` is its address, without a word about TLS."""

    container: str
    front: TlsFront
    authority: Authority
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def url(self) -> str:
        host, port = self.front.server_address[:2]
        return f"postgresql://azionelab:{self.password}@{host!s}:{port}/azionelab"

    def psql(self, sql: str, database: str = "azionelab") -> str:
        command = ("psql", "--username", "postgres", "--dbname", database, "--tuples-only", "--no-align", "--quiet")
        return _docker("exec", "--interactive", self.container, *command, "--set", "ON_ERROR_STOP=1", stdin=sql).strip()


@contextmanager
def postgres_elsewhere(directory: Path, *, certified_as: str = "") -> Iterator[Elsewhere]:
    """With a certificate for its own address, unless it is `certified_as` another; it keeps nothing."""
    host, authority = bridge_gateway(), Authority(directory)
    certificate, key = authority.sign("server", [certified_as or host])
    password = ("--env", f"POSTGRES_PASSWORD={secrets.token_urlsafe(24)}")
    container = _docker("run", "--detach", "--publish", "127.0.0.1::5432", *password, IMAGE).strip()
    try:
        port = int(_docker("port", container, "5432/tcp").splitlines()[0].rpartition(":")[2])
        wait_for("PostgreSQL elsewhere", lambda: _answers(container) or None, START_SECONDS)
        with TlsFront(host, ("127.0.0.1", port), certificate, key) as front:
            threading.Thread(target=front.serve_forever, daemon=True).start()
            elsewhere = Elsewhere(container, front, authority)
            elsewhere.psql(f"CREATE ROLE azionelab LOGIN PASSWORD '{elsewhere.password}'", database="postgres")
            elsewhere.psql("CREATE DATABASE azionelab OWNER azionelab", database="postgres")
            yield elsewhere
            front.shutdown()
    finally:
        _docker("rm", "--force", "--volumes", container)


def _answers(container: str) -> bool:
    """Over TCP: on a first start the socket answers before the server is the one that stays."""
    command = ["docker", "exec", container, "pg_isready", "--quiet", "--host", "127.0.0.1"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _docker(*arguments: str, stdin: str = "") -> str:
    done = subprocess.run(["docker", *arguments], input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr}"
    return done.stdout
