"""docs/proof/faults.md, from what the trials found. What a person wrote at its end stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from faults.mutants import MUTANTS
from faults.trial import CLEAN_ANSWERS, CLEAN_SECONDS
from lab.machine import machine
from lab.tables import table

if TYPE_CHECKING:
    from faults.__main__ import Results
    from faults.trial import Trial

INTRODUCTION = """# Faults

By `make faults`, {date}, in {minutes:.0f} minutes, on {machine}. {versions}.
Again with the same guests and pairs: `make faults FAULTS="--seed {seed}"`.

Six guests, two volunteers at the door and somebody who only looks go on as people do, while things break: they wait,
try again with the same key, show a ticket twice, give up. Each request is written down before it is sent, and each
answer; no answer, a 502 and "try again in a moment" (503) count as "either way". After each fault a checker compares
that with the database and with what the mail server took:

- no performance has more seats taken than there are, at any look meanwhile and afterwards;
- whatever was acknowledged is there, once for each Idempotency-Key, as it was asked for; whatever was refused is not;
- each reservation has its mails; one that is noted as sent arrived; none arrived twice, but for attempts whose end
  nobody knows; each link opens its reservation; in the end none waits;
- nobody is let in beyond their party, and the door's record says what the door was told;
- no answer that the API does not declare;
- within {seconds} s after the fault {answers} answers in a row are clear ones, by themselves.

A kill is over at once; everything else lasts some seconds, and "clear after" counts from its end. "Slowest hundredth"
is of the reservations from its beginning until all is clear. "Looks" are those at the seats.
"""
ALONE = """## One at a time
"""
PAIRS = """
## In pairs

Drawn by the seed, both at once. An operator's commands are no part of a pair: they refuse where something is broken.
"""
MUTANTS_ARE = """
## Would it see damage?

The same checker, with a mistake put into the backend, each run on an evening of its own.
"""
FOUND = "## What it found"
HEAD = ("what happens", "requests", "either way", "slowest hundredth", "clear after", "looks", "found")


def write(results: Results, path: Path, *, minutes: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if path.exists() else ""
    _told, there, by_hand = before.partition(FOUND)
    path.write_text("\n".join(_parts(results, minutes)) + f"\n\n{FOUND}" + (by_hand if there else "\n"))


def _parts(results: Results, minutes: float) -> Iterator[str]:
    yield INTRODUCTION.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=machine(),
        versions=", ".join(f"{name} {version}" for name, version in results.versions.items()),
        seed=results.seed,
        minutes=minutes,
        seconds=CLEAN_SECONDS,
        answers=CLEAN_ANSWERS,
    )
    yield ALONE
    yield from table(HEAD, (_row(one) for one in results.trials if len(one.faults) == 1))
    yield PAIRS
    yield from table(HEAD, (_row(one) for one in results.trials if len(one.faults) > 1))
    if results.in_the_end:
        yield f"\nIn the end: {'; '.join(results.in_the_end)}."
    yield MUTANTS_ARE
    rows = ((one.what, _runs(results, one.name), next(iter(results.caught[one.name]), "nothing")) for one in MUTANTS)
    yield from table(("mistake", f"found in runs of {results.runs}", "for instance"), rows)


def _runs(results: Results, name: str) -> str:
    return str(len(results.caught[name]))


def _row(trial: Trial) -> tuple[str, ...]:
    return (
        ", and ".join(fault.what for fault in trial.faults),
        f"{trial.operations:,}",
        str(trial.unknown),
        f"{trial.p99:.1f} s",
        f"{trial.clean_after:.1f} s",
        str(trial.looks),
        _in_words(trial.problems),
    )


def _in_words(problems: list[str]) -> str:
    """The first ones: a hundred of a kind say no more."""
    shown = "; ".join(problems[:2])
    return f"{shown}; and {len(problems) - 2} more" if len(problems) > 2 else shown or "nothing"
