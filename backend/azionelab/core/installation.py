"""What tells one installation from another: the migrations that it knows and has, and its secret key, unseen."""

import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# 16 MB and some hundredths of a second for each try: a poor key is not found from its fingerprint by trying.
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 16}
LEAST_SALT = 8  # bytes


def secret_key_fingerprint(salt: bytes) -> str:
    """The same for the same key and salt, and of no use to anybody who has only this.

    A backup keeps it with its salt: under another key nobody's sign-in, pairing or erasure holds any more.
    """
    return hashlib.scrypt(settings.SECRET_KEY.encode(), salt=salt, **_SCRYPT).hex()


def known_migrations() -> list[str]:
    """Those of this program, as `app.name`, whatever the database has."""
    return _named(MigrationLoader(None).disk_migrations or ())


def applied_migrations() -> list[str]:
    """Those that the database has, which may be more than are known; none where it is empty."""
    return _named(MigrationRecorder(connection).applied_migrations())


def _named(keys: Iterable[tuple[str, str]]) -> list[str]:
    return sorted(".".join(key) for key in keys)
