"""Where an installation stands, in few statements: the database, the mails, what plays next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from azionelab.core.clock import day_bounds, theatre_today
from azionelab.programme.models import Performance
from azionelab.programme.selectors import performances
from azionelab.reservations import capacity
from azionelab.reservations.delivery import REST
from azionelab.reservations.models import EmailState, OutboundEmail

NEXT_FEW = 5
# What began three hours ago is over.
AN_EVENING = timedelta(hours=3)


@dataclass(frozen=True, kw_only=True)
class MailQueue:
    """`due` should have left by now, `waiting` is not due yet; `failed` are those for performances to come.

    What mailings have still to send is counted there, and leaves with them alone.
    """

    due: int
    waiting: int
    failed: int
    oldest_waiting_at: datetime | None
    oldest_due_at: datetime | None
    is_resting: bool


@dataclass(frozen=True, kw_only=True)
class NextPerformance:
    performance: Performance
    taken: int
    is_tonight: bool


def server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).partition(" ")[0]


def database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def migrations_pending() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def mail_queue() -> MailQueue:
    """Two statements."""
    queued = Q(state=EmailState.QUEUED, run=None)
    overdue = queued & Q(next_attempt_at__lt=Now())
    resting = OutboundEmail.objects.filter(state=EmailState.QUEUED, server_failed_at__gt=Now() - REST)
    to_come = Q(reservation__performance__starts_at__gt=Now())
    return MailQueue(
        **OutboundEmail.objects.filter(queued | Q(to_come, state=EmailState.FAILED)).aggregate(
            due=Count("pk", filter=overdue),
            waiting=Count("pk", filter=queued & ~overdue),
            failed=Count("pk", filter=Q(state=EmailState.FAILED)),
            oldest_waiting_at=Min("created_at", filter=queued),
            oldest_due_at=Min("created_at", filter=overdue),
        ),
        is_resting=resting.exists(),
    )


def next_performances() -> list[NextPerformance]:
    """The next few that take place, with what began this evening. Two statements."""
    rows = list(performances(since=timezone.now() - AN_EVENING).filter(cancelled_at=None)[:NEXT_FEW])
    taken = capacity.taken_by_performance(row.pk for row in rows)
    since, until = day_bounds(theatre_today())
    return [
        NextPerformance(performance=row, taken=taken.get(row.pk, 0), is_tonight=since <= row.starts_at < until)
        for row in rows
    ]
