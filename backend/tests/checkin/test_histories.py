"""Whatever is delivered late, twice or out of order ends the same, and nobody who came in is lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azionelab.checkin.services import ScanRequest, register_scan
from tests.checkin.histories import (
    Evening,
    Plan,
    assert_no_party_is_larger_than_itself,
    assert_no_phone_gave_more_than_it_was_allowed,
    assert_nobody_is_lost,
    plans,
    state,
)

pytestmark = pytest.mark.django_db
# The database is emptied by hand after each example.
many = settings(
    max_examples=100,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ORDERS = st.lists(st.lists(st.integers(0, 13), max_size=14), max_size=6)


@contextmanager
def evening_of(plan: Plan) -> Iterator[Evening]:
    with transaction.atomic():
        yield Evening(plan)
        transaction.set_rollback(True)


@many
@given(plan=plans, deliveries=ORDERS)
def test_any_order_split_and_repetition_ends_the_same(plan: Plan, deliveries: list[list[int]]) -> None:
    with evening_of(plan) as evening:
        everything = list(range(len(evening.scans)))
        with transaction.atomic():
            evening.deliver(everything)
            at_once = state()
            transaction.set_rollback(True)
        for delivery in deliveries:
            evening.deliver([index for index in delivery if index in everything])
            assert_nobody_is_lost(evening)
        evening.deliver(everything[::-1])
        assert state() == at_once
        assert_nobody_is_lost(evening)
        assert_no_party_is_larger_than_itself()
        assert_no_phone_gave_more_than_it_was_allowed()
        evening.deliver(everything)
        assert state() == at_once


@many
@given(plan=plans, moments=st.lists(st.tuples(st.booleans(), st.integers(0, 13)), max_size=20))
def test_live_scans_in_between_end_in_what_the_record_says(plan: Plan, moments: list[tuple[bool, int]]) -> None:
    """A live scan whose phone did not hear the answer is delivered again under the same id, as the phone decided it."""
    with evening_of(plan) as evening:
        for is_live, index in moments:
            number = index % len(evening.scans)
            scan_live(evening, number) if is_live else evening.deliver([number])
            assert_nobody_is_lost(evening)
            assert_no_party_is_larger_than_itself()
            assert_no_phone_gave_more_than_it_was_allowed()
        step_by_step = state()
        evening.derive_anew()
        assert state() == step_by_step


def scan_live(evening: Evening, number: int) -> None:
    device, scan = evening.scans[number]
    request = ScanRequest(
        scan_id=scan.scan_id,
        scanned_at=scan.scanned_at,
        kind=scan.kind,
        reference=scan.reference,
        seats=scan.seats,
        reason=scan.reason,
        undoes=scan.undoes,
    )
    register_scan(performance_id=evening.performance.pk, request=request, doorkeeper=evening.keepers[device])
