"""Each figure of the report, with its limit measured right beside it on the same machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from load import replay
from load.clients import Call, Outcome, arrive, keep_busy
from load.reads import Reads, read_fast
from load.scale import ARRIVALS_A_SECOND, CLIENTS, Scale
from load.scenarios import admitting, coming_all_the_way, reading, reserving
from load.stage import Stage
from load.watching import cpu_of


@dataclass(frozen=True)
class Figure:
    """One line of the report. `limit` is the rate of the yardstick that `limit_name` names."""

    name: str
    clients: int
    rate: float
    milliseconds: tuple[float, float, float]
    refusals: Counter[str]
    # Seconds of one core for each second that it took.
    cpu: dict[str, float]
    limits: dict[str, float] = field(default_factory=dict)


# Reads --------------------------------------------------------------------------------------------------------------


def measure_reads(stage: Stage, scale: Scale) -> list[Figure]:
    return [_read(stage, name, path, scale.read_seconds) for name, path in _pages(stage).items()]


def _pages(stage: Stage) -> dict[str, str]:
    performance = stage.lab.get_json("/api/v1/performances/")[0]
    return {
        "season, as a page": "/it/season",
        "season, as data": "/api/v1/performances/",
        "one performance, as a page": f"/it/performances/{performance['id']}",
        "one performance, as data": f"/api/v1/performances/{performance['id']}/",
    }


def _read(stage: Stage, name: str, path: str, seconds: int) -> Figure:
    """Beside a file of the size that goes over the line, which nginx serves by itself."""
    sent = stage.lab.get(path, Accept_Encoding="gzip")
    static = stage.url + stage.add_static_file(len(sent.body))
    with cpu_of(stage) as cpu:
        reads = read_fast(stage.url + path, clients=CLIENTS, seconds=seconds)
    limit = read_fast(static, clients=CLIENTS, seconds=seconds)
    return Figure(
        name=f"{name} ({len(sent.body) / 1000:.1f} kB)",
        clients=CLIENTS,
        rate=reads.rate,
        milliseconds=_shares_of(reads),
        refusals=reads.refusals,
        cpu=_per_second(cpu.seconds | {"clients": reads.own_cpu}, reads.seconds),
        limits={"nginx, a file of the same size": limit.rate},
    )


def _shares_of(reads: Reads) -> tuple[float, float, float]:
    return reads.milliseconds[0.5], reads.milliseconds[0.95], reads.milliseconds[0.99]


# Reservations and scans ----------------------------------------------------------------------------------------------


def measure_reservations(stage: Stage, scale: Scale, *, performances: int) -> Figure:
    """Until the last seat; each performance has its share of them."""
    seats = -(-scale.number // performances) + CLIENTS
    ids = stage.add_performances(performances, capacity=seats)
    figure = _figure(stage, f"reservations, {_evenings(performances)}", reserving(ids), scale.number)
    bare = _bare_reservations(stage, scale, performances, seats)
    limit = replay.reservations(stage, performances=performances, capacity=seats, clients=CLIENTS, number=scale.number)
    return _with_limits(figure, {"bare view": bare.rate, "pgbench": limit.rate})


def measure_reservations_without_mail(stage: Stage, scale: Scale) -> Figure:
    """As the bare view does: the mail server keeps silent, so that all mails wait."""
    seats = scale.number + CLIENTS
    ids = stage.add_performances(1, capacity=2 * seats)
    with stage.silent_mail_server():
        # Until every process has heard of it.
        keep_busy(stage.url, reserving(ids), clients=CLIENTS, number=4 * CLIENTS)
        figure = _figure(stage, "the same while the mail server keeps silent", reserving(ids), scale.number)
    bare = _bare_reservations(stage, scale, 1, seats)
    return _with_limits(figure, {"bare view": bare.rate})


def _evenings(number: int) -> str:
    return "one performance" if number == 1 else f"{number} performances"


def _bare_reservations(stage: Stage, scale: Scale, performances: int, seats: int) -> Outcome:
    ids = stage.add_performances(performances, capacity=seats)
    call = reserving(ids, path="/performances/{}/reservations/")
    outcome = keep_busy(stage.bare_url, call, clients=CLIENTS, number=scale.number)
    assert not outcome.refusals, outcome.refusals
    return outcome


def measure_scans(stage: Stage, scale: Scale) -> Figure:
    [performance_id] = stage.add_performances(1, capacity=2 * scale.number)
    tickets = [ticket for _link, ticket in stage.add_reservations(2 * scale.number, [performance_id])]
    mine, theirs = tickets[: scale.number], tickets[scale.number :]
    door = stage.door_token(performance_id)
    figure = _figure(stage, "scans at the door", admitting(performance_id, mine, door), len(mine))
    call = admitting(performance_id, theirs, door, path=f"/performances/{performance_id}/scans/")
    bare = keep_busy(stage.bare_url, call, clients=CLIENTS, number=len(theirs))
    assert not bare.refusals, bare.refusals
    limit = replay.scans(stage, clients=CLIENTS, number=scale.number)
    return _with_limits(figure, {"bare view": bare.rate, "pgbench": limit.rate})


def measure_arrivals(stage: Stage, scale: Scale, *, seed: int) -> Figure:
    """An open loop: guests who come whatever became of those before."""
    [performance_id] = stage.add_performances(1, capacity=2 * scale.arrivals)
    with cpu_of(stage) as cpu:
        call = reserving([performance_id])
        outcome = arrive(stage.url, call, per_second=ARRIVALS_A_SECOND, number=scale.arrivals, seed=seed)
    return _described(f"reservations, {ARRIVALS_A_SECOND} arrivals a second", 0, outcome, cpu.seconds)


def measure_scan_arrivals(stage: Stage, scale: Scale, *, seed: int) -> Figure:
    [performance_id] = stage.add_performances(1, capacity=scale.arrivals)
    tickets = [ticket for _link, ticket in stage.add_reservations(scale.arrivals, [performance_id])]
    call = admitting(performance_id, tickets, stage.door_token(performance_id))
    with cpu_of(stage) as cpu:
        outcome = arrive(stage.url, call, per_second=ARRIVALS_A_SECOND, number=scale.arrivals, seed=seed)
    return _described(f"scans, {ARRIVALS_A_SECOND} arrivals a second", 0, outcome, cpu.seconds)


def measure_full_way(stage: Stage, scale: Scale) -> Figure:
    ids = stage.add_performances(20, capacity=scale.ways)
    clients = CLIENTS // 2
    return _figure(stage, "reserve, mail, confirm, ticket", coming_all_the_way(stage, ids), scale.ways, clients=clients)


def measure_nothing(stage: Stage, scale: Scale) -> Figure:
    """What one view under gunicorn can do at most."""
    with cpu_of(stage) as cpu:
        outcome = keep_busy(stage.bare_url, reading("/nothing/"), clients=CLIENTS, number=scale.number)
    return _described("an empty view, without nginx", CLIENTS, outcome, cpu.seconds)


def _figure(stage: Stage, name: str, call: Call, number: int, *, clients: int = CLIENTS) -> Figure:
    with cpu_of(stage) as cpu:
        outcome = keep_busy(stage.url, call, clients=clients, number=number)
    return _described(name, clients, outcome, cpu.seconds)


def _described(name: str, clients: int, outcome: Outcome, cpu: dict[str, float]) -> Figure:
    shares = (outcome.milliseconds(0.5), outcome.milliseconds(0.95), outcome.milliseconds(0.99))
    per_second = _per_second(cpu | {"clients": outcome.own_cpu}, outcome.seconds)
    return Figure(name, clients, outcome.rate, shares, outcome.refusals, per_second)


def _with_limits(figure: Figure, limits: dict[str, float]) -> Figure:
    return Figure(**{**figure.__dict__, "limits": limits})


def _per_second(cpu: dict[str, float], seconds: float) -> dict[str, float]:
    return {name: used / seconds for name, used in cpu.items()}
