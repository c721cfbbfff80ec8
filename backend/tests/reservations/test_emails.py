"""The mails as a guest gets them: parsed from what the SMTP server received."""

import io
from datetime import UTC, datetime

import pytest
import zxingcpp
from icalendar import Calendar
from PIL import Image

from azionelab.programme.models import Performance
from azionelab.reservations.tokens import TokenPair
from tests.cast import make_performance, make_show, make_venue, reserve, reserve_and_confirm
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def winter() -> Performance:
    """In the hour after the clocks went back, in a year to come: 20:30 in Rome is 19:30 UTC."""
    return make_performance(
        starts_at=datetime(2030, 10, 27, 19, 30, tzinfo=UTC),
        doors_open_at=datetime(2030, 10, 27, 19, 0, tzinfo=UTC),
        booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC),
        venue=make_venue(map_url="https://maps.example/cantina"),
    )


@pytest.mark.parametrize(
    ("language", "subject", "when", "words"),
    [
        ("it", "Conferma la prenotazione: La locandiera, domenica 27 ottobre", "ore 20:30", "premi «Conferma»"),
        ("en", "Please confirm: The Mistress of the Inn, Sunday 27 October", "20:30", "press “Confirm”"),
    ],
)
def test_confirm_mail_says_what_when_where(
    winter: Performance, postbox: Postbox, language: str, subject: str, when: str, words: str
) -> None:
    reservation = reserve(winter, 3, language=language)
    mail = postbox.mails[0]
    html = mail.get_body(("html",)).get_content()
    assert mail["Subject"] == subject
    assert mail["To"] == reservation.email
    for content in (postbox.text(), html):
        for expected in (when, "La Cantina", "Via del Teatro 1, Pisa", reservation.reference, "20:00"):
            assert expected in content
        assert f"http://theatre.test/{language}/reservation#{postbox.token()}" in content
    assert words in postbox.text()
    assert [part.get_content_type() for part in mail.iter_attachments()] == []


@pytest.mark.parametrize("language", ["it", "en"])
def test_ticket_mail_has_a_code_that_opens_the_door(winter: Performance, postbox: Postbox, language: str) -> None:
    reserve_and_confirm(winter, 2, language=language)
    mail = postbox.mails[-1]
    related = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    cid = related["Content-ID"].strip("<>")
    assert f'src="cid:{cid}"' in mail.get_body(("html",)).get_content()
    decoded = zxingcpp.read_barcodes(Image.open(io.BytesIO(related.get_content())))[0].text
    assert decoded == f"http://theatre.test/t#{TokenPair.read(postbox.token()).ticket_token}"


def test_ticket_mail_has_the_calendar_entry(winter: Performance, postbox: Postbox) -> None:
    reservation = reserve_and_confirm(winter)
    attached = next(part for part in postbox.mails[-1].iter_attachments() if "calendar" in part.get_content_type())
    event = Calendar.from_ical(attached.get_content()).events[0]
    assert event["SUMMARY"] == "La locandiera"
    assert event.start == winter.starts_at
    assert event.end - event.start == (event.end - winter.starts_at)
    assert reservation.reference in event["DESCRIPTION"]
    assert "/t#" not in attached.get_content()
    names = [part.get_filename() for part in postbox.mails[-1].walk() if part.get_filename()]
    assert sorted(names) == [f"{reservation.reference}.ics", f"{reservation.reference}.png"]


def test_mail_cannot_be_injected_into(postbox: Postbox) -> None:
    show = make_show(title_it="Uno\nBcc: all@example.org", synopsis_it="x")
    reserve(make_performance(show=show), name="<script>alert(1)</script>".replace("<", "‹"))
    mail = postbox.mails[-1]
    assert mail["Bcc"] is None
    assert "<script>" not in mail.get_body(("html",)).get_content()


def test_html_escapes_what_a_manager_wrote(postbox: Postbox) -> None:
    reserve(make_performance(note_it="porta <b>laterale</b> & cortile"))
    assert "&lt;b&gt;laterale&lt;/b&gt; &amp; cortile" in postbox.mails[-1].get_body(("html",)).get_content()
    assert "porta <b>laterale</b> & cortile" in postbox.text()
