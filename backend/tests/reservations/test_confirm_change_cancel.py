from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance, Show
from azionelab.reservations import capacity, services
from azionelab.reservations.models import Reservation, Status
from azionelab.reservations.selectors import reservation_page
from tests.backstage import let_in
from tests.cast import give_token, let_hold_pass, make_performance, reserve, reserve_and_confirm
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


# Confirm


def test_confirm_sends_the_ticket(tonight: Performance, postbox: Postbox) -> None:
    reservation = services.confirm(reservation_id=reserve(tonight).pk)
    assert reservation.status == Status.CONFIRMED
    assert [mail["Subject"].split(":")[0] for mail in postbox.mails] == ["Conferma la prenotazione", "Il tuo biglietto"]


def test_confirm_twice_sends_one_ticket(tonight: Performance, postbox: Postbox) -> None:
    reservation = reserve(tonight)
    first, again = (services.confirm(reservation_id=reservation.pk) for _ in range(2))
    assert first.confirmed_at == again.confirmed_at
    assert len(postbox.mails) == 2


def test_confirm_after_the_hold_takes_seats_that_are_still_there(tonight: Performance) -> None:
    reservation = reserve(tonight, 4)
    let_hold_pass(reservation)
    assert capacity.tally(tonight.pk).taken == 0
    assert services.confirm(reservation_id=reservation.pk).status == Status.CONFIRMED
    assert capacity.tally(tonight.pk).taken == 4


def test_confirm_after_the_hold_with_the_seats_gone_is_refused_and_marked() -> None:
    performance = make_performance(capacity=4)
    late = reserve(performance, 2)
    let_hold_pass(late)
    reserve(performance, 3)
    with pytest.raises(DomainError) as refused:
        services.confirm(reservation_id=late.pk)
    assert (refused.value.code, refused.value.extra) == ("capacity_exceeded", {"seats_left": 1})
    late.refresh_from_db()
    assert late.status == Status.EXPIRED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cancelled_at": timezone.now()}, "performance_cancelled"),
        ({"booking_closes_at": timezone.now() - timedelta(minutes=1)}, "performance_closed"),
    ],
)
def test_confirm_for_a_performance_that_is_over_is_refused(changes: dict[str, object], code: str) -> None:
    reservation = reserve(make_performance())
    Performance.objects.update(**changes)
    with pytest.raises(DomainError, match=code):
        services.confirm(reservation_id=reservation.pk)


def test_confirm_cancelled_is_refused(tonight: Performance) -> None:
    reservation = reserve(tonight)
    services.cancel(reservation_id=reservation.pk)
    with pytest.raises(DomainError, match="reservation_cancelled"):
        services.confirm(reservation_id=reservation.pk)


def test_confirm_after_the_hold_counts_against_the_guests_limit(settings: object) -> None:
    settings.MAX_ACTIVE_RESERVATIONS = 2
    performance = make_performance()
    late = reserve(performance, email="anna@example.org")
    let_hold_pass(late)
    for _ in range(2):
        reserve(performance, email="anna@example.org")
    assert reservation_page(late.pk).can_confirm is False
    with pytest.raises(DomainError, match="too_many_reservations"):
        services.confirm(reservation_id=late.pk)


def test_confirm_is_possible_when_the_show_is_withdrawn_from_the_site(tonight: Performance) -> None:
    reservation = reserve(tonight)
    Show.objects.update(status=Show.Status.DRAFT)
    assert services.confirm(reservation_id=reservation.pk).status == Status.CONFIRMED


# Change


def test_change_seats_keeps_the_tokens(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, 2)
    give_token(reservation)
    before = set(reservation.tokens.values_list("ticket_digest", flat=True))
    assert services.change_seats(reservation_id=reservation.pk, seats=5).seats == 5
    assert set(reservation.tokens.values_list("ticket_digest", flat=True)) == before


def test_change_seats_cannot_take_what_is_not_there() -> None:
    performance = make_performance(capacity=5)
    reservation = reserve_and_confirm(performance, 2)
    reserve(performance, 2)
    with pytest.raises(DomainError) as refused:
        services.change_seats(reservation_id=reservation.pk, seats=4)
    assert (refused.value.code, refused.value.extra) == ("capacity_exceeded", {"seats_left": 3})


def test_change_seats_above_the_party_limit_is_refused() -> None:
    performance = make_performance(max_seats_per_reservation=3)
    with pytest.raises(DomainError) as refused:
        services.change_seats(reservation_id=reserve(performance, 2).pk, seats=4)
    assert [error.field for error in refused.value.errors] == ["seats"]


def test_fewer_seats_are_possible_after_booking_closed_and_more_are_not() -> None:
    performance = make_performance()
    reservation = reserve_and_confirm(performance, 3)
    Performance.objects.update(booking_closes_at=timezone.now() - timedelta(minutes=1))
    assert services.change_seats(reservation_id=reservation.pk, seats=2).seats == 2
    with pytest.raises(DomainError, match="performance_closed"):
        services.change_seats(reservation_id=reservation.pk, seats=3)


