"""What a request costs inside the database: its statements, its lock, and how each of its reads finds its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from load import replay
from load.clients import arrive, keep_busy
from load.scale import ARRIVALS_A_SECOND, CLIENTS, Scale
from load.scenarios import admitting, reserving
from load.stage import Stage
from load.watching import sample_of

LOCKS_PERFORMANCE = 'FOR NO KEY UPDATE OF "programme_performance"'
LOCKS_RESERVATION = "FOR NO KEY UPDATE"
# For one guest no statement reads more of a table, however large that is.
MOST_ROWS = 1_000


@dataclass(frozen=True)
class Inside:
    """What one request says to the database, and how long it holds its lock, in milliseconds."""

    name: str
    statements: int
    held: Sequence[float]

    @property
    def median_held(self) -> float:
        return median(self.held)


def look(stage: Stage, scale: Scale, seed: int) -> list[Inside]:
    """In runs of their own, as writing statements down takes time."""
    number = 3 * scale.watched
    ids = stage.add_performances(1, capacity=4 * number)
    [(_link, first), *others] = stage.add_reservations(1 + number, ids)
    door, tickets = stage.door_token(ids[0]), [ticket for _link, ticket in others]
    reservation = len(replay.record(stage, reserving(ids)))
    scan = len(replay.record(stage, admitting(ids[0], [first], door)))
    with sample_of(stage) as crowded:
        keep_busy(stage.url, reserving(ids), clients=CLIENTS, number=number)
    with sample_of(stage) as arriving:
        arrive(stage.url, reserving(ids), per_second=ARRIVALS_A_SECOND, number=number, seed=seed)
    with sample_of(stage) as scanned:
        keep_busy(stage.url, admitting(ids[0], tickets, door), clients=CLIENTS, number=number)
    return [
        Inside(f"a reservation, {CLIENTS} clients", reservation, crowded.held_locks(LOCKS_PERFORMANCE)),
        Inside(
            f"a reservation, {ARRIVALS_A_SECOND} arrivals a second",
            reservation,
            arriving.held_locks(LOCKS_PERFORMANCE),
        ),
        Inside(f"a scan, {CLIENTS} clients", scan, scanned.held_locks(LOCKS_RESERVATION)),
    ]


@dataclass(frozen=True)
class Plan:
    """How PostgreSQL reads for one statement: `how` names each table and the way to it, `pages` are 8 kB each."""

    statement: str
    how: str
    pages: int
    milliseconds: float
    rows_read: int


def explain(stage: Stage) -> list[Plan]:
    """Of each SELECT in a reservation and in a scan, with the tables as large as they are now."""
    ids = stage.add_performances(1, capacity=200)
    [(_link, ticket)] = stage.add_reservations(1, ids)
    door = stage.door_token(ids[0])
    plans: dict[str, Plan] = {}
    for what, call in (("reservation", reserving(ids)), ("scan", admitting(ids[0], [ticket], door))):
        for number, statement in enumerate(replay.record(stage, call), start=1):
            if statement.sql.startswith("SELECT"):
                plan = _plan(stage, f"{what}, statement {number}", statement.sql)
                # One that reads no table, or the same way as another, says nothing new.
                plans.setdefault(f"{what} {plan.how}" if plan.how else "", plan)
    plans.pop("", None)
    return list(plans.values())


def _plan(stage: Stage, name: str, sql: str) -> Plan:
    [told] = json.loads(stage.lab.psql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}"))
    nodes = list(_nodes(told["Plan"]))
    reading = [node for node in nodes if "Relation Name" in node]
    return Plan(
        name,
        ", ".join(dict.fromkeys(_way(node) for node in reading)),
        told["Plan"]["Shared Hit Blocks"] + told["Plan"]["Shared Read Blocks"],
        told["Execution Time"],
        max((_rows_read(node) for node in reading), default=0),
    )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _way(node: dict[str, Any]) -> str:
    table = node["Relation Name"].partition("_")[2]
    return f"{table}: {node['Node Type'].lower()}"


def _rows_read(node: dict[str, Any]) -> int:
    """Those that were thrown away again as well."""
    each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(each * node["Actual Loops"])
