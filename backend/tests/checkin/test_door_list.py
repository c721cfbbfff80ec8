"""The door list: what a phone learns of a performance, and what it never does."""

import base64
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import InternalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from azionelab.checkin import devices
from azionelab.checkin.door_list import LAST_SCANS, DoorList, ListedReservation, door_list
from azionelab.checkin.models import CheckIn, Conflict, DecidedBy, Outcome, Scan, ScanKind, Settlement
from azionelab.core.database import snapshot
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import services
from azionelab.reservations.models import Reservation, ReservationToken, Status, WalkIn
from azionelab.reservations.tokens import TokenPair, digest
from tests.backstage import let_in
from tests.cast import (
    Phone,
    give_token,
    guest,
    let_hold_pass,
    make_performance,
    make_staff,
    pair_phone,
    reserve,
    reserve_and_confirm,
)

pytestmark = pytest.mark.django_db(transaction=True)


def url(performance: Performance) -> str:
    return f"/api/v1/door/performances/{performance.pk}/list/"


def row_of(listed: DoorList, reservation: Reservation) -> ListedReservation:
    return next(row for row in listed.reservations if row.reference == reservation.reference)


def record(performance: Performance, seats: int = 0, **changes: object) -> Scan:
    """A line of the record as a phone would have left it, whatever follows from it."""
    now = timezone.now()
    values = {
        "scan_id": uuid4(),
        "performance": performance,
        "outcome": Outcome.ADMITTED if seats else Outcome.UNKNOWN,
        "seats_admitted": seats,
        "scanned_at": now,
        "happened_at": now,
        "device": "porta",
    }
    return Scan.objects.create(**values | changes)


def fill(performance: Performance, count: int) -> None:
    """Reservations with their tickets, each of which is in; booking that many one by one is not what is tested."""
    now, details = timezone.now(), guest()
    common = {"seats": 2, "email": details.email, "language": "it", "status": Status.CONFIRMED, "request_digest": b""}
    times = dict.fromkeys(("privacy_accepted_at", "created_at", "hold_expires_at", "confirmed_at"), now)
    made = Reservation.objects.bulk_create(
        Reservation(
            performance=performance,
            slot=number,
            reference=f"{number:06}",
            name=f"Anna Rossi{number}",
            **common,
            **times,
        )
        for number in range(count)
    )
    pairs = [(reservation, TokenPair.mint()) for reservation in made for _ in range(2)]
    ReservationToken.objects.bulk_create(
        ReservationToken(
            reservation=reservation, reservation_digest=pair.reservation_digest, ticket_digest=pair.ticket_digest
        )
        for reservation, pair in pairs
    )
    for reservation in made[:50]:
        let_in(reservation, 1)


# Reservations


def test_reservations_stand_in_slots_that_never_change(tonight: Performance) -> None:
    kept = [reserve_and_confirm(tonight), reserve(tonight)]
    reserve_and_confirm(make_performance())
    before = [(row.slot, row.reference) for row in door_list(tonight.pk).reservations]
    assert before == [(slot, reservation.reference) for slot, reservation in enumerate(kept)]
    services.cancel(reservation_id=kept[0].pk)
    reserve_and_confirm(tonight)
    after = [(row.slot, row.reference) for row in door_list(tonight.pk).reservations]
    assert after[:2] == before
    assert [slot for slot, _reference in after] == [0, 1, 2]


def test_status_is_what_the_door_would_answer(tonight: Performance) -> None:
    confirmed, pending, lapsed, gone = (
        reserve_and_confirm(tonight, 2),
        reserve(tonight, 1),
        reserve(tonight, 1),
        reserve_and_confirm(tonight, 3),
    )
    let_hold_pass(lapsed)
    services.cancel(reservation_id=gone.pk)
    listed = door_list(tonight.pk)
    assert [row_of(listed, reservation).status for reservation in (confirmed, pending, lapsed, gone)] == [
        "confirmed",
        "not_confirmed",
        "not_confirmed",
        "cancelled",
    ]
    assert listed.counts.expected == 2


