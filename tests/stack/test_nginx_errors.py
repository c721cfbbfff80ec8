"""What nginx answers by itself: a page for people, a problem document for programs, and the same headers on both."""

import re
import select
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import BytesHeaderParser

import pytest

from azionelab.core.errors import MEANINGS, Code
from demo.policies import policy
from lab.front import HTTP_URL, Front, new_front
from lab.http import Answer

# Each stands once on every answer, whoever made it.
PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
LONG = "a" * 9_000


@dataclass(frozen=True)
class Case:
    """A request, and what nginx makes of it."""

    status: int
    sent: bytes
    code: str = ""
    retry_after: str | None = None

    def __str__(self) -> str:
        return f"{self.status}-{'problem' if self.code else 'page'}-{self.sent.split()[0].decode()[:8]}"


def request(line: str, *headers: str, host: str = "theatre.test:8080", body: str = "") -> bytes:
    length = [f"Content-Length: {len(body)}"] if body else []
    lines = [f"{line} HTTP/1.1", f"Host: {host}", "Connection: close", *length, *headers, "", body]
    return "\r\n".join(lines).encode()


CASES = [
    Case(400, b"NONSENSE\r\n\r\n"),
    Case(400, b"GET / HTTP/1.1\r\n\r\n"),
    Case(400, request("GET /", host="a b")),
    Case(400, request("GET /api/v1/shows/", "Content-Length: x"), "malformed_request"),
    Case(404, request("GET /nothing/here")),
    Case(404, request("GET /it/missing.js")),
    Case(404, request("GET /api/once"), "not_found"),
    Case(405, request("POST /it/")),
    Case(405, request("TRACE /api/v1/shows/"), "method_not_allowed"),
    Case(413, request("POST /admin/programme/show/add/", body="x" * 28_000_000)),
    Case(413, request("POST /api/v1/reservations/resend/", body="x" * 66_000), "payload_too_large"),
    Case(413, request("POST /api/v1/shows/", body="x" * 66_000), "payload_too_large"),
    Case(413, request("POST /api/v1/door/performances/7/scans/batch/", body="x" * 1_100_000), "payload_too_large"),
    Case(414, request(f"GET /{LONG}")),
    Case(421, request("GET /", host="theatre.example")),
    Case(421, request("GET /api/v1/shows/", host="theatre.example"), "not_found"),
    Case(421, b"GET /it/ HTTP/1.0\r\n\r\n"),
    Case(431, request("GET /it/", f"Cookie: {LONG}")),
    Case(431, request("GET /api/v1/shows/", f"Authorization: {LONG}"), "malformed_request"),
    Case(501, request("POST /api/v1/reservations/resend/", "Transfer-Encoding: odd"), "internal_error"),
    Case(503, request("GET /admin/?do=close"), retry_after="5"),
    Case(503, request("POST /admin/?do=close", body="x" * 5_000_000), retry_after="5"),
    Case(503, request("GET /api/v1/reservation/?do=close"), "busy", "5"),
    Case(503, request("GET /api/v1/shows/?do=close"), "busy", "5"),
    Case(505, b"GET /it/ HTTP/7.0\r\nHost: theatre.test\r\n\r\n"),
]


