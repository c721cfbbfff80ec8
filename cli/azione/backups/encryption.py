"""Encryption to a public key with `age`, a program of this host: who makes a backup, or steals it, cannot read it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from azione.failures import Failure
from azione.output import path_named
from azione.processes import ProgramFailed, run

SETTING = "BACKUP_AGE_RECIPIENT"
# What age takes for a public key: its own kind, or SSH's.
_RECIPIENT = re.compile(r"age1[0-9a-z]{10,200}|ssh-(ed25519|rsa) [A-Za-z0-9+/=]{20,2000}( .*)?")


def read_recipients(wanted: Sequence[str], settings: Mapping[str, str]) -> tuple[str, ...]:
    """The public keys of the options, else of the setting (several with commas). Raises Failure for what is none."""
    told = os.environ.get(SETTING) or settings.get(SETTING, "")
    recipients = tuple(wanted) or tuple(filter(None, (one.strip() for one in told.split(","))))
    for recipient in recipients:
        if not _RECIPIENT.fullmatch(recipient):
            raise Failure(
                "usage",
                f"{recipient[:60]!r} is no public key of age: it begins with age1 (or ssh-ed25519). "
                "age-keygen makes a pair.",
            )
    _try(recipients)
    return recipients


def _try(recipients: Sequence[str]) -> None:
    """A slip in a public key is told before anything is written."""
    if recipients:
        try:
            run(seal_command(recipients), name="age")
        except ProgramFailed as failed:
            raise Failure("usage", f"age does not take that public key: {failed.said}") from None


def require_age() -> str:
    age = shutil.which("age")
    if age is None:
        raise Failure(
            "no_age",
            "This needs the program age, which is not on this host: install it (Debian: apt-get install age).",
        )
    return age


def seal_command(recipients: Sequence[str]) -> list[str]:
    return [require_age(), "--encrypt", *(word for one in recipients for word in ("--recipient", one))]


def open_command(identity: str) -> list[str]:
    """`identity` names the file with the private key. Raises Failure."""
    if not identity:
        raise Failure(
            "usage", "This backup is encrypted: --identity FILE names the file with the private key, which reads it."
        )
    # Whatever folder the program runs in.
    path = Path(os.path.abspath(path_named(identity)))  # noqa: PTH100 (links stay as they are)
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise Failure("usage", f"--identity: {identity} cannot be read: {error.strerror}.") from None
    return [require_age(), "--decrypt", "--identity", str(path)]
