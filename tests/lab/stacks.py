"""A Compose stack of the tests' own: made by `make up` from settings of its own, beside whatever else runs here.

    with new_lab("recovery") as lab:
        lab.up()
        lab.seed()

(The package `stack` is infra/stack, behind `make up`; hence `lab`.)
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from demo.mailsink import MailSink
from lab.certificates import Authority
from lab.http import Answer, Client
from lab.postbox import Postbox
from lab.waiting import wait_for, zone_where_it_is_noon

ROOT = Path(__file__).resolve().parents[2]
AZIONE = ROOT / ".venv" / "bin" / "azione"
SEASON = ROOT / "season" / "season.yaml"
# All that a command here gets of the caller's environment: no setting of another stack, no flag of the make around it.
KEPT = ("PATH", "HOME", "LANG", "DOCKER_HOST", "DOCKER_CONFIG")
COMPOSE_LABEL = "com.docker.compose.project"
HEALTHY_SECONDS = 180


@dataclass
class Lab:
    """One stack: its folder, its settings and what can be done to it. Nothing runs before `up()`."""

    name: str
    directory: Path
    url: str
    http_port: int
    https_port: int
    sink: MailSink
    authority: Authority | None = None
    # Where its commands run and what its images are made of.
    checkout: Path = ROOT
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def env_file(self) -> Path:
        return self.directory / "env"

    @property
    def data(self) -> Path:
        """DATA_DIR: its secrets, certificates and ACME folder."""
        return self.directory / "data"

    @property
    def backups(self) -> Path:
        return self.directory / "backups"

    @property
    def mails(self) -> Postbox:
        return Postbox(self.directory / "mail")

    @property
    def environment(self) -> dict[str, str]:
        """For any command of an operator's in the checkout: make, azione and docker compose all mean this stack."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return kept | {
            "AZIONE_ENV": str(self.env_file),
            "COMPOSE_ENV_FILES": str(self.env_file),
            # A demo that happens to run here is never meant.
            "AZIONE_DEMO_DIR": str(self.directory / "no-demo"),
        }

    @property
    def client(self) -> Client:
        authority = str(self.authority.certificate) if self.authority else None
        return Client(self.url, authority=authority)

    # Settings --------------------------------------------------------------------------------------------------------

    def set(self, **settings: str) -> None:
        """Writes settings into the env file, in the place where .env.example has them."""
        text = self.env_file.read_text()
        for name, value in settings.items():
            line = f"{name}={value}"
            text, found = re.subn(rf"^{name}=.*$", line.replace("\\", r"\\"), text, flags=re.MULTILINE)
            text += "" if found else f"{line}\n"
        self.env_file.write_text(text)

    def setting(self, name: str) -> str:
        found = re.search(rf"^{name}=(.*)$", self.env_file.read_text(), re.MULTILINE)
        assert found, f"{name} is not in {self.env_file}"
        return found[1]

    # Commands --------------------------------------------------------------------------------------------------------

    def run(self, *command: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Any command in the checkout, to its end, whatever that is."""
        return subprocess.run(
            command,
            cwd=self.checkout,
            env=self.environment | environment,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    def start(
        self, *command: str, stdin: int = subprocess.DEVNULL, stderr: int | None = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Any command, in the background and in a session of its own: a signal to its group reaches all of it."""
        return subprocess.Popen(
            command,
            cwd=self.checkout,
            env=self.environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )

    def make(self, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("make", "--no-print-directory", *arguments, stdin=stdin, **environment)

    def azione(self, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs the installed command as an operator would, on this host."""
        return self.run(str(AZIONE), *arguments, stdin=stdin, **environment)

    def docker(self, *arguments: str, stdin: str = "") -> str:
        """Standard output; an end other than 0 fails the test with what was said."""
        return _output(self.run("docker", *arguments, stdin=stdin))

    def compose(self, *arguments: str, stdin: str = "") -> str:
        return self.docker("compose", *arguments, stdin=stdin)

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """A management command in the running backend."""
        return self.compose("exec", "-T", "backend", "python", "manage.py", *arguments, stdin=stdin)

    def psql(self, sql: str, *, database: str = "azionelab") -> str:
        """Rows without decoration, as the superuser."""
        options = ("--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1")
        command = ("psql", "--username", "postgres", "--dbname", database, *options)
        return self.compose("exec", "-T", "postgres", *command, stdin=sql).strip()

    def request(self, method: str, path: str, *, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Through nginx's published port."""
        return self.client.request(method, path, body=body, headers=headers)

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def get_json(self, path: str) -> Any:
        """What its API answers to anybody."""
        return self.get(path).json

    # Its life --------------------------------------------------------------------------------------------------------

    def up(self) -> str:
        """`make up`; what it printed."""
        return _output(self.make("up"))

    def seed(self) -> None:
        """The season of the repository, and the accounts `manager` and `door` with the password of this lab."""
        _output(self.azione("shows", "seed", str(SEASON), "--yes"))
        for name, group in (("manager", "managers"), ("door", "door")):
            self.add_account(name, group)

    def furnish(self) -> None:
        """The company's words, pages and pictures, beside the season's. (A manager writes them in the admin.)"""
        pack, unpack = f"tar -C {SEASON.parent} -c website.yaml pictures", "tar -C /tmp -x"
        _output(self.run("sh", "-euc", f"{pack} | docker compose exec -T backend {unpack}"))
        self.manage("seed_website", "/tmp/website.yaml")

    def add_account(self, name: str, group: str) -> None:
        made = self.azione("users", "create", name, "--group", group, "--password-stdin", "--yes", stdin=self.password)
        _output(made)

    def containers(self, *services: str) -> list[str]:
        """Ids, ended ones too; of all services where none is named."""
        return self.compose("ps", "--all", "--quiet", *services).split()

    def inspect(self, *services: str) -> list[dict[str, Any]]:
        """What `docker inspect` says of the containers of these services."""
        found: list[dict[str, Any]] = json.loads(self.docker("inspect", *self.containers(*services)))
        return found

    def image(self, service: str) -> str:
        return "postgres:18" if service == "postgres" else f"{self.name}-{service}:current"

    def wait_until_healthy(self, *services: str) -> None:
        def look() -> bool | None:
            states = [one["State"] for one in self.inspect(*services or ("nginx", "backend", "postgres"))]
            return all(state["Running"] and state["Health"]["Status"] == "healthy" for state in states) or None

        wait_for(f"healthy {' and '.join(services) or 'stack'}", look, HEALTHY_SECONDS)

    def log_text(self, *services: str) -> str:
        """Of every container, with both of its streams, as it was written."""
        logs = [self.run("docker", "logs", container) for container in self.containers(*services)]
        return "".join(_output(log) + log.stderr for log in logs)

    def destroy(self) -> None:
        """Containers, networks, volumes and images of this stack, by label or name: whatever its settings are now."""
        of_project = ("--filter", f"label={COMPOSE_LABEL}={self.name}")
        for things, listing, removal in (
            ("containers", ("ps", "--all", "--quiet"), ("rm", "--force", "--volumes")),
            ("networks", ("network", "ls", "--quiet"), ("network", "rm")),
            ("volumes", ("volume", "ls", "--quiet"), ("volume", "rm", "--force")),
        ):
            found = self.docker(*listing, *of_project).split()
            if found:
                done = self.run("docker", *removal, *found)
                assert done.returncode == 0, f"{things} of {self.name} stay: {done.stderr}"
        self._remove_folder()
        images = self.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", f"{self.name}-*").split()
        if images:
            self.docker("image", "rm", "--force", *images)

    def _remove_folder(self) -> None:
        """Secrets belong to the containers' users: where this one may not remove them, a container does."""
        shutil.rmtree(self.directory, ignore_errors=True)
        if self.directory.exists():
            mount = f"{self.directory.parent}:/parent"
            folder = f"/parent/{self.directory.name}"
            self.run("docker", "run", "--rm", "--user", "0", "--volume", mount, "postgres:18", "rm", "-rf", folder)


@contextmanager
def new_lab(
    label: str, *, host: str = "localhost", tls: bool = False, checkout: Path = ROOT, **settings: str
) -> Iterator[Lab]:
    """A lab with its folder, settings and SMTP server; whatever was started of it is gone at the end.

    `settings` go into its env file; with `tls`, the site is https with a certificate of the lab's own authority.
    """
    directory = Path(tempfile.mkdtemp(prefix=f"azione-{label}-"))
    # The containers' users enter it, and find their own folders in it.
    directory.chmod(0o755)
    http_port, https_port = _free_ports()
    sink = MailSink(directory / "mail", host=bridge_gateway())
    sink.start()
    lab = Lab(
        name=f"azionetest-{label}-{secrets.token_hex(3)}",
        directory=directory,
        url=f"https://{host}:{https_port}" if tls else f"http://{host}:{http_port}",
        http_port=http_port,
        https_port=https_port,
        sink=sink,
        authority=Authority(directory / "authority") if tls else None,
        checkout=checkout,
    )
    try:
        _write_settings(lab, host)
        lab.set(**settings)
        yield lab
    finally:
        try:
            lab.destroy()
        finally:
            sink.stop()


def _write_settings(lab: Lab, host: str) -> None:
    shutil.copy(ROOT / ".env.example", lab.env_file)
    lab.set(
        SITE_URL=lab.url,
        SMTP_HOST=bridge_gateway(),
        SMTP_PORT=str(lab.sink.port),
        SMTP_SECURITY="none",
        MAIL_FROM='"AzioneLab <biglietteria@azionelab.example>"',
        TIME_ZONE=zone_where_it_is_noon(),
        COMPOSE_PROJECT_NAME=lab.name,
        LISTEN_ADDRESS="127.0.0.1",
        HTTP_PORT=str(lab.http_port),
        HTTPS_PORT=str(lab.https_port),
        DATA_DIR=str(lab.data),
        BACKUP_DIR=str(lab.backups),
    )
    if lab.authority:
        certificate, key = lab.authority.sign("site", [host])
        lab.set(TLS_CERTIFICATE=str(certificate), TLS_KEY=str(key))


@cache
def bridge_gateway() -> str:
    """This host's own address that containers reach it by, whichever of its networks they are in."""
    command = ["docker", "network", "inspect", "bridge", "--format", "{{json (index .IPAM.Config 0)}}"]
    network = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return network.get("Gateway") or str(next(ip_network(network["Subnet"]).hosts()))


def _free_ports() -> tuple[int, int]:
    """Both held at once, so that they differ."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def _output(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, f"{done.args} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
