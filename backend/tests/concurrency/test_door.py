"""Two devices at one door, and one device that asks twice."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db.models import Sum
from django.utils import timezone

from azionelab.checkin import selectors, services
from azionelab.checkin.answers import Doorkeeper
from azionelab.checkin.models import CheckIn, Outcome, Scan
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import give_token, make_performance, reserve_and_confirm
from tests.concurrency.runner import NOBODY_WILL_COME, THEY_WILL_COME, Rendezvous, run_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def scan_call(
    performance: Performance, ticket: str, device: str, *, seats: int | None = None, scan_id: UUID | None = None
) -> Callable[[], str]:
    request = services.ScanRequest(scan_id=scan_id or uuid4(), scanned_at=timezone.now(), ticket=ticket, seats=seats)
    doorkeeper = Doorkeeper(name=device)
    return lambda: services.register_scan(performance_id=performance.pk, request=request, doorkeeper=doorkeeper).outcome


@pytest.fixture
def party_of_one(db: None) -> tuple[Performance, str]:
    performance = make_performance()
    return performance, give_token(reserve_and_confirm(performance)).ticket_token


def crowd_the_door(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    together, look = Rendezvous(2, patience), selectors.admission_of

    def admission_of(reservation_id: int, scan_id: UUID | None = None) -> selectors.Admission:
        admission = look(reservation_id, scan_id)
        together()
        return admission

    monkeypatch.setattr(services, "admission_of", admission_of)


def admitted() -> int:
    return CheckIn.objects.aggregate(Sum("seats"))["seats__sum"]


def test_last_seat_without_lock_is_admitted_twice(
    party_of_one: tuple[Performance, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    crowd_the_door(monkeypatch, THEY_WILL_COME)
    monkeypatch.setattr(services, "_lock_reservation", lambda pk: Reservation.objects.get(pk=pk))
    performance, ticket = party_of_one
    run_at_once([scan_call(performance, ticket, device) for device in ("left", "right")])
    assert admitted() == 2


def test_last_seat_scanned_by_two_devices_is_admitted_once(
    party_of_one: tuple[Performance, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd_the_door(monkeypatch, NOBODY_WILL_COME)
    performance, ticket = party_of_one
    outcomes = run_at_once([scan_call(performance, ticket, device) for device in ("left", "right")])
    assert sorted(outcomes) == [Outcome.ADMITTED, Outcome.ALREADY_ADMITTED]
    assert admitted() == 1


def test_party_of_four_scanned_by_eight_devices_never_exceeds_four() -> None:
    performance = make_performance()
    ticket = give_token(reserve_and_confirm(performance, 4)).ticket_token
    outcomes = run_at_once([scan_call(performance, ticket, f"door {n}", seats=1) for n in range(8)])
    assert outcomes.count(Outcome.ADMITTED) == 4
    assert admitted() == 4


def test_one_scan_id_sent_twenty_times_admits_once() -> None:
    performance = make_performance()
    ticket = give_token(reserve_and_confirm(performance, 4)).ticket_token
    scan_id = uuid4()
    outcomes = run_at_once([scan_call(performance, ticket, "left", seats=2, scan_id=scan_id)] * 20)
    assert sorted(set(outcomes)) == [Outcome.ADMITTED, Outcome.REPLAY]
    assert outcomes.count(Outcome.ADMITTED) == 1
    assert (Scan.objects.count(), admitted()) == (1, 2)
