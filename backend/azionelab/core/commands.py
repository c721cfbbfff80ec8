"""The base of every management command: JSON Lines on stdout, logs on stderr, an exit code that means something.

A line is `{"v": 1, "type": "record" | "progress" | "summary" | "error", …}`. The last one is `summary` or `error`;
where it is missing, the command died. `azione` reads this, and nothing else is printed here.
"""

import json
import sys
from abc import abstractmethod
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any, NoReturn
from uuid import UUID

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError

from azionelab.core.clock import theatre_time
from azionelab.core.database import is_busy
from azionelab.core.errors import Code, DomainError, ExitCode

log = structlog.get_logger(__name__)
PROTOCOL_VERSION = 1


def encode(value: Any) -> str:
    if isinstance(value, datetime):
        return theatre_time(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a JSON line")


class JsonLinesCommand(BaseCommand):
    """Subclasses implement `run`, which calls a service or a selector, emits records and returns the summary.

    `run` returns the summary's members and may set `self.exit_code` to `ExitCode.PARTLY_DONE`.
    """

    requires_system_checks: list[str] = []
    exit_code = ExitCode.DONE

    @abstractmethod
    def run(self, **options: Any) -> dict[str, Any]: ...

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # argparse would print its usage and leave stdout without a last line.
        parser.error = self._refuse_usage  # type: ignore[method-assign]
        return parser

    def add_dry_run(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")

    def emit(self, kind: str, **members: Any) -> None:
        line = json.dumps({"v": PROTOCOL_VERSION, "type": kind, **members}, default=encode, ensure_ascii=False)
        self.stdout.write(line)

    def record(self, **members: Any) -> None:
        self.emit("record", **members)

    def progress(self, done: int, total: int, **members: Any) -> None:
        self.emit("progress", done=done, total=total, **members)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = self.run(**options)
        except DomainError as error:
            self._fail(error)
        except DatabaseError as error:
            if not is_busy(error):
                raise
            log.error("database_unavailable", exc_info=error)
            self._fail(
                DomainError(
                    Code.BUSY,
                    "The database does not answer. Is PostgreSQL running, and is its address right?",
                )
            )
        else:
            self.emit("summary", **summary)
            if self.exit_code is not ExitCode.DONE:
                sys.exit(self.exit_code)

    def _fail(self, error: DomainError) -> NoReturn:
        problem = error.as_problem()
        members = {key: problem[key] for key in problem if key not in ("type", "status")}
        self.emit("error", **members)
        sys.exit(error.meaning.exit_code)

    def _refuse_usage(self, message: str) -> NoReturn:
        self._fail(DomainError(Code.VALIDATION_FAILED, message))
