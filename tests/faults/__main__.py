"""`make faults`: what happens while things break, and whether the checker would see damage. `--short` tries a few.

    python -m faults [--short] [--seed N] [--only NAME] [--mutants-only] [--runs N]

0 where every promise was kept and every mutant was caught; 1 otherwise; 5 where this machine lacks something.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pytest

from faults import mutants, report, trial
from faults.deeds import DEEDS
from faults.history import History
from faults.mail_server import UnrulyMailServer
from faults.mutants import MUTANTS, Mutant
from faults.nemesis import FAULTS, Fault, Scene
from faults.people import Crowd
from faults.trial import Trial
from lab.disks import put_database_on, small_disk
from lab.stacks import Lab, bridge_gateway, new_lab
from lab.staff import pair_phone
from lab.versions import versions_of

COMPOSE_FILES = "infra/docker/compose.yml:tests/faults/compose.yml"
REPORTS = Path(__file__).resolve().parents[2] / "docs" / "proof"
ALL = (*FAULTS, *DEEDS)
SHORT = ("worker", "postgres", "cut")
SHORT_MUTANTS = ("no-lock-no-slots",)
PAIRS, RUNS, RUNS_SHORT = 4, 20, 1
CAUGHT_OF_20 = 19
HOT_SEATS, MANY_SEATS = 60, 100_000
# Fewer than the backend has threads, so that those who get no seat are let in by a mistake at once.
HANDFUL_SEATS, HANDFULS = 4, 6
EVENINGS_WITH_A_DOOR = 2
# What the addresses of guests begin with, in the trials and where a mistake was put in.
GUESTS, HUNTED = "guest-", "hunted-"


@dataclass
class Results:
    seed: int
    # Of each mutant.
    runs: int
    versions: dict[str, str] = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)
    # Of each mutant, what was found in each run in which anything was.
    caught: dict[str, list[str]] = field(default_factory=dict)
    # What was wrong with the mails when all had had their time to leave.
    in_the_end: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        found = [f"{one.name}: {problem}" for one in self.trials for problem in one.problems]
        least = self.runs * CAUGHT_OF_20 / 20
        missed = [
            f"{name}: found in {len(words)} runs of {self.runs}"
            for name, words in self.caught.items()
            if len(words) < least
        ]
        return [*found, *missed, *self.in_the_end]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m faults")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--only", metavar="NAME", choices=[fault.name for fault in ALL])
    parser.add_argument("--mutants-only", action="store_true")
    parser.add_argument("--runs", type=int, help="of each mutant")
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)  # noqa: T201
    began = time.monotonic()
    results = Results(options.seed, runs=options.runs or (RUNS_SHORT if options.short else RUNS))
    with new_scene(options.seed) as scene:
        results.versions = versions_of(scene.lab)
        if not options.mutants_only:
            for faults in chosen(options.seed, only=options.only, short=options.short):
                results.trials.append(try_out(scene, *faults))
        if not options.only:
            for mutant in MUTANTS if not options.short else [one for one in MUTANTS if one.name in SHORT_MUTANTS]:
                results.caught[mutant.name] = hunt(scene, mutant, runs=results.runs)
            mutants.put_back(scene.lab)
        results.in_the_end = settle(scene, hurried=options.short)
    if not (options.short or options.only or options.mutants_only):
        report.write(results, REPORTS / "faults.md", minutes=(time.monotonic() - began) / 60)
    for problem in results.problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if results.problems else 0


def chosen(seed: int, *, only: str | None, short: bool) -> list[tuple[Fault, ...]]:
    """Each fault alone, then pairs of them by the seed."""
    if only:
        return [(fault,) for fault in ALL if fault.name == only]
    if short:
        return [(fault,) for fault in ALL if fault.name in SHORT]
    # An operator's command is meant to refuse where something else is broken.
    pairs = [pair for pair in combinations(FAULTS, 2) if pair[0].on != pair[1].on]
    chance = random.Random(seed)  # noqa: S311 (which pairs, no secret)
    return [*((fault,) for fault in ALL), *chance.sample(pairs, PAIRS)]


def try_out(scene: Scene, *faults: Fault) -> Trial:
    done = go_through(on_a_new_evening(scene, GUESTS), *faults)
    print(  # noqa: T201
        f"{done.name}: clean after {done.clean_after:.1f} s, p99 {done.p99:.2f} s, {len(done.problems)} problems",
        *done.problems[:3],
        sep="\n    ",
        flush=True,
    )
    return done


def go_through(scene: Scene, *faults: Fault) -> Trial:
    """What breaks in the trial itself ends that one alone, and is a problem of it."""
    try:
        return trial.run(scene, *faults)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001
        return trial.broken_off(faults, error)


def settle(scene: Scene, *, hurried: bool) -> list[str]:
    try:
        return trial.settle(scene, GUESTS, hurried=hurried)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 (the rest is worth its report)
        return trial.broken_off((), error).problems


def on_a_new_evening(scene: Scene, whose: str, *, small: int = 0) -> Scene:
    """One that sells out, beside those with a door. Damage stays in the database: each trial has guests of its own."""
    hot, *handfuls = (add_performance(scene.lab, seats) for seats in (HOT_SEATS, *[HANDFUL_SEATS] * small))
    history = History(f"{whose}{secrets.token_hex(4)}-")
    return scene.on([hot, *scene.crowd.door_tokens], history, handfuls)


@contextmanager
def new_scene(seed: int) -> Iterator[Scene]:
    with ExitStack() as stack:
        wanted = {"UNLIMITED_NETWORKS": "0.0.0.0/0", "MAX_ACTIVE_RESERVATIONS": "1000"}
        lab = stack.enter_context(new_lab("faults", COMPOSE_FILE=COMPOSE_FILES, **wanted))
        server = UnrulyMailServer(host=bridge_gateway())
        server.start()
        stack.callback(server.stop)
        lab.set(SMTP_PORT=str(server.port))
        disks = [stack.enter_context(small_disk(lab.directory / name)) for name in ("database", "backups")]
        put_database_on(lab, disks[0])
        lab.set(BACKUP_DIR=str(disks[1] / "kept"))
        lab.up()
        lab.seed()
        ids = [add_performance(lab, MANY_SEATS) for _ in range(EVENINGS_WITH_A_DOOR)]
        doors = {performance_id: pair_phone(lab, performance_id).token for performance_id in ids}
        crowd = Crowd(lab, server, ids, doors, seed, History(GUESTS))
        yield Scene(lab, crowd, server, random.Random(seed), *disks)  # noqa: S311


def add_performance(lab: Lab, seats: int) -> int:
    """One evening more of the season's, with so many seats."""
    sql = f"""
    INSERT INTO programme_performance (show_id, venue_id, starts_at, doors_open_at, booking_opens_at, booking_closes_at,
           capacity, manually_occupied, additional_seats, max_seats_per_reservation, gone_slots, note_it, note_en)
    SELECT show_id, venue_id, now() + interval '3 days' + random() * interval '1 day', now() + interval '2 days',
           now() - interval '1 day', now() + interval '2 days', {seats}, 0, 0, 6, 0, '', ''
      FROM programme_performance ORDER BY id LIMIT 1 RETURNING id;
    """
    return int(lab.psql(sql))


def hunt(scene: Scene, mutant: Mutant, *, runs: int) -> list[str]:
    """What the checker said first in each run in which it said anything."""
    found: list[str] = []
    mutants.start(scene.lab, mutant)
    for _run in range(runs):
        done = go_through(on_a_new_evening(scene, HUNTED, small=HANDFULS), mutant.fault)
        # One that broke off saw nothing.
        found += [] if done.broke_off else done.problems[:1]
    print(f"{mutant.name}: found in {len(found)} of {runs} runs", *found[:1], sep="\n    ", flush=True)  # noqa: T201
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
