"""Guests and volunteers who do what people do while things break: wait, try again with the same key, give up."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from faults.history import History, Operation, Verdict
from faults.mail_server import UnrulyMailServer
from lab.http import Answer
from lab.stacks import Lab

GUESTS, VOLUNTEERS = 6, 2
PATIENCE = 12.0
ATTEMPTS = 10
BETWEEN_ATTEMPTS = 0.3
MAIL_PATIENCE = 3.0
LONGEST_PAUSE = 0.4
# "Try again in a moment": where the database was lost in the middle of a COMMIT it may have been done all the same.
_AGAIN = (503, "busy")
# A link that was mailed opens its reservation, and who holds seats may confirm them: only a full house refuses anything
# here, and the door, once somebody of the party is in by a paper list.
_FULL, _IS_IN = (409, "capacity_exceeded"), (409, "performance_started")
_DECLARED = {"reserve": {_FULL}, "change": {_IS_IN}, "cancel": {_IS_IN}}
_GATEWAY = {502, 504}


@dataclass
class Crowd:
    """Everybody; what they did is in `history`."""

    lab: Lab
    mail_server: UnrulyMailServer
    performance_ids: Sequence[int]
    # Of phones that are paired, by performance.
    door_tokens: dict[int, str]
    seed: int
    history: History
    _stopped: threading.Event = field(default_factory=threading.Event, init=False)
    _at_the_door: Queue[tuple[int, str]] = field(default_factory=Queue, init=False)

    @contextmanager
    def busy(self) -> Iterator[History]:
        self._stopped.clear()
        with ThreadPoolExecutor(GUESTS + VOLUNTEERS + 1) as pool:
            people = [pool.submit(self._keep_coming, number) for number in range(GUESTS)]
            people += [pool.submit(self._keep_scanning) for _volunteer in range(VOLUNTEERS)]
            people.append(pool.submit(self._keep_reading))
            try:
                yield self.history
            finally:
                self._stopped.set()
        for one in people:
            one.result()

    # One guest ------------------------------------------------------------------------------------------------------

    def _keep_coming(self, number: int) -> None:
        chance = random.Random(f"{self.seed} {number}")  # noqa: S311 (guests, not secrets)
        while not self._stopped.wait(chance.uniform(0, LONGEST_PAUSE)):
            self.come(chance)

    def come(self, chance: random.Random) -> None:
        performance_id, email = chance.choice(self.performance_ids), self.history.new_address()
        reserved = self.reserve(performance_id, email, seats=chance.choice((1, 1, 2, 3)), key=str(uuid4()))
        if reserved.verdict is not Verdict.DONE:
            return
        token = self._wait_for_mail(email)
        if token is None:
            return
        confirmed = self._as_guest("confirm", token, "POST", "confirm/", {})
        if confirmed.verdict is not Verdict.DONE:
            return
        wish = chance.random()
        if wish < 0.15:
            self._as_guest("cancel", token, "POST", "cancel/", {})
        elif wish < 0.3:
            self._as_guest("change", token, "PATCH", "", {"seats": 1})
        else:
            # Some show the same ticket to both volunteers.
            for _volunteer in range(1 if wish < 0.8 else 2):
                self._go_to_the_door(performance_id, reserved.told["reference"])

    def _go_to_the_door(self, performance_id: int, reference: str) -> None:
        if performance_id in self.door_tokens:
            self._at_the_door.put((performance_id, reference))

    def reserve_and_hang_up(self, performance_id: int, email: str, *, key: str, after_commit: bool) -> None:
        """Nobody waits for the answer. With `after_commit`, the mail has left by then, and so the row is there."""
        path, body = _path(performance_id), _reservation(email, seats=1)
        site = urlsplit(self.lab.url)
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
        headers = {"Host": site.netloc, "Content-Type": "application/json", "Idempotency-Key": key}
        with self.history.invoke("reserve", key, performance_id=performance_id, email=email, seats=1) as operation:
            operation.told = {"error": "hung up"}
            try:
                connection.request("POST", path, body=json.dumps(body).encode(), headers=headers)
                if after_commit:
                    self._wait_for_mail(email)
            except OSError as error:
                operation.told = {"error": type(error).__name__}
            finally:
                connection.close()

    def reserve(self, performance_id: int, email: str, *, seats: int, key: str, attempts: int = ATTEMPTS) -> Operation:
        body = _reservation(email, seats)
        asked = {"performance_id": performance_id, "email": email, "seats": seats}
        headers = {"Idempotency-Key": key}
        return self._insist("reserve", key, asked, "POST", _path(performance_id), body, headers, attempts=attempts)

    def _as_guest(self, kind: str, token: str, method: str, step: str, body: dict[str, Any]) -> Operation:
        headers = {"Authorization": f"Reservation {token}"}
        return self._insist(kind, f"{kind} {token}", body, method, f"/api/v1/reservation/{step}", body, headers)

    def _wait_for_mail(self, email: str) -> str | None:
        deadline = time.monotonic() + MAIL_PATIENCE
        while time.monotonic() < deadline and not self._stopped.is_set():
            token = self.mail_server.token_for(email)
            if token:
                return token
            self._stopped.wait(0.05)
        return None

    # The door, and who only looks -------------------------------------------------------------------------------------

    def _keep_scanning(self) -> None:
        while not self._stopped.is_set():
            try:
                performance_id, reference = self._at_the_door.get(timeout=0.1)
            except Empty:
                continue
            scan_id = str(uuid4())
            body = {
                "scan_id": scan_id,
                "reference": reference,
                "device": "porta",
                "scanned_at": datetime.now(UTC).isoformat(),
            }
            headers = {"Authorization": f"Door {self.door_tokens[performance_id]}"}
            path = f"/api/v1/door/performances/{performance_id}/scans/"
            self._insist("scan", scan_id, {"reference": reference}, "POST", path, body, headers)

    def _keep_reading(self) -> None:
        while not self._stopped.is_set():
            self._once("read", uuid4().hex, {}, "GET", "/api/v1/performances/", None, {})
            self._stopped.wait(0.2)

    # One request ------------------------------------------------------------------------------------------------------

    def _insist(
        self,
        kind: str,
        key: str,
        asked: dict[str, Any],
        method: str,
        path: str,
        body: Any,
        headers: dict[str, str],
        *,
        attempts: int = ATTEMPTS,
    ) -> Operation:
        """As the page does: the same request again while nobody says how it ended, or that it should be tried again."""
        operation = self._once(kind, key, asked, method, path, body, headers)
        for _attempt in range(attempts - 1):
            if operation.verdict is not Verdict.UNKNOWN or self._stopped.wait(BETWEEN_ATTEMPTS):
                break
            operation = self._once(kind, key, asked, method, path, body, headers)
        return operation

    def _once(
        self, kind: str, key: str, asked: dict[str, Any], method: str, path: str, body: Any, headers: dict[str, str]
    ) -> Operation:
        client = replace(self.lab.client, patience=PATIENCE)
        with self.history.invoke(kind, key, **asked) as operation:
            try:
                answer = client.request(method, path, body=body, headers=headers)
            except (OSError, http.client.HTTPException) as error:
                operation.told = {"error": type(error).__name__}
                return operation
            operation.verdict, operation.told = judge(kind, answer)
        return operation


def _path(performance_id: int) -> str:
    return f"/api/v1/performances/{performance_id}/reservations/"


def _reservation(email: str, seats: int) -> dict[str, Any]:
    return {"name": "Ersilia Zanzottera", "email": email, "seats": seats, "language": "en", "privacy_accepted": True}


def judge(kind: str, answer: Answer) -> tuple[Verdict, Any]:
    """What an answer means; `wrong` where the API declares no such one."""
    try:
        told = answer.json
    except ValueError:
        return Verdict.WRONG, {"status": answer.status, "body": answer.text[:200]}
    if answer.status < 300:
        return Verdict.DONE, told
    code = told.get("code")
    if answer.status in _GATEWAY or (answer.status, code) == _AGAIN:
        return Verdict.UNKNOWN, told
    if (answer.status, code) in _DECLARED.get(kind, set()):
        return Verdict.REFUSED, told
    return Verdict.WRONG, {"status": answer.status, **told}
