"""Everything is lost but a backup and the secrets, and what guests, volunteers and staff hold in their hands works on.

300 guests with their links and codes, a session and a paired phone; a stack of another name takes over.
"""

import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from lab.audience import Attendee, gather
from lab.guests import as_guest, come_all_the_way
from lab.stacks import Lab, new_lab
from lab.staff import Phone, Session, pair_phone, scan_of

GUESTS, UNDECIDED = 300, 30
AT_ONCE = 6


@dataclass(frozen=True)
class Before:
    """What people held before the disaster, and what the stack counted then."""

    audience: list[Attendee]
    session: Session
    phone: Phone
    counts: dict[str, int]
    media: str


@pytest.fixture(scope="module")
def before_and_after() -> Iterator[tuple[Before, Lab]]:
    with new_lab("before", UNLIMITED_NETWORKS="0.0.0.0/0") as old, new_lab("after") as new:
        old.up()
        old.seed()
        audience = gather(old, GUESTS, undecided=UNDECIDED)
        session = Session(old)
        assert session.sign_in("door", old.password).status == 200
        phone = pair_phone(old, audience[-1].performance_id)
        before = Before(audience, session, phone, row_counts(old), media_sums(old))
        made = old.azione("backup", "create")
        assert made.returncode == 0, made.stdout + made.stderr

        old.compose("down", "--volumes")
        assert volumes(old) == []
        move_in(old, new)
        yield before, new


def volumes(lab: Lab) -> list[str]:
    return lab.docker("volume", "ls", "--quiet", "--filter", f"label=com.docker.compose.project={lab.name}").split()


def move_in(old: Lab, new: Lab) -> None:
    """The stack `new` takes over: the address, the secrets and the backups of `old`, and nothing else of it."""
    new.url, new.http_port, new.https_port = old.url, old.http_port, old.https_port
    new.set(
        SITE_URL=old.url,
        HTTP_PORT=str(old.http_port),
        HTTPS_PORT=str(old.https_port),
        TIME_ZONE=old.setting("TIME_ZONE"),
        BACKUP_DIR=str(old.backups),
        UNLIMITED_NETWORKS="0.0.0.0/0",
    )
    new.data.mkdir()
    subprocess.run(["cp", "--archive", old.data / "secrets", new.data / "secrets"], check=True)
    told = new.up()
    assert "Made: " not in told, "the secrets are those from before"
    done = new.azione("backup", "restore", "latest", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr


def row_counts(lab: Lab) -> dict[str, int]:
    """Of every table, counted one by one."""
    tables = lab.psql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").split()
    queries = [f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables]
    rows = (line.split("|") for line in lab.psql(" UNION ALL ".join(queries)).splitlines())
    return {table: int(count) for table, count in rows}


def media_sums(lab: Lab) -> str:
    script = "cd /srv/media/current && find . -type f -exec sha256sum {} + | sort"
    return lab.compose("exec", "-T", "backend", "sh", "-c", script)


def test_every_row_and_every_upload_is_there(before_and_after: tuple[Before, Lab]) -> None:
    before, after = before_and_after
    assert before.counts["reservations_reservation"] == GUESTS
    assert row_counts(after) == before.counts
    assert before.media.count("\n") > 3
    assert media_sums(after) == before.media
    assert all(after.name in one["Name"] for one in after.inspect())


def test_every_link_shows_its_reservation(before_and_after: tuple[Before, Lab]) -> None:
    before, after = before_and_after

    def look(guest: Attendee) -> tuple[str, str]:
        answer = as_guest(after, "GET", "", guest.token)
        assert answer.status == 200, answer.text
        return answer.json["reference"], answer.json["status"]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(look, before.audience))

    statuses = ["pending"] * UNDECIDED + ["confirmed"] * (GUESTS - UNDECIDED)
    assert found == [(guest.reference, status) for guest, status in zip(before.audience, statuses, strict=True)]


def test_every_guest_who_was_undecided_can_confirm(before_and_after: tuple[Before, Lab]) -> None:
    before, after = before_and_after
    for guest in before.audience[:UNDECIDED]:
        answer = as_guest(after, "POST", "confirm/", guest.token)
        assert (answer.status, answer.json["status"]) == (200, "confirmed")


def test_phone_that_was_paired_lets_in(before_and_after: tuple[Before, Lab]) -> None:
    before, after = before_and_after
    phone = replace(before.phone, lab=after)
    guests = [guest for guest in before.audience if guest.ticket and guest.performance_id == phone.performance_id]
    listed = {row["reference"] for row in phone.door_list().json["reservations"]}
    assert {guest.reference for guest in guests} <= listed
    answer = phone.scan(guests[0].ticket)
    assert answer["outcome"] == "admitted"
    assert answer["reservation"]["reference"] == guests[0].reference


def test_every_code_opens_the_door_to_staff_who_had_signed_in(before_and_after: tuple[Before, Lab]) -> None:
    """The session is the one from before; nobody has signed in since."""
    before, after = before_and_after
    session = Session(after, before.session.cookies)
    assert session.who().json["username"] == "door"
    holders = [guest for guest in before.audience if guest.ticket]
    assert len({guest.ticket for guest in holders}) == GUESTS - UNDECIDED

    def scan(guest: Attendee) -> tuple[str, str]:
        path = f"/api/v1/door/performances/{guest.performance_id}/scans/"
        answer = Session(after, dict(before.session.cookies)).request("POST", path, scan_of(guest.ticket))
        assert answer.status == 200, answer.text
        return answer.json["reservation"]["reference"], answer.json["outcome"]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(scan, holders))
    assert [reference for reference, _ in found] == [guest.reference for guest in holders]
    outcomes = Counter(outcome for _, outcome in found)
    # One was let in by the phone.
    assert outcomes == {"admitted": len(holders) - 1, "already_admitted": 1}


def test_staff_sign_in_and_guests_reserve(before_and_after: tuple[Before, Lab]) -> None:
    before, after = before_and_after
    assert Session(after).sign_in("manager", before.session.lab.password).status == 200
    come_all_the_way(after)
