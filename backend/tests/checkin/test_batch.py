"""`door/performances/{id}/scans/batch/`: what phones decided alone comes in."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from azionelab.checkin import devices
from azionelab.checkin.models import CheckIn, Conflict, DoorDevice, Scan, Settlement
from azionelab.checkin.offline_scans import OfflineScan
from azionelab.checkin.reconciliation import settle_conflict
from azionelab.checkin.selectors import attendance_of
from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation, WalkIn
from tests.backstage import let_in
from tests.cast import Phone, give_token, make_performance, make_staff, pair_phone, reserve, reserve_and_confirm
from tests.checkin.offline import as_sent, offline

pytestmark = pytest.mark.django_db
EIGHT = timezone.now().replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture
def left(tonight: Performance) -> Phone:
    return pair_phone(tonight, "Marta, left door", walk_ins=20)


@pytest.fixture
def right(tonight: Performance) -> Phone:
    return pair_phone(tonight, "Ugo, right door")


def post(phone: Phone, *scans: OfflineScan) -> Any:
    url = f"/api/v1/door/performances/{phone.device.performance_id}/scans/batch/"
    return phone.client.post(url, {"scans": [as_sent(scan) for scan in scans]}, format="json")


def deliver(phone: Phone, *scans: OfflineScan) -> list[dict[str, Any]]:
    answer = post(phone, *scans)
    assert answer.status_code == 200, answer.json()
    return answer.json()["answers"]


def admission(reservation: Reservation, seats: int = 1, minute: int = 0, **members: Any) -> OfflineScan:
    digest = give_token(reservation).ticket_digest
    return offline(ticket_digest=digest, seats_admitted=seats, scanned_at=EIGHT + timedelta(minutes=minute), **members)


@pytest.mark.parametrize("left_is_first", [True, False])
def test_two_phones_that_let_in_the_same_seats(
    tonight: Performance, left: Phone, right: Phone, left_is_first: bool
) -> None:
    """The earlier by time is the admission, whichever comes in first; the attendance counts everybody."""
    reservation = reserve_and_confirm(tonight, 4, name="Anna Rossi")
    earlier, later = admission(reservation, 4, minute=1), admission(reservation, 3, minute=2)
    deliveries = [(left, earlier), (right, later)]
    answers = [deliver(phone, scan)[0] for phone, scan in (deliveries if left_is_first else deliveries[::-1])]
    conflict = Conflict.objects.get()
    assert (conflict.scan.device, conflict.seats, conflict.rule) == ("Ugo, right door", 3, "already_admitted")
    assert (conflict.first_scan.device, conflict.first_scan.happened_at) == ("Marta, left door", earlier.scanned_at)
    assert [(row.scan.scan_id, row.seats) for row in CheckIn.objects.all()] == [(earlier.scan_id, 4)]
    assert attendance_of(tonight.pk).inside == 7
    if left_is_first:
        assert answers[1]["outcome"] == "conflict"
        told = answers[1]["conflict"]
        assert (told["seats"], told["rule"], told["other_device"]) == (3, "already_admitted", "Marta, left door")
        assert told["other_at"] is not None
        reservation_told = {"reference": reservation.reference, "name": "Anna Ros.", "seats": 4, "admitted": 4}
        assert answers[1]["reservation"] == reservation_told
    else:
        assert [answer["outcome"] for answer in answers] == ["admitted", "admitted"]
        assert deliver(right, later)[0]["replayed_outcome"] == "conflict"


def test_delivering_again_changes_nothing(tonight: Performance, left: Phone) -> None:
    scans = [admission(reserve_and_confirm(tonight, 2), 2), offline(kind="walk_in", seats_admitted=1)]
    first, again = deliver(left, *scans), deliver(left, *scans[::-1])[::-1]
    assert [answer["outcome"] for answer in first] == ["admitted", "admitted"]
    assert [(answer["outcome"], answer["replayed_outcome"]) for answer in again] == [("replay", "admitted")] * 2
    assert (Scan.objects.count(), attendance_of(tonight.pk).inside) == (2, 3)


def test_scan_that_stands_twice_in_a_batch_is_recorded_once(tonight: Performance, left: Phone) -> None:
    scan = admission(reserve_and_confirm(tonight, 2), 2)
    assert [answer["outcome"] for answer in deliver(left, scan, scan)] == ["admitted", "replay"]


def test_answer_that_never_came_back_leaves_one_admission(tonight: Performance, left: Phone) -> None:
    """The server let two in; the phone did not hear it and let three in, under the same id."""
    reservation = reserve_and_confirm(tonight, 4)
    scan = admission(reservation, 3)
    live = {"scan_id": str(scan.scan_id), "reference": reservation.reference, "seats": 2}
    url = f"/api/v1/door/performances/{tonight.pk}/scans/"
    left.client.post(url, live | {"scanned_at": timezone.now().isoformat()}, format="json")
    assert deliver(left, scan)[0]["outcome"] == "admitted"
    assert [(row.seats, row.scan.decided_by) for row in CheckIn.objects.all()] == [(3, "device")]


def test_phone_that_read_another_ticket_than_the_server_is_believed(tonight: Performance, left: Phone) -> None:
    anna, bruno = reserve_and_confirm(tonight, 2), reserve_and_confirm(tonight, 2)
    scan = admission(bruno, 2)
    live = {"scan_id": str(scan.scan_id), "reference": anna.reference, "scanned_at": timezone.now().isoformat()}
    left.client.post(f"/api/v1/door/performances/{tonight.pk}/scans/", live, format="json")
    deliver(left, scan)
    deliver(left, admission(anna, 1))
    admitted = {row.reservation.reference: row.seats for row in CheckIn.objects.all()}
    assert admitted == {anna.reference: 1, bruno.reference: 2}


def test_undo_may_come_before_what_it_takes_back(tonight: Performance, left: Phone, right: Phone) -> None:
    scan = admission(reserve_and_confirm(tonight, 2), 2)
    undo = offline(kind="undo", outcome="undone", seats_admitted=0, undoes=scan.scan_id, reason="sbagliato")
    deliver(right, undo)
    deliver(left, scan)
    assert attendance_of(tonight.pk).inside == 0


def test_phone_with_a_wrong_clock_is_put_right_and_marked(tonight: Performance, left: Phone, right: Phone) -> None:
    reservation = reserve_and_confirm(tonight, 1)
    fast = admission(reservation, minute=60, clock_offset_ms=-3_600_000)
    deliver(left, fast)
    deliver(right, admission(reservation, minute=5))
    checkin = CheckIn.objects.get()
    assert (checkin.scan.device, checkin.admitted_at, checkin.scan.clock_corrected) == ("Marta, left door", EIGHT, True)
    assert Conflict.objects.get().scan.clock_corrected is False


def test_device_that_was_sent_away_delivers_and_learns_nothing(tonight: Performance, left: Phone) -> None:
    reservation = reserve_and_confirm(tonight, 3)
    devices.revoke(device_id=left.device.pk)
    before = admission(reservation, 1)
    after = admission(reservation, 2, minute=120)
    answers = deliver(left, before, after)
    assert [answer["outcome"] for answer in answers] == ["admitted", "conflict"]
    hidden = ("reservation", "first_admitted_at", "first_device", "conflict", "seats_left")
    assert {answer[name] for answer in answers for name in hidden} == {None}
    assert (Conflict.objects.get().rule, Conflict.objects.get().seats) == ("device_revoked", 2)
    live = {"scan_id": str(uuid4()), "reference": reservation.reference, "scanned_at": timezone.now().isoformat()}
    url = f"/api/v1/door/performances/{tonight.pk}/scans/"
    assert left.client.post(url, live, format="json").json()["code"] == "device_revoked"


def test_nothing_happened_at_a_phone_before_it_was_paired(tonight: Performance, left: Phone, right: Phone) -> None:
    """A backdated scan is no earlier than the honest one of the same party; a backdated undo is marked as well."""
    reservation, paired_at = reserve_and_confirm(tonight, 2), EIGHT + timedelta(minutes=30)
    DoorDevice.objects.filter(pk=left.device.pk).update(paired_at=paired_at)
    backdated, honest = admission(reservation, 2, minute=-60), admission(reservation, 2, minute=10)
    undo = offline(kind="undo", outcome="undone", seats_admitted=0, undoes=uuid4(), reason="no", scanned_at=EIGHT)
    deliver(left, backdated, undo)
    deliver(right, honest)
    assert CheckIn.objects.get().scan.scan_id == honest.scan_id
    rows = Scan.objects.filter(door_device=left.device).values_list("happened_at", "clock_corrected")
    assert list(rows) == [(paired_at, True)] * 2


@pytest.mark.parametrize(("minute", "inside"), [(-1, 0), (120, 2)])
def test_device_takes_nobody_out_after_it_was_sent_away(
    tonight: Performance, left: Phone, right: Phone, minute: int, inside: int
) -> None:
    scan = admission(reserve_and_confirm(tonight, 2), 2)
    deliver(right, scan)
    devices.revoke(device_id=left.device.pk)
    when = timezone.now() + timedelta(minutes=minute)
    undo = offline(kind="undo", outcome="undone", seats_admitted=0, undoes=scan.scan_id, reason="no", scanned_at=when)
    deliver(left, undo)
    assert attendance_of(tonight.pk).inside == inside


def test_device_whose_time_is_over_still_delivers(tonight: Performance, left: Phone) -> None:
    scan = admission(reserve_and_confirm(tonight, 1))
    yesterday = timezone.now() - timedelta(days=1)
    times = {"starts_at": yesterday, "doors_open_at": yesterday, "booking_closes_at": yesterday}
    Performance.objects.filter(pk=tonight.pk).update(**times, booking_opens_at=yesterday - timedelta(days=9))
    answer = deliver(left, scan)[0]
    assert (answer["outcome"], answer["reservation"]) == ("admitted", None)


def test_people_whom_no_rule_carries_are_conflicts(tonight: Performance, left: Phone) -> None:
    pending, elsewhere = reserve(tonight, 1), reserve_and_confirm(make_performance(), 1)
    withdrawn = reserve_and_confirm(tonight, 1)
    digest = give_token(withdrawn).ticket_digest
    withdrawn.tokens.update(revoked_at=EIGHT - timedelta(minutes=1))
    scans = [
        admission(pending),
        admission(elsewhere),
        offline(ticket_digest=bytes(32)),
        offline(reference="NOBODY"),
        offline(),
        offline(ticket_digest=digest, scanned_at=EIGHT),
        offline(kind="walk_in", seats_admitted=12),
    ]
    answers = deliver(left, *scans)
    assert {answer["outcome"] for answer in answers} == {"conflict"}
    rules = [answer["conflict"]["rule"] for answer in answers]
    assert rules == ["not_confirmed", "wrong_performance", *["unknown"] * 4, "no_seats_left"]
    assert (WalkIn.objects.get().seats, attendance_of(tonight.pk).inside) == (9, 18)


def test_guest_of_another_evening_stays_in_there(tonight: Performance, left: Phone) -> None:
    guest = reserve_and_confirm(make_performance(), 2)
    let_in(guest, 1)
    assert deliver(left, admission(guest, 1))[0]["conflict"]["rule"] == "wrong_performance"
    guest.refresh_from_db()
    assert (CheckIn.objects.get().reservation, guest.admitted_since) == (guest, CheckIn.objects.get().admitted_at)


def test_ticket_withdrawn_after_it_was_scanned_was_good(tonight: Performance, left: Phone) -> None:
    reservation = reserve_and_confirm(tonight, 1)
    scan = admission(reservation)
    reservation.tokens.update(revoked_at=timezone.now())
    assert deliver(left, scan)[0]["outcome"] == "admitted"


@pytest.mark.parametrize(("group", "rule"), [("Managers", None), ("Door staff", "over_party")])
def test_exception_is_a_manager_s_phone_s_to_make(tonight: Performance, group: str, rule: str | None) -> None:
    staff = make_staff("giulia", group)
    device = devices.pair_as_staff(performance_id=tonight.pk, name="cassa", claim=uuid4(), staff_id=staff.pk)
    phone = Phone(device, devices.tokens.device_token(device.pk, device.claim))
    scan = admission(reserve_and_confirm(tonight, 2), 3, override=True, reason="la nonna")
    told = deliver(phone, scan)[0]["conflict"]
    assert (told and told["rule"], attendance_of(tonight.pk).inside) == (rule, 3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scan_id": "7"}, "scans.1.scan_id"),
        ({"kind": "dance"}, "scans.1.kind"),
        ({"seats_admitted": 0}, "scans.1.seats_admitted"),
        ({"outcome": "conflict"}, "scans.1.outcome"),
        ({"outcome": "undone", "seats_admitted": 0}, "scans.1.outcome"),
        ({"kind": "undo"}, "scans.1.outcome"),
        ({"undoes": str(uuid4())}, "scans.1.undoes"),
        ({"ticket_digest": "abc"}, "scans.1.ticket_digest"),
        ({"ticket_digest": "A" * 43, "reference": "K7Q4MX"}, "scans.1.ticket_digest"),
        ({"override": True}, "scans.1.reason"),
        ({"scanned_at": "0001-01-01T00:00:00Z"}, "scans.1.scanned_at"),
        ({"clock_offset_ms": 10**15}, "scans.1.clock_offset_ms"),
        ({"sequence": -1}, "scans.1.sequence"),
        ({"seats": 0}, "scans.1.seats"),
    ],
)
def test_scan_that_makes_no_sense_refuses_the_batch(
    tonight: Performance, left: Phone, changes: dict[str, Any], field: str
) -> None:
    scans = [as_sent(offline()), as_sent(offline()) | changes]
    url = f"/api/v1/door/performances/{tonight.pk}/scans/batch/"
    answer = left.client.post(url, {"scans": scans}, format="json")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])
    assert not Scan.objects.exists()


@pytest.mark.parametrize("count", [0, 501])
def test_batch_has_between_one_and_five_hundred(tonight: Performance, left: Phone, count: int) -> None:
    answer = post(left, *(offline() for _ in range(count)))
    assert (answer.status_code, Scan.objects.exists()) == (400, False)


def test_no_phone_rewrites_what_another_did(tonight: Performance, left: Phone, right: Phone) -> None:
    scan = admission(reserve_and_confirm(tonight, 1))
    deliver(left, scan)
    answer = post(right, scan)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_staff_deliver_with_the_name_of_their_door(tonight: Performance) -> None:
    client = APIClient()
    client.force_login(make_staff())
    url = f"/api/v1/door/performances/{tonight.pk}/scans/batch/"
    body = {"scans": [as_sent(admission(reserve_and_confirm(tonight)))]}
    assert client.post(url, body, format="json").json()["errors"][0]["field"] == "device"
    assert client.post(url, body | {"device": "cassa"}, format="json").status_code == 200
    assert Scan.objects.get().device == "cassa"


# A person settles


@pytest.fixture
def conflict(tonight: Performance, left: Phone) -> Conflict:
    reservation = reserve_and_confirm(tonight, 2)
    deliver(left, admission(reservation, 2), admission(reservation, 2, minute=1))
    return Conflict.objects.get()


@pytest.mark.parametrize(("settlement", "inside"), [(Settlement.CAME_IN, 4), (Settlement.COUNTED_TWICE, 2)])
def test_settling_says_who_is_inside(conflict: Conflict, settlement: Settlement, inside: int) -> None:
    assert attendance_of(conflict.performance_id).conflicts == 1
    settle_conflict(conflict_id=conflict.pk, settlement=settlement, note="chiesto ad Anna")
    attendance = attendance_of(conflict.performance_id)
    assert (attendance.inside, attendance.conflicts) == (inside, 0)


def test_settlement_outlasts_another_delivery(conflict: Conflict, left: Phone) -> None:
    settle_conflict(conflict_id=conflict.pk, settlement=Settlement.COUNTED_TWICE)
    deliver(left, admission(conflict.reservation, 1, minute=2))
    conflict.refresh_from_db()
    assert conflict.settlement == Settlement.COUNTED_TWICE


def test_conflict_that_became_another_waits_again(conflict: Conflict, left: Phone) -> None:
    settle_conflict(conflict_id=conflict.pk, settlement=Settlement.COUNTED_TWICE)
    first = CheckIn.objects.get().scan
    deliver(left, admission(conflict.reservation, 1, minute=-1))
    undo = offline(kind="undo", outcome="undone", seats_admitted=0, undoes=first.scan_id, reason="sbagliato")
    deliver(left, undo)
    conflict.refresh_from_db()
    assert (conflict.settlement, conflict.settled_at, conflict.seats, conflict.rule) == ("", None, 1, "over_party")


def test_conflict_that_is_none_any_more_cannot_be_settled(conflict: Conflict) -> None:
    pk = conflict.pk
    conflict.delete()
    with pytest.raises(DomainError, match="not_found"):
        settle_conflict(conflict_id=pk, settlement=Settlement.CAME_IN)
