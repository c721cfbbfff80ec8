"""The stack comes back by itself with Docker's engine. It restarts the engine of this machine: only where it may."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.guests import come_all_the_way
from lab.stacks import Lab, new_lab
from lab.waiting import wait_for

ENGINE_SECONDS = 120
PID_FILE = Path("/var/run/docker.pid")
pytestmark = [
    pytest.mark.engine_restart,
    pytest.mark.skipif(
        not os.environ.get("AZIONE_TEST_ENGINE_RESTART"), reason="AZIONE_TEST_ENGINE_RESTART does not say that it may"
    ),
]


@pytest.fixture
def lab() -> Iterator[Lab]:
    with new_lab("engine", UNLIMITED_NETWORKS="0.0.0.0/0") as lab:
        lab.up()
        lab.seed()
        yield lab


def restart_engine(lab: Lab) -> None:
    """By the service manager where there is one, else as whoever started it had done."""
    if Path("/run/systemd/system").is_dir():
        lab.run("systemctl", "restart", "docker")
        return
    pid = int(PID_FILE.read_text())
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    os.kill(pid, signal.SIGTERM)
    wait_for("end of the engine", lambda: True if not Path(f"/proc/{pid}").exists() else None, ENGINE_SECONDS)
    with Path("/dev/null").open("r+b") as nothing:
        subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    wait_for("new engine", lambda: lab.run("docker", "info").returncode == 0 or None, ENGINE_SECONDS)


def test_stack_comes_back_with_the_engine(lab: Lab) -> None:
    before = {one["Id"]: one["State"]["StartedAt"] for one in lab.inspect("nginx", "backend", "postgres")}
    # Killed by hand before: the engine's restart brings that one back as well.
    lab.docker("kill", *lab.containers("backend"))

    restart_engine(lab)

    lab.wait_until_healthy()
    after = {one["Id"]: one["State"]["StartedAt"] for one in lab.inspect("nginx", "backend", "postgres")}
    assert after.keys() == before.keys()
    assert all(after[container] != before[container] for container in before)
    come_all_the_way(lab)
