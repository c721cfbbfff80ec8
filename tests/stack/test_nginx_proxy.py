"""What of a request reaches the backend, which of several backends it reaches, and how often."""

import secrets
from collections.abc import Iterator

import pytest

from lab.front import HTTPS_URL, Front, new_front
from lab.waiting import wait_for

SPOOFED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Server": "evil.example",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-Scheme": "https",
    "X-Real-IP": "203.0.113.9",
    "X-Client-IP": "203.0.113.9",
    "True-Client-IP": "203.0.113.9",
    "CF-Connecting-IP": "203.0.113.9",
    "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/",
    "X-HTTP-Method-Override": "DELETE",
    "X-Request-ID": "mine",
    "Forwarded": "for=203.0.113.9;proto=https;host=evil.example",
    "Proxy": "http://evil.example",
    # WSGI cannot tell these from those with hyphens.
    "X_Forwarded_For": "203.0.113.9",
    "X_Forwarded_Proto": "https",
}
WRITES = [
    ("POST", "/api/v1/reservation/confirm/"),
    ("PATCH", "/api/v1/reservation/"),
    ("DELETE", "/api/v1/door/device/"),
]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/shows/"),
        ("GET", "/api/v1/reservation/"),
        ("POST", "/api/v1/door/performances/7/scans/batch/"),
        ("POST", "/admin/login/"),
        ("GET", "/healthz"),
        *WRITES,
    ],
)
def test_backend_hears_only_what_nginx_knows(front: Front, method: str, path: str) -> None:
    marked = f"{path}?{secrets.token_hex(4)}"
    front.request(method, marked, headers=SPOOFED)

    (asked,) = front.backend.requests()
    names = [name for name, _ in asked["headers"]]
    headers = dict(asked["headers"])
    assert (asked["method"], asked["path"]) == (method, marked)
    assert len(names) == len(set(names))
    # Docker's bridge, which this test's own machine is at.
    assert headers["x-forwarded-for"] == f"{front.address.rpartition('.')[0]}.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["host"] == "theatre.test:8080"
    assert len(headers["x-request-id"]) == 32
    kept = {"x-forwarded-for", "x-forwarded-proto", "x-request-id"}
    assert not {name.lower().replace("_", "-") for name in SPOOFED} - kept & set(names)
    assert not any("203.0.113" in value or "evil" in value for value in headers.values())


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/shows/%0a",
        "/api/v1/performances/%0A",
        "/api/v1/performances/7/%0a",
        "/api/v1/shows/amleto/%0a",
        "/api/v1/door/performances/7/scans/batch/%0a",
        "/api/v1/shows/%0d%0aX-Own:%201",
        "/api/v1/reservation/%0a",
        "/admin/%0a",
    ],
)
def test_line_feed_in_an_address_ends_no_line_to_the_backend(front: Front, path: str) -> None:
    marked = f"{path}?{secrets.token_hex(4)}"
    assert front.get(marked).status == 200

    (asked,) = front.backend.requests()
    assert asked["path"] == marked
    assert "x-own" not in dict(asked["headers"])


def test_backend_hears_the_site_under_its_name(front: Front) -> None:
    """Host's letters and dot are the client's to choose; what Django makes links of is not."""
    front.get("/api/v1/reservation/", Host="THEATRE.TEST.:99")

    assert front.backend.last_headers()["host"] == "theatre.test:8080"


def test_other_name_does_not_reach_the_backend(front: Front) -> None:
    for host in ("theatre.example", "localhost", front.address, "theatre.test.evil.example", "-"):
        assert front.get("/api/v1/reservation/", Host=host).status == 421

    assert front.backend.requests() == []


def test_what_a_guest_sends_arrives(front: Front) -> None:
    sent = {"Authorization": "Reservation ABC", "Idempotency-Key": "1", "Cookie": "session=a", "X-CSRFToken": "b"}
    front.request("POST", "/api/v1/performances/7/reservations/", body={"name": "x" * 40_000}, headers=sent)

    (asked,) = front.backend.requests()
    headers = dict(asked["headers"])
    assert {name: headers[name.lower()] for name in sent} == sent
    assert asked["bytes"] > 40_000


def test_answer_to_a_guest_keeps_its_cookies(front: Front) -> None:
    assert front.get("/api/v1/staff/session/?do=cookie").headers["Set-Cookie"] == "session=secret"


