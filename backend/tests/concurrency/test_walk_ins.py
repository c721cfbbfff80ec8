"""One room for those who walk in and those who reserve from home; one record, however often it is delivered."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from azionelab.checkin import services
from azionelab.checkin.answers import Doorkeeper, doorkeeper_of
from azionelab.checkin.models import CheckIn, Conflict, Scan
from azionelab.checkin.reconciliation import record_offline_scans
from azionelab.checkin.selectors import Admission, admission_of, attendance_of
from azionelab.core.errors import Code
from azionelab.programme.models import Performance
from azionelab.reservations import capacity
from azionelab.reservations.models import WalkIn
from tests.cast import make_performance, pair_phone, reserve_and_confirm
from tests.checkin.offline import offline
from tests.concurrency.runner import NOBODY_WILL_COME, THEY_WILL_COME, Rendezvous, run_at_once
from tests.concurrency.test_capacity import crowd_the_tally, last_seat_wanted_by_four, refused, reserve_call, taken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def walk_in_call(performance: Performance, doorkeeper: Doorkeeper, seats: int = 1) -> Callable[[], str]:
    request = services.ScanRequest(scan_id=uuid4(), scanned_at=timezone.now(), kind="walk_in", seats=seats)
    return lambda: services.register_scan(performance_id=performance.pk, request=request, doorkeeper=doorkeeper).outcome


def phones(performance: Performance, count: int) -> list[Doorkeeper]:
    return [doorkeeper_of(pair_phone(performance, f"porta {n}", walk_ins=100).device) for n in range(count)]


def test_last_seat_without_lock_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    performance = last_seat_wanted_by_four()
    keepers = phones(performance, 2)
    monkeypatch.setattr(
        capacity, "lock_performance", lambda pk: Performance.objects.select_related("show", "venue").get(pk=pk)
    )
    crowd_the_tally(monkeypatch, THEY_WILL_COME)
    calls: list[Callable[[], object]] = [walk_in_call(performance, who) for who in keepers]
    run_at_once([*calls, *(reserve_call(performance, 1, number) for number in range(2))])
    monkeypatch.undo()
    assert taken(performance) > performance.bookable


def test_last_seat_with_lock_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    performance = last_seat_wanted_by_four()
    keepers = phones(performance, 2)
    crowd_the_tally(monkeypatch, NOBODY_WILL_COME)
    calls: list[Callable[[], object]] = [walk_in_call(performance, who) for who in keepers]
    results = run_at_once([*calls, *(reserve_call(performance, 1, number) for number in range(2))])
    monkeypatch.undo()
    assert taken(performance) == performance.bookable
    assert len(refused(results, Code.CAPACITY_EXCEEDED)) + results.count("no_seats_left") == 3


def test_full_house_is_filled_from_both_sides_and_not_beyond() -> None:
    performance = make_performance(capacity=30)
    keepers = phones(performance, 4)
    calls: list[Callable[[], object]] = [walk_in_call(performance, keepers[n % 4], 1 + n % 3) for n in range(20)]
    calls += [reserve_call(performance, 1 + number % 3, number) for number in range(20)]
    run_at_once(calls[::2] + calls[1::2])
    assert taken(performance) <= 30
    assert taken(performance) >= 28, "whatever is refused wanted more than was left"
    given = sum(WalkIn.objects.values_list("seats", flat=True))
    assert attendance_of(performance.pk).inside == given


def test_allowance_of_one_phone_is_not_given_twice() -> None:
    performance = make_performance(capacity=30)
    keeper = doorkeeper_of(pair_phone(performance, "porta", walk_ins=4).device)
    outcomes = run_at_once([walk_in_call(performance, keeper, 3) for _ in range(4)])
    assert sorted(map(str, outcomes)) == ["admitted", *["not_allowed"] * 3]


# Deliveries


def test_batch_delivered_twice_at_once_is_recorded_once() -> None:
    performance = make_performance(capacity=40)
    keeper = doorkeeper_of(pair_phone(performance, "porta", walk_ins=3).device)
    parties = [reserve_and_confirm(performance, 2) for _ in range(10)]
    scans = [offline(reference=party.reference, seats_admitted=2) for party in parties]
    scans.append(offline(kind="walk_in", seats_admitted=3))
    deliver = [
        lambda order=order: record_offline_scans(performance_id=performance.pk, scans=order, doorkeeper=keeper)
        for order in (scans, scans[::-1]) * 4
    ]
    answers = run_at_once(deliver)
    outcomes = [str(answer.outcome) for batch in answers if isinstance(batch, list) for answer in batch]
    assert (outcomes.count("admitted"), outcomes.count("replay"), len(outcomes)) == (11, 77, 88)
    assert (Scan.objects.count(), CheckIn.objects.count(), attendance_of(performance.pk).inside) == (11, 10, 23)


def test_phones_that_deliver_the_same_parties_in_other_orders_do_not_wait_for_each_other_forever() -> None:
    performance, other = make_performance(capacity=40), make_performance(capacity=40)
    parties = [reserve_and_confirm(one, 2) for one in (performance, other) * 5]
    keepers = [doorkeeper_of(pair_phone(one, f"porta {n}").device) for n, one in enumerate((performance, other) * 4)]
    calls = []
    for number, keeper in enumerate(keepers):
        order = parties if number % 3 else parties[::-1]
        scans = [offline(reference=party.reference, seats_admitted=1) for party in order]
        calls.append(
            lambda k=keeper, s=scans: record_offline_scans(
                performance_id=k.device.performance_id, scans=s, doorkeeper=k
            )
        )
    results = run_at_once(calls)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(attendance_of(one.pk).inside for one in (performance, other)) == 8 * 10
    assert Conflict.objects.filter(rule="wrong_performance").count() == 8 * 5


@pytest.mark.parametrize("round_", range(3))
def test_lost_answer_and_its_device_s_own_account_at_once(monkeypatch: pytest.MonkeyPatch, round_: int) -> None:
    """The live request is still under way while the phone, which gave up on it, delivers what it did."""
    performance = make_performance()
    party, scan_id = reserve_and_confirm(performance, 4), uuid4()
    keeper = doorkeeper_of(pair_phone(performance, "porta").device)
    together = Rendezvous(2, NOBODY_WILL_COME)

    def look(reservation_id: int, wanted: UUID | None = None) -> Admission:
        together()
        return admission_of(reservation_id, wanted)

    monkeypatch.setattr(services, "admission_of", look)
    live = services.ScanRequest(scan_id=scan_id, scanned_at=timezone.now(), reference=party.reference, seats=2)
    own = [offline(scan_id=scan_id, reference=party.reference, seats_admitted=3)]
    results = run_at_once(
        [
            lambda: services.register_scan(performance_id=performance.pk, request=live, doorkeeper=keeper),
            lambda: record_offline_scans(performance_id=performance.pk, scans=own, doorkeeper=keeper),
        ]
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    assert [(row.seats, row.scan.decided_by) for row in CheckIn.objects.all()] == [(3, "device")]
