"""What nginx writes down: enough to see what goes wrong, nothing to know a guest by, no secret."""

import json
import re
import secrets
import socket
import ssl
from contextlib import suppress

import pytest

from lab.front import HTTPS_URL, Front, new_front
from lab.http import Client
from lab.waiting import wait_for

TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWX23"
FIELDS = {
    *("time", "method", "path", "status", "bytes", "seconds", "backend_seconds", "backend_status", "cache"),
    *("request_id", "address", "protocol", "tls"),
}


def test_line_tells_what_happened(front: Front) -> None:
    path = f"/api/v1/shows/{secrets.token_hex(4)}/"
    front.get(path)

    line = front.log_line_of(path)
    assert set(line) == FIELDS
    assert (line["method"], line["status"], line["backend_status"], line["cache"]) == ("GET", 200, "200", "MISS")
    assert (line["protocol"], line["tls"]) == ("HTTP/1.1", "")
    assert line["bytes"] > 2000
    assert float(line["backend_seconds"]) <= line["seconds"] + 0.001
    assert line["request_id"] == front.backend.last_headers()["x-request-id"]


def test_method_is_the_one_that_was_asked(front: Front) -> None:
    """nginx answers every error as a GET."""
    path = f"/it/{secrets.token_hex(4)}"
    front.request("POST", path)

    assert front.log_line_of(path)["method"] == "POST"


def test_address_is_that_of_a_network(front: Front) -> None:
    path = f"/it/{secrets.token_hex(4)}"
    front.get(path, X_Forwarded_For="203.0.113.9")

    assert front.log_line_of(path)["address"] == f"{front.address.rpartition('.')[0]}.0"


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/it/shows/%22quoted%22", "/it/shows/"),
        (f"/t%23{TOKEN}", "(hidden)"),
        (f"/it/reservation%23{TOKEN.lower()}", "(hidden)"),
        (f"/it/t/{TOKEN}", "(hidden)"),
        ("/it/reservation/anna.bianchi@example.org", "(hidden)"),
        ("/it/reservation/anna.bianchi%40example.org", "(hidden)"),
        ("/it/shows/amleto;id=1", "/it/shows/amleto"),
    ],
)
def test_path_holds_nothing_that_was_pasted_into_it(front: Front, path: str, logged: str) -> None:
    mark = secrets.token_hex(8)
    front.get(path, Host=mark)  # refused: told from the lines of other tests by its status

    line = wait_for("line", lambda: next((one for one in front.access_log() if one["path"] == logged), None), 10)
    assert line["status"] in (200, 421)
    assert mark not in front.log()
    assert TOKEN.lower() not in front.log().lower()


def misbehave(front: Front, secret: str) -> None:
    """All that nginx has something to say about, each with a secret where one could stand."""
    own = socket.gethostname()
    headers = {
        "Authorization": f"Reservation {secret}",
        "Cookie": f"session={secret}",
        "Referer": f"https://{secret}.example/",
        "User-Agent": secret,
        "X-Own": own,
    }
    for path in ("/it/", "/api/v1/reservation/", "/api/v1/shows/", "/missing", "/it/missing.js", "/admin/", "/t"):
        for extra in ("", "&do=close", "&status=500"):
            front.request("GET", f"{path}?token={secret}{extra}", headers=headers)
    front.request("POST", f"/it/?{secret}", headers=headers)
    front.request("POST", f"/api/v1/shows/?{secret}", body=b"x" * 70_000, headers=headers)
    front.request("GET", f"/?{secret}", headers=headers | {"Host": f"{secret}.example"})
    front.request("GET", f"/{'a' * 9000}?{secret}")
    front.request("GET", "/it/", headers={"Cookie": secret * 2000})
    for _ in range(30):
        front.request("POST", f"/api/v1/reservations/resend/?{secret}", headers=headers)
    front.send_bytes(f"{secret}\r\n\r\n".encode())
    front.send_bytes(f"GET /?{secret} HTTP/1.1\r\nHost: {secret} {secret}\r\n\r\n".encode())
    front.send_bytes(f"GET /it/..%00?{secret} HTTP/1.1\r\nHost: theatre.test\r\n\r\n".encode())


@pytest.mark.parametrize("site_url", ["http://theatre.test:8080", HTTPS_URL])
def test_neither_stream_holds_a_secret_or_an_address(site_url: str) -> None:
    secret = secrets.token_urlsafe(12)
    with new_front(site_url=site_url, certified=True) as front:
        misbehave(front, secret)
        if site_url == HTTPS_URL:
            fail_at_tls(front, secret)
        front.remove_backend(front.backend)
        front.get(f"/api/v1/reservation/?{secret}")
        front.get(end := f"/it/{secrets.token_hex(4)}")
        front.log_line_of(end)
        log = front.log()

    network = front.address.rpartition(".")[0]
    assert secret not in log
    assert secret.lower() not in log.lower()
    assert not re.search(rf"\b{re.escape(network)}\.(?!0\b)", log)
    # All of it is told, each line readable by a machine.
    statuses = {json.loads(line)["status"] for line in log.splitlines() if line.startswith("{")}
    assert {200, 302, 400, 404, 405, 413, 414, 421, 429, 431, 500, 503} <= statuses


def fail_at_tls(front: Front, secret: str) -> None:
    """No TLS at all, a broken beginning, another name."""
    front.send_bytes(f"GET /?{secret} HTTP/1.1\r\nHost: theatre.test\r\n\r\n".encode(), port=8443)
    for beginning in (secret.encode() * 20, b"\x16\x03\x01\x00\x20" + secret.encode() * 4):
        with suppress(ConnectionError):
            front.send_bytes(beginning, port=8443)
    with suppress(ssl.SSLError, ConnectionError):
        Client("https://other.test:8443", front.address, str(front.authority.certificate)).request("GET", f"/?{secret}")


def test_health_check_fills_no_log(front: Front) -> None:
    front.execute("curl", "--silent", "http://127.0.0.1:8081/nginx-alive")
    front.get(end := f"/it/{secrets.token_hex(4)}")
    front.log_line_of(end)

    assert "nginx-alive" not in [line["path"] for line in front.access_log()]
