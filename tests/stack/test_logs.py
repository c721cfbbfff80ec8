"""`make logs`: what all containers say, as they say it, until Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import threading
from datetime import datetime, timedelta

import pytest

from lab.stacks import Lab

PATIENCE_SECONDS = 60


def test_logs_show_what_happens_now_until_they_are_interrupted(stack: Lab) -> None:
    process = stack.start("make", "--no-print-directory", "logs", stderr=subprocess.STDOUT)
    assert process.stdout is not None
    # PostgreSQL and the backend have told of their start; nginx tells of a request that comes while this listens.
    awaited = {("postgres-1", ""), ("backend-1", ""), ("nginx-1", "/api/v1/staff/session/")}
    assert stack.get("/api/v1/staff/session/").status == 200
    # What never comes must not be waited for for ever.
    end = threading.Timer(PATIENCE_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    end.start()
    for line in process.stdout:
        awaited -= {(service, word) for service, word in awaited if f"{service} " in line and word in line}
        if not awaited:
            break
    end.cancel()
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert awaited == set()
    assert ("Traceback" in rest, "Interrupted;" in rest) == (False, False)


@pytest.mark.parametrize(("service", "member"), [("nginx", "time"), ("backend", "timestamp")])
def test_every_line_tells_its_time_in_utc(stack: Lab, service: str, member: str) -> None:
    """The theatre's own time zone is another one, and stands in no log."""
    assert stack.get("/api/v1/staff/session/").status == 200
    lines = [json.loads(line) for line in stack.log_text(service).splitlines() if line.startswith("{")]
    assert lines
    assert {datetime.fromisoformat(line[member]).utcoffset() for line in lines} == {timedelta(0)}


def test_every_line_of_postgres_tells_its_time_in_utc(stack: Lab) -> None:
    lines = [
        line for line in stack.log_text("postgres").splitlines() if re.search(r"\] (LOG|WARNING|ERROR|FATAL): ", line)
    ]
    assert lines
    assert [line for line in lines if not re.match(r"[\d-]{10} [\d:.]{12} UTC \[\d+\] ", line)] == []
