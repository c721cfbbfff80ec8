"""The mails about a performance that is cancelled or moved, as a guest gets them."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from icalendar import Calendar

from azionelab.core.clock import theatre_time
from azionelab.programme.models import Performance
from azionelab.reservations import delivery, services
from azionelab.reservations.calendars import reservation_calendar
from azionelab.reservations.models import EmailKind, OutboundEmail, Reservation, Status
from azionelab.reservations.performances import cancel_performance, move_performance, update_performance
from tests.cast import make_performance, make_venue, reserve, reserve_and_confirm
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
START, NEW_START = datetime(2030, 12, 5, 19, 30, tzinfo=UTC), datetime(2030, 12, 6, 20, 0, tzinfo=UTC)


@pytest.fixture
def winter() -> Performance:
    """A Thursday at 20:30."""
    return make_performance(
        starts_at=START,
        booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC),
        venue=make_venue(map_url="https://maps.example/cantina"),
    )


@pytest.fixture
def verdi() -> object:
    return make_venue(name="Teatro Verdi", address="Via Palestro 40, Pisa", map_url="https://maps.example/verdi")


def bodies(postbox: Postbox) -> tuple[str, str]:
    html = postbox.mails[-1].get_body(("html",))
    assert html is not None
    return postbox.text().replace("\r\n", "\n"), html.get_content()


def subject_of(mail: EmailMessage) -> str:
    """A long one comes folded, with the space of the fold."""
    return str(mail["Subject"]).strip()


def calendar(mail: EmailMessage) -> Calendar:
    attached = next(part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar")
    entry = Calendar.from_ical(attached.get_content())
    assert attached["Content-Type"].params["method"] == entry["METHOD"]
    return entry


def follow(mails: list[EmailMessage]) -> tuple[Calendar, Calendar]:
    """The entries of the first mail and of the last: one UID, a higher SEQUENCE, one organizer."""
    first, last = calendar(mails[0]), calendar(mails[-1])
    assert first.events[0]["UID"] == last.events[0]["UID"]
    assert first.events[0]["ORGANIZER"] == last.events[0]["ORGANIZER"] == "mailto:prenota@theatre.test"
    assert first.events[0]["SEQUENCE"] < last.events[0]["SEQUENCE"]
    return first, last


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("it", "Replica annullata: La locandiera, giovedì 5 dicembre", "ci dispiace"),
        ("en", "Performance cancelled: The Mistress of the Inn, Thursday 5 December", "we are sorry"),
    ],
)
def test_cancelled(winter: Performance, postbox: Postbox, language: str, subject: str, words: str) -> None:
    guest = reserve_and_confirm(winter, 2, language=language)
    postbox.mails[:] = postbox.mails[-1:]
    delivery.deliver_now(cancel_performance(performance_id=winter.pk).emails[0])
    assert subject_of(postbox.mails[-1]) == subject
    for body in bodies(postbox):
        for expected in (words, "20:30", "La Cantina", guest.reference, f"http://theatre.test/{language}/"):
            assert expected in body
    first, last = follow(postbox.mails)
    assert (first["METHOD"], first.events[0]["STATUS"]) == ("PUBLISH", "CONFIRMED")
    assert (last["METHOD"], last.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")


@pytest.mark.parametrize(
    ("language", "subject", "old", "words"),
    [
        (
            "it",
            "Replica spostata: La locandiera, ora venerdì 6 dicembre alle 21:00",
            "Prima: giovedì 5 dicembre, ore 20:30\nLa Cantina, Via del Teatro 1, Pisa\n\n"
            "Ora: venerdì 6 dicembre, ore 21:00 (apertura porte 20:30)\nTeatro Verdi, Via Palestro 40, Pisa\n"
            "Mappa: https://maps.example/verdi\n",
            ("il biglietto che hai già è quello giusto", "Se non puoi venire"),
        ),
        (
            "en",
            "Performance moved: The Mistress of the Inn, now Friday 6 December at 21:00",
            "Before: Thursday 5 December, 20:30\nLa Cantina, Via del Teatro 1, Pisa\n\n"
            "Now: Friday 6 December, 21:00 (doors open at 20:30)\nTeatro Verdi, Via Palestro 40, Pisa\n"
            "Map: https://maps.example/verdi\n",
            ("the ticket you already have is the right one", "If you cannot come"),
        ),
    ],
)
def test_moved(
    winter: Performance, verdi: object, postbox: Postbox, language: str, subject: str, old: str, words: tuple[str, ...]
) -> None:
    reserve_and_confirm(winter, 2, language=language)
    postbox.mails[:] = postbox.mails[-1:]
    delivery.deliver_now(move_performance(performance_id=winter.pk, starts_at=NEW_START, venue=verdi).emails[0])
    text, html = bodies(postbox)
    assert subject_of(postbox.mails[-1]) == subject
    assert old in text
    for expected in (*words, f"http://theatre.test/{language}/reservation#{postbox.token()}"):
        assert expected in text
        assert expected in html
    for expected in ("20:30", "21:00", "Via Palestro 40, Pisa", "Via del Teatro 1, Pisa"):
        assert expected in html
    _first, last = follow(postbox.mails)
    assert last["METHOD"] == "PUBLISH"
    assert (last.events[0].start, last.events[0]["LOCATION"]) == (NEW_START, "Teatro Verdi, Via Palestro 40, Pisa")


@pytest.mark.parametrize(
    ("language", "words"),
    [("it", "aspetta ancora la conferma: i posti restano tuoi fino alle"), ("en", "still needs your confirmation")],
)
def test_moved_before_the_guest_confirmed(winter: Performance, postbox: Postbox, language: str, words: str) -> None:
    pending = reserve(winter, language=language)
    delivery.deliver_now(move_performance(performance_id=winter.pk, starts_at=NEW_START).emails[0])
    until = f"{theatre_time(Reservation.objects.get(pk=pending.pk).hold_expires_at):%H:%M}"
    for body in bodies(postbox):
        assert words in body
        assert until in body
    # Nothing stands in this guest's calendar.
    assert list(postbox.mails[-1].iter_attachments()) == []


def test_ticket_after_a_move_continues_the_entry(winter: Performance, postbox: Postbox) -> None:
    pending = reserve(winter)
    move_performance(performance_id=winter.pk, starts_at=NEW_START)
    services.confirm(reservation_id=pending.pk)
    assert calendar(postbox.mails[-1]).events[0]["SEQUENCE"] == 1


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("it", "Lo spettacolo si fa: La locandiera, giovedì 5 dicembre", "la replica che era stata annullata si fa"),
        ("en", "Going ahead after all: The Mistress of the Inn, Thursday 5 December", "is going ahead"),
    ],
)
def test_on_again(winter: Performance, postbox: Postbox, language: str, subject: str, words: str) -> None:
    reserve_and_confirm(winter, language=language)
    delivery.deliver_now(cancel_performance(performance_id=winter.pk).emails[0])
    postbox.mails[:] = postbox.mails[-1:]
    delivery.deliver_now(update_performance(performance_id=winter.pk, changes={"cancelled_at": None}).emails[0])
    assert subject_of(postbox.mails[-1]) == subject
    assert all(words in body for body in bodies(postbox))
    assert not any(word in body for body in bodies(postbox) for word in ("Prima", "Before"))
    _cancelled, last = follow(postbox.mails)
    assert (last["METHOD"], last.events[0]["STATUS"]) == ("PUBLISH", "CONFIRMED")


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("it", "Prenotazione annullata: La locandiera, giovedì 5 dicembre", "il teatro ha annullato questa tua"),
        ("en", "Reservation cancelled: The Mistress of the Inn, Thursday 5 December", "the theatre has cancelled"),
    ],
)
def test_reservation_cancelled(winter: Performance, postbox: Postbox, language: str, subject: str, words: str) -> None:
    guest = reserve_and_confirm(winter, language=language)
    postbox.mails[:] = postbox.mails[-1:]
    Reservation.objects.filter(pk=guest.pk).update(
        status=Status.CANCELLED, cancelled_at=timezone.now(), calendar_sequence=1
    )
    fresh = Reservation.objects.select_related("performance__show", "performance__venue").get(pk=guest.pk)
    delivery.deliver_now(OutboundEmail.objects.create(reservation=fresh, kind=EmailKind.RESERVATION_CANCELLED))
    assert subject_of(postbox.mails[-1]) == subject
    for body in bodies(postbox):
        assert words in body
        assert guest.reference in body
    _first, last = follow(postbox.mails)
    assert (last["METHOD"], last.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")


def test_reservation_that_was_never_confirmed_is_in_no_calendar(winter: Performance, postbox: Postbox) -> None:
    delivery.deliver_now(_cancelled_for(reserve(winter, language="en")))
    assert not any("ticket" in body or "calendar" in body for body in bodies(postbox))
    assert list(postbox.mails[-1].iter_attachments()) == []


def _cancelled_for(pending: Reservation) -> OutboundEmail:
    return cancel_performance(performance_id=pending.performance_id).emails[0]


def test_entry_of_the_reservation_page_follows(winter: Performance) -> None:
    guest = reserve_and_confirm(winter)
    cancel_performance(performance_id=winter.pk)
    fresh = Reservation.objects.select_related("performance__show", "performance__venue").get(pk=guest.pk)
    entry = Calendar.from_ical(reservation_calendar(fresh))
    assert (entry["METHOD"], entry.events[0]["SEQUENCE"]) == ("CANCEL", 1)
    assert entry.events[0].end - entry.events[0].start == timedelta(minutes=110)
