"""What ends a command from outside: Ctrl-C, a closed terminal, `kill`. And what must not end half-way by it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def treat_alike() -> None:
    """A closed window and `kill` end things as Ctrl-C does: what was begun is put back."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def uninterrupted() -> Iterator[None]:
    before = [signal.signal(number, signal.SIG_IGN) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)


def are_ignored() -> bool:
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN
