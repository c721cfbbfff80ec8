"""Whether what the database and the mail server hold is what clients were told. Each violation is a sentence."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from faults.history import History, Operation, Verdict
from faults.mail_server import Mail
from lab.stacks import Lab

Row = dict[str, Any]
_ALL = "SELECT json_agg(row_to_json(x)) FROM ({}) x"
_RESERVATIONS = """
SELECT r.performance_id, r.reference, r.email, r.status, r.seats, r.idempotency_key::text AS key,
       coalesce((SELECT sum(c.seats) FROM checkin_checkin c WHERE c.reservation_id = r.id), 0) AS admitted
  FROM reservations_reservation r WHERE r.email LIKE '{name}%'
"""
_SCANS = """
SELECT s.scan_id::text, s.outcome, s.seats_admitted FROM checkin_scan s
  JOIN reservations_reservation r ON r.id = s.reservation_id AND r.email LIKE '{name}%' WHERE s.decided_by = 'server'
"""
_MAILS = """
SELECT r.email, r.status, m.kind, m.state, m.attempts FROM reservations_reservation r
  LEFT JOIN reservations_outboundemail m ON m.reservation_id = r.id WHERE r.email LIKE '{name}%'
"""
_TOKENS = """
SELECT r.email, encode(t.reservation_digest, 'hex') AS digest FROM reservations_reservationtoken t
  JOIN reservations_reservation r ON r.id = t.reservation_id AND r.email LIKE '{name}%'
