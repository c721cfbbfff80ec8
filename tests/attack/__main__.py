"""`make attack`: whoever means harm, or only types oddly, against the real stack. `--short` sees that all of it works.

    python -m attack [--short] [--seed N] [--only PART]

0 where nothing was found; 1 otherwise.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from attack import (
    answers,
    bills,
    canary,
    contract,
    crowds,
    files,
    images,
    injections,
    loot,
    report,
    safe,
    sign_ins,
    words,
)
from attack.outcome import Outcome, problems
from attack.stage import Stage, new_stage
from lab.versions import versions_of

REPORTS = Path(__file__).resolve().parents[2] / "docs" / "proof"


@dataclass(frozen=True)
class Scale:
    """How much of each: `examples` of Hypothesis, `pages` of the admin, `rows` of each table in a dump."""

    contract: contract.Scale
    crowds: crowds.Scale
    sign_ins: sign_ins.Scale
    examples: int
    files: int
    pages: int
    rows: int


FULL = Scale(
    contract.Scale(examples=40, chains=60, seconds=200),
    crowds.Scale(clients=1_000, guessers=60),
    sign_ins.Scale(addresses=300, names=40),
    examples=300,
    files=400,
    pages=120,
    rows=6,
)
SHORT = Scale(
    contract.Scale(examples=1, chains=2, seconds=10),
    crowds.Scale(clients=100, guessers=5),
    sign_ins.Scale(addresses=20, names=3),
    examples=15,
    files=15,
    pages=10,
    rows=1,
)


@dataclass
class Results:
    seed: int
    outcomes: list[Outcome] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m attack")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--only", metavar="PART", choices=PARTS)
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)  # noqa: T201
    results = Results(options.seed)
    began = time.monotonic()
    with new_stage() as stage:
        results.versions = versions_of(stage.lab)
        for name in [options.only] if options.only else PARTS:
            results.outcomes.append(run(name, stage, SHORT if options.short else FULL, options.seed))
    if not (options.short or options.only):
        bills.write_bills(REPORTS)
        report.write(results, REPORTS, minutes=(time.monotonic() - began) / 60)
    found = problems(results.outcomes)
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    return 1 if found else 0


# The canary comes last: it looks at what all the others left in the logs, too.
PARTS: dict[str, Callable[[Stage, Scale, int], Outcome]] = {
    "images": lambda stage, scale, seed: images.attack(stage),
    "safe": lambda stage, scale, seed: safe.attack(stage, most=scale.pages),
    "sign-ins": lambda stage, scale, seed: sign_ins.attack(stage, scale.sign_ins, seed),
    "loot": lambda stage, scale, seed: loot.attack(stage, rows=scale.rows),
    "answers": lambda stage, scale, seed: answers.attack(stage, scale.examples, seed),
    "injections": lambda stage, scale, seed: injections.attack(stage, scale.examples, seed),
    "words": lambda stage, scale, seed: words.attack(stage, scale.examples, seed),
    "files": lambda stage, scale, seed: files.attack(stage, scale.files, seed),
    "crowds": lambda stage, scale, seed: crowds.attack(stage, scale.crowds),
    "contract": lambda stage, scale, seed: contract.attack(stage, scale.contract, seed),
    "canary": lambda stage, scale, seed: canary.attack(stage, breaks_things=scale is FULL),
}


def run(name: str, stage: Stage, scale: Scale, seed: int) -> Outcome:
    began = time.monotonic()
    outcome = PARTS[name](stage, scale, seed)
    outcome.seconds = time.monotonic() - began
    print(f"{name}: {outcome.tried:,} tried in {outcome.seconds:.0f} s, {len(outcome.found)} found", flush=True)  # noqa: T201
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
