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

# So few reservations that a table of ten can have them all.
SCANS = 10


@dataclass(frozen=True)
class Growth:
    """Milliseconds of one call, alone, by the size of what grows."""

    what: str
    by: str
    points: dict[int, float]


def measure(stage: Stage, scale: Scale) -> list[Growth]:
    """Sizes are what is really there, so a stage that has seen other things begins larger than `scale` says."""
    by_programme: dict[str, dict[int, float]] = {}
    first, *others = scale.programmes
    _read_programme(stage, first, by_programme)
    by_reservations = _by_reservations(stage, scale)
    for size in others:
        _read_programme(stage, size, by_programme)
    of_programme = [Growth(what, "performances in the programme", points) for what, points in by_programme.items()]
    return [*by_reservations, *of_programme, _by_crowd(stage, scale)]


def begin_small(stage: Stage, scale: Scale) -> None:
    """In a stage where nobody has come yet: leaves room for one more performance than there are then."""
    few = f"SELECT id FROM programme_performance ORDER BY id LIMIT {min(scale.programmes) - 1}"
    stage.lab.psql(f"DELETE FROM programme_performance WHERE id NOT IN ({few})")


def _by_reservations(stage: Stage, scale: Scale) -> list[Growth]:
    """The table grows by two hundred other evenings; the evening itself stays as it is."""
    found: dict[str, dict[int, float]] = {}
    stage.lab.psql("TRUNCATE reservations_reservation CASCADE")
    others = stage.add_performances(200, capacity=1_000)
    for size in scale.tables:
        missing = size - SCANS - _count(stage, "reservations_reservation")
        if missing > 0:
            stage.add_reservations(missing, others)
        calls = _typical_calls(stage)
        there = _count(stage, "reservations_reservation")
        for what, (call, number) in calls.items():
            time = keep_busy(stage.url, call, clients=1, number=number).milliseconds(0.5)
            found.setdefault(what, {})[there] = time
    return [Growth(what, "reservations in the table", points) for what, points in found.items()]


def _count(stage: Stage, table: str) -> int:
    return int(stage.lab.psql(f"SELECT count(*) FROM {table}"))


def _typical_calls(stage: Stage) -> dict[str, tuple[Call, int]]:
    """Each with how often it is tried. What adds to the tables comes last, and seldom."""
    ids = stage.add_performances(1, capacity=200)
    tickets = [ticket for _link, ticket in stage.add_reservations(SCANS, ids)]
    return {
        "the season, read anew": (_reading_anew("/api/v1/performances/"), 30),
        "a scan": (admitting(ids[0], tickets, stage.door_token(ids[0])), SCANS),
        "a reservation": (reserving(ids), SCANS),
    }


def _reading_anew(path: str) -> Call:
    """Past nginx's cache: each address is another one."""
    numbers = itertools.count()

    async def call(session: aiohttp.ClientSession) -> Answer:
        return await ask(session, "GET", f"{path}?{uuid4().hex}={next(numbers)}")

    return call


def _read_programme(stage: Stage, size: int, found: dict[str, dict[int, float]]) -> None:
    missing = size - 1 - _count(stage, "programme_performance")
    if missing > 0:
        stage.add_performances(missing, capacity=100)
    calls = {
        "a reservation": reserving(stage.add_performances(1, capacity=100)),
        "the season, read anew": _reading_anew("/api/v1/performances/"),
    }
    there = _count(stage, "programme_performance")
    for what, call in calls.items():
        time = keep_busy(stage.url, call, clients=1, number=20).milliseconds(0.5)
        found.setdefault(what, {})[there] = time


def _by_crowd(stage: Stage, scale: Scale) -> Growth:
    """Milliseconds of the server's time for each reservation: what a queue would make longer is not in it."""
    points = {}
    for clients in scale.crowds:
        ids = stage.add_performances(1, capacity=scale.watched + clients)
        points[clients] = 1000 / keep_busy(stage.url, reserving(ids), clients=clients, number=scale.watched).rate
    return Growth("a reservation", "clients at once", points)
