"""The way of one mail to the server, step by step, each with what it found."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from azionelab.core.findings import Finding, failure, ok, warning
from azionelab.reservations import delivery

CERTIFICATE_DAYS = 21
_SUBJECT = "Prova di spedizione / Test mail: {theatre}"
_TEXT = """\
Questa è una prova: la posta di {theatre} funziona.
This is a test: mail from {theatre} works.

{site}
"""


def look(address: str = "") -> Iterator[Finding]:
    """Name, connection, encryption, sign-in and, with `address`, one mail. The first failure is the last line."""
    try:
        yield from _walk(address)
    except Exception as error:  # noqa: BLE001 (a name or a password that smtplib cannot encode is a ValueError)
        yield failure(f"The mail server {_where()} {in_words(error)}.", advice(error))


def _walk(address: str) -> Iterator[Finding]:
    host = settings.EMAIL_HOST
    found = socket.getaddrinfo(host, settings.EMAIL_PORT, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if addresses != [host]:
        yield ok(f"{host} is {', '.join(addresses)}.")
    server = delivery.connect()
    with delivery.closing(server):
        yield ok(f"{_where()} answers.")
        delivery.encrypt(server)
        yield _encryption(server)
        delivery.sign_in(server)
        yield _signed_in()
        if address:
            server.send_message(_test_mail(address))
            yield ok(f"It took a mail to {address}: see that it arrives, and not among the unwanted ones.")


def _where() -> str:
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def _encryption(server: smtplib.SMTP) -> Finding:
    if not isinstance(server.sock, ssl.SSLSocket):
        return warning(
            "Nothing is encrypted: mails and the password can be read on the way.",
            "Set SMTP_SECURITY to starttls or tls, unless the server is on this machine.",
        )
    certificate: Any = server.sock.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    names = [value for kind, value in certificate.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]
    told = f"{server.sock.version()}, with a certificate for {', '.join(names[:3])} until {ends:%Y-%m-%d}"
    if (ends - datetime.now(UTC)).days < CERTIFICATE_DAYS:
        return warning(f"{told}: it ends soon.", "Tell whoever runs the mail server.")
    return ok(f"{told}.")


def _signed_in() -> Finding:
    if settings.EMAIL_HOST_USER:
        return ok("It takes our name and password.")
    return ok("No name is set, and the server did not ask for one.")


def _test_mail(address: str) -> EmailMessage:
    words = {"theatre": settings.THEATRE_NAME, "site": settings.SITE_URL}
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _SUBJECT.format(**words)
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = address
    message["Date"] = formatdate(localtime=False, usegmt=True)
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.SITE_URL).hostname)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_TEXT.format(**words))
    return message


def in_words(error: Exception) -> str:
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
        case smtplib.SMTPRecipientsRefused():
            return "does not take a mail to that address from us"
        case smtplib.SMTPSenderRefused():
            return "does not take mails from our address"
    return f"cannot be used ({type(error).__name__})"


def advice(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return "Look at SMTP_USER and SMTP_PASSWORD; try azione emails check."
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return "Look at SMTP_HOST, SMTP_PORT and SMTP_SECURITY; try azione emails check."
        case smtplib.SMTPRecipientsRefused() | smtplib.SMTPSenderRefused():
            return "Try another address; then ask whoever runs it whether we may send, and as whom (MAIL_FROM)."
    return "Look at SMTP_HOST and SMTP_PORT, then ask whoever runs it; mails wait until it answers."
