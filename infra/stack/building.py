"""The images: built from this checkout as `current`.

They are `built` first: a build goes on for a while when whoever started it was killed, and must not turn `current` over
then. What an upgrade has found running is tagged `running` until it is over; once it has worked out, that becomes
`previous`.
"""

from __future__ import annotations

from collections.abc import Sequence

from demo.progress import SetupError, run_logged
from stack.compose import LOGS, ROOT, Stack, StackError

SERVICES = ("backend", "frontend", "nginx")
BUILT, RUNNING, PREVIOUS = "built", "running", "previous"


def build(stack: Stack, label: str, services: Sequence[str] = SERVICES) -> None:
    command = ["docker", "compose", "build", *services]
    environment = {**stack.environment, "IMAGE_TAG": BUILT}
    try:
        run_logged(label, command, log=LOGS / "build.log", cwd=ROOT, env=environment)
    except SetupError as error:
        raise StackError(str(error)) from None
    for service in services:
        stack.docker("tag", tagged(stack, service, BUILT), stack.image(service))


def ensure_backend(stack: Stack) -> None:
    """Its image writes the secrets, and the first of them may be given before the first `make up`."""
    if not _exists(stack, stack.image("backend")):
        build(stack, "Building the backend's image", ("backend",))


def keep_running(stack: Stack) -> None:
    """What runs now stays to be gone back to, whatever is built."""
    for service in SERVICES:
        stack.docker("tag", stack.image(service), tagged(stack, service, RUNNING))


def keep_previous(stack: Stack) -> None:
    """What an upgrade has replaced stays. One that has replaced nothing keeps what was replaced before."""
    if not _are_same(stack, RUNNING):
        for service in SERVICES:
            stack.docker("tag", tagged(stack, service, RUNNING), tagged(stack, service, PREVIOUS))


def go_back(stack: Stack, tag: str) -> None:
    for service in SERVICES:
        stack.docker("tag", tagged(stack, service, tag), stack.image(service))


def are_built(stack: Stack) -> bool:
    return all(_exists(stack, stack.image(service)) for service in SERVICES)


def has_previous(stack: Stack) -> bool:
    """Whether there is one, and it is another than what runs."""
    there = all(_exists(stack, tagged(stack, service, PREVIOUS)) for service in SERVICES)
    return there and not _are_same(stack, PREVIOUS)


def tagged(stack: Stack, service: str, tag: str) -> str:
    return f"{stack.image(service).rpartition(':')[0]}:{tag}"


def _are_same(stack: Stack, tag: str) -> bool:
    """Whether the images of that tag are those that are current."""
    return all(
        _identity(stack, tagged(stack, service, tag)) == _identity(stack, stack.image(service)) for service in SERVICES
    )


def _identity(stack: Stack, image: str) -> str:
    return stack.docker("image", "inspect", "--format", "{{.Id}}", image).strip()


def _exists(stack: Stack, image: str) -> bool:
    return stack.try_docker("image", "inspect", image).returncode == 0
