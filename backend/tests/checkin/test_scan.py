from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from azionelab.checkin import services
from azionelab.checkin.answers import Doorkeeper, ScanAnswer
from azionelab.checkin.models import CheckIn, Outcome, Scan
from azionelab.checkin.services import ScanRequest
from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance, Show
from azionelab.reservations.models import Reservation
from azionelab.reservations.services import cancel_by_staff
from tests.cast import give_token, let_hold_pass, make_performance, reserve, reserve_and_confirm

pytestmark = pytest.mark.django_db


def scan(
    performance: Performance,
    ticket: str = "",
    *,
    reference: str = "",
    seats: int | None = None,
    scan_id: UUID | None = None,
    device: str = "porta sinistra",
) -> ScanAnswer:
    request = ScanRequest(
        scan_id=scan_id or uuid4(),
        scanned_at=timezone.now(),
        ticket=ticket,
        reference=reference,
        seats=seats,
    )
    return services.register_scan(performance_id=performance.pk, request=request, doorkeeper=Doorkeeper(name=device))


def ticket_of(reservation: Reservation) -> str:
    return give_token(reservation).ticket_token


def test_whole_party_comes_in_with_one_scan(tonight: Performance) -> None:
    answer = scan(tonight, ticket_of(reserve_and_confirm(tonight, 4)))
    assert (answer.outcome, answer.scan.seats_admitted, answer.admission.seats) == (Outcome.ADMITTED, 4, 4)


def test_party_of_four_comes_two_and_two(tonight: Performance) -> None:
    ticket = ticket_of(reserve_and_confirm(tonight, 4))
    answers = [scan(tonight, ticket, seats=2, device=f"porta {number}") for number in range(3)]
    assert [answer.outcome for answer in answers] == ["admitted", "admitted", "already_admitted"]
    assert answers[2].admission.seats == 4
    assert answers[2].admission.first_device == "porta 0"
    assert answers[2].admission.first_at == answers[0].scan.happened_at


def test_more_than_is_left_of_the_party_is_refused(tonight: Performance) -> None:
    ticket = ticket_of(reserve_and_confirm(tonight, 3))
    scan(tonight, ticket, seats=2)
    answer = scan(tonight, ticket, seats=2)
    assert (answer.outcome, answer.scan.seats_admitted, answer.admission.seats) == (Outcome.OVER_PARTY, 0, 2)
    assert scan(tonight, ticket).scan.seats_admitted == 1


def test_reference_opens_the_door_like_its_ticket(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, 2)
    assert scan(tonight, reference=f" {reservation.reference.lower()} ").outcome == Outcome.ADMITTED


@pytest.mark.parametrize(
    "written",
    ["{ticket}", " {ticket}\n", "http://theatre.test/t#{ticket}", "https://old-name.example/t#{ticket}"],
)
def test_ticket_is_read_as_a_scanner_types_it(tonight: Performance, written: str) -> None:
    ticket = ticket_of(reserve_and_confirm(tonight))
    assert scan(tonight, written.format(ticket=ticket)).outcome == Outcome.ADMITTED


@pytest.mark.parametrize("written", ["https://example.org/menu", "x", "A" * 26, "http://[", "#", "\x00"])
def test_other_codes_are_unknown_and_recorded(tonight: Performance, written: str) -> None:
    answer = scan(tonight, written)
    assert (answer.outcome, answer.reservation) == (Outcome.UNKNOWN, None)
    assert Scan.objects.get().outcome == Outcome.UNKNOWN


def test_reservation_token_does_not_open_the_door(tonight: Performance) -> None:
    pair = give_token(reserve_and_confirm(tonight))
    assert scan(tonight, pair.reservation_token).outcome == Outcome.UNKNOWN


def test_revoked_ticket_is_unknown(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight)
    ticket = ticket_of(reservation)
    reservation.tokens.update(revoked_at=timezone.now())
    assert scan(tonight, ticket).outcome == Outcome.UNKNOWN


def test_refusals_say_why(tonight: Performance) -> None:
    pending, lapsed, cancelled = reserve(tonight), reserve(tonight), reserve_and_confirm(tonight)
    let_hold_pass(lapsed)
    cancel_by_staff(reservation_id=cancelled.pk)
    elsewhere = reserve_and_confirm(make_performance(starts_in=timedelta(hours=2)))
    outcomes = [scan(tonight, ticket_of(one)).outcome for one in (pending, lapsed, cancelled, elsewhere)]
    assert outcomes == ["not_confirmed", "not_confirmed", "cancelled", "wrong_performance"]
    assert not CheckIn.objects.exists()


def test_cancelled_performance_lets_nobody_in(tonight: Performance) -> None:
    ticket = ticket_of(reserve_and_confirm(tonight))
    Performance.objects.update(cancelled_at=timezone.now())
    assert scan(tonight, ticket).outcome == Outcome.CANCELLED


def test_same_scan_again_is_a_replay_that_changes_nothing(tonight: Performance) -> None:
    ticket, scan_id = ticket_of(reserve_and_confirm(tonight, 4)), uuid4()
    first, again = (scan(tonight, ticket, seats=2, scan_id=scan_id) for _ in range(2))
    assert (first.outcome, again.outcome, again.replayed_outcome) == ("admitted", "replay", "admitted")
    assert again.scan == first.scan
    assert (Scan.objects.count(), again.admission.seats) == (1, 2)


def test_scan_id_of_another_scan_is_refused(tonight: Performance) -> None:
    one, two, scan_id = reserve_and_confirm(tonight), reserve_and_confirm(tonight), uuid4()
    scan(tonight, reference=one.reference, scan_id=scan_id)
    for performance, reference in ((tonight, two.reference), (make_performance(), one.reference)):
        with pytest.raises(DomainError, match="idempotency_key_reused"):
            scan(performance, reference=reference, scan_id=scan_id)


def test_ticket_of_a_show_withdrawn_from_the_site_still_opens_the_door(tonight: Performance) -> None:
    ticket = ticket_of(reserve_and_confirm(tonight))
    Show.objects.update(status=Show.Status.DRAFT)
    assert scan(tonight, ticket).outcome == Outcome.ADMITTED


def test_every_attempt_is_recorded(tonight: Performance) -> None:
    ticket = ticket_of(reserve_and_confirm(tonight))
    for written in (ticket, ticket, "nonsense"):
        scan(tonight, written)
    assert set(Scan.objects.values_list("outcome", "device")) == {
        ("admitted", "porta sinistra"),
        ("already_admitted", "porta sinistra"),
        ("unknown", "porta sinistra"),
    }


def test_scan_cannot_be_changed_or_deleted(tonight: Performance) -> None:
    scan(tonight, ticket_of(reserve_and_confirm(tonight)))
    for change in ("UPDATE checkin_scan SET device = 'x'", "DELETE FROM checkin_scan"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(change)


def test_unknown_performance_is_an_error_and_no_scan() -> None:
    with pytest.raises(DomainError, match="not_found"):
        scan(Performance(pk=999), "x")
    assert not Scan.objects.exists()
