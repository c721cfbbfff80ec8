"""Real threads against the real database."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from django.db import connections

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


class Rendezvous:
    """Holds each caller until `parties` have come, or for a moment: behind a lock nobody else ever comes."""

    def __init__(self, parties: int, patience: float = 0.3) -> None:
        self._barrier = threading.Barrier(parties, timeout=patience)

    def __call__(self) -> None:
        with suppress(threading.BrokenBarrierError):
            self._barrier.wait()
