"""Headers of every answer, errors of each kind among them, and names of hosts that are not this site's."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email.parser import BytesHeaderParser

from hypothesis import strategies as st

from attack.outcome import Outcome
from attack.stage import Stage
from attack.street import Visit, new_street
from attack.words import NASTY, check
from lab.guests import as_guest
from lab.http import Answer
from lab.waiting import wait_for

# As infra/nginx/headers.conf has them, and each stands once.
PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FREE = ("Content-Security-Policy", "Permissions-Policy", "Cache-Control")
# A performance in a frame on another site: its policy says which.
FRAMED = "/embed/"
STRANGER = "stranger.example"
PAGES = (
    *("/", "/t", "/reservation", "/it/", "/en/season", "/it/archive", "/en/privacy", "/it/reservation", "/en/t"),
    *("/it/find-reservation", "/it/nothing/here", "/en/season.ics", "/sitemap.xml", "/robots.txt"),
    *("/door", "/door/it/", "/door/en/pair", "/door/it/ngsw-worker.js", "/door/it/nothing.js", "/it/nothing.js"),
    *("/static/admin/css/base.css", "/static/nothing", "/media/nothing.webp", "/media/", "/admin/", "/admin/login/"),
    *("/admin/nothing/", "/healthz", "/readyz", "/nothing", "/.env", "/.git/config", "/api/", "/api/v1/nothing/"),
    *("/api/v1/shows/", "/api/v1/theatre/", "/api/v1/staff/session/", "/api/v1/door/performances/"),
    *("/api/v1/reservation/", "/api/v1/reservation/ticket.png", "/api/v1/performances/999999/", "/it/..%2f..%2fetc"),
)
LONG = "a" * 9_000
BUSY_SECONDS = 60


def attack(stage: Stage, examples: int, seed: int) -> Outcome:
    outcome = Outcome("answers", "Headers on every answer, 404, 413, 429 and 502 among them, and names of other hosts")
    statuses: dict[int, str] = {}
    for what, answer in _answers(stage):
        statuses.setdefault(answer.status, what)
        _judge(outcome, what, answer)
    for what, answer in _without_backend(stage):
        statuses.setdefault(answer.status, what)
        _judge(outcome, what, answer)
    outcome.figures.append("seen: " + ", ".join(str(status) for status in sorted(statuses)))
    wanted = {200, 302, 304, 400, 401, 403, 404, 405, 409, 413, 414, 415, 421, 429, 431, 501, 503}
    outcome.expect(wanted <= set(statuses), "some errors were not seen", str(wanted - set(statuses)))
    check(examples, seed, _hosts(), lambda host: _ask_as(stage, outcome, host))
    return outcome


def _judge(outcome: Outcome, what: str, answer: Answer) -> None:
    framed = FRAMED in what
    for name, value in PROTECTION.items():
        wanted = [value] if not (framed and name == "X-Frame-Options") else [None, value]
        told = answer.headers.get_all(name) or [None]
        outcome.expect(len(told) == 1 and told[0] in wanted, f"{name} is missing or said twice", f"{what}: {told}")
    for name in FREE:
        told = answer.headers.get_all(name) or []
        outcome.expect(len(told) == 1, f"{name} is missing or said twice", f"{what}: {told}")
    policy = str(answer.headers["Content-Security-Policy"])
    outcome.expect(
        "'unsafe-inline'" not in policy and "frame-ancestors" in policy, "a weak policy", f"{what}: {policy}"
    )
    outcome.expect(answer.headers["Server"] == "nginx", "a server says too much", f"{what}: {answer.headers['Server']}")
    cors = [name for name in answer.headers if name.lower().startswith("access-control-")]
    outcome.expect(not cors, "other sites may read answers", f"{what}: {cors}")


# Errors of each kind ------------------------------------------------------------------------------------------------


def _answers(stage: Stage) -> Iterator[tuple[str, Answer]]:
    lab, performance_id = stage.lab, stage.performance_ids[0]
    shows = lab.get("/api/v1/shows/")
    for path in (*PAGES, f"/it/embed/performances/{performance_id}", f"/it/performances/{performance_id}"):
        yield path, lab.get(path, Origin=f"https://{STRANGER}")
        yield f"HEAD {path}", lab.request("HEAD", path)
    for poster in [show["poster"]["url"] for show in shows.json if show["poster"]][:2]:
        yield poster, lab.get(poster)
    yield "304", lab.get("/api/v1/shows/", If_None_Match=str(shows.headers["ETag"]))
    token = stage.tokens[-1]
    as_guest(lab, "POST", "cancel/", token)
    yield "409", as_guest(lab, "POST", "confirm/", token)
    yield "405 of a page", lab.request("POST", "/it/")
    yield "405 of the API", lab.request("POST", "/api/v1/shows/", body={})
    yield "TRACE", lab.request("TRACE", "/api/v1/shows/")
    yield "OPTIONS", lab.request("OPTIONS", "/api/v1/shows/", headers={"Origin": f"https://{STRANGER}"})
    yield (
        "403 of the API",
        stage.signed_in("door").request(
            "POST", f"/api/v1/door/performances/{performance_id}/scans/", {}, headers={"X-CSRFToken": "wrong"}
        ),
    )
    yield "413", lab.request("POST", "/api/v1/reservations/resend/", body=b"x" * 70_000)
    yield "413 of a page", lab.request("POST", "/admin/login/", body=b"x" * 28_000_000)
    yield "415", lab.request("POST", "/api/v1/reservations/resend/", body=b"a", headers={"Content-Type": "text/plain"})
    for what, sent in _raw(lab.http_port):
        yield what, send_raw(lab.http_port, sent)
    with new_street(lab) as street:
        ask = Visit("POST", "/api/v1/reservations/resend/", body={"email": "nobody@example.org"})
        for one in street.visit([ask] * 15 + [Visit("POST", "/admin/login/")] * 25, at_once=40):
            if one.status == 429:
                lines = "".join(f"{name}: {value}\r\n" for name, value in one.headers.items())
                yield "429", Answer(429, BytesHeaderParser().parsebytes(lines.encode()), b"")


def _raw(port: int) -> Iterator[tuple[str, bytes]]:
    """What no browser sends."""
    own = f"Host: localhost:{port}\r\nConnection: close\r\n"
    yield "no request at all", b"NONSENSE\r\n\r\n"
    yield "no host", b"GET / HTTP/1.1\r\n\r\n"
    yield (
        "two lengths",
        f"POST /api/v1/shows/ HTTP/1.1\r\n{own}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx".encode(),
    )
    yield "odd encoding", f"POST /api/v1/shows/ HTTP/1.1\r\n{own}Transfer-Encoding: odd\r\n\r\n".encode()
    yield "long address", f"GET /{LONG} HTTP/1.1\r\n{own}\r\n".encode()
    yield "long header", f"GET /it/ HTTP/1.1\r\n{own}Cookie: {LONG}\r\n\r\n".encode()
    yield "byte 0 in an address", f"GET /it/%00 HTTP/1.1\r\n{own}\r\n".encode()
    yield "line feed in an address", f"GET /it/%0d%0aSet-Cookie:x=y HTTP/1.1\r\n{own}\r\n".encode()
    yield "whole address", f"GET http://{STRANGER}/it/ HTTP/1.1\r\n{own}\r\n".encode()
    yield "line feed in a redirect", f"GET /shows/a%0d%0aSet-Cookie:x HTTP/1.1\r\n{own}\r\n".encode()


def send_raw(port: int, sent: bytes) -> Answer:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    line, _, headers = head.partition(b"\r\n")
    return Answer(int(line.split()[1]), BytesHeaderParser().parsebytes(headers), body)


def _without_backend(stage: Stage) -> list[tuple[str, Answer]]:
    """While the backend is away nginx answers by itself: 502 inside, and 503 for whoever asks."""
    stage.lab.compose("stop", "--timeout", "2", "backend")
    try:
        paths = ("/api/v1/reservation/", "/api/v1/shows/", "/admin/", "/it/season", "/it/reservation", "/healthz")
        return [(f"no backend: {path}", stage.lab.get(path)) for path in paths]
    finally:
        stage.lab.compose("start", "backend")
        stage.lab.wait_until_healthy("backend")
        # The cache may still hold what was so; this is not kept.
        wait_for("backend", lambda: _is_back(stage), BUSY_SECONDS)


def _is_back(stage: Stage) -> bool | None:
    return stage.lab.get("/api/v1/staff/session/").status == 200 or None


# Other hosts --------------------------------------------------------------------------------------------------------


def _hosts() -> st.SearchStrategy[str]:
    """Other names, and odd ways to write this one's."""
    in_a_header = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30)
    written = (
        STRANGER,
        f"{STRANGER}:80",
        f"localhost.{STRANGER}",
        f"localhost@{STRANGER}",
        "localhost\t",
        "LOCALHOST.x",
    )
    quiet = [word for word in NASTY if word.isascii() and word.isprintable()]
    return st.one_of(st.sampled_from(written), in_a_header, st.sampled_from(quiet))


def _ask_as(stage: Stage, outcome: Outcome, host: str) -> None:
    """Nobody is answered under another name, and what is answered under our own does not hold it."""
    claimed = {"X-Forwarded-Host": STRANGER, "X-Original-Host": STRANGER, "X-Host": STRANGER}
    for path in ("/", "/api/v1/shows/", "/admin/login/"):
        answer = stage.lab.request("GET", path, headers={"Host": host} | claimed)
        is_ours = host.rpartition(":")[0].lower().rstrip(".") == "localhost" or host.lower() == "localhost"
        outcome.expect(is_ours or answer.status in (400, 421), f"{path} is answered under another name", ascii(host))
        told = str(answer.headers) + answer.body.decode(errors="replace")
        outcome.expect(STRANGER not in told, f"{path} repeats a name that was claimed", ascii(host))
