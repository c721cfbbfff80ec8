"""docs/proof/attack.md, from what the attack found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from attack import bills
from lab.machine import machine
from lab.tables import table

if TYPE_CHECKING:
    from attack.__main__ import Results

NAMED = Path(__file__).with_name("named.md")
INTRODUCTION = """# Attack

By `make attack`, {date}, on {machine}, in {minutes:.0f} minutes; seed {seed}
(`make attack ATTACK="--seed {seed}"` draws the same again). {versions}.

Everything comes through nginx to the real stack, as strangers come. Each part can fail: what it looks for was put into
the program once, and found.
"""
FOUND = """
## Found

{found}
"""
LICENCES = """
## What it is made of

Every package is pinned with its hashes: `requirements/*.txt`, `frontend/package-lock.json`. The bills of materials are
[sbom-backend.json](sbom-backend.json) (all that the backend's image has of Python), [sbom-cli.json](sbom-cli.json)
(what `azione` needs on the host) and [sbom-frontend.json](sbom-frontend.json) (what browsers get, and what that is made
by); cyclonedx-py and npm wrote them, in CycloneDX. A test holds them to the locks. What only builds and tests the pages
stays out of the images; it has {building} packages, under {licences}.

No licence asks more of a theatre than its text beside the program; psycopg's (LGPL) also lets whoever gets a copy put
another version in its place, which the open environment of the image does.
"""


def write(results: Results, folder: Path, *, minutes: float) -> None:
    """Beside the bills, which are there already."""
    (folder / "attack.md").write_text("\n".join(_parts(results, folder, minutes)).rstrip() + "\n")


def _parts(results: Results, folder: Path, minutes: float) -> Iterator[str]:
    versions = {**results.versions, "schemathesis": version("schemathesis"), "Hypothesis": version("hypothesis")}
    told = ", ".join(f"{name} {number}" for name, number in versions.items())
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    yield INTRODUCTION.format(date=today, machine=machine(), seed=results.seed, minutes=minutes, versions=told)
    head = ("what", "tried", "seconds", "found")
    rows = ((one.what, f"{one.tried:,}", f"{one.seconds:.0f}", str(len(one.found))) for one in results.outcomes)
    yield from table(head, rows)
    yield "\n## Measured\n"
    yield from (f"- {one.name}: {figure}" for one in results.outcomes for figure in one.figures)
    found = [f"- {one.name}: {words}" for one in results.outcomes for words in one.found]
    yield FOUND.format(found="\n".join(found) or "Nothing, in this run.")
    yield NAMED.read_text()
    yield from _licences(folder)


def _licences(folder: Path) -> Iterator[str]:
    shipped = bills.npm_lock(shipped_only=True)
    building = [package for package in bills.npm_lock() if package not in shipped]
    by_licence = bills.licences(building)
    told = ", ".join(f"{licence} ({len(names)})" for licence, names in by_licence.items())
    yield LICENCES.format(building=len(building), licences=told)
    packages = {package for name in bills.BILLS.values() for package in bills.packages_on(folder / name)}
    for licence, names in bills.licences(packages).items():
        yield f"- {licence}: {', '.join(sorted(names))}"
