from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from azionelab.checkin.models import Scan
from azionelab.core.clock import day_bounds, theatre_today
from azionelab.programme.models import Performance
from tests.cast import PASSWORD, give_token, make_performance, make_staff, reserve_and_confirm

pytestmark = pytest.mark.django_db
SESSION = "/api/v1/staff/session/"


def sign_in(client: APIClient, password: str = PASSWORD, **extra: object) -> object:
    return client.post(SESSION, {"username": "marta", "password": password}, format="json", **extra)


def scan_body(**changes: object) -> dict[str, object]:
    values = {"scan_id": str(uuid4()), "scanned_at": timezone.now().isoformat(), "device": "porta", "ticket": "x"}
    return {key: value for key, value in (values | changes).items() if value is not None}


# The session


def test_nobody_is_signed_in_at_first() -> None:
    answer = APIClient().get(SESSION)
    assert answer.json() == {"username": None, "can_scan": False, "can_manage": False}
    assert "csrftoken" in answer.cookies


@pytest.mark.parametrize(("group", "manages"), [("Door staff", False), ("Managers", True)])
def test_staff_sign_in_and_out(group: str, manages: bool) -> None:
    make_staff(group=group)
    client = APIClient()
    assert sign_in(client).json() == {"username": "marta", "can_scan": True, "can_manage": manages}
    assert client.get("/api/v1/door/performances/").status_code == 200
    assert client.delete(SESSION).status_code == 204
    assert client.get("/api/v1/door/performances/").status_code == 401


def test_signing_in_needs_the_csrf_token() -> None:
    make_staff()
    client = APIClient(enforce_csrf_checks=True)
    refused = sign_in(client)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    token = client.get(SESSION).cookies["csrftoken"].value
    assert sign_in(client, headers={"X-CSRFToken": token}).status_code == 200
    assert client.delete(SESSION).status_code == 403


def test_wrong_password_is_refused_and_after_ten_the_door_is_shut_for_a_while() -> None:
    make_staff()
    client = APIClient()
    answers = [sign_in(client, password="wrong").json()["code"] for _ in range(11)]
    assert answers[:9] == ["sign_in_failed"] * 9
    locked = sign_in(client)
    assert (locked.status_code, locked.json()["code"], locked["Retry-After"]) == (429, "too_many_requests", "900")


def test_account_that_may_not_scan_is_refused() -> None:
    client = APIClient()
    client.force_login(User.objects.create_user("stranger", password=PASSWORD))
    answer = client.get("/api/v1/door/performances/")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


# The door


def test_tonight_shows_what_is_expected_and_admitted(noon: None) -> None:
    client = APIClient()
    client.force_login(make_staff())
    since, until = day_bounds(theatre_today())
    tonight = make_performance(starts_at=until - timedelta(minutes=1))
    make_performance(starts_at=since - timedelta(minutes=1))
    make_performance(starts_at=until)
    ticket = give_token(reserve_and_confirm(tonight, 4)).ticket_token
    url = f"/api/v1/door/performances/{tonight.pk}/scans/"
    answer = client.post(url, scan_body(ticket=ticket, seats=3), format="json").json()
    assert answer["reservation"]["admitted"] == 3
    listed = client.get("/api/v1/door/performances/", {"language": "en"}).json()
    assert [(row["id"], row["show_title"], row["expected"], row["admitted"]) for row in listed] == [
        (tonight.pk, "The Mistress of the Inn", 4, 3)
    ]


def test_scan_keeps_who_scanned(tonight: Performance) -> None:
    client, marta = APIClient(), make_staff()
    client.force_login(marta)
    client.post(f"/api/v1/door/performances/{tonight.pk}/scans/", scan_body(), format="json")
    assert Scan.objects.get().staff == marta


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scan_id": "7"}, "scan_id"),
        ({"ticket": None}, "ticket"),
        ({"reference": "ABCDEF"}, "ticket"),
        ({"seats": 0}, "seats"),
        ({"scanned_at": "yesterday"}, "scanned_at"),
        ({"device": ""}, "device"),
        ({"ticket": "x" * 301}, "ticket"),
    ],
)
def test_scan_that_makes_no_sense_is_refused(tonight: Performance, changes: dict[str, object], field: str) -> None:
    client = APIClient()
    client.force_login(make_staff())
    answer = client.post(f"/api/v1/door/performances/{tonight.pk}/scans/", scan_body(**changes), format="json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_scan_needs_staff_and_a_csrf_token(tonight: Performance) -> None:
    url = f"/api/v1/door/performances/{tonight.pk}/scans/"
    assert APIClient().post(url, scan_body(), format="json").status_code == 401
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(make_staff())
    assert client.post(url, scan_body(), format="json").status_code == 403
    assert not Scan.objects.exists()