SECOND = "GET /api/v1/second/ HTTP/1.1\r\nHost: theatre.test\r\n\r\n"
LENGTH, CHUNKED = f"Content-Length: {len(SECOND) + 5}", "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    "lengths",
    [
        (LENGTH, CHUNKED),
        (CHUNKED, LENGTH),
        (LENGTH, "Content-Length: 0"),
        ("Content-Length: 0", LENGTH),
        (LENGTH, LENGTH),
        (CHUNKED, CHUNKED),
    ],
    ids=lambda lengths: " ".join(length.split(": ")[1] for length in lengths),
)
@pytest.mark.parametrize("path", ["/api/v1/reservation/confirm/", "/admin/login/"])
def test_two_lengths_are_one_too_many(front: Front, path: str, lengths: tuple[str, str]) -> None:
    """Two programs that each believe another one see two requests, or one: here there is none."""
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: theatre.test", *lengths])
    received = front.send_bytes(f"{head}\r\n\r\n0\r\n\r\n{SECOND}".encode())

    assert received.startswith(b"HTTP/1.1 400")
    assert received.count(b"HTTP/1.1 ") == 1
    assert front.backend.requests() == []


def test_larger_bodies_where_they_are_needed(front: Front) -> None:
    scans = front.request("POST", "/api/v1/door/performances/7/scans/batch/", body=b"x" * 990_000)
    poster = front.request("POST", "/admin/programme/show/1/change/", body=b"x" * 8_500_000)

    assert (scans.status, poster.status) == (200, 200)
    assert [asked["bytes"] for asked in front.backend.requests()] == [990_000, 8_500_000]


@pytest.fixture(scope="module")
def crowd() -> Iterator[Front]:
    """nginx before three backends, which fail it at once and not only after seconds."""
    with new_front(backends=3, changes={"upstream.conf": ("proxy_read_timeout 20s", "proxy_read_timeout 1s")}) as front:
        yield front


def count(front: Front, path: str) -> int:
    return sum(asked["path"] == path for backend in front.backends for asked in backend.requests())


@pytest.mark.parametrize(("method", "path"), [*WRITES, ("PUT", "/api/v1/reservation/"), ("POST", "/admin/login/")])
@pytest.mark.parametrize("do", ["close", "wait"])
def test_write_is_never_sent_twice(crowd: Front, method: str, path: str, do: str) -> None:
    marked = f"{path}?do={do}&{secrets.token_hex(4)}"

    assert crowd.request(method, marked, body={}).status == 503

    assert count(crowd, marked) == 1


@pytest.mark.parametrize("path", ["/api/v1/shows/", "/api/v1/reservation/", "/admin/"])
def test_read_is_tried_again_elsewhere(crowd: Front, path: str) -> None:
    """The control for the test above: with these backends a request is sent again where nginx means to."""
    marked = f"{path}?do=close&{secrets.token_hex(4)}"

    assert crowd.get(marked).status == 503

    assert count(crowd, marked) == 3


def test_every_backend_is_used_and_a_dead_one_passed_over(crowd: Front) -> None:
    def ask() -> set[str]:
        return {crowd.get(f"/api/v1/reservation/?{number}").json["backend"] for number in range(30)}

    assert len(ask()) == 3
    lost = crowd.backends[-1]
    crowd.remove_backend(lost)

    # Neither does nginx know it yet, nor does anybody notice: the two others answer, writes too.
    statuses = {crowd.request("POST", f"/api/v1/reservation/confirm/?{number}").status for number in range(20)}
    assert statuses == {200}
    assert len(ask()) == 2
    crowd.add_backend()
    wait_for("third backend", lambda: len(ask()) == 3 or None, 20)


def test_backend_at_another_address_is_found(crowd: Front) -> None:
    """As after an upgrade: nobody of those who answered is left."""
    old = list(crowd.backends)
    crowd.add_backend()
    for backend in old:
        crowd.remove_backend(backend)

    wait_for("new backend", lambda: crowd.get("/api/v1/reservation/").status == 200 or None, 20)


def test_scheme_is_the_one_that_nginx_saw(https_front: Front) -> None:
    https_front.request("GET", "/api/v1/reservation/", headers={"X-Forwarded-Proto": "http"})

    headers = https_front.backend.last_headers()
    assert (headers["x-forwarded-proto"], headers["host"]) == ("https", HTTPS_URL.removeprefix("https://"))