def test_tickets_are_known_by_their_digests_unless_revoked(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight)
    ReservationToken.objects.all().delete()
    first, second, revoked = give_token(reservation), give_token(reservation), give_token(reservation)
    ReservationToken.objects.filter(ticket_digest=revoked.ticket_digest).update(revoked_at=timezone.now())
    client = pair_phone(tonight).client
    [row] = client.get(url(tonight)).json()["reservations"]
    written = [base64.urlsafe_b64decode(f"{text}=") for text in row["digests"]]
    assert written == [first.ticket_digest, second.ticket_digest]


def test_admissions_are_told_by_device_and_the_first_by_name_and_time(tonight: Performance) -> None:
    reservation, phone = reserve_and_confirm(tonight, 4), pair_phone(tonight)
    let_in(reservation, 1)
    scan = record(tonight, 2, reservation=reservation, door_device=phone.device, device=phone.device.name, sequence=7)
    CheckIn.objects.create(reservation=reservation, scan=scan, seats=2, admitted_at=scan.happened_at)
    row = row_of(door_list(tonight.pk), reservation)
    first = CheckIn.objects.order_by("admitted_at").first()
    assert (row.admitted, dict(row.admitted_by)) == (3, {0: 1, 1: 2})
    assert (row.first_device, row.first_admitted_at) == ("porta", first.admitted_at)
    [listed] = phone.client.get(url(tonight)).json()["reservations"]
    assert (listed["admitted"], listed["admitted_by"]) == (3, {"0": 1, "1": 2})


# Counts


def test_counts_know_everybody_who_came_in(tonight: Performance) -> None:
    reservation, phone = reserve_and_confirm(tonight, 4), pair_phone(tonight)
    let_in(reservation, 3)
    for seats, settlement in ((1, ""), (2, Settlement.CAME_IN), (5, Settlement.COUNTED_TWICE)):
        scan = record(tonight, seats, door_device=phone.device, sequence=seats)
        settled = {"settlement": settlement, "settled_at": timezone.now()} if settlement else {}
        Conflict.objects.create(scan=scan, performance=tonight, seats=seats, rule="already_admitted", **settled)
    walk_in = record(tonight, 2, kind=ScanKind.WALK_IN, door_device=phone.device, sequence=9)
    WalkIn.objects.create(performance=tonight, scan_id=walk_in.scan_id, seats=2, admitted_at=timezone.now())
    listed = door_list(tonight.pk)
    counts = listed.counts
    assert (counts.expected, counts.admitted, counts.walk_ins, counts.conflicts) == (4, 3, 2, 1)
    assert counts.inside == 3 + 2 + 1 + 2
    assert counts.left <= tonight.bookable - 4
    assert [(row.number, row.name, row.admitted, row.walk_ins, row.sequence) for row in listed.devices] == [
        (0, "", 3, 0, 0),
        (1, "Marta, left door", 0, 2, 9),
    ]


def test_device_that_was_sent_away_stays_in_the_counts(tonight: Performance) -> None:
    pair_phone(make_performance())
    phone = pair_phone(tonight)
    devices.revoke(device_id=phone.device.pk)
    assert [(row.number, row.revoked) for row in door_list(tonight.pk).devices] == [(0, False), (1, True)]


# The last scans


def test_last_scans_are_the_newest_twenty_by_when_they_happened(tonight: Performance) -> None:
    start = timezone.now()
    scans = [record(tonight, happened_at=start + timedelta(seconds=number % 7)) for number in range(LAST_SCANS + 5)]
    record(make_performance())
    expected = sorted(scans, key=lambda scan: (scan.happened_at, scan.pk), reverse=True)[:LAST_SCANS]
    assert [row.scan_id for row in door_list(tonight.pk).last_scans] == [scan.scan_id for scan in expected]


