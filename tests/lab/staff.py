"""Staff of a stack: signed in with a browser's cookies, or holding a phone that was paired with a door."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

from lab.http import Answer
from lab.stacks import Lab


@dataclass
class Session:
    """A browser's cookies, and no more than that."""

    lab: Lab
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, name: str, password: str) -> Answer:
        self.request("GET", "/api/v1/staff/session/")
        return self.request("POST", "/api/v1/staff/session/", {"username": name, "password": password})

    def who(self) -> Answer:
        return self.request("GET", "/api/v1/staff/session/")

    def request(self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        sent |= {"X-CSRFToken": self.cookies.get("csrftoken", ""), "Origin": self.lab.url, **(headers or {})}
        answer = self.lab.request(method, path, body=body, headers=sent)
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer


def scan_of(ticket: str) -> dict[str, str]:
    """A whole party at the door, now."""
    return {"scan_id": str(uuid4()), "ticket": ticket, "device": "porta", "scanned_at": datetime.now(UTC).isoformat()}


@dataclass(frozen=True)
class Phone:
    """One volunteer's, paired with the door of a performance."""

    lab: Lab
    performance_id: int
    token: str

    def door_list(self) -> Answer:
        return self._request("GET", "list/")

    def scan(self, ticket: str) -> dict[str, Any]:
        """The door's answer; the whole party comes."""
        answer = self._request("POST", "scans/", scan_of(ticket))
        assert answer.status == 200, answer.text
        outcome: dict[str, Any] = answer.json
        return outcome

    def _request(self, method: str, path: str, body: Any = None) -> Answer:
        address = f"/api/v1/door/performances/{self.performance_id}/{path}"
        return self.lab.request(method, address, body=body, headers={"Authorization": f"Door {self.token}"})


def pair_phone(lab: Lab, performance_id: int) -> Phone:
    """With a code of `azione door pair`."""
    made = lab.azione("door", "pair", str(performance_id), "--json")
    assert made.returncode == 0, made.stderr
    body = {"code": json.loads(made.stdout.splitlines()[0])["code"], "name": "Ada", "claim": str(uuid4())}
    answer = lab.request("POST", "/api/v1/door/pairings/", body=body)
    assert answer.status == 201, answer.text
    return Phone(lab, performance_id, answer.json["token"])
