"""The base of every management command: JSON Lines on stdout, logs on stderr, an exit code that means something.

A line is `{"v": 1, "type": "record" | "progress" | "summary" | "error", …}`. The last one is `summary` or `error`;
where it is missing, the command died. `azione` reads this, and nothing else is printed here.
"""

import io
import json
import os
import re
import sys
from abc import abstractmethod
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any, NoReturn
from uuid import UUID

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError
from django.db import connection

from azionelab.core.clock import theatre_time
from azionelab.core.database import is_busy, is_out_of_room, is_unmigrated, sqlstate
from azionelab.core.errors import Code, DomainError, ExitCode, FieldError, validation_failed
from azionelab.core.startup import PROTOCOL_VERSION

log = structlog.get_logger(__name__)
# JSON leaves them alone, but many readers take them for the end of a line.
_LINE_BREAKS = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}

_NO_DATABASE = "The database does not answer. Is PostgreSQL running, and is its address right?"
_NO_ROOM = "The database is out of room: its disk (53100), its memory (53200) or its connections (53300). It says {}."
_NOT_MIGRATED = "The database lacks tables or columns of this version. Run the command `migrate` first."
_BUG = "This is a bug in AzioneLab. Its log says where it happened."


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

    `run` returns the summary's members and may set `self.exit_code` to `ExitCode.PARTLY_DONE`. The summary of a dry run
    says as well where it would have written (`on`), so that whoever is asked knows.
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

    def emit(self, kind: str, /, **members: Any) -> None:
        """One line, at once: whoever reads it sees it while the command goes on."""
        line = json.dumps({"v": PROTOCOL_VERSION, "type": kind, **members}, default=encode, ensure_ascii=False)
        self.stdout.write(line.translate(_LINE_BREAKS))
        self.stdout.flush()

    def record(self, /, **members: Any) -> None:
        self.emit("record", **members)

    def progress(self, done: int, total: int, /, **members: Any) -> None:
        self.emit("progress", done=done, total=total, **members)

    def handle(self, *args: Any, **options: Any) -> None:
        _write_utf8()
        try:
            self._run_and_sum_up(options)
        except BrokenPipeError:
            _leave_quietly()

    def _run_and_sum_up(self, options: dict[str, Any]) -> None:
        try:
            members = self.run(**options)
            self.emit("summary", **members, **({"on": _here()} if options.get("dry_run") else {}))
        except DomainError as error:
            self._fail(error)
        except DatabaseError as error:
            log.error("database_error", exc_info=error)
            self._fail(_database_problem(error))
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the protocol wants its last line)
            log.error("command_failed", exc_info=error)
            self._fail(DomainError(Code.INTERNAL_ERROR, _BUG))
        if self.exit_code is not ExitCode.DONE:
            sys.exit(self.exit_code)

    def _fail(self, error: DomainError) -> NoReturn:
        problem = error.as_problem()
        members = {key: problem[key] for key in problem if key not in ("type", "status")}
        self.emit("error", **members)
        sys.exit(error.meaning.exit_code)

    def _refuse_usage(self, message: str) -> NoReturn:
        _write_utf8()
        try:
            self._fail(_usage_problem(message))
        except BrokenPipeError:
            _leave_quietly()


def _usage_problem(message: str) -> DomainError:
    """argparse's "argument --since: 'domani' is no day", as that option's own problem."""
    if named := re.match(r"argument (?:--)?([\w-]+)[^:]*: (.+)", message, re.DOTALL):
        return validation_failed(FieldError(field=named[1], code="invalid", message=f"{named[2]}."))
    return DomainError(Code.VALIDATION_FAILED, f"{message[:1].upper()}{message[1:]}.")


def _here() -> dict[str, str]:
    """The site and the database that this command writes to, as an operator knows them."""
    return {"site": settings.SITE_URL, "database": where_database_is()}


def where_database_is() -> str:
    database = connection.settings_dict
    host = database["HOST"]
    # No name, or the folder of a socket: this machine.
    where = "localhost" if not host or host.startswith("/") else f"{host}:{database['PORT'] or 5432}"
    return f"{database['NAME']} at {where}"


def _database_problem(error: DatabaseError) -> DomainError:
    if is_out_of_room(error):
        return DomainError(Code.BUSY, _NO_ROOM.format(sqlstate(error)))
    if is_busy(error):
        return DomainError(Code.BUSY, _NO_DATABASE)
    if is_unmigrated(error):
        return DomainError(Code.BUSY, _NOT_MIGRATED)
    return DomainError(Code.INTERNAL_ERROR, _BUG)


def _write_utf8() -> None:
    """The protocol is UTF-8 whatever the locale; a lone surrogate becomes its JSON escape."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _leave_quietly() -> NoReturn:
    """Whoever read stdout has gone (`azione … | head`): nobody is left to tell, not even at the interpreter's end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(ExitCode.ENVIRONMENT)
