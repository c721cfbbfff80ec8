"""Whoever reserves in the moment in which a performance is cancelled or moved is told, or reserves knowing it."""

import threading
from collections.abc import Callable

import pytest

from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity, performances
from azionelab.reservations.models import EmailKind, OutboundEmail, Reservation
from azionelab.reservations.performances import cancel_performance, move_performance
from tests.cast import make_performance, make_venue, reserve_and_confirm
from tests.concurrency.runner import run_at_once, wait_for_somebody_who_waits
from tests.concurrency.test_capacity import reserve_call

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def told() -> set[int]:
    rows = OutboundEmail.objects.filter(kind__in=(EmailKind.PERFORMANCE_CANCELLED, EmailKind.PERFORMANCE_MOVED))
    ids = list(rows.values_list("reservation_id", flat=True))
    assert len(ids) == len(set(ids))
    return set(ids)


def let_a_guest_come_between(monkeypatch: pytest.MonkeyPatch, guest: Callable[[], object]) -> None:
    """The guest reserves after the notices were written, and before the change is committed, if anything lets them."""
    write, done = performances._write_notices, threading.Event()

    def write_and_wait(*args: object, **kwargs: object) -> list[OutboundEmail]:
        emails = write(*args, **kwargs)
        thread = threading.Thread(target=lambda: (run_at_once([guest], 1), done.set()))
        thread.start()
        done.wait(0.5)
        return emails

    monkeypatch.setattr(performances, "_write_notices", write_and_wait)


def reservations_of(performance: Performance) -> set[int]:
    return set(Reservation.objects.filter(performance=performance).values_list("pk", flat=True))


def unlocked(performance_id: int) -> Performance:
    return Performance.objects.select_related("show", "venue").get(pk=performance_id)


def test_without_the_lock_a_guest_slips_in_untold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it shows that the race is real and that these tests would see it."""
    performance = make_performance()
    reserve_and_confirm(performance)
    monkeypatch.setattr(capacity, "lock_performance", unlocked)
    let_a_guest_come_between(monkeypatch, reserve_call(performance, 1, 1))
    cancel_performance(performance_id=performance.pk)
    assert reservations_of(performance) - told()


def test_with_the_lock_nobody_slips_in(monkeypatch: pytest.MonkeyPatch) -> None:
    performance = make_performance()
    reserve_and_confirm(performance)
    let_a_guest_come_between(monkeypatch, reserve_call(performance, 1, 1))
    cancel_performance(performance_id=performance.pk)
    assert reservations_of(performance) == told()


def test_everybody_at_once_is_told_or_refused() -> None:
    performance = make_performance(capacity=100)
    calls = [reserve_call(performance, 1, number) for number in range(24)]
    calls[8:8] = [lambda: cancel_performance(performance_id=performance.pk)] * 3
    results = run_at_once(calls)
    refusals = [result for result in results if isinstance(result, DomainError)]
    assert {refusal.code for refusal in refusals} <= {Code.PERFORMANCE_CANCELLED}
    assert not [result for result in results if isinstance(result, Exception) and result not in refusals]
    assert reservations_of(performance) == told()


def test_guest_who_waits_while_it_moves_to_another_venue_reserves_there(monkeypatch: pytest.MonkeyPatch) -> None:
    performance, room = make_performance(), make_venue(name="Teatro Verdi")
    reserve_and_confirm(performance)
    outcome: list[object] = []
    call = reserve_call(performance, 1, 1)
    waiting = threading.Thread(target=lambda: outcome.extend(run_at_once([call], 1)))
    write = performances._write_notices

    def write_while_a_guest_waits(*args: object, **kwargs: object) -> list[OutboundEmail]:
        waiting.start()
        wait_for_somebody_who_waits()
        return write(*args, **kwargs)

    monkeypatch.setattr(performances, "_write_notices", write_while_a_guest_waits)
    move_performance(performance_id=performance.pk, starts_at=performance.starts_at, venue=room)
    waiting.join(30)
    [reservation] = outcome
    assert isinstance(reservation, Reservation)
    assert reservation.performance.venue == room
