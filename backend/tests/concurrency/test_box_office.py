"""Staff and guests at once: never a seat twice, and no two moves that wait for each other for good."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest

from azionelab.checkin.privacy import erase_person
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import box_office, capacity, services
from azionelab.reservations.models import OutboundEmail, Reservation
from tests.cast import guest, make_performance, reserve_and_confirm
from tests.concurrency.runner import NOBODY_WILL_COME, Rendezvous, run_at_once, wait_for_somebody_who_waits
from tests.concurrency.test_capacity import crowd_the_tally, last_seat_wanted_by_four, refused, reserve_call, taken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def staff_call(performance: Performance, seats: int = 1) -> Callable[[], Reservation]:
    details, key = guest(email=""), uuid4()
    return lambda: box_office.reserve(performance_id=performance.pk, guest=details, seats=seats, idempotency_key=key)


def move_call(reservation: Reservation, performance: Performance) -> Callable[[], box_office.Done]:
    return lambda: box_office.move(reservation_id=reservation.pk, performance_id=performance.pk)


def test_last_seat_goes_to_one_of_staff_and_guests_and_those_who_move(monkeypatch: pytest.MonkeyPatch) -> None:
    performance = last_seat_wanted_by_four()
    other = reserve_and_confirm(make_performance())
    crowd_the_tally(monkeypatch, NOBODY_WILL_COME)
    calls = [staff_call(performance), staff_call(performance), reserve_call(performance, 1, 1)]
    results = run_at_once([*calls, move_call(other, performance)])
    monkeypatch.undo()
    assert taken(performance) == performance.bookable
    assert len(refused(results, Code.CAPACITY_EXCEEDED)) == 3


def test_same_key_at_once_makes_one_reservation() -> None:
    performance = make_performance()
    call = staff_call(performance)
    results = run_at_once([call] * 8)
    assert len({result.pk for result in results if isinstance(result, Reservation)}) == 1
    assert Reservation.objects.count() == 1


def test_two_moves_in_opposite_directions_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds its first performance until the other would have taken one too: in one order, only one of them can."""
    one, other = make_performance(), make_performance()
    there, back = reserve_and_confirm(one), reserve_and_confirm(other)
    lock, together = capacity.lock_performance, Rendezvous(2, NOBODY_WILL_COME)
    locked: list[int] = []

    def lock_and_wait(performance_id: int) -> Performance:
        performance = lock(performance_id)
        locked.append(performance_id)
        together()
        return performance

    monkeypatch.setattr(capacity, "lock_performance", lock_and_wait)
    results = run_at_once([move_call(there, other), move_call(back, one)], 2)
    monkeypatch.undo()
    assert not [result for result in results if isinstance(result, Exception)]
    # Twice each, in the order of their ids: no deadlock made either of them begin again.
    assert locked == [one.pk, other.pk] * 2
    assert dict(Reservation.objects.values_list("pk", "performance_id")) == {there.pk: other.pk, back.pk: one.pk}


def test_moves_changes_and_cancellations_at_once_leave_it_in_one_place() -> None:
    one, other = make_performance(), make_performance()
    reservation = reserve_and_confirm(one, 2)
    changes = [lambda n=n: box_office.change(reservation_id=reservation.pk, changes={"seats": n}) for n in (1, 3, 4)]
    cancelling = [lambda: services.cancel_by_staff(reservation_id=reservation.pk)]
    moves = [move_call(reservation, performance) for performance in (one, other) * 4]
    results = run_at_once([*moves[:4], *changes, *cancelling, *moves[4:]])
    failures = [result for result in results if isinstance(result, Exception)]
    assert {getattr(one, "code", one) for one in failures} <= {Code.RESERVATION_CANCELLED, Code.BUSY}
    assert all(isinstance(failure, DomainError) for failure in failures)
    assert Reservation.objects.get().status == "cancelled"
    assert taken(one) == taken(other) == 0


WHILE_IT_MOVES = {
    "cancel": (lambda pk: services.cancel(reservation_id=pk), "cancelled"),
    "send again": (lambda pk: services.resend(reservation_id=pk), "confirmed"),
    "erase": (lambda _pk: erase_person(email="anna@example.org"), "cancelled"),
}


@pytest.mark.parametrize(("call", "status"), WHILE_IT_MOVES.values(), ids=WHILE_IT_MOVES)
def test_whoever_waits_while_it_is_moved_finds_it_where_it_is_now(
    monkeypatch: pytest.MonkeyPatch, call: Callable[[int], object], status: str
) -> None:
    one, other = make_performance(), make_performance()
    reservation = reserve_and_confirm(one, email="anna@example.org")
    OutboundEmail.objects.all().delete()
    outcome: list[object] = []
    waiting = threading.Thread(target=lambda: outcome.extend(run_at_once([lambda: call(reservation.pk)], 1)))
    write = services.write_email

    def write_while_somebody_waits(*args: object, **kwargs: object) -> OutboundEmail | None:
        monkeypatch.undo()
        waiting.start()
        wait_for_somebody_who_waits()
        return write(*args, **kwargs)

    monkeypatch.setattr(services, "write_email", write_while_somebody_waits)
    move_call(reservation, other)()
    waiting.join(30)
    assert not [error for error in outcome if isinstance(error, Exception)]
    row = Reservation.objects.get()
    assert (row.performance_id, row.status) == (other.pk, status)
