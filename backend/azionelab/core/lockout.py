"""What django-axes answers while it keeps the sign-in shut after too many wrong passwords."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from azionelab.core.errors import Code, DomainError
from azionelab.core.exception_handler import plain_problem

_WORDS = "Troppi tentativi: riprova tra {minutes} minuti.\nToo many attempts: try again in {minutes} minutes.\n"


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """A problem document for the API, plain words for the admin's form."""
    seconds = int(settings.AXES_COOLOFF_TIME * 3600)
    problem = plain_problem(DomainError(Code.TOO_MANY_REQUESTS, retry_after=seconds))
    if request.path.startswith("/api/"):
        return problem
    words = _WORDS.format(minutes=seconds // 60)
    return HttpResponse(
        words, status=problem.status_code, content_type="text/plain; charset=utf-8", headers={"Retry-After": seconds}
    )
