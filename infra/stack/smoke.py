"""Whether the site really works: asked from inside, before anybody is let in, and through nginx as a guest would."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time

from stack.compose import Stack, StackError

# nginx notices a new backend within this time.
PATIENCE_SECONDS = 30
PAGES = ("/it/", "/en/", "/door/it/", "/api/v1/shows/", "/admin/login/", "/healthz")
_INSIDE = """
import http.client, sys
for path in ("/readyz", "/api/v1/shows/", "/api/v1/performances/"):
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
    connection.request("GET", path, headers={"Host": sys.argv[1], "X-Forwarded-Proto": sys.argv[2]})
    status = connection.getresponse().status
    if status != 200:
        sys.exit(f"{path} answers {status}")
"""


def check_from_inside(stack: Stack) -> None:
    """Raises StackError unless the backend reads its database and answers with it."""
    site = stack.site
    done = stack.try_docker(
        *("compose", "exec", "-T", "backend", "python", "-c", _INSIDE, site.netloc, site.scheme),
    )
    if done.returncode != 0:
        raise StackError(f"The backend does not work: {done.stderr.strip().splitlines()[-1:] or ['it said nothing']}")


def check_from_outside(stack: Stack) -> None:
    """Raises StackError unless the pages that matter come through nginx; waits while nginx finds the backend."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while problem := _first_problem(stack):
        if time.monotonic() > deadline:
            raise StackError(f"The site does not answer as it should: {problem}. See make logs.")
        time.sleep(0.5)


def _first_problem(stack: Stack) -> str:
    for path in PAGES:
        try:
            status, body = _get(stack, path)
        except (OSError, http.client.HTTPException) as error:
            return f"{path}: {error}"
        if status != http.HTTPStatus.OK:
            return f"{path} answers {status}"
        if path == "/healthz" and json.loads(body).get("status") != "alive":
            return f"{path} is not answered by AzioneLab"
    return ""


def _get(stack: Stack, path: str) -> tuple[int, bytes]:
    """From nginx's published port, under the site's name. Whether the certificate is good, others look at."""
    address, port = stack.port(8443 if is_encrypted(stack) else 8080)
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    connection: http.client.HTTPConnection
    if is_encrypted(stack):
        connection = http.client.HTTPSConnection(here, port, timeout=10, context=_unchecked())
        connection.sock = _unchecked().wrap_socket(
            socket.create_connection((here, port), timeout=10), server_hostname=stack.site.hostname
        )
    else:
        connection = http.client.HTTPConnection(here, port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": stack.site.netloc})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def is_encrypted(stack: Stack) -> bool:
    folder = stack.folder("nginx", "/srv/certificates")
    return stack.site.scheme == "https" and (folder / "fullchain.pem").exists()


def _unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
