"""One log line a request, what may be kept of an answer, and problem documents for what happens outside the views."""

import re
import time
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import compress_string

from azionelab.core.api import PUBLIC_CACHE, language_of
from azionelab.core.database import is_busy
from azionelab.core.errors import DomainError
from azionelab.core.exception_handler import as_domain_error, plain_problem

log = structlog.get_logger(__name__)
# As nginx numbers requests, and writes them into its own log.
_REQUEST_ID = re.compile(r"[0-9a-f]{32}")
# Asked every few seconds, day and night: told where they are not well.
_PROBES = ("healthz", "readyz")
# Bytes; nginx compresses nothing shorter either.
WORTH_COMPRESSING = 1000
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestLogMiddleware:
    """Logs method, route, status and time. The route, not the path: a path could one day hold a name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        with structlog.contextvars.bound_contextvars(**({"request_id": given} if _REQUEST_ID.fullmatch(given) else {})):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        route = request.resolver_match.route if request.resolver_match else "(none)"
        is_well = route in _PROBES and response.status_code == HTTPStatus.OK
        tell = log.debug if is_well else log.info
        tell(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
            **_who_asked(request),
        )
        return response


def _who_asked(request: HttpRequest) -> dict[str, int | str]:
    """The number of an account or a phone, where the answer needed it: the database is asked nothing for the log."""
    device = getattr(request, "auth", None)  # DRF sets it to what came with a token
    if device is not None:
        return {"device": str(device.pk)}
    user = getattr(request, "_cached_user", None)  # of Django's session, once somebody has looked
    return {"staff": user.pk} if user is not None and user.pk is not None else {}


class CachingMiddleware:
    """Public answers are the same for everybody, and every other one is nobody else's.

    Outside of the middleware that reads cookies and Accept-Language: a public view uses neither, yet for that
    middleware's sake each answer would say that it depends on them, and a proxy could keep none.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        in_path = request.resolver_match.kwargs.get("language") if request.resolver_match else None
        if in_path:
            response.headers["Content-Language"] = in_path
        if response.headers.get("Cache-Control") == PUBLIC_CACHE:
            response.headers.pop("Vary", None)
            response.headers["Content-Language"] = in_path or language_of(request)
            response.cookies.clear()
            _compress(request, response)
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _compress(request: HttpRequest, response: HttpResponseBase) -> None:
    """Once for everybody, as nginx keeps it; and nginx says that it varies by that.

    Only what is public: there is nothing in it that its size could give away.
    """
    if "gzip" not in request.headers.get("Accept-Encoding", "") or not isinstance(response, HttpResponse):
        return
    if response.status_code != HTTPStatus.OK or len(response.content) < WORTH_COMPRESSING:
        return
    response.content = compress_string(response.content)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.content))
    if etag := response.headers.get("ETag"):
        # The same words in other bytes (RFC 9110, 8.8.1).
        response.headers["ETag"] = f"W/{etag.removeprefix('W/')}"


class ProblemMiddleware:
    """Answers for views that are not DRF's: what a page does not find, and `busy` where the database refused."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        except DatabaseError as error:
            return self.process_exception(request, error) or self._reraise(error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, DomainError):
            return plain_problem(exception)
        if not isinstance(exception, DatabaseError) or not is_busy(exception):
            return None
        log.warning("database_busy", exc_info=exception)
        problem = as_domain_error(exception)
        return plain_problem(problem) if problem else None

    @staticmethod
    def _reraise(error: Exception) -> HttpResponseBase:
        raise error
