"""A stack for the tests of `azione backup` without Docker: real PostgreSQL with its tools, real files, tar and age.

Only `docker` itself is played: by a script that runs here what would run in a container, and that answers for the
backend in the words of its transcripts. `tests/stack/` has the same verbs on the real stack.
"""

import contextlib
import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from cli.tests.conftest import cli_env, database_name
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from demo.postgres import programs

RESERVATIONS = 40
PATIENCE_SECONDS = 60
_SERVICE = "com.docker.compose.service"
MIGRATIONS = ("programme.0001_initial", "reservations.0001_initial", "reservations.0002_walk_ins")
KEY_FINGERPRINT = "5e" * 32
DOCKER = """#!/bin/sh
# `docker`, as far as azione asks it. Each container's words are in a folder of its own beside this script.
here={here}
case $1 in
ps) cat "$here/ids"; exit ;;
inspect) cat "$here/inspect.json"; exit ;;
esac
shift 3
[ "$1" = exec ] || exit 64
shift 2
while [ "$1" != backend ] && [ "$1" != postgres ] && [ "$1" != nginx ]; do
    [ "$1" = -e ] && export "${{2?}}"
    shift 2
done
. "$here/$1.env"
PATH=$here/$1.bin:$PATH
shift
exec "$@"
"""
PYTHON = """#!/bin/sh
# The backend's python: manage.py says what stands in answers/, and the site works as `smoke` says.
here={here}
if [ "$1" = -c ]; then
    cat "$here/smoke" >&2
    [ ! -s "$here/smoke" ]
    exit
fi
echo "$2 ${{POSTGRES_DB-}}" >>"$here/asked"
case $2 in
remember_erasures) cat >"$here/remembered" ;;
esac
[ -e "$here/answers/$2.sh" ] && exec sh "$here/answers/$2.sh"
cat "$here/answers/$2"
case $(tail -n 1 "$here/answers/$2") in
*'"type": "error"'*) exit 5 ;;
esac
"""
CAT = """#!/bin/sh
# nginx's: what start.sh wrote there.
[ "$1" != /run/azione/nginx/servers.conf ] || exec echo 'include /etc/nginx/azione/{servers}.conf;'
exec /bin/cat "$@"
"""
HOLD = """#!/bin/sh
trap '' PIPE
: >{here}/maintenance
echo on
cat >/dev/null
rm -f {here}/maintenance
"""
UNTIL_STEP = """
import signal, sys
from azione.backups.steps import Steps
from azione.main import main

until, reached, begin = sys.argv.pop(1), [], Steps.begin

def begin_until(steps, name, **of):
    if reached and not sys.exc_info()[0]:
        signal.pause()
    begun = begin(steps, name, **of)
    if steps._part + name == until:
        reached.append(name)
        if name == steps._names[-1]:
            signal.pause()
    return begun

Steps.begin = begin_until
main()
"""
SCHEMA = """
CREATE TABLE django_migrations (id serial PRIMARY KEY, app text, name text, applied timestamptz DEFAULT now());
CREATE TABLE reservations_reservation (id serial PRIMARY KEY, name text NOT NULL, seats int CHECK (seats > 0));
CREATE TABLE programme_show (slug text PRIMARY KEY, poster text);
INSERT INTO programme_show VALUES ('la-locandiera', 'posters/locandiera.webp');
"""


