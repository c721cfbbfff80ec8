"""What the box office's commands print, to the letter."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from azionelab.programme.models import Performance
from azionelab.reservations import services
from azionelab.reservations.models import OutboundEmail, Reservation
from tests.cast import give_token
from tests.commands.evening import EVENING, make_evening
from tests.commands.transcripts import assert_transcript, printed

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2041, 11, 5, 18, 0, tzinfo=UTC)
CREATE = ("create_reservation", "1042", "--seats", "2", "--name", "Carlo Goldoni")
KEY = ("--key", "00000000-0000-4000-8000-000000000001")


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every moment and every name in it is fixed; Gianni has no address, Piero has not confirmed."""
    evening = make_evening()
    Performance.objects.filter(pk=1041).update(booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC))
    guests = Reservation.objects.filter(performance=evening)
    guests.filter(name__startswith="Piero").update(reference="PENDNG")
    guests.update(created_at=LONG_AGO, hold_expires_at=LONG_AGO.replace(hour=20))
    guests.filter(confirmed_at__isnull=False).update(confirmed_at=LONG_AGO.replace(hour=19))
    for reservation in guests:
        guests.filter(pk=reservation.pk).update(email=f"{reservation.reference.lower()}@example.org")
    guests.filter(reference="DANGEL").update(email="", phone="+390501234")
    for reservation in guests.exclude(admitted_since=None):
        reservation.checkins.update(admitted_at=EVENING)
    OutboundEmail.objects.update(created_at=LONG_AGO, sent_at=LONG_AGO)
    monkeypatch.setattr(services, "new_reference", lambda: "GQLDNE")


@pytest.mark.parametrize(
    ("name", "command", "exit_code"),
    [
        ("find_reservations", ("find_reservations", "a"), 0),
        ("find_reservations.none", ("find_reservations", "Mirandolina", "--all"), 0),
        ("find_reservations.blank", ("find_reservations", " "), 2),
        ("show_reservation", ("show_reservation", "de luca"), 0),
        ("show_reservation.unknown", ("show_reservation", "ZZZZZZ"), 2),
        ("create_reservation", (*CREATE, "--email", "Carlo@Example.org", *KEY), 0),
        ("create_reservation.dry_run", (*CREATE, "--email", "carlo@example.org", "--dry-run"), 0),
        ("create_reservation.no_email", (*CREATE, "--no-email", "--phone", "050 123456", *KEY), 0),
        ("create_reservation.full", (*CREATE[:3], "21", *CREATE[4:], "--no-email"), 3),
        ("create_reservation.invalid", (*CREATE[:3], "0", "--name", "<b>", "--email", "carlo"), 2),
        ("confirm_reservation", ("confirm_reservation", "PENDNG"), 0),
        ("confirm_reservation.unchanged", ("confirm_reservation", "BIANCH"), 0),
        ("confirm_reservation.unknown", ("confirm_reservation", "ZZZZZZ"), 2),
        ("change_reservation", ("change_reservation", "DANGEL", "--seats", "3", "--email", "gianni@example.org"), 0),
        ("change_reservation.dry_run", ("change_reservation", "DANGEL", "--seats", "3", "--dry-run"), 0),
        ("change_reservation.inside", ("change_reservation", "BIANCH", "--seats", "1"), 3),
        ("change_reservation.nothing", ("change_reservation", "BIANCH"), 2),
        ("renew_reservation", ("renew_reservation", "BIANCH"), 0),
        ("renew_reservation.dry_run", ("renew_reservation", "BIANCH", "--dry-run"), 0),
        ("renew_reservation.no_email", ("renew_reservation", "DANGEL"), 2),
        ("cancel_reservation", ("cancel_reservation", "DANGEL"), 0),
        ("cancel_reservation.dry_run", ("cancel_reservation", "PENDNG", "--dry-run"), 0),
        ("cancel_reservation.inside", ("cancel_reservation", "BIANCH"), 3),
        ("move_reservation", ("move_reservation", "DANGEL", "1041"), 0),
        ("move_reservation.unchanged", ("move_reservation", "DANGEL", "1042"), 0),
        ("move_reservation.inside", ("move_reservation", "BIANCH", "1041"), 3),
    ],
)
def test_transcripts(name: str, command: tuple[str, ...], exit_code: int) -> None:
    if name in ("confirm_reservation", "cancel_reservation.dry_run"):
        Reservation.objects.filter(reference="PENDNG").update(hold_expires_at=EVENING)
    if name.startswith("renew"):
        for _link in range(2):
            give_token(Reservation.objects.get(reference="BIANCH"))
    text, ended = printed(*command)
    assert_transcript(name, text)
    assert ended == exit_code


def test_same_key_makes_one_reservation() -> None:
    command = (*CREATE, "--no-email", *KEY)
    before = Reservation.objects.count()
    assert printed(*command) == printed(*command)
    assert Reservation.objects.count() == before + 1
    text, ended = printed(*command, "--notes", "another")
    assert (json.loads(text)["code"], ended) == ("idempotency_key_reused", 3)
    assert Reservation.objects.get(idempotency_key=UUID(KEY[1])).status == "confirmed"
