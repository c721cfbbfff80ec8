"""Booking opens: five hundred guests within ten seconds for a hundred seats, and what else goes on meanwhile.

Some of those who get a seat never confirm, and their holds end; some cancel; the manager puts chairs in and takes them
out again. Whoever looks never sees more seats taken than there are.
"""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp

from lab.stacks import Lab
from load.clients import Answer, Outcome, arrive, ask
from load.scenarios import new_address, reservation_of, token_for
from load.stage import Stage

DECLARED = frozenset({"409 capacity_exceeded", "503 busy"})
STAYS_AT_HOME = "resta a casa"
# One statement, so that both numbers are of one moment.
SEATS = """
SELECT coalesce(sum(r.seats), 0), p.capacity + p.additional_seats - p.manually_occupied
  FROM programme_performance p LEFT JOIN reservations_reservation r ON r.performance_id = p.id
   AND (r.status = 'confirmed' OR (r.status = 'pending' AND r.hold_expires_at > now()))
 WHERE p.id = {id} GROUP BY p.id
"""
# An hour goes by for one guest at a time.
END_A_HOLD = """
UPDATE reservations_reservation SET hold_expires_at = now() WHERE id = (
  SELECT id FROM reservations_reservation WHERE performance_id = {id} AND notes = '{notes}' AND status = 'pending'
     AND hold_expires_at > now() ORDER BY random() LIMIT 1)
"""
LOOK_EVERY = 0.1
CHAIRS = 5


@dataclass
class Night:
    """What became of the guests, and what was seen of the room."""

    outcome: Outcome
    ends: Counter[str]
    # Taken and bookable, at each look and at the end.
    seen: list[tuple[int, int]] = field(default_factory=list)

    def problems(self) -> list[str]:
        """What must never be, in words."""
        found = [f"{taken} seats taken of {bookable}" for taken, bookable in self.seen if taken > bookable]
        undeclared = set(self.outcome.refusals) - DECLARED
        if undeclared:
            found.append(f"answers that no guest expects: {', '.join(sorted(undeclared))}")
        return found


def play(stage: Stage, *, guests: int, seats: int, seconds: float, seed: int) -> Night:
    [performance_id] = stage.add_performances(1, capacity=seats)
    chance = random.Random(seed)  # noqa: S311 (guests, not secrets)
    ends: Counter[str] = Counter()

    async def guest(session: aiohttp.ClientSession) -> Answer:
        party, intent, email = chance.choice((1, 1, 2, 2, 3, 4)), chance.random(), new_address()
        body = reservation_of(email, party) | {"notes": STAYS_AT_HOME if intent < 0.2 else ""}
        where, key = f"/api/v1/performances/{performance_id}/reservations/", {"Idempotency-Key": str(uuid4())}
        reserved = await ask(session, "POST", where, body=body, headers=key)
        if not reserved.is_good:
            ends["came too late"] += 1
            return reserved
        if intent < 0.2:
            ends["never confirmed"] += 1
            return reserved
        later = await _confirm(stage, session, email, cancels=intent < 0.4)
        ends["cancelled" if intent < 0.4 else "came through"] += later.is_good
        return reserved if later.is_good else later

    with _repeating(stage.lab, SEATS.format(id=performance_id), seconds) as looks:
        end_holds = END_A_HOLD.format(id=performance_id, notes=STAYS_AT_HOME)
        with _repeating(stage.lab, end_holds, seconds), _manager(stage.lab, performance_id):
            outcome = arrive(stage.url, guest, per_second=guests / seconds, number=guests, seed=seed)
    night = Night(outcome, ends, [_seats(line) for line in looks])
    night.seen.append(_seats(stage.lab.psql(SEATS.format(id=performance_id))))
    return night


async def _confirm(stage: Stage, session: aiohttp.ClientSession, email: str, *, cancels: bool) -> Answer:
    token = await token_for(stage, email)
    if token is None:
        return Answer(0, 0, "no mail")
    headers = {"Authorization": f"Reservation {token}"}
    answer = await ask(session, "POST", "/api/v1/reservation/confirm/", body={}, headers=headers)
    if answer.is_good and cancels:
        answer = await ask(session, "POST", "/api/v1/reservation/cancel/", body={}, headers=headers)
    return answer


@contextmanager
def _repeating(lab: Lab, statement: str, seconds: float) -> Iterator[list[str]]:
    """Runs a statement ten times a second in a session of its own; its rows are there at the end."""
    command = ["docker", "compose", "exec", "-T", "postgres", "psql", "--username", "postgres", "--dbname", "azionelab"]
    options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
    watched = f"{' '.join(statement.split())} \\watch i={LOOK_EVERY} c={int(seconds / LOOK_EVERY)}"
    process = subprocess.Popen(
        [*command, *options],
        cwd=lab.checkout,
        env=lab.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(watched + "\n")
    process.stdin.close()
    rows: list[str] = []
    try:
        yield rows
    finally:
        assert process.stdout is not None
        rows += [line for line in process.stdout.read().splitlines() if line]
        process.wait()


@contextmanager
def _manager(lab: Lab, performance_id: int) -> Iterator[None]:
    """Puts chairs in and takes them out again, by the command, while guests reserve."""
    command = ".venv/bin/azione performances seats {id} --additional-seats {chairs} --yes"
    script = "; ".join(command.format(id=performance_id, chairs=chairs) for chairs in (CHAIRS, 0, CHAIRS))
    process = lab.start("sh", "-c", script)
    try:
        yield
    finally:
        said, problems = process.communicate()
        # Chairs on which somebody already sits cannot be taken out: refused, nothing changed.
        assert "Traceback" not in problems, problems + said


def _seats(line: str) -> tuple[int, int]:
    taken, bookable = line.split("|")
    return int(taken), int(bookable)
