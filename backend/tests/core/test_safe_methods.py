"""GET and HEAD change nothing: mail scanners and previews open every link.

Every route is opened on rows that are really there, and among them are the two that a read could be tempted to write
to: a pending reservation whose hold has passed, and an overdue mail with a mail server that would take it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from azionelab.checkin.models import CheckIn, Conflict, Scan
from azionelab.company.models import Company, Page
from azionelab.reservations.models import EmailKind, EmailState, OutboundEmail, Reservation, Status
from tests.backstage import let_in
from tests.cast import give_token, let_hold_pass, make_performance, make_staff, reserve, reserve_and_confirm
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)

# What a superuser gets from each route, by its end; every other one answers 200.
READ_ONLY = r"admin/(checkin/(checkin|scan)|reservations/outboundemail)/"
EXPECTED = {
    READ_ONLY + r"(add/|\d+/delete/)": 403,
    r"admin/checkin/conflict/(add/|\d+/delete/)": 403,
    r"admin/reservations/reservation/(add/|\d+/delete/)": 403,
    r"admin/axes/[a-z]+/add/": 403,
    r"admin/company/company/(add/|\d+/delete/)": 403,  # there is one, and it stays
    r"admin/company/company/": 302,  # to its form
    r"admin/[a-z]+/[a-z]+/\d+/": 302,  # to its change page
    r"admin/login/": 302,  # signed in already
    r"admin/logout/": 405,
    r"admin/autocomplete/": 403,  # says nothing about no field in particular
    r"admin/r/\d+/\d+/": 404,  # nothing in the admin has a page of its own on the site
    r"admin/nothing/of/the/kind": 404,
    r"api/v1/performances/\d+/reservations/": 405,
    r"api/v1/door/performances/\d+/(devices|scans|scans/batch)/": 405,
    r"api/v1/door/pairings/": 405,
    r"api/v1/door/device/": 401,  # a person is no phone
    r"api/v1/reservation/(cancel|confirm|resend)/": 405,
    r"api/v1/reservations/resend/": 405,
    r"it/nothing/here": 404,
}


@dataclass
class House:
    """One row of every model that a route may name, and the two that would tempt a read."""

    rows: dict[str, Model]
    lapsed: Reservation
    overdue: OutboundEmail
    confirmed_token: str
    lapsed_token: str

    def path(self, route: str) -> str:
        """The route with real ids in it: in the admin, those of the model the page is about."""
        model = re.match(r"admin/(\w+/\w+)/", route)
        row = self.rows.get(model[1].replace("/", ".")) if model else None
        performance = self.rows["programme.performance"]
        values = {
            "<path:object_id>": row.pk if row else performance.pk,
            "<path:content_type_id>": ContentType.objects.get_for_model(performance).pk,
            "<id>": row.pk if row else "",
            "<int:performance_id>": performance.pk,
            "<language:language>": "it",
            "<path:path>": "nothing/here",
            "<slug:slug>": self.named(route),
        }
        for placeholder, value in values.items():
            route = route.replace(placeholder, str(value))
        assert "<" not in route, f"{route}: what should stand here?"
        return route

    def named(self, route: str) -> str:
        models = {"shows/": "programme.show", "venues/": "programme.venue", "pages/": "company.page"}
        model = next((model for part, model in models.items() if part in route), "programme.show")
        return self.rows[model].slug


@pytest.fixture
def house(postbox: Postbox) -> House:
    performance = make_performance(starts_in=timedelta(hours=2))
    confirmed, lapsed = reserve_and_confirm(performance, 2), reserve(performance)
    let_in(confirmed, 1)
    let_hold_pass(lapsed)
    long_ago = timezone.now() - timedelta(hours=3)
    overdue = OutboundEmail.objects.create(reservation=reserve(performance), kind=EmailKind.CONFIRM)
    OutboundEmail.objects.filter(pk=overdue.pk).update(created_at=long_ago, next_attempt_at=long_ago)
    attempt = {"username": "marta", "ip_address": "192.0.2.1", "user_agent": "x", "attempt_time": long_ago}
    user = User.objects.create_user("luca")
    scan = Scan.objects.get()
    conflict = Conflict.objects.create(scan=scan, performance=performance, seats=1, rule="over_party")
    rows = [performance, performance.show, performance.venue, confirmed, overdue, scan, conflict, user]
    page = Page.objects.create(slug="chi-siamo", title_it="Chi siamo", body_it="Noi.", status=Page.Status.PUBLISHED)
    rows += [page, Company.objects.create(pk=Company.ONLY)]
    rows += [CheckIn.objects.get(), Group.objects.create(name="Amici")]
    rows += [AccessAttempt.objects.create(**attempt, failures_since_start=1), AccessLog.objects.create(**attempt)]
    rows += [AccessFailureLog.objects.create(**attempt)]
    tokens = [give_token(reservation).reservation_token for reservation in (confirmed, lapsed)]
    return House({row._meta.label_lower: row for row in rows}, lapsed, overdue, *tokens)


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Every route; for the two of the admin that are regular expressions, what they stand for."""
    for pattern in patterns:
        own = getattr(pattern.pattern, "_route", None)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + (own or ""))
        elif own is not None:
            yield prefix + own
        elif "app_label" in str(pattern.pattern):
            labels = re.search(r">([a-z|]+)\)", str(pattern.pattern))
            yield from (f"{prefix}{label}/" for label in labels[1].split("|"))
        else:
            assert str(pattern.pattern) == "(?P<url>.*)$"
            yield f"{prefix}nothing/of/the/kind"


