"""The number of SQL statements of each endpoint, with 1 item and with 30."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone
from rest_framework.test import APIClient, APIRequestFactory

from azionelab.checkin import devices
from azionelab.core.clock import day_bounds, theatre_today
from azionelab.programme.models import Performance
from azionelab.reservations import delivery, services
from azionelab.reservations.models import OutboundEmail
from tests.cast import (
    PASSWORD,
    give_token,
    make_performance,
    make_staff,
    pair_phone,
    reserve,
    reserve_and_confirm,
    reserve_body,
)
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
BOOKKEEPING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture(autouse=True)
def _one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the queue of mails: it lasts the whole test."""
    monkeypatch.setattr(delivery, "GLANCE_SECONDS", 600.0)


def statements(call: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured if not query["sql"].startswith(BOOKKEEPING)]


@pytest.mark.parametrize("items", [1, 30])
@pytest.mark.parametrize(
    ("path", "expected"),
    [("theatre/", 2), ("shows/", 1), ("venues/", 2), ("performances/", 2)],
)
def test_public_list(path: str, expected: int, items: int) -> None:
    for _ in range(items):
        reserve(make_performance())
    sql = statements(lambda: APIClient().get(f"/api/v1/{path}"))
    assert len(sql) == expected, sql


@pytest.mark.parametrize("items", [1, 30])
def test_public_page(items: int) -> None:
    performance = make_performance(capacity=100)
    for _ in range(items):
        reserve(performance)
    client = APIClient()
    for path, expected in (
        (f"shows/{performance.show.slug}/", 2),
        (f"venues/{performance.venue.slug}/", 2),
        (f"performances/{performance.pk}/", 2),
    ):
        sql = statements(lambda p=path: client.get(f"/api/v1/{p}"))
        assert len(sql) == expected, sql


@pytest.fixture(params=[1, 30])
def crowd(request: pytest.FixtureRequest, postbox: Postbox, noon: None) -> Performance:
    """A performance tonight with 1 or 30 reservations, among as many performances."""
    _since, until = day_bounds(theatre_today())
    performance = make_performance(starts_at=until - timedelta(minutes=1), capacity=100)
    for _ in range(request.param):
        reserve_and_confirm(performance)
        make_performance(starts_at=until - timedelta(minutes=2))
    return performance


def test_reserve(crowd: Performance, postbox: Postbox) -> None:
    """Lock, count, two inserts; then the mail's token, and that it has left."""
    headers = {"Idempotency-Key": str(uuid4())}
    url = f"/api/v1/performances/{crowd.pk}/reservations/"
    sql = statements(lambda: APIClient().post(url, reserve_body(), format="json", headers=headers))
    assert len(sql) == 6, sql


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("get", "", None, 3),
        ("get", "ticket.svg", None, 3),
        ("get", "ticket.png", None, 3),
        ("get", "calendar.ics", None, 3),
        ("patch", "", {"seats": 2}, 8),
        ("post", "confirm/", None, 6),
        ("post", "cancel/", None, 6),
    ],
)
def test_own_reservation(
    crowd: Performance, method: str, path: str, body: object, expected: int, postbox: Postbox
) -> None:
    reservation = reserve_and_confirm(crowd)
    headers = {"Authorization": f"Reservation {give_token(reservation).reservation_token}"}
    call = getattr(APIClient(), method)
    sql = statements(lambda: call(f"/api/v1/reservation/{path}", body, format="json", headers=headers))
    assert len(sql) == expected, sql


def test_confirm_the_first_time(crowd: Performance, postbox: Postbox) -> None:
    headers = {"Authorization": f"Reservation {give_token(reserve(crowd)).reservation_token}"}
    sql = statements(lambda: APIClient().post("/api/v1/reservation/confirm/", headers=headers))
    assert len(sql) == 11, sql


def test_resend(crowd: Performance, postbox: Postbox) -> None:
    reservation = reserve(crowd)
    OutboundEmail.objects.filter(reservation=reservation).update(sent_at=timezone.now() - timedelta(hours=1))
    headers = {"Authorization": f"Reservation {give_token(reservation).reservation_token}"}
    mails = len(postbox.mails)
    sql = statements(lambda: APIClient().post("/api/v1/reservation/resend/", headers=headers))
    assert len(postbox.mails) == mails + 1
    assert len(sql) == 9, sql


