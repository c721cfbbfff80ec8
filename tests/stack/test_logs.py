"""`make logs`: what all containers say, as they say it, until Ctrl-C."""

import os
import signal
import subprocess
import threading

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
