"""`make load`: how much the stack can do, beside what it could do at most. `--short` only sees that all of it works.

    python -m load [--short] [--seed N]

0 where nothing was wrong, however slow; 1 where a guest got an answer that nobody may get, or a seat was sold twice.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path

from lab.versions import versions_of
from load import growth, inside, measures, opening_night, replay
from load.measures import Figure
from load.reads import HINT, find_wrk
from load.report import Report
from load.scale import FULL, SHORT, Scale
from load.stage import Stage, new_stage

REPORTS = Path(__file__).resolve().parents[2] / "docs" / "proof"
ENVIRONMENT = 5


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m load")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options = parser.parse_args(arguments)
    if find_wrk() is None:
        sys.stderr.write(f"{HINT}\n")
        return ENVIRONMENT
    print(f"seed {options.seed}", flush=True)  # noqa: T201
    with new_stage() as stage:
        report = measure(stage, SHORT if options.short else FULL, options.seed)
        if options.short:
            report.growths, report.plans = growth.measure(stage, SHORT), inside.explain(stage)
    if not options.short:
        # On tables as small as they say.
        with new_stage() as stage:
            growth.begin_small(stage, FULL)
            report.growths, report.plans = growth.measure(stage, FULL), inside.explain(stage)
        report.write(REPORTS)
    found = problems(report)
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    return 1 if found else 0


def measure(stage: Stage, scale: Scale, seed: int) -> Report:
    replay.mark_ids(stage)
    figures: list[Figure] = []

    def take(figure: Figure) -> None:
        print(f"{figure.name}: {figure.rate:,.0f} a second", flush=True)  # noqa: T201
        figures.append(figure)

    for figure in measures.measure_reads(stage, scale):
        take(figure)
    take(measures.measure_nothing(stage, scale))
    take(measures.measure_reservations(stage, scale, performances=1))
    take(measures.measure_reservations_without_mail(stage, scale))
    take(measures.measure_reservations(stage, scale, performances=20))
    take(measures.measure_arrivals(stage, scale, seed=seed))
    take(measures.measure_full_way(stage, scale))
    take(measures.measure_scans(stage, scale))
    take(measures.measure_scan_arrivals(stage, scale, seed=seed))
    insides = inside.look(stage, scale, seed)
    night = opening_night.play(stage, guests=scale.guests, seats=scale.seats, seconds=scale.night_seconds, seed=seed)
    return Report(figures, insides, night, versions_of(stage.lab), seed)


def problems(report: Report) -> list[str]:
    found = [f"{figure.name}: {dict(figure.refusals)}" for figure in report.figures if figure.refusals]
    found += [
        f"{plan.statement} reads {plan.rows_read:,} rows ({plan.how})"
        for plan in report.plans
        if plan.rows_read > inside.MOST_ROWS
    ]
    return [*found, *report.night.problems()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
