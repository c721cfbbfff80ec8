"""The Compose stack as backups need it: which containers it has, how programs run in them, where its folders are.

Everything is asked of Docker, by the project's name alone: no Compose file and no .env need to be at hand, and the
containers may have any names.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import SplitResult, urlsplit

from azione.dotenv import read_settings
from azione.failures import Failure
from azione.postgres import Place, PostgreSQL
from azione.processes import ProgramFailed, environment, run, running
from azione.targets import Target, project_name

BACKEND, DATABASE, FRONT = "backend", "postgres", "nginx"
BACKUPS_INSIDE = "/srv/backups"
_LABEL = "com.docker.compose"
_HTTPS_INSIDE = 8443
_HOLD = "hold-maintenance"


@dataclass(frozen=True)
class Container:
    """One container of the stack, as `docker inspect` tells it."""

    service: str
    number: int
    is_running: bool
    env: Mapping[str, str]
    # Folder inside to folder of this host.
    mounts: Mapping[str, str]
    # Port inside to address and port of this host.
    published: Mapping[int, tuple[str, int]]
    # The file of settings that Compose was given, on this host.
    settings_file: str = ""


@dataclass(frozen=True)
class Stack:
    """The containers of one Compose project."""

    project: str
    docker: str
    containers: tuple[Container, ...]

    def of(self, service: str) -> list[Container]:
        return [container for container in self.containers if container.service == service]

    def running(self, service: str) -> list[Container]:
        return [container for container in self.of(service) if container.is_running]

    def place(self, service: str, number: int = 0) -> Place:
        index = ("--index", str(number)) if number else ()
        return Place((self.docker, "compose", "-p", self.project, "exec", "-T"), (*index, service))

    @property
    def backups(self) -> Path | None:
        """The folder of this host that the backend sees as its backups; known of a stopped one too."""
        return next(
            (Path(one.mounts[BACKUPS_INSIDE]) for one in self.of(BACKEND) if BACKUPS_INSIDE in one.mounts), None
        )


@dataclass(frozen=True)
class Site:
    """A stack that runs, with all that a backup or a restore reaches for."""

    stack: Stack
    backups: Path
    postgres: PostgreSQL
    media: PurePosixPath
    settings: Mapping[str, str]

    @property
    def written_settings(self) -> dict[str, str]:
        """What stands in the stack's .env; nothing where azione cannot find or read it."""
        paths = {container.settings_file for container in self.stack.of(BACKEND) if container.settings_file}
        return {name: value for path in sorted(paths) for name, value in read_settings(Path(path)).items()}

    @property
    def name(self) -> str:
        """What a person types to say that this one is meant."""
        return self.stack.project

    @property
    def url(self) -> SplitResult:
        return urlsplit(self.settings.get("SITE_URL", ""))

    @property
    def backend(self) -> Place:
        return self.stack.place(BACKEND)

    @property
    def backends(self) -> list[Place]:
        return [self.stack.place(BACKEND, container.number) for container in self.stack.running(BACKEND)]

    def manage(self, database: str = "") -> Target:
        """Runs management commands there, on the live database or on another one."""
        env = {"POSTGRES_DB": database} if database else None
        command = self.backend.command("python", "manage.py", env=env)
        return Target(f"the Compose stack {self.name}", tuple(command), env=environment(), cwd=Path("/"))

    @contextmanager
    def maintenance(self) -> Iterator[None]:
        """Guests see the maintenance page meanwhile, also where this process is killed in between: then no longer."""
        if not self.stack.running(FRONT):
            # Nobody gets in anyway.
            yield
            return
        is_held = False
        try:
            with running(self.stack.place(FRONT).command(_HOLD), name=_HOLD, reads=True) as holder:
                assert holder.stdout is not None  # noqa: S101 (a pipe was asked for)
                if holder.stdout.readline().strip() != b"on":
                    raise BrokenPipeError
                is_held = True
                yield
        except ProgramFailed as failed:
            if failed.program != _HOLD:
                raise
            # An nginx that was restarted meanwhile has forgotten it; what was done behind it counts all the same.
            if not is_held:
                raise failed.as_failure() from None

    @property
    def front(self) -> tuple[str, int, bool] | None:
        """Where this host answers for the site: address, port, and whether it is encrypted there."""
        for container in self.stack.running(FRONT):
            is_encrypted = self.url.scheme == "https" and _HTTPS_INSIDE in container.published
            for inside, (address, port) in container.published.items():
                if is_encrypted == (inside == _HTTPS_INSIDE):
                    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address), port, is_encrypted  # noqa: S104
        return None


