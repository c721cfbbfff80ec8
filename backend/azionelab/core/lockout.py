"""Whom django-axes counts, and what it answers while it keeps the sign-in shut after too many wrong passwords."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from azionelab.core.errors import Code, DomainError
from azionelab.core.exception_handler import plain_problem

log = structlog.get_logger(__name__)

_NETWORK_BITS = 64
_WORDS = "Troppi tentativi: riprova tra {minutes} minuti.\nToo many attempts: try again in {minutes} minutes.\n"


def address_counted(request: HttpRequest) -> str | None:
    """The guest's address as nginx saw it: the last entry, for only that is not the guest's own invention.

    Of an IPv6 address its network, as whoever has one has as many addresses of it as they like.
    """
    connected: str | None = request.META.get("REMOTE_ADDR")
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        address = ip_address(seen)
    except ValueError:
        return connected  # nobody is in front of us
    if isinstance(address, IPv6Address):
        network = ip_network((address, _NETWORK_BITS), strict=False)
        return str(address.ipv4_mapped or network.network_address)
    return str(address)


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """A problem document for the API, plain words for the admin's form."""
    seconds = int(settings.AXES_COOLOFF_TIME * 3600)
    problem = plain_problem(DomainError(Code.TOO_MANY_REQUESTS, retry_after=seconds))
    is_door = request.path.startswith("/api/")
    log.warning("sign_in_shut", way="door" if is_door else "admin")
    if is_door:
        return problem
    words = _WORDS.format(minutes=seconds // 60)
    return HttpResponse(
        words, status=problem.status_code, content_type="text/plain; charset=utf-8", headers={"Retry-After": seconds}
    )