def test_scan_that_was_decided_twice_is_listed_as_the_device_decided_it(tonight: Performance) -> None:
    reservation, scan_id = reserve_and_confirm(tonight, 4, name="Anna Bianchi"), uuid4()
    record(tonight, scan_id=scan_id, outcome=Outcome.ALREADY_ADMITTED, reservation=reservation)
    record(tonight, 2, scan_id=scan_id, decided_by=DecidedBy.DEVICE, reservation=reservation)
    [row] = door_list(tonight.pk).last_scans
    assert (row.outcome, row.seats_admitted, row.reference) == ("admitted", 2, reservation.reference)
    assert (row.name, row.undone, row.conflict) == ("Anna Bia.", False, False)


def test_last_scans_tell_what_was_taken_back_and_what_waits_to_be_settled(tonight: Performance) -> None:
    undone, refused, kept = (record(tonight, 1) for _ in range(3))
    record(tonight, kind=ScanKind.UNDO, outcome=Outcome.UNDONE, undoes=undone.scan_id, reason="wrong party")
    record(tonight, kind=ScanKind.UNDO, outcome=Outcome.UNKNOWN, undoes=refused.scan_id, reason="wrong party")
    Conflict.objects.create(scan=kept, performance=tonight, seats=1, rule="over_party")
    told = {row.scan_id: (row.undone, row.conflict) for row in door_list(tonight.pk).last_scans}
    assert told[undone.scan_id] == (True, False)
    assert told[refused.scan_id] == (False, False)
    assert told[kept.scan_id] == (False, True)


def test_last_scans_know_that_a_phone_that_was_sent_away_takes_nobody_out(tonight: Performance) -> None:
    device, kept = pair_phone(tonight).device, record(tonight, 1)
    devices.revoke(device_id=device.pk)
    undo = {"kind": ScanKind.UNDO, "outcome": Outcome.UNDONE, "undoes": kept.scan_id, "reason": "no"}
    undo |= {"door_device": device, "decided_by": DecidedBy.DEVICE}
    record(tonight, **undo)
    assert [row.undone for row in door_list(tonight.pk).last_scans if row.scan_id == kept.scan_id] == [False]
    record(tonight, **undo, happened_at=timezone.now() - timedelta(hours=1))
    assert [row.undone for row in door_list(tonight.pk).last_scans if row.scan_id == kept.scan_id] == [True]


# One moment, and what it costs


