"""An https site, as it stands behind nginx."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENT
from tests.web_server import WebServer, web_server

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
