"""What PostgreSQL's refusals mean, and the one way to open a transaction that may be tried again."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

from django.db import Error, OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

DEADLOCK, SERIALIZATION = "40P01", "40001"
LOCK_TIMEOUT, STATEMENT_TIMEOUT = "55P03", "57014"
UNDEFINED_TABLE, UNDEFINED_COLUMN = "42P01", "42703"


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's five-letter code behind a Django database error; None when it never reached the server."""
    return getattr(error.__cause__, "sqlstate", None)


def is_busy(error: Error) -> bool:
    """Whether waiting a moment and trying again is the right answer.

    A pool that has no free connection, a server that is starting, gone or out of room (on its disk, in its memory), and
    a lock or statement that took too long all look the same to a guest.
    """
    state = sqlstate(error)
    if state is None:
        return isinstance(error, OperationalError)
    if state in (DEADLOCK, SERIALIZATION, LOCK_TIMEOUT, STATEMENT_TIMEOUT) or is_out_of_room(error):
        return True
    return state.startswith(("08", "57P"))


def is_out_of_room(error: Error) -> bool:
    """Of its disk, its memory or its connections; the SQLSTATE says which (53100, 53200, 53300)."""
    return (sqlstate(error) or "").startswith("53")


def is_unmigrated(error: Error) -> bool:
    """Whether the database is not at the version of this code: a table or a column is not there."""
    return sqlstate(error) in (UNDEFINED_TABLE, UNDEFINED_COLUMN)


def atomic_with_retry(function: Callable[P, R]) -> Callable[P, R]:
    """Runs the function in a transaction of its own, again (at most twice) after a deadlock or the like."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _attempt in range(2):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if sqlstate(error) not in (DEADLOCK, SERIALIZATION) or transaction.get_connection().in_atomic_block:
                    raise
        with transaction.atomic():
            return function(*args, **kwargs)

    return run


@contextmanager
def snapshot() -> Iterator[None]:
    """What is read inside is of one moment, however many statements it takes; nothing can be written."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class NoAnswerError(OperationalError):
    """The time that was given is over. Like any lost connection, it ends a transaction and its connection."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises NoAnswerError inside, once the time is over: a server that hangs keeps no time-out of its own.

    For commands: it uses the alarm signal, and so the main thread. It rings again each second, as giving up may have to
    wait for that server as well.
    """

    def ring(_signal: int, _frame: object) -> NoReturn:
        raise NoAnswerError(f"no answer within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
