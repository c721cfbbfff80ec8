"""What the theatre itself should know: seats, conflicts, accounts, guests who should have been forgotten."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from azionelab.checkin.accounts import list_accounts
from azionelab.checkin.privacy import RECORDED
from azionelab.checkin.selectors import conflicts as waiting_conflicts
from azionelab.core.findings import Finding, count, failure, ok, some, warning
from azionelab.programme.naming import describe
from azionelab.programme.selectors import performances
from azionelab.reservations import capacity, privacy
from azionelab.reservations.models import Reservation, Status

# A performance of this evening still counts.
AN_EVENING = timedelta(hours=12)
# A sweep every night, and two hours for it to be late.
SWEEP_LASTS = timedelta(hours=26)
NEVER_USED = timedelta(days=7)


def seats() -> Iterator[Finding]:
    rows = [row for row in performances(since=timezone.now() - AN_EVENING) if row.cancelled_at is None]
    taken = capacity.taken_by_performance([row.pk for row in rows])
    oversold = [row for row in rows if taken.get(row.pk, 0) > row.bookable]
    for row in oversold:
        words = f"{taken[row.pk]} seats taken of {row.bookable}"
        move = "azione reservations move REFERENCE PERFORMANCE"
        advice = f"Put in more seats (azione performances seats), or move guests: {move}."
        yield failure(f"Oversold: {describe(row)}: {words}.", advice)
    if not oversold:
        yield ok(f"No performance to come is oversold, of {count(len(rows), 'performance')}.")


def holds() -> Iterator[Finding]:
    """Seats that a reservation holds for longer than any hold can be."""
    longest = Now() + timedelta(minutes=settings.HOLD_MINUTES) + timedelta(hours=1)
    endless = Reservation.objects.filter(status=Status.PENDING, hold_expires_at__gt=longest)
    references = list(endless.order_by("pk").values_list("reference", flat=True))
    if references:
        yield warning(
            f"{count(len(references), 'reservation')} hold seats for longer than HOLD_MINUTES: {some(references)}.",
            "Confirm or cancel them: azione reservations show REFERENCE.",
        )
    else:
        yield ok("Every hold on seats ends in time.")


def conflicts() -> Iterator[Finding]:
    waiting = len(waiting_conflicts())
    if waiting:
        message = f"{count(waiting, 'conflict')} of the door {'waits' if waiting == 1 else 'wait'} for a decision."
        yield warning(message, "See azione checkin conflicts, then azione checkin settle.")
    else:
        yield ok("No conflict of the door waits.")


def accounts() -> Iterator[Finding]:
    """Names that are mail addresses are not told."""
    active = User.objects.filter(is_active=True).order_by("username")
    found = [
        (
            "may do everything, whatever its group",
            "Give people accounts of a group (azione users create), and take this right away in the admin.",
            active.filter(is_superuser=True),
        ),
        (
            "may do nothing, having no group",
            "Put it into Managers or Door staff in the admin, or switch it off.",
            active.filter(is_superuser=False, is_staff=True, groups=None),
        ),
        (
            "has never been used",
            "Ask whether somebody still needs it; switch it off in the admin if not.",
            active.filter(last_login=None, date_joined__lt=Now() - NEVER_USED),
        ),
    ]
    good = True
    for words, advice, rows in found:
        names = [_masked(name) for name in rows.values_list("username", flat=True)]
        if names:
            good = False
            who = "1 account" if len(names) == 1 else f"Each of {len(names)} accounts"
            yield warning(f"{who} {words}: {some(names)}.", advice)
    if good:
        yield ok("Every account has a group and is in use.")


def sign_ins() -> Iterator[Finding]:
    """Accounts with which somebody typed too many wrong passwords: their own hand, or somebody who guesses."""
    shut = [_masked(account.username) for account in list_accounts() if account.shut_until]
    if shut:
        yield warning(
            f"{count(len(shut), 'sign-in')} shut after too many wrong passwords: {some(shut)}.",
            "Ask whether it was them: azione users list says until when, and a new password opens it at once.",
        )
    else:
        yield ok("No sign-in is shut.")


def _masked(username: str) -> str:
    name, at, domain = username.partition("@")
    return f"{name[:1]}…@{domain}" if at else username


def forgotten() -> Iterator[Finding]:
    """Guests of whom more is held than was promised, because the sweep does not run."""
    hours = timedelta(hours=settings.PENDING_KEPT_HOURS) + SWEEP_LASTS
    unconfirmed = Reservation.objects.filter(privacy.never_confirmed(), created_at__lt=Now() - hours)
    unconfirmed = unconfirmed.filter(~Q(RECORDED) | Q(erased_at=None))
    played = Reservation.objects.filter(
        privacy.long_played(), performance__starts_at__lt=privacy.played_before() - SWEEP_LASTS
    )
    overdue = unconfirmed.count() + played.count()
    if overdue:
        message = f"{count(overdue, 'reservation')} should have been forgotten by now."
        yield warning(message, "Run azione privacy sweep, and let cron do so every night.")
    else:
        yield ok("No guest is remembered for longer than promised.")
