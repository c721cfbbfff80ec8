"""Cancelling and moving a performance: what is refused, what moves along, and who is told what, once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance, Show
from azionelab.reservations import delivery, services
from azionelab.reservations.models import EmailKind, EmailState, OutboundEmail, Reservation, Status, WalkIn
from azionelab.reservations.performances import (
    Action,
    cancel_performance,
    change_seats,
    move_performance,
    update_performance,
)
from tests.cast import age_emails, let_hold_pass, make_performance, make_venue, reserve, reserve_and_confirm
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
NOTICES = (EmailKind.PERFORMANCE_CANCELLED, EmailKind.PERFORMANCE_MOVED)


def notices(state: str = EmailState.QUEUED) -> list[tuple[int, str]]:
    rows = OutboundEmail.objects.filter(kind__in=NOTICES, state=state).order_by("id")
    return list(rows.values_list("reservation_id", "kind"))


END_OF_TIME = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)


def later(performance: Performance, **by: int) -> datetime:
    return performance.starts_at + timedelta(**by or {"days": 1})


def let_pass(performance: Performance, time: timedelta) -> None:
    names = ("starts_at", "doors_open_at", "booking_opens_at", "booking_closes_at")
    Performance.objects.filter(pk=performance.pk).update(**{name: F(name) - time for name in names})


def refused(call: object, **arguments: object) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        call(**arguments)
    return refusal.value


# Who is told


@pytest.fixture
def guests(tonight: Performance) -> dict[str, Reservation]:
    """One of each kind."""
    made = {
        "confirmed": reserve_and_confirm(tonight),
        "pending": reserve(tonight),
        "on the phone": reserve_and_confirm(tonight),
        "lapsed": reserve(tonight),
        "cancelled": reserve(tonight),
    }
    Reservation.objects.filter(pk=made["on the phone"].pk).update(email="")
    let_hold_pass(made["lapsed"])
    services.cancel(reservation_id=made["cancelled"].pk)
    reserve_and_confirm(make_performance())
    return made


def test_cancelling_tells_whoever_holds_seats_once(tonight: Performance, guests: dict[str, Reservation]) -> None:
    change = cancel_performance(performance_id=tonight.pk)
    told = [(guests[name].pk, "performance_cancelled") for name in ("confirmed", "pending")]
    assert (change.action, notices()) == (Action.CANCELLED, told)
    assert [guest.pk for guest in change.guests] == [
        guests[name].pk for name in ("confirmed", "pending", "on the phone")
    ]
    raised = Reservation.objects.filter(calendar_sequence=1)
    assert {guest.pk for guest in change.guests} == {guest.pk for guest in raised}
    again = cancel_performance(performance_id=tonight.pk)
    assert (again.action, again.emails, notices()) == (Action.UNCHANGED, [], told)
    assert again.performance.cancelled_at == change.performance.cancelled_at


@pytest.mark.usefixtures("guests")
def test_dry_run_says_the_same_and_changes_nothing(tonight: Performance) -> None:
    change = cancel_performance(performance_id=tonight.pk, dry_run=True)
    assert (change.action, len(change.emails), len(change.guests)) == (Action.CANCELLED, 2, 3)
    tonight.refresh_from_db()
    assert (tonight.cancelled_at, notices()) == (None, [])
    assert not Reservation.objects.filter(calendar_sequence__gt=0).exists()


@pytest.mark.usefixtures("guests")
def test_nobody_is_told_who_should_not_be(tonight: Performance) -> None:
    assert cancel_performance(performance_id=tonight.pk, tell=False).emails == []
    tonight.refresh_from_db()
    assert (tonight.cancelled_at is not None, notices()) == (True, [])


def test_moving_tells_the_old_place_and_the_new(tonight: Performance, postbox: Postbox) -> None:
    guest = reserve_and_confirm(tonight, language="en")
    start, room = later(tonight), make_venue(name="Teatro Verdi", address="Via Palestro 40, Pisa", capacity=40)
    change = move_performance(performance_id=tonight.pk, starts_at=start, venue=room)
    assert (change.action, change.performance.capacity, change.capacity_before) == (Action.MOVED, 40, 10)
    [email] = change.emails
    assert email.about == {
        "starts_at": tonight.starts_at.isoformat(),
        "venue": "La Cantina",
        "address": "Via del Teatro 1, Pisa",
        "cancelled": False,
    }
    delivery.deliver_now(email)
    assert postbox.mails[-1]["To"] == guest.email
    for words in ("La Cantina", "Teatro Verdi, Via Palestro 40, Pisa"):
        assert words in postbox.text()


def test_moved_twice_before_the_first_mail_left_is_one_mail_with_the_newest_truth(tonight: Performance) -> None:
    reserve_and_confirm(tonight)
    move_performance(performance_id=tonight.pk, starts_at=later(tonight, days=1))
    [email] = move_performance(performance_id=tonight.pk, starts_at=later(tonight, days=2)).emails
    assert (len(notices()), len(notices(EmailState.WITHDRAWN))) == (1, 1)
    assert email.about["starts_at"] == tonight.starts_at.isoformat()
    assert Reservation.objects.get().calendar_sequence == 2


def test_moved_and_back_before_any_mail_left_tells_nobody(tonight: Performance) -> None:
    reserve_and_confirm(tonight)
    move_performance(performance_id=tonight.pk, starts_at=later(tonight))
    back = move_performance(performance_id=tonight.pk, starts_at=tonight.starts_at)
    assert (back.action, back.emails, notices()) == (Action.MOVED, [], [])


def test_moved_then_cancelled_tells_of_the_evening_the_guest_knows(tonight: Performance, postbox: Postbox) -> None:
    reserve_and_confirm(tonight, language="en")
    move_performance(performance_id=tonight.pk, starts_at=later(tonight, days=40))
    [email] = cancel_performance(performance_id=tonight.pk).emails
    assert notices() == [(email.reservation_id, "performance_cancelled")]
    delivery.deliver_now(email)
    assert f"{timezone.localtime(tonight.starts_at):%-d %B}" in postbox.mails[-1]["Subject"]


def test_guest_who_was_told_is_told_of_the_second_move_from_the_first(tonight: Performance, postbox: Postbox) -> None:
    reserve_and_confirm(tonight)
    first = later(tonight)
    delivery.deliver_now(move_performance(performance_id=tonight.pk, starts_at=first).emails[0])
    [email] = move_performance(performance_id=tonight.pk, starts_at=later(tonight, days=2)).emails
    assert email.about["starts_at"] == first.isoformat()


def test_notice_on_its_way_is_not_called_back_and_not_sent_again(tonight: Performance, postbox: Postbox) -> None:
    reserve_and_confirm(tonight)
    [on_its_way] = move_performance(performance_id=tonight.pk, starts_at=later(tonight)).emails
    row = OutboundEmail.objects.filter(pk=on_its_way.pk)
    row.update(lease_expires_at=timezone.now() + timedelta(minutes=1))
    [newest] = move_performance(performance_id=tonight.pk, starts_at=later(tonight, days=2)).emails
    assert row.get().state == EmailState.QUEUED
    # It failed after all.
    row.update(lease_expires_at=None)
    age_emails(timedelta(minutes=5))
    postbox.mails.clear()
    delivery.deliver_now(newest)
    assert (len(postbox.mails), row.get().state) == (1, EmailState.WITHDRAWN)


def test_restored_performance_tells_those_who_heard_that_it_was_cancelled(
    tonight: Performance, postbox: Postbox
) -> None:
    told = reserve_and_confirm(tonight, language="en")
    reserve_and_confirm(tonight)
    first, _second = cancel_performance(performance_id=tonight.pk).emails
    delivery.deliver_now(first)
    change = update_performance(performance_id=tonight.pk, changes={"cancelled_at": None})
    assert (change.action, [email.reservation_id for email in change.emails]) == (Action.RESTORED, [told.pk])
    delivery.deliver_now(change.emails[0])
    assert postbox.mails[-1]["Subject"].startswith("Going ahead after all: ")
    assert "is going ahead" in postbox.text()


def test_notice_that_is_no_longer_true_does_not_leave(tonight: Performance, postbox: Postbox) -> None:
    guest = reserve_and_confirm(tonight)
    [email] = move_performance(performance_id=tonight.pk, starts_at=later(tonight)).emails
    services.cancel(reservation_id=guest.pk)
    postbox.mails.clear()
    delivery.deliver_now(email)
    assert not postbox.mails


@pytest.mark.parametrize("changes", [{"note_it": "Portate un maglione"}, {"capacity": 12}, {}])
def test_change_that_guests_need_not_know_is_no_news(tonight: Performance, changes: dict[str, object]) -> None:
    reserve_and_confirm(tonight)
    change = update_performance(performance_id=tonight.pk, changes=changes)
    assert (change.action, change.emails) == (Action.UPDATED if changes else Action.UNCHANGED, [])


def test_of_what_has_been_nobody_is_told(tonight: Performance) -> None:
    reserve_and_confirm(tonight)
    let_pass(tonight, timedelta(days=2))
    assert update_performance(performance_id=tonight.pk, changes={"cancelled_at": timezone.now()}).emails == []


# What moves along


def test_times_move_along_and_open_booking_stays_open(tonight: Performance) -> None:
    closes, opens = tonight.starts_at - timedelta(minutes=20), tonight.booking_opens_at
    Performance.objects.filter(pk=tonight.pk).update(booking_closes_at=closes)
    moved = move_performance(performance_id=tonight.pk, starts_at=later(tonight, days=60)).performance
    assert moved.doors_open_at == tonight.doors_open_at + timedelta(days=60)
    assert moved.booking_closes_at == closes + timedelta(days=60)
    assert moved.booking_opens_at == opens


def test_booking_that_is_not_open_yet_opens_as_long_before(db: None) -> None:
    performance = make_performance(starts_in=timedelta(days=90))
    moved = move_performance(performance_id=performance.pk, starts_at=later(performance, hours=2)).performance
    assert moved.booking_opens_at == performance.booking_opens_at + timedelta(hours=2)


def test_booking_keeps_its_hour_across_a_change_of_the_clocks() -> None:
    """From summer time to winter time: 20:30 stays 20:30, and booking opens at the same hour of its day."""
    performance = make_performance(
        starts_at=datetime(2041, 10, 20, 18, 30, tzinfo=UTC),
        booking_opens_at=datetime(2041, 10, 10, 10, 0, tzinfo=UTC),
    )
    winter = datetime(2041, 11, 3, 19, 30, tzinfo=UTC)
    moved = move_performance(performance_id=performance.pk, starts_at=winter).performance
    assert moved.doors_open_at == datetime(2041, 11, 3, 19, 0, tzinfo=UTC)
    assert moved.booking_opens_at == datetime(2041, 10, 24, 10, 0, tzinfo=UTC)


def test_hold_does_not_outlast_booking_that_now_closes_earlier(tonight: Performance, postbox: Postbox) -> None:
    pending = reserve(tonight)
    soon = timezone.now() + timedelta(minutes=5)
    [email] = move_performance(performance_id=tonight.pk, starts_at=soon).emails
    pending.refresh_from_db()
    assert pending.hold_expires_at == soon
    delivery.deliver_now(email)
    assert services.confirm(reservation_id=pending.pk).status == Status.CONFIRMED


def test_ticket_opens_the_door_of_the_moved_performance(tonight: Performance) -> None:
    guest = reserve_and_confirm(tonight)
    move_performance(performance_id=tonight.pk, starts_at=later(tonight))
    guest.refresh_from_db()
    assert (guest.status, guest.performance_id) == (Status.CONFIRMED, tonight.pk)


def test_nothing_to_move_is_no_change(tonight: Performance) -> None:
    reserve_and_confirm(tonight)
    assert move_performance(performance_id=tonight.pk, starts_at=tonight.starts_at).action == Action.UNCHANGED
    assert notices() == []


# What is refused


def test_over_is_over(tonight: Performance) -> None:
    let_pass(tonight, timedelta(minutes=90 + tonight.show.duration_minutes))
    for refusal in (
        refused(cancel_performance, performance_id=tonight.pk),
        refused(move_performance, performance_id=tonight.pk, starts_at=timezone.now() + timedelta(days=1)),
    ):
        assert (refusal.code, refusal.detail) == ("performance_started", "This performance is over.")


def test_late_start_may_still_be_moved_or_cancelled(tonight: Performance) -> None:
    let_pass(tonight, timedelta(minutes=100))
    assert move_performance(performance_id=tonight.pk, starts_at=later(tonight), dry_run=True).action == Action.MOVED
    assert cancel_performance(performance_id=tonight.pk).action == Action.CANCELLED


def test_cancelled_performance_does_not_move(tonight: Performance) -> None:
    cancel_performance(performance_id=tonight.pk)
    refusal = refused(move_performance, performance_id=tonight.pk, starts_at=later(tonight))
    assert refusal.code == "performance_cancelled"


@pytest.mark.parametrize("who", ["guest", "walk-in"])
def test_performance_with_people_inside_does_not_move(tonight: Performance, who: str) -> None:
    guest = reserve_and_confirm(tonight)
    if who == "guest":
        Reservation.objects.filter(pk=guest.pk).update(admitted_since=timezone.now())
    else:
        WalkIn.objects.create(performance=tonight, scan_id=guest.idempotency_key, seats=1, admitted_at=timezone.now())
    refusal = refused(move_performance, performance_id=tonight.pk, starts_at=later(tonight))
    assert refusal.code == "performance_started"
    assert "inside" in refusal.detail
    assert cancel_performance(performance_id=tonight.pk).action == Action.CANCELLED


def test_smaller_room_must_hold_what_is_reserved(tonight: Performance) -> None:
    reserve_and_confirm(tonight, 5)
    room, where = make_venue(capacity=4), {"performance_id": tonight.pk, "starts_at": later(tonight)}
    refusal = refused(move_performance, venue=room, **where)
    assert (refusal.code, refusal.extra) == ("capacity_below_reserved", {"short_by": 1})
    assert refused(move_performance, seats=4, **where).code == "capacity_below_reserved"
    assert move_performance(venue=room, seats=5, **where).performance.capacity == 5


def test_what_cannot_be_is_told_in_words(tonight: Performance) -> None:
    other = make_performance(show=tonight.show, venue=tonight.venue, starts_at=later(tonight))
    Performance.objects.filter(pk=tonight.pk).update(manually_occupied=6)
    wrong = [
        ({"starts_at": other.starts_at}, "to", "This show already has a performance in this venue at this time."),
        ({"starts_at": timezone.now() - timedelta(minutes=1)}, "to", "That time is in the past."),
        ({"starts_at": later(tonight, days=800)}, "to", "That is more than 2 years later. Look at the year."),
        ({"starts_at": END_OF_TIME}, "to", "That is more than 2 years later. Look at the year."),
        ({"starts_at": later(tonight, days=3), "seats": 5}, "to", "You cannot take out more seats than there are."),
        ({"starts_at": later(tonight, days=3), "seats": 0}, "capacity", "Use a number from 1 to 100000."),
        ({"starts_at": later(tonight, days=3), "seats": 2**40}, "capacity", "Use a number from 1 to 100000."),
    ]
    for arguments, field, message in wrong:
        refusal = refused(move_performance, performance_id=tonight.pk, **arguments)
        assert refusal.code == "validation_failed"
        assert [(error.field, error.message) for error in refusal.errors] == [(field, message)]
    tonight.refresh_from_db()
    assert (tonight.capacity, notices()) == (10, [])


def test_unknown_performance(db: None) -> None:
    assert refused(cancel_performance, performance_id=10**9).code == "not_found"


# How many seats there are


def test_seats_are_put_in_and_taken_out_and_nobody_is_told() -> None:
    performance = make_performance(capacity=4)
    reserve_and_confirm(performance, 4)
    change = change_seats(performance_id=performance.pk, seats={"additional_seats": 2, "manually_occupied": 1})
    assert (change.action, change.bookable_before, change.performance.bookable) == (Action.UPDATED, 4, 5)
    performance.refresh_from_db()
    assert (performance.capacity, performance.additional_seats, performance.manually_occupied) == (4, 2, 1)
    assert not change.emails
    again = change_seats(performance_id=performance.pk, seats={"additional_seats": 2})
    assert again.action == Action.UNCHANGED


def test_seats_are_not_taken_from_guests() -> None:
    performance = make_performance(capacity=4)
    reserve_and_confirm(performance, 4)
    refusal = refused(change_seats, performance_id=performance.pk, seats={"manually_occupied": 1})
    assert (refusal.code, refusal.extra) == ("capacity_below_reserved", {"short_by": 1})
    performance.refresh_from_db()
    assert performance.manually_occupied == 0


def test_oversold_performance_gets_chairs_a_few_at_a_time() -> None:
    """What a manager decided at the door, or somebody wrote into the database: it may only get better."""
    performance = make_performance(capacity=6)
    reserve_and_confirm(performance, 6)
    Performance.objects.filter(pk=performance.pk).update(capacity=3)
    assert refused(change_seats, performance_id=performance.pk, seats={"capacity": 2}).code == "capacity_below_reserved"
    change_seats(performance_id=performance.pk, seats={"additional_seats": 1})
    performance.refresh_from_db()
    assert performance.bookable == 4


@pytest.mark.parametrize(
    "seats", [{"capacity": 0}, {"additional_seats": -1}, {"manually_occupied": 5}, {"capacity": 10**30}]
)
def test_numbers_of_seats_that_cannot_be(seats: dict[str, int]) -> None:
    performance = make_performance(capacity=4)
    assert refused(change_seats, performance_id=performance.pk, seats=seats).code == "validation_failed"


def test_seats_stay_once_it_is_over() -> None:
    performance = make_performance(capacity=4)
    let_pass(performance, timedelta(days=4))
    assert refused(change_seats, performance_id=performance.pk, seats={"capacity": 5}).code == "performance_started"


# What the site says of it


def announced(performance: Performance) -> tuple[datetime | None, str | None]:
    row = Performance.objects.select_related("moved_from_venue").get(pk=performance.pk)
    return row.moved_from_at, row.moved_from_venue and row.moved_from_venue.name


def test_site_remembers_the_first_announcement_until_it_is_true_again(tonight: Performance) -> None:
    first, oratorio = tonight.starts_at, make_venue(name="Oratorio")
    move_performance(performance_id=tonight.pk, starts_at=later(tonight, days=1), venue=oratorio)
    assert announced(tonight) == (first, "La Cantina")
    move_performance(performance_id=tonight.pk, starts_at=later(tonight, days=2))
    assert announced(tonight) == (first, "La Cantina")
    move_performance(performance_id=tonight.pk, starts_at=first, venue=tonight.venue)
    assert announced(tonight) == (None, None)


def test_draft_that_is_moved_was_never_announced(tonight: Performance) -> None:
    tonight.show.status = Show.Status.DRAFT
    tonight.show.save()
    move_performance(performance_id=tonight.pk, starts_at=later(tonight))
    assert announced(tonight) == (None, None)


def test_manager_may_say_that_it_was_a_slip_of_the_pen(tonight: Performance) -> None:
    changes = {"starts_at": later(tonight), "moved_from_at": None, "moved_from_venue": None}
    update_performance(performance_id=tonight.pk, changes=changes)
    assert announced(tonight) == (None, None)


def test_other_changes_move_nothing(tonight: Performance) -> None:
    update_performance(performance_id=tonight.pk, changes={"note_it": "Si comincia puntuali."})
    cancel_performance(performance_id=tonight.pk)
    assert announced(tonight) == (None, None)
