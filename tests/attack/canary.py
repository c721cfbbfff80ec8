"""The canary: a guest's name, address, phone, notes and tokens, sent through every flow and every error.

In the end no container's log holds any of them, in whichever case or spelling; nor of any guest who came in any other
part of the attack.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from attack.answers import send_raw
from attack.gossip import AFTER_ALL, FOR_GOOD, FOR_NOW
from attack.outcome import Outcome
from attack.stage import Stage
from attack.street import Visit, new_street
from lab.guests import as_guest, link_in, open_performance, ticket_in
from lab.http import Answer
from lab.kills import kill_a_worker
from lab.staff import Session, pair_phone, scan_of
from lab.waiting import wait_for

LOG_SECONDS = 20
# Nothing else in a log looks like these. (A request's number has 32 letters, and only those of hexadecimal.)
A_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Z2-7]{26}(?![A-Za-z0-9])")
AN_ADDRESS = re.compile(r"[\w.+-]+@example\.(?:org|com|net)")
PHONE = "+39 347 90{:05d} 1"


@dataclass
class Canary:
    """A guest whom nothing else in the world is like, and what they were given."""

    mark: str = field(default_factory=lambda: f"quaglia{secrets.token_hex(4)}")
    number: int = field(default_factory=lambda: secrets.randbelow(100_000))
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.secrets |= {"name": f"Ersilia {self.mark}", "notes": f"nota {self.mark}b", "phone": self.phone}
        self.secrets |= {"e-mail": self.address(), "password": f"segreto-{self.mark}"}

    @property
    def phone(self) -> str:
        return PHONE.format(self.number)

    def address(self, kind: str = "plain") -> str:
        return f"{kind}-{self.mark}@example.org"

    def body(self, kind: str = "plain", **others: Any) -> dict[str, Any]:
        said = {"name": self.secrets["name"], "email": self.address(kind), "phone": self.phone}
        said |= {"notes": self.secrets["notes"], "seats": 1, "language": "en", "privacy_accepted": True}
        return said | others

    def spellings(self) -> dict[str, str]:
        """What to look for: each secret as it is, as an address writes it, in base64, and a phone by its digits."""
        found = {"mark": self.mark}
        for name, value in self.secrets.items():
            found |= {name: value, f"{name} in an address": quote(value)}
            found[f"{name} in base64"] = base64.b64encode(value.encode()).decode().rstrip("=")[:-1]
        return found | {"phone in digits": self.phone.replace(" ", "")}


def attack(stage: Stage, *, breaks_things: bool) -> Outcome:
    """`breaks_things`: also through failures that need their time, of the mail server, the database, the backend."""
    outcome = Outcome("canary", "A guest's words and tokens through every flow and every error, and into no log")
    canary = Canary()
    flights = (_whole_way, _refusals, _wrong_places, _at_the_door, _staff, _commands, _requests_that_break, _limits)
    failures = (_mails_that_fail, _database_that_fails, _backend_that_fails)
    for flight in (*flights, *failures) if breaks_things else flights:
        outcome.tried += flight(stage, canary)
    _search(stage, outcome, canary)
    return outcome


def _search(stage: Stage, outcome: Outcome, canary: Canary) -> None:
    end = f"/it/{uuid4().hex}"
    stage.lab.get(end)
    log = wait_for("last line of nginx", lambda: (text := stage.lab.log_text()) and (end in text and text or None), 30)
    outcome.figures.append(f"{len(log.splitlines()):,} lines of log, {len(log) / 1e6:.1f} MB, hold none of it")
    low = log.lower()
    for name, spelling in canary.spellings().items():
        at = low.find(spelling.lower())
        outcome.expect(at < 0, f"the log has the canary's {name}", log[max(0, at - 150) : at + 60])
    for what, pattern in (("a token", A_TOKEN), ("a guest's address", AN_ADDRESS)):
        found = pattern.search(log)
        outcome.expect(found is None, f"the log has {what}", found and log[found.start() - 150 : found.end()] or "")
    # The control: what is logged would be seen.
    outcome.expect('"route"' in log and "worker" in low, "the log of the backend is not there")


# Flows --------------------------------------------------------------------------------------------------------------


def _reserve(stage: Stage, body: Any, performance_id: int = 0, **headers: str) -> Answer:
    path = f"/api/v1/performances/{performance_id or stage.performance_ids[0]}/reservations/"
    return stage.lab.request("POST", path, body=body, headers={"Idempotency-Key": str(uuid4()), **headers})


def _whole_way(stage: Stage, canary: Canary) -> int:
    """Reserved, confirmed, changed, shown, sent again; what it was given is remembered."""
    performance = open_performance(stage.lab, 3)["id"]
    reserved = _reserve(stage, canary.body(), performance)
    assert reserved.status == 201, reserved.text
    token = link_in(stage.lab.mails.wait_for(canary.address(), "Please confirm"))[1]
    assert as_guest(stage.lab, "POST", "confirm/", token).status == 200
    _site, ticket = ticket_in(as_guest(stage.lab, "GET", "ticket.png", token).body)
    canary.secrets |= {"reservation token": token, "ticket token": ticket}
    for path in ("", "ticket.svg", "calendar.ics"):
        assert as_guest(stage.lab, "GET", path, token).status == 200
    for path in ("confirm/", "resend/"):
        as_guest(stage.lab, "POST", path, token)
    headers = {"Authorization": f"Reservation {token}"}
    for seats in (2, 1, 900, -1, "x"):
        stage.lab.request("PATCH", "/api/v1/reservation/", body={"seats": seats}, headers=headers)
    stage.lab.request("POST", "/api/v1/reservations/resend/", body={"email": canary.address()})
    return 14


def _refusals(stage: Stage, canary: Canary) -> int:
    """Everything that a reservation can be refused for."""
    wrong: list[Any] = [
        *({name: value} for name, value in (("name", f"<b>{canary.mark}"), ("email", f"{canary.mark}@"))),
        *({name: value} for name, value in (("phone", canary.mark), ("notes", canary.mark * 99), ("seats", 999))),
        *({name: value} for name, value in (("language", canary.mark), ("privacy_accepted", canary.mark))),
    ]
    for change in wrong:
        assert 400 <= _reserve(stage, canary.body("refusal") | change).status < 500
    _reserve(stage, canary.body("refusal"), 99_999_999)
    _reserve(stage, canary.body("refusal"), **{"Idempotency-Key": canary.address()})
    _reserve(stage, [canary.body("refusal")])
    _reserve(stage, f'{{"name": "{canary.mark}", '.encode(), **{"Content-Type": "application/json"})
    _reserve(stage, f"name={canary.mark}".encode(), **{"Content-Type": "application/x-www-form-urlencoded"})
    key = str(uuid4())
    for seats in (1, 1, 2):
        _reserve(stage, canary.body("again", seats=seats), **{"Idempotency-Key": key})
    return len(wrong) + 8


def _wrong_places(stage: Stage, canary: Canary) -> int:
    """A token, or an address, where a hurried or a curious person puts it."""
    places = 0
    for word in (canary.secrets["reservation token"], canary.secrets["ticket token"], canary.secrets["e-mail"]):
        for path in ("/it/reservation", "/t", "/api/v1/reservation", "/api/v1/shows", "/admin", "/door/it", "/nothing"):
            for written in (f"{path}/{word}", f"{path}/?{word}", f"{path}/?q={quote(word)}", f"{path}%23{word}"):
                stage.lab.get(written, Cookie=f"x={word}", Referer=f"{stage.lab.url}/#{word}", User_Agent=word)
                places += 1
        for header in ("Authorization", "X-Request-ID", "If-None-Match", "Accept-Language", "X-Forwarded-For"):
            for path in ("/api/v1/reservation/", "/api/v1/door/device/", "/it/season", "/admin/login/"):
                stage.lab.request("GET", path, headers={header: word})
                places += 1
    return places


def _at_the_door(stage: Stage, canary: Canary) -> int:
    """Scans of all kinds with words in every place, by a phone and by staff."""
    performance = open_performance(stage.lab, 1)["id"]
    phone = pair_phone(stage.lab, performance)
    canary.secrets["phone's token"] = phone.token
    headers = {"Authorization": f"Door {phone.token}"}
    path = f"/api/v1/door/performances/{performance}/"
    scans: list[dict[str, Any]] = [
        scan_of(canary.secrets["ticket token"]),
        scan_of(f"{stage.lab.url}/t#{canary.secrets['ticket token']}"),
        scan_of(canary.secrets["e-mail"]) | {"device": canary.secrets["name"]},
        scan_of(canary.mark) | {"reason": canary.secrets["notes"], "kind": "undo", "undoes": str(uuid4())},
        scan_of(canary.mark) | {"scan_id": canary.mark},
    ]
    for scan in scans:
        stage.lab.request("POST", f"{path}scans/", body=scan, headers=headers)
    batch = {"scans": scans, "device": canary.mark}
    stage.lab.request("POST", f"{path}scans/batch/", body=batch, headers=headers)
    stage.lab.request("PATCH", "/api/v1/door/device/", body={"name": canary.mark}, headers=headers)
    phone.door_list()
    pairing = {"code": canary.mark, "name": canary.mark, "claim": str(uuid4())}
    stage.lab.request("POST", "/api/v1/door/pairings/", body=pairing)
    stage.lab.request("DELETE", "/api/v1/door/device/", headers=headers)
    stage.lab.request("GET", f"{path}list/", headers=headers)
    return len(scans) + 6


def _staff(stage: Stage, canary: Canary) -> int:
    """What staff type and look for; names and passwords in each other's fields."""
    session = Session(stage.lab)
    session.who()
    for name, password in ((canary.secrets["e-mail"], canary.secrets["password"]), (canary.secrets["password"], "x")):
        session.request("POST", "/api/v1/staff/session/", {"username": name, "password": password})
        form = f"username={quote(name)}&password={quote(password)}&csrfmiddlewaretoken={session.cookies['csrftoken']}"
        as_form = {"Content-Type": "application/x-www-form-urlencoded"}
        session.request("POST", "/admin/login/", form.encode(), headers=as_form)
    manager = stage.signed_in("manager")
    canary.secrets |= {"session": manager.cookies["sessionid"], "CSRF token": manager.cookies["csrftoken"]}
    for word in (canary.mark, canary.secrets["e-mail"], canary.phone):
        manager.request("GET", f"/admin/reservations/reservation/?q={quote(word)}")
        manager.request("GET", f"/admin/reservations/reservation/?{quote(word)}={quote(word)}")
        manager.request("GET", f"/admin/reservations/reservation/?p={quote(word)}")
    return 14


