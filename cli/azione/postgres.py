"""PostgreSQL's own tools where they run: psql, pg_dump and pg_restore of the server's version, behind some words.

In the stack these words are `docker compose exec -T postgres`. Dumps go through standard output and input, so that the
container needs no folder of backups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from azione.failures import Failure
from azione.processes import ProgramFailed, guarded, run, running

SUPERUSER = "postgres"
# From here everything can be reached, and nothing of it is the site's.
MAINTENANCE_DATABASE = "postgres"
NO_CONNECTION = 2
# A dump waits for no one for longer than that, a migration for instance.
LOCK_SECONDS = 60
_PATIENT = f"SET statement_timeout = 0; SET lock_timeout = '{LOCK_SECONDS}s';\n"
_ENDLESS = "SET idle_in_transaction_session_timeout = 0; SET transaction_timeout = 0;\n"
_COUNT_ROWS = """
SELECT format('SELECT %L, count(*) FROM %I.%I', nspname || '.' || relname, nspname, relname)
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\\_t%'
 ORDER BY 1 \\gexec
"""
_MIGRATIONS = """
SELECT (to_regclass('public.django_migrations') IS NOT NULL) AS migrated \\gset
\\if :migrated
SELECT app || '.' || name FROM public.django_migrations ORDER BY 1;
\\endif
"""


@dataclass(frozen=True)
class Place:
    """Where programs run. `reach` comes before a command, `where` between that and its environment."""

    reach: tuple[str, ...] = ()
    where: tuple[str, ...] = ()

    def command(self, *words: str, env: Mapping[str, str] | None = None) -> list[str]:
        settings = [word for name, value in (env or {}).items() for word in ("-e", f"{name}={value}")]
        return [*self.reach, *settings, *self.where, *words]


@dataclass(frozen=True)
class Version:
    """`18.6`, and the number that says whether a dump of one can be read by another."""

    text: str
    major: int


@dataclass(frozen=True)
class PostgreSQL:
    """The server of the site: `database` is the live one, `role` owns it and may do nothing else."""

    place: Place
    database: str
    role: str

    def ask(self, script: str, database: str = MAINTENANCE_DATABASE) -> list[str]:
        """The rows of what psql answers. Raises Failure where there is no such server, ProgramFailed for the rest."""
        command = self.place.command(*psql_words(database), "--set", "ON_ERROR_STOP=1")
        try:
            return run(command, name="psql", feed=f"{_PATIENT}{script}".encode()).splitlines()
        except ProgramFailed as failed:
            if failed.returncode == NO_CONNECTION and "does not exist" not in failed.said:
                raise failed.as_failure() from None
            raise

    @property
    def version(self) -> Version:
        number, text = self.ask("SHOW server_version_num; SHOW server_version;")
        return Version(text.split()[0], int(number) // 10_000)

    def databases(self) -> list[str]:
        return self.ask("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1;")

    def size(self, database: str) -> int:
        """In bytes; nothing where there is no such database."""
        size = "SELECT pg_database_size(datname) FROM pg_database WHERE datname = "
        found = self.ask(f"{size}{literal(database)};")
        return int(found[0]) if found else 0

    def create(self, database: str) -> None:
        """An empty one, for the role alone."""
        self.drop(database)
        name, role = identifier(database), identifier(self.role)
        self.ask(
            f"CREATE DATABASE {name} OWNER {role} TEMPLATE template0;\n"
            f"REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC;"
        )

    def drop(self, database: str) -> None:
        self.ask(f"DROP DATABASE IF EXISTS {identifier(database)} WITH (FORCE);")

    def count_rows(self, database: str) -> dict[str, int]:
        return read_counts(self.ask(_COUNT_ROWS, database))

    def migrations(self, database: str) -> list[str]:
        return self.ask(_MIGRATIONS, database)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The live database as it is at one moment, for as long as the block lasts."""
        with running(
            self.place.command(*psql_words(self.database), "--set", "ON_ERROR_STOP=1"), name="psql", reads=True
        ) as (process):
            assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 (pipes were asked for)
            session = _Session(process.stdin, process.stdout)
            session.ask(f"{_PATIENT}{_ENDLESS}BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;")
            [name] = session.ask("SELECT pg_export_snapshot();")
            yield Snapshot(name, session)

    def dump_command(self, snapshot: str) -> list[str]:
        words = ("pg_dump", "--username", SUPERUSER, "--dbname", self.database, "--no-password", "--format=custom")
        return self.place.command(*guarded(*words, f"--lock-wait-timeout={LOCK_SECONDS}s", f"--snapshot={snapshot}"))

    def restore_command(self, database: str) -> list[str]:
        """Reads a dump. What it names another owner or a right of others is the role's here, and nobody else's."""
        return self.place.command(
            *("pg_restore", "--username", SUPERUSER, "--dbname", database, "--no-password"),
            *("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--role={self.role}"),
        )

    def read_through_command(self) -> list[str]:
        """Reads every byte of a dump and does nothing with it; pg_restore --list would not."""
        return self.place.command("pg_restore", "--file=/dev/null")


@dataclass(frozen=True)
class Snapshot:
    """`name` is what pg_dump takes; the questions are answered of the same moment."""

    name: str
    session: _Session

    def count_rows(self) -> dict[str, int]:
        return read_counts(self.session.ask(_COUNT_ROWS))

    def migrations(self) -> list[str]:
        return self.session.ask(_MIGRATIONS)


@dataclass(frozen=True)
class _Session:
    """A psql that stays: what it says to one script ends with a line of our own."""

    to: IO[bytes]
    out: IO[bytes]

    def ask(self, script: str) -> list[str]:
        end = "-- all of it --"
        self.to.write(f"{script}\n\\echo '{end}'\n".encode())
        self.to.flush()
        rows: list[str] = []
        for line in self.out:
            said = line.decode(errors="replace").rstrip("\n")
            if said == end:
                return rows
            rows.append(said)
        # It has ended, and its stderr says why.
        raise BrokenPipeError


def psql_words(database: str) -> Sequence[str]:
    """psql that takes a script and answers in rows."""
    return (
        *("psql", "--username", SUPERUSER, "--dbname", database, "--no-password", "--no-psqlrc"),
        *("--quiet", "--tuples-only", "--no-align"),
    )


def read_counts(rows: Sequence[str]) -> dict[str, int]:
    """From `table|rows`. Raises Failure."""
    try:
        return {name: int(number) for name, _, number in (row.rpartition("|") for row in rows)}
    except ValueError:
        raise Failure("stack_failed", f"psql: {rows[:1]} is no count of rows.") from None


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
