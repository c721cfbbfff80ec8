"""`python3 -m stack up|down|logs|upgrade|rollback|certificates|secret NAME|watch`, as the Makefile calls it."""

from __future__ import annotations

import getpass
import json
import subprocess
import sys

from demo.progress import SetupError
from stack import certificates
from stack.compose import ROOT, Stack, StackError, load
from stack.secrets import set_secret
from stack.up import up
from stack.upgrade import rollback, upgrade

USAGE = "usage: python3 -m stack up|down|logs|upgrade|rollback|certificates|secret NAME|watch\n"


def main(arguments: list[str]) -> int:
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb not in _VERBS or (verb == "secret") != (len(rest) == 1):
        sys.stderr.write(USAGE)
        return 2
    try:
        _VERBS[verb](load(), *rest)
    except (StackError, SetupError) as error:
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
    subprocess.run(
        ["docker", "compose", "logs", "--follow", "--tail", "200"], cwd=ROOT, env=dict(stack.environment), check=False
    )


def _certificates(stack: Stack) -> None:
    good_until = certificates.install(stack)
    sys.stdout.write(f"nginx takes the certificate up within seconds. It is good until {good_until}.\n")


def _secret(stack: Stack, name: str) -> None:
    value = getpass.getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.read()
    set_secret(stack, name, value)
    sys.stdout.write(f"{name} is set. It counts from the next make up.\n")


def _watch(stack: Stack) -> None:
    """Starts what should be running and is not: Docker itself never undoes a `docker kill`. Run by a timer."""
    wanted = {"nginx", "backend", "postgres"}
    containers = [json.loads(line) for line in stack.compose("ps", "--all", "--format", "json").splitlines()]
    ended = [one["Name"] for one in containers if one["Service"] in wanted and one["State"] == "exited"]
    if ended:
        stack.docker("start", *ended)
        sys.stdout.write(f"Started again: {', '.join(sorted(ended))}.\n")


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

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
