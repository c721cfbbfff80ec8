"""Undo, people without a reservation, and what only a manager may do, while the network is there."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from azionelab.checkin import services
from azionelab.checkin.answers import Doorkeeper, ScanAnswer
from azionelab.checkin.models import CheckIn, Conflict, Scan
from azionelab.checkin.reconciliation import record_offline_scans
from azionelab.checkin.selectors import attendance_of, box_office, door_performance
from azionelab.checkin.services import ScanRequest
from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation, WalkIn
from azionelab.reservations.performances import update_performance
from azionelab.reservations.services import change_seats, confirm
from tests.cast import give_token, make_performance, pair_phone, reserve, reserve_and_confirm
from tests.checkin.offline import offline

pytestmark = pytest.mark.django_db
MANAGER = Doorkeeper(name="cassa", may_manage=True)
VOLUNTEER = Doorkeeper(name="porta")


@pytest.fixture
def phone(tonight: Performance) -> Doorkeeper:
    device = pair_phone(tonight, "Marta", walk_ins=4).device
    return Doorkeeper(name=device.name, device=device)


def ask(performance: Performance, who: Doorkeeper = VOLUNTEER, **members: object) -> ScanAnswer:
    request = ScanRequest(**{"scan_id": uuid4(), "scanned_at": timezone.now()} | members)
    return services.register_scan(performance_id=performance.pk, request=request, doorkeeper=who)


def admit(reservation: Reservation, seats: int | None = None, who: Doorkeeper = VOLUNTEER, **members: object) -> UUID:
    answer = ask(reservation.performance, who, reference=reservation.reference, seats=seats, **members)
    assert answer.outcome == "admitted"
    return answer.scan.scan_id


def walk_in(performance: Performance, seats: int, who: Doorkeeper, **members: object) -> ScanAnswer:
    return ask(performance, who, kind="walk_in", seats=seats, **members)


def undo(performance: Performance, target: UUID, who: Doorkeeper = VOLUNTEER, **members: object) -> ScanAnswer:
    return ask(performance, who, kind="undo", undoes=target, reason="biglietto sbagliato", **members)


# Undo


def test_undo_takes_back_one_admission_and_keeps_the_reason(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, 4)
    first = admit(reservation, 1)
    second = admit(reservation, 2)
    answer = undo(tonight, first)
    assert (answer.outcome, answer.admission.seats, answer.scan.reason) == ("undone", 2, "biglietto sbagliato")
    reservation.refresh_from_db()
    assert [reservation.admitted_since] == [Scan.objects.get(scan_id=second).happened_at]


def test_guest_whose_admission_was_undone_may_change_again() -> None:
    soon = make_performance(starts_in=timedelta(hours=3))
    reservation = reserve_and_confirm(soon, 2)
    scan_id = admit(reservation)
    with pytest.raises(DomainError, match="performance_started"):
        change_seats(reservation_id=reservation.pk, seats=1)
    undo(soon, scan_id)
    assert change_seats(reservation_id=reservation.pk, seats=1).seats == 1


def test_undoing_twice_is_no_different_from_once(tonight: Performance) -> None:
    scan_id = admit(reserve_and_confirm(tonight, 2))
    assert [undo(tonight, scan_id).outcome for _ in range(2)] == ["undone", "undone"]
    assert attendance_of(tonight.pk).inside == 0


def test_party_whose_admission_was_undone_comes_in_again(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, 2)
    undo(tonight, admit(reservation))
    admit(reservation)
    assert attendance_of(tonight.pk).admitted == 2


def test_undo_that_came_before_its_scan_takes_it_back(tonight: Performance, phone: Doorkeeper) -> None:
    anna, scan_id = reserve_and_confirm(tonight, 2), uuid4()
    undone = offline(kind="undo", undoes=scan_id, outcome="undone", seats_admitted=0, reason="uscita")
    record_offline_scans(performance_id=tonight.pk, scans=[undone], doorkeeper=phone)
    ask(tonight, phone, reference=anna.reference, scan_id=scan_id)
    assert attendance_of(tonight.pk).inside == 0
    assert ask(tonight, phone, reference=anna.reference).outcome == "admitted"


def test_ticket_that_was_typed_into_a_reason_is_not_kept(tonight: Performance) -> None:
    anna = reserve_and_confirm(tonight, 1)
    token = give_token(anna).ticket_token
    scan_id = admit(anna)
    undone = ask(tonight, kind="undo", undoes=scan_id, reason=f"https://teatro.example/t#{token}")
    assert undone.scan.reason == "https://teatro.example/t#…"


def test_undo_of_what_let_nobody_in_is_unknown(tonight: Performance) -> None:
    refused = ask(tonight, reference="NOBODY")
    elsewhere = admit(reserve_and_confirm(make_performance(), 1))
    for scan_id in (uuid4(), refused.scan.scan_id, elsewhere):
        assert undo(tonight, scan_id).outcome == "unknown"
    assert CheckIn.objects.count() == 1


def test_undo_settles_a_conflict_by_itself(tonight: Performance, phone: Doorkeeper) -> None:
    reservation = reserve_and_confirm(tonight, 2)
    live = admit(reservation)
    late = offline(reference=reservation.reference, seats_admitted=2, scanned_at=timezone.now() + timedelta(minutes=1))
    record_offline_scans(performance_id=tonight.pk, scans=[late], doorkeeper=phone)
    assert Conflict.objects.count() == 1
    undo(tonight, live)
    assert not Conflict.objects.exists()
    assert CheckIn.objects.get().scan.scan_id == late.scan_id


# What the live path need not work out anew comes to the same


def test_live_scan_before_one_of_a_phone_whose_clock_is_ahead_is_the_first(
    tonight: Performance, phone: Doorkeeper
) -> None:
    reservation = reserve_and_confirm(tonight, 4)
    ahead = offline(reference=reservation.reference, scanned_at=timezone.now() + timedelta(hours=1))
    record_offline_scans(performance_id=tonight.pk, scans=[ahead], doorkeeper=phone)
    answer = ask(tonight, reference=reservation.reference, seats=2)
    reservation.refresh_from_db()
    assert (answer.admission.seats, answer.admission.first_device) == (3, "porta")
    assert reservation.admitted_since == answer.admission.first_at == answer.scan.happened_at


def test_guests_let_in_before_they_confirmed_are_counted_at_their_next_scan(
    tonight: Performance, phone: Doorkeeper
) -> None:
    reservation = reserve(tonight, 2)
    early = offline(reference=reservation.reference, seats_admitted=2)
    record_offline_scans(performance_id=tonight.pk, scans=[early], doorkeeper=phone)
    assert Conflict.objects.get().rule == "not_confirmed"
    confirm(reservation_id=reservation.pk)
    answer = ask(tonight, reference=reservation.reference)
    assert (answer.outcome, answer.admission.first_device) == ("already_admitted", "Marta")
    assert not Conflict.objects.exists()


def test_surplus_of_a_party_that_grew_later_is_of_the_party(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, 2)
    admit(reservation, 2)
    admit(reservation, 1, MANAGER, reason="è la zia")
    Reservation.objects.filter(pk=reservation.pk).update(seats=3)
    assert ask(tonight, reference=reservation.reference).outcome == "already_admitted"
    assert (attendance_of(tonight.pk).admitted, WalkIn.objects.count()) == (3, 0)


# More than the party


def test_only_a_manager_with_a_reason_lets_in_more(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, 2)
    ticket = {"reference": reservation.reference, "seats": 3}
    assert ask(tonight, VOLUNTEER, reason="è la zia", **ticket).outcome == "over_party"
    assert ask(tonight, MANAGER, **ticket).outcome == "over_party"
    answer = ask(tonight, MANAGER, reason="è la zia", **ticket)
    assert (answer.outcome, answer.scan.seats_admitted, answer.admission.seats) == ("admitted", 3, 2)
    assert (answer.scan.override, WalkIn.objects.get().seats) == (True, 1)
    assert attendance_of(tonight.pk).inside == 3


def test_manager_s_reason_that_was_not_needed_makes_no_exception(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, 2)
    admit(reservation, 2, MANAGER, reason="niente di speciale")
    assert (Scan.objects.get().override, WalkIn.objects.exists()) == (False, False)


def test_not_even_a_manager_puts_more_inside_than_the_room_holds(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, 2)
    answer = ask(tonight, MANAGER, reason="scuola intera", reference=reservation.reference, seats=11)
    assert (answer.outcome, Scan.objects.get().seats_admitted) == ("no_seats_left", 0)
    assert ask(tonight, MANAGER, reason="quasi", reference=reservation.reference, seats=10).outcome == "admitted"


def test_undo_of_one_of_the_party_leaves_the_surplus_a_seat_of_its_own(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, 2)
    first = admit(reservation, 2)
    admit(reservation, 1, MANAGER, reason="è la zia")
    assert WalkIn.objects.get().seats == 1
    undo(tonight, first)
    assert not WalkIn.objects.exists()
    assert attendance_of(tonight.pk).admitted == 1


# Without a reservation


def test_volunteer_without_an_allowance_gives_no_seat(tonight: Performance) -> None:
    for who in (VOLUNTEER, MANAGER, Doorkeeper(name="Marta", device=pair_phone(tonight, "Marta").device)):
        assert walk_in(tonight, 1, who).outcome == "not_allowed"
    assert not WalkIn.objects.exists()


def test_device_gives_seats_within_its_allowance(tonight: Performance, phone: Doorkeeper) -> None:
    first = walk_in(tonight, 3, phone)
    assert (first.outcome, first.seats_left) == ("admitted", 7)
    assert walk_in(tonight, 2, phone).outcome == "not_allowed"
    undo(tonight, first.scan.scan_id)
    assert walk_in(tonight, 4, phone).outcome == "admitted"
    assert (WalkIn.objects.get().seats, capacity.tally(tonight.pk).taken) == (4, 4)


def test_what_was_given_without_a_network_counts_in_the_allowance(tonight: Performance, phone: Doorkeeper) -> None:
    scans = [offline(kind="walk_in", seats_admitted=3)]
    record_offline_scans(performance_id=tonight.pk, scans=scans, doorkeeper=phone)
    assert walk_in(tonight, 2, phone).outcome == "not_allowed"
    assert walk_in(tonight, 1, phone).outcome == "admitted"


def test_device_gives_no_seat_that_is_reserved(tonight: Performance, phone: Doorkeeper) -> None:
    reserve_and_confirm(tonight, 4)
    reserve(tonight, 4)
    answer = walk_in(tonight, 3, phone)
    assert (answer.outcome, answer.seats_left) == ("no_seats_left", 2)
    assert walk_in(tonight, 2, phone).seats_left == 0


def test_seat_on_which_a_conflict_sits_is_not_given_again(tonight: Performance, phone: Doorkeeper) -> None:
    strangers = [offline(reference="NOBODY", seats_admitted=8)]
    record_offline_scans(performance_id=tonight.pk, scans=strangers, doorkeeper=phone)
    answer = walk_in(tonight, 3, phone)
    assert (answer.outcome, answer.seats_left) == ("no_seats_left", tonight.bookable - 8)
    assert walk_in(tonight, 2, phone).outcome == "admitted"


def test_manager_gives_away_the_seats_of_those_who_have_not_come(tonight: Performance) -> None:
    for _ in range(5):
        reserve_and_confirm(tonight, 2)
    assert walk_in(tonight, 11, MANAGER, reason="scuola").outcome == "no_seats_left"
    assert walk_in(tonight, 3, MANAGER, reason="posti vuoti").outcome == "admitted"
    assert WalkIn.objects.get().seats == 3


def test_nobody_walks_in_to_what_is_cancelled(tonight: Performance, phone: Doorkeeper) -> None:
    Performance.objects.update(cancelled_at=timezone.now())
    assert walk_in(tonight, 1, phone).outcome == "cancelled"


def test_seat_given_at_the_door_is_not_sold(tonight: Performance, phone: Doorkeeper) -> None:
    walk_in(tonight, 4, phone)
    for _ in range(3):
        reserve_and_confirm(tonight, 2)
    with pytest.raises(DomainError, match="capacity_exceeded"):
        reserve(tonight, 1)
    held = capacity.held_by_performance([tonight.pk])[tonight.pk]
    assert (held.confirmed, held.walk_ins, held.taken) == (6, 4, 10)
    assert capacity.taken_by_performance([tonight.pk]) == {tonight.pk: 10}
    standing = box_office([tonight])[tonight.pk]
    assert (standing.left, standing.walk_ins, standing.admitted, standing.inside) == (0, 4, 0, 4)
    assert (door_performance(tonight.pk).expected, door_performance(tonight.pk).inside) == (6, 4)


def test_house_fuller_than_full_may_still_be_changed_but_not_shrink(tonight: Performance) -> None:
    for _ in range(5):
        reserve_and_confirm(tonight, 2)
    walk_in(tonight, 2, MANAGER, reason="non vengono più")
    changed = update_performance(performance_id=tonight.pk, changes={"note_it": "Si entra dal retro"})
    assert changed.performance.note_it
    with pytest.raises(DomainError, match="capacity_below_reserved"):
        update_performance(performance_id=tonight.pk, changes={"capacity": 9})


# Again


def test_same_walk_in_or_undo_again_is_a_replay(tonight: Performance, phone: Doorkeeper) -> None:
    scan_id, undo_id = uuid4(), uuid4()
    answers = [walk_in(tonight, 2, phone, scan_id=scan_id) for _ in range(2)]
    answers += [undo(tonight, scan_id, scan_id=undo_id) for _ in range(2)]
    assert [answer.outcome for answer in answers] == ["admitted", "replay", "undone", "replay"]
    with pytest.raises(DomainError, match="idempotency_key_reused"):
        walk_in(tonight, 2, phone, scan_id=undo_id)


def test_live_scan_with_a_wrong_clock_is_marked_and_keeps_the_server_s_time(tonight: Performance) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    admit(reserve_and_confirm(tonight), scanned_at=long_ago, clock_offset_ms=3_600_000, sequence=7)
    scan = Scan.objects.get()
    assert (scan.clock_corrected, scan.scanned_at, scan.sequence) == (True, long_ago, 7)
    assert scan.happened_at > long_ago + timedelta(minutes=59)
