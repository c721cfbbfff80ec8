"""`make up`: from a fresh Docker host to a site that answers. Doing it again changes nothing that is well."""

from __future__ import annotations

import errno
import shutil
import socket
from pathlib import Path

from demo.console import Steps, say
from stack import certificates, database, smoke
from stack.building import are_built, build
from stack.compose import ROOT, Stack, StackError, last_words
from stack.secrets import are_newer_than_backend, ensure_folders, ensure_secrets
from stack.state import Upgrade

# Images, build cache and a first database.
NEEDED_BYTES = 4_000_000_000
HEALTHY_SECONDS = 180
_CHECK_SERVER = (
    *("gunicorn", "--check-config", "--config", "/srv/azionelab/gunicorn.conf.py"),
    "azionelab.project.wsgi:application",
)


def up(stack: Stack) -> None:
    steps = Steps(7 if stack.has_own_database else 6)
    with steps("Looking at this host and the settings"):
        check_host(stack)
        refuse_half_done(stack)
    if stack.is_running("nginx") and are_built(stack):
        with steps("Keeping the version that runs (make upgrade takes a new one)"):
            pass
    else:
        build(stack, steps.numbered("Building the images (minutes, the first time)"))
    with steps("Making the secrets that are missing"):
        ensure_folders(stack)
        made = ensure_secrets(stack)
        certificates.install_if_set(stack)
        check_settings(stack)
    if stack.has_own_database:
        with steps("Starting PostgreSQL"):
            start(stack, "postgres")
            database.ensure_role(stack)
    with steps("Bringing the database up to date"):
        stack.manage("migrate", "--no-input")
    with steps("Starting the site"):
        publish(stack)
        if are_newer_than_backend(stack):
            stack.compose("restart", "backend")
        start(stack, "backend", "nginx")
    with steps("Looking at the site"):
        smoke.check_from_outside(stack)
    _tell(stack, made)


def check_host(stack: Stack) -> None:
    """What would stop the start later. Changes nothing."""
    if stack.is_running("nginx"):
        return
    if not are_built(stack):
        _check_room(stack)
    for setting, inside in (("HTTP_PORT", 8080), ("HTTPS_PORT", 8443)):
        _check_port(setting, *stack.port(inside))


def refuse_half_done(stack: Stack) -> None:
    if Upgrade.read(stack) is not None:
        raise StackError("An upgrade was cut off half-way: make rollback puts back what was before it.")


def check_settings(stack: Stack) -> None:
    """The backend and nginx read all of them at their start; they say themselves which one is wrong."""
    stack.manage("check")
    # Some of them count for those who serve, and not for a command.
    stack.run_backend(*_CHECK_SERVER, name="gunicorn")
    done = stack.try_docker("compose", "run", "--rm", "-T", "nginx", "start-nginx", "--check")
    if done.returncode != 0:
        raise StackError(last_words(done.stderr).replace("start.sh: ", ""))


def start(stack: Stack, *services: str) -> None:
    """Starts them and waits until they are healthy. Raises StackError with what they said where they are not."""
    wait = ("--wait", "--wait-timeout", str(HEALTHY_SECONDS))
    done = stack.try_docker("compose", "up", "--detach", "--no-build", *wait, *services)
    if done.returncode != 0:
        log = stack.try_docker("compose", "logs", "--no-color", "--tail", "15", *services)
        raise StackError(
            f"{' and '.join(services)} did not become healthy.\n{done.stderr.strip()[-600:]}\n{log.stdout.strip()}"
        )


def publish(stack: Stack) -> None:
    """The pages of the current image of `frontend` become those that nginx serves."""
    stack.compose("run", "--rm", "-T", "frontend")


def _nearest(folder: Path) -> Path:
    """The folder itself, or the one it would be made in."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _docker_root(stack: Stack) -> str:
    return stack.docker("info", "--format", "{{.DockerRootDir}}").strip()


def _check_room(stack: Stack) -> None:
    for place in {_nearest(stack.backups), Path(_docker_root(stack))}:
        if place.exists() and (free := shutil.disk_usage(place).free) < NEEDED_BYTES:
            needed = f"A first start needs {NEEDED_BYTES / 1e9:.0f} GB of disk"
            raise StackError(f"{needed}; {place} has {free / 1e9:.1f} GB: make room.")


def _check_port(setting: str, address: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            return  # Docker may have the port all the same
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise StackError(f"LISTEN_ADDRESS is {address}, which is no address of this host.") from None
            raise StackError(
                f"{setting} is {port}, and that port of {address} is not free ({error.strerror})."
            ) from None


def _tell(stack: Stack, made: list[str]) -> None:
    if made:
        secrets = stack.folder("backend", "/run/secrets").parent
        say(f"\nMade: {', '.join(made)}. Keep a copy of {secrets} in a safe place: a backup does not hold them, and")
        say("without SECRET_KEY everybody has to sign in anew and each phone at the door has to be paired again.")
    say(f"\nAzioneLab answers at {stack.settings['SITE_URL']}\n")
    if smoke.lacks_certificate(stack):
        say("  There is no certificate yet: until then all that guests get is a page that says so, over http.")
        say("  How to get one: runbooks/first-deploy.md\n")
    azione = ROOT / ".venv" / "bin" / "azione"
    if made:
        say(f"  First account:  {azione} users create NAME --group managers")
    say(f"  How it stands:  {azione} status")
    say("  What it says:   make logs")
