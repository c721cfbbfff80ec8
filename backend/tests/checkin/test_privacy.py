"""Forgetting people: one who asks, and everybody once the time is over."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import ANY
from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from azionelab.checkin import privacy
from azionelab.checkin.door_list import door_list
from azionelab.checkin.models import CheckIn, Conflict, Scan
from azionelab.checkin.personal_data import accounts_of, reservations_of
from azionelab.checkin.privacy import due, erase_person, sweep
from azionelab.checkin.reconciliation import record_offline_scans
from azionelab.checkin.selectors import guests_by_surname
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity, services
from azionelab.reservations.models import Erasure, OutboundEmail, Reservation, ReservationToken
from azionelab.reservations.privacy import ERASED_NAME, add_erasures, digest_of, erasures
from tests.backstage import act, let_in, list_url, manager, page_url
from tests.cast import (
    give_token,
    guest,
    let_hold_pass,
    make_performance,
    pair_phone,
    reserve,
    reserve_and_confirm,
)
from tests.checkin.offline import offline
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db
ANNA = {"name": "Anna Bianchi", "email": "anna@example.org", "phone": "+393331234567", "notes": "in carrozzina"}
PERSONAL = ("Anna Bianchi", "anna@example.org", "3331234567", "in carrozzina")


def play_ago(performance: Performance, ago: timedelta) -> None:
    """As if it had been played then, with all that guests did for it as much earlier."""
    by = performance.starts_at - (timezone.now() - ago)
    times = ("starts_at", "doors_open_at", "booking_opens_at", "booking_closes_at")
    Performance.objects.filter(pk=performance.pk).update(**{name: F(name) - by for name in times})
    times = ("created_at", "hold_expires_at", "confirmed_at", "cancelled_at")
    Reservation.objects.filter(performance=performance).update(**{name: F(name) - by for name in times})


def make_older(reservation: Reservation, by: timedelta) -> None:
    Reservation.objects.filter(pk=reservation.pk).update(
        created_at=F("created_at") - by, hold_expires_at=F("hold_expires_at") - by
    )


def is_forgotten(reservation: Reservation) -> bool:
    reservation.refresh_from_db()
    kept = (
        reservation.name,
        reservation.email,
        reservation.phone,
        reservation.notes,
        bytes(reservation.request_digest),
    )
    return kept == (ERASED_NAME, "", "", "", b"") and reservation.erased_at is not None


# One person


def test_person_is_forgotten_and_seats_of_the_past_stay(tonight: Performance) -> None:
    played, to_come, other = make_performance(), reserve_and_confirm(tonight, 3, **ANNA), reserve_and_confirm(tonight)
    came = reserve_and_confirm(played, 2, **ANNA)
    let_in(came, 1)
    play_ago(played, timedelta(days=2))
    pair = give_token(to_come)
    erased = erase_person(email="anna@example.org")
    assert is_forgotten(came)
    assert is_forgotten(to_come)
    assert (came.status, came.seats, CheckIn.objects.get().seats) == ("confirmed", 2, 1)
    assert (to_come.status, erased.cancelled) == ("cancelled", {to_come.pk})
    assert capacity.tally(tonight.pk).taken == 1
    assert erased.emails_withdrawn == OutboundEmail.objects.filter(state="withdrawn").count() == 4
    assert not ReservationToken.objects.filter(revoked_at=None, reservation=to_come).exists()
    client = APIClient(headers={"Authorization": f"Reservation {pair.reservation_token}"})
    assert client.get("/api/v1/reservation/").json()["code"] == "token_invalid"
    assert not is_forgotten(other)
    assert Erasure.objects.get().digest == digest_of("anna@example.org")


def test_erasing_again_changes_nothing(tonight: Performance) -> None:
    party = reserve_and_confirm(tonight, **ANNA)
    erase_person(email="anna@example.org")
    before = list(Reservation.objects.values()), list(Erasure.objects.values())
    assert erase_person(email="anna@example.org").reservations == []
    assert (list(Reservation.objects.values()), list(Erasure.objects.values())) == before
    assert is_forgotten(party)


def test_unknown_address_is_not_remembered() -> None:
    assert erase_person(email="nobody@example.org").reservations == []
    assert not Erasure.objects.exists()


def test_dry_run_says_the_same_and_changes_nothing(tonight: Performance) -> None:
    party = reserve_and_confirm(tonight, **ANNA)
    before = list(Reservation.objects.values())
    told = erase_person(email="anna@example.org", dry_run=True)
    assert (list(Reservation.objects.values()), Erasure.objects.count()) == (before, 0)
    assert OutboundEmail.objects.filter(state="withdrawn").count() == 0
    done = erase_person(email="anna@example.org")
    assert (told.cancelled, told.emails_withdrawn) == (done.cancelled, done.emails_withdrawn)
    assert is_forgotten(party)


def test_who_is_in_stays_in(tonight: Performance) -> None:
    party = reserve_and_confirm(tonight, 2, **ANNA)
    let_in(party)
    assert erase_person(email="anna@example.org").cancelled == frozenset()
    assert is_forgotten(party)
    assert (party.status, capacity.tally(tonight.pk).taken) == ("confirmed", 2)


def test_request_sent_once_more_does_not_bring_the_guest_back(tonight: Performance) -> None:
    key = uuid4()
    request = {"performance_id": tonight.pk, "guest": guest(**ANNA), "seats": 1, "idempotency_key": key}
    services.reserve(**request)
    erase_person(email="anna@example.org")
    with pytest.raises(DomainError) as refused:
        services.reserve(**request)
    assert refused.value.code == Code.IDEMPOTENCY_KEY_REUSED
    assert Reservation.objects.count() == 1


@pytest.mark.django_db(transaction=True)  # for the list's snapshot
def test_mail_that_leaves_in_that_moment_opens_nothing(tonight: Performance) -> None:
    party = reserve_and_confirm(tonight, **ANNA)
    let_in(party)
    erase_person(email="anna@example.org")
    pair = give_token(party)
    client = APIClient(headers={"Authorization": f"Reservation {pair.reservation_token}"})
    assert client.get("/api/v1/reservation/").json()["code"] == "token_invalid"
    assert door_list(tonight.pk).reservations[0].digests == []


@pytest.mark.parametrize("service", [services.confirm, services.resend])
def test_staff_cannot_bring_an_erased_reservation_to_life(tonight: Performance, service: Callable[..., object]) -> None:
    party = reserve(tonight, **ANNA)
    erase_person(email="anna@example.org")
    with pytest.raises(DomainError) as refused:
        service(reservation_id=party.pk)
    assert refused.value.code == Code.RESERVATION_CANCELLED
    Reservation.objects.update(status="expired")
    with pytest.raises(DomainError) as refused:
        service(reservation_id=party.pk)
    assert refused.value.code == Code.RESERVATION_NOT_CONFIRMED


def test_words_written_at_the_door_are_forgotten_and_the_record_stays(tonight: Performance) -> None:
    party = reserve_and_confirm(tonight, **ANNA)
    keeper = pair_phone(tonight)
    scan = {"reference": party.reference, "seats_admitted": 1, "reason": "la mamma di Anna", "override": True}
    let_in(party)
    record_offline_scans(performance_id=tonight.pk, scans=[offline(**scan)], doorkeeper=_doorkeeper(keeper))
    Conflict.objects.update(note="era Anna Bianchi")
    before = list(Scan.objects.order_by("pk").values("outcome", "seats_admitted", "override", "happened_at"))
    erase_person(email="anna@example.org")
    assert set(Scan.objects.values_list("reason", flat=True)) <= {"", "—"}
    assert set(Conflict.objects.values_list("note", flat=True)) <= {"", "—"}
    assert list(Scan.objects.order_by("pk").values("outcome", "seats_admitted", "override", "happened_at")) == before


def _doorkeeper(phone: object) -> object:
    from azionelab.checkin.answers import doorkeeper_of

    return doorkeeper_of(phone.device)


def test_mail_that_fails_in_that_moment_is_not_tried_again(postbox: Postbox, tonight: Performance) -> None:
    party = reserve_and_confirm(tonight, **ANNA)
    let_in(party)
    erase_person(email="anna@example.org")
    # As `delivery` writes down that the server did not take it, a moment later.
    OutboundEmail.objects.update(state="queued", next_attempt_at=timezone.now() - timedelta(hours=1), failed_at=None)
    sent = len(postbox.mails)
    reserve(tonight)
    assert len(postbox.mails) == sent + 1
    assert set(OutboundEmail.objects.filter(reservation=party).values_list("state", flat=True)) == {"withdrawn"}


# What shows a reservation


@pytest.mark.django_db(transaction=True)  # for the list's snapshot
def test_every_page_and_list_shows_an_erased_reservation(tonight: Performance) -> None:
    party = reserve_and_confirm(tonight, 2, **ANNA)
    let_in(party, 1)
    erase_person(email="anna@example.org")
    [listed] = guests_by_surname(tonight.pk)
    assert (listed.name, listed.seats, listed.admitted) == ("—", 2, 1)
    [row] = door_list(tonight.pk).reservations
    assert (row.name, row.seats, row.admitted) == ("…", 2, 1)
    client: Client = manager()
    for url in (list_url(Reservation), page_url(party), list_url(OutboundEmail), list_url(Scan)):
        page = client.get(url)
        assert page.status_code == 200
        assert not [words for words in PERSONAL if words in page.content.decode()]
    assert "field-erased_at" in client.get(page_url(party)).content.decode()
    assert act(client, "resend", party).status_code == 200
    assert not OutboundEmail.objects.filter(state="queued").exists()


def test_what_a_phone_delivers_late_counts_for_the_erased_reservation(tonight: Performance) -> None:
    party, phone = reserve_and_confirm(tonight, 2, **ANNA), pair_phone(tonight)
    pair = give_token(party)
    late = offline(ticket_digest=pair.ticket_digest, seats_admitted=2)
    let_in(reserve_and_confirm(tonight))
    play_ago(tonight, timedelta(minutes=5))
    erase_person(email="anna@example.org")
    answers = record_offline_scans(performance_id=tonight.pk, scans=[late], doorkeeper=_doorkeeper(phone))
    assert [answer.outcome for answer in answers] == ["admitted"]
    assert CheckIn.objects.filter(reservation=party).get().seats == 2


# What is held


def test_report_tells_what_staff_did_and_what_accounts_leave_behind(tonight: Performance) -> None:
    party, other = reserve_and_confirm(tonight, **ANNA), reserve_and_confirm(tonight)
    client = manager("en")
    act(client, "cancel", party, post="yes")
    act(client, "cancel", other, post="yes")
    [told] = reservations_of("anna@example.org")
    assert [(entry["by"], entry["what"]) for entry in told["admin_log"]] == [("giulia", ANY)]
    assert (told["status"], told["phone"]) == ("cancelled", "+393331234567")
    User.objects.filter(username="giulia").update(email="Anna@Example.org")
    wrong = {"username": "giulia", "password": "wrong"}
    Client().post("/api/v1/staff/session/", wrong, content_type="application/json")
    [account] = accounts_of("anna@example.org")
    assert (account["changes_in_the_admin"], account["groups"]) == (2, ["Managers"])
    assert [attempt["ip_address"] for attempt in account["failed_sign_ins"]] == ["127.0.0.1"]


# Everybody


def test_reservation_never_confirmed_goes_after_a_day(tonight: Performance) -> None:
    gone, fresh, held, kept = (reserve(tonight) for _ in range(4))
    cancelled = reserve(tonight)
    services.cancel(reservation_id=cancelled.pk)
    for row in (gone, cancelled):
        make_older(row, timedelta(hours=25))
    make_older(held, timedelta(hours=25))
    Reservation.objects.filter(pk=held.pk).update(hold_expires_at=timezone.now() + timedelta(hours=1))
    kept = services.confirm(reservation_id=kept.pk)
    make_older(kept, timedelta(days=20))
    assert due().deleted == 2
    assert sweep().deleted == 2
    assert set(Reservation.objects.values_list("pk", flat=True)) == {fresh.pk, held.pk, kept.pk}
    assert not OutboundEmail.objects.filter(reservation__in=(gone.pk, cancelled.pk)).exists()
    assert sweep() == privacy.Swept()


def test_slot_of_a_deleted_reservation_is_never_given_again(tonight: Performance) -> None:
    reserve(tonight)
    last = reserve(tonight)
    make_older(last, timedelta(hours=25))
    sweep()
    assert reserve(tonight).slot == last.slot + 1


def test_refused_scan_keeps_its_reservation_without_its_guest(tonight: Performance) -> None:
    party = reserve(tonight, **ANNA)
    assert let_in(party).outcome == "not_confirmed"
    make_older(party, timedelta(hours=25))
    assert (due().deleted, due().stripped) == (0, 1)
    swept = sweep()
    assert (swept.deleted, swept.stripped) == (0, 1)
    assert is_forgotten(party)
    assert party.status == "expired"
    assert sweep() == privacy.Swept() == due()


def test_guests_are_forgotten_a_month_after_the_performance_and_counts_stay() -> None:
    old, recent = make_performance(), make_performance()
    came, cancelled, later = reserve_and_confirm(old, 2, **ANNA), reserve_and_confirm(old), reserve_and_confirm(recent)
    let_in(came)
    services.cancel_by_staff(reservation_id=cancelled.pk)
    play_ago(old, timedelta(days=31))
    play_ago(recent, timedelta(days=29))
    assert due().erased == sweep().erased == 2
    assert is_forgotten(came)
    assert is_forgotten(cancelled)
    assert not is_forgotten(later)
    assert (came.status, cancelled.status, CheckIn.objects.get().seats) == ("confirmed", "cancelled", 2)
    assert not Erasure.objects.exists(), "time does that by itself in a restored backup too"
    assert sweep() == privacy.Swept()


def test_periods_are_settings(settings: object, tonight: Performance) -> None:
    settings.PENDING_KEPT_HOURS, settings.GUESTS_KEPT_DAYS = 48, 3
    pending, old = reserve(tonight), make_performance()
    reserve_and_confirm(old)
    make_older(pending, timedelta(hours=47))
    play_ago(old, timedelta(days=4))
    swept = sweep()
    assert (swept.deleted, swept.erased) == (0, 1)


def test_erased_address_that_comes_back_from_a_backup_is_erased_again(tonight: Performance) -> None:
    party = reserve_and_confirm(tonight, **ANNA)
    backup = Reservation.objects.filter(pk=party.pk).values().get()
    erase_person(email="anna@example.org")
    Reservation.objects.filter(pk=party.pk).update(**backup)
    anew = reserve_and_confirm(make_performance(), **ANNA)
    others = [reserve_and_confirm(make_performance()) for _ in range(3)]
    assert (due().erased_again, due().cancelled) == (1, 1)
    swept = sweep()
    assert (swept.erased_again, swept.cancelled) == (1, 1)
    assert is_forgotten(party)
    assert not is_forgotten(anew), "whoever reserves anew is a guest like any other"
    assert not any(map(is_forgotten, others))


def test_dry_run_counts_each_reservation_once() -> None:
    old = make_performance()
    rows = [reserve_and_confirm(old, email="anna@example.org"), reserve(old, email="anna@example.org")]
    rows.append(reserve_and_confirm(old))
    play_ago(old, timedelta(days=31))
    Erasure.objects.create(digest=digest_of("anna@example.org"), erased_at=timezone.now())
    told = due()
    assert told == sweep() == privacy.Swept(deleted=1, erased=1, erased_again=1)
    assert told.reservations == len(rows)


def test_addresses_are_looked_at_some_at_a_time(monkeypatch: pytest.MonkeyPatch, tonight: Performance) -> None:
    monkeypatch.setattr("azionelab.reservations.privacy.ADDRESSES_AT_ONCE", 2)
    parties = [reserve_and_confirm(tonight, email=f"{letter}@example.org") for letter in "abcde"]
    backup = {party.pk: Reservation.objects.filter(pk=party.pk).values().get() for party in parties}
    for party in parties[1:4]:
        erase_person(email=party.email)
        Reservation.objects.filter(pk=party.pk).update(**backup[party.pk])
    assert sweep().erased_again == 3
    assert [is_forgotten(party) for party in parties] == [False, True, True, True, False]


def test_sweep_goes_on_batch_by_batch_and_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "BATCH", 2)
    old, tonight = make_performance(capacity=20), make_performance(capacity=20)
    for _ in range(5):
        reserve_and_confirm(old)
        make_older(reserve(tonight), timedelta(hours=25))
    make_older(reserve(old), timedelta(hours=25))
    play_ago(old, timedelta(days=31))
    steps: list[tuple[int, int]] = []
    swept = sweep(told=lambda done, total: steps.append((done, total)))
    assert (swept.deleted, swept.erased) == (6, 5)
    assert steps[-1] == (11, 11)
    assert [done for done, _total in steps] == sorted({done for done, _total in steps})


def test_stopped_sweep_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "BATCH", 2)
    old = make_performance(capacity=20)
    parties = [reserve_and_confirm(old) for _ in range(5)]
    play_ago(old, timedelta(days=31))

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(told=stop)
    assert [is_forgotten(party) for party in parties] == [True, True, False, False, False]
    assert sweep().erased == 3


def test_notes_of_the_door_sign_ins_and_sessions_go_too() -> None:
    old = make_performance()
    let_in(reserve_and_confirm(old))
    Scan.objects.create(
        **{"scan_id": uuid4(), "kind": "walk_in", "performance": old, "outcome": "not_allowed"},
        **{"scanned_at": timezone.now(), "happened_at": timezone.now(), "device": "porta", "reason": "zia di Bruno"},
    )
    play_ago(old, timedelta(days=31))
    sign_in = {"user_agent": "", "ip_address": "192.0.2.1", "http_accept": "", "path_info": "/"}
    AccessAttempt.objects.create(username="marta", failures_since_start=1, **sign_in)
    attempt = AccessAttempt.objects.create(username="luca", failures_since_start=1, **sign_in)
    AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=timezone.now() - timedelta(days=2))
    for key, ends_in in (("a", -1), ("b", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=ends_in))
    told, swept = due(), sweep()
    assert told == swept
    assert (swept.door_notes, swept.sign_in_attempts, swept.sessions) == (1, 1, 1)
    assert Scan.objects.get(kind="walk_in").reason == "—"
    assert AccessAttempt.objects.get().username == "marta"


# Carried to a restored database


def test_erasures_are_taken_in_and_the_later_one_counts() -> None:
    now = timezone.now()
    Erasure.objects.create(digest=digest_of("a@example.org"), erased_at=now)
    Erasure.objects.create(digest=digest_of("b@example.org"), erased_at=now)
    told = {
        digest_of("a@example.org"): now + timedelta(hours=1),
        digest_of("b@example.org"): now - timedelta(hours=1),
        digest_of("c@example.org"): now - timedelta(days=1),
    }
    assert add_erasures(told, dry_run=True) == 2
    assert Erasure.objects.count() == 2
    assert add_erasures(told) == 2
    assert dict(erasures()) == told | {digest_of("b@example.org"): now}
    assert add_erasures(told) == 0


def test_digest_cannot_be_tried_without_the_secret_key(settings: object) -> None:
    digest = digest_of("anna@example.org")
    settings.SECRET_KEY = "another-key-another-key-another-key"
    assert digest_of("anna@example.org") != digest
    assert len(digest) == 32


def test_hold_that_passed_is_no_reason_to_be_deleted_sooner(tonight: Performance) -> None:
    lapsed = reserve(tonight)
    let_hold_pass(lapsed)
    assert sweep().deleted == 0
