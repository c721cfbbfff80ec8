"""What the commands about mails print, to the letter."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from azionelab.programme.models import Performance
from azionelab.reservations.mailing import Selection, prepare_run
from azionelab.reservations.models import EmailState, OutboundEmail, Reservation
from tests.commands.evening import make_evening
from tests.commands.transcripts import assert_transcript, printed
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
# Nobody can hold the numbers of rows and the moments of mails still.
_MOVING = [
    (r'"email": \d+', '"email": 7'),
    (r'(?<=_at": )"[0-9T:+.-]{25,32}"', '"2041-12-05T19:45:00+01:00"'),
]


@pytest.fixture
def evening(postbox: Postbox) -> Performance:
    """Four confirmed guests whose tickets went out, and one who was asked to confirm."""
    made = make_evening()
    Reservation.objects.filter(name="Piero Pending").update(reference="PENDNG")
    postbox.mails.clear()
    return made


def assert_still(name: str, text: str) -> None:
    starts = '"starts_at": "2041-12-05T20:30:00+01:00"'
    for pattern, fixed in _MOVING:
        text = re.sub(pattern, fixed, text)
    text = re.sub(r'"starts_at": "[^"]+"', starts, text)
    assert_transcript(name, text)


def queue(*references: str) -> None:
    """As if these tickets had not left yet, and it were their turn."""
    rows = OutboundEmail.objects.filter(reservation__reference__in=references, kind="ticket")
    rows.update(state=EmailState.QUEUED, sent_at=None, next_attempt_at=F("created_at"))


@pytest.mark.usefixtures("evening")
def test_list() -> None:
    queue("DELUCA")
    OutboundEmail.objects.filter(reservation__reference="ALVARE", kind="ticket").update(
        state=EmailState.FAILED, error="SMTPRecipientsRefused", attempts=16
    )
    text, ended = printed("list_emails")
    assert ended == 0
    assert_still("list_emails", text)


@pytest.mark.usefixtures("evening")
def test_send_what_is_due(postbox: Postbox) -> None:
    queue("DELUCA", "DANGEL")
    text, ended = printed("send_emails", "--dry-run")
    assert (ended, postbox.mails) == (0, [])
    assert_still("send_emails.dry_run", text)
    text, ended = printed("send_emails", "--rate", "6000")
    assert (ended, len(postbox.mails)) == (0, 2)
    assert_still("send_emails", text)


@pytest.mark.usefixtures("evening")
def test_send_tells_what_was_refused(postbox: Postbox) -> None:
    queue("DELUCA")
    postbox.answer_rcpt = "550 5.1.1 unknown"
    text, ended = printed("send_emails", "--rate", "6000")
    assert ended == 4
    assert_still("send_emails.refused", text)


@pytest.mark.usefixtures("evening")
def test_send_tells_what_it_leaves_alone(postbox: Postbox) -> None:
    """One waits for its next try, and one for whoever stopped the mailing it belongs to."""
    queue("DELUCA")
    OutboundEmail.objects.filter(state=EmailState.QUEUED).update(next_attempt_at=timezone.now() + timedelta(hours=1))
    prepare_run(Selection(references=("ALVARE",)))
    text, ended = printed("send_emails", "--rate", "6000")
    assert (ended, postbox.mails) == (0, [])
    assert_still("send_emails.left_alone", text)


@pytest.mark.usefixtures("evening")
def test_send_over_a_dead_server(settings: object) -> None:
    queue("DELUCA")
    settings.EMAIL_PORT = 9
    text, ended = printed("send_emails", "--rate", "6000")
    assert ended == 5
    assert_still("send_emails.dead_server", text)


@pytest.mark.usefixtures("evening")
def test_resend(postbox: Postbox) -> None:
    text, ended = printed("resend_emails", "--performance", "1042", "--dry-run")
    assert (ended, postbox.mails) == (0, [])
    assert_still("resend_emails.dry_run", text)
    text, ended = printed("resend_emails", "--performance", "1042", "--rate", "6000")
    assert (ended, len(postbox.mails)) == (0, 5)
    assert_still("resend_emails", text)
    text, ended = printed("resend_emails", "--performance", "1042", "--rate", "6000")
    assert (ended, len(postbox.mails)) == (0, 5)
    assert_still("resend_emails.done_before", text)


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [("resend_emails.nobody_said", []), ("resend_emails.unknown", ["ALVARE", "NOBODY"])],
)
def test_resend_refuses(name: str, arguments: list[str]) -> None:
    text, ended = printed("resend_emails", *arguments)
    assert ended == 2
    assert_still(name, text)


@pytest.mark.parametrize(
    ("name", "arguments", "exit_code"),
    [
        ("check_email", [], 4),
        ("check_email.sent", ["prova@example.org"], 4),
        ("check_email.dry_run", ["prova@example.org", "--dry-run"], 4),
        ("check_email.no_address", ["prova"], 2),
    ],
)
def test_check(postbox: Postbox, settings: object, name: str, arguments: list[str], exit_code: int) -> None:
    """Over a server without encryption, where no name server answers."""
    settings.DNS_RESOLVER = "127.0.0.1:9"
    text, ended = printed("check_email", *arguments)
    assert (ended, len(postbox.mails)) == (exit_code, 1 if name.endswith("sent") else 0)
    assert_still(name, text.replace(f":{postbox.port}", ":587"))


def test_check_of_a_dead_server(settings: object) -> None:
    settings.DNS_RESOLVER = "127.0.0.1:9"
    text, ended = printed("check_email", "prova@example.org")
    assert ended == 5
    assert_still("check_email.dead_server", text)
