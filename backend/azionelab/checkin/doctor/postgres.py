"""The database itself: its version, its tables, its clock."""

from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from azionelab.checkin.doctor.site import clock_finding
from azionelab.checkin.status import migrations_pending, server_version
from azionelab.core.findings import Finding, failure, ok

OLDEST_SERVER = 14
CLOCK_NOTED = 2.0


def database() -> Iterator[Finding]:
    version = server_version()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0])
    if number < OLDEST_SERVER * 10_000:
        yield failure(f"PostgreSQL {version} is too old.", f"Move to {OLDEST_SERVER} or newer.")
    else:
        yield ok(f"PostgreSQL {version} answers.")


def migrations() -> Iterator[Finding]:
    pending = migrations_pending()
    if pending:
        words = "1 migration has" if pending == 1 else f"{pending} migrations have"
        yield failure(f"{words} not been applied to the database.", "Run the command migrate.")
    else:
        yield ok("The database is at this version.")


def clock() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        before = timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
        after = timezone.now()
    middle = before + (after - before) / 2
    yield clock_finding("database", abs((row[0] - middle).total_seconds()), noted=CLOCK_NOTED)
