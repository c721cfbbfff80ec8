"""Staff accounts: a name, a password and a group."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone, translation

from azionelab.checkin.devices import phones_of, revoke
from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import Code, DomainError, FieldError, validation_failed
from azionelab.core.sessions import end_sessions_of

log = structlog.get_logger(__name__)

# What the house calls its two groups on a command line.
GROUPS = {"managers": "Managers", "door": "Door staff"}
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account for those who look after them. `shut_until`: too many wrong passwords were tried on it."""

    username: str
    groups: list[str]
    is_active: bool
    is_superuser: bool
    last_login: datetime | None
    shut_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class ClosedAccount:
    """What closing it did, or would do; `phones`: how many were sent away."""

    username: str
    was_open: bool
    phones: int


def new_password() -> str:
    """Sixteen letters in groups, easy to type on a phone: 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def ensure_account(*, username: str, group_name: str, password: str, keep: bool = False) -> bool:
    """Makes the account in one group, or resets its password; True when it was made.

    With `keep`, an account that exists is left as it is. Raises `not_found` (group) and `validation_failed` (password).
    """
    group = _group(group_name)
    user, made = User.objects.get_or_create(username=username)
    if keep and not made:
        return False
    check_password(user, password)
    _write(user, password)
    user.groups.set([group])
    return made


@atomic_with_retry
def create_account(*, username: str, group_name: str, password: str, dry_run: bool = False) -> str:
    """Makes a new account in one group; the name as it is stored. A dry run may come before there is a password.

    Locks: the groups, so that of two names that look alike only one is made. Raises `not_found` (group) and
    `validation_failed` (a name that is taken or cannot be one, a password that is too weak).
    """
    list(Group.objects.select_for_update(no_key=True).order_by("pk"))
    group = _group(group_name)
    user = User(username=_read_new_name(username))
    if password or not dry_run:
        check_password(user, password)
    if not dry_run:
        _write(user, password)
        user.groups.set([group])
        log.info("account_made", user=user.pk, group=group.name)
    return user.username


@atomic_with_retry
def set_password(*, username: str, password: str, dry_run: bool = False) -> str:
    """Gives an account a new password, which ends its sessions; its name. A dry run may come before the password.

    The sign-in that too many wrong passwords had shut is open again. Locks: the User. Raises `not_found`, and
    `validation_failed` for a password that is too weak.
    """
    user = _lock_account(username)
    if password or not dry_run:
        check_password(user, password)
    if not dry_run:
        user.set_password(password)
        user.save(update_fields=["password"])
        reset(username=user.username)
        log.info("password_set", user=user.pk)
    return user.username


@atomic_with_retry
def close_account(*, username: str, dry_run: bool = False) -> ClosedAccount:
    """Shuts an account: its sessions end, for good, and the phones that it was signed in on are sent away.

    Locks: the User. Raises `not_found`.
    """
    user = _lock_account(username)
    phones = phones_of(staff_id=user.pk)
    closed = ClosedAccount(username=user.username, was_open=user.is_active, phones=len(phones))
    if dry_run or not (closed.was_open or phones):
        return closed
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions_of(user.pk)
    for phone in phones:
        revoke(device_id=phone.pk)
    log.info("account_closed", user=user.pk, phones=len(phones))
    return closed


@atomic_with_retry
def open_account(*, username: str, dry_run: bool = False) -> tuple[str, bool]:
    """Lets the account that was closed sign in again, with the password it had; its name, and whether it was closed.

    Locks: the User. Raises `not_found`.
    """
    user = _lock_account(username)
    was_closed = not user.is_active
    if was_closed and not dry_run:
        user.is_active = True
        user.save(update_fields=["is_active"])
        log.info("account_opened", user=user.pk)
    return user.username, was_closed


def check_password(user: User, password: str) -> None:
    """Raises `validation_failed`, in words for an operator."""
    try:
        with translation.override("en"):
            validate_password(password, user)
    except ValidationError as error:
        with translation.override("en"):
            message = " ".join(error.messages)
        raise validation_failed(FieldError(field="password", code="invalid", message=message)) from error


def list_accounts() -> list[Account]:
    """By name, capitals or not. Three statements."""
    shut = _shut_until()
    users = User.objects.prefetch_related("groups").order_by(Lower("username"))
    return [
        Account(
            username=user.username,
            groups=sorted(group.name for group in user.groups.all()),
            is_active=user.is_active,
            is_superuser=user.is_superuser,
            last_login=user.last_login,
            shut_until=shut.get(user.username),
        )
        for user in users
    ]


def _shut_until() -> dict[str, datetime]:
    """By name, until when at least one address may not sign in with it."""
    cool_off = timedelta(hours=settings.AXES_COOLOFF_TIME)
    since = timezone.now() - cool_off
    attempts = AccessAttempt.objects.filter(
        attempt_time__gt=since, failures_since_start__gte=settings.AXES_FAILURE_LIMIT
    ).order_by("attempt_time")
    return {name: at + cool_off for name, at in attempts.values_list("username", "attempt_time") if name}


def _lock_account(username: str) -> User:
    """Raises `not_found`, with the name that was meant where one looks alike."""
    user = User.objects.select_for_update(no_key=True).filter(username=User.normalize_username(username)).first()
    if user is None:
        raise DomainError(Code.NOT_FOUND, _unknown(username))
    return user


def _group(name: str) -> Group:
    group = Group.objects.filter(name=name).first()
    if group is None:
        raise DomainError(Code.NOT_FOUND, f"There is no group {name!r}; use Managers or Door staff.")
    return group


def _write(user: User, password: str) -> None:
    user.set_password(password)
    user.is_staff = True  # both may open the admin; what they see there is their group's
    user.save()


def _read_new_name(written: str) -> str:
    """Raises `validation_failed`."""
    name = User.normalize_username(written.strip())
    try:
        with translation.override("en"):
            User._meta.get_field("username").clean(name, None)
    except ValidationError:
        message = "A name has between 1 and 150 letters and digits; . @ + - _ may stand between them, spaces may not."
        raise _refused_name("invalid", message) from None
    taken = next((one for one in _usernames() if _as_seen(one) == _as_seen(name)), None)
    if taken is not None:
        alike = "" if taken == name else f", which {name!r} would be taken for"
        raise _refused_name("taken", f"There is an account {taken!r} already{alike}.")
    return name


def _refused_name(code: str, message: str) -> DomainError:
    return validation_failed(FieldError(field="name", code=code, message=message))


def _unknown(username: str) -> str:
    alike = next((one for one in _usernames() if _as_seen(one) == _as_seen(username)), None)
    return f"There is no account {username!r}." + (f" Did you mean {alike!r}?" if alike else "")


def _usernames() -> list[str]:
    return list(User.objects.order_by("username").values_list("username", flat=True))


def _as_seen(name: str) -> str:
    """What two names have in common that a person takes for one: capitals and accents do not count."""
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
