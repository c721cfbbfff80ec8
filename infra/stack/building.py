"""The images: built from this checkout as `current`; those that ran before an upgrade are kept as `previous`."""

from __future__ import annotations

from collections.abc import Sequence

from demo.progress import SetupError, run_logged
from stack.compose import LOGS, ROOT, Stack, StackError

SERVICES = ("backend", "frontend", "nginx")


def build(stack: Stack, label: str, services: Sequence[str] = SERVICES) -> None:
    command = ["docker", "compose", "build", *services]
    try:
        run_logged(label, command, log=LOGS / "build.log", cwd=ROOT, env=dict(stack.environment))
    except SetupError as error:
        raise StackError(str(error)) from None


def ensure_backend(stack: Stack) -> None:
    """Its image writes the secrets, and the first of them may be given before the first `make up`."""
    if not _exists(stack, stack.image("backend")):
        build(stack, "Building the backend's image", ("backend",))


def keep_current(stack: Stack) -> None:
    """What runs now stays to be gone back to."""
    for service in SERVICES:
        current = stack.image(service)
        stack.docker("tag", current, previous(current))


def go_back(stack: Stack) -> None:
    for service in SERVICES:
        current = stack.image(service)
        stack.docker("tag", previous(current), current)


def are_built(stack: Stack) -> bool:
    return all(_exists(stack, stack.image(service)) for service in SERVICES)


def has_previous(stack: Stack) -> bool:
    return all(_exists(stack, previous(stack.image(service))) for service in SERVICES)


def identities(stack: Stack) -> dict[str, str]:
    """Which image each service's name stands for now."""
    return {
        service: stack.docker("image", "inspect", "--format", "{{.Id}}", stack.image(service)).strip()
        for service in SERVICES
    }


def previous(image: str) -> str:
    return f"{image.rpartition(':')[0]}:previous"


def _exists(stack: Stack, image: str) -> bool:
    return stack.try_docker("image", "inspect", image).returncode == 0