def test_list_is_of_one_moment(tonight: Performance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody comes in while the list is read: it is as it was when reading began."""
    from azionelab.checkin import door_list as module
    from tests.concurrency.runner import run_at_once

    reservation = reserve_and_confirm(tonight, 2)
    read_admissions = module._add_admissions

    def let_in_first(*args: object) -> None:
        [answer] = run_at_once([lambda: let_in(reservation)])
        assert answer.outcome == Outcome.ADMITTED
        read_admissions(*args)

    monkeypatch.setattr(module, "_add_admissions", let_in_first)
    assert row_of(door_list(tonight.pk), reservation).admitted == 0
    monkeypatch.undo()
    assert row_of(door_list(tonight.pk), reservation).admitted == 2


def test_nothing_is_written_in_a_snapshot(tonight: Performance) -> None:
    with pytest.raises(InternalError, match="read-only"), snapshot():
        Performance.objects.update(capacity=1)


@pytest.mark.parametrize("count", [1, 300])
def test_list_takes_as_many_statements_however_many_have_reserved(tonight: Performance, count: int) -> None:
    fill(tonight, count)
    with CaptureQueriesContext(connection) as captured:
        assert len(door_list(tonight.pk).reservations) == count
    sql = [query["sql"] for query in captured if not query["sql"].startswith(("BEGIN", "COMMIT"))]
    assert len(sql) == 10, sql


def test_list_of_a_thousand_is_light(tonight: Performance) -> None:
    fill(tonight, 1_000)
    answer = pair_phone(tonight).client.get(url(tonight))
    assert len(answer.json()["reservations"]) == 1_000
    assert len(answer.content) < 400_000


def test_unknown_performance() -> None:
    with pytest.raises(DomainError, match=Code.NOT_FOUND):
        door_list(999_999)


# ETag


def unchanged(phone: Phone, performance: Performance, etag: str) -> bool:
    client = APIClient(headers={"Authorization": f"Door {phone.token}", "If-None-Match": etag})
    answer = client.get(url(performance))
    assert answer["Azione-Time"]
    return answer.status_code == 304


def test_list_stays_the_same_while_only_time_passes(tonight: Performance) -> None:
    reservation, phone = reserve_and_confirm(tonight), pair_phone(tonight)
    first, second = phone.client.get(url(tonight)), phone.client.get(url(tonight))
    assert first.json()["made_at"] != second.json()["made_at"]
    assert first["ETag"] == second["ETag"]
    assert first["Cache-Control"] == "no-store"
    assert unchanged(phone, tonight, first["ETag"])
    # A proxy that compresses makes the tag a weak one.
    assert unchanged(phone, tonight, f"W/{first['ETag']}")
    assert not unchanged(phone, tonight, '"another"')
    let_in(reservation)
    assert not unchanged(phone, tonight, first["ETag"])


def test_list_changes_when_a_hold_passes_and_nobody_writes(tonight: Performance) -> None:
    pending, phone = reserve(tonight), pair_phone(tonight)
    left = phone.client.get(url(tonight))
    let_hold_pass(pending)
    assert phone.client.get(url(tonight)).json()["counts"]["left"] == left.json()["counts"]["left"] + 1
    assert not unchanged(phone, tonight, left["ETag"])


# What is not in it


def test_list_holds_no_address_phone_note_full_name_or_usable_token(tonight: Performance) -> None:
    names, tokens = ("Anna Bianchi", "Bruno D'Angelo", "Chiara De Luca", "Zoë", "Li Wu"), []
    secrets = ["in carrozzina", "+393331234567", "3331234567", *names]
    for name in names:
        reservation = reserve_and_confirm(tonight, 1, name=name, phone="+393331234567", notes="in carrozzina")
        secrets.append(reservation.email)
        let_in(reservation)
        pair = give_token(reservation)
        tokens += [pair.reservation_token, pair.ticket_token]
    phone = pair_phone(tonight)
    text = phone.client.get(url(tonight)).content.decode()
    assert "Bruno D'Ang." in text
    # Whole: a part of one might stand in a digest by chance.
    assert [secret for secret in secrets if secret in text] == []
    for token in [*tokens, phone.token]:
        assert token not in text.upper()
    # Nor does any longer word of it become a token when it is decoded.
    known = set(ReservationToken.objects.values_list("ticket_digest", flat=True))
    known |= set(ReservationToken.objects.values_list("reservation_digest", flat=True))
    words = re.findall(r"[A-Za-z0-9_-]{26,}", text)
    assert len(words) >= len(tokens)
    for word in words:
        raw = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        assert digest(raw[:16]) not in known


def test_members_of_the_list_are_these(tonight: Performance) -> None:
    """A new member is looked at twice before it travels to volunteers' phones."""
    reserve_and_confirm(tonight)
    listed = pair_phone(tonight).client.get(url(tonight)).json()
    assert set(listed) == {
        *("performance", "made_at", "valid_until", "counts", "devices", "reservations", "last_scans"),
    }
    assert set(listed["reservations"][0]) == {
        *("slot", "digests", "reference", "name", "seats", "status", "admitted", "admitted_by"),
        *("first_admitted_at", "first_device"),
    }


# Who may read it


def test_staff_read_any_list_and_nobody_else_does(tonight: Performance) -> None:
    client = APIClient()
    client.force_login(make_staff())
    assert client.get(url(tonight), {"language": "en"}).json()["performance"]["show_title"] == "The Mistress of the Inn"
    assert client.get("/api/v1/door/performances/999999/list/").status_code == 404
    assert APIClient().get(url(tonight)).status_code == 401
    assert json.loads(APIClient().get(url(tonight)).content)["code"] == "not_authenticated"
