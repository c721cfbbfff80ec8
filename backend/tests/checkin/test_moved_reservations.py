"""What the door makes of a reservation that staff moved to another evening."""

from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from azionelab.checkin.answers import Doorkeeper, ScanAnswer
from azionelab.checkin.door_list import door_list
from azionelab.checkin.models import Conflict, ConflictRule, Outcome, ScanKind
from azionelab.checkin.reconciliation import record_offline_scans
from azionelab.checkin.selectors import attendance_of
from azionelab.checkin.services import ScanRequest, register_scan
from azionelab.programme.models import Performance
from azionelab.reservations import box_office
from azionelab.reservations.models import Reservation
from tests.cast import give_token, make_performance, pair_phone, reserve_and_confirm
from tests.checkin.offline import offline

# A door list is read on a snapshot of its own.
pytestmark = pytest.mark.django_db(transaction=True)


def scan(performance: Performance, scan_id: UUID | None = None, **members: object) -> ScanAnswer:
    request = ScanRequest(scan_id=scan_id or uuid4(), scanned_at=timezone.now(), **members)
    return register_scan(performance_id=performance.pk, request=request, doorkeeper=Doorkeeper(name="porta"))


def move(reservation: Reservation, performance: Performance) -> None:
    box_office.move(reservation_id=reservation.pk, performance_id=performance.pk)


def test_old_ticket_opens_the_new_door_and_no_other() -> None:
    old, new = make_performance(), make_performance()
    reservation = reserve_and_confirm(old, 2)
    ticket = give_token(reservation).ticket_token
    move(reservation, new)
    assert scan(old, ticket=ticket).outcome == Outcome.WRONG_PERFORMANCE
    assert scan(new, ticket=ticket).outcome == Outcome.ADMITTED
    assert [row.reference for row in door_list(old.pk).reservations] == []
    assert [row.admitted for row in door_list(new.pk).reservations] == [2]


def test_earlier_scans_at_the_old_door_stay_there_and_harm_nothing() -> None:
    """One refused, one let in and taken back: the old door keeps both, and both doors still add up."""
    old, new = make_performance(), make_performance()
    reservation = reserve_and_confirm(old, 2)
    admitted = uuid4()
    assert scan(old, reference=reservation.reference, seats=3).outcome == Outcome.OVER_PARTY
    assert scan(old, admitted, reference=reservation.reference, seats=1).outcome == Outcome.ADMITTED
    assert scan(old, kind=ScanKind.UNDO, undoes=admitted, reason="Not yet").outcome == Outcome.UNDONE
    move(reservation, new)
    assert scan(new, reference=reservation.reference, seats=1).outcome == Outcome.ADMITTED
    # Whatever else comes in at the old door works it out anew.
    late = offline(reference="ZZZZZZ", outcome=Outcome.UNKNOWN, seats_admitted=0)
    phone = pair_phone(old).device
    record_offline_scans(performance_id=old.pk, scans=[late], doorkeeper=Doorkeeper(name="Marta", device=phone))
    assert (attendance_of(old.pk).inside, attendance_of(new.pk).inside) == (0, 1)
    assert len(door_list(old.pk).last_scans) == 4
    assert not Conflict.objects.exists()


@pytest.mark.parametrize("came_to_the_new_door", [False, True])
def test_let_in_at_the_old_door_by_a_phone_with_an_old_list(came_to_the_new_door: bool) -> None:
    """Those people are inside: a person says what it was, and the guest still gets in where they belong."""
    old, new = make_performance(), make_performance()
    reservation = reserve_and_confirm(old, 2)
    pair, phone = give_token(reservation), pair_phone(old).device
    move(reservation, new)
    if came_to_the_new_door:
        assert scan(new, reference=reservation.reference).outcome == Outcome.ADMITTED
    let_in = offline(ticket_digest=pair.ticket_digest, seats_admitted=2)
    doorkeeper = Doorkeeper(name="Marta", device=phone)
    for expected in (Outcome.CONFLICT, Outcome.REPLAY):
        [answer] = record_offline_scans(performance_id=old.pk, scans=[let_in], doorkeeper=doorkeeper)
        assert answer.outcome == expected
    conflict = Conflict.objects.get()
    assert (conflict.performance, conflict.seats, conflict.rule) == (old, 2, ConflictRule.WRONG_PERFORMANCE)
    if not came_to_the_new_door:
        assert scan(new, reference=reservation.reference).outcome == Outcome.ADMITTED
    assert (attendance_of(old.pk).inside, attendance_of(new.pk).inside) == (2, 2)
    assert [row.admitted for row in door_list(new.pk).reservations] == [2]
    assert door_list(old.pk).counts.conflicts == 1
