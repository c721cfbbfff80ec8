"""GET and HEAD change nothing: mail scanners and previews open every link."""

import hashlib
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import give_token, make_performance, make_staff, reserve_and_confirm

pytestmark = pytest.mark.django_db(transaction=True)


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + (getattr(pattern.pattern, "_route", None) or "")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def database_state() -> dict[str, str]:
    """A digest of every row of every table."""
    state = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            state[table] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return state


@pytest.mark.parametrize("who", ["anybody", "manager", "superuser"])
def test_get_and_head_of_every_route_leave_the_database_as_it_was(who: str) -> None:
    performance = make_performance()
    reservation = reserve_and_confirm(performance)
    headers = {"Authorization": f"Reservation {give_token(reservation).reservation_token}"}
    client = Client(raise_request_exception=False)
    staff = make_staff(group="Managers")
    if who == "superuser":
        staff.is_superuser = True
        staff.save()
    if who != "anybody":
        client.force_login(staff)
    values = {
        "<slug:slug>": performance.show.slug,
        "<int:performance_id>": performance.pk,
        "<path:object_id>": reservation.pk,
        "<int:content_type_id>": 1,
        "<app_label>": "programme",
        "<id>": staff.pk,
    }

    before, statuses = database_state(), {}
    for route in sorted(set(routes(get_resolver().url_patterns))):
        path = route
        for placeholder, value in values.items():
            path = path.replace(placeholder, str(value))
        for method in (client.get, client.head):
            statuses[path] = method("/" + path, headers=headers).status_code
        if path.endswith("logout/") and who != "anybody":
            client.force_login(staff)
            before = database_state()
        assert database_state() == before, path

    assert len(statuses) > 20
    assert all(status < 500 for status in statuses.values()), statuses
    assert statuses["api/v1/reservation/"] == statuses["api/v1/reservation/ticket.png"] == 200
