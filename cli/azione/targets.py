"""Which AzioneLab a command talks to: the running Compose stack, else the demo, unless --target says otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from azione.dotenv import read_settings
from azione.failures import Failure
from azione.output import path_named

DEMO_FILE = "demo.json"
SERVICE = "backend"
# A busy host takes its time; one whose Docker hangs is no stack.
DOCKER_SECONDS = 20
# Where azione runs from one.
CHECKOUT = Path(__file__).resolve().parents[2]
# What the caller's shell must not slip in: libpq lets PG* override the address, a FILE overrides a value.
_FOREIGN_PREFIXES = ("PG", "POSTGRES_", "SMTP_", "DJANGO_", "SECRET", "DATABASE_")


@dataclass(frozen=True)
class Target:
    """How to run a management command there. `name` is what a person calls it."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    # The day that a season's relative dates count from there; None is today.
    season_anchor: date | None = None


def find_target(wanted: str) -> Target:
    """`wanted` is --target or AZIONE_TARGET: `demo`, `compose`, a path, or nothing. Raises Failure."""
    if wanted == "compose":
        return _compose() or _fail_compose()
    if wanted == "demo":
        return _demo_here() or _fail("no_target", f"No demo is running ({_demo_places()[0]} is not there).")
    if wanted:
        path = path_named(wanted)
        return _demo(path / DEMO_FILE if path.is_dir() else path)
    return _compose() or _demo_here() or _fail("no_target")


def _fail(code: str, detail: str = "") -> NoReturn:
    raise Failure(code, detail)


def project_name() -> str:
    """As the environment names it, else as the checkout's .env (or the file that AZIONE_ENV names) does."""
    return os.environ.get("COMPOSE_PROJECT_NAME") or _setting("COMPOSE_PROJECT_NAME") or "azionelab"


def backups_by_settings() -> Path | None:
    """Where the stack of this checkout has its backups, though nothing of it may be there; None without settings."""
    if not _settings_file().is_file():
        return None
    named = _setting("BACKUP_DIR")
    return CHECKOUT / (named or "data/backups")


def _setting(name: str) -> str:
    """Of the stack's file of settings; nothing where there is none, or it does not say."""
    return read_settings(_settings_file()).get(name, "")


def _settings_file() -> Path:
    named = os.environ.get("AZIONE_ENV")
    return path_named(named) if named else CHECKOUT / ".env"


def _compose() -> Target | None:
    """The stack, if its backend is running. A Docker that is missing, slow or forbidden is no stack."""
    docker = shutil.which("docker")
    if docker is None:
        return None
    compose = (docker, "compose", "-p", project_name())
    try:
        listed = subprocess.run(  # noqa: S603 (docker, found on the PATH)
            [*compose, "ps", "--services", "--status", "running"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DOCKER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if listed.returncode != 0 or SERVICE not in listed.stdout.split():
        return None
    manage = ("exec", "-T", SERVICE, "python", "manage.py")
    return Target(f"the Compose stack {project_name()}", (*compose, *manage))


def _fail_compose() -> NoReturn:
    if shutil.which("docker") is None:
        _fail("no_target", "There is no docker command on this machine.")
    _fail("no_target", f"The Compose project {project_name()} has no running service named {SERVICE}.")


def _demo_places() -> list[Path]:
    """Where a demo may have left its file: under the current directory, or under the checkout azione runs from."""
    folder = path_named(os.environ.get("AZIONE_DEMO_DIR") or ".demo")
    roots = [Path.cwd()]
    if (CHECKOUT / "backend" / "manage.py").is_file():
        roots.append(CHECKOUT)
    return list(dict.fromkeys(root / folder / DEMO_FILE for root in roots))


def _demo_here() -> Target | None:
    for path in _demo_places():
        if path.is_file():
            return _demo(path)
    return None


def _demo(path: Path) -> Target:
    """The demo that wrote this file; raises Failure unless it is ours and running."""
    content = _read_demo_file(path)
    try:
        url, pid = str(content["url"]), int(content["pid"])
        python, manage = str(content["python"]), Path(content["manage"])
        settings = {str(name): str(value) for name, value in content["env"].items()}
        anchor = date.fromisoformat(content["season_anchor"]) if "season_anchor" in content else None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Failure("target_unusable", f"{path} is not what a demo writes.") from None
    if not _is_alive(pid):
        raise Failure("target_unusable", f"The demo of {path} is not running any more: start it with make demo.")
    inherited = {name: value for name, value in os.environ.items() if not _is_foreign(name)}
    env = inherited | settings
    return Target(f"the demo at {url}", (python, str(manage)), env=env, cwd=manage.parent, season_anchor=anchor)


def _read_demo_file(path: Path) -> dict[str, Any]:
    import json

    try:
        _check_is_ours(path)
        content = json.loads(path.read_text())
    except OSError as error:
        raise Failure("target_unusable", f"{path}: {error.strerror or error}.") from None
    except ValueError:
        raise Failure("target_unusable", f"{path} is not what a demo writes.") from None
    return content if isinstance(content, dict) else {}


def _check_is_ours(path: Path) -> None:
    """The file says which program to run: one that someone else could have put there is not believed."""
    status = path.stat()
    if status.st_uid not in (os.geteuid(), 0):
        raise Failure("target_unusable", f"{path} belongs to another user: run azione as the one who runs the demo.")
    if status.st_mode & 0o022:
        raise Failure("target_unusable", f"{path} can be changed by others: chmod 600 it first.")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return pid > 0


def _is_foreign(name: str) -> bool:
    return name.startswith(_FOREIGN_PREFIXES) or name.endswith("_FILE")