def test_change_seats_of_a_lapsed_hold_is_refused(tonight: Performance) -> None:
    reservation = reserve(tonight)
    let_hold_pass(reservation)
    with pytest.raises(DomainError, match="reservation_not_confirmed"):
        services.change_seats(reservation_id=reservation.pk, seats=2)


def test_change_seats_once_the_doors_are_open_is_refused() -> None:
    performance = make_performance(starts_in=timedelta(minutes=20))
    reservation = reserve(performance)
    with pytest.raises(DomainError, match="performance_started"):
        services.change_seats(reservation_id=reservation.pk, seats=2)


# Cancel


def test_cancel_twice_is_one_cancellation(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight)
    first, again = (services.cancel(reservation_id=reservation.pk) for _ in range(2))
    assert first.cancelled_at == again.cancelled_at
    assert capacity.tally(tonight.pk).taken == 0


def test_cancel_once_the_doors_are_open_is_for_staff_only() -> None:
    reservation = reserve(make_performance(starts_in=timedelta(minutes=20)))
    with pytest.raises(DomainError, match="performance_started"):
        services.cancel(reservation_id=reservation.pk)
    assert services.cancel_by_staff(reservation_id=reservation.pk).status == Status.CANCELLED


@pytest.mark.parametrize("cancel", [services.cancel, services.cancel_by_staff])
def test_party_that_is_partly_in_can_neither_shrink_nor_cancel(tonight: Performance, cancel: Callable) -> None:
    """Their seats would be sold again with people in them."""
    reservation = reserve_and_confirm(tonight, 4)
    let_in(reservation, 3)
    with pytest.raises(DomainError, match="performance_started"):
        services.change_seats(reservation_id=reservation.pk, seats=1)
    with pytest.raises(DomainError, match="performance_started"):
        cancel(reservation_id=reservation.pk)
    page = reservation_page(reservation.pk)
    assert (page.can_change_seats, page.can_cancel) == (False, False)


# What the page offers


def test_page_of_a_lapsed_hold_offers_to_confirm_while_seats_last() -> None:
    performance = make_performance(capacity=2)
    reservation = reserve(performance, 2)
    let_hold_pass(reservation)
    page = reservation_page(reservation.pk)
    assert (page.status, page.can_confirm, page.can_cancel) == (Status.EXPIRED, True, False)
    reserve(performance, 1)
    assert reservation_page(reservation.pk).can_confirm is False


def test_page_says_how_many_seats_one_could_have() -> None:
    performance = make_performance(capacity=8, max_seats_per_reservation=6)
    reservation = reserve_and_confirm(performance, 2)
    assert reservation_page(reservation.pk).max_seats == 6
    reserve(performance, 3)
    assert reservation_page(reservation.pk).max_seats == 5


def test_status_in_the_row_follows_only_when_somebody_writes(tonight: Performance) -> None:
    reservation = reserve(tonight)
    let_hold_pass(reservation)
    reservation_page(reservation.pk)
    assert Reservation.objects.get().status == Status.PENDING


# Told by staff, and guests who gave no address


def test_cancel_by_staff_tells_the_guest_once(tonight: Performance, postbox: Postbox) -> None:
    reservation = reserve_and_confirm(tonight)
    for _ in range(2):
        services.cancel_by_staff(reservation_id=reservation.pk)
    assert [mail["Subject"].split(":")[0] for mail in postbox.mails][2:] == ["Prenotazione annullata"]


def test_cancel_by_staff_can_stay_silent(tonight: Performance, postbox: Postbox) -> None:
    services.cancel_by_staff(reservation_id=reserve_and_confirm(tonight).pk, tell=False)
    assert len(postbox.mails) == 2


def test_cancel_by_staff_tells_nobody_whose_hold_has_passed(tonight: Performance, postbox: Postbox) -> None:
    reservation = reserve(tonight)
    let_hold_pass(reservation)
    services.cancel_by_staff(reservation_id=reservation.pk)
    assert len(postbox.mails) == 1


def without_address(reservation: Reservation) -> Reservation:
    Reservation.objects.filter(pk=reservation.pk).update(email="")
    return reservation


def test_guest_without_an_address_is_confirmed_and_cancelled_without_mail(
    tonight: Performance, postbox: Postbox
) -> None:
    reservation = without_address(reserve(tonight))
    assert services.confirm(reservation_id=reservation.pk).status == Status.CONFIRMED
    with pytest.raises(DomainError) as refused:
        services.resend(reservation_id=reservation.pk)
    assert refused.value.code == "validation_failed"
    assert services.cancel_by_staff(reservation_id=reservation.pk).status == Status.CANCELLED
    assert len(postbox.mails) == 1


def test_guests_without_an_address_are_not_one_guest(tonight: Performance, postbox: Postbox) -> None:
    without_address(reserve_and_confirm(tonight))
    assert capacity.tally(tonight.pk, email="").reservations_of_guest == 0
    services.resend_all(email="")
    assert len(postbox.mails) == 2
