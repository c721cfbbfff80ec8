"""What must never be in the database cannot be, whoever writes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from azionelab.reservations.performances import update_performance
from tests.cast import make_performance, make_show, make_venue, reserve, reserve_and_confirm

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "changes",
    [
        {"capacity": -1},
        {"manually_occupied": 11},
        {"additional_seats": -1},
        {"max_seats_per_reservation": 0},
        {"doors_open_at": F("starts_at") + timedelta(minutes=1)},
        {"booking_closes_at": F("starts_at") + timedelta(minutes=1)},
        {"booking_opens_at": F("booking_closes_at")},
    ],
)
def test_performance_that_makes_no_sense_is_refused_by_the_database(changes: dict[str, object]) -> None:
    performance = make_performance()
    with pytest.raises(IntegrityError), transaction.atomic():
        Performance.objects.filter(pk=performance.pk).update(**changes)


def test_same_performance_twice_is_refused_by_the_database() -> None:
    one = make_performance()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_performance(show=one.show, venue=one.venue, starts_at=one.starts_at)


def test_empty_room_and_endless_show_are_refused_by_the_database() -> None:
    for make, changes in ((make_venue, {"capacity": 0}), (make_show, {"duration_minutes": 0})):
        with pytest.raises(IntegrityError), transaction.atomic():
            make(**changes)


@pytest.mark.parametrize(
    "changes", [{"seats": 0}, {"status": "sold"}, {"status": "confirmed"}, {"status": "cancelled"}]
)
def test_reservation_that_makes_no_sense_is_refused_by_the_database(changes: dict[str, object]) -> None:
    reservation = reserve(make_performance())
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.filter(pk=reservation.pk).update(**changes)


def test_hold_ends_with_booking_when_booking_closes_earlier() -> None:
    performance = make_performance()
    reservation = reserve(performance)
    closes = reservation.created_at + timedelta(minutes=1)
    update_performance(performance_id=performance.pk, changes={"booking_closes_at": closes})
    reservation.refresh_from_db()
    assert reservation.hold_expires_at == closes


def test_capacity_cannot_go_below_what_is_reserved() -> None:
    performance = make_performance(capacity=10)
    reserve_and_confirm(performance, 3)
    reserve(performance, 4)
    with pytest.raises(DomainError) as refused:
        update_performance(performance_id=performance.pk, changes={"capacity": 8, "manually_occupied": 3})
    assert (refused.value.code, refused.value.extra) == ("capacity_below_reserved", {"short_by": 2})
    assert update_performance(performance_id=performance.pk, changes={"capacity": 7}).performance.capacity == 7
