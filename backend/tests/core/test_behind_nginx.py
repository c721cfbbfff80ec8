"""What nginx says of a guest counts; what the guest says does not.

nginx overwrites X-Forwarded-For with the one address it sees. Should another thing in front add to it instead, the last
entry is the one that it wrote.
"""

import io
from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from rest_framework.test import APIClient

from azionelab.programme.models import Performance
from tests.cast import PASSWORD, make_staff, reserve_body
from tests.postbox import Postbox

SESSION = "/api/v1/staff/session/"


def sign_in(forwarded_for: str, *, password: str = "wrong") -> int:
    body = {"username": "marta", "password": password}
    headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
    return APIClient().post(SESSION, body, format="json", headers=headers).status_code


@pytest.mark.django_db
def test_guest_is_locked_out_by_the_address_that_nginx_saw() -> None:
    make_staff()
    assert [sign_in(f"203.0.113.{number}, 198.51.100.7") for number in range(9)] == [400] * 9
    assert sign_in("10.0.0.1, 198.51.100.7") == 429
    assert sign_in("198.51.100.7", password=PASSWORD) == 429
    assert sign_in("198.51.100.8", password=PASSWORD) == 200, "somebody elsewhere may sign in"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("forwarded_for", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.1,198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, ", "127.0.0.1"),
        ("nobody", "127.0.0.1"),
        ("198.51.100.7:4711", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_address_that_counts(forwarded_for: str, counted: str) -> None:
    """Of an IPv6 address the network: one household has as many addresses of it as it likes."""
    sign_in(forwarded_for)
    assert AccessAttempt.objects.get().ip_address == counted


@pytest.mark.django_db(transaction=True)
def test_spoofed_headers_change_no_link_and_leave_no_address(
    tonight: Performance, postbox: Postbox, log_lines: io.StringIO
) -> None:
    spoofed = {
        "X-Forwarded-For": "198.51.100.7",
        "X-Real-IP": "198.51.100.7",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "81",
        "Forwarded": "for=198.51.100.7;host=evil.example;proto=https",
    }
    url = f"/api/v1/performances/{tonight.pk}/reservations/"
    answer = APIClient().post(url, reserve_body(), format="json", headers=spoofed | {"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201
    assert f"{settings.SITE_URL}/" in postbox.text()
    assert "evil.example" not in postbox.mails[-1].as_string()
    sign_in("198.51.100.7")
    assert log_lines.getvalue().count('"event": "request"') == 2
    assert "198.51.100" not in log_lines.getvalue()
    assert "evil.example" not in log_lines.getvalue()


@pytest.mark.django_db
def test_other_host_is_refused_whatever_is_forwarded() -> None:
    client = APIClient(headers={"Host": "evil.example", "X-Forwarded-Host": "theatre.test"})
    assert client.get("/api/v1/shows/").status_code == 400
