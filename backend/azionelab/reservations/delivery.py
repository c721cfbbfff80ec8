"""Sends the mails that services have written down, and remembers what became of each.

A mail that cannot be sent never undoes what it tells of: its row stays `queued` with the error's class. After a
failure nobody tries in a request for a short while, so that a dead mail server does not tie up the web workers.
Logs name the row, never the address, the token or the server's words.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Exists, F, Q
from django.db.models.functions import Now

from azionelab.reservations.emails import compose
from azionelab.reservations.models import EmailState, OutboundEmail, ReservationToken
from azionelab.reservations.tokens import TokenPair

log = structlog.get_logger(__name__)

# After a failure the inline attempt is skipped for so long.
REST_AFTER_FAILURE = timedelta(seconds=30)
# Longer than any one SMTP dialogue can take with its time-out on every step.
LEASE = timedelta(minutes=2)
OVERDUE_AFTER = timedelta(seconds=60)
OVERDUE_TAKEN_ALONG = 3

_RESTING = Exists(OutboundEmail.objects.filter(state=EmailState.QUEUED, failed_at__gt=Now() - REST_AFTER_FAILURE))
_NOT_LEASED = Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lt=Now())


class MailServerError(Exception):
    """The mail server broke off: the next mail would fare no better."""


def deliver_now(email: OutboundEmail) -> None:
    """Tries once, in the request, after the commit; sets `email.state`. A good send takes a few overdue mails along."""
    if not _claim(~Q(_RESTING), pk=email.pk):
        return
    try:
        server = _connect()
    except (OSError, smtplib.SMTPException) as error:
        _finish(email, EmailState.QUEUED, error)
        return
    with _closing(server), suppress(MailServerError):
        _send(server, email)
        for overdue in _claim_overdue(OVERDUE_TAKEN_ALONG):
            _send(server, overdue)


def _claim(*conditions: Q, pk: int) -> bool:
    """Takes a queued mail for this process, unless another one is sending it. One statement, so one wins."""
    return bool(
        OutboundEmail.objects.filter(_NOT_LEASED, *conditions, pk=pk, state=EmailState.QUEUED).update(
            lease_expires_at=Now() + LEASE, attempts=F("attempts") + 1
        )
    )


def _claim_overdue(most: int) -> Iterator[OutboundEmail]:
    """Claims overdue mails one at a time, just before each is sent."""
    overdue = (
        OutboundEmail.objects.filter(_NOT_LEASED, state=EmailState.QUEUED, created_at__lt=Now() - OVERDUE_AFTER)
        .select_related("reservation__performance__show", "reservation__performance__venue")
        .order_by("attempts", "id")[:most]
    )
    for email in overdue:
        if _claim(pk=email.pk):
            yield email


@contextmanager
def _closing(server: smtplib.SMTP) -> Iterator[None]:
    try:
        yield
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _connect() -> smtplib.SMTP:
    context = ssl.create_default_context()
    host, port, timeout = settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT
    server: smtplib.SMTP
    if settings.EMAIL_USE_SSL:
        server = smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=timeout)
    if settings.EMAIL_USE_TLS:
        server.starttls(context=context)
    if settings.EMAIL_HOST_USER:
        server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    return server


def _send(server: smtplib.SMTP, email: OutboundEmail) -> None:
    """Mints a token pair, composes and sends. A refusal for good marks the mail failed; a broken server raises."""
    pair = TokenPair.mint()
    ReservationToken.objects.create(
        reservation=email.reservation,
        reservation_digest=pair.reservation_digest,
        ticket_digest=pair.ticket_digest,
    )
    message = compose(email.kind, email.reservation, pair)
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        status = next(iter(error.recipients.values()))[0]
        _finish(email, EmailState.FAILED if status >= 500 else EmailState.QUEUED, error)
    except smtplib.SMTPResponseException as error:
        _finish(email, EmailState.FAILED if error.smtp_code >= 500 else EmailState.QUEUED, error)
    except (OSError, smtplib.SMTPException) as error:
        _finish(email, EmailState.QUEUED, error)
        raise MailServerError from error
    else:
        OutboundEmail.objects.filter(pk=email.pk).update(
            state=EmailState.SENT, sent_at=Now(), lease_expires_at=None, error=""
        )
        email.state = EmailState.SENT


def _finish(email: OutboundEmail, state: EmailState, error: Exception) -> None:
    """Writes down why a mail did not go, and lets go of it."""
    OutboundEmail.objects.filter(pk=email.pk).update(
        state=state, error=type(error).__name__, failed_at=Now(), lease_expires_at=None
    )
    email.state = state
    log.warning("email_not_sent", email=email.pk, kind=email.kind, state=str(state), error=type(error).__name__)