def _commands(stage: Stage, canary: Canary) -> int:
    """An operator's, well and badly told. (What they print is for whoever types them; a container's log is not.)"""
    lab, email = stage.lab, canary.secrets["e-mail"]
    for words in (
        ("reservations", "find", email),
        ("reservations", "find", canary.mark),
        ("guests", "export", "next", "--format", "csv"),
        ("privacy", "report", email),
        ("reservations", "change", canary.mark, "--name", canary.mark, "--yes"),
        ("emails", "list"),
        ("emails", "check", "--to", canary.address(FOR_GOOD)),
        ("users", "create", canary.mark, "--group", canary.mark, "--yes"),
    ):
        lab.azione(*words)
    return 8


def _mails_that_fail(stage: Stage, canary: Canary) -> int:
    """Refused for good, for now, after all, with the address in the server's words; then sent again by hand."""
    for kind in (FOR_GOOD, FOR_NOW, AFTER_ALL):
        assert _reserve(stage, canary.body(kind)).status == 201
    done = stage.lab.azione("emails", "send", "--yes")
    assert done.returncode in (0, 4), done.stderr
    return 4


def _requests_that_break(stage: Stage, canary: Canary) -> int:
    """Too long, too large, cut short, of another language than HTTP's."""
    own = f"Host: localhost:{stage.lab.http_port}\r\nConnection: close\r\n"
    word = canary.secrets["reservation token"]
    raw = (
        f"{word}\r\n\r\n",
        f"GET /{word} HTTP/9.9\r\n\r\n",
        f"GET /it/{'a' * 9000}{word} HTTP/1.1\r\n{own}\r\n",
        f"GET /it/ HTTP/1.1\r\n{own}Cookie: {word * 400}\r\n\r\n",
        f"GET /api/v1/shows/ HTTP/1.1\r\n{own}{word} : x\r\n\r\n",
        f"POST /api/v1/reservations/resend/ HTTP/1.1\r\n{own}Transfer-Encoding: {word}\r\n\r\n",
        f"GET /it/%00{word} HTTP/1.1\r\n{own}\r\n",
        f"GET / HTTP/1.1\r\nHost: {word}.example\r\nConnection: close\r\n\r\n",
    )
    for sent in raw:
        send_raw(stage.lab.http_port, sent.encode())
    large = json.dumps(canary.body() | {"notes": canary.mark * 9_000}).encode()
    _reserve(stage, large)
    _reserve(stage, b"\xff\xfe" + large[:1_000], **{"Content-Type": "application/json; charset=utf-16"})
    return len(raw) + 2


