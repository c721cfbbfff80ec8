"""Nothing of a guest reaches a log."""

import io
import json
import logging
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.urls import path
from rest_framework.test import APIClient

from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import PASSWORD, make_staff, reserve_body
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
