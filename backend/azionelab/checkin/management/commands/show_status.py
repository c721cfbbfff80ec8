"""`show_status`: where this installation stands. What cannot be told is null; without a database, exit code 5."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import transaction
from django.utils import timezone

from azionelab import __version__
from azionelab.checkin import status
from azionelab.checkin.selectors import conflicts
from azionelab.core.backups import newest_backup
from azionelab.core.commands import JsonLinesCommand, where_database_is
from azionelab.core.database import is_unmigrated, time_limit
from azionelab.core.errors import ExitCode
from azionelab.programme.naming import members_of
from azionelab.reservations.mailing import unfinished

log = structlog.get_logger(__name__)
T = TypeVar("T")
SECONDS = 8.0


class Command(JsonLinesCommand):
    # Asked in vain once: nobody should wait for it again and again.
    _is_gone = False
    help = "Says which version runs, on which database, what waits and what plays next."

    def run(self, **options: Any) -> dict[str, Any]:
        pending = self._ask(status.migrations_pending)
        if pending is None:
            self.exit_code = ExitCode.ENVIRONMENT
        else:
            self._record_performances()
        return {
            "version": __version__,
            "theatre": settings.THEATRE_NAME,
            "site": settings.SITE_URL,
            "database": self._database(pending),
            "mail": None if pending is None else self._ask(_mail),
            "conflicts": None if pending is None else self._ask(lambda: len(conflicts())),
            "backup": _backup(),
            "made_at": timezone.now().replace(microsecond=0),
        }

    def _record_performances(self) -> None:
        for row in self._ask(status.next_performances) or []:
            self.record(
                performance=members_of(row.performance),
                taken=row.taken,
                bookable=row.performance.bookable,
                tonight=row.is_tonight,
            )

    def _database(self, pending: int | None) -> dict[str, Any]:
        return {
            "name": where_database_is(),
            "answers": pending is not None,
            "server": None if pending is None else self._ask(status.server_version),
            "bytes": None if pending is None else self._ask(status.database_bytes),
            "migrations_pending": pending,
        }

    def _ask(self, question: Callable[[], T]) -> T | None:
        """None where the database does not answer this one, or lacks the table for it."""
        if self._is_gone:
            return None
        try:
            with time_limit(SECONDS), transaction.atomic():
                return question()
        except DatabaseError as error:
            log.error("database_error", exc_info=error)
            self._is_gone = not is_unmigrated(error)
            return None


def _mail() -> dict[str, Any]:
    queue = status.mail_queue()
    return {
        "due": queue.due,
        "waiting": queue.waiting,
        "failed": queue.failed,
        "oldest_waiting_at": _whole(queue.oldest_waiting_at),
        "mailings": [{"left": one.left, "resume": one.resume} for one in unfinished()],
    }


def _backup() -> dict[str, Any]:
    try:
        made_at = newest_backup()
    except OSError as error:
        return {"configured": True, "made_at": None, "problem": error.strerror}
    return {"configured": bool(settings.BACKUP_DIR), "made_at": _whole(made_at), "problem": None}


def _whole(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(microsecond=0)
