"""Whether the site really works: asked from inside, before anybody is let in, and through nginx as a guest would."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable

from stack.compose import Stack, StackError

# nginx notices a new backend within this time.
PATIENCE_SECONDS = 30
# What the version before answers too: an upgrade from it begins, and a rollback to it ends, by asking for these.
PAGES = ("/it/", "/en/season", "/door/it/", "/api/v1/shows/", "/admin/login/", "/healthz")
# Of the backend itself: nginx would show the page of the build instead.
WRITTEN_PAGES = ("/it/", "/en/season", "/sitemap.xml")
_INSIDE = """
for file in site/it/index.html site/en/index.html door/it/index.html static/admin/css/base.css; do
  test -s "/srv/frontend/current/$file" || { echo "$file is missing"; exit; }
done
for path in /readyz /api/v1/shows/ /api/v1/performances/ $3; do
  status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 10 \
    --header "Host: $1" --header "X-Forwarded-Proto: $2" "http://backend:8000$path")
  test "$status" = 200 || { echo "$path answers $status"; exit; }
done
"""


def check_from_inside(stack: Stack, *paths: str) -> None:
    """Raises StackError unless nginx has its pages and reaches a backend that answers with what is in the database.

    Asked of nginx's container, past its maintenance page; waits for a backend that has just been started. `paths` are
    asked of the backend as well: those that only this version has.
    """
    _wait_until_well(lambda: _problem_inside(stack, *paths))


def check_from_outside(stack: Stack) -> None:
    """Raises StackError unless the pages that matter come through nginx; waits while nginx finds the backend.

    Until there is a first certificate, nginx lets nobody past the page that says so: then it is asked from inside.
    """
    if lacks_certificate(stack):
        check_from_inside(stack)
    else:
        _wait_until_well(lambda: _problem_outside(stack))


def _wait_until_well(find_problem: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while problem := find_problem():
        if time.monotonic() > deadline:
            raise StackError(f"The site does not answer as it should: {problem}. See make logs.")
        time.sleep(0.5)


def _problem_inside(stack: Stack, *paths: str) -> str:
    shell = ("compose", "exec", "-T", "nginx", "sh", "-uc", _INSIDE, "sh")
    done = stack.try_docker(*shell, stack.site.netloc, stack.site.scheme, " ".join(paths))
    return (done.stdout or done.stderr).strip()


def _problem_outside(stack: Stack) -> str:
    for path in PAGES:
        try:
            status, body = _get(stack, path)
        except (OSError, http.client.HTTPException) as error:
            return f"{path}: {error}"
        if status != http.HTTPStatus.OK:
            return f"{path} answers {status}"
        if path == "/healthz" and b"alive" not in body:
            return f"{path} is not answered by AzioneLab"
    return ""


def _get(stack: Stack, path: str) -> tuple[int, bytes]:
    """From nginx's published port, under the site's name. Whether the certificate is good, others look at."""
    encrypted = stack.site.scheme == "https"
    address, port = stack.port(8443 if encrypted else 8080)
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    connection = http.client.HTTPConnection(here, port, timeout=10)
    try:
        connection.connect()
        if encrypted:
            connection.sock = _unchecked().wrap_socket(connection.sock, server_hostname=stack.site.hostname)
        connection.request("GET", path, headers={"Host": stack.site.netloc})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def lacks_certificate(stack: Stack) -> bool:
    folder = stack.folder("nginx", "/srv/certificates")
    return stack.site.scheme == "https" and not (folder / "fullchain.pem").exists()


def _unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