def find_stack() -> Stack | None:
    """None where nothing of the project was ever started here, or there is no Docker."""
    docker = shutil.which("docker")
    if docker is None:
        return None
    project = project_name()
    filters = ("--filter", f"label={_LABEL}.project={project}", "--filter", f"label={_LABEL}.oneoff=False")
    names = _docker(docker, "ps", "--all", "--quiet", "--no-trunc", *filters).split()
    if not names:
        return None
    told = json.loads(_docker(docker, "inspect", "--type", "container", *names))
    containers = tuple(sorted(map(_read_container, told), key=lambda one: (one.service, one.number)))
    return Stack(project, docker, containers)


def require_stack(wanted: str) -> Stack:
    """`wanted` is --target: only a Compose stack has backups. Raises Failure."""
    if wanted not in ("", "compose"):
        raise Failure("no_stack", "A demo has none: copy its folder while it is stopped.")
    stack = find_stack()
    if stack is None:
        what = f"Nothing of the Compose project {project_name()} is on this host: make up starts it."
        raise Failure("no_stack", what if shutil.which("docker") else "There is no docker command on this machine.")
    return stack


def require_site(wanted: str) -> Site:
    """The stack, with its backend and its database running. Raises Failure."""
    stack = require_stack(wanted)
    if not stack.running(BACKEND):
        raise Failure(
            "no_stack", f"The backend of the Compose project {stack.project} does not run: make up starts it."
        )
    settings = stack.running(BACKEND)[0].env
    if not stack.of(DATABASE):
        raise Failure("external_database")
    if not stack.running(DATABASE):
        raise Failure("no_stack", f"PostgreSQL of the Compose project {stack.project} does not run: make up starts it.")
    if stack.backups is None:
        raise Failure("backups_unusable", f"The backend has no {BACKUPS_INSIDE}, which is where BACKUP_DIR is mounted.")
    database = PostgreSQL(
        stack.place(DATABASE), settings.get("POSTGRES_DB", "azionelab"), settings.get("POSTGRES_USER", "azionelab")
    )
    media = PurePosixPath(settings.get("MEDIA_ROOT", "/srv/media/current"))
    return Site(stack, stack.backups, database, media, settings)


def _docker(docker: str, *arguments: str) -> str:
    """Raises Failure where Docker does not answer."""
    try:
        return run([docker, *arguments], name="docker")
    except ProgramFailed as failed:
        raise Failure("no_stack", f"{failed}") from None


def _read_container(told: dict[str, Any]) -> Container:
    config = told["Config"]
    labels = config["Labels"]
    return Container(
        service=str(labels[f"{_LABEL}.service"]),
        number=int(labels.get(f"{_LABEL}.container-number", 1)),
        is_running=bool(told["State"]["Running"]) and not told["State"].get("Restarting"),
        env=dict(pair.partition("=")[::2] for pair in config.get("Env") or ()),
        mounts={mount["Destination"]: mount["Source"] for mount in told.get("Mounts") or ()},
        settings_file=str(labels.get(f"{_LABEL}.project.environment_file", "")),
        published=dict(_read_ports(told["NetworkSettings"].get("Ports") or {})),
    )


def _read_ports(told: Mapping[str, Any]) -> Iterator[tuple[int, tuple[str, int]]]:
    for inside, bindings in told.items():
        for binding in (bindings or ())[:1]:
            yield int(inside.partition("/")[0]), (str(binding["HostIp"]), int(binding["HostPort"]))
