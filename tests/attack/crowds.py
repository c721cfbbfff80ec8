"""Limits, with a thousand clients behind one address and with one client behind a thousand."""

from __future__ import annotations

import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from attack.outcome import Outcome
from attack.stage import Stage
from attack.street import Seen, Street, Visit, new_street
from lab.guests import new_address, open_performance, reserve
from lab.waiting import wait_for

# As infra/nginx/routes.conf and limits.conf have them: how many at once, and how many a minute.
LIMITS = {"reserve": (41, 60), "resend": (11, 6), "sign_in": (21, 12), "pair": (21, 12)}
# One is let through while the first is counted, another where a second ends.
SLACK = 2
WRONG_PASSWORDS = 10
TOO_MANY, BUSY = 429, 503


@dataclass(frozen=True)
class Scale:
    """`guessers` are addresses that each try one password: it costs the server a third of a second each time."""

    clients: int
    guessers: int


def attack(stage: Stage, scale: Scale) -> Outcome:
    outcome = Outcome("crowds", "Limits: many clients behind one address, one client behind many")
    with new_street(stage.lab) as street:
        for name in LIMITS:
            _crowd_behind_one(stage, street, outcome, scale, name)
        _claimed_addresses(stage, street, outcome, scale)
        _one_mailbox(stage, street, outcome, scale)
        _guess_passwords(stage, street, outcome, scale)
        _hoard_seats(stage, street, outcome, scale)
    return outcome


# A thousand behind one ----------------------------------------------------------------------------------------------


def _visits(stage: Stage, name: str, number: int) -> list[Visit]:
    guest = {"name": "Ersilia", "seats": 1, "language": "en", "privacy_accepted": True}
    reserve_path = f"/api/v1/performances/{stage.performance_ids[2]}/reservations/"
    if name == "reserve":
        return [
            Visit(
                "POST", reserve_path, headers={"Idempotency-Key": str(uuid4())}, body=guest | {"email": new_address()}
            )
            for _ in range(number)
        ]
    path, body = {
        "resend": ("/api/v1/reservations/resend/", {"email": "nobody@example.org"}),
        "sign_in": ("/api/v1/staff/session/", {"username": "nobody", "password": "wrong"}),
        "pair": ("/api/v1/door/pairings/", {"code": "ABCDEFGHJK", "name": "Ada", "claim": str(uuid4())}),
    }[name]
    return [Visit("POST", path, body=body) for _ in range(number)]


def _crowd_behind_one(stage: Stage, street: Street, outcome: Outcome, scale: Scale, name: str) -> None:
    """All at once; so many get through, the others hear when to come again, and reading goes on for everybody."""
    seen = street.visit(_visits(stage, name, scale.clients), at_once=scale.clients)
    _judge_crowd(outcome, name, seen)
    reading = street.visit([Visit("GET", "/api/v1/shows/")] * 20, at_once=5)
    outcome.expect({one.status for one in reading} == {200}, f"{name}: who may not write cannot read either")


def _judge_crowd(outcome: Outcome, name: str, seen: Sequence[Seen]) -> None:
    at_once, a_minute = LIMITS[name]
    # All came together: when the last one had its answer, the rate had let this many more through.
    seconds = max(one.seconds for one in seen)
    through = [one for one in seen if one.status != TOO_MANY]
    most = at_once + seconds * a_minute / 60 + SLACK
    counted = Counter(one.status for one in seen)
    outcome.expect(at_once <= len(through) <= most, f"{name}: {len(through)} of {len(seen)} got through", str(counted))
    outcome.figures.append(f"{name}: of {len(seen)} at once behind one address {len(through)} got through")
    for one in seen:
        # (A busy machine may be too slow for those who got through: it says so, and when to come again.)
        known = 0 < one.status < 500 or one.status == BUSY
        outcome.expect(known, f"{name}: a client behind the crowded address got {one.status}", one.text)
        if one.status in (TOO_MANY, BUSY):
            outcome.expect(_says_when(one), f"{name}: a refusal does not say when to come again", str(one.headers))


def _says_when(refusal: Seen) -> bool:
    """In the header and in the problem."""
    if refusal.headers.get("Content-Type") != "application/problem+json":
        return False
    return json.loads(refusal.text)["retry_after"] == int(refusal.headers.get("Retry-After", "0")) > 0


