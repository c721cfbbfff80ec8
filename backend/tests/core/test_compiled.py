"""A query that is made once answers as the ORM's own would, whatever it is asked with."""

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, QuerySet
from django.test.utils import CaptureQueriesContext

from azionelab.core.compiled import Compiled, Given
from azionelab.programme.models import Performance
from azionelab.reservations import capacity
from azionelab.reservations.models import Reservation
from tests.cast import reserve

pytestmark = pytest.mark.django_db


def test_it_is_made_once_and_asked_with_other_values(tonight: Performance) -> None:
    made = []

    def build() -> QuerySet:
        made.append(True)
        mine = {"email": Given("email", CharField()), "performance_id": Given("performance", BigIntegerField())}
        return Reservation.objects.filter(**mine).values_list("reference", "seats")

    find = Compiled(build)
    anna, bruno = reserve(tonight, email="anna@example.org", seats=2), reserve(tonight, email="o'b%s@example.org")
    assert find(email="anna@example.org", performance=tonight.pk) == (anna.reference, 2)
    # What looks like SQL, or like a place for a value, is neither.
    assert find(email="o'b%s@example.org", performance=tonight.pk) == (bruno.reference, 1)
    assert find(email="' OR 1=1 --", performance=tonight.pk) is None
    assert len(made) == 1


def test_value_that_is_not_given_is_an_error(tonight: Performance) -> None:
    find = Compiled(lambda: Reservation.objects.filter(email=Given("email", CharField())).values_list("pk"))
    with pytest.raises(KeyError):
        find()


def test_tally_is_one_statement(tonight: Performance) -> None:
    capacity.tally(tonight.pk)
    with CaptureQueriesContext(connection) as asked:
        capacity.tally(tonight.pk, email="anna@example.org", leave_out=7)
    assert len(asked) == 1
