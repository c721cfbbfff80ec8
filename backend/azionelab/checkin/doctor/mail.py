"""The mail server, and the mails that wait for it."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from azionelab.checkin.doctor.configuration import is_private_site
from azionelab.checkin.status import mail_queue
from azionelab.core.findings import Finding, count, failure, ok, warning
from azionelab.reservations.delivery import open_session
from azionelab.reservations.mail_check.server import advice, in_words
from azionelab.reservations.mailing import unfinished

QUEUE_NOTED_MINUTES, QUEUE_STUCK_MINUTES = 30, 6 * 60
_HOW_TO_SEND = "Run: azione emails send --yes (and let cron do so)."


def server() -> Iterator[Finding]:
    """As a mail is sent, up to the point where one would be; none is."""
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with open_session():
            pass
    except Exception as error:  # noqa: BLE001 (a name or a password that smtplib cannot encode is a ValueError)
        yield failure(f"The mail server {where} {in_words(error)}.", advice(error))
        return
    secured = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    signed_in = " and takes our name and password" if settings.EMAIL_HOST_USER else ""
    yield ok(f"The mail server {where} answers{' over TLS' if secured else ''}{signed_in}.")
    if not secured and not is_private_site():
        yield warning("Mails and the password leave unencrypted.", "Set SMTP_SECURITY to starttls or tls.")


def queue() -> Iterator[Finding]:
    waiting = mail_queue()
    if waiting.failed:
        yield warning(
            f"{count(waiting.failed, 'mail')} for performances to come could not be delivered.",
            "See them with azione emails list; call those guests, or correct the address.",
        )
    if waiting.is_resting:
        yield warning(
            "The mail server failed within the last half minute.",
            "Why: azione emails check. Then: azione emails send --all.",
        )
    stopped = [one for one in unfinished() if not one.is_at_work]
    for one in stopped:
        yield warning(f"A mailing was stopped with {count(one.left, 'mail')} left to send.", f"Go on: {one.resume}")
    if waiting.oldest_due_at is None:
        if not (waiting.failed or stopped):
            yield ok("No mail is overdue.")
        return
    minutes = int((timezone.now() - waiting.oldest_due_at).total_seconds() // 60)
    message = f"{count(waiting.due, 'mail')} overdue, the oldest waiting for {_long(minutes)}."
    if minutes >= QUEUE_STUCK_MINUTES:
        yield failure(message, _HOW_TO_SEND)
    elif minutes >= QUEUE_NOTED_MINUTES:
        yield warning(message, _HOW_TO_SEND)
    else:
        yield ok(message)


def _long(minutes: int) -> str:
    return count(minutes, "minute") if minutes < 120 else f"{minutes // 60} hours"  # noqa: PLR2004
