"""Signing in and out, and what the log tells of it: the account's number, never the name that was typed.

What somebody typed may be a password in the wrong field. The line has the number of the request it came with, by which
nginx's own line tells the network.
"""

import structlog
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest

from azionelab.core.errors import Code, DomainError

log = structlog.get_logger(__name__)


def sign_in(request: HttpRequest, *, username: str, password: str) -> User:
    """Begins a session at the door; raises `sign_in_failed`.

    Once axes has shut the sign-in, which it counts on Django's own request, its middleware answers in our place.
    """
    user = authenticate(request, username=username, password=password)
    if user is None:
        tell_refused(username, way="door")
        raise DomainError(Code.SIGN_IN_FAILED)
    login(request, user)
    tell_signed_in(user, way="door")
    return user


def sign_out(request: HttpRequest) -> None:
    """Ends the session, if there is one."""
    staff_id = request.user.pk
    logout(request)
    if staff_id is not None:
        tell_signed_out(staff_id, way="door")


def tell_signed_in(user: User, *, way: str) -> None:
    log.info("signed_in", staff=user.pk, way=way)


def tell_refused(username: str, *, way: str) -> None:
    """Whose account somebody tried; `staff` is null where there is none of that name."""
    staff_id = User.objects.filter(username=username).values_list("pk", flat=True).first()
    log.warning("sign_in_refused", staff=staff_id, way=way)


def tell_signed_out(staff_id: int, *, way: str) -> None:
    log.info("signed_out", staff=staff_id, way=way)
