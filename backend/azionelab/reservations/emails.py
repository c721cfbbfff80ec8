"""The mails a guest gets, composed. One function a mail.

A mail is made only when it is sent, as its links hold tokens that are stored nowhere.
"""

from dataclasses import replace
from datetime import datetime
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from azionelab.core.clock import day_in_words, theatre_time
from azionelab.core.languages import text_in
from azionelab.reservations import qr
from azionelab.reservations.calendars import calendar_method, reservation_calendar
from azionelab.reservations.models import EmailKind, OutboundEmail, Reservation, Status
from azionelab.reservations.tokens import TokenPair
from azionelab.reservations.whereabouts import Whereabouts

# A performance that was cancelled and takes place after all; it is told by the mail about moved ones.
RESTORED = "restored"
SUBJECTS: dict[tuple[str, str], str] = {
    (EmailKind.CONFIRM, "it"): "Conferma la prenotazione: {show}, {day}",
    (EmailKind.CONFIRM, "en"): "Please confirm: {show}, {day}",
    (EmailKind.TICKET, "it"): "Il tuo biglietto: {show}, {day}",
    (EmailKind.TICKET, "en"): "Your ticket: {show}, {day}",
    (EmailKind.RESERVATION_CANCELLED, "it"): "Prenotazione annullata: {show}, {day}",
    (EmailKind.RESERVATION_CANCELLED, "en"): "Reservation cancelled: {show}, {day}",
    (EmailKind.PERFORMANCE_CANCELLED, "it"): "Replica annullata: {show}, {day}",
    (EmailKind.PERFORMANCE_CANCELLED, "en"): "Performance cancelled: {show}, {day}",
    (EmailKind.PERFORMANCE_MOVED, "it"): "Replica spostata: {show}, ora {day} alle {time}",
    (EmailKind.PERFORMANCE_MOVED, "en"): "Performance moved: {show}, now {day} at {time}",
    (RESTORED, "it"): "Lo spettacolo si fa: {show}, {day}",
    (RESTORED, "en"): "Going ahead after all: {show}, {day}",
}


class _KnownHeaders(HeaderRegistry):
    """The library's own makes a class anew for each line of each header, which takes longer than all the rest of it."""

    __getitem__ = cache(HeaderRegistry.__getitem__)


_POLICY = SMTP.clone(header_factory=_KnownHeaders())


def compose(email: OutboundEmail, pair: TokenPair) -> EmailMessage:
    composers = {
        EmailKind.CONFIRM: confirm_email,
        EmailKind.TICKET: ticket_email,
        EmailKind.RESERVATION_CANCELLED: reservation_cancelled_email,
        EmailKind.PERFORMANCE_CANCELLED: performance_cancelled_email,
        EmailKind.PERFORMANCE_MOVED: performance_moved_email,
    }
    return composers[EmailKind(email.kind)](email, pair)


def confirm_email(email: OutboundEmail, pair: TokenPair) -> EmailMessage:
    """Link, what, when, where, and until when the seats are held."""
    return _make_message(email, pair)


def ticket_email(email: OutboundEmail, pair: TokenPair) -> EmailMessage:
    """The QR code as an inline image (Gmail hides `data:` URLs), the calendar entry, the link to change or cancel."""
    reservation = email.reservation
    cid = make_msgid(domain=_domain())
    message = _make_message(email, pair, qr_cid=cid.strip("<>"))
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
    _attach_calendar(message, reservation)
    return message


def reservation_cancelled_email(email: OutboundEmail, pair: TokenPair) -> EmailMessage:
    """Staff cancelled one reservation: what it was, and the entry that leaves the guest's calendar."""
    return _call_off(email, pair)


def performance_cancelled_email(email: OutboundEmail, pair: TokenPair) -> EmailMessage:
    """What does not take place, in the words of what the guest last heard of it."""
    return _call_off(email, pair, **(_last_heard(email) or {}))


def _call_off(email: OutboundEmail, pair: TokenPair, **place: str) -> EmailMessage:
    """Who never confirmed has no ticket and no entry; a calendar should not be asked about one it does not know."""
    has_ticket = email.reservation.confirmed_at is not None
    message = _make_message(email, pair, has_ticket=has_ticket, **place)
    if has_ticket:
        _attach_calendar(message, email.reservation)
    return message


