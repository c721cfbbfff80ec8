"""What guests, volunteers and a manager do, each as one call of a client."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import aiohttp

from load.clients import Answer, Call, ask
from load.stage import Stage

NAME = "Ersilia Zanzottera"
MAIL_SECONDS = 20.0
_numbers = itertools.count(1)


def new_address() -> str:
    return f"load-{next(_numbers)}-{uuid4().hex[:8]}@example.org"


def reservation_of(email: str, seats: int = 1) -> dict[str, object]:
    return {"name": NAME, "email": email, "seats": seats, "language": "it", "privacy_accepted": True}


def reserving(performance_ids: Sequence[int], *, path: str = "/api/v1/performances/{}/reservations/") -> Call:
    """One seat of any of these performances, each guest under an address of their own."""
    chance = random.Random(len(performance_ids))  # noqa: S311 (which evening, no secret)

    async def call(session: aiohttp.ClientSession) -> Answer:
        headers = {"Idempotency-Key": str(uuid4())}
        where = path.format(chance.choice(performance_ids))
        return await ask(session, "POST", where, body=reservation_of(new_address()), headers=headers)

    return call


def coming_all_the_way(stage: Stage, performance_ids: Sequence[int]) -> Call:
    """Reserve, read the mail, confirm, fetch the ticket: one answer for all of it, or that of the step that failed."""
    chance = random.Random(len(performance_ids))  # noqa: S311 (which evening, no secret)

    async def call(session: aiohttp.ClientSession) -> Answer:
        began, email = time.perf_counter(), new_address()
        where = f"/api/v1/performances/{chance.choice(performance_ids)}/reservations/"
        headers = {"Idempotency-Key": str(uuid4())}
        reserved = await ask(session, "POST", where, body=reservation_of(email), headers=headers)
        if not reserved.is_good:
            return reserved
        token = await token_for(stage, email)
        if token is None:
            return Answer(time.perf_counter() - began, 0, "no mail")
        guest = {"Authorization": f"Reservation {token}"}
        for method, step in (("POST", "confirm/"), ("GET", "ticket.png")):
            body = {} if method == "POST" else None
            answer = await ask(session, method, f"/api/v1/reservation/{step}", body=body, headers=guest)
            if not answer.is_good:
                return answer
        return Answer(time.perf_counter() - began, 200)

    return call


async def token_for(stage: Stage, email: str) -> str | None:
    deadline = time.perf_counter() + MAIL_SECONDS
    while time.perf_counter() < deadline:
        token = stage.mailbag.token_for(email)
        if token is not None:
            return token
        await asyncio.sleep(0.02)
    return None


def admitting(performance_id: int, tickets: Sequence[str], door_token: str, *, path: str = "") -> Call:
    """The next ticket at the door; a ticket that is not let in is no good answer."""
    left: Iterator[str] = iter(tickets)
    where = path or f"/api/v1/door/performances/{performance_id}/scans/"
    headers = {"Authorization": f"Door {door_token}"}

    async def call(session: aiohttp.ClientSession) -> Answer:
        now = datetime.now(UTC).isoformat()
        scan = {"scan_id": str(uuid4()), "ticket": next(left), "device": "porta", "scanned_at": now}
        answer = await ask(session, "POST", where, body=scan, headers=headers)
        if answer.is_good and answer.body["outcome"] != "admitted":
            return Answer(answer.seconds, answer.status, f"outcome {answer.body['outcome']}")
        return answer

    return call


def reading(path: str) -> Call:
    async def call(session: aiohttp.ClientSession) -> Answer:
        return await ask(session, "GET", path)

    return call
