"""What goes wrong, in words that say what to do next: the CLI's own table, by code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """The same for management commands and for `azione`."""

    DONE = 0
    BUG = 1
    USAGE = 2
    REFUSED = 3
    PARTLY_DONE = 4
    ENVIRONMENT = 5
    # Of `azione backup` alone, for scripts that act on them.
    INTEGRITY = 6
    INCOMPATIBLE = 7
    LOCKED = 8
    NO_SPACE = 9
    ROLLED_BACK = 10
    # What a shell expects after Ctrl-C.
    INTERRUPTED = 130


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one value: where it stands and what it is."""

    message: str
    field: str = ""
    code: str = ""
    line: int | None = None
    # `field` is the name of a file, and the line is one of it.
    in_file: bool = False

    @property
    def place(self) -> str:
        line = f"line {self.line}" if self.line is not None else ""
        return ", ".join(part for part in ((self.field, line) if self.in_file else (line, self.field)) if part)


class Failure(Exception):  # noqa: N818 (it is caught and shown to people; an "error" is only one of its kinds)
    """Ends the command: `code` picks the sentence of the table, `detail` says what this case was."""

    def __init__(
        self, code: str, detail: str = "", *, exit_code: ExitCode | None = None, problems: Sequence[Problem] = ()
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.problems = tuple(problems)
        # The line that goes on where this one ended, if there is one.
        self.next_step = ""
        # With --json, whether the backend's own error line has gone out already.
        self.is_told = False
        self.message, default = MESSAGES.get(code, ("AzioneLab refuses this.", ExitCode.REFUSED))
        self.exit_code = default if exit_code is None else exit_code

    @property
    def headline(self) -> str:
        return self.detail if self.detail and (not self.message or self.code in SAY_IT_ALL) else self.message

    @property
    def is_wished(self) -> bool:
        """It ended as somebody wanted it to."""
        return self.code in ("declined", "interrupted")

    def as_line(self) -> dict[str, Any]:
        """The protocol's last line, for a failure that no management command could tell."""
        errors = [{"field": p.field, "code": p.code, "message": p.message} for p in self.problems]
        members = {"code": self.code, "title": self.headline, "detail": self.detail, "errors": errors}
        return {"v": 1, "type": "error", **members}


class ReaderGone(Exception):  # noqa: N818 (nothing failed: `azione … | head` has seen enough)
    """Nobody reads our output any more. Not an OSError, which Typer would turn into an exit code of its own."""


# The backend's sentence on one case says all that the table's could.
SAY_IT_ALL = frozenset({"validation_failed", "not_found", "performance_cancelled", "email_unavailable"})

# First what `azione` itself finds, then the codes of the backend that its commands can meet.
MESSAGES: dict[str, tuple[str, ExitCode]] = {
    # What was wrong with the command line says it all by itself.
    "usage": ("", ExitCode.USAGE),
    "declined": ("Nothing was changed.", ExitCode.REFUSED),
    "interrupted": ("Stopped.", ExitCode.INTERRUPTED),
    "no_target": (
        "No AzioneLab found: start it (make demo, or the Compose stack), or point azione at one with "
        "--target demo, --target compose, or --target PATH of a demo's directory.",
        ExitCode.ENVIRONMENT,
    ),
    "target_unusable": ("This AzioneLab cannot be used from here.", ExitCode.ENVIRONMENT),
    "not_written": ("The file could not be written; nothing was left behind.", ExitCode.ENVIRONMENT),
    # Backups.
    "no_stack": ("Backups are made of the Compose stack, and here is none to be seen.", ExitCode.ENVIRONMENT),
    "stack_failed": (
        "The Compose stack did not do what was needed. See how it is: docker compose ps, and azione doctor.",
        ExitCode.ENVIRONMENT,
    ),
    "external_database": (
        "The database is not in this stack: take and restore backups with the tools of its provider.",
        ExitCode.ENVIRONMENT,
    ),
    "backups_unusable": ("The folder of the backups cannot be used.", ExitCode.ENVIRONMENT),
    "no_age": ("", ExitCode.ENVIRONMENT),
    "backup_damaged": (
        "The backup is damaged. Do not count on it; take another: azione backup list.",
        ExitCode.INTEGRITY,
    ),
    "data_wrong": ("The data of this backup breaks rules of the house; nothing was changed.", ExitCode.INTEGRITY),
    "backup_incompatible": ("This backup cannot be restored here; nothing was changed.", ExitCode.INCOMPATIBLE),
    "backup_locked": ("Another azione is at work on these backups. Try again when it is done.", ExitCode.LOCKED),
    "no_space": ("There is not enough room; nothing was changed.", ExitCode.NO_SPACE),
    "site_failed": ("The site does not work on the data it has now. See make logs.", ExitCode.ENVIRONMENT),
    "nothing_to_roll_back": ("There is nothing to go back to: no restore is recent enough.", ExitCode.REFUSED),
    "rolled_back": ("The exchanged data did not work: what was there before is back.", ExitCode.ROLLED_BACK),
    "output_lost": ("What was to be shown could not be written.", ExitCode.ENVIRONMENT),
    "broken_answer": (
        "AzioneLab gave no proper answer. Try again with --verbose, and report what it prints.",
        ExitCode.BUG,
    ),
    "validation_failed": ("Some of the values cannot be used.", ExitCode.USAGE),
    "not_found": ("There is nothing of that name.", ExitCode.USAGE),
    # The backend's sentence names the name; the candidates follow.
    "ambiguous": ("", ExitCode.USAGE),
    # An internal error that is the environment's: the sentence names the setting.
    "misconfigured": ("AzioneLab cannot start with its settings. Mend this one, then try again.", ExitCode.ENVIRONMENT),
    "busy": ("AzioneLab cannot work right now. Try again in a moment.", ExitCode.ENVIRONMENT),
    "email_unavailable": ("The mail server does not answer. Try again later.", ExitCode.ENVIRONMENT),
    "internal_error": (
        "AzioneLab failed: this is a bug. Run it again with --verbose, and report what it prints.",
        ExitCode.BUG,
    ),
    "device_expired": ("No phone can be paired with this door any more.", ExitCode.REFUSED),
    "malformed_request": ("The files did not get through whole. Try again.", ExitCode.USAGE),
    "file_refused": ("A file cannot be used.", ExitCode.REFUSED),
    "idempotency_key_reused": ("That was used for something else before; nothing was changed.", ExitCode.REFUSED),
    "performance_started": ("It is too late for that.", ExitCode.REFUSED),
    "performance_cancelled": ("The performance is cancelled.", ExitCode.REFUSED),
    "performance_not_yet_open": ("Guests cannot confirm yet: booking is not open. Leave out --hold.", ExitCode.REFUSED),
    "performance_closed": ("Guests cannot confirm any more: booking is closed. Leave out --hold.", ExitCode.REFUSED),
    "reservation_cancelled": ("The reservation is cancelled. Make a new one.", ExitCode.REFUSED),
    "reservation_not_confirmed": (
        "It was not confirmed in time, and its seats are free again. Confirm it first.",
        ExitCode.REFUSED,
    ),
    "capacity_exceeded": ("There are not that many seats left.", ExitCode.REFUSED),
    "capacity_below_reserved": (
        "More seats than that are already reserved. Cancel or move reservations first.",
        ExitCode.REFUSED,
    ),
}
