"""`make demo`: the whole site on this machine, in the foreground, until Ctrl-C. `make demo-tls`: the same for phones.

One process tree: this process holds the mail sink, and starts PostgreSQL and gunicorn as its children. Whatever
ends it, they end with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from types import FrameType

from demo import postgres
from demo.certificate import Certificate, provide_certificate
from demo.console import Steps, say
from demo.directory import check_can_be_used, ensure_secret_key, open_directory, write_private
from demo.mailsink import MailSink
from demo.network import at_network_address
from demo.options import BACKEND, DemoError, Options, read_options, reserve_port, site_url
from demo.preparation import Preparation, new_password
from demo.processes import stop_process
from demo.qr import terminal_lines
from demo.webapp import Site, backend_settings

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequestedError(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal; not an Exception, so that no `except Exception` swallows it."""


def main() -> int:
    try:
        options = read_options(os.environ, tls=sys.argv[1:] == ["tls"])
        return run(at_network_address(options) if options.tls else options)
    except (DemoError, postgres.PostgresError) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"The demo cannot go on: {error.strerror or error} ({error.filename or 'no file'}).")


def run(options: Options) -> int:
    """Start everything, wait, stop everything in the reverse order."""
    _on_stop_signals(_request_stop)
    with contextlib.ExitStack() as running:
        try:
            children = _start(options, running)
            _watch(children, options)
        except StopRequestedError:
            say("\nStopping …")
        finally:
            # A second Ctrl-C cannot interrupt the stopping, each step of which ends within seconds.
            _on_stop_signals(signal.SIG_IGN)
            running.close()
    say("Stopped. The data stays; make demo starts again, make demo-reset throws it away.")
    return 0


def _start(options: Options, running: contextlib.ExitStack) -> dict[str, subprocess.Popen[bytes]]:
    steps = Steps(9 if options.tls else 8)
    directory = options.directory
    children: dict[str, subprocess.Popen[bytes]] = {}
    with steps("Checking the port, the disk and the directory"):
        check_can_be_used(directory)
        listener = running.enter_context(reserve_port(options))
        running.callback(open_directory(directory).release)
        ensure_secret_key(directory)
    certificate = None
    if options.tls:
        with steps("Making the certificate" if not options.tls_certificate else "Taking your certificate"):
            certificate = provide_certificate(options)
    with steps("Starting PostgreSQL" if not options.database_url else "Taking the PostgreSQL of DATABASE_URL"):
        database_url = options.database_url
        if not database_url:
            server = _start_postgres(options)
            running.callback(server.stop)
            children["postgres"] = server.process
            database_url = server.url
    with steps("Opening the mailbox"):
        sink = MailSink(directory / "mail")
        sink.start()
        running.callback(sink.stop)
    address = listener.getsockname()[:2]
    url = site_url(options, address[1])
    settings = backend_settings(options, url=url, database_url=database_url, smtp_port=sink.port, environ=os.environ)
    site = Site(options, settings, certificate)
    preparation = Preparation(site, options)
    with steps("Bringing the database up to date"):
        preparation.migrate()
    with steps("Collecting the admin's files"):
        preparation.collect_static()
    with steps("Seeding the season"):
        preparation.seed()
    with steps("Making the accounts"):
        password = preparation.make_accounts(options.password or new_password())
    with steps("Starting the web server"):
        web = site.serve(listener)
        running.callback(_stop_web, web)
        children["web"] = web
        site.wait_until_ready(web, _reachable(address), url)
    _announce_to_azione(options, settings, url, preparation.anchor(), running)
    _print_addresses(url, password, preparation.hint(), certificate)
    preparation.accounts_are_known()
    return children


def _start_postgres(options: Options) -> postgres.Server:
    try:
        return postgres.start(options.directory / "postgres", durable=True)
    except postgres.PostgresInUseError:
        raise
    except postgres.PostgresError as error:
        sentence = str(error).rstrip(".")
        raise DemoError(f"{sentence}; if the demo's data may go, make demo-reset starts afresh.") from error


def _reachable(address: tuple[str, int]) -> tuple[str, int]:
    """Where this machine reaches a server that listens on every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address[0], address[0]), address[1]


def _announce_to_azione(
    options: Options, settings: dict[str, str], url: str, anchor: date, running: contextlib.ExitStack
) -> None:
    """`demo.json` is how the command `azione` finds this demo; it exists only while the demo runs."""
    path = options.directory / "demo.json"
    content = {
        "url": url,
        "env": settings,
        "python": sys.executable,
        "manage": str(BACKEND / "manage.py"),
        "pid": os.getpid(),
        # The file's `today` stays the day of the first seeding, or seeding tomorrow would make a second season.
        "season_anchor": anchor.isoformat(),
    }
    write_private(path, json.dumps(content, indent=2) + "\n")
    running.callback(path.unlink, missing_ok=True)


def _print_addresses(url: str, password: str | None, hint: str | None, certificate: Certificate | None) -> None:
    say("\nAzioneLab is ready:\n")
    for name, path in {
        "Site": "/",
        "Door": "/door/",
        "Admin": "/admin/",
        "Mailbox": "/demo/mailbox/",
    }.items():
        say(f"  {name:<8} {url}{path}")
    if password:
        say(f"\n  Accounts manager and door, password: {password}")
        say("  (It is not shown again.)")
    if hint:
        say(f"\n  {hint}")
    if certificate:
        _print_for_phones(f"{url}/door/", certificate)
    say("\nCtrl-C stops it.")


def _print_for_phones(door: str, certificate: Certificate) -> None:
    """How a phone gets here; the code only on a terminal, since in a file nobody can point a phone at it."""
    say("\n  A phone in the same network opens the door with this address:\n")
    if sys.stdout.isatty():
        say("\n".join(f"  {line}" for line in terminal_lines(door)) + "\n")
    say(f"  {door}")
    say(f"  Certificate's SHA-256 fingerprint: {certificate.fingerprint}")
    if not certificate.is_own:
        say("\n  The browser will warn: the certificate was made on this machine, and nobody it trusts has signed it.")
        say("  Go on all the same, and the camera works. Working without a network needs a certificate the phone")
        say("  trusts: docs/demo-on-a-phone.md says how.")


def _watch(children: dict[str, subprocess.Popen[bytes]], options: Options) -> None:
    """Wait for a stop; a child that ends by itself ends the demo."""
    logs = {
        "postgres": options.directory / "postgres" / "postgres.log",
        "web": options.directory / "log" / "web.log",
    }
    names = {"postgres": "PostgreSQL", "web": "The web server"}
    while True:
        for key, process in children.items():
            if process.poll() is not None:
                code = process.returncode
                raise DemoError(f"{names[key]} ended by itself (exit code {code}); its log: {logs[key]}")
        time.sleep(0.3)


def _stop_web(process: subprocess.Popen[bytes]) -> None:
    """gunicorn ends its workers; whatever is left of its process group after that is killed."""
    stop_process(process, [(signal.SIGTERM, 6), (signal.SIGKILL, 3)])
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _request_stop(signum: int, frame: FrameType | None) -> None:
    _on_stop_signals(signal.SIG_IGN)
    raise StopRequestedError


def _on_stop_signals(handler: object) -> None:
    for signum in STOP_SIGNALS:
        # nohup has SIGHUP ignored from the start, and means it.
        if not (signum == signal.SIGHUP and signal.getsignal(signum) == signal.SIG_IGN):
            signal.signal(signum, handler)  # type: ignore[arg-type]


def _fail(sentence: str) -> int:
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{sentence}\n")
    return 5


if __name__ == "__main__":
    sys.exit(main())