def performance_moved_email(email: OutboundEmail, pair: TokenPair) -> EmailMessage:
    """What it was and what it is; the tickets that guests have stay good, so that no new one is needed."""
    reservation, was_cancelled = email.reservation, bool(email.about.get("cancelled"))
    has_ticket = reservation.status == Status.CONFIRMED
    about: dict[str, Any] = {"was_cancelled": was_cancelled, "has_ticket": has_ticket}
    if email.about and not _is_back_in_place(email):
        about["before"] = _last_heard(email)
    message = _make_message(email, pair, RESTORED if was_cancelled else "", **about)
    if has_ticket:
        _attach_calendar(message, reservation)
    return message


def _is_back_in_place(email: OutboundEmail) -> bool:
    """Whether it is on again at the very time and place that the guest had noted."""
    return replace(Whereabouts.read(email.about), cancelled=False) == Whereabouts.of(email.reservation.performance)


def _last_heard(email: OutboundEmail) -> dict[str, str] | None:
    """When and where the performance was, as far as the guest knows."""
    if not email.about:
        return None
    where = Whereabouts.read(email.about)
    is_here = where.address == email.reservation.performance.venue.address
    with translation.override(email.reservation.language):
        return _place(where) | ({} if is_here else {"map_url": ""})


def _attach_calendar(message: EmailMessage, reservation: Reservation) -> None:
    message.add_attachment(
        reservation_calendar(reservation),
        maintype="text",
        subtype="calendar",
        filename=f"{reservation.reference}.ics",
        params={"method": calendar_method(reservation), "charset": "utf-8"},
    )


def _make_message(email: OutboundEmail, pair: TokenPair, subject_of: str = "", **extra: Any) -> EmailMessage:
    """Text and HTML alternatives in the guest's language, with the headers every mail has."""
    reservation, kind = email.reservation, email.kind
    language = reservation.language
    with translation.override(language):
        context = _context(reservation, pair) | extra
        template = f"reservations/emails/{kind}.{language}"
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    message = EmailMessage(policy=_POLICY)
    subject = SUBJECTS[subject_of or kind, language].format(**context)
    message["Subject"] = " ".join(subject.split())
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = reservation.email
    message["Date"] = formatdate(localtime=False, usegmt=True)
    message["Message-ID"] = _message_id(email)
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def _context(reservation: Reservation, pair: TokenPair) -> dict[str, Any]:
    performance, language = reservation.performance, reservation.language
    starts = theatre_time(performance.starts_at)
    return _place(Whereabouts.of(performance)) | {
        "theatre": settings.THEATRE_NAME,
        "name": reservation.name,
        "seats": reservation.seats,
        "reference": reservation.reference,
        "show": text_in(language, performance.show, "title"),
        "author": performance.show.author,
        "doors": f"{theatre_time(performance.doors_open_at):%H:%M}",
        "map_url": performance.venue.map_url,
        "note": text_in(language, performance, "note"),
        "held_until": _moment(theatre_time(reservation.hold_expires_at), starts),
        "link": f"{settings.SITE_URL}/{language}/reservation#{pair.reservation_token}",
        "ticket_link": qr.ticket_url(pair.ticket_token),
        "site": f"{settings.SITE_URL}/{language}/",
    }


def _place(where: Whereabouts) -> dict[str, str]:
    starts = theatre_time(where.starts_at)
    return {"day": day_in_words(starts), "time": f"{starts:%H:%M}", "venue": where.venue, "address": where.address}


def _moment(moment: datetime, reference: datetime) -> str:
    """A time, with its day where it is another one than the performance's."""
    clock = f"{moment:%H:%M}"
    return f"{day_in_words(moment)}, {clock}" if moment.date() != reference.date() else clock


def _message_id(email: OutboundEmail) -> str:
    """The same at every attempt: where a time-out hid that one had arrived, mailboxes can tell the next for its twin.

    With the time in it, as a restored database gives the numbers of lost rows again.
    """
    return f"<{email.pk}.{int(email.created_at.timestamp())}@{_domain()}>"


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
