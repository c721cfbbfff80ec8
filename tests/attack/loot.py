"""What a thief has of a dump of the database, and of a phone that was left at the door: nothing that opens anything.

Every word in the dump and on the phone is tried wherever a word can be typed: as the token of a link, as a ticket at
the door, as a phone's token, as a session; bytes also in each way of writing them that this site knows.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from attack.outcome import Outcome
from attack.stage import Stage
from lab.guests import come_all_the_way
from lab.http import Answer
from lab.staff import pair_phone, scan_of

WORD = re.compile(r"[A-Za-z0-9_=+/-]{10,200}")
HEX = re.compile(r"(?:[0-9a-f]{2}){10,64}")
TOKEN_BYTES = 16
AT_ONCE = 4


@dataclass(frozen=True)
class Door:
    """Somewhere to try a word; `opened` says whether it was the right one."""

    name: str
    stage: Stage
    performance_id: int
    door_token: str

    def try_word(self, word: str) -> bool:
        return bool({"link": self._as_link, "phone": self._as_phone, "session": self._as_session}[self.name](word))

    def _get(self, path: str, headers: Mapping[str, str]) -> Answer:
        return self.stage.lab.request("GET", path, headers=headers)

    def _as_link(self, word: str) -> bool:
        return self._get("/api/v1/reservation/", {"Authorization": f"Reservation {word}"}).status == 200

    def _as_phone(self, word: str) -> bool:
        return self._get("/api/v1/door/device/", {"Authorization": f"Door {word}"}).status == 200

    def _as_session(self, word: str) -> bool:
        answer = self._get("/api/v1/staff/session/", {"Cookie": f"sessionid={word}"})
        return answer.status == 200 and answer.json["username"] is not None


def attack(stage: Stage, *, rows: int) -> Outcome:
    """Of each table in the dump, the newest `rows` rows are tried."""
    outcome = Outcome("loot", "Every word of a stolen dump, and of a lost phone, tried as a link, a ticket, a session")
    victim = come_all_the_way(stage.lab)
    stage.signed_in("manager")
    phone = pair_phone(stage.lab, victim.performance_id)
    doors = [Door(name, stage, victim.performance_id, phone.token) for name in ("link", "phone", "session")]
    _control(outcome, stage, doors, victim.token, phone.token)

    dump = stage.lab.compose("exec", "-T", "postgres", "pg_dump", "--username", "postgres", "azionelab")
    for secret in (victim.token, victim.ticket, phone.token, stage.lab.password):
        outcome.expect(secret not in dump, "the dump holds a secret as it is", secret[:4])
    words = _words_of(_newest_rows(dump, rows))
    _try_all(outcome, "dump", words, doors)
    _scan_all(outcome, stage, "dump", words, victim.performance_id, phone.token)

    kept = json.dumps([phone.door_list().json, _pairing(stage, phone.token)])
    outcome.expect(victim.ticket not in kept, "the phone holds a ticket as it is")
    words = [word for word in _words_of(kept) if word != phone.token]
    _try_all(outcome, "phone", words, doors)
    _scan_all(outcome, stage, "phone", words, victim.performance_id, phone.token)
    return outcome


def _control(outcome: Outcome, stage: Stage, doors: list[Door], token: str, door_token: str) -> None:
    """The right words do open: else nothing would be seen."""
    session = stage.signed_in("manager").cookies["sessionid"]
    for door, word in zip(doors, (token, door_token, session), strict=True):
        outcome.expect(door.try_word(word), f"the right word does not open the {door.name}")


def _newest_rows(dump: str, most: int) -> str:
    """So many rows of each table, the last ones: a table's rows stand between COPY and a line with a full stop."""
    tables = re.findall(r"^COPY [^\n]+;\n(.*?)^\\\.$", dump, re.MULTILINE | re.DOTALL)
    return "\n".join(line for rows in tables for line in rows.splitlines()[-most:])


def _words_of(text: str) -> list[str]:
    """Each once; of bytes, the ways to write them as well."""
    found = WORD.findall(text)
    return list(dict.fromkeys(written for word in found for written in (word, *_written(word))))


def _written(word: str) -> Iterator[str]:
    """A digest, as a token of its first or last bytes, and as base64url."""
    for raw in _bytes_of(word):
        yield from (base64.b32encode(part).decode().rstrip("=") for part in (raw[:TOKEN_BYTES], raw[-TOKEN_BYTES:]))
        yield base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes_of(word: str) -> Iterator[bytes]:
    if found := HEX.search(word):
        yield bytes.fromhex(found[0])
    if len(word) in (22, 43):
        yield base64.urlsafe_b64decode(word.replace("+", "-").replace("/", "_") + "=" * (-len(word) % 4))


def _try_all(outcome: Outcome, where: str, words: list[str], doors: list[Door]) -> None:
    tries = [(word, door) for word in words for door in doors]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        opened = list(pool.map(lambda one: one[1].try_word(one[0]), tries))
    for (word, door), is_open in zip(tries, opened, strict=True):
        outcome.expect(not is_open, f"a word of the {where} is a {door.name}", f"{word[:6]}…")
    outcome.figures.append(f"{len(words):,} words of the {where}, each as a link, a ticket, a phone and a session")


def _scan_all(outcome: Outcome, stage: Stage, where: str, words: list[str], performance_id: int, door: str) -> None:
    """At the door itself, as tickets."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda word: _scan(stage, performance_id, door, word), words))
    for word, answer in zip(words, answers, strict=True):
        known = answer.status == 200 and answer.json["outcome"] != "unknown"
        outcome.expect(not known, f"a word of the {where} is a ticket", f"{word[:6]}… {answer.text[:100]}")


def _scan(stage: Stage, performance_id: int, door: str, word: str) -> Answer:
    path = f"/api/v1/door/performances/{performance_id}/scans/"
    return stage.lab.request("POST", path, body=scan_of(word), headers={"Authorization": f"Door {door}"})


def _pairing(stage: Stage, door: str) -> Any:
    """What the phone asks about itself, with the keys that it keeps."""
    return stage.lab.request("GET", "/api/v1/door/device/", headers={"Authorization": f"Door {door}"}).json
