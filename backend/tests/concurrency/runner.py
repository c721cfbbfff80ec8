"""Real threads against the real database."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")
THREADS = 16


def run_at_once(calls: Sequence[Callable[[], T]], threads: int = THREADS) -> list[T | Exception]:
    """Runs the calls in `threads` threads and gives each result, or the exception it raised, in order."""

    def run(call: Callable[[], T]) -> T | Exception:
        try:
            return call()
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, calls))


# Long enough for threads on a busy machine; it is never waited out where they do come.
THEY_WILL_COME = 30.0
# Behind a lock nobody else ever comes; a longer wait would show the same, later.
NOBODY_WILL_COME = 0.3


class Rendezvous:
    """Holds each caller until `parties` have come, or until its patience (in seconds) is over, once for all."""

    def __init__(self, parties: int, patience: float) -> None:
        self._barrier = threading.Barrier(parties, timeout=patience)

    def __call__(self) -> None:
        with suppress(threading.BrokenBarrierError):
            self._barrier.wait()


def wait_for_somebody_who_waits() -> None:
    """Until another connection of this database waits for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for _ in range(100_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(query)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody came")
