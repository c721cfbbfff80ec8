"""nginx in its container, as the stack runs it, in front of backends that do as they are told.

    with new_front() as front:
        front.get("/it/")

It needs no image of ours: the configuration is mounted into nginx's own, so a change of it is tested at once.
"""

import json
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from lab.certificates import Authority
from lab.http import Answer, Client
from lab.published_files import publish_frontend, publish_media
from lab.waiting import wait_for

CONFIGURATION = Path(__file__).resolve().parents[2] / "infra" / "nginx"
NGINX = "nginx:1.28"
NGINX_USER = 101
HTTP_URL, HTTPS_URL = "http://theatre.test:8080", "https://theatre.test:8443"
READY_SECONDS = 30
# As in infra/docker/compose.yml.
HARDENED = (
    *("--user", "101:101", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--tmpfs", "/run:uid=101,gid=101,mode=0755,size=1m"),
    *("--tmpfs", "/tmp:uid=101,gid=101,mode=0700,size=48m"),
    *("--tmpfs", "/var/cache/nginx:uid=101,gid=101,mode=0700,size=64m"),
    *("--memory", "192m", "--pids-limit", "64"),
)


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr}"
    return done.stdout.strip()


@dataclass
class Backend:
    """One of the backends, and what it was asked."""

    container: str
    address: str

    def requests(self) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = json.loads(self._control("/requests"))
        return asked

    def last_headers(self) -> dict[str, str]:
        return dict(self.requests()[-1]["headers"])

    def forget(self) -> None:
        self._control("/forget")

    def let_answer(self) -> None:
        """What came with `?do=wait` is answered now."""
        self._control("/answer")

    def _control(self, path: str) -> bytes:
        connection = HTTPConnection(self.address, 9000, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()


@dataclass
class Front:
    name: str
    directory: Path
    site_url: str
    authority: Authority
    backends: list[Backend] = field(default_factory=list)
    address: str = ""

    @property
    def backend(self) -> Backend:
        return self.backends[0]

    @property
    def certificates(self) -> Path:
        return self.directory / "certificates"

    @property
    def acme(self) -> Path:
        return self.directory / "acme"

    # Asking ----------------------------------------------------------------------------------------------------------

    def client(self, url: str = "") -> Client:
        return Client(url or self.site_url, address=self.address, authority=str(self.authority.certificate))

    def request(self, method: str, path: str, *, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        return self.client().request(method, path, body=body, headers=headers)

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def get_plainly(self, path: str, **headers: str) -> Answer:
        """Over http, whatever the site is."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client(HTTP_URL).request("GET", path, headers=named)

    def send_bytes(self, sent: bytes, port: int = 8080) -> bytes:
        """What comes back until nginx hangs up: for requests that no library would make."""
        with socket.create_connection((self.address, port), timeout=30) as connection:
            connection.sendall(sent)
            received = b""
            while part := connection.recv(65_536):
                received += part
            return received

    # Looking after it ------------------------------------------------------------------------------------------------

    def execute(self, *command: str) -> str:
        return docker("exec", self.name, *command)

    def log(self) -> str:
        """Both of its streams."""
        done = subprocess.run(["docker", "logs", self.name], capture_output=True, text=True, check=True)
        return done.stdout + done.stderr

    def access_log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def log_line_of(self, path: str) -> dict[str, Any]:
        """The last line about a path; nginx writes it after its answer, so it may take a moment."""

        def look() -> dict[str, Any] | None:
            return next((line for line in reversed(self.access_log()) if line["path"] == path), None)

        return wait_for(f"line about {path}", look, 10)

    def add_backend(self) -> Backend:
        name = f"{self.name}-backend-{len(self.backends)}"
        program = Path(__file__).with_name("fake_backend.py")
        mount = ("--volume", f"{program}:/fake_backend.py:ro")
        joined = ("--network", self.name, "--network-alias", "backend")
        docker("run", "--detach", "--name", name, *joined, *mount, "python:3.13-slim", "python", "/fake_backend.py")
        backend = Backend(name, address_of(name, self.name))
        self.backends.append(backend)
        wait_for("backend", lambda: answers(backend.address, 9000), READY_SECONDS)
        return backend

    def remove_backend(self, backend: Backend) -> None:
        docker("rm", "--force", "--volumes", backend.container)
        self.backends.remove(backend)

    def start_nginx(self, configuration: Path, image: str, **settings: str) -> None:
        folders = {
            configuration: "/etc/nginx/azione",
            configuration / "nginx.conf": "/etc/nginx/nginx.conf",
            configuration / "hold-maintenance": "/usr/local/bin/hold-maintenance",
            self.directory / "frontend": "/srv/frontend",
            self.directory / "media": "/srv/media",
            self.certificates: "/srv/certificates",
            self.acme: "/srv/acme",
        }
        mounts = [f"--volume={here}:{there}:ro" for here, there in folders.items()]
        told = {"SITE_URL": self.site_url} | settings
        environment = [f"--env={name}={value}" for name, value in told.items()]
        named = ("--name", self.name, "--network", self.name, "--stop-signal", "SIGQUIT")
        start = ("--entrypoint", "/etc/nginx/azione/start.sh", image)
        docker("run", "--detach", *named, *HARDENED, *mounts, *environment, *start)
        self.address = address_of(self.name, self.name)
        wait_for("nginx", self._is_running, READY_SECONDS)

    def _is_running(self) -> bool | None:
        assert docker("inspect", "--format", "{{.State.Running}}", self.name) == "true", self.log()
        try:
            # That it accepts says nothing: nginx also does so while start.sh lets it test the configuration.
            return self.get_plainly("/").status > 0
        except (OSError, HTTPException):
            return None

    def restart(self) -> None:
        docker("restart", self.name)
        self.address = address_of(self.name, self.name)
        wait_for("nginx", self._is_running, READY_SECONDS)

    def stop(self) -> int:
        """As Compose does; how it ended."""
        docker("stop", "--time", "40", self.name)
        return int(docker("inspect", "--format", "{{.State.ExitCode}}", self.name))

    def install_certificate(self, name: str = "site", *, days: int = 60) -> None:
        """As `make up` does: the key first, both readable for nginx alone."""
        chain, key = self.authority.sign(name, ["theatre.test"], days=days)
        for source, target in ((key, "privkey.pem"), (chain, "fullchain.pem")):
            unfinished = self.certificates / f".{target}"
            shutil.copyfile(source, unfinished)
            unfinished.chmod(0o600)
            shutil.chown(unfinished, NGINX_USER, NGINX_USER)
            unfinished.replace(self.certificates / target)


def answers(address: str, port: int) -> bool | None:
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return None
    return True


def address_of(container: str, network: str) -> str:
    return docker("inspect", "--format", f'{{{{(index .NetworkSettings.Networks "{network}").IPAddress}}}}', container)


@contextmanager
def new_front(
    *,
    site_url: str = HTTP_URL,
    backends: int = 1,
    certified: bool = False,
    changes: Mapping[str, tuple[str, str]] | None = None,
    image: str = NGINX,
    **settings: str,
) -> Iterator[Front]:
    """`changes` exchanges a text in a file of the configuration, for what would take a test too long to wait for."""
    name = f"azionetest-front-{secrets.token_hex(3)}"
    directory = Path(tempfile.mkdtemp(prefix="azione-front-"))
    directory.chmod(0o755)
    front = Front(name, directory, site_url, Authority(directory / "authority"))
    front.certificates.mkdir()
    front.acme.mkdir()
    publish_frontend(directory / "frontend")
    publish_media(directory / "media")
    docker("network", "create", name)
    try:
        for _ in range(backends):
            front.add_backend()
        if certified:
            front.install_certificate()
        front.start_nginx(_configuration(directory, changes or {}), image, **settings)
        yield front
    finally:
        for container in (name, *(backend.container for backend in front.backends)):
            subprocess.run(["docker", "rm", "--force", "--volumes", container], capture_output=True, check=False)
        docker("network", "rm", name)
        shutil.rmtree(directory)


def _configuration(directory: Path, changes: Mapping[str, tuple[str, str]]) -> Path:
    if not changes:
        return CONFIGURATION
    copy = directory / "nginx"
    shutil.copytree(CONFIGURATION, copy)
    for file, (before, after) in changes.items():
        text = (copy / file).read_text()
        assert before in text, f"{file} does not hold {before!r}"
        (copy / file).write_text(text.replace(before, after))
    return copy
