"""Django's `migrate`, one at a time: replicas that start together would make the same tables at once, and fail."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import DatabaseError, connections

# Any number that nothing else uses; the lock belongs to the connection, and ends with it.
_LOCK = 4_711_000_001


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        with _alone(options["database"]):
            super().handle(*args, **options)


@contextmanager
def _alone(database: str) -> Iterator[None]:
    """However long another one takes: what it does has to be done first."""
    with connections[database].cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        # Where the connection has gone, so has the lock, and what went wrong is more important.
        with suppress(DatabaseError), connections[database].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
