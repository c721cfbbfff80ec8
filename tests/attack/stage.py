"""The stack under attack: the real one, with a street in front of it whose people nginx counts.

The attack itself comes through the published port, from an address that nginx does not count; whoever stands in the
street (`crowd.py`) has addresses of their own there, and is counted like any visitor.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attack.gossip import Gossip
from lab.stacks import Lab, bridge_gateway, new_lab
from lab.staff import Session, pair_phone

FILL = Path(__file__).resolve().parents[1] / "load" / "fill.py"
# Docker's own networks, which the attack comes from; the street is in 10.0.0.0/8.
NOT_COUNTED = "172.16.0.0/12 192.168.0.0/16"
SEATS = 100_000


@dataclass
class Stage:
    """`performance_ids` have room for everybody; `tokens` open reservations of them, in every state there is."""

    lab: Lab
    performance_ids: list[int]
    tokens: list[str] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)

    def fill(self, **order: Any) -> Any:
        return fill(self.lab, **order)

    def add_reservations(self, number: int) -> list[tuple[str, str]]:
        """Confirmed ones; the reservation token and the ticket token of each."""
        made: list[list[str]] = self.fill(reservations=number, performance_ids=self.performance_ids)
        return [(token, ticket) for token, ticket in made]

    def signed_in(self, name: str) -> Session:
        session = Session(self.lab)
        answer = session.sign_in(name, self.lab.password)
        assert answer.status == 200, answer.text
        return session

    def door_token(self) -> str:
        return pair_phone(self.lab, self.performance_ids[0]).token


def fill(lab: Lab, **order: Any) -> Any:
    """What `load/fill.py` made, in the backend's container."""
    return json.loads(lab.compose("exec", "-T", "backend", "python", "-c", FILL.read_text(), stdin=json.dumps(order)))


@contextmanager
def new_stage() -> Iterator[Stage]:
    with new_lab("attack", UNLIMITED_NETWORKS=NOT_COUNTED) as lab:
        # Beside the lab's own mail server, into the same folder.
        server = Gossip(lab.mails.directory, host=bridge_gateway())
        server.start()
        try:
            lab.set(SMTP_PORT=str(server.port))
            lab.up()
            yield furnish(lab)
        finally:
            server.stop()


def furnish(lab: Lab) -> Stage:
    """The season, the company's pages, staff, and evenings that never sell out."""
    lab.seed()
    lab.furnish()
    stage = Stage(lab, fill(lab, performances=3, capacity=SEATS))
    made = stage.add_reservations(60)
    stage.tokens, stage.tickets = [token for token, _ in made], [ticket for _, ticket in made]
    return stage
