"""Runs the checks: each has a time limit, and one that breaks is a failure of that check alone."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import structlog
from django.db import Error as DatabaseError
from django.db import connection, transaction

from azionelab.checkin.doctor.check import Check
from azionelab.core.database import is_busy, is_out_of_room, is_unmigrated, sqlstate, time_limit
from azionelab.core.findings import Finding, count, failure

log = structlog.get_logger(__name__)

SECONDS = 10.0
# For each statement of a check that asks the database.
STATEMENT_SECONDS = 5
_REPORT = "Run it again with --verbose, and report what it prints."


def run(checks: Sequence[Check]) -> Iterator[tuple[Check, list[Finding]]]:
    """Each check with what it found, in their order. A database that does not answer is told once, for all that ask."""
    outside = {check.name: _Outside(check) for check in checks if not check.asks_database}
    for one in outside.values():
        one.start()
    asking = [check for check in checks if check.asks_database]
    is_gone = False
    for check in checks:
        if not check.asks_database:
            yield check, outside[check.name].findings()
            continue
        asking.remove(check)
        if is_gone:
            yield check, []
        elif connection.connection is not None or _database_answers():
            yield check, _ask_database(check)
        else:
            is_gone = True
            yield check, [_no_database(left_out=len(asking))]


@dataclass
class _Outside:
    """A check that waits for something beyond the database, in a thread: no other way ends such a wait."""

    check: Check
    found: list[Finding] = field(default_factory=list)
    thread: threading.Thread | None = None
    ends_at: float = 0

    def start(self) -> None:
        self.ends_at = time.monotonic() + SECONDS
        self.thread = threading.Thread(target=self._run, daemon=True, name=self.check.name)
        self.thread.start()

    def findings(self) -> list[Finding]:
        if self.thread is not None:
            self.thread.join(max(self.ends_at - time.monotonic(), 0))
            if self.thread.is_alive():
                return [
                    failure(f"No answer within {SECONDS:.0f} seconds.", "See whether the machine or its network hangs.")
                ]
        return self.found

    def _run(self) -> None:
        self.found = _guarded(self.check)


def _guarded(check: Check) -> list[Finding]:
    try:
        return list(check.run())
    except Exception as error:  # noqa: BLE001 (whatever breaks, the other checks must be heard)
        log.error("check_broke", check=check.name, exc_info=error)
        return [failure(f"This check broke ({type(error).__name__}).", _REPORT)]


def _database_answers() -> bool:
    try:
        with time_limit(SECONDS):
            connection.ensure_connection()
    except DatabaseError as error:
        log.warning("database_error", exc_info=error)
        return False
    return True


def _ask_database(check: Check) -> list[Finding]:
    """In a transaction of its own, so that one that breaks leaves no trace for the next."""
    try:
        with time_limit(SECONDS), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
                cursor.execute(f"SET LOCAL lock_timeout = '{STATEMENT_SECONDS}s'")
            return list(check.run())
    except DatabaseError as error:
        log.error("check_broke", check=check.name, exc_info=error)
        _drop_connection()
        return [_database_problem(error)]
    except Exception as error:  # noqa: BLE001 (as above)
        log.error("check_broke", check=check.name, exc_info=error)
        return [failure(f"This check broke ({type(error).__name__}).", _REPORT)]


def _drop_connection() -> None:
    """What failed may have left it in any state. (Inside a transaction of the caller's, it is the caller's.)"""
    if not connection.in_atomic_block:
        connection.close()


def _database_problem(error: DatabaseError) -> Finding:
    if is_unmigrated(error):
        return failure("The database lacks tables or columns of this version.", "Run the command migrate.")
    if is_out_of_room(error):
        advice = "See whether its disk is full (53100), its memory (53200) or its list of connections (53300)."
        return failure(f"The database is out of room (SQLSTATE {sqlstate(error)}).", advice)
    if is_busy(error):
        return failure(
            "The database gave no answer in time, or went away.", "See whether PostgreSQL runs and what it does."
        )
    return failure(f"This check broke ({type(error).__name__}).", _REPORT)


def _no_database(*, left_out: int) -> Finding:
    others = f"; {count(left_out, 'other check')} had to be left out" if left_out else ""
    advice = "See whether PostgreSQL runs, and whether its address and password are right."
    return failure(f"The database does not answer{others}.", advice)
