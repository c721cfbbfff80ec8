"""The site's own processes in the demo: management commands and the web server, with one environment."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from demo.certificate import Certificate
from demo.options import BACKEND, ROOT, DemoError, Options
from demo.processes import die_with_parent

WORKERS, THREADS = 2, 4
READY_SECONDS = 60
_KEEP_LOG_BYTES = 5_000_000
_PASSED_ON = (
    "TIME_ZONE",
    "HOLD_MINUTES",
    "MAX_ACTIVE_RESERVATIONS",
    "STAFF_IDLE_MINUTES",
    "STAFF_SESSION_HOURS",
    "LOG_LEVEL",
    "THEATRE_NAME",
    "EMBED_ORIGINS",
    "MAIL_FROM",
)


def backend_settings(
    options: Options, *, url: str, database_url: str, smtp_port: int, environ: Mapping[str, str]
) -> dict[str, str]:
    """The settings manage.py and the web server get; also what `azione` needs to reach this demo."""
    directory = options.directory
    settings = {
        "SITE_URL": url,
        "SECRET_KEY_FILE": str(directory / "secret-key"),
        "DATABASE_URL": database_url,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "AzioneLab <biglietteria@azionelab.example>",
        "THEATRE_NAME": "AzioneLab",
        "MEDIA_ROOT": str(directory / "media"),
        "STATIC_ROOT": str(directory / "static"),
        "DJANGO_SETTINGS_MODULE": "azionelab.project.settings",
        # A browser would remember to refuse this address in the clear, which may be another machine's tomorrow.
        "HSTS_SECONDS": "0",
    }
    return settings | {name: environ[name] for name in _PASSED_ON if environ.get(name)}


class Site:
    """Runs manage.py and gunicorn with these settings; logs go to the demo's log directory."""

    def __init__(self, options: Options, settings: dict[str, str], certificate: Certificate | None = None) -> None:
        self._options = options
        self._certificate = certificate
        self._log = options.directory / "log"
        inherited = {name: value for name, value in os.environ.items() if not _is_setting(name)}
        python_path = os.pathsep.join([str(BACKEND), str(ROOT / "infra")])
        self._env = inherited | settings | {"PYTHONPATH": python_path, "PYTHONUNBUFFERED": "1"}
        self._env["AZIONE_DEMO_DIR"] = str(options.directory)

    def manage(self, *arguments: str, answer: str = "") -> list[dict[str, object]]:
        """Run a management command; its JSON lines, or DemoError with the reason it gave."""
        log = self._log / "manage.log"
        with _open_log(log) as errors:
            started = errors.tell()
            done = subprocess.run(
                [sys.executable, str(BACKEND / "manage.py"), *arguments],
                input=answer.encode(),
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=ROOT,
                env=self._env,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
                check=False,
            )
        records = _json_lines(done.stdout.decode(errors="replace"))
        if done.returncode != 0:
            reason = _reason(records, log.read_bytes()[started:].decode(errors="replace"))
            raise DemoError(f"{arguments[0]} failed: {reason} (log: {log})")
        return records

    def serve(self, listener: socket.socket) -> subprocess.Popen[bytes]:
        """Start gunicorn on the socket that was reserved for it."""
        descriptor = listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "demo.wsgi:application", "--bind", f"fd://{descriptor}"]
        command += ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
        # A connection is closed after its answer: the next request on it would wait for what the app does afterwards
        # (docs/decisions/0007), and so tell what that was. nginx takes this part in production.
        command += ["--no-control-socket", "--graceful-timeout", "3", "--keep-alive", "0"]
        if self._certificate:
            # TLS 1.2 and newer: what Python's own default context speaks.
            command += ["--certfile", str(self._certificate.path), "--keyfile", str(self._certificate.key)]
        # %(U)s is the path without its query string.
        access_log = self._log / "access.log"
        _open_log(access_log).close()
        command += ["--access-logfile", str(access_log)]
        command += ["--access-logformat", "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"]
        if os.access("/dev/shm", os.W_OK):
            command += ["--worker-tmp-dir", "/dev/shm"]
        with _open_log(self._log / "web.log") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env=self._env | {"WEB_THREADS": str(THREADS)},
                pass_fds=[descriptor],
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def wait_until_ready(self, server: subprocess.Popen[bytes], address: tuple[str, int], url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        problem = "it does not answer"
        while time.monotonic() < deadline:
            if server.poll() is not None:
                raise DemoError(f"The web server ended while starting (log: {self._log / 'web.log'}).")
            problem = _not_ready(address, url)
            if not problem:
                return
            time.sleep(0.05)
        raise DemoError(f"The site is not ready after {READY_SECONDS} s: {problem} (log: {self._log / 'web.log'}).")


def _is_setting(name: str) -> bool:
    """What the caller's shell must not slip in: libpq lets PG* override the address, a FILE overrides a value."""
    return name.startswith(("PG", "POSTGRES_", "SMTP_", "DJANGO_", "SECRET")) or name.endswith("_FILE")


def _open_log(path: Path) -> BinaryIO:
    """Append; a log that has grown large makes way first, keeping one predecessor."""
    if path.exists() and path.stat().st_size > _KEEP_LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _connect(address: tuple[str, int], url: str) -> http.client.HTTPConnection:
    """To our own child on the socket we gave it: there is no one else whose certificate could be checked."""
    if not url.startswith("https:"):
        return http.client.HTTPConnection(*address, timeout=5)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(*address, timeout=5, context=context)


def _not_ready(address: tuple[str, int], url: str) -> str:
    """Why /readyz is not content yet; empty when it is."""
    connection = _connect(address, url)
    try:
        connection.request("GET", "/readyz", headers={"Host": urlsplit(url).netloc, "Connection": "close"})
        response = connection.getresponse()
        body = response.read(300).decode(errors="replace")
        return "" if response.status == 200 else f"/readyz answers {response.status} {body}"
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()


def _json_lines(text: str) -> list[dict[str, object]]:
    records = []
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records


def _list(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []


def _reason(records: list[dict[str, object]], errors: str) -> str:
    for record in reversed(records):
        if record.get("type") == "error":
            # What is wrong with each value says more than that some are.
            messages = [str(error["message"]) for error in _list(record.get("errors"))]
            if messages:
                return " ".join(messages)
            return str(record.get("message") or record.get("detail") or record)
    lines = [line.strip() for line in errors.splitlines() if line.strip() and "manage.py help" not in line]
    return lines[-1] if lines else "it gave no reason"
