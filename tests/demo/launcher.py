"""The demo's own processes, started as a person would start them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]


def demo_environment(directory: Path, **more: str) -> dict[str, str]:
    """Only what the launcher needs: nothing of the test run's own settings may help it along."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT / "infra"), "AZIONE_DEMO_DIR": str(directory), "AZIONE_PORT": "0"} | more


def run_module(module: str, *arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run to the end; for launchers that are expected to refuse."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=dict(env),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def wait_for(condition: Callable[[], T], *, seconds: float = 30, what: str) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")
