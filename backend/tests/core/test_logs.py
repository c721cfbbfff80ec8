"""Nothing of a guest reaches a log."""

import io
import json
import logging
from uuid import uuid4

import pytest
from django.conf import settings as site_settings
from django.db import IntegrityError
from django.test import Client
from django.urls import path
from rest_framework.test import APIClient

from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import PASSWORD, make_staff, pair_phone, reserve_body
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_whole_way_leaves_no_token_address_or_name(
    tonight: Performance, postbox: Postbox, log_lines: io.StringIO
) -> None:
    make_staff()
    client = APIClient()
    url = f"/api/v1/performances/{tonight.pk}/reservations/"
    body = reserve_body(name="Ersilia Zanzottera", email="zanzottera@example.org", notes="colonna", phone="3331112223")
    key = str(uuid4())
    client.post(url, body, format="json", headers={"Idempotency-Key": key})
    client.post(url, body | {"seats": 3}, format="json", headers={"Idempotency-Key": key})
    client.post(url, body | {"email": "zanzottera@"}, format="json", headers={"Idempotency-Key": str(uuid4())})
    token = postbox.token()
    headers = {"Authorization": f"Reservation {token}"}
    client.post("/api/v1/reservation/confirm/", headers=headers)
    client.post("/api/v1/reservation/resend/", headers=headers)
    client.get(f"/api/v1/reservation/?token={token}&email=zanzottera@example.org")
    client.post("/api/v1/reservations/resend/", {"email": "zanzottera@example.org"}, format="json")
    postbox.answer_rcpt = "550 zanzottera@example.org is not here"
    client.post(url, body, format="json", headers={"Idempotency-Key": str(uuid4())})
    client.post("/api/v1/staff/session/", {"username": "marta", "password": PASSWORD}, format="json")
    client.post("/api/v1/staff/session/", {"username": "zanzottera", "password": "x"}, format="json")

    written = log_lines.getvalue()
    assert written.count('"event": "request"') >= 8
    for line in written.splitlines():
        json.loads(line)
    for secret in ("anzottera", token, PASSWORD, "colonna", "3331112223", postbox.token()):
        assert secret not in written, [line for line in written.splitlines() if secret in line]


def test_database_error_is_logged_without_its_words(tonight: Performance, log_lines: io.StringIO) -> None:
    """PostgreSQL quotes the offending value in its message."""
    try:
        Reservation.objects.create(performance=tonight, seats=1, email="anna@example.org", slot=0)
    except IntegrityError:
        logging.getLogger("azionelab").exception("failed")
    line = json.loads(log_lines.getvalue().splitlines()[-1])
    assert line["error"] == "IntegrityError"
    assert any("test_logs.py" in frame for frame in line["frames"])
    assert "anna@example.org" not in log_lines.getvalue()


TOKEN = "A" * 26


def broken(request: object, reservation: str) -> None:
    raise RuntimeError(reservation)


class Urls:
    urlpatterns = [path("api/v1/reservation/<reservation>/", broken)]
    handler500 = "azionelab.core.exception_handler.server_error"


@pytest.mark.parametrize(("urls", "status"), [("azionelab.project.urls", 404), (Urls, 500)])
def test_path_that_a_token_was_pasted_into_is_not_logged(
    settings: object, log_lines: io.StringIO, urls: object, status: int
) -> None:
    settings.ROOT_URLCONF = urls
    client = APIClient(raise_request_exception=False, headers={"X-Request-ID": "0123456789abcdef" * 2})
    assert client.get(f"/api/v1/reservation/{TOKEN}/").status_code == status
    lines = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["Internal Server Error"] * (status == 500) + ["request"]
    assert {line["request_id"] for line in lines} == {"0123456789abcdef" * 2}
    assert TOKEN not in log_lines.getvalue()


@pytest.mark.parametrize("given", ["anna@example.org", "0123456789ABCDEF" * 2, ""])
def test_number_of_a_request_that_is_none_of_nginx_s_is_not_logged(given: str, log_lines: io.StringIO) -> None:
    APIClient(headers={"X-Request-ID": given}).get("/api/v1/nothing/")
    assert "request_id" not in json.loads(log_lines.getvalue())


