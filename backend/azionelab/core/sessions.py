"""Staff's sessions: each ends a while after it was last used, and some hours after it began, used or not.

When it was last used does not go into the database, as a GET writes nothing there. It stands in a cookie beside the
session's, signed for that one session and renewed once a minute; without it a session was last used when it began.

The database knows a session by a digest of its key: who steals a dump, or a backup, is nobody by it.
"""

import hashlib
import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

LAST_USED = "staff_last_used"
SIGNED_IN_AT = "signed_in_at"
RENEWED_AFTER = 60  # seconds
# As many as the column has room for: 160 bits. The key is 165 random ones, so no salt and no slow hash is needed.
_DIGEST_LETTERS = 40


def digest(session_key: str) -> str:
    """What the database knows a session by."""
    return hashlib.sha256(session_key.encode(errors="surrogatepass")).hexdigest()[:_DIGEST_LETTERS]


class SessionStore(db.SessionStore):
    """Keeps when somebody signed in, and gets another key then, where Django leaves the old one to the same account.

    Each method that names a row is overridden here, as Django has no single place for that.
    """

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        row = None
        if self.session_key is not None:
            rows = self.model.objects.filter(session_key=digest(self.session_key), expire_date__gt=timezone.now())
            row = rows.first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(digest(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.session_key = digest(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(digest(key))

    def __setitem__(self, key: str, value: Any) -> None:
        if key == SESSION_KEY:
            if key in self:
                self.cycle_key()
            super().__setitem__(SIGNED_IN_AT, int(time.time()))
        super().__setitem__(key, value)


def end_sessions_of(user_id: int) -> None:
    """For good: also where the account is opened again before they would have ended."""
    sessions = SessionStore.get_model_class().objects
    for session in sessions.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get(SESSION_KEY) == str(user_id):
            session.delete()


class StaffSessionMiddleware(AuthenticationMiddleware):
    """Whoever comes with a session that has ended is nobody. Sessions are looked at where the view asks who it is."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if _is_in_use(request) and not _was_used_within(request, RENEWED_AFTER):
            response.set_signed_cookie(
                LAST_USED,
                "",
                salt=str(request.session.session_key),
                max_age=settings.STAFF_IDLE_MINUTES * 60,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite=settings.SESSION_COOKIE_SAMESITE,
            )
        return response


def _user_of(request: HttpRequest) -> Any:
    if not _is_live(request):
        request._cached_user = AnonymousUser()  # type: ignore[attr-defined] # where Django's own function looks first
    return get_user(request)


def _is_live(request: HttpRequest) -> bool:
    began = request.session.get(SIGNED_IN_AT)
    if began is None:
        return False
    age, idle = time.time() - began, settings.STAFF_IDLE_MINUTES * 60
    return age < settings.STAFF_SESSION_HOURS * 3600 and (age < idle or _was_used_within(request, idle))


def _is_in_use(request: HttpRequest) -> bool:
    """Whether the view asked who it is, and it is somebody who has not signed out since."""
    user = getattr(request, "_cached_user", None)
    if user is None or not user.is_authenticated:
        return False
    return SESSION_KEY in request.session and request.session.session_key is not None


def _was_used_within(request: HttpRequest, seconds: int) -> bool:
    salt = str(request.session.session_key)
    return request.get_signed_cookie(LAST_USED, None, salt=salt, max_age=seconds) is not None
