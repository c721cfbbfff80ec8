"""A volunteer's phone, as the door's app works on one: paired by a code, with a network or without."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

from lab.stacks import Lab

MAC_BYTES = 16


@dataclass
class Phone:
    """`waiting` are the scans that it has made without a network, in the form in which it stores and exports them."""

    lab: Lab
    name: str
    session: dict[str, Any]
    waiting: list[dict[str, Any]] = field(default_factory=list)

    @property
    def performance_id(self) -> int:
        return int(self.session["performance"]["id"])

    def fetch_list(self) -> dict[str, Any]:
        """With a network: the door list. Fails where the phone was sent away."""
        answer = self._ask("GET", "list/")
        assert answer.status == HTTPStatus.OK, answer.text
        return dict(answer.json)

    def is_welcome(self) -> bool:
        return bool(self._ask("GET", "list/").status == HTTPStatus.OK)

    def scan(self, **scan: Any) -> str:
        """With a network; the outcome."""
        body = {"scan_id": str(uuid4()), "scanned_at": _now(), **scan}
        answer = self._ask("POST", "scans/", body)
        assert answer.status == HTTPStatus.OK, answer.text
        return str(answer.json["outcome"])

    def admit_alone(self, reference: str, seats: int, *, minutes_ago: int) -> None:
        """Without a network, by its list."""
        admitted = {"outcome": "admitted", "seats_admitted": seats}
        self._record(minutes_ago, kind="ticket", reference=reference, seats=seats, **admitted)

    def give_seats_alone(self, seats: int, *, minutes_ago: int) -> None:
        """Without a network, to people without a reservation."""
        self._record(minutes_ago, kind="walk_in", seats=seats, outcome="admitted", seats_admitted=seats)

    def deliver(self) -> list[str]:
        """The network is back: what the server makes of each scan that waits."""
        answer = self._ask("POST", "scans/batch/", {"scans": self.waiting})
        assert answer.status == HTTPStatus.OK, answer.text
        self.waiting.clear()
        return [one["outcome"] for one in answer.json["answers"]]

    def export(self, path: Path) -> None:
        """As contracts/door/export.jsonl: JSON Lines, each signed together with the one before."""
        count = len(self.waiting)
        device = {"performance": self.performance_id, "device": self.session["device"]["id"], "name": self.name}
        header = {"v": 1, "type": "header", **device, "made_at": _now(), "scans": count}
        records = [header, *({"type": "scan", **scan} for scan in self.waiting), {"type": "end", "scans": count}]
        key, before, lines = _from_base64(self.session["device_key"]), b"", []
        for record in records:
            line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
            before = hmac.digest(key, before + line.encode(), hashlib.sha256)[:MAC_BYTES]
            lines.append(f'{line[:-1]},"mac":"{_to_base64(before)}"}}\n')
        path.write_text("".join(lines))

    def _record(self, minutes_ago: int, **scan: Any) -> None:
        made = {"scanned_at": _now(minutes_ago), "clock_offset_ms": 0, "sequence": len(self.waiting) + 1}
        self.waiting.append({"scan_id": str(uuid4()), **scan, **made})

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        address = f"/api/v1/door/performances/{self.performance_id}/{path}"
        headers = {"Authorization": f"Door {self.session['token']}"}
        return self.lab.request(method, address, body=body, headers=headers)


def pair_phone(lab: Lab, performance_id: int, name: str, *, walk_ins: int = 0) -> Phone:
    """By a code of `azione door pair`, through nginx."""
    paired = lab.azione("door", "pair", str(performance_id), "--walk-ins", str(walk_ins), "--json")
    assert paired.returncode == 0, paired.stderr
    code = json.loads(paired.stdout.splitlines()[0])["code"]
    return use_code(lab, code, name)


def pair_long_ago(lab: Lab, performance_id: int) -> None:
    """As if the phones had been paired two hours before: nothing counts as earlier than that."""
    earlier = f"SET paired_at = paired_at - interval '2 hours' WHERE performance_id = {performance_id}"
    lab.psql(f"UPDATE checkin_doordevice {earlier};")


def use_code(lab: Lab, code: str, name: str) -> Phone:
    body = {"code": code, "name": name, "claim": str(uuid4())}
    answer = lab.request("POST", "/api/v1/door/pairings/", body=body)
    assert answer.status == HTTPStatus.CREATED, answer.text
    return Phone(lab, name, answer.json)


def _now(minutes_ago: int = 0) -> str:
    moment = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _to_base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
