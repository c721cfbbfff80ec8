from datetime import timedelta
from unittest import mock
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance, Show
from azionelab.reservations import capacity, services
from azionelab.reservations.models import OutboundEmail, Reservation, Status
from tests.cast import guest, let_hold_pass, make_performance, make_show, reserve, reserve_and_confirm

pytestmark = pytest.mark.django_db(transaction=True)
KEY = UUID("6f1d6a4e-8a0f-4c1c-9d37-8e3b4f6d0a11")


def attempt(performance: Performance, seats: int = 1, key: UUID | None = None, **changes: str) -> Reservation:
    return services.reserve(
        performance_id=performance.pk, guest=guest(**changes), seats=seats, idempotency_key=key or uuid4()
    )


def test_it_holds_the_seats(tonight: Performance) -> None:
    reservation = attempt(tonight, 3)
    assert (reservation.status, reservation.seats) == (Status.PENDING, 3)
    assert capacity.tally(tonight.pk).taken == 3


def test_bookable_seats_are_capacity_plus_additional_less_occupied() -> None:
    performance = make_performance(capacity=10, additional_seats=2, manually_occupied=7, max_seats_per_reservation=9)
    with pytest.raises(DomainError) as refused:
        attempt(performance, 6)
    assert (refused.value.code, refused.value.extra) == ("capacity_exceeded", {"seats_left": 5})
    assert attempt(performance, 5).seats == 5


def test_hold_lasts_hold_minutes(settings: object) -> None:
    settings.HOLD_MINUTES = 20
    reservation = attempt(make_performance())
    assert reservation.hold_expires_at - reservation.created_at == timedelta(minutes=20)


def test_hold_never_outlasts_booking() -> None:
    closes = timezone.now() + timedelta(minutes=10)
    performance = make_performance(booking_closes_at=closes)
    assert attempt(performance).hold_expires_at == closes


def test_passed_hold_frees_its_seats_by_itself() -> None:
    performance = make_performance(capacity=1)
    let_hold_pass(attempt(performance))
    assert attempt(performance, email="bruno@example.org").seats == 1


def test_cancelled_reservation_frees_its_seats() -> None:
    performance = make_performance(capacity=1)
    services.cancel(reservation_id=reserve_and_confirm(performance).pk)
    assert attempt(performance).seats == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"booking_opens_at": timezone.now() + timedelta(days=1)}, "performance_not_yet_open"),
        ({"booking_closes_at": timezone.now() - timedelta(minutes=1)}, "performance_closed"),
        ({"cancelled_at": timezone.now()}, "performance_cancelled"),
        ({"max_seats_per_reservation": 1}, "validation_failed"),
    ],
)
def test_performance_that_is_not_open_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        attempt(make_performance(**changes), 2)
    assert refused.value.code == code
    assert not Reservation.objects.exists()


def test_draft_show_cannot_be_reserved() -> None:
    with pytest.raises(DomainError, match="not_found"):
        attempt(make_performance(show=make_show(status=Show.Status.DRAFT)))


def test_address_holds_only_so_many_live_reservations(settings: object) -> None:
    settings.MAX_ACTIVE_RESERVATIONS = 2
    performance, other = make_performance(), make_performance()
    lapsed, live = attempt(performance), attempt(performance)
    with pytest.raises(DomainError, match="too_many_reservations"):
        attempt(performance)
    assert attempt(other).pk
    let_hold_pass(lapsed)
    assert attempt(performance).pk != live.pk


def test_same_key_and_request_give_the_same_reservation(postbox: object) -> None:
    performance = make_performance(capacity=2)
    first, again = attempt(performance, 2, KEY), attempt(performance, 2, KEY)
    assert first.pk == again.pk
    assert len(postbox.mails) == 1


def test_same_key_is_answered_even_when_booking_has_closed() -> None:
    performance = make_performance()
    first = attempt(performance, 1, KEY)
    Performance.objects.update(booking_closes_at=timezone.now() - timedelta(minutes=1))
    assert attempt(performance, 1, KEY).pk == first.pk


@pytest.mark.parametrize("changes", [{"name": "Bruno Neri"}, {"email": "b@example.org"}, {"notes": "palco"}])
def test_same_key_with_another_request_is_refused(changes: dict[str, str]) -> None:
    performance = make_performance()
    attempt(performance, 1, KEY)
    with pytest.raises(DomainError, match="idempotency_key_reused"):
        attempt(performance, 1, KEY, **changes)


def test_same_key_for_another_performance_is_refused() -> None:
    attempt(make_performance(), 1, KEY)
    with pytest.raises(DomainError, match="idempotency_key_reused"):
        attempt(make_performance(), 1, KEY)


def test_reference_that_is_taken_is_drawn_again() -> None:
    performance = make_performance()
    taken = reserve(performance).reference
    with mock.patch.object(services, "new_reference", side_effect=[taken, taken, "K7Q4MX"]):
        assert attempt(performance).reference == "K7Q4MX"


def test_lock_is_held_for_four_statements(postbox: object) -> None:
    """Lock, count, insert, insert: validation comes before, mail after."""
    performance = make_performance()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        attempt(performance)
    statements = [query["sql"] for query in captured]
    first = next(index for index, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql)
    last = next(index for index, sql in enumerate(statements) if index > first and sql == "COMMIT")
    assert len(statements[first:last]) == 4, statements[first:last]


def test_row_and_mail_are_written_together(tonight: Performance) -> None:
    with mock.patch.object(OutboundEmail.objects, "create", side_effect=KeyError), pytest.raises(KeyError):
        attempt(tonight)
    assert not Reservation.objects.exists()