DOOR, ADMIN = "/api/v1/staff/session/", "/admin/login/"


def events(log_lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log_lines.getvalue().splitlines()]


def try_to_sign_in(client: Client, way: str, username: str, password: str) -> None:
    body = {"username": username, "password": password}
    if way == "door":
        client.post(DOOR, body, content_type="application/json")
    else:
        client.post(ADMIN, body)


@pytest.mark.parametrize("way", ["door", "admin"])
def test_sign_ins_are_told_by_number_and_never_by_the_name_typed(way: str, log_lines: io.StringIO) -> None:
    marta, client = make_staff(), Client(headers={"X-Request-ID": "0123456789abcdef" * 2})
    for username, password in (("zanzottera", PASSWORD), ("marta", "velluto-rosso"), ("marta", PASSWORD)):
        try_to_sign_in(client, way, username, password)
    for _again in range(2):
        if way == "door":
            client.delete(DOOR)
        else:
            client.post("/admin/logout/")
    told = [line for line in events(log_lines) if "sign" in str(line["event"])]
    assert [(line["event"], line["staff"]) for line in told] == [
        ("sign_in_refused", None),
        ("sign_in_refused", marta.pk),
        ("signed_in", marta.pk),
        ("signed_out", marta.pk),
    ]
    assert {(line["way"], line["request_id"]) for line in told} == {(way, "0123456789abcdef" * 2)}
    for typed in ("marta", "zanzottera", "velluto-rosso", PASSWORD):
        assert typed not in log_lines.getvalue()


@pytest.mark.parametrize("way", ["door", "admin"])
def test_account_that_is_closed_or_no_staff_is_refused_in_the_log_too(way: str, log_lines: io.StringIO) -> None:
    marta = make_staff()
    marta.is_active = False
    marta.save()
    try_to_sign_in(Client(), way, "marta", PASSWORD)
    told = [(line["event"], line["staff"]) for line in events(log_lines) if "sign" in str(line["event"])]
    assert told == [("sign_in_refused", marta.pk)]


@pytest.mark.parametrize("way", ["door", "admin"])
def test_sign_in_that_is_shut_is_told(way: str, log_lines: io.StringIO) -> None:
    make_staff()
    for _try in range(site_settings.AXES_FAILURE_LIMIT + 1):
        try_to_sign_in(Client(), way, "marta", "velluto-rosso")
    try_to_sign_in(Client(), way, "marta", PASSWORD)
    shut = [line["way"] for line in events(log_lines) if line["event"] == "sign_in_shut"]
    assert shut == [way] * 3
    assert "signed_in" not in log_lines.getvalue()
    assert "marta" not in log_lines.getvalue()


def test_refusal_at_the_door_is_a_line_with_its_route_and_status(tonight: Performance, log_lines: io.StringIO) -> None:
    client = APIClient()
    client.get("/api/v1/door/performances/")
    phone = pair_phone(tonight)
    phone.client.post(f"/api/v1/door/performances/{tonight.pk}/devices/", {}, format="json")
    asked = [line for line in events(log_lines) if line["event"] == "request"]
    assert [(line["route"], line["status"], line["level"]) for line in asked] == [
        ("api/v1/door/performances/", 401, "info"),
        ("api/v1/door/performances/<int:performance_id>/devices/", 403, "info"),
    ]
    assert [line.get("device") for line in asked] == [None, str(phone.device.pk)]


def test_line_says_which_account_or_phone_asked(tonight: Performance, log_lines: io.StringIO) -> None:
    marta, phone = make_staff(), pair_phone(tonight)
    browser = Client()
    browser.force_login(marta)
    for client in (browser, phone.client, APIClient()):
        client.get("/api/v1/door/performances/")
    browser.get("/admin/")
    # Nobody needs to know who looks at the programme, and nobody asks.
    browser.get("/api/v1/shows/")
    asked = [line for line in events(log_lines) if line["event"] == "request"]
    assert [(line.get("staff"), line.get("device")) for line in asked] == [
        (marta.pk, None),
        (None, str(phone.device.pk)),
        (None, None),
        (marta.pk, None),
        (None, None),
    ]
