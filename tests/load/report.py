"""docs/proof/load.md and its plots, from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pygal
from pygal.style import Style

from lab.machine import machine
from lab.tables import table
from load.growth import Growth
from load.inside import Inside, Plan
from load.measures import Figure
from load.opening_night import Night
from load.scale import CLIENTS

INK, PAPER = "#1c1917", "#ffffff"
STYLE = Style(
    background=PAPER,
    plot_background=PAPER,
    foreground=INK,
    foreground_strong=INK,
    foreground_subtle="#78716c",
    colors=("#9f1239", "#1d4ed8", "#15803d", "#a16207"),
    font_family="system-ui, sans-serif",
)
INTRODUCTION = """# Load

By `make load`, {date}, on {machine}; seed {seed}.
{versions}.

Clients, mail server, nginx, backend and PostgreSQL share this machine, and its figures move by a tenth from run to run:
what counts is the ratio to a limit that was measured in the same run, right beside it.
"""


LIMITS = """
The limits: nginx's own rate for a file of the same size; for reservations and scans a bare Django view with the same
lock and the same insert under the same gunicorn, and the site's own statements, recorded and replayed by `pgbench`
inside PostgreSQL's container. Milliseconds throughout.
"""
LOCKS = """
The lock is that of the performance for a reservation, that of the reservation for a scan. The times are of PostgreSQL's
log, to a millisecond; every fourth transaction is written there, which makes it a little longer. With {clients} clients
the two cores are what everybody waits for, also whoever holds the lock.
"""
NIGHT = """{guests} guests within {seconds:.0f} s (seed {seed}): {ends}.
In the end {taken} of {bookable} seats are taken; {looks} looks meanwhile never saw more taken than there were.
Refused: {refused}. Half of those who got seats had their answer within {p50:.0f} ms, 99 of 100 within {p99:.0f} ms,
beside those who confirm and cancel, and a manager whose command is started three times.
"""


NAMED = Path(__file__).with_name("named.md")


@dataclass
class Report:
    figures: Sequence[Figure]
    insides: Sequence[Inside]
    night: Night
    versions: dict[str, str]
    seed: int
    growths: Sequence[Growth] = ()
    plans: Sequence[Plan] = ()

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, by in (
            ("table", "reservations in the table"),
            ("programme", "performances in the programme"),
            ("crowd", "clients at once"),
        ):
            _plot([growth for growth in self.growths if growth.by == by], by, folder / f"load-{name}.svg")
        (folder / "load.md").write_text("\n".join(self._parts()))

    def _parts(self) -> Iterable[str]:
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        yield INTRODUCTION.format(
            date=f"{datetime.now(UTC):%Y-%m-%d}", machine=machine(), versions=versions, seed=self.seed
        )
        yield "## What it does, and what it could do\n"
        yield from table(
            ("what", "clients", "a second", "of its limit", "p50", "p95", "p99", "refused"), map(_row, self.figures)
        )
        yield LIMITS
        yield "## Who works, in cores\n"
        names = ("nginx", "backend", "postgres", "mail", "bare", "clients")
        yield from table(("what", *names), (_cpu_row(figure, names) for figure in self.figures))
        yield "\n## Inside the database\n"
        head = ("what", "statements", "lock held, p50", "p95", "longest")
        yield from table(head, (_inside_row(inside) for inside in self.insides))
        yield LOCKS.format(clients=CLIENTS)
        yield from self._night()
        yield from self._growth()
        yield from self._plans()
        yield NAMED.read_text()

    def _night(self) -> Iterable[str]:
        night, outcome = self.night, self.night.outcome
        taken, bookable = night.seen[-1]
        yield "## An opening night\n"
        yield NIGHT.format(
            guests=len(outcome.answers),
            seconds=outcome.seconds,
            seed=self.seed,
            ends=_counted(night.ends),
            taken=taken,
            bookable=bookable,
            looks=len(night.seen),
            refused=_counted(outcome.refusals) or "nobody",
            p50=outcome.milliseconds(0.5),
            p99=outcome.milliseconds(0.99),
        )

    def _growth(self) -> Iterable[str]:
        yield "## What grows\n"
        for name in ("table", "programme", "crowd"):
            yield f"![Milliseconds of one call]({f'load-{name}.svg'})"
        yield ""
        for growth in self.growths:
            points = ", ".join(f"{size:,}: {value:.1f} ms" for size, value in growth.points.items())
            yield f"- {growth.what}, by {growth.by}: {points}"
        yield ""

    def _plans(self) -> Iterable[str]:
        yield "With the largest of these tables, what a guest's statements read (`EXPLAIN (ANALYZE, BUFFERS)`):\n"
        yield from table(
            ("statement", "how", "rows read", "pages of 8 kB", "ms"),
            (
                (one.statement, one.how, str(one.rows_read), str(one.pages), f"{one.milliseconds:.2f}")
                for one in self.plans
            ),
        )
        yield ""


def _row(figure: Figure) -> tuple[str, ...]:
    limits = ", ".join(f"{figure.rate / rate:.0%} of {name} ({rate:,.0f})" for name, rate in figure.limits.items())
    p50, p95, p99 = (f"{value:.1f}" for value in figure.milliseconds)
    clients = str(figure.clients or "open")
    return (figure.name, clients, f"{figure.rate:,.0f}", limits or "–", p50, p95, p99, _counted(figure.refusals) or "–")


def _cpu_row(figure: Figure, names: Sequence[str]) -> tuple[str, ...]:
    return (figure.name, *(f"{figure.cpu.get(name, 0):.2f}" for name in names))


def _inside_row(inside: Inside) -> tuple[str, ...]:
    held = sorted(inside.held)
    return (
        inside.name,
        str(inside.statements),
        f"{inside.median_held:.0f} ms",
        f"{held[int(0.95 * len(held))]:.0f} ms",
        f"{held[-1]:.0f} ms",
    )


def _counted(things: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(things.items()) if number)


def _plot(growths: Sequence[Growth], by: str, path: Path) -> None:
    chart = pygal.XY(
        style=STYLE,
        width=760,
        height=300,
        logarithmic=False,
        x_title=by,
        y_title="milliseconds",
        legend_at_bottom=True,
        js=(),
        disable_xml_declaration=True,
        range=(0, 1.15 * max(value for growth in growths for value in growth.points.values())),
    )
    sizes = sorted({size for growth in growths for size in growth.points})
    # Sizes are apart by powers of ten: each gets a place of its own, in their order.
    places = {size: place for place, size in enumerate(sizes)}
    chart.x_labels = [{"value": place, "label": f"{size:,}"} for size, place in places.items()]
    for growth in growths:
        chart.add(growth.what, [(places[size], round(value, 2)) for size, value in growth.points.items()])
    path.write_text(chart.render(is_unicode=True))
