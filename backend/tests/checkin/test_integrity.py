"""Nothing is found whatever the door did, and each thing that breaks is found by its rule."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings

from azionelab.checkin import devices
from azionelab.checkin.answers import Doorkeeper
from azionelab.checkin.integrity.rules import MOST_TOLD, broken_rules
from azionelab.checkin.models import Conflict, Scan
from azionelab.checkin.offline_scans import OfflineScan
from azionelab.checkin.reconciliation import record_offline_scans
from azionelab.checkin.services import ScanRequest, register_scan
from azionelab.programme.models import Performance
from azionelab.reservations import box_office
from azionelab.reservations.models import Reservation, Status, WalkIn
from tests.backstage import let_in
from tests.cast import Phone, let_hold_pass, make_performance, pair_phone, reserve, reserve_and_confirm
from tests.checkin.histories import Plan, plans
from tests.checkin.offline import offline
from tests.checkin.test_histories import ORDERS, evening_of
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db


def deliver(performance: Performance, phone: Phone, *scans: OfflineScan) -> None:
    keeper = Doorkeeper(name=phone.device.name, device=phone.device)
    record_offline_scans(performance_id=performance.pk, scans=scans, doorkeeper=keeper)


def found() -> dict[str, list[str]]:
    return {rule.name: broken.told for rule, broken in broken_rules()}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=plans, deliveries=ORDERS)
def test_nothing_is_found_whatever_the_door_did(plan: Plan, deliveries: list[list[int]]) -> None:
    assume(sum(party.seats for party in plan.parties if party.status == Status.CONFIRMED) <= plan.bookable)
    with evening_of(plan) as evening:
        for delivery in deliveries:
            evening.deliver([index for index in delivery if index < len(evening.scans)])
            assert found() == {}


def test_nothing_is_found_after_the_office_s_work(postbox: Postbox) -> None:
    """Reservations that are held, lapsed, confirmed, changed, moved, renewed and cancelled, with their mails."""
    here, there = make_performance(capacity=8), make_performance(capacity=8)
    kept, moved, renewed = (reserve_and_confirm(here, 2) for _ in range(3))
    let_hold_pass(reserve(here, 2))
    reserve(here, 2)
    box_office.move(reservation_id=moved.pk, performance_id=there.pk)
    box_office.change(reservation_id=kept.pk, changes={"seats": 1})
    box_office.renew(reservation_id=renewed.pk)
    box_office.cancel(reservation_id=renewed.pk)
    assert len(postbox.mails) == 11
    assert found() == {}


def test_manager_who_gives_away_seats_of_those_who_never_came_breaks_no_rule(tonight: Performance) -> None:
    for seats in (5, 5):
        reserve_and_confirm(tonight, seats)
    manager = Doorkeeper(name="porta", may_manage=True)
    request = ScanRequest(scan_id=uuid4(), kind="walk_in", seats=3, reason="Non vengono", scanned_at=timezone.now())
    assert register_scan(performance_id=tonight.pk, request=request, doorkeeper=manager).outcome == "admitted"
    assert found() == {}


def test_phone_that_was_sent_away_after_an_undo_of_tomorrow_breaks_no_rule(tonight: Performance) -> None:
    """Its clock was a day ahead: by the rules of today the undo came after it was gone, and counts for nothing."""
    phone = pair_phone(tonight, walk_ins=2)
    scan_id, tomorrow = uuid4(), timezone.now() + timedelta(days=1)
    taken_back = offline(kind="undo", outcome="undone", seats_admitted=0, undoes=scan_id, scanned_at=tomorrow)
    deliver(tonight, phone, offline(scan_id=scan_id, kind="walk_in", seats_admitted=2, scanned_at=tomorrow))
    deliver(tonight, phone, taken_back)
    devices.revoke(device_id=phone.device.pk)
    assert not WalkIn.objects.exists()
    assert found() == {}


# Each thing that breaks ---------------------------------------------------------------------------------------------


@pytest.fixture
def house(tonight: Performance, postbox: Postbox) -> Performance:
    """A guest of whose four seats two are taken, a held reservation, walk-ins and a conflict."""
    guest = reserve_and_confirm(tonight, 4)
    reserve(tonight, 1)
    let_in(guest, 2)
    phone = pair_phone(tonight, walk_ins=2)
    deliver(tonight, phone, offline(kind="walk_in", seats_admitted=2), offline(reference="NOBODY", seats_admitted=1))
    Reservation.objects.filter(pk=guest.pk).update(reference="ALVARE")
    assert found() == {}
    return tonight


UNGUARDED = "SET LOCAL session_replication_role = replica; "
GUEST = "(SELECT id FROM reservations_reservation WHERE reference = 'ALVARE')"
BREAKS = [
    ("over_capacity", "UPDATE programme_performance SET capacity = 4", "Performance {house} has 6 seats taken of 4."),
    (
        "over_capacity",
        "UPDATE reservations_reservation SET seats = 8 WHERE status = 'pending'",
        "Performance {house} has 12 seats taken of 10.",
    ),
    (
        "over_party",
        f"UPDATE reservations_reservation SET seats = 1 WHERE id = {GUEST}",
        "2 of the 1 seats of reservation ALVARE are in.",
    ),
    (
        "status",
        f"UPDATE reservations_reservation SET status = 'pending', hold_expires_at = created_at WHERE id = {GUEST}",
        "Reservation ALVARE is pending, and its times say otherwise.",
    ),
    (
        "status",
        f"UPDATE reservations_reservation SET cancelled_at = now() WHERE id = {GUEST}",
        "Reservation ALVARE is confirmed, and its times say otherwise.",
    ),
    (
        "links_missing",
        "DELETE FROM reservations_reservationtoken WHERE id IN ("
        f"SELECT min(id) FROM reservations_reservationtoken WHERE reservation_id = {GUEST})",
        "Reservation ALVARE was sent 2 mails, and there are 1 links for them.",
    ),
    (
        "digests",
        "UPDATE reservations_reservationtoken SET ticket_digest = 'cut' WHERE id IN ("
        f"SELECT max(id) FROM reservations_reservationtoken WHERE reservation_id = {GUEST})",
        " is not one of SHA-256.",
    ),
    ("digests", "UPDATE checkin_doordevice SET token_digest = 'cut'", "The digest of phone "),
    ("mail_times", "UPDATE reservations_outboundemail SET id = 5, sent_at = NULL WHERE id = {max}", "Mail 5 counts as"),
    ("door_adds_up", "DELETE FROM checkin_checkin", " let in 2, and 0 are on the lists."),
    ("door_adds_up", "UPDATE checkin_conflict SET seats = 2", " let in 1, and 2 are on the lists."),
    ("door_adds_up", "UPDATE reservations_walkin SET seats = 1", " let in 2, and 1 are on the lists."),
    ("checkins", "UPDATE checkin_checkin SET admitted_at = admitted_at + interval '1 hour'", " does not say what its"),
    ("checkins", "UPDATE checkin_checkin SET reservation_id = {other}", " does not say what its scan "),
    ("conflicts", "UPDATE checkin_conflict SET reservation_id = {other}", " does not say what its scan "),
    ("walk_ins", "UPDATE reservations_walkin SET id = 9, scan_id = gen_random_uuid()", "Walk-in 9 has no scan at its"),
    (
        "admitted_since",
        f"UPDATE reservations_reservation SET admitted_since = NULL WHERE id = {GUEST}",
        "Reservation ALVARE does not know since when somebody of it is in.",
    ),
    (
        "constraints_not_validated",
        "ALTER TABLE checkin_checkin ADD CONSTRAINT hopeful CHECK (seats < 2) NOT VALID",
        "Constraint hopeful of checkin_checkin was never checked against its rows.",
    ),
    (
        "invalid_indexes",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'scan_undone'::regclass",
        "Index scan_undone of checkin_scan is not usable.",
    ),
    (
        "disabled_triggers",
        "ALTER TABLE checkin_scan DISABLE TRIGGER scans_are_append_only",
        "Trigger scans_are_append_only of checkin_scan is switched off.",
    ),
    ("missing", "DROP INDEX email_queued", "email_queued is missing from the database."),
    (
        "missing",
        "ALTER TABLE reservations_reservation DROP CONSTRAINT reservation_slot_once",
        "reservation_slot_once is missing from the database.",
    ),
    (
        "missing",
        "DROP TRIGGER scans_are_append_only ON checkin_scan",
        "scans_are_append_only is missing from the database.",
    ),
    (
        "orphans",
        f"{UNGUARDED}UPDATE reservations_outboundemail SET reservation_id = 0 WHERE state = 'sent'",
        "3 rows of reservations_outboundemail name a row of reservations_reservation (reservation_id) "
        "that is not there.",
    ),
    (
        "numbers_used",
        "SELECT setval(pg_get_serial_sequence('programme_performance', 'id'), {house}, false)",
        "The next number of programme_performance is {house}, and {house} is used.",
    ),
]


@pytest.mark.parametrize(("rule", "sql", "words"), BREAKS, ids=[f"{rule}-{sql[:40]}" for rule, sql, _words in BREAKS])
def test_what_breaks_is_found(house: Performance, rule: str, sql: str, words: str) -> None:
    other = Reservation.objects.get(status="pending").pk
    with connection.cursor() as cursor:
        # What foreign keys wait with until the end would keep tables from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT max(id) FROM reservations_outboundemail WHERE state = 'sent'")
        names = {"house": house.pk, "other": other, "max": cursor.fetchone()[0]}
        cursor.execute(sql.format(**names))
    assert any(words.format(**names) in message for message in found()[rule])


def test_scan_that_a_device_decided_otherwise_counts_once(house: Performance) -> None:
    """The server had let one in, the phone heard nothing and refused: nobody went in."""
    [server] = Scan.objects.filter(decided_by="server")
    assert found() == {}
    Scan.objects.create(
        scan_id=server.scan_id,
        decided_by="device",
        performance=house,
        outcome="unknown",
        scanned_at=server.scanned_at,
        happened_at=server.happened_at,
        device="porta",
    )
    assert found() == {"door_adds_up": [f"Scan {server.pk} let in 0, and 2 are on the lists."]}


def test_of_many_the_first_few_are_told_and_all_are_counted(tonight: Performance) -> None:
    for _ in range(MOST_TOLD + 5):
        reserve(make_performance())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reservations_reservation SET confirmed_at = now()")
    [(rule, broken)] = broken_rules()
    assert (rule.name, broken.times, len(broken.told)) == ("status", MOST_TOLD + 5, MOST_TOLD)


def test_conflict_that_nobody_has_looked_at_again_is_no_breach(tonight: Performance) -> None:
    """Its reservation was confirmed since: the rules would say something else now, and everybody is still counted."""
    late = reserve(tonight, 2)
    phone = pair_phone(tonight)
    deliver(tonight, phone, offline(scan_id=UUID(int=5), reference=late.reference, seats_admitted=2))
    assert Conflict.objects.get().rule == "not_confirmed"
    box_office.confirm(reservation_id=late.pk)
    assert found() == {}
