"""The stack's secrets: files of mode 0600 that belong to the user of the one container that reads them.

They are written by a container, since only it may give a file to another user; so `make up` needs no root, only Docker.
Nothing secret is ever an argument, a variable or a part of an image.
"""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stack.building import ensure_backend
from stack.compose import SECRETS, Stack, StackError


@dataclass(frozen=True)
class Holder:
    """A service that is given secrets, and the user it runs as."""

    service: str
    user: int
    made_if_missing: tuple[str, ...]


BACKEND = Holder("backend", 10001, ("SECRET_KEY", "POSTGRES_PASSWORD"))
POSTGRES = Holder("postgres", 999, ("POSTGRES_PASSWORD",))
NGINX_USER = 101
_WRITE = 'umask 077 && cat >"/to/.$1.new" && chown "$2:$2" "/to/.$1.new" && mv -f "/to/.$1.new" "/to/$1"'


def ensure_secrets(stack: Stack) -> list[str]:
    """Makes what is missing; the names of what was made."""
    holders = [BACKEND, POSTGRES] if stack.has_own_database else [BACKEND]
    made = []
    for holder in holders:
        folder = stack.folder(holder.service, "/run/secrets")
        there = names_in(stack, folder)
        external = "DATABASE_URL" in there and holder is BACKEND
        if holder is BACKEND:
            _check_database(stack, external)
        wanted = [name for name in holder.made_if_missing if not (name == "POSTGRES_PASSWORD" and external)]
        for name in wanted:
            if name not in there:
                write_file(stack, folder, name, secrets.token_urlsafe(48), user=holder.user)
                made.append(name if holder is BACKEND else f"{name} ({holder.service})")
    return made


def _check_database(stack: Stack, external: bool) -> None:
    """There is one, and not two."""
    if external and stack.has_own_database:
        raise StackError(
            "There is a secret DATABASE_URL, and COMPOSE_PROFILES asks for a PostgreSQL of the stack's own: "
            "empty COMPOSE_PROFILES in .env, or remove the secret."
        )
    if not external and not stack.has_own_database and stack.settings["POSTGRES_HOST"] == "postgres":
        raise StackError(
            "There is no database: COMPOSE_PROFILES in .env does not say own-database, and there is no secret "
            "DATABASE_URL that names one elsewhere."
        )


def names_in(stack: Stack, folder: Path) -> set[str]:
    """Which secrets are there: asked of a container, as the folder may be closed to whoever runs this."""
    return set(_run(stack, folder, "ls -A /to", "").split())


def set_secret(stack: Stack, name: str, value: str) -> None:
    """One of the backend's secrets, replaced. It counts from the next `make up`."""
    if name not in SECRETS:
        raise StackError(f"{name} is no secret of this stack: {', '.join(SECRETS)} are.")
    if not value.strip():
        raise StackError(f"{name} would be empty: type it, or pipe it in.")
    ensure_backend(stack)
    ensure_folders(stack)
    write_file(stack, stack.folder("backend", "/run/secrets"), name, value.rstrip("\r\n"), user=BACKEND.user)


def are_newer_than_backend(stack: Stack) -> bool:
    """Whether a backend runs that was started before one of its secrets was written: it reads them once."""
    running = stack.compose("ps", "--quiet", "--status", "running", BACKEND.service).split()
    if not running:
        return False
    started = stack.docker("inspect", "--format", "{{.State.StartedAt}}", *running).split()
    oldest = min(datetime.fromisoformat(f"{moment[:19]}+00:00") for moment in started)
    written = _run(stack, stack.folder(BACKEND.service, "/run/secrets"), "stat -c %Y /to/*", "").split()
    return max(map(int, written)) >= oldest.timestamp()


def ensure_folders(stack: Stack) -> None:
    """The host's folders that the containers are given; those that hold secrets are closed to all others."""
    for service, target in (("nginx", "/srv/certificates"), ("nginx", "/srv/acme"), ("backend", "/srv/backups")):
        make_folder(stack.folder(service, target), 0o755)
    holders = [BACKEND, POSTGRES] if stack.has_own_database else [BACKEND]
    for holder in holders:
        folder = stack.folder(holder.service, "/run/secrets")
        make_folder(folder.parent, 0o755)
        make_folder(folder, 0o700)
        if folder.stat().st_uid != holder.user:
            _run(stack, folder, 'chown "$1:$1" /to', "", str(holder.user))


def write_file(stack: Stack, folder: Path, name: str, content: str, *, user: int) -> None:
    """Whole or not at all, mode 0600, owned by `user`."""
    _run(stack, folder, _WRITE, content, name, str(user))


def make_folder(folder: Path, mode: int) -> None:
    """Unless it is there. Its mode is that also where this host's umask is stricter: containers have to get in."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(mode)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        raise StackError(f"{folder} cannot be made: {error.strerror}. See DATA_DIR and BACKUP_DIR in .env.") from None


def _run(stack: Stack, folder: Path, script: str, stdin: str, *arguments: str) -> str:
    """A shell in a container that may do no more than write into `folder` for anybody."""
    rights = [word for name in ("CHOWN", "DAC_OVERRIDE", "FOWNER") for word in ("--cap-add", name)]
    return stack.docker(
        *("run", "--rm", "--interactive", "--network", "none", "--read-only", "--user", "0:0"),
        *("--cap-drop", "ALL", *rights, "--security-opt", "no-new-privileges:true"),
        *("--volume", f"{folder}:/to", "--entrypoint", "sh", stack.image("backend")),
        *("-euc", script, "sh", *arguments),
        stdin=stdin,
    )