def _limits(stage: Stage, canary: Canary) -> int:
    with new_street(stage.lab) as street:
        ask = Visit("POST", f"/api/v1/reservations/resend/?{canary.mark}", body={"email": canary.secrets["e-mail"]})
        seen = street.visit([ask] * 20, at_once=20)
    assert 429 in {one.status for one in seen}
    return len(seen)


# What fails ---------------------------------------------------------------------------------------------------------

_FORBID = "ALTER TABLE reservations_reservation ADD CONSTRAINT attack CHECK (email NOT LIKE 'broken-%') NOT VALID"
_ALLOW = "ALTER TABLE reservations_reservation DROP CONSTRAINT attack"
_HOLD = "BEGIN; LOCK TABLE reservations_reservation, programme_performance; SELECT pg_sleep(4); COMMIT"


def _database_that_fails(stage: Stage, canary: Canary) -> int:
    """A row that it refuses (PostgreSQL repeats all of it), a table that is locked for too long, and none at all."""
    stage.lab.psql(_FORBID)
    try:
        assert _reserve(stage, canary.body("broken")).status == 500
    finally:
        stage.lab.psql(_ALLOW)
    command = ("docker", "compose", "exec", "-T", "postgres", "psql", "--username", "postgres", "--dbname", "azionelab")
    with stage.lab.start(*command, "--command", _HOLD) as holder:
        wait_for("lock", lambda: _is_locked(stage), LOG_SECONDS)
        assert _reserve(stage, canary.body("locked")).status == 503
        holder.wait()
    stage.lab.compose("stop", "--timeout", "10", "postgres")
    try:
        assert _reserve(stage, canary.body("nowhere")).status == 503
        as_guest(stage.lab, "POST", "confirm/", canary.secrets["reservation token"])
    finally:
        stage.lab.compose("start", "postgres")
        stage.lab.wait_until_healthy("postgres", "backend")
    return 4


def _is_locked(stage: Stage) -> bool | None:
    sql = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = "
    return stage.lab.psql(f"{sql}'reservations_reservation'::regclass") != "0" or None


def _backend_that_fails(stage: Stage, canary: Canary) -> int:
    """A worker is killed, then all of it is away."""
    kill_a_worker(stage.lab)
    stage.lab.compose("stop", "--timeout", "10", "backend")
    try:
        _reserve(stage, canary.body("away"))
        as_guest(stage.lab, "GET", "", canary.secrets["reservation token"])
    finally:
        stage.lab.compose("start", "backend")
        stage.lab.wait_until_healthy("backend")
    return 3