"""
# What each kind of mail begins with, and the status in which its reservation still waits for it.
SUBJECTS = {"confirm": "Please confirm", "ticket": "Your ticket"}
_WAITS = {"confirm": "pending", "ticket": "confirmed"}


@dataclass(frozen=True)
class Strictness:
    """`once`: no attempt to send a mail can have ended in the dark, so none comes twice. `all_sent`: every mail has had
    its time to leave."""

    once: bool = False
    all_sent: bool = False


def check(
    lab: Lab, history: History, mails: Sequence[Mail], performance_ids: Sequence[int], strictness: Strictness
) -> list[str]:
    """Of one trial: its performances, and whoever's address begins with the history's name."""
    rows = _rows(lab, _RESERVATIONS, history.name)
    return [
        *_seats(lab, performance_ids),
        *_reservations(history, rows),
        *_changes(history, rows),
        *_admissions(history, rows, _rows(lab, _SCANS, history.name)),
        *check_mails(lab, mails, history.name, strictness),
        *_answers(history),
    ]


def check_mails(lab: Lab, mails: Sequence[Mail], name: str, strictness: Strictness) -> list[str]:
    """Of those whose address begins with `name`."""
    tokens = {(row["email"], row["digest"]) for row in _rows(lab, _TOKENS, name)}
    return [*_mails(_rows(lab, _MAILS, name), mails, strictness), *_links(mails, tokens)]


def _rows(lab: Lab, sql: str, name: str) -> list[Row]:
    return json.loads(lab.psql(_ALL.format(sql.format(name=name))) or "null") or []


def oversold(performance_ids: Sequence[int]) -> str:
    """As SQL: performance, seats taken, seats there are."""
    return f"""
    SELECT p.id, sum(r.seats), p.capacity + p.additional_seats - p.manually_occupied FROM programme_performance p
      JOIN reservations_reservation r ON r.performance_id = p.id
       AND (r.status = 'confirmed' OR (r.status = 'pending' AND r.hold_expires_at > now()))
     WHERE p.id IN ({", ".join(map(str, performance_ids))})
     GROUP BY p.id HAVING sum(r.seats) > p.capacity + p.additional_seats - p.manually_occupied
    """


def oversold_in_words(line: str) -> str:
    """Of one row of `oversold`, as psql prints it."""
    performance, taken, bookable = line.split("|")
    return f"performance {performance}: {taken} seats are taken of {bookable}"


def _seats(lab: Lab, performance_ids: Sequence[int]) -> Iterator[str]:
    yield from map(oversold_in_words, lab.psql(oversold(performance_ids)).splitlines())


# What was acknowledged ----------------------------------------------------------------------------------------------


def _reservations(history: History, rows: Sequence[Row]) -> Iterator[str]:
    by_email: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_email[row["email"]].append(row)
    for key, attempts in _by_key(history.of("reserve")).items():
        yield from _reservation(key, attempts, by_email.pop(attempts[0].asked["email"], []))
    for email in by_email:
        yield f"{email} has a reservation, and nobody asked for it"


def _reservation(key: str, attempts: Sequence[Operation], made: Sequence[Row]) -> Iterator[str]:
    """All attempts with one key, and the rows of that address, which nobody else has."""
    asked = attempts[0].asked
    told = {attempt.told["reference"] for attempt in attempts if attempt.verdict is Verdict.DONE}
    if len(made) > 1:
        yield f"key {key}: {len(made)} reservations"
    if len(told) > 1:
        yield f"key {key}: acknowledged as {sorted(told)}"
    if told and {row["reference"] for row in made} != told:
        yield f"key {key}: {sorted(told)} was acknowledged, and there is {[row['reference'] for row in made]}"
    if made and {attempt.verdict for attempt in attempts} == {Verdict.REFUSED}:
        yield f"key {key}: refused, and is there"
    for row in made:
        if row["key"] != key or row["performance_id"] != asked["performance_id"] or row["seats"] > asked["seats"]:
            yield f"key {key}: asked for {asked}, and there is {row}"


def _by_key(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    found: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        found[operation.key].append(operation)
    return found


def _changes(history: History, rows: Sequence[Row]) -> Iterator[str]:
    by_reference = {row["reference"]: row for row in rows}
    for kind, wanted in (
        # Whoever cancels has confirmed before.
        ("confirm", lambda row: row["status"] in ("confirmed", "cancelled")),
        ("cancel", lambda row: row["status"] == "cancelled"),
        ("change", lambda row: row["seats"] == 1),
    ):
        for done in history.of(kind, Verdict.DONE):
            row = by_reference.get(done.told["reference"])
            if row is None or not wanted(row):
                yield f"{kind} of {done.told['reference']} was acknowledged, and the row is {row}"


# The door -----------------------------------------------------------------------------------------------------------


def _admissions(history: History, rows: Sequence[Row], scans: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row["admitted"] > row["seats"]:
            yield f"{row['reference']}: {row['admitted']} are in of a party of {row['seats']}"
    recorded = Counter(scan["scan_id"] for scan in scans)
    outcomes = {scan["scan_id"]: scan["outcome"] for scan in scans}
    for scan_id, attempts in _by_key(history.of("scan")).items():
        told = {attempt.told["outcome"] for attempt in attempts if attempt.verdict is Verdict.DONE}
        if recorded[scan_id] > 1:
            yield f"scan {scan_id}: recorded {recorded[scan_id]} times"
        if told and not recorded[scan_id]:
            yield f"scan {scan_id}: the door was told {sorted(told)}, and nothing is recorded"
        if told - {"replay"} and {outcomes.get(scan_id)} != told - {"replay"}:
            yield f"scan {scan_id}: the door was told {sorted(told)}, and recorded is {outcomes.get(scan_id)}"


# Mails --------------------------------------------------------------------------------------------------------------


def _mails(rows: Sequence[Row], mails: Sequence[Mail], strictness: Strictness) -> Iterator[str]:
    """As many as there are rows; more only by attempts whose end nobody knows."""
    arrived = Counter(
        (mail.email, kind) for mail in mails for kind, words in SUBJECTS.items() if mail.subject.startswith(words)
    )
    written: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"]:
            written[row["email"], row["kind"]].append(row)
    for email, status in {(row["email"], row["status"]) for row in rows}:
        for kind in ("confirm", "ticket") if status == "confirmed" else ("confirm",):
            if (email, kind) not in written:
                yield f"{kind} to {email}: nobody wrote it down"
    for (email, kind), those in written.items():
        for problem in _mail(those, arrived.pop((email, kind), 0), strictness):
            yield f"{kind} to {email}: {problem}"
    for (email, kind), times in arrived.items():
        yield f"{kind} to {email}: arrived {times} times, and nobody wrote it down"


def _mail(rows: Sequence[Row], arrived: int, strictness: Strictness) -> Iterator[str]:
    """All rows of one kind to one address, and how often such a mail arrived there."""
    sent, attempts = sum(row["state"] == "sent" for row in rows), sum(row["attempts"] for row in rows)
    if arrived < sent:
        yield f"noted as sent {sent} times, arrived {arrived} times"
    if arrived > (len(rows) if strictness.once else attempts):
        yield f"arrived {arrived} times, written {len(rows)} times, in {attempts} attempts"
    for row in rows:
        waits = row["status"] == _WAITS[row["kind"]]
        if row["state"] in ("withdrawn", "failed") and waits and not arrived:
            yield f"it is {row['state']}, and the reservation still {row['status']}"
        if row["state"] == "queued" and waits and strictness.all_sent:
            yield "still not sent"


def _links(mails: Sequence[Mail], tokens: set[tuple[str, str]]) -> Iterator[str]:
    for mail in mails:
        if mail.token and (mail.email, mail.token_digest) not in tokens:
            yield f"the link in a mail to {mail.email} opens nothing"


def _answers(history: History) -> Iterator[str]:
    for operation in list(history.operations):
        if operation.verdict is Verdict.WRONG:
            told = operation.told
            yield f"{operation.kind}: {told['status']} {told.get('code', told.get('body'))}, which is not declared"
