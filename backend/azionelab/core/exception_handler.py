"""Turns every exception of an API view into a problem document."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from azionelab.core.database import is_busy, sqlstate
from azionelab.core.errors import Code, DomainError, FieldError

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_BUSY = 2  # seconds

_CODES: list[tuple[type[Exception], Code]] = [
    (exceptions.ParseError, Code.MALFORMED_REQUEST),
    (exceptions.NotAuthenticated, Code.NOT_AUTHENTICATED),
    (exceptions.AuthenticationFailed, Code.NOT_AUTHENTICATED),
    (exceptions.PermissionDenied, Code.PERMISSION_DENIED),
    (PermissionDenied, Code.PERMISSION_DENIED),
    (exceptions.NotFound, Code.NOT_FOUND),
    (Http404, Code.NOT_FOUND),
    (exceptions.MethodNotAllowed, Code.METHOD_NOT_ALLOWED),
    (exceptions.NotAcceptable, Code.NOT_ACCEPTABLE),
    (exceptions.UnsupportedMediaType, Code.UNSUPPORTED_MEDIA_TYPE),
    (RequestDataTooBig, Code.PAYLOAD_TOO_LARGE),
]
# DRF's names for what is wrong with a field, in the words of the contract.
_FIELD_CODES = {
    "null": "required",
    "max_length": "too_long",
    "min_length": "too_short",
    "invalid_choice": "invalid",
    "does_not_exist": "invalid",
    "max_string_length": "invalid",
    "null_characters_not_allowed": "forbidden_characters",
    "surrogate_characters_not_allowed": "forbidden_characters",
}


def field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Flattens DRF's nested error detail; a nested field is written `scans.2.seats`."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from field_errors(value, f"{path}.{name}".strip("."))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from field_errors(value, f"{path}.{index}".strip(".") if nested else path)
    else:
        code = getattr(detail, "code", "invalid")
        yield FieldError(field=path, code=_FIELD_CODES.get(code, code), message=str(detail))


def as_domain_error(error: Exception) -> DomainError | None:
    """The domain error that says the same; None for a bug."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return DomainError(Code.VALIDATION_FAILED, errors=tuple(field_errors(error.detail)))
    if isinstance(error, DatabaseError) and is_busy(error):
        return DomainError(Code.BUSY, retry_after=RETRY_AFTER_BUSY)
    for kind, code in _CODES:
        if isinstance(error, kind):
            return DomainError(code)
    return None


def problem_headers(error: DomainError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if "retry_after" in error.extra:
        headers["Retry-After"] = str(error.extra["retry_after"])
    if error.meaning.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Session" if error.code == Code.NOT_AUTHENTICATED else "Door"
    return headers


def problem_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. A bug goes on to `ProblemMiddleware`, which logs it."""
    error = as_domain_error(exception)
    if error is None:
        return None
    if isinstance(exception, DatabaseError):
        # A guest need not know why, but whoever looks after the site does: 53100 is a full disk.
        log.warning("database_busy", sqlstate=sqlstate(exception))
    set_rollback()
    return Response(
        error.as_problem(),
        status=error.meaning.status,
        headers=problem_headers(error),
        content_type=PROBLEM_JSON,
    )


def plain_problem(error: DomainError) -> JsonResponse:
    """The same document outside DRF: an unknown address, a bug, a dead database."""
    response = JsonResponse(error.as_problem(), status=error.meaning.status, content_type=PROBLEM_JSON)
    for name, value in problem_headers(error).items():
        response.headers[name] = value
    return response


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    return plain_problem(DomainError(Code.NOT_FOUND))


def server_error(request: HttpRequest) -> JsonResponse:
    return plain_problem(DomainError(Code.INTERNAL_ERROR))


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    return plain_problem(DomainError(Code.MALFORMED_REQUEST))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page that was open for too long, or another site. The admin's form gets plain words."""
    if request.path.startswith("/api/"):
        return plain_problem(DomainError(Code.PERMISSION_DENIED, "Reload the page and try again."))
    words = "Ricarica la pagina e riprova.\nReload the page and try again.\n"
    return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
