"""The same calls with more and more in the tables, and with more and more clients."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from uuid import uuid4

import aiohttp

from load.clients import Answer, Call, ask, keep_busy
from load.scale import Scale
from load.scenarios import admitting, reserving
from load.stage import Stage


@dataclass(frozen=True)
class Growth:
    """Milliseconds of one call, alone, by the size of what grows."""

    what: str
    by: str
    points: dict[int, float]


def measure(stage: Stage, scale: Scale) -> list[Growth]:
    return [*_by_reservations(stage, scale), *_by_programme(stage, scale), _by_crowd(stage, scale)]


def _by_reservations(stage: Stage, scale: Scale) -> list[Growth]:
    """The table grows by two hundred other evenings; the evening itself stays as it is."""
    found: dict[str, dict[int, float]] = {"a reservation": {}, "a scan": {}, "the season, read anew": {}}
    others = stage.add_performances(200, capacity=1_000)
    for size in scale.tables:
        there = int(stage.lab.psql("SELECT count(*) FROM reservations_reservation"))
        if size > there:
            stage.add_reservations(size - there, others)
        calls = _typical_calls(stage)
        for what, call in calls.items():
            found[what][size] = keep_busy(stage.url, call, clients=1, number=30).milliseconds(0.5)
    return [Growth(what, "reservations in the table", points) for what, points in found.items()]


def _typical_calls(stage: Stage) -> dict[str, Call]:
    ids = stage.add_performances(1, capacity=200)
    tickets = [ticket for _link, ticket in stage.add_reservations(60, ids)]
    return {
        "a reservation": reserving(ids),
        "a scan": admitting(ids[0], tickets, stage.door_token(ids[0])),
        "the season, read anew": _reading_anew("/api/v1/performances/"),
    }


def _reading_anew(path: str) -> Call:
    """Past nginx's cache: each address is another one."""
    numbers = itertools.count()

    async def call(session: aiohttp.ClientSession) -> Answer:
        return await ask(session, "GET", f"{path}?{uuid4().hex}={next(numbers)}")

    return call


def _by_programme(stage: Stage, scale: Scale) -> list[Growth]:
    found: dict[str, dict[int, float]] = {"a reservation": {}, "the season, read anew": {}}
    for size in scale.programmes:
        there = int(stage.lab.psql("SELECT count(*) FROM programme_performance"))
        if size > there:
            stage.add_performances(size - there, capacity=100)
        size = max(size, there)
        calls = {"a reservation": reserving(stage.add_performances(1, capacity=100))}
        calls["the season, read anew"] = _reading_anew("/api/v1/performances/")
        for what, call in calls.items():
            found[what][size] = keep_busy(stage.url, call, clients=1, number=20).milliseconds(0.5)
    return [Growth(what, "performances in the programme", points) for what, points in found.items()]


def _by_crowd(stage: Stage, scale: Scale) -> Growth:
    """Milliseconds of the server's time for each reservation: what a queue would make longer is not in it."""
    points = {}
    for clients in scale.crowds:
        ids = stage.add_performances(1, capacity=scale.watched + clients)
        points[clients] = 1000 / keep_busy(stage.url, reserving(ids), clients=clients, number=scale.watched).rate
    return Growth("a reservation", "clients at once", points)
