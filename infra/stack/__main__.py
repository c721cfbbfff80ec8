"""`python3 -m stack up|down|logs|upgrade|rollback|certificates|secret NAME|watch`, as the Makefile calls it."""

from __future__ import annotations

import getpass
import subprocess
import sys
from contextlib import nullcontext, suppress

from demo.progress import SetupError
from stack import certificates, interrupts
from stack.compose import ROOT, Stack, StackError, load
from stack.locking import BusyError, locked
from stack.secrets import set_secret
from stack.state import Upgrade
from stack.up import up
from stack.upgrade import rollback, upgrade

USAGE = "usage: python3 -m stack up|down|logs|upgrade|rollback|certificates|secret NAME|watch\n"


def main(arguments: list[str]) -> int:
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb not in _VERBS or (verb == "secret") != (len(rest) == 1):
        sys.stderr.write(USAGE)
        return 2
    interrupts.treat_alike()
    try:
        stack = load()
        with locked(stack) if verb in _ALONE else nullcontext():
            _VERBS[verb](stack, *rest)
    except (StackError, SetupError, OSError) as error:
        sys.stderr.write(f"\n{error}\n")
        return 5
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; the same command takes up where this one stopped.\n")
        return 130
    return 0


def _down(stack: Stack) -> None:
    """Ends the containers; the data stays in its volumes."""
    stack.compose("down", "--remove-orphans")


def _logs(stack: Stack) -> None:
    """Until Ctrl-C, which is how one ends it."""
    command = ["docker", "compose", "logs", "--follow", "--tail", "200"]
    with suppress(KeyboardInterrupt):
        subprocess.run(command, cwd=ROOT, env=dict(stack.environment), check=False)


def _certificates(stack: Stack) -> None:
    good_until = certificates.install(stack)
    sys.stdout.write(f"nginx takes the certificate up within seconds. It is good until {good_until}.\n")


def _secret(stack: Stack, name: str) -> None:
    value = getpass.getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.read()
    set_secret(stack, name, value)
    sys.stdout.write(f"{name} is set. It counts from the next make up.\n")


def _watch(stack: Stack) -> None:
    """Starts what should be running and is not: Docker itself never undoes a `docker kill`. Run by a timer.

    Not while a make is at work, nor after an upgrade that was cut off: that has stopped the backend on purpose.
    """
    with suppress(BusyError), locked(stack):
        if Upgrade.read(stack) is None and (ended := _ended(stack)):
            stack.docker("start", *ended)
            sys.stdout.write(f"Started again: {', '.join(sorted(ended))}.\n")


def _ended(stack: Stack) -> list[str]:
    """The containers of what should be running, without those that were made for one command."""
    of_stack = ("--filter", f"label=com.docker.compose.project={stack.name}")
    not_once = ("--filter", "label=com.docker.compose.oneoff=False", "--filter", "status=exited")
    name_and_service = '{{.Names}} {{.Label "com.docker.compose.service"}}'
    listed = stack.docker("ps", "--all", *of_stack, *not_once, "--format", name_and_service)
    containers = [line.split() for line in listed.splitlines()]
    return [name for name, service in containers if service in {"nginx", "backend", "postgres"}]


_VERBS = {
    "up": up,
    "down": _down,
    "logs": _logs,
    "upgrade": upgrade,
    "rollback": rollback,
    "certificates": _certificates,
    "secret": _secret,
    "watch": _watch,
}
# What changes which containers there are.
_ALONE = {"up", "down", "upgrade", "rollback"}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
