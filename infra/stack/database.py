"""The stack's own PostgreSQL: the role that the backend uses, and copies of the database made in a moment.

All of it by `psql` in the database's container, over its socket; passwords come over standard input.
"""

from __future__ import annotations

from datetime import UTC, datetime

from stack.compose import RUN_BACKEND, Stack, StackError

# What stands in the names of copies behind that of the live database; `azione backup prune` knows the second.
_BEFORE, _HALF_DONE = "_before_upgrade_", "_half_done_"
_READ_PASSWORD = 'cat "/run/secrets/POSTGRES_PASSWORD"'


def ensure_role(stack: Stack) -> None:
    """The backend's role, with its password: it owns the database, and may make neither databases nor roles."""
    role, database = stack.settings["POSTGRES_USER"], stack.settings["POSTGRES_DB"]
    password = stack.compose(*RUN_BACKEND, "sh", "-c", _READ_PASSWORD)
    _psql(
        stack,
        f"""
        SET log_min_messages = panic;
        SELECT format('CREATE ROLE %I LOGIN', {quote(role)})
         WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {quote(role)}) \\gexec
        SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L',
                      {quote(role)}, {quote(password)}) \\gexec
        SELECT format('ALTER DATABASE %I OWNER TO %I', {quote(database)}, {quote(role)}) \\gexec
        SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', {quote(database)}) \\gexec
        """,
    )


def copy_live(stack: Stack) -> str:
    """The name of a copy of the live database, made by PostgreSQL itself. It ends whatever is connected to that one."""
    live = stack.settings["POSTGRES_DB"]
    copy = f"{live}{_BEFORE}{_now()}"
    end_connections(stack, live)
    _psql(stack, f"CREATE DATABASE {identifier(copy)} TEMPLATE {identifier(live)} OWNER {identifier(_role(stack))};")
    return copy


def put_back(stack: Stack, name: str) -> str:
    """The copy `name` takes the live database's place; that one is kept under the name which is returned."""
    live = stack.settings["POSTGRES_DB"]
    kept = f"{live}{_HALF_DONE}{_now()}"
    end_connections(stack, live)
    _psql(
        stack,
        f"""
        BEGIN;
        ALTER DATABASE {identifier(live)} RENAME TO {identifier(kept)};
        ALTER DATABASE {identifier(name)} RENAME TO {identifier(live)};
        COMMIT;
        """,
    )
    return kept


def drop_copies(stack: Stack) -> None:
    """Whatever `copy_live` made and `put_back` did not use."""
    prefix = quote(f"{stack.settings['POSTGRES_DB']}{_BEFORE}")
    _psql(
        stack,
        f"""
        SELECT format('DROP DATABASE %I WITH (FORCE)', datname)
          FROM pg_database WHERE starts_with(datname, {prefix}) \\gexec
        """,
    )


def exists(stack: Stack, name: str) -> bool:
    return _psql(stack, f"SELECT 1 FROM pg_database WHERE datname = {quote(name)};").strip() == "1"


def end_connections(stack: Stack, name: str) -> None:
    _psql(stack, f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = {quote(name)};")


def _now() -> str:
    """As `azione backup` writes it in the names of databases."""
    return f"{datetime.now(UTC):%Y%m%dt%H%M%Sz}"


def quote(text: str) -> str:
    """As an SQL string."""
    if "\0" in text or "\\" in text:
        raise StackError("A name or a password for the database holds a character that it cannot.")
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _role(stack: Stack) -> str:
    return stack.settings["POSTGRES_USER"]


def _psql(stack: Stack, sql: str) -> str:
    command = ("psql", "--username", "postgres", "--dbname", "postgres", "--no-psqlrc", "--quiet", "--tuples-only")
    return stack.compose("exec", "-T", "postgres", *command, "--no-align", "--set", "ON_ERROR_STOP=1", stdin=sql)
