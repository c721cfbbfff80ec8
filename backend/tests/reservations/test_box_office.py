"""Staff's rules for a guest on the phone, and what a move leaves behind."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Max
from django.utils import timezone

from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import box_office, capacity, services
from azionelab.reservations.models import EmailKind, EmailState, OutboundEmail, Reservation, Status
from azionelab.reservations.selectors import read_reference, reservation_id_for_ticket
from tests.cast import give_token, guest, let_hold_pass, make_performance, reserve, reserve_and_confirm
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db


def book(performance: Performance, seats: int = 2, **values: object) -> Reservation:
    changes = {"guest": guest(), "idempotency_key": uuid4()} | values
    return box_office.reserve(performance_id=performance.pk, seats=seats, **changes)


def refused(code: Code) -> Any:
    return pytest.raises(DomainError, match=code)


def kinds(reservation: Reservation) -> list[tuple[str, str]]:
    return list(OutboundEmail.objects.filter(reservation=reservation).order_by("id").values_list("kind", "state"))


# Reserve


def test_confirmed_at_once_with_the_ticket(postbox: Postbox) -> None:
    reservation = book(make_performance())
    assert reservation.status == Status.CONFIRMED
    assert kinds(reservation) == [(EmailKind.TICKET, EmailState.SENT)]
    assert len(postbox.mails) == 1


def test_guest_without_address_gets_no_mail_and_is_nobody_else(postbox: Postbox) -> None:
    performance = make_performance(capacity=30)
    for name in ("Anna", "Bruno", "Chiara", "Dario", "Emma"):
        assert book(performance, guest=guest(name, email="")).status == Status.CONFIRMED
    assert capacity.tally(performance.pk, email="").reservations_of_guest == 0
    services.resend_all(email="")
    assert not postbox.mails
    with refused(Code.VALIDATION_FAILED):
        services.resend(reservation_id=Reservation.objects.latest("id").pk)


def test_staff_are_not_asked_for_booking_time_party_or_number_of_reservations() -> None:
    not_yet = timezone.now() + timedelta(days=1)
    performance = make_performance(capacity=100, booking_opens_at=not_yet, max_seats_per_reservation=4)
    for _ in range(6):
        book(performance, 9)
    assert capacity.tally(performance.pk).taken == 54
    with refused(Code.PERFORMANCE_NOT_YET_OPEN):
        book(performance, hold=True)


def test_no_seat_more_than_there_are() -> None:
    performance = make_performance(capacity=3)
    with refused(Code.CAPACITY_EXCEEDED):
        book(performance, 4)
    book(performance, 3)
    with refused(Code.CAPACITY_EXCEEDED):
        book(performance, 1)


def test_neither_cancelled_nor_begun() -> None:
    with refused(Code.PERFORMANCE_STARTED):
        book(make_performance(starts_in=timedelta(minutes=-1)))
    with refused(Code.PERFORMANCE_CANCELLED):
        book(make_performance(cancelled_at=timezone.now()))


def test_dry_run_leaves_nothing(postbox: Postbox) -> None:
    performance = make_performance()
    book(performance, dry_run=True)
    assert not Reservation.objects.exists()
    assert not postbox.mails


def test_held_for_a_guest_who_confirms(postbox: Postbox) -> None:
    reservation = book(make_performance(), hold=True)
    assert kinds(reservation) == [(EmailKind.CONFIRM, EmailState.SENT)]
    with refused(Code.VALIDATION_FAILED):
        book(make_performance(), hold=True, guest=guest(email=""))


# Confirm, change, cancel


def test_confirmed_after_the_hold_and_after_booking(postbox: Postbox) -> None:
    performance = make_performance(capacity=2)
    reservation = reserve(performance, 2)
    let_hold_pass(reservation)
    Performance.objects.update(booking_closes_at=timezone.now() - timedelta(minutes=1))
    box_office.confirm(reservation_id=reservation.pk, dry_run=True)
    reservation.refresh_from_db()
    assert reservation.status == Status.PENDING
    done = box_office.confirm(reservation_id=reservation.pk)
    assert (done.reservation.status, done.email and done.email.kind) == (Status.CONFIRMED, EmailKind.TICKET)


def test_not_confirmed_once_the_seats_are_gone() -> None:
    performance = make_performance(capacity=2)
    reservation = reserve(performance, 2)
    let_hold_pass(reservation)
    book(performance, 1)
    with refused(Code.CAPACITY_EXCEEDED):
        box_office.confirm(reservation_id=reservation.pk)


def test_another_address_revokes_what_was_sent(postbox: Postbox) -> None:
    reservation = reserve_and_confirm(make_performance())
    pair = give_token(reservation)
    done = box_office.change(reservation_id=reservation.pk, changes={"email": "new@example.org", "name": "Anna B."})
    assert done.before.keys() == {"email", "name"}
    assert reservation_id_for_ticket(pair.ticket_digest) is None
    assert reservation.tokens.filter(revoked_at=None).count() == 1
    assert postbox.mails[-1]["To"] == "new@example.org"


def test_renewed_to_the_same_address_and_nothing_sent_before_opens_it(postbox: Postbox) -> None:
    reservation = reserve_and_confirm(make_performance())
    leaked = give_token(reservation)
    before = reservation.tokens.count()
    assert box_office.renew(reservation_id=reservation.pk, dry_run=True).links_revoked == before
    assert reservation_id_for_ticket(leaked.ticket_digest) == reservation.pk
    done = box_office.renew(reservation_id=reservation.pk)
    assert (done.links_revoked, done.email.state) == (before, EmailState.SENT)
    assert reservation_id_for_ticket(leaked.ticket_digest) is None
    assert reservation.tokens.filter(revoked_at=None).count() == 1
    assert postbox.mails[-1]["To"] == reservation.email


def test_renewed_also_when_some_are_in_but_not_when_it_is_over(postbox: Postbox) -> None:
    performance = make_performance()
    reservation = reserve_and_confirm(performance, 3)
    Reservation.objects.filter(pk=reservation.pk).update(admitted_since=timezone.now())
    assert box_office.renew(reservation_id=reservation.pk).links_revoked
    sent = len(postbox.mails)
    now = timezone.now()
    Performance.objects.filter(pk=performance.pk).update(starts_at=now, doors_open_at=now, booking_closes_at=now)
    with refused(Code.PERFORMANCE_STARTED):
        box_office.renew(reservation_id=reservation.pk)
    assert reservation.tokens.filter(revoked_at=None).count() == 1
    assert len(postbox.mails) == sent


def test_without_an_address_nothing_is_renewed() -> None:
    reservation = book(make_performance(), guest=guest(email=""))
    with refused(Code.VALIDATION_FAILED):
        box_office.renew(reservation_id=reservation.pk)


def test_other_details_change_without_a_mail(postbox: Postbox) -> None:
    reservation = reserve_and_confirm(make_performance(capacity=4), 2)
    sent = len(postbox.mails)
    same = box_office.change(reservation_id=reservation.pk, changes={"seats": 2})
    assert not same.before
    box_office.change(reservation_id=reservation.pk, changes={"seats": 4, "phone": "3331234567"})
    assert len(postbox.mails) == sent
    with refused(Code.CAPACITY_EXCEEDED):
        box_office.change(reservation_id=reservation.pk, changes={"seats": 5})
    reservation.refresh_from_db()
    assert (reservation.seats, reservation.phone) == (4, "3331234567")


def test_erased_guest_stays_erased() -> None:
    reservation = reserve_and_confirm(make_performance())
    Reservation.objects.update(erased_at=timezone.now(), name="—", email="")
    for call in (
        lambda: box_office.change(reservation_id=reservation.pk, changes={"name": "Anna"}),
        lambda: box_office.move(reservation_id=reservation.pk, performance_id=make_performance().pk),
    ):
        with refused(Code.VALIDATION_FAILED):
            call()


def test_cancelled_and_told_once(postbox: Postbox) -> None:
    reservation = reserve_and_confirm(make_performance())
    box_office.cancel(reservation_id=reservation.pk, dry_run=True)
    assert box_office.cancel(reservation_id=reservation.pk).email
    assert box_office.cancel(reservation_id=reservation.pk).email is None
    assert kinds(reservation)[-1] == (EmailKind.RESERVATION_CANCELLED, EmailState.SENT)


# Move


def test_moved_in_place_with_the_ticket_that_the_guest_has(postbox: Postbox) -> None:
    old, new = make_performance(), make_performance(capacity=3)
    reserve_and_confirm(new)
    reservation = reserve_and_confirm(old, 2)
    pair = give_token(reservation)
    done = box_office.move(reservation_id=reservation.pk, performance_id=new.pk)
    moved = Reservation.objects.get(pk=reservation.pk)
    assert (moved.performance, moved.slot, moved.calendar_sequence) == (new, 1, 1)
    assert moved.reference == reservation.reference
    assert reservation_id_for_ticket(pair.ticket_digest) == reservation.pk
    assert (done.before, done.email and done.email.state) == ({"performance": old}, EmailState.SENT)
    assert capacity.tally(old.pk).taken == 0
    # The next one at the old door gets a slot of its own.
    assert reserve(old).slot == 1


def test_there_and_back_never_takes_a_slot_twice() -> None:
    old, new = make_performance(), make_performance()
    reservation = reserve_and_confirm(old)
    slots = []
    for performance in (new, old, new, old):
        box_office.move(reservation_id=reservation.pk, performance_id=performance.pk)
        slots.append(Reservation.objects.get(pk=reservation.pk).slot)
    assert slots == [0, 1, 1, 2]
    assert Reservation.objects.filter(performance=old).aggregate(most=Max("slot")) == {"most": 2}


def test_moved_away_from_a_cancelled_performance(postbox: Postbox) -> None:
    old, new = make_performance(), make_performance()
    reservation = reserve_and_confirm(old)
    OutboundEmail.objects.create(reservation=reservation, kind=EmailKind.PERFORMANCE_CANCELLED)
    Performance.objects.filter(pk=old.pk).update(cancelled_at=timezone.now())
    box_office.move(reservation_id=reservation.pk, performance_id=new.pk)
    assert kinds(reservation)[-2:] == [
        (EmailKind.PERFORMANCE_CANCELLED, EmailState.WITHDRAWN),
        (EmailKind.TICKET, EmailState.SENT),
    ]


def test_not_moved_where_there_is_no_room_or_no_evening() -> None:
    reservation = reserve_and_confirm(make_performance(), 2)
    for target, code in (
        (make_performance(capacity=1), Code.CAPACITY_EXCEEDED),
        (make_performance(cancelled_at=timezone.now()), Code.PERFORMANCE_CANCELLED),
        (make_performance(starts_in=timedelta(minutes=-1)), Code.PERFORMANCE_STARTED),
    ):
        with refused(code):
            box_office.move(reservation_id=reservation.pk, performance_id=target.pk)
    with refused(Code.NOT_FOUND):
        box_office.move(reservation_id=reservation.pk, performance_id=999_999)


def test_moved_nowhere_once_somebody_is_in_or_it_is_cancelled() -> None:
    target = make_performance()
    reservation = reserve_and_confirm(make_performance())
    Reservation.objects.update(admitted_since=timezone.now())
    with refused(Code.PERFORMANCE_STARTED):
        box_office.move(reservation_id=reservation.pk, performance_id=target.pk)
    Reservation.objects.update(admitted_since=None)
    services.cancel_by_staff(reservation_id=reservation.pk)
    with refused(Code.RESERVATION_CANCELLED):
        box_office.move(reservation_id=reservation.pk, performance_id=target.pk)


def test_moved_to_where_it_is_changes_nothing() -> None:
    reservation = reserve_and_confirm(make_performance())
    done = box_office.move(reservation_id=reservation.pk, performance_id=reservation.performance_id)
    assert (done.before, done.email) == ({}, None)


@pytest.mark.parametrize("written", ["abcdef", " ABC def ", "a b c d e f"])
def test_reference_is_read_as_people_say_it(written: str) -> None:
    assert read_reference(written) == "ABCDEF"
