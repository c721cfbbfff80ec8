"""The stack as Compose sees it: what .env and infra/docker/compose.yml come to, and how to run Docker on it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from stack import interrupts

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / ".cache" / "log"
LEAST_COMPOSE = (2, 20)
# A backend beside those that serve, gone when its command has ended.
RUN_BACKEND = ("run", "--rm", "-T", "backend")
# All that the backend is given as a file. DATABASE_CA is none, but where DATABASE_URL needs it, it needs it as a file:
# …?sslmode=verify-full&sslrootcert=/run/secrets/DATABASE_CA.
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "SMTP_PASSWORD", "DATABASE_URL", "DATABASE_CA")
# Of what a command said, as much as helps a person.
_LAST_LINES = 12
_ERROR = re.compile(r"[\w.]+(Error|Exception): ")
# What Compose reads itself, and complains of by the value alone.
_READ_BY_COMPOSE = (
    *("COMPOSE_PROJECT_NAME", "COMPOSE_FILE", "LISTEN_ADDRESS", "HTTP_PORT", "HTTPS_PORT"),
    *("BACKEND_REPLICAS", "DATA_DIR", "BACKUP_DIR"),
)


class StackError(Exception):
    """One sentence for a person: what is wrong, and what to do about it."""


def settings_file() -> Path:
    """The file of settings: .env in the checkout, or the one that AZIONE_ENV names."""
    return Path(os.environ.get("AZIONE_ENV") or ROOT / ".env").absolute()


@dataclass(frozen=True)
class Stack:
    """One stack: its settings as Compose resolved them. What fails raises StackError, with Docker's own last words."""

    config: Mapping[str, Any]
    environment: Mapping[str, str]

    @property
    def name(self) -> str:
        return str(self.config["name"])

    @property
    def site(self) -> SplitResult:
        return urlsplit(self.settings["SITE_URL"])

    @property
    def settings(self) -> Mapping[str, str]:
        """What the backend is told, secrets excepted."""
        settings: Mapping[str, str] = self.config["services"]["backend"]["environment"]
        return settings

    @property
    def has_own_database(self) -> bool:
        return "postgres" in self.config["services"]

    @property
    def replicas(self) -> int:
        return int(self.config["services"]["backend"]["deploy"]["replicas"])

    def image(self, service: str) -> str:
        return str(self.config["services"][service]["image"])

    def port(self, inside: int) -> tuple[str, int]:
        """Where this host publishes nginx's port: address and port."""
        for port in self.config["services"]["nginx"]["ports"]:
            if port["target"] == inside:
                return port.get("host_ip", "0.0.0.0"), int(port["published"])
        raise StackError(f"nginx publishes no port for {inside}: see infra/docker/compose.yml.")

    def folder(self, service: str, target: str) -> Path:
        """The host's folder that `service` sees as `target`."""
        volumes = self.config["services"][service]["volumes"]
        return next(Path(volume["source"]) for volume in volumes if volume["target"] == target)

    @cached_property
    def data(self) -> Path:
        """DATA_DIR: what the containers are given of this host, but for the backups."""
        return self.folder("nginx", "/srv/acme").parent

    @cached_property
    def backups(self) -> Path:
        return self.folder("backend", "/srv/backups")

    def compose(self, *arguments: str, stdin: str = "") -> str:
        """Runs `docker compose …` to its end; its standard output."""
        return self.docker("compose", *arguments, stdin=stdin)

    def docker(self, *arguments: str, stdin: str = "") -> str:
        done = self.try_docker(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise StackError(f"docker {' '.join(arguments[:4])} … failed: {last_words(done.stderr or done.stdout)}")
        return done.stdout

    def try_docker(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", *arguments],
            cwd=ROOT,
            env=dict(self.environment),
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            # A terminal sends Ctrl-C to all that was started from it, also to what must come to its end.
            start_new_session=interrupts.are_ignored(),
        )

    def manage(self, command: str, *arguments: str) -> str:
        """A management command in a backend of its own, of the image that is current now."""
        return self.run_backend("python", "manage.py", command, *arguments, name=command)

    def run_backend(self, *command: str, name: str) -> str:
        done = self.try_docker("compose", *RUN_BACKEND, *command)
        if done.returncode != 0:
            said = last_words(done.stderr or done.stdout)
            raise StackError(_reason(done.stdout) or f"{name} failed: {said}")
        return done.stdout

    def is_running(self, service: str) -> bool:
        return service in self.compose("ps", "--services", "--status", "running").split()

    @contextmanager
    def maintenance(self) -> Iterator[None]:
        """nginx shows the maintenance page meanwhile; whatever ends this process ends that too."""
        command = ["docker", "compose", "exec", "-T", "nginx", "hold-maintenance"]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(self.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C must not lift it while what was begun is put back.
            start_new_session=True,
        ) as holder:
            assert holder.stdin is not None
            assert holder.stdout is not None
            if holder.stdout.readline().strip() != "on":
                raise StackError("nginx does not show its maintenance page: see make logs.")
            try:
                yield
            finally:
                holder.stdin.close()
                holder.wait()


def load() -> Stack:
    """Reads the settings. Changes nothing. Raises StackError."""
    if shutil.which("docker") is None:
        raise StackError("There is no docker command: install Docker Engine with its Compose plugin.")
    path = settings_file()
    if not path.is_file():
        raise StackError(f"There is no {path}: cp .env.example .env, then fill in SITE_URL, SMTP_HOST and MAIL_FROM.")
    _refuse_secrets(path)
    environment = os.environ | {"COMPOSE_ENV_FILES": str(path)}
    _check_docker(environment)
    read = subprocess.run(
        ["docker", "compose", "config", "--format", "json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if read.returncode != 0:
        raise StackError(_settings_problem(read.stderr, path))
    return Stack(json.loads(read.stdout), environment)


def _refuse_secrets(path: Path) -> None:
    """Whatever stands in .env can be read by `docker inspect`; here it would only be ignored."""
    for name in SECRETS:
        if re.search(rf"^ *(export +)?{name} *= *['\"]?[^'\"\s]", path.read_text(), re.MULTILINE):
            raise StackError(f"{name} stands in {path}, and is a secret: empty it there, then make secret NAME={name}.")


def _check_docker(environment: Mapping[str, str]) -> None:
    version = subprocess.run(
        ["docker", "compose", "version", "--short"], env=environment, capture_output=True, text=True, check=False
    )
    found = re.match(r"v?(\d+)\.(\d+)", version.stdout.strip())
    wanted = ".".join(map(str, LEAST_COMPOSE))
    if not found or (int(found[1]), int(found[2])) < LEAST_COMPOSE:
        said = version.stdout.strip() or "nothing"
        raise StackError(f"Docker Compose {wanted} or newer is needed; docker compose version says {said}.")
    engine = subprocess.run(["docker", "info"], env=environment, capture_output=True, text=True, check=False)
    if engine.returncode != 0:
        raise StackError(f"Docker does not answer: {last_words(engine.stderr)}")


def _settings_problem(said: str, path: Path) -> str:
    """Compose's complaint as a sentence that names the setting."""
    missing = re.search(r"required variable (\w+) is missing a value", said)
    if missing:
        return f"{missing[1]} is not set in {path}. See .env.example for what it means."
    settings = dict(re.findall(r"^(\w+)=['\"]?(.*?)['\"]?\s*$", path.read_text(), re.MULTILINE))
    blamed = [name for name in _READ_BY_COMPOSE if settings.get(name) and _is_told(settings[name], said)]
    return f"{' or '.join(blamed) or 'Something'} in {path} cannot be used: {last_words(said)}"


def _is_told(value: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", said) is not None


def _reason(output: str) -> str:
    """What a management command gave as its reason in its last line."""
    for raw in reversed(output.splitlines()):
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict) and line.get("type") == "error":
            return str(line.get("detail") or line.get("title") or "")
    return ""


def last_words(said: str) -> str:
    """What a command gave as its reason; of a traceback, the error it ends with."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if any(line.startswith("Traceback (most recent call last)") for line in lines):
        errors = [number for number, line in enumerate(lines) if _ERROR.match(line)]
        lines = lines[errors[-1] :] if errors else lines
    return " / ".join(lines[-_LAST_LINES:]) or "it gave no reason."