@dataclass
class Lab:
    """One stack with its backups. `azione` runs against it."""

    directory: Path
    database: str
    server: str
    env: dict[str, str] = field(default_factory=dict)
    # Of whichever database the backend is asked.
    answers_for: str = "postgres"

    @property
    def backups(self) -> Path:
        return self.directory / "backups"

    @property
    def media(self) -> Path:
        return self.directory / "media"

    @property
    def poster(self) -> Path:
        return self.media / "current" / "posters" / "locandiera.webp"

    def azione(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(**env),
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, *arguments: str, until: str = "", **env: str) -> subprocess.Popen[str]:
        """In a session of its own, so that a signal can be sent to it, or to all of it.

        Where the step `until` ends it waits for one; where that is the last step it waits as the step begins.
        """
        command = self.command(*arguments)
        return subprocess.Popen(
            [sys.executable, "-c", UNTIL_STEP, until, *command[3:]] if until else command,
            env=self.environment(**env),
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "azione", "backup", *arguments]

    def environment(self, **env: str) -> dict[str, str]:
        path = {"PATH": f"{self.directory / 'bin'}:{os.environ['PATH']}", "COMPOSE_PROJECT_NAME": "teatro"}
        return cli_env() | path | self.env | env

    def create(self, *arguments: str) -> str:
        """The name of a new backup."""
        return str(self.summary("create", *arguments)["name"])

    def summary(self, *arguments: str) -> dict[str, Any]:
        done = self.azione(*arguments, "--json")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def names(self) -> list[str]:
        """Of the backups that are listed, the newest first."""
        done = self.azione("list", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return [line["name"] for line in map(json.loads, done.stdout.splitlines()) if line["type"] == "record"]

    def lying_about(self) -> list[str]:
        """What no backup is, and what azione is not meant to leave behind."""
        return sorted(
            path.name for path in self.backups.iterdir() if path.name.startswith(".") and path.name != ".lock"
        )

    @property
    def is_locked(self) -> bool:
        """Whether some azione, or what it began, is at work on the backups."""
        with (self.backups / ".lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def manifest(self, name: str) -> dict[str, Any]:
        return dict(json.loads((self.backups / name / "manifest.json").read_text()))

    def checks(self, name: str) -> dict[str, Any]:
        return dict(json.loads((self.backups / name / "checks.json").read_text()))

    # The data

    def sql(self, statement: str, database: str = "") -> list[tuple[Any, ...]]:
        url = make_conninfo(**conninfo_to_dict(self.server) | {"dbname": database or self.database})
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def guests(self, database: str = "") -> int:
        return int(self.sql("SELECT count(*) FROM reservations_reservation", database)[0][0])

    def reserve(self, number: int = 1) -> None:
        self.sql(
            f"INSERT INTO reservations_reservation (name, seats) SELECT 'New', 2 FROM generate_series(1, {number})"
        )

    def databases(self) -> list[str]:
        """All of this lab, without what its own name stands before."""
        rows = self.sql(
            f"SELECT substr(datname, {len(self.database) + 1}) FROM pg_database "
            f"WHERE starts_with(datname, '{self.database}') ORDER BY 1",
            "postgres",
        )
        return [str(name) for (name,) in rows]

    # The stack

    def answer(self, command: str, *lines: dict[str, Any]) -> None:
        text = "".join(json.dumps({"v": 1, **line}) + "\n" for line in lines)
        (self.directory / "bin" / "answers" / command).write_text(text)

    def know_migrations(self, *more: str) -> None:
        """The program is one that knows more than the database has."""
        self._describe([*MIGRATIONS, *more])

    def forget_migrations(self) -> None:
        """The program is one from before the last of the database's migrations."""
        self._describe(list(MIGRATIONS[:-1]))

    def change_secret_key(self) -> None:
        self._describe(list(MIGRATIONS), fingerprint="0b" * 32)

    def _describe(self, known: list[str], fingerprint: str = KEY_FINGERPRINT) -> None:
        members = {"known_migrations": known, "secret_key_fingerprint": fingerprint, "version": "0.1.0"}
        members["database"] = self.answers_for
        self.answer("describe_installation", {"type": "summary", **members})

    def erased(self, *digests: str) -> None:
        """Whom the backend remembers as erased, by two letters each."""
        records = [{"type": "record", "digest": one * 32, "erased_at": "2040-05-01T12:00:00+02:00"} for one in digests]
        self.answer("list_erasures", *records, {"type": "summary", "erasures": len(records)})

    def script(self, command: str, script: str) -> None:
        """What a management command does instead of answering."""
        (self.directory / "bin" / "answers" / f"{command}.sh").write_text(script)

    def asked(self) -> list[list[str]]:
        """The management commands that ran, each with the database it ran on."""
        return [line.split() for line in (self.directory / "bin" / "asked").read_text().splitlines()]

    @property
    def tools(self) -> str:
        """Where PostgreSQL's real programs are."""
        return str(programs())

    @property
    def socket(self) -> str:
        return str(conninfo_to_dict(self.server)["host"])

    @contextmanager
    def program(self, service: str, name: str, script: str) -> Iterator[None]:
        """Another program of that name in a container, in front of its own."""
        path = self.directory / "bin" / f"{service}.bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(script)
        path.chmod(0o755)
        try:
            yield
        finally:
            path.unlink()

    @contextmanager
    def stopped(self, service: str) -> Iterator[None]:
        """A container that is there and does not run."""
        with self._inspected_as(lambda one: one["State"].update(Running=_name_of(one) != service)):
            yield

    @contextmanager
    def without(self, service: str) -> Iterator[None]:
        """A stack that has no such service."""

        def rename(one: dict[str, Any]) -> None:
            if _name_of(one) == service:
                one["Config"]["Labels"][_SERVICE] = "something-else"

        with self._inspected_as(rename):
            yield

    @contextmanager
    def published(self, port: int, servers: str) -> Iterator[None]:
        """nginx has a port of this host for https, and is as that one of its configurations says."""

        def publish(one: dict[str, Any]) -> None:
            if _name_of(one) == "nginx":
                one["NetworkSettings"]["Ports"] = {"8443/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(port)}]}

        with self._inspected_as(publish), self.program("nginx", "cat", CAT.format(servers=servers)):
            yield

    @contextmanager
    def _inspected_as(self, change: Callable[[dict[str, Any]], None]) -> Iterator[None]:
        path = self.directory / "bin" / "inspect.json"
        told = path.read_text()
        containers = json.loads(told)
        for one in containers:
            change(one)
        path.write_text(json.dumps(containers))
        try:
            yield
        finally:
            path.write_text(told)

    @property
    def is_in_maintenance(self) -> bool:
        return (self.directory / "bin" / "maintenance").exists()

    def break_site(self, said: str = "") -> None:
        """From now on the site does not work, or works again."""
        (self.directory / "bin" / "smoke").write_text(said)


@contextmanager
def make_lab(directory: Path) -> Iterator[Lab]:
    server = os.environ["DATABASE_URL"]
    lab = Lab(directory, database_name("_backups"), server)
    for folder in (lab.backups, lab.media / "first" / "posters", directory / "bin" / "answers"):
        folder.mkdir(parents=True)
    (lab.media / "current").symlink_to("first")
    lab.poster.write_bytes(random.Random(7).randbytes(150_000))  # noqa: S311 (a poster)
    _make_role(lab)
    _drop_databases(lab)
    lab.sql(f'CREATE DATABASE "{lab.database}"', "postgres")
    try:
        _fill(lab)
        _play_docker(lab)
        yield lab
    finally:
        _drop_databases(lab)


def _make_role(lab: Lab) -> None:
    """PostgreSQL's own image calls its superuser so; workers of one run share the server."""
    with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        lab.sql("CREATE ROLE postgres SUPERUSER LOGIN", "postgres")


def _drop_databases(lab: Lab) -> None:
    for name in lab.databases():
        lab.sql(f'DROP DATABASE "{lab.database}{name}" WITH (FORCE)', "postgres")


def _fill(lab: Lab) -> None:
    lab.sql(SCHEMA)
    for name in MIGRATIONS:
        lab.sql(
            f"INSERT INTO django_migrations (app, name) VALUES ('{name.partition('.')[0]}', '{name.partition('.')[2]}')"
        )
    lab.reserve(RESERVATIONS)


def _play_docker(lab: Lab) -> None:
    here = lab.directory / "bin"
    scripts = {"docker": DOCKER, "backend.bin/python": PYTHON, "nginx.bin/hold-maintenance": HOLD}
    for name, text in scripts.items():
        path = here / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.format(here=here))
        path.chmod(0o755)
    told = conninfo_to_dict(lab.server)
    variables = {"PGHOST": told["host"], "PGDATA": told["host"], "PGPORT": told.get("port", 5432)}
    exported = " ".join(f"{name}='{value}'" for name, value in variables.items())
    (here / "postgres.env").write_text(f"export {exported} PATH='{programs()}':$PATH\n")
    for service in ("backend", "nginx"):
        (here / f"{service}.env").write_text("")
    (here / "smoke").write_text("")
    (here / "asked").write_text("")
    (here / "ids").write_text("1\n2\n3\n")
    (here / "inspect.json").write_text(json.dumps([_inspected(lab, name) for name in ("backend", "postgres", "nginx")]))
    _answer_as_usual(lab)


def _name_of(container: dict[str, Any]) -> str:
    return str(container["Config"]["Labels"][_SERVICE])


def _inspected(lab: Lab, service: str) -> dict[str, Any]:
    env = {
        "SITE_URL": "https://teatro.example",
        "POSTGRES_DB": lab.database,
        "POSTGRES_USER": conninfo_to_dict(lab.server)["user"],
        "MEDIA_ROOT": str(lab.media / "current"),
        "SECRETS_DIR": "/run/secrets",
        "THEATRE_NAME": "Teatro dell'Azione",
    }
    return {
        "Config": {
            "Labels": {
                _SERVICE: service,
                "com.docker.compose.container-number": "1",
                "com.docker.compose.project.environment_file": str(lab.directory / "env"),
            },
            "Env": [f"{name}={value}" for name, value in env.items()] if service == "backend" else [],
        },
        "State": {"Running": True, "Restarting": False},
        "Mounts": [{"Destination": "/srv/backups", "Source": str(lab.backups)}] if service == "backend" else [],
        "NetworkSettings": {"Ports": {}},
    }


def _answer_as_usual(lab: Lab) -> None:
    lab.know_migrations()
    lab.answer("check_integrity", {"type": "summary", "wrong": 0})
    lab.answer("list_erasures", {"type": "summary", "erasures": 0})
    lab.answer("remember_erasures", {"type": "summary", "read": 0, "remembered": 0})
    lab.answer("sweep_privacy", {"type": "summary"})
    lab.answer("migrate")


# Breaking off -------------------------------------------------------------------------------------------------------


def steps_of(lab: Lab, *arguments: str) -> list[str]:
    """The steps that a verb tells of, in their order."""
    done = lab.azione(*arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = map(json.loads, done.stdout.splitlines())
    return list(dict.fromkeys(line["step"] for line in lines if line["type"] == "progress"))


def kill_at(lab: Lab, step: str, *arguments: str, number: int = signal.SIGKILL) -> int:
    """Kills azione in the midst of `step`, beyond which it does not get; the exit code.

    An exchange goes on without it; that is over then, too.
    """
    process = lab.start(*arguments, "--json", until=step)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("step") == step:
            process.send_signal(number)
            break
    else:
        raise AssertionError(f"It never came to {step}: {process.communicate()[1]}")
    process.communicate(timeout=60)
    wait_until(lambda: not lab.is_locked)
    return int(process.returncode)


def refusing_to_drop(lab: Lab, kind: str) -> str:
    """A psql that does all but drop databases with that in their names."""
    return f"""#!/bin/sh
case "$*" in *"--dbname postgres"*) ;; *) exec {lab.tools}/psql "$@" ;; esac
script=$(cat)
case $script in
*"DROP DATABASE"*{kind}*) echo "is in use" >&2; exit 3 ;;
esac
printf '%s' "$script" | exec {lab.tools}/psql "$@"
"""


def wait_until(happened: Callable[[], bool]) -> None:
    """What goes on in another process."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "It never happened."
        time.sleep(0.02)