@pytest.mark.parametrize(("live", "sent"), [(0, 0), (1, 1), (30, services.MAX_RESENT_AT_ONCE)])
def test_find_my_reservation(live: int, sent: int, postbox: Postbox) -> None:
    """None before the answer. After it, one to find them and six for each that is sent again, of which eight are."""
    for _ in range(live):
        reserve(make_performance(), email="anna@example.org")
    OutboundEmail.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    answers: list[HttpResponse] = []
    before = statements(lambda: answers.append(_unclosed_post("/api/v1/reservations/resend/", "anna@example.org")))
    assert (answers[0].status_code, before, len(postbox.mails)) == (202, [], live)
    after = statements(answers[0].close)
    assert len(postbox.mails) == live + sent
    assert len(after) == 1 + 6 * sent, after


def _unclosed_post(url: str, email: str) -> HttpResponse:
    """The answer as the server has it before `close`, which Django's own test client calls by itself."""
    view, args, kwargs = resolve(url)
    return view(APIRequestFactory().post(url, {"email": email}, format="json"), *args, **kwargs)


def test_staff_session(crowd: Performance) -> None:
    client = APIClient()
    assert statements(lambda: client.get("/api/v1/staff/session/")) == []
    make_staff()
    credentials = {"username": "marta", "password": PASSWORD}
    signed_in = statements(lambda: client.post("/api/v1/staff/session/", credentials, format="json"))
    assert len(signed_in) == 10, signed_in
    who = statements(lambda: client.get("/api/v1/staff/session/"))
    assert len(who) == 4, who
    signed_out = statements(lambda: client.delete("/api/v1/staff/session/"))
    assert len(signed_out) == 5, signed_out


def test_door_by_reference(crowd: Performance) -> None:
    client = APIClient()
    client.force_login(make_staff())
    reference = reserve_and_confirm(crowd).reference
    scan = {"scan_id": str(uuid4()), "reference": reference, "scanned_at": "2026-01-01T20:00Z", "device": "porta"}
    sql = statements(lambda: client.post(f"/api/v1/door/performances/{crowd.pk}/scans/", scan, format="json"))
    assert len(sql) == 4 + 8, sql


def test_door(crowd: Performance) -> None:
    """Two statements of each are the session and its user, three with the groups' permissions."""
    client = APIClient()
    client.force_login(make_staff())
    ticket = give_token(reserve_and_confirm(crowd)).ticket_token
    tonight = statements(lambda: client.get("/api/v1/door/performances/"))
    assert len(tonight) == 4 + 3, tonight
    scan = {"scan_id": str(uuid4()), "ticket": ticket, "scanned_at": "2026-01-01T20:00Z", "device": "porta"}
    url = f"/api/v1/door/performances/{crowd.pk}/scans/"
    admitted = statements(lambda: client.post(url, scan, format="json"))
    assert len(admitted) == 4 + 8, admitted


def test_phone_comes_to_the_door(crowd: Performance) -> None:
    """The code, its performance, the last number; then the device and the code that it used."""
    invitation = devices.make_pairing_code(performance_id=crowd.pk, made_by_id=None)
    body = {"code": invitation.code, "name": "Marta", "claim": str(uuid4())}
    sql = statements(lambda: APIClient().post("/api/v1/door/pairings/", body, format="json"))
    assert len(sql) == 5, sql
    again = statements(lambda: APIClient().post("/api/v1/door/pairings/", body, format="json"))
    assert len(again) == 2, again
    client, body = APIClient(), {"name": "Marta", "claim": str(uuid4())}
    client.force_login(make_staff())
    url = f"/api/v1/door/performances/{crowd.pk}/devices/"
    paired = statements(lambda: client.post(url, body, format="json"))
    # The performance, the claim, the number, the device; its holder, with permissions of their own.
    assert len(paired) == 4 + 4 + 3, paired


def test_phone_at_the_door(crowd: Performance) -> None:
    """Of each, one statement is the device with its performance."""
    phone = pair_phone(crowd)
    url = f"/api/v1/door/performances/{crowd.pk}/list/"
    own = statements(lambda: phone.client.get("/api/v1/door/device/"))
    assert len(own) == 2, own  # and the venue's name
    first = statements(lambda: phone.client.get(url))
    assert len(first) == 1 + 1 + 10, first
    again = statements(lambda: phone.client.get(url))
    assert len(again) == 1 + 10, again
    tonight = statements(lambda: phone.client.get("/api/v1/door/performances/"))
    assert len(tonight) == 1 + 3, tonight
    scan = {"reference": reserve_and_confirm(crowd).reference, "scanned_at": "2026-01-01T20:00Z"}
    url = f"/api/v1/door/performances/{crowd.pk}/scans/"
    # Seen a moment ago, it is not noted again.
    admitted = statements(lambda: phone.client.post(url, scan | {"scan_id": str(uuid4())}, format="json"))
    assert len(admitted) == 1 + 7, admitted
