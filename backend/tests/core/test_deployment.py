"""An https site, as it stands behind nginx."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest
from django.db import connection

from tests.cast import PASSWORD, make_staff
from tests.conftest import ENVIRONMENT
from tests.web_server import WebServer, web_server, with_database

MANAGE = Path(__file__).parents[2] / "manage.py"
HTTPS = {"SITE_URL": "https://theatre.test", "SECRET_KEY": "Aq7vLxw2Jf9RkTz4Yb8Nc3Pd6Sg1Hm5WuQeZiXoVaDsFgKjLpM"}


def check_deployment(**env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(MANAGE), "check", "--deploy", "--fail-level", "WARNING"],
        env=os.environ | ENVIRONMENT | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy_has_nothing_to_say_of_an_https_site() -> None:
    done = check_deployment(**HTTPS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (2 silenced).\n"


def test_check_deploy_fails_without_https() -> None:
    done = check_deployment()
    assert done.returncode == 1
    assert "security.W008" in done.stderr


@pytest.fixture(scope="module")
def https_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with web_server(tmp_path_factory.mktemp("https"), WEB_WORKERS="1", **HTTPS) as server:
        yield server


def test_only_what_came_over_https_is_answered(https_site: WebServer) -> None:
    """`/readyz` is asked from inside; it has no tables here, and is not led away all the same."""
    assert https_site.get("/api/v1/nothing/")[0] == 301
    assert https_site.get("/api/v1/nothing/", X_Forwarded_Proto="http")[0] == 301
    assert https_site.get("/api/v1/nothing/", X_Forwarded_Proto="https")[0] == 404
    assert https_site.get("/healthz")[0] == 200
    assert https_site.get("/readyz")[0] == 503


@pytest.mark.parametrize("header", ["X_Forwarded_Ssl", "X_Forwarded_Protocol", "X_Url_Scheme"])
def test_no_other_header_tells_the_scheme(https_site: WebServer, header: str) -> None:
    assert https_site.get("/api/v1/nothing/", **{header: "https" if "Ssl" not in header else "on"})[0] == 301


def test_redirect_leads_to_the_site_whatever_the_headers_say(https_site: WebServer) -> None:
    spoofed = b"X-Forwarded-Host: evil.example\r\nX-Forwarded-Port: 81\r\nForwarded: host=evil.example"
    answer = https_site.send(b"GET /admin/ HTTP/1.1\r\nHost: theatre.test\r\n" + spoofed + b"\r\n\r\n")
    assert b"Location: https://theatre.test/admin/\r\n" in answer
    assert https_site.get("/admin/", Host="evil.example", X_Forwarded_Proto="https")[0] == 400


def test_browsers_are_told_to_insist_on_https(https_site: WebServer) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: theatre.test\r\nX-Forwarded-Proto: https\r\n\r\n"
    assert b"\r\nStrict-Transport-Security: max-age=31536000\r\n" in https_site.send(request)


@pytest.fixture
def staffed_site(db_url: str, tmp_path: Path) -> Iterator[WebServer]:
    """The same on the test's own database, with Marta in it."""
    make_staff()
    with web_server(tmp_path, WEB_WORKERS="1", DATABASE_URL=db_url, **HTTPS) as server:
        yield server


@pytest.fixture
def db_url(transactional_db: None) -> str:
    return with_database(os.environ["DATABASE_URL"], str(connection.settings_dict["NAME"]))


def ask(site: WebServer, line: str, *headers: str, body: str = "") -> tuple[dict[str, Morsel[str]], str]:
    """The cookies that are set, and all that was answered."""
    length = [f"Content-Length: {len(body)}", "Content-Type: application/json"] if body else []
    lines = [f"{line} HTTP/1.1", "Host: theatre.test", "X-Forwarded-Proto: https", *length, *headers, "", body]
    answer = site.send("\r\n".join(lines).encode()).decode()
    head = answer.partition("\r\n\r\n")[0]
    assert head.startswith("HTTP/1.1 200"), head
    cookies: dict[str, Morsel[str]] = {}
    for written in re.findall(r"(?mi)^Set-Cookie: (.+?)\r?$", head):
        cookies |= SimpleCookie(written)
    return cookies, answer


def test_cookies_of_an_https_site(staffed_site: WebServer) -> None:
    path = "/api/v1/staff/session/"
    cookies, _ = ask(staffed_site, f"GET {path}")
    token = cookies["csrftoken"].value
    proof = (f"Cookie: csrftoken={token}", f"X-CSRFToken: {token}", "Origin: https://theatre.test")
    body = json.dumps({"username": "marta", "password": PASSWORD})
    signed_in, _ = ask(staffed_site, f"POST {path}", *proof, body=body)
    key = signed_in["sessionid"].value
    used, told = ask(staffed_site, f"GET {path}", f"Cookie: sessionid={key}")
    cookies |= signed_in | used

    # The CSRF token is for scripts to read, the other two are not.
    hidden = {"sessionid": True, "staff_last_used": True, "csrftoken": ""}
    assert {name: cookie["httponly"] for name, cookie in cookies.items()} == hidden
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert '"username":"marta"' in told
    assert key not in told
