"""What the running AzioneLab says of itself, and what it is asked to do on a database beside the live one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from azione.backend import call
from azione.failures import Failure
from azione.postgres import MAINTENANCE_DATABASE
from azione.processes import ProgramFailed, run
from azione.stack import Site
from azione.targets import Target


@dataclass(frozen=True)
class Installation:
    """`known` are the migrations of its program, whatever the database has."""

    version: str
    known: frozenset[str]
    secret_key_fingerprint: str


def describe(site: Site, salt: str) -> Installation:
    """Its program and its key, whatever is the matter with its database. Raises Failure where it does not answer.

    It is asked on a database of the stack's own PostgreSQL: one that answers for another has its database elsewhere.
    """

    def read(_records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Installation:
        known = frozenset(map(str, summary["known_migrations"]))
        return Installation(str(summary["version"]), known, str(summary["secret_key_fingerprint"]))

    answer = call(site.manage(MAINTENANCE_DATABASE), "describe_installation", "--salt", salt)
    if answer.read(lambda _records, summary: summary["database"]) != MAINTENANCE_DATABASE:
        raise Failure("external_database")
    return answer.read(read)


def list_erasures(target: Target) -> bytes:
    """The digests of the addresses that were erased, as `remember_erasures` reads them. Raises Failure."""
    lines: list[str] = []
    call(target, "list_erasures", echo=lines.append)
    return "".join(f"{line}\n" for line in lines).encode()


def remember_erasures(target: Target, lists: bytes) -> int:
    """How many were news to it. Raises Failure."""
    answer = call(target, "remember_erasures", stdin=[lists])
    return answer.read(lambda _records, summary: int(summary["remembered"]))


def sweep(target: Target) -> None:
    """Erases again whoever is remembered. Raises Failure."""
    call(target, "sweep_privacy")


def migrate(target: Target) -> None:
    """Brings the database up to the program. Raises Failure."""
    try:
        run([*target.command, "migrate", "--no-input", "--verbosity", "0"], name="migrate")
    except ProgramFailed as failed:
        raise failed.as_failure("backup_incompatible") from None


def find_wrongs(target: Target) -> list[str]:
    """What breaks a rule of the house in this database, a sentence each. Raises Failure."""
    return call(target, "check_integrity").read(_read_wrongs)


def _read_wrongs(records: Sequence[dict[str, Any]], _summary: dict[str, Any]) -> list[str]:
    return [str(record["message"]) for record in records]
