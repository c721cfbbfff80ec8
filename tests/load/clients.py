"""Clients that keep a server busy, or that come at their own pace; and what came of it.

A closed loop (`keep_busy`) tells how much a server can do: each client asks again as soon as it has its answer. An open
one (`arrive`) tells how long guests wait who do not know of each other: time runs from the moment at which one meant to
ask, so that a server that stalls is not let off for the guests whom it kept from asking.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=30)
NO_ANSWER = "no answer"


@dataclass(frozen=True)
class Answer:
    """`seconds` until it was there; `code` is the problem's, `""` where all was well."""

    seconds: float
    status: int
    code: str = ""
    body: Any = field(default=None, repr=False, compare=False)

    @property
    def is_good(self) -> bool:
        return self.code == ""


Call = Callable[[aiohttp.ClientSession], Awaitable[Answer]]


@dataclass(frozen=True)
class Outcome:
    """`seconds` from the first question to the last answer; `own_cpu` are those that the clients themselves worked."""

    answers: Sequence[Answer]
    seconds: float
    own_cpu: float

    @property
    def good(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.is_good]

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.good) / self.seconds

    def milliseconds(self, share: float) -> float:
        """So long or less took this share of the good answers."""
        times = sorted(answer.seconds for answer in self.good)
        return 1000 * times[min(int(share * len(times)), len(times) - 1)] if times else float("nan")

    @property
    def refusals(self) -> Counter[str]:
        return Counter(answer.code for answer in self.answers if not answer.is_good)


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    path: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One question; a connection that breaks and a server that keeps silent are answers as well."""
    started = time.perf_counter()
    try:
        async with session.request(method, path, json=body, headers=headers) as response:
            content = await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Answer(time.perf_counter() - started, 0, f"{NO_ANSWER} ({type(error).__name__})")
    seconds = time.perf_counter() - started
    told = json.loads(content) if "json" in response.content_type and content else content
    if response.status < 400:
        return Answer(seconds, response.status, body=told)
    code = told.get("code") if isinstance(told, dict) else None
    return Answer(seconds, response.status, f"{response.status} {code or 'without a problem document'}")


def keep_busy(url: str, call: Call, *, clients: int, seconds: float = 0, number: int = 0) -> Outcome:
    """So many clients at once, for so long or until so many questions were asked."""

    async def run(session: aiohttp.ClientSession, answers: list[Answer]) -> None:
        ends = time.perf_counter() + seconds if seconds else float("inf")
        left = iter(range(number)) if number else iter(lambda: 0, 1)

        async def one() -> None:
            while time.perf_counter() < ends and next(left, None) is not None:
                answers.append(await call(session))

        await asyncio.gather(*(one() for _ in range(clients)))

    return _watch(url, run, connections=clients)


def arrive(url: str, call: Call, *, per_second: float, number: int, seed: int) -> Outcome:
    """So many guests, each at a moment of their own (a Poisson process), whatever became of those before."""
    chance = random.Random(seed)  # noqa: S311 (guests, not secrets)
    moments, moment = [], 0.0
    for _ in range(number):
        moments.append(moment)
        moment += chance.expovariate(per_second)

    async def run(session: aiohttp.ClientSession, answers: list[Answer]) -> None:
        begin = time.perf_counter()

        async def one(meant: float) -> None:
            await asyncio.sleep(max(0.0, begin + meant - time.perf_counter()))
            late = time.perf_counter() - begin - meant
            answer = await call(session)
            answers.append(Answer(answer.seconds + late, answer.status, answer.code, answer.body))

        await asyncio.gather(*(one(meant) for meant in moments))

    return _watch(url, run, connections=0)


def _watch(
    url: str, run: Callable[[aiohttp.ClientSession, list[Answer]], Awaitable[None]], *, connections: int
) -> Outcome:
    answers: list[Answer] = []

    async def main() -> float:
        connector = aiohttp.TCPConnector(limit=connections)
        async with aiohttp.ClientSession(url, connector=connector, timeout=PATIENCE) as session:
            began = time.perf_counter()
            await run(session, answers)
            return time.perf_counter() - began

    cpu = time.process_time()
    seconds = asyncio.run(main())
    return Outcome(answers, seconds, time.process_time() - cpu)
