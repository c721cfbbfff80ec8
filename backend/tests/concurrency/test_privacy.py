"""Sweeping and erasing beside running reservations: each is kept as it is, or forgotten whole."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import F, QuerySet

from azionelab.checkin.privacy import Swept, erase_person, sweep
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity, services
from azionelab.reservations.models import Reservation, ReservationToken
from tests.backstage import let_in
from tests.cast import give_token, make_performance, reserve
from tests.concurrency.runner import NOBODY_WILL_COME, THEY_WILL_COME, Rendezvous, run_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def a_day_old(performance: Performance, **changes: str) -> Reservation:
    reservation = reserve(performance, **changes)
    give_token(reservation)
    older = timedelta(hours=25)
    Reservation.objects.filter(pk=reservation.pk).update(
        created_at=F("created_at") - older, hold_expires_at=F("hold_expires_at") - older
    )
    return reservation


@contextmanager
def meeting_before(statement: str, meet: Callable[[], None]) -> Iterator[None]:
    """Before the first such one of this thread's connection."""
    met = False

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal met
        if sql.startswith(statement) and not met:
            met = True
            meet()
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield


def confirm_while_sweeping(monkeypatch: pytest.MonkeyPatch, reservation: Reservation, patience: float) -> list[Any]:
    """The guest has confirmed and not committed when the sweep looks; it wants to delete before they have."""
    together, saved, save = Rendezvous(2, patience), threading.Event(), Reservation.save

    def save_and_wait(row: Reservation, *arguments: Any, **options: Any) -> None:
        save(row, *arguments, **options)
        saved.set()
        together()

    monkeypatch.setattr(Reservation, "save", save_and_wait)

    def sweep_meanwhile() -> Swept:
        saved.wait(THEY_WILL_COME)
        with meeting_before("DELETE", together):
            return sweep()

    return run_at_once([lambda: services.confirm(reservation_id=reservation.pk), sweep_meanwhile])


def test_confirmed_reservation_is_deleted_without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    reservation = a_day_old(make_performance())
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr(
        capacity, "lock_performance", lambda pk: Performance.objects.select_related("show", "venue").get(pk=pk)
    )
    confirmed, swept = confirm_while_sweeping(monkeypatch, reservation, THEY_WILL_COME)
    # The guest's new ticket may come before the last statement: then the deletion fails, and with it the whole sweep.
    assert isinstance(swept, IntegrityError) or not Reservation.objects.filter(pk=confirmed.pk).exists()


def test_reservation_that_is_being_confirmed_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    reservation = a_day_old(make_performance(), name="Anna Bianchi")
    confirmed, swept = confirm_while_sweeping(monkeypatch, reservation, NOBODY_WILL_COME)
    reservation.refresh_from_db()
    assert (reservation.status, reservation.name, reservation.erased_at) == ("confirmed", "Anna Bianchi", None)
    assert (confirmed.pk, swept.deleted) == (reservation.pk, 0)


def test_guest_who_confirms_while_the_reservation_is_deleted_hears_that_it_is_gone() -> None:
    reservation = a_day_old(make_performance())
    deleting, together = threading.Event(), Rendezvous(2, NOBODY_WILL_COME)

    def arrive() -> None:
        deleting.set()
        together()

    def sweep_slowly() -> Swept:
        with meeting_before("DELETE", arrive):
            return sweep()

    def confirm() -> Reservation:
        deleting.wait(THEY_WILL_COME)
        return services.confirm(reservation_id=reservation.pk)

    swept, refused = run_at_once([sweep_slowly, confirm])
    assert (swept.deleted, isinstance(refused, DomainError) and refused.code) == (1, Code.NOT_FOUND)
    assert not ReservationToken.objects.exists()


def test_scan_of_a_reservation_that_is_about_to_go_is_recorded_or_finds_nobody() -> None:
    performance = make_performance()
    reservation = a_day_old(performance)
    deleting, together = threading.Event(), Rendezvous(2, NOBODY_WILL_COME)

    def arrive() -> None:
        deleting.set()
        together()

    def sweep_slowly() -> Swept:
        with meeting_before("DELETE", arrive):
            return sweep()

    def scan() -> str:
        deleting.wait(THEY_WILL_COME)
        return let_in(reservation).outcome

    swept, outcome = run_at_once([sweep_slowly, scan])
    assert (swept.deleted, outcome) == (1, "unknown")


def test_crowd_that_confirms_during_two_sweeps_is_kept_or_gone_whole() -> None:
    performance = make_performance(capacity=100)
    parties = [a_day_old(performance, name="Anna Bianchi") for _ in range(24)]
    calls: list[Callable[[], object]] = [lambda pk=party.pk: services.confirm(reservation_id=pk) for party in parties]
    results = run_at_once([*calls[:8], sweep, *calls[8:16], sweep, *calls[16:]])
    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, DomainError) and error.code == Code.NOT_FOUND for error in refused), refused
    kept = set(Reservation.objects.filter(status="confirmed", name="Anna Bianchi").values_list("pk", flat=True))
    assert Reservation.objects.count() == len(kept) == len(parties) - len(refused)
    assert set(ReservationToken.objects.values_list("reservation_id", flat=True)) == kept


def test_person_who_reserves_and_confirms_while_being_erased_leaves_nothing_half() -> None:
    performance = make_performance(capacity=100)
    parties = [reserve(performance, email="anna@example.org") for _ in range(4)]
    for party in parties:
        give_token(party)
    calls: list[Callable[[], object]] = [lambda pk=party.pk: services.confirm(reservation_id=pk) for party in parties]
    results = run_at_once([*calls, *(lambda: erase_person(email="anna@example.org") for _ in range(2))])
    errors = [result for result in results if isinstance(result, Exception)]
    allowed = (Code.RESERVATION_CANCELLED, Code.RESERVATION_NOT_CONFIRMED)
    assert all(isinstance(error, DomainError) and error.code in allowed for error in errors), errors
    assert set(Reservation.objects.values_list("name", "email", "status")) == {("—", "", "cancelled")}
    assert capacity.tally(performance.pk).taken == 0
