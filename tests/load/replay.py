"""The site's own statements once more, by pgbench alone: what PostgreSQL could do if nothing else cost anything.

One request is recorded, and each value in it that differs from request to request becomes a variable of a pgbench
script. So the yardstick is what the site really says to the database, and stays so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from load.clients import Call, keep_busy
from load.scenarios import admitting, reserving
from load.stage import Stage
from load.watching import Statement, statements_of

# Ids from here on are found again in the text of statements: no other number there is of this size.
FIRST_IDS = {
    "programme_performance": 55_000_001,
    "checkin_scan": 66_000_001,
    "reservations_reservation": 77_000_001,
    "reservations_outboundemail": 88_000_001,
}
FIRST_SLOT = 44_000_001
# A number for each transaction of each client, with as many digits as a reference has letters; and what is made of it.
_NUMBERED = ["\\set i :i + 1", "\\set n :first + :client_id * :each + :i", "\\set long 100000000000 + :n"]
_FIRST_NUMBER = 100_000
_NEW_UUID = "'00000000000000000000:long'::uuid"
_COMMON = [
    (re.compile(r"\b55\d{6}\b"), ":performance"),
    (re.compile(r"\b66\d{6}\b"), ":checkin_scan_id"),
    (re.compile(r"\b88\d{6}\b"), ":reservations_outboundemail_id"),
]
_RETURNING_ID = re.compile(r'RETURNING "(\w+)"\."id"$')
_RATE = re.compile(r"tps = ([\d.]+) \(without initial connection time\)")
_IN_CONTAINER = "/tmp/replay.sql"  # noqa: S108 (the container's own)


@dataclass(frozen=True)
class Limit:
    """Transactions a second, and how many statements each has."""

    rate: float
    statements: int


def mark_ids(stage: Stage) -> None:
    """Before anything is made: from now on ids are of a size by which they can be told."""
    for table, first in FIRST_IDS.items():
        stage.lab.psql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {first})")


def reservations(stage: Stage, *, performances: int, capacity: int, clients: int, number: int) -> Limit:
    recorded = stage.add_performances(1, capacity=1)
    stage.lab.psql(f"UPDATE programme_performance SET gone_slots = {FIRST_SLOT} WHERE id = {recorded[0]}")
    statements = record(stage, reserving(recorded))
    ids = stage.add_performances(performances, capacity=capacity)
    replaced = [
        *_COMMON,
        (re.compile(r"'[0-9a-f]{32}'::uuid"), _NEW_UUID),
        (re.compile(r"\b77\d{6}\b"), ":reservations_reservation_id"),
        (re.compile(rf"\b{FIRST_SLOT}\b"), "(:highest_slot + 1)"),
        (re.compile(r"'load-[^']*@example\.org'"), "'replay-:n@example.org'"),
        (re.compile(r"(?<=:highest_slot \+ 1\), )'[A-Z2-9]{6}'"), "':n'"),
        (re.compile(r"'\\x[0-9a-f]{64}'::bytea(?=, '\\x)"), "sha256('a:n'::bytea)"),
        (re.compile(r"(?<=sha256\('a:n'::bytea\), )'\\x[0-9a-f]{64}'::bytea"), "sha256('b:n'::bytea)"),
    ]
    setup = [*_NUMBERED, f"\\set performance random({ids[0]}, {ids[-1]})"]
    script = _script(statements, replaced, setup, remembered='AS "highest_slot"')
    # No reference is given twice, not even in another run.
    replayed = int(stage.lab.psql("SELECT count(*) FROM reservations_reservation WHERE email LIKE 'replay-%'"))
    return _run(stage, script, clients=clients, number=number, first=_FIRST_NUMBER + replayed)


def scans(stage: Stage, *, clients: int, number: int) -> Limit:
    recorded = stage.add_performances(1, capacity=1)
    [(_link, ticket)] = stage.add_reservations(1, recorded)
    door = stage.door_token(recorded[0])
    statements = record(stage, admitting(recorded[0], [ticket], door))
    each = max(1, number // clients)
    [performance] = stage.add_performances(1, capacity=clients * each)
    stage.add_reservations(clients * each, [performance])
    stage.lab.psql(_NUMBER_TICKETS.format(performance=performance, first=_FIRST_NUMBER))
    device = stage.lab.psql(
        f"SELECT replace(id::text, '-', '') FROM checkin_doordevice WHERE performance_id = {recorded[0]}"
    )
    replaced = [
        *_COMMON,
        (re.compile(rf"'(?!{device})[0-9a-f]{{32}}'::uuid"), _NEW_UUID),
        (re.compile(r"\b77\d{6}\b"), ":reservation_id"),
        (re.compile(r"(?<=\"ticket_digest\" = )'\\x[0-9a-f]{64}'::bytea"), "sha256('ticket:n'::bytea)"),
    ]
    setup = [*_NUMBERED, f"\\set performance {performance}"]
    script = _script(statements, replaced, setup, remembered='"ticket_digest" = ')
    return _run(stage, script, clients=clients, number=number)


_NUMBER_TICKETS = """
UPDATE reservations_reservationtoken t SET ticket_digest = sha256(('ticket' || numbered.n)::bytea)
  FROM (SELECT id, {first} + row_number() OVER (ORDER BY id) AS n FROM reservations_reservation
         WHERE performance_id = {performance}) numbered
 WHERE t.reservation_id = numbered.id
"""


def record(stage: Stage, call: Call) -> list[Statement]:
    """What the site said for one request, from its first word to its last, without what else was said meanwhile."""
    with statements_of(stage) as said:
        outcome = keep_busy(stage.url, call, clients=1, number=1)
    assert not outcome.refusals, outcome.refusals
    return [one for one in said.statements if not _is_housekeeping(one)]


def _is_housekeeping(statement: Statement) -> bool:
    """The health check's questions, and the pool's."""
    return "django_migrations" in statement.sql or statement.sql in ("", "SELECT 1")


def _script(
    statements: Sequence[Statement],
    replaced: Sequence[tuple[re.Pattern[str], str]],
    setup: Sequence[str],
    *,
    remembered: str,
) -> str:
    """`remembered` marks the SELECT whose row later statements need."""
    lines = list(setup)
    for statement in statements:
        sql = statement.sql.rstrip("; ")
        for pattern, words in replaced:
            sql = pattern.sub(words, sql)
        table = _RETURNING_ID.search(sql)
        if table:
            lines.append(f"{sql} \\gset {table[1]}_")
        elif remembered in sql and sql.startswith("SELECT"):
            lines.append(f"{sql} \\gset")
        else:
            lines.append(f"{sql};")
    return "\n".join(lines) + "\n"


def _run(stage: Stage, script: str, *, clients: int, number: int, first: int = _FIRST_NUMBER) -> Limit:
    each = max(1, number // clients)
    stage.lab.compose("exec", "-T", "postgres", "sh", "-c", f"cat > {_IN_CONTAINER}", stdin=script)
    command = ["pgbench", "--username", "postgres", "--no-vacuum", "--file", _IN_CONTAINER]
    size = ["--client", str(clients), "--jobs", "1", "--transactions", str(each)]
    variables = ["--define", "i=0", "--define", f"each={each}", "--define", f"first={first}"]
    said = stage.lab.compose("exec", "-T", "postgres", *command, *size, *variables, "azionelab")
    rate = _RATE.search(said)
    assert rate, said
    assert f"actually processed: {clients * each}/{clients * each}" in said, said
    return Limit(float(rate[1]), sum(not line.startswith("\\set") for line in script.splitlines()))
