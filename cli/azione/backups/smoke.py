"""Whether the site works on the data it has now: asked in the backend, before anybody is let in, and through nginx."""

from __future__ import annotations

import time
from http import HTTPStatus

from azione.failures import Failure
from azione.processes import ProgramFailed, run
from azione.stack import FRONT, Site

# The backend's connections were cut, and nginx looks for a backend that is there.
PATIENCE_SECONDS = 30
_PAUSE = 0.3
_INSIDE = """
import http.client, sys, time
host, scheme, patience = sys.argv[1], sys.argv[2], float(sys.argv[3])
deadline = time.monotonic() + patience
def problem():
    for path in ("/readyz", "/api/v1/shows/", "/api/v1/performances/"):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
            connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": scheme})
            answer = connection.getresponse()
            if answer.status != 200:
                return f"{path} answers {answer.status}: {answer.read(200).decode(errors='replace')}"
        except OSError as error:
            return f"{path}: {error}"
while said := problem():
    if time.monotonic() > deadline:
        sys.exit(said)
    time.sleep(0.3)
"""
_PATHS = ("/healthz", "/api/v1/shows/")
# nginx's start.sh writes there which of its configurations it uses; waiting.conf is the one without a certificate.
_SERVERS, _WAITING = "/run/azione/nginx/servers.conf", "/waiting.conf"


def check_inside(site: Site) -> None:
    """Raises Failure unless each backend reads the database and answers with it."""
    url = site.url
    for place in site.backends:
        command = place.command("python", "-c", _INSIDE, url.netloc, url.scheme, str(PATIENCE_SECONDS))
        try:
            run(command, name="the backend")
        except ProgramFailed as failed:
            raise Failure("site_failed", f"{failed}") from None


def check_through_front(site: Site) -> None:
    """Raises Failure unless guests get through as well.

    Until there is a first certificate nobody does, whatever the data: then `check_inside` has said all there is.
    """
    if site.front is None or _waits_for_certificate(site):
        return
    deadline = time.monotonic() + PATIENCE_SECONDS
    while problem := _problem(site):
        if time.monotonic() > deadline:
            raise Failure("site_failed", f"nginx: {problem}")
        time.sleep(_PAUSE)


def _waits_for_certificate(site: Site) -> bool:
    """As nginx itself knows: of a certificate that is there but does not work, too."""
    try:
        return _WAITING in run(site.stack.place(FRONT).command("cat", _SERVERS), name="cat")
    except ProgramFailed:
        # An nginx that does not answer is no reason to look away.
        return False


def _problem(site: Site) -> str:
    import http.client

    for path in _PATHS:
        try:
            status = _get(site, path)
        except (OSError, http.client.HTTPException) as error:
            return f"{path}: {error}"
        if status != HTTPStatus.OK:
            return f"{path} answers {status}"
    return ""


def _get(site: Site, path: str) -> int:
    """From nginx's published port, under the site's name. Whether its certificate is good, `azione doctor` says."""
    import http.client
    import socket
    import ssl

    assert site.front is not None  # noqa: S101 (whoever calls this has looked)
    address, port, is_encrypted = site.front
    connection = http.client.HTTPConnection(address, port, timeout=10)
    if is_encrypted:
        unchecked = ssl.create_default_context()
        unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
        raw = socket.create_connection((address, port), timeout=10)
        connection.sock = unchecked.wrap_socket(raw, server_hostname=site.url.hostname)
    try:
        connection.request("GET", path, headers={"Host": site.url.netloc})
        return connection.getresponse().status
    finally:
        connection.close()
