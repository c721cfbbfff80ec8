"""Chromium against `make demo`'s own processes: the real site, the real mails, the real database."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from browser.logs import assert_no_guest_and_no_token_is_in
from browser.people import browser_type_launch_args, context, language, new_page, width  # noqa: F401
from browser.running_demo import ROOT, START_SECONDS, STOP_SECONDS, Demo
from lab.waiting import wait_for, zone_where_it_is_noon


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Starts `make demo` on a free port, looks at its logs in the end, and stops it as Ctrl-C does."""
    directory = tmp_path_factory.mktemp("demo") / "data"
    password = secrets.token_urlsafe(12)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "infra"),
        "AZIONE_DEMO_DIR": str(directory),
        "AZIONE_PORT": "0",
        "AZIONE_DEMO_PASSWORD": password,
        "TIME_ZONE": zone_where_it_is_noon(),
    }
    output = tmp_path_factory.mktemp("output") / "demo.txt"
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "demo.demo"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )

    def look() -> dict[str, Any] | None:
        if process.poll() is not None:
            pytest.fail(f"the demo ended: {output.read_text()}")
        try:
            return json.loads((directory / "demo.json").read_text())
        except (OSError, ValueError):
            return None

    try:
        found = wait_for("demo", look, START_SECONDS)
        running = Demo(url=found["url"], directory=directory, password=password)
        yield running
        assert_no_guest_and_no_token_is_in(running)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_SECONDS) == 0, output.read_text()


@pytest.fixture(scope="session")
def theatre(demo: Demo) -> Demo:
    return demo
