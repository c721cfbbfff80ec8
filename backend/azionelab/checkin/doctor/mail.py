"""The mail server, and the mails that wait for it."""

import smtplib
import socket
import ssl
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from azionelab.checkin.doctor.configuration import is_private_site
from azionelab.checkin.doctor.findings import Finding, count, failure, ok, warning
from azionelab.checkin.status import mail_queue
from azionelab.reservations.delivery import open_session

QUEUE_NOTED_MINUTES, QUEUE_STUCK_MINUTES = 30, 6 * 60
_HOW_TO_SEND = "Run: azione emails send (and let cron do so)."


def server() -> Iterator[Finding]:
    """As a mail is sent, up to the point where one would be; none is."""
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with open_session():
            pass
    except Exception as error:  # noqa: BLE001 (a name or a password that smtplib cannot encode is a ValueError)
        yield failure(f"The mail server {where} {_in_words(error)}.", _advice(error))
        return
    secured = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    signed_in = " and takes our name and password" if settings.EMAIL_HOST_USER else ""
    yield ok(f"The mail server {where} answers{' over TLS' if secured else ''}{signed_in}.")
    if not secured and not is_private_site():
        yield warning("Mails and the password leave unencrypted.", "Set SMTP_SECURITY to starttls or tls.")


def _in_words(error: Exception) -> str:
    """Never its own words: they may hold what we sent."""
    # smtplib takes a time-out in mid-dialogue for a line that was cut.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f"gave no answer within {settings.EMAIL_TIMEOUT} seconds"
    match error:
        case smtplib.SMTPAuthenticationError():
            return "refuses our name or password"
        case ssl.SSLCertVerificationError():
            return "has a certificate that cannot be trusted"
        case smtplib.SMTPNotSupportedError() | ssl.SSLError():
            return "does not speak the encryption that is set"
        case socket.gaierror():
            return "has a name that nobody knows"
        case ConnectionRefusedError():
            return "does not answer: nobody listens there"
        case smtplib.SMTPServerDisconnected():
            return "hung up"
    return f"cannot be used ({type(error).__name__})"


def _advice(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return "Look at SMTP_USER and SMTP_PASSWORD; try azione emails check."
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return "Look at SMTP_HOST, SMTP_PORT and SMTP_SECURITY; try azione emails check."
    return "Look at SMTP_HOST and SMTP_PORT, then ask whoever runs it; mails wait until it answers."


def queue() -> Iterator[Finding]:
    waiting = mail_queue()
    if waiting.failed:
        yield warning(
            f"{count(waiting.failed, 'mail')} for performances to come could not be delivered.",
            "See them with azione emails list; call those guests, or correct the address.",
        )
    if waiting.is_resting:
        yield warning("The mail server failed within the last half minute.", "Wait, then run: azione emails send.")
    if waiting.oldest_due_at is None:
        if not waiting.failed:
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