def database_state() -> dict[str, str]:
    """A digest of every row of every table, in one statement."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        digest = "md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), ''))"
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', {digest} FROM \"{table}\" t" for table in tables))
        return dict(cursor.fetchall())


def open_everything(client: Client, house: House, token: str) -> dict[str, int]:
    """GETs and HEADs every route, comparing the database after each; the status of each path."""
    before, statuses = database_state(), {}
    for route in sorted(set(routes(get_resolver().url_patterns))):
        path = house.path(route)
        for method in ("get", "head"):
            response = getattr(client, method)(f"/{path}", headers={"Authorization": f"Reservation {token}"})
            response.close()  # whatever is done after the answer is done now
            assert database_state() == before, f"{method} {path}"
            statuses.setdefault(path, response.status_code)  # GET's; Django's login page answers HEAD otherwise
    return statuses


def sign_in(who: str) -> Client:
    client = Client()
    if who != "anybody":
        staff = make_staff(group="Door staff" if who == "door staff" else "Managers")
        staff.is_superuser = who == "superuser"
        staff.save()
        client.force_login(staff)
    return client


@pytest.mark.parametrize(
    ("who", "token"),
    [
        ("anybody", "confirmed_token"),
        ("anybody", "lapsed_token"),
        ("door staff", "confirmed_token"),
        ("manager", "lapsed_token"),
    ],
)
def test_get_and_head_of_every_route_leave_the_database_as_it_was(who: str, token: str, house: House) -> None:
    statuses = open_everything(sign_in(who), house, getattr(house, token))
    assert statuses["api/v1/reservation/"] == 200
    assert statuses["api/v1/reservation/ticket.png"] == (200 if token == "confirmed_token" else 409)
    assert statuses["api/v1/door/performances/"] == (401 if who == "anybody" else 200)
    assert max(statuses.values()) < 500


@pytest.mark.parametrize("token", ["confirmed_token", "lapsed_token"])
def test_every_page_opens_for_a_superuser_and_writes_nothing(token: str, house: House) -> None:
    expected = EXPECTED if token == "confirmed_token" else EXPECTED | {r"api/v1/reservation/[a-z]+\.[a-z]+": 409}
    statuses = open_everything(sign_in("superuser"), house, getattr(house, token))
    wrong = {}
    for path, status in statuses.items():
        rules = [answer for rule, answer in expected.items() if re.fullmatch(rule, path)]
        if status != (rules or [200])[0]:
            wrong[path] = status
    assert wrong == {}
    unused = [rule for rule in expected if not any(re.fullmatch(rule, path) for path in statuses)]
    assert unused == []


def test_every_registered_page_was_opened_on_a_row_of_its_own(house: House) -> None:
    named = {
        match[1] for route in routes(get_resolver().url_patterns) if (match := re.match(r"admin/(\w+/\w+)/add/", route))
    }
    assert {name.replace("/", ".") for name in named} == house.rows.keys()
    assert all(apps.get_model(label).objects.filter(pk=row.pk).exists() for label, row in house.rows.items())


def test_what_would_tempt_a_read_is_really_there(house: House, postbox: Postbox) -> None:
    """The same rows, and requests that may write: the hold is noted as passed, the overdue mail leaves."""
    performance = house.rows["programme.performance"]
    sent = len(postbox.mails)
    reserve(performance)
    house.overdue.refresh_from_db()
    assert (house.overdue.state, len(postbox.mails)) == (EmailState.SENT, sent + 2)
    type(performance).objects.filter(pk=performance.pk).update(manually_occupied=performance.capacity - 4)
    before = database_state()
    refused = Client().post(
        "/api/v1/reservation/confirm/", headers={"Authorization": f"Reservation {house.lapsed_token}"}
    )
    house.lapsed.refresh_from_db()
    assert (refused.status_code, house.lapsed.status) == (409, Status.EXPIRED)
    assert database_state() != before