def parse(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    line, _, headers = head.partition(b"\r\n")
    return Answer(int(line.split()[1]), BytesHeaderParser().parsebytes(headers), body)


def assert_protected(answer: Answer) -> None:
    for name, value in PROTECTION.items():
        assert answer.headers.get_all(name) == [value], name
    for name in ("Content-Security-Policy", "Permissions-Policy"):
        assert len(answer.headers.get_all(name, [])) == 1, name
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers.get_all("Server") == ["nginx"]
    assert answer.headers["X-Powered-By"] is None
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert len(answer.headers.get_all("Cache-Control", [])) == 1


@pytest.mark.parametrize("case", CASES, ids=str)
def test_error_of_nginx(front: Front, case: Case) -> None:
    answer = parse(front.send_bytes(case.sent))

    assert answer.status == case.status
    assert_protected(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Retry-After"] == case.retry_after
    if case.code:
        assert_problem(answer, case.code)
    else:
        assert_page(answer)


def assert_problem(answer: Answer, code: str) -> None:
    """In the words of the backend's own."""
    problem = answer.json
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(problem) - {"retry_after"} == {"type", "title", "status", "code", "detail", "errors"}
    assert problem["type"] == f"urn:azionelab:problem:{code}"
    assert (problem["code"], problem["title"]) == (code, MEANINGS[Code(code)].title)
    assert problem["status"] == answer.status
    assert str(problem.get("retry_after", "")) == (answer.headers["Retry-After"] or "")
    assert answer.headers["Content-Security-Policy"] == policy("bare_policy")


def assert_page(answer: Answer) -> None:
    """In both languages, whole, with nothing from elsewhere, under the nonce of its own header."""
    page = answer.text
    nonce = re.search('<style nonce="([0-9a-f]{32})">', page)
    assert nonce, page
    assert answer.headers["Content-Security-Policy"] == policy("error_policy", nonce=nonce[1])
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    words = re.findall(r'<(?:h1|p class="(?:title|more)")>([^<]+)<', page)
    assert len(words) == 4
    assert "<!--#" not in page
    assert "error occurred" not in page
    assert not re.findall(r"""(?:src|url\(|@import|https?:)""", page)


def read_once_hung_up(front: Front, sent: bytes) -> bytes:
    """As a slow client reads: a connection that was reset by then has lost the answer."""
    with socket.create_connection((front.address, 8080), timeout=30) as connection:
        connection.sendall(sent)
        hung_up = select.poll()
        hung_up.register(connection, select.POLLRDHUP)
        assert hung_up.poll(30_000)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize("line", [f"GET /{LONG}", f"GET /api/v1/shows/?{LONG}"], ids=["page", "problem"])
def test_refusal_arrives_though_the_request_was_not_read_whole(front: Front, line: str) -> None:
    """Each time: nginx used to hang up on what was still coming, and one visitor in twenty saw a reset."""
    refusals = {parse(read_once_hung_up(front, request(line))).status for _ in range(200)}

    assert refusals == {414}


def test_every_reason_has_words_of_its_own(front: Front) -> None:
    """The page falls back to words about a request that cannot be read: only where that is what happened."""
    titles: dict[int, str] = {}
    for case in CASES:
        if not case.code:
            titles[case.status] = re.findall("<h1>(.+)</h1>", parse(front.send_bytes(case.sent)).text)[0]

    unreadable = {titles.pop(status) for status in (400, 405, 414, 431)}
    assert len(unreadable) == 1
    assert set(titles) == {404, 413, 421, 503, 505}
    assert len({*titles.values(), *unreadable}) == 6


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/it", {}),
        ("/it/", {}),
        ("/it/main-ABCD1234.js", {}),
        ("/it/favicon.svg", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
        ("/door/it/", {}),
        ("/door/it/ngsw-worker.js", {}),
        ("/static/admin/css/base.css", {}),
        ("/media/posters/poster.jpg", {}),
        ("/api/v1/shows/", {}),
        ("/api/v1/reservation/", {}),
        ("/api/v1/reservation/?status=500", {}),
        ("/api/v1/reservation/?status=429&do=later", {}),
        ("/admin/", {}),
        ("/admin", {}),
        ("/healthz", {}),
        ("/readyz?status=503", {}),
    ],
)
def test_every_answer_is_protected(front: Front, path: str, headers: dict[str, str]) -> None:
    answer = front.request("GET", path, headers=headers | {"Origin": "https://evil.example"})

    assert_protected(answer)
    assert answer.headers["Strict-Transport-Security"] is None


def test_answer_of_the_backend_keeps_its_own_words(front: Front) -> None:
    """An error that Django made is Django's: its body, its Retry-After, its Cache-Control."""
    answer = front.get("/api/v1/reservation/?status=503&do=later")

    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/json")
    assert answer.headers.get_all("Retry-After") == ["77"]
    assert answer.headers.get_all("Cache-Control") == ["public, max-age=2"]


@pytest.mark.parametrize(
    ("path", "name"),
    [("/admin/login/", "admin_policy"), ("/api/v1/shows/", "bare_policy"), ("/healthz", "bare_policy")],
)
def test_policy_of_the_backends_answers(front: Front, path: str, name: str) -> None:
    assert front.get(path).headers["Content-Security-Policy"] == policy(name)


def test_head_has_no_body(front: Front) -> None:
    for path in ("/nothing", "/api/once", "/it/"):
        answer = front.request("HEAD", path)
        assert answer.body == b""
        assert_protected(answer)


@pytest.fixture(scope="module")
def impatient_front() -> Iterator[Front]:
    """nginx waits a second for the backend, where it has twenty in production."""
    with new_front(changes={"upstream.conf": ("proxy_read_timeout 20s", "proxy_read_timeout 1s")}) as front:
        yield front


def test_backend_that_does_not_answer_is_busy(impatient_front: Front) -> None:
    problem = impatient_front.get("/api/v1/reservation/?do=wait")
    page = impatient_front.get("/admin/?do=wait")

    assert (problem.status, problem.headers["Retry-After"]) == (503, "5")
    assert_problem(problem, "busy")
    assert page.status == 503
    assert_page(page)
    for answer in (problem, page):
        assert_protected(answer)
    # Who looks into the log sees which of the two it was.
    assert impatient_front.log_line_of("/api/v1/reservation/")["backend_status"] == "504"


def test_health_port_is_the_containers_own(front: Front) -> None:
    answer = front.execute("curl", "--silent", "http://127.0.0.1:8081/nginx-alive")

    assert answer == "alive"
    with pytest.raises(OSError, match="refused"):
        front.send_bytes(b"GET /nginx-alive HTTP/1.0\r\n\r\n", port=8081)
    assert front.client(HTTP_URL).request("GET", "/nginx-alive").status == 404
