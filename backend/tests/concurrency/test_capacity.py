"""Never a seat twice: first the race without the lock, then the lock that closes it."""

import itertools
import random
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db.models import Sum
from rest_framework.test import APIClient

from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity, services
from azionelab.reservations.models import EmailState, OutboundEmail, Reservation
from tests.cast import give_token, guest, make_performance, reserve, reserve_and_confirm, reserve_body
from tests.concurrency.runner import NOBODY_WILL_COME, THEY_WILL_COME, Rendezvous, run_at_once
from tests.postbox import Postbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def reserve_call(performance: Performance, seats: int, number: int) -> Callable[[], Reservation]:
    details = guest(email=f"guest{number}@example.org")
    return lambda: services.reserve(performance_id=performance.pk, guest=details, seats=seats, idempotency_key=uuid4())


def taken(performance: Performance) -> int:
    return capacity.tally(performance.pk).taken


def refused(results: list[object], code: Code) -> list[DomainError]:
    return [result for result in results if isinstance(result, DomainError) and result.code == code]


def crowd_the_tally(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    """Makes everybody who counts wait for the others, so that a race, where there is one, is always lost."""
    together, count = Rendezvous(4, patience), capacity.tally

    def tally(*args: object, **kwargs: object) -> capacity.Tally:
        counted = count(*args, **kwargs)
        together()
        return counted

    monkeypatch.setattr(capacity, "tally", tally)


def last_seat_wanted_by_four() -> Performance:
    performance = make_performance(capacity=3)
    reserve_and_confirm(performance, 2)
    return performance


def test_last_seat_without_lock_is_oversold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it shows that the race is real and that these tests would see it."""
    monkeypatch.setattr(
        capacity, "lock_performance", lambda pk: Performance.objects.select_related("show", "venue").get(pk=pk)
    )
    # Slots are counted under the same lock, and a constraint of their own would catch what this is to show.
    slots = itertools.count(1000)
    monkeypatch.setattr(capacity.Tally, "next_slot", lambda _tally, _performance: next(slots))
    performance = last_seat_wanted_by_four()
    crowd_the_tally(monkeypatch, THEY_WILL_COME)
    run_at_once([reserve_call(performance, 1, number) for number in range(4)])
    monkeypatch.undo()
    assert taken(performance) > performance.bookable


def test_last_seat_with_lock_is_sold_once(monkeypatch: pytest.MonkeyPatch) -> None:
    performance = last_seat_wanted_by_four()
    crowd_the_tally(monkeypatch, NOBODY_WILL_COME)
    results = run_at_once([reserve_call(performance, 1, number) for number in range(4)])
    monkeypatch.undo()
    assert taken(performance) == performance.bookable
    assert len(refused(results, Code.CAPACITY_EXCEEDED)) == 3


def test_full_house_sells_exactly_what_fits(rng: random.Random, postbox: Postbox) -> None:
    performance = make_performance(capacity=100)
    parties = [rng.randint(1, 4) for _ in range(200)]
    results = run_at_once([reserve_call(performance, seats, number) for number, seats in enumerate(parties)])

    sold = sum(result.seats for result in results if isinstance(result, Reservation))
    turned_away = [seats for seats, result in zip(parties, results, strict=True) if isinstance(result, DomainError)]
    assert len(refused(results, Code.CAPACITY_EXCEEDED)) == len(turned_away)
    assert sold == taken(performance) <= 100
    assert min(turned_away) > 100 - sold
    # Two hundred at once are more than a process has threads for mails: the others leave later.
    waiting = OutboundEmail.objects.filter(state=EmailState.QUEUED).count()
    assert len(postbox.mails) + waiting == len(parties) - len(turned_away)


def test_api_sells_exactly_what_fits_with_confirm_cancel_and_grow_mixed_in(
    rng: random.Random, postbox: Postbox
) -> None:
    performance = make_performance(capacity=100)
    standing = [reserve(performance, rng.randint(1, 3)) for _ in range(20)]
    links = [give_token(reservation).reservation_token for reservation in standing]

    def post_reservation(number: int) -> int:
        body = reserve_body(email=f"crowd{number}@example.org", seats=rng.randint(1, 4))
        url = f"/api/v1/performances/{performance.pk}/reservations/"
        return APIClient().post(url, body, format="json", headers={"Idempotency-Key": str(uuid4())}).status_code

    def act(token: str, action: str) -> int:
        client, headers = APIClient(), {"Authorization": f"Reservation {token}"}
        if action == "grow":
            return client.patch("/api/v1/reservation/", {"seats": 4}, format="json", headers=headers).status_code
        return client.post(f"/api/v1/reservation/{action}/", headers=headers).status_code

    calls: list[Callable[[], int]] = [lambda n=number: post_reservation(n) for number in range(200)]
    calls += [lambda t=token: act(t, rng.choice(["confirm", "cancel", "grow"])) for token in links * 3]
    rng.shuffle(calls)
    statuses = run_at_once(calls)

    assert set(statuses) <= {200, 201, 409}, statuses
    assert taken(performance) <= 100
    held = Reservation.objects.filter(capacity.HOLDS_SEATS).aggregate(Sum("seats"))["seats__sum"]
    assert held == taken(performance)
    # Whatever was freed at the end can still be sold, to the last seat, and not one more.
    left = 100 - taken(performance)
    for number in range(left):
        reserve_call(performance, 1, 1000 + number)()
    with pytest.raises(DomainError, match="capacity_exceeded"):
        reserve_call(performance, 1, 2000)()


def test_confirm_after_hold_and_reserve_share_the_last_seat() -> None:
    """Two late confirmations and two newcomers want one seat: one of them gets it."""
    for _round in range(5):
        performance = make_performance(capacity=1)
        late = [reserve(performance)]
        Reservation.objects.update(hold_expires_at="2020-01-01T00:00Z")
        late.append(reserve(performance))
        Reservation.objects.update(hold_expires_at="2020-01-01T00:00Z")
        calls = [lambda pk=one.pk: services.confirm(reservation_id=pk) for one in late]
        calls += [reserve_call(performance, 1, number) for number in range(2)]
        results = run_at_once(calls)
        assert len(refused(results, Code.CAPACITY_EXCEEDED)) == 3
        assert taken(performance) == 1


def test_two_reservations_grow_into_the_last_seat() -> None:
    performance = make_performance(capacity=3)
    pair = [reserve_and_confirm(performance), reserve_and_confirm(performance)]
    results = run_at_once([lambda pk=one.pk: services.change_seats(reservation_id=pk, seats=2) for one in pair])
    assert len(refused(results, Code.CAPACITY_EXCEEDED)) == 1
    assert taken(performance) == 3


def test_one_idempotency_key_posted_fifty_times_makes_one_reservation_and_one_mail(postbox: Postbox) -> None:
    performance = make_performance(capacity=2)
    key, body = str(uuid4()), reserve_body(seats=2)

    def post() -> tuple[int, str]:
        url = f"/api/v1/performances/{performance.pk}/reservations/"
        answer = APIClient().post(url, body, format="json", headers={"Idempotency-Key": key})
        return answer.status_code, answer.json().get("reference", "")

    answers = run_at_once([post] * 50)
    reservation = Reservation.objects.get(idempotency_key=UUID(key))
    assert set(answers) == {(201, reservation.reference)}
    assert Reservation.objects.count() == OutboundEmail.objects.count() == len(postbox.mails) == 1


def test_address_at_its_limit_from_many_tabs_holds_no_more(settings: object) -> None:
    settings.MAX_ACTIVE_RESERVATIONS = 2
    performance = make_performance(capacity=50)
    results = run_at_once([reserve_call(performance, 1, 7) for _ in range(10)])
    assert len(refused(results, Code.TOO_MANY_RESERVATIONS)) == 8
    assert taken(performance) == 2
