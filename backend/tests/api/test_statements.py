"""The number of SQL statements of each endpoint, with 1 item and with 30."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from azionelab.programme.models import Performance
from tests.cast import (
    give_token,
    make_performance,
    make_staff,
    reserve,
    reserve_and_confirm,
    reserve_body,
)
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
BOOKKEEPING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements(call: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured if not query["sql"].startswith(BOOKKEEPING)]


@pytest.mark.parametrize("items", [1, 30])
@pytest.mark.parametrize(
    ("path", "expected"),
    [("theatre/", 0), ("shows/", 1), ("venues/", 1), ("performances/", 2)],
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
        (f"shows/{performance.show.slug}/", 1),
        (f"venues/{performance.venue.slug}/", 1),
        (f"performances/{performance.pk}/", 2),
    ):
        sql = statements(lambda p=path: client.get(f"/api/v1/{p}"))
        assert len(sql) == expected, sql


@pytest.fixture(params=[1, 30])
def crowd(request: pytest.FixtureRequest, postbox: Postbox) -> Performance:
    """A performance tonight with 1 or 30 reservations, among as many performances."""
    from datetime import timedelta

    from azionelab.core.clock import day_bounds, theatre_today

    _since, until = day_bounds(theatre_today())
    performance = make_performance(starts_at=until - timedelta(minutes=1), capacity=100)
    for _ in range(request.param):
        reserve_and_confirm(performance)
        make_performance(starts_at=until - timedelta(minutes=2))
    return performance


def test_reserve(crowd: Performance, postbox: Postbox) -> None:
    """Key, lock, count, two inserts; then claim, token, done, withdrawn, overdue; the mail's state."""
    headers = {"Idempotency-Key": str(uuid4())}
    url = f"/api/v1/performances/{crowd.pk}/reservations/"
    sql = statements(lambda: APIClient().post(url, reserve_body(), format="json", headers=headers))
    assert len(sql) == 11, sql


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("get", "", None, 3),
        ("get", "ticket.svg", None, 3),
        ("get", "ticket.png", None, 3),
        ("get", "calendar.ics", None, 3),
        ("patch", "", {"seats": 2}, 8),
        ("post", "confirm/", None, 6),
        ("post", "cancel/", None, 5),
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
    assert len(sql) == 14, sql


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
