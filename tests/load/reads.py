"""Reads by the thousand a second: `wrk`, as a client in Python would be slower than what it measures."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

REPORT = Path(__file__).with_name("report.lua")
HINT = "make load needs wrk (Debian: apt-get install wrk)."


@dataclass(frozen=True)
class Reads:
    """`rate` is of good answers a second, `milliseconds` by share; `own_cpu` what the clients worked, in seconds."""

    rate: float
    seconds: float
    milliseconds: dict[float, float]
    refusals: Counter[str]
    own_cpu: float


def find_wrk() -> str | None:
    return shutil.which("wrk")


def read_fast(url: str, *, clients: int, seconds: int) -> Reads:
    """As a browser asks, with gzip."""
    wrk = find_wrk()
    assert wrk, HINT
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    threads = min(2, clients)
    options = ["--threads", str(threads), "--connections", str(clients), "--duration", f"{seconds}s"]
    command = [wrk, *options, "--script", str(REPORT), "--header", "Accept-Encoding: gzip", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(done.stdout.splitlines()[-1])
    refused = Counter({name: number for name, number in told["refusals"].items() if number})
    took = told["microseconds"] / 1e6
    return Reads(
        rate=(told["requests"] - refused["status"]) / took,
        seconds=took,
        milliseconds={float(share): value / 1000 for share, value in told["latency"].items()},
        refusals=refused,
        own_cpu=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    )
