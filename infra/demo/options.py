"""What the demo reads from the environment, checked before anything is touched."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BACKEND = ROOT / "backend"
SEASON = ROOT / "season" / "season.yaml"
WEBSITE = ROOT / "season" / "website.yaml"


class DemoError(Exception):
    """One sentence for a person; the demo prints it and ends with exit code 5."""


@dataclass(frozen=True)
class Options:
    host: str
    port: int
    directory: Path
    database_url: str | None
    password: str | None
    site_url: str | None
    tls: bool = False
    # The name or address phones use; with TLS only.
    tls_host: str | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None


def read_options(environ: Mapping[str, str], *, tls: bool = False) -> Options:
    """Raises DemoError naming the variable whose value cannot be used.

    With TLS and no address given `host` stays empty, for demo.network to fill in.
    """
    text = environ.get("AZIONE_PORT") or ("8443" if tls else "8000")
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise DemoError(f"AZIONE_PORT is {text!r}: it must be a port number from 0 (any free one) to 65535.")
    password = environ.get("AZIONE_DEMO_PASSWORD") or None
    if password is not None and len(password) < 8:
        raise DemoError("AZIONE_DEMO_PASSWORD is too short: it needs 8 characters or more.")
    tls_host = environ.get("AZIONE_TLS_HOST") or None if tls else None
    site_url = (environ.get("SITE_URL") or "").rstrip("/") or None
    if tls and site_url and not site_url.startswith("https://"):
        raise DemoError(f"SITE_URL is {site_url}: make demo-tls needs one that begins with https://, or none.")
    certificate, key = _own_certificate(environ) if tls else (None, None)
    return Options(
        host=environ.get("AZIONE_HOST") or tls_host or ("" if tls else "127.0.0.1"),
        port=int(text),
        directory=Path(os.path.abspath(ROOT / (environ.get("AZIONE_DEMO_DIR") or ".demo"))),  # noqa: PTH100
        database_url=environ.get("DATABASE_URL") or None,
        password=password,
        site_url=site_url,
        tls=tls,
        tls_host=tls_host,
        tls_certificate=certificate,
        tls_key=key,
    )


def _own_certificate(environ: Mapping[str, str]) -> tuple[Path | None, Path | None]:
    certificate, key = environ.get("TLS_CERTIFICATE"), environ.get("TLS_KEY")
    if not certificate and not key:
        return None, None
    if not certificate or not key:
        raise DemoError("TLS_CERTIFICATE and TLS_KEY belong together: give both or neither.")
    return Path(certificate).absolute(), Path(key).absolute()


def site_url(options: Options, port: int) -> str:
    """The address a browser on this machine (with TLS: a phone) uses, unless SITE_URL says otherwise."""
    if options.site_url:
        return options.site_url
    if options.tls:
        host = options.tls_host or options.host
        return f"https://{f'[{host}]' if ':' in host else host}{'' if port == 443 else f':{port}'}"
    is_local = options.host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::")
    host = "localhost" if is_local else options.host
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def reserve_port(options: Options) -> socket.socket:
    """Take the site's port, so that it cannot be lost between this check and the web server's start.

    The web server inherits the socket; who connects before that waits for it.
    """
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
        listener.listen()
        if options.host == "127.0.0.1":
            _check_other_loopback(options.port)
    except OSError as error:
        listener.close()
        raise DemoError(_port_problem(options, error)) from error
    return listener


def _check_other_loopback(port: int) -> None:
    """A browser asks `localhost` at ::1 first; a stranger there would answer in the demo's place."""
    if not port or not socket.has_ipv6:
        return
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind(("::1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise


def _port_problem(options: Options, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = options.port + 1 if options.port < 65535 else 8001
        command = "make demo-tls" if options.tls else "make demo"
        return f"Port {options.port} is in use: choose another, for example AZIONE_PORT={other} {command}"
    if error.errno == errno.EACCES:
        return f"Port {options.port} may not be used by this user: choose one above 1023 with AZIONE_PORT."
    name = "AZIONE_TLS_HOST" if options.tls and options.host == options.tls_host else "AZIONE_HOST"
    return f"The demo cannot listen at {name}={options.host}: {error.strerror or error}."
