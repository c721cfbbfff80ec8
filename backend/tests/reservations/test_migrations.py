"""Migrations that change rows, run over rows that are there."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from azionelab.reservations.models import Reservation
from tests.cast import make_performance, reserve

BEFORE_SLOTS = ("reservations", "0002_walk_ins")


def migrate(*targets: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_slots_number_the_reservations_that_are_there() -> None:
    one, other = make_performance(), make_performance()
    made = [reserve(performance) for performance in (one, other, one, one, other)]
    Reservation.objects.filter(pk=made[2].pk).update(slot=40)
    try:
        migrate(BEFORE_SLOTS)
    finally:
        migrate()
    slots = dict(Reservation.objects.values_list("pk", "slot"))
    assert [slots[reservation.pk] for reservation in made] == [0, 0, 1, 2, 1]
