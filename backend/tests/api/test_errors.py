"""Every failure is a problem document with a code from the closed list."""

import pytest
from django.http import HttpResponse
from rest_framework.test import APIClient

from azionelab.core.errors import MEANINGS, Code, DomainError, FieldError

MEMBERS = {"type", "title", "status", "code", "detail", "errors"}


def problem(answer: HttpResponse) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()) >= MEMBERS
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]


def test_every_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Code)


def test_error_with_fields_keeps_them() -> None:
    error = DomainError(
        Code.VALIDATION_FAILED, errors=[FieldError(field="season.yaml", code="invalid", message="No date.", line=7)]
    )
    assert error.as_problem()["errors"] == [
        {"field": "season.yaml", "code": "invalid", "message": "No date.", "line": 7}
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("get", "/api/v1/nothing/", (404, "not_found")),
        ("get", "/nothing", (404, "not_found")),
        ("get", "/api/v1/shows/nothing/", (404, "not_found")),
        ("delete", "/api/v1/shows/", (405, "method_not_allowed")),
        ("get", "/api/v1/reservation/", (404, "token_invalid")),
        ("get", "/api/v1/door/performances/", (401, "not_authenticated")),
    ],
)
def test_problem(method: str, path: str, expected: tuple[int, str]) -> None:
    assert problem(getattr(APIClient(), method)(path)) == expected


@pytest.mark.django_db
def test_body_that_cannot_be_read() -> None:
    client, path = APIClient(), "/api/v1/reservations/resend/"
    broken = client.post(path, "{", content_type="application/json")
    assert problem(broken) == (400, "malformed_request")
    other = client.post(path, "a=b", content_type="text/plain")
    assert problem(other) == (415, "unsupported_media_type")
    large = client.post(path, '{"email": "' + "a" * 2_000_000 + '"}', content_type="application/json")
    assert problem(large) == (413, "payload_too_large")


def test_bug_is_answered_without_its_words(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from azionelab.programme import selectors

    def fail() -> None:
        raise RuntimeError("anna@example.org")

    monkeypatch.setattr(selectors, "venues", fail)
    answer = APIClient(raise_request_exception=False).get("/api/v1/venues/")
    assert problem(answer) == (500, "internal_error")
    assert "anna@example.org" not in answer.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "theatre.test.evil.example"])
def test_other_hosts_are_not_served(host: str) -> None:
    assert APIClient().get("/healthz", headers={"Host": host}).status_code == 400


@pytest.mark.django_db
def test_health() -> None:
    assert APIClient().get("/healthz").json() == {"status": "alive"}
    assert APIClient().get("/readyz").json() == {"status": "ready"}
