"""`describe_installation --salt HEX`: what a backup must fit. Without a database its migrations are null, exit 5."""

from argparse import ArgumentParser
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from azionelab import __version__
from azionelab.core import installation
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.database import time_limit
from azionelab.core.errors import ExitCode, FieldError, validation_failed

log = structlog.get_logger(__name__)
SECONDS = 8.0


class Command(JsonLinesCommand):
    help = "Says which version this is, which migrations it knows and its database has, and a fingerprint of its key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--salt", required=True, help="hexadecimal, 16 digits or more, for the fingerprint")

    def run(self, **options: Any) -> dict[str, Any]:
        salt = _read_salt(options["salt"])
        applied = self._applied_migrations()
        return {
            "version": __version__,
            "site": settings.SITE_URL,
            "database": connection.settings_dict["NAME"],
            "known_migrations": installation.known_migrations(),
            "applied_migrations": applied,
            "secret_key_fingerprint": installation.secret_key_fingerprint(salt),
        }

    def _applied_migrations(self) -> list[str] | None:
        try:
            with time_limit(SECONDS):
                return installation.applied_migrations()
        except DatabaseError as error:
            log.error("database_error", exc_info=error)
            self.exit_code = ExitCode.ENVIRONMENT
            return None


def _read_salt(text: str) -> bytes:
    """Raises `validation_failed`."""
    try:
        salt = bytes.fromhex(text)
    except ValueError:
        salt = b""
    if len(salt) < installation.LEAST_SALT:
        message = f"The salt is at least {2 * installation.LEAST_SALT} hexadecimal digits, in pairs."
        raise validation_failed(FieldError(field="salt", code="invalid", message=message))
    return salt
