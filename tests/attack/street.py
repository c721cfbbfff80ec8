"""A street in front of the stack: a network of its own that nginx has a door to, and whose people it counts."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lab.stacks import Lab

VISITORS = Path(__file__).with_name("in_street.py")
IMAGE = "python:3.13-slim"
TRIES = 10


@dataclass(frozen=True)
class Visit:
    """One request; `source` is an address of the street, "" the container's own. A body is sent as JSON."""

    method: str
    path: str
    source: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Seen:
    """What a visitor got: status 0 where no answer came. `seconds` from the first byte out to the last byte in."""

    status: int
    seconds: float
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Street:
    lab: Lab
    network: str
    nginx: str
    prefix: str

    def address(self, number: int) -> str:
        """Of a house in this street; nginx and the containers live in the first one."""
        return f"{self.prefix}.{number // 250 + 1}.{number % 250 + 1}"

    def visit(self, visits: Sequence[Visit], *, at_once: int) -> list[Seen]:
        """All of them, so many at a time; the answers in the same order."""
        told = json.dumps({"at_once": at_once, "requests": [self._order(one) for one in visits]})
        options = ("--network", self.network, "--user", "0", "--cap-add", "NET_ADMIN")
        mount = ("--volume", f"{VISITORS}:/in_street.py:ro")
        command = ("run", "--rm", "--interactive", *options, *mount, IMAGE, "python", "/in_street.py")
        said = self.lab.docker(*command, self.nginx, "8080", stdin=f"{told}\n")
        return [Seen(*answer) for answer in json.loads(said)]

    def _order(self, visit: Visit) -> dict[str, Any]:
        headers = {"Host": urlsplit(self.lab.url).netloc, "Content-Type": "application/json", **visit.headers}
        body = "" if visit.body is None else json.dumps(visit.body)
        return {"from": visit.source, "method": visit.method, "path": visit.path, "headers": headers, "body": body}


@contextmanager
def new_street(lab: Lab) -> Iterator[Street]:
    name, prefix = _make_network(lab)
    try:
        (nginx,) = lab.containers("nginx")
        lab.docker("network", "connect", name, nginx)
        found = f'{{{{(index .NetworkSettings.Networks "{name}").IPAddress}}}}'
        yield Street(lab, name, lab.docker("inspect", "--format", found, nginx).strip(), prefix)
    finally:
        with contextlib.suppress(AssertionError):
            lab.docker("network", "disconnect", "--force", name, nginx)
        lab.docker("network", "rm", name)


def _make_network(lab: Lab) -> tuple[str, str]:
    """Somewhere in 10.0.0.0/8, where nobody else on this machine lives."""
    name = f"{lab.name}-street-{secrets.token_hex(2)}"
    for _ in range(TRIES):
        prefix = f"10.{secrets.randbelow(200) + 20}"
        own = ("--subnet", f"{prefix}.0.0/16", "--ip-range", f"{prefix}.0.0/24")
        if lab.run("docker", "network", "create", *own, name).returncode == 0:
            return name, prefix
    raise AssertionError(f"no network in 10.0.0.0/8 is free in {TRIES} tries")