def _claimed_addresses(stage: Stage, street: Street, outcome: Outcome, scale: Scale) -> None:
    """What a client says of where it comes from is not believed: it is behind the address from which it came."""
    source, visits = street.address(5_000), []
    for number, visit in enumerate(_visits(stage, "resend", scale.clients // 4)):
        claimed = f"198.51.{number // 250}.{number % 250 + 1}"
        headers = {"X-Forwarded-For": claimed, "X-Real-IP": claimed, "Forwarded": f"for={claimed}"}
        visits.append(Visit("POST", visit.path, source, headers, visit.body))
    began = time.monotonic()
    seen = street.visit(visits, at_once=100)
    through = sum(one.status != 429 for one in seen)
    most = LIMITS["resend"][0] + (time.monotonic() - began) / 10 + SLACK
    outcome.expect(through <= most, "a claimed address gets around a limit", f"{through} of {len(seen)}")
    outcome.figures.append(f"with {len(seen)} addresses that are only claimed, {through} requests got through")
    outcome.tried += len(seen)


# One behind a thousand ----------------------------------------------------------------------------------------------


def _one_mailbox(stage: Stage, street: Street, outcome: Outcome, scale: Scale) -> None:
    """From each address somebody asks for the links of one guest: their mailbox is not flooded."""
    email, performance_id = new_address(), stage.performance_ids[2]
    assert reserve(stage.lab, performance_id, email).status == 201
    stage.lab.mails.wait_for(email)
    began = time.monotonic()
    ask = [
        Visit("POST", "/api/v1/reservations/resend/", street.address(n), body={"email": email})
        for n in range(scale.clients)
    ]
    seen = street.visit(ask, at_once=50)
    outcome.tried += len(seen)
    minutes = (time.monotonic() - began) / 60
    by_itself = {one.status for one in seen} == {202}
    outcome.expect(by_itself, "an address of its own is limited by others", _statuses(seen))
    # (A mail that is asked for now and may leave is there by the time the next guest has theirs.)
    last = new_address()
    assert reserve(stage.lab, performance_id, last).status == 201
    stage.lab.mails.wait_for(last)
    mails = len(stage.lab.mails.to(email))
    outcome.expect(mails <= 2 + minutes, "one guest's mailbox is flooded", f"{mails} mails in {minutes:.1f} minutes")
    outcome.figures.append(f"{len(seen)} addresses asked for one guest's links in {minutes * 60:.0f} s: {mails} mails")


def _guess_passwords(stage: Stage, street: Street, outcome: Outcome, scale: Scale) -> None:
    """From many addresses somebody tries passwords for the manager, who comes in from their own all the same."""
    manager = {"username": "manager", "password": stage.lab.password}
    with _guest_looking(stage) as guest:
        began = time.monotonic()
        wrong = [_sign_in(street.address(300 + n), "manager", "wrong-password") for n in range(scale.guessers)]
        seen = street.visit(wrong, at_once=8)
        seconds = time.monotonic() - began
    outcome.tried += len(seen)
    outcome.expect({one.status for one in seen} == {400}, "a wrong password is not refused", _statuses(seen))
    outcome.figures.append(
        f"{len(seen)} addresses tried a password of the manager's in {seconds:.0f} s; meanwhile a guest's page took "
        f"{1000 * statistics.median(guest.times):.0f} ms (median of {len(guest.times)})"
    )
    outcome.expect(not guest.failures, "a guest gets no page while somebody guesses", str(guest.failures[:1]))

    stubborn = street.address(299)
    tries = street.visit([_sign_in(stubborn, "manager", f"wrong-{n}") for n in range(12)], at_once=1)
    statuses = [one.status for one in tries]
    shut = statuses == [400] * (WRONG_PASSWORDS - 1) + [429] * (12 - WRONG_PASSWORDS + 1)
    outcome.expect(shut, "the sign-in is not shut after ten wrong passwords", str(statuses))
    (right,) = street.visit([_sign_in(stubborn, **manager)], at_once=1)
    outcome.expect(right.status == 429, "the right password opens a sign-in that is shut", str(right.status))
    (real,) = street.visit([_sign_in(street.address(298), **manager)], at_once=1)
    outcome.expect(real.status == 200, "an attacker locks the manager out", f"{real.status}: {real.text}")
    outcome.tried += 14


def _sign_in(source: str, username: str, password: str) -> Visit:
    """Without a browser: the pair of CSRF tokens is made up, as who guesses would."""
    token = "a" * 32
    headers = {"Cookie": f"csrftoken={token}", "X-CSRFToken": token}
    return Visit("POST", "/api/v1/staff/session/", source, headers, {"username": username, "password": password})


def _statuses(seen: Sequence[Seen]) -> str:
    return str(Counter(one.status for one in seen))


@dataclass
class _Guest:
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@contextmanager
def _guest_looking(stage: Stage) -> Iterator[_Guest]:
    """Somebody opens their reservation again and again."""
    guest, over = _Guest(), threading.Event()

    def look() -> None:
        while not over.is_set():
            began = time.monotonic()
            headers = {"Authorization": f"Reservation {stage.tokens[0]}"}
            answer = stage.lab.request("GET", "/api/v1/reservation/", headers=headers)
            guest.times.append(time.monotonic() - began)
            if answer.status != 200:
                guest.failures.append(answer.text)
            over.wait(0.2)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        wait_for("first look", lambda: guest.times or None, 30)
        yield guest
    finally:
        over.set()
        thread.join(60)


def _hoard_seats(stage: Stage, street: Street, outcome: Outcome, scale: Scale) -> None:
    """With one mailbox nobody holds more than four reservations, however many addresses they come from."""
    performance: dict[str, Any] = open_performance(stage.lab, 10)
    email, path = new_address(), f"/api/v1/performances/{performance['id']}/reservations/"
    guest = {"name": "Ersilia", "email": email, "seats": 1, "language": "en", "privacy_accepted": True}
    visits = [
        Visit("POST", path, street.address(n), {"Idempotency-Key": str(uuid4())}, guest)
        for n in range(min(scale.clients, 100))
    ]
    seen = street.visit(visits, at_once=20)
    outcome.tried += len(seen)
    held = sum(one.status == 201 for one in seen)
    outcome.expect(held == 4, "one mailbox holds more reservations than it may", f"{held}: {_statuses(seen)}")
