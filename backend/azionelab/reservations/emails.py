"""The two mails a guest gets, composed: please confirm, and your ticket. One function a mail.

A mail is made only when it is sent, as its links hold tokens that are stored nowhere.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from azionelab.core.clock import theatre_time
from azionelab.core.languages import text_in
from azionelab.reservations import qr
from azionelab.reservations.calendars import reservation_calendar
from azionelab.reservations.models import EmailKind, Reservation
from azionelab.reservations.tokens import TokenPair

SUBJECTS = {
    (EmailKind.CONFIRM, "it"): "Conferma la prenotazione: {show}, {day}",
    (EmailKind.CONFIRM, "en"): "Please confirm: {show}, {day}",
    (EmailKind.TICKET, "it"): "Il tuo biglietto: {show}, {day}",
    (EmailKind.TICKET, "en"): "Your ticket: {show}, {day}",
}


def compose(kind: str, reservation: Reservation, pair: TokenPair) -> EmailMessage:
    composers = {EmailKind.CONFIRM: confirm_email, EmailKind.TICKET: ticket_email}
    return composers[EmailKind(kind)](reservation, pair)


def confirm_email(reservation: Reservation, pair: TokenPair) -> EmailMessage:
    """Link, what, when, where, and until when the seats are held."""
    return _make_message(EmailKind.CONFIRM, reservation, pair)


def ticket_email(reservation: Reservation, pair: TokenPair) -> EmailMessage:
    """The QR code as an inline image (Gmail hides `data:` URLs), the calendar entry, the link to change or cancel."""
    cid = make_msgid(domain=_domain())
    message = _make_message(EmailKind.TICKET, reservation, pair, qr_cid=cid.strip("<>"))
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    html.add_related(
        qr.ticket_png(pair.ticket_token),
        maintype="image",
        subtype="png",
        cid=cid,
        filename=f"{reservation.reference}.png",
        disposition="inline",
    )
    message.add_attachment(
        reservation_calendar(reservation),
        maintype="text",
        subtype="calendar",
        filename=f"{reservation.reference}.ics",
        params={"method": "PUBLISH", "charset": "utf-8"},
    )
    return message


def _make_message(kind: EmailKind, reservation: Reservation, pair: TokenPair, **extra: Any) -> EmailMessage:
    """Text and HTML alternatives in the guest's language, with the headers every mail has."""
    language = reservation.language
    with translation.override(language):
        context = _context(reservation, pair) | extra
        template = f"reservations/emails/{kind}.{language}"
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    message = EmailMessage(policy=SMTP)
    subject = SUBJECTS[kind, language].format(show=context["show"], day=context["day"])
    message["Subject"] = " ".join(subject.split())
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = reservation.email
    message["Date"] = formatdate(localtime=False, usegmt=True)
    message["Message-ID"] = make_msgid(domain=_domain())
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def _context(reservation: Reservation, pair: TokenPair) -> dict[str, Any]:
    performance, language = reservation.performance, reservation.language
    starts = theatre_time(performance.starts_at)
    return {
        "theatre": settings.THEATRE_NAME,
        "name": reservation.name,
        "seats": reservation.seats,
        "reference": reservation.reference,
        "show": text_in(language, performance.show, "title"),
        "author": performance.show.author,
        "day": _day(starts),
        "time": f"{starts:%H:%M}",
        "doors": f"{theatre_time(performance.doors_open_at):%H:%M}",
        "venue": performance.venue.name,
        "address": performance.venue.address,
        "map_url": performance.venue.map_url,
        "note": text_in(language, performance, "note"),
        "held_until": _moment(theatre_time(reservation.hold_expires_at), starts),
        "link": f"{settings.SITE_URL}/{language}/reservation#{pair.reservation_token}",
        "ticket_link": qr.ticket_url(pair.ticket_token),
    }


def _day(moment: datetime) -> str:
    """`sabato 5 dicembre`: Django's Italian names are capitalised, as Italian's are not."""
    day = date_format(moment, "l j F")
    return day.lower() if translation.get_language() == "it" else day


def _moment(moment: datetime, reference: datetime) -> str:
    """A time, with its day where it is another one than the performance's."""
    clock = f"{moment:%H:%M}"
    return f"{_day(moment)}, {clock}" if moment.date() != reference.date() else clock


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
