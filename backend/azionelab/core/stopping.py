"""Work that can be stopped between two steps: by a signal, or by whoever holds its standard input."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stop_when_asked(*, at_end_of_input: bool) -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C, by SIGTERM, by a terminal that closes, and, if wanted, when stdin is closed.

    No signal gets through `docker compose exec`, but the end of its input does. The second signal of a kind ends the
    process as ever.
    """
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def ask(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, before[signal.Signals(number)])
        stop.set()

    for number in _SIGNALS:
        signal.signal(number, ask)
    if at_end_of_input:
        threading.Thread(target=_read_to_the_end, args=(stop,), daemon=True).start()
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _read_to_the_end(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()
